"""Numbers that identify: identifiers, telephone numbers, UUIDs. All invented, none given out twice."""

from typing import Any, cast

import numpy as np
import numpy.typing as npt

from sim.seeds import mix

Ints = npt.NDArray[np.integer[Any]]
Texts = npt.NDArray[np.object_]

IDENTIFIERS = (10_000, 10_000)
"""The two halves of the eight digits after the leading 9 of a verified identifier."""

PHONES = (10_000, 1_000)
"""The two halves of the seven digits of a telephone number."""

CHECKS = "10X98765432"
"""The check characters of a Chinese resident identity number, by the remainder modulo 11."""

_ROUNDS = 4

_PAIRS = np.frombuffer("".join(f"{byte:02x}" for byte in range(256)).encode("ascii"), dtype=np.uint16)


def scatter(index: Ints, halves: tuple[int, int], rng: np.random.Generator) -> Ints:
    """Shuffles the numbers 0 .. a*b - 1 and looks up some of them, without making the whole list.

    A Feistel network: each half is shifted by a random function of the other, so that every step can be
    undone and two indices never meet.

    Args:
        index: Numbers in 0 .. a*b - 1.
        halves: The factors (a, b) of the range.
        rng: A stream at its beginning; the same stream gives the same shuffle.

    Returns:
        As many numbers in 0 .. a*b - 1, different where the indices differ.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> sorted(scatter(np.arange(6), (2, 3), rng).tolist())
        [0, 1, 2, 3, 4, 5]
    """
    a, b = halves
    left, right = np.divmod(np.asarray(index, dtype=np.int64), b)
    for _ in range(_ROUNDS):
        left = (left + rng.integers(0, a, b)[right]) % a
        right = (right + rng.integers(0, b, a)[left]) % b
    return left * b + right


def uuids(count: int, rng: np.random.Generator) -> Texts:
    """Draws version 4 UUIDs as text.

    Args:
        count: How many.
        rng: Stream to draw from.

    Returns:
        Object array of `count` texts of 36 characters.
    """
    return uuid_texts(drawn_bytes(count, rng))


def _version_4(raw: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    return raw


def uuid_texts(raw: npt.NDArray[np.uint8]) -> Texts:
    """Writes 16 bytes a row as UUID text (8-4-4-4-12 hexadecimal digits).

    Args:
        raw: Bytes, shape (n, 16).

    Returns:
        Object array of n texts.
    """
    return cast(Texts, uuid_letters(raw).view("S36").ravel().astype("U36").astype(object))


def uuid_letters(raw: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Writes 16 bytes a row as the 36 ASCII letters of a UUID, shape (n, 36)."""
    text = np.full((len(raw), 36), ord("-"), dtype=np.uint8)
    hexadecimal = _PAIRS[raw].view(np.uint8)
    for start, end in ((0, 8), (9, 13), (14, 18), (19, 23), (24, 36)):
        done = start - (start > 8) - (start > 13) - (start > 18) - (start > 23)
        text[:, start:end] = hexadecimal[:, done : done + end - start]
    return text


def identifier_texts(numbers: Ints, country: str = "us") -> Texts:
    """Writes verified identifiers that no state has issued.

    In the US nine digits beginning with 9, which social security numbers never do. In China 18 characters
    with a region code that does not exist, no date of birth, and a check character that is wrong.

    Args:
        numbers: 0 to 99,999,999.
        country: "us" or "cn".

    Example:
        >>> identifier_texts(np.array([42]))[0], identifier_texts(np.array([42]), "cn")[0]
        ('900000042', '990000000000420004')
    """
    if country == "us":
        return cast(Texts, (numbers + 900_000_000).astype("U9").astype(object))
    body = [f"990000{number:08d}000" for number in numbers.tolist()]
    digits = np.array(body, dtype="U17").view("U1").reshape(len(body), 17).astype(np.int64)
    wrong = (check_index(digits) + 1) % len(CHECKS)
    return np.array([text + CHECKS[i] for text, i in zip(body, wrong, strict=True)], dtype=object)


def check_index(digits: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Returns which of `CHECKS` a resident identity number ends in, for its first 17 digits, shape (n, 17).

    The sum of digits weighted by powers of 2, modulo 11 (GB 11643, ISO 7064 MOD 11-2).

    Example:
        >>> CHECKS[check_index(np.array([[int(digit) for digit in "11010519491231002"]]))[0]]
        'X'
    """
    weights = np.array([2**power % 11 for power in range(17, 0, -1)])
    return np.asarray(digits @ weights % 11, dtype=np.int64)


def phone_texts(numbers: Ints, country: str = "us") -> Texts:
    """Writes telephone numbers that nobody has.

    In the US under the area code 555, which is not given out in North America; in China eleven digits
    beginning with 111, where mobile numbers begin with 13 to 19.

    Args:
        numbers: 0 to 9,999,999.
        country: "us" or "cn".

    Example:
        >>> phone_texts(np.array([1234567]))[0], phone_texts(np.array([1234567]), "cn")[0]
        ('555-123-4567', '11101234567')
    """
    if country == "cn":
        return np.array([f"1110{number:07d}" for number in np.asarray(numbers).tolist()], dtype=object)
    return np.array(
        [f"555-{high:03d}-{low:04d}" for high, low in zip(*np.divmod(numbers, 10_000), strict=True)],
        dtype=object,
    )


def keyed_uuids(key: int, *words: Ints) -> Texts:
    """Makes version 4 UUIDs that depend on the key and each row's words alone, not on other rows.

    Args:
        key: 0 to 2**63 - 1.
        *words: Integer arrays of one length; rows with different words get different UUIDs.

    Returns:
        Object array of texts of 36 characters.

    Example:
        >>> both, one = keyed_uuids(5, np.array([1, 2])), keyed_uuids(5, np.array([2]))
        >>> both[1] == one[0]
        True
    """
    return uuid_texts(keyed_bytes(key, *words))


def keyed_bytes(key: int, *words: Ints) -> npt.NDArray[np.uint8]:
    """Makes the 16 bytes of each of the UUIDs of `keyed_uuids`, shape (n, 16)."""
    low = keyed_numbers(key, *words)
    high = np.asarray(mix(low, 1))  # type: ignore[arg-type]
    raw = np.stack([high, low], axis=1).astype(">i8").view(np.uint8).reshape(len(low), 16).copy()
    return _version_4(raw)


def serial_bytes(count: int, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Makes the 16 bytes of each of `count` UUIDs of version 8, shape (count, 16).

    The first half is drawn once; the last six bytes count. Such ids take little room in files; they
    betray the order, so they are for what nobody guards.
    """
    raw = np.empty((count, 16), dtype=np.uint8)
    raw[:, :10] = rng.integers(0, 256, 10, dtype=np.uint8)
    raw[:, 6] = raw[:, 6] & 0x0F | 0x80
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    raw[:, 10:] = np.arange(count, dtype=">i8").view(np.uint8).reshape(count, 8)[:, 2:]
    return raw


def drawn_bytes(count: int, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Draws the 16 bytes of `count` UUIDs, shape (count, 16)."""
    return _version_4(rng.integers(0, 256, (count, 16), dtype=np.uint8))


def keyed_numbers(key: int, *words: Ints) -> Ints:
    """Returns numbers from 0 to 2**62 - 1 that depend on the key and each row's words alone."""
    drawn = np.full(len(words[0]), key, dtype=np.int64)
    for word in words:
        drawn = np.asarray(mix(drawn, np.asarray(word, dtype=np.int64)))  # type: ignore[arg-type]
    return drawn
