"""Where all randomness comes from: independent streams, derived from one key.

Every subsystem draws from a stream of its own name, so adding a subsystem never shifts another.
"""

import hashlib
import hmac
import json

import numpy as np

PUBLIC_KEY = b"hilab own and practice districts"
"""The key of own and practice districts: public on purpose, for they carry no marks."""


def derive(key: bytes, *words: str) -> bytes:
    """Derives 16 secret bytes from a key and words, as HMAC-SHA256.

    Args:
        key: The public key, or an instructor's own.
        *words: What the bytes are for; words that differ in any place give unrelated bytes.

    Returns:
        The first 16 bytes of the digest.

    Example:
        >>> derive(PUBLIC_KEY, "2026A", "s001") == derive(PUBLIC_KEY, "2026As", "001")
        False
    """
    message = json.dumps(words, ensure_ascii=False).encode("utf-8")
    return hmac.new(key, message, hashlib.sha256).digest()[:16]


class Seeds:
    """The random streams of one district or population.

    Args:
        key: Secret or public key.
        *words: What the district is, usually its term and id.

    Example:
        >>> a, b = Seeds(PUBLIC_KEY, "2026A", "s001"), Seeds(PUBLIC_KEY, "2026A", "s001")
        >>> bool(a.stream("names").random() == b.stream("names").random())
        True
    """

    def __init__(self, key: bytes, *words: str) -> None:
        """Derives the root of all streams."""
        self._root = derive(key, *words)

    def stream(self, name: str) -> np.random.Generator:
        """Returns a fresh generator for the named subsystem, always at its beginning."""
        entropy = int.from_bytes(derive(self._root, name), "big")
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(entropy)))

    def word(self, name: str) -> int:
        """Returns the 64-bit seed of the named counter-based stream (the engine's)."""
        return int.from_bytes(derive(self._root, name)[:8], "big")

    def token(self, *words: str) -> str:
        """Returns 32 hexadecimal digits that stand for the words in a file."""
        return derive(self._root, "token", *words).hex()


def mix(key: int, word: int) -> int:
    """Derives a number from a key and a word: the root of every counter-based stream.

    Eight rounds in the manner of Philox (Salmon, SC 2011) on two halves of 31 bits, so that no
    product outgrows a signed 64-bit integer: plain integers and machine integers then agree bit
    for bit, and the engine compiles this very function.

    Args:
        key: 0 to 2**62 - 1.
        word: What the number is for, or a running number; 0 to 2**62 - 1.

    Returns:
        A number from 0 to 2**62 - 1; for one key, different words never give the same number.

    Example:
        >>> mix(1, 2) == mix(1, 2), mix(1, 2) == mix(2, 1)
        (True, False)
    """
    low, high = word & 0x7FFFFFFF, word >> 31
    this, other = key & 0x7FFFFFFF, key >> 31
    for _ in range(8):
        product = low * 0x5256D193
        low, high = high ^ this ^ (product >> 31), product & 0x7FFFFFFF
        this, other = other, (this + 0x1E3779B9) & 0x7FFFFFFF
    return (high << 31) | low
