"""Bloom filters of names: records compared by how alike their names are, with no name in sight.

A text is cut into pairs of letters; each pair sets a few bits of a long row of bits, at places that a key
decides. Texts that share pairs share bits, so one typing error leaves most bits alike (Schnell, Bachteler
and Reiher 2009, "Privacy-preserving record linkage using Bloom filters", BMC Med Inform Decis Mak 9:41).
All fields of a person in one row make a *cryptographic long-term key*, CLK (the same authors 2011). The
places of a pair are h1 + i h2 (Kirsch and Mitzenmacher 2006, "double hashing"), with both halves from one
HMAC-SHA256. Rows are compared by Dice's coefficient: twice the bits set in both, over the bits set in
either.

What they do not give: a pair of letters sets the same bits in everybody, so a filter is a cipher of letter
pairs that keeps how often names occur and how alike they are. `sim.exchange.linkage.attack` reads names
from that. A *salt* that differs from person to person but not from record to record, as the year of birth,
takes that away (Niedermeyer, Steinmetzer, Kroll and Schnell 2014, J Privacy Confidentiality 6(2)); who is
recorded with two years is then missed. Bits flipped by chance (Schnell and Borgs 2016, "Randomized response
and balanced Bloom filters") blur it.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from sim.errors import HilabError
from sim.exchange.linkage.tokens import check_key, normalise

LENGTH, HASHES = 1000, 20
"""Bits of a filter, and how many a pair of letters sets, as in the authors' examples."""

Bits = npt.NDArray[np.bool_]


def bigrams(text: str) -> frozenset[str]:
    """Returns the pairs of neighbouring letters of a normalised text, with its ends marked.

    Example:
        >>> sorted(bigrams("Núñez"))
        ['_n', 'ez', 'ne', 'nu', 'un', 'z_']
    """
    plain = normalise(text)
    marked = f"_{plain}_"
    return frozenset(marked[at : at + 2] for at in range(len(plain) + 1)) if plain else frozenset()


def places(
    key: bytes, field: str, pair: str, salt: str = "", length: int = LENGTH, hashes: int = HASHES
) -> list[int]:
    """Returns the bits that a pair of letters of a field sets: (h1 + i h2) mod length for i from 0 on.

    Args:
        key: The linkage unit's secret, 16 bytes or more.
        field: The field's name; the same pair sets other bits in another field.
        pair: The pair.
        salt: What differs from person to person; nothing if empty.
        length: Bits of a filter.
        hashes: How many a pair sets; some may fall together.

    Example:
        >>> places(bytes(16), "family", "an") == places(bytes(16), "given", "an")
        False
    """
    message = json.dumps([field, salt, pair], ensure_ascii=False).encode("utf-8")
    digest = hmac.new(key, message, hashlib.sha256).digest()
    first, second = (int.from_bytes(part, "big") for part in (digest[:16], digest[16:]))
    return [(first + step * second) % length for step in range(hashes)]


def encode(
    key: bytes,
    people: Iterable[Mapping[str, str | None]],
    salts: Iterable[str] | None = None,
    length: int = LENGTH,
    hashes: int = HASHES,
) -> Bits:
    """Encodes people, each as one filter of all its fields.

    Args:
        key: The linkage unit's secret, 16 bytes or more.
        people: For each person field and text; a blank sets no bit.
        salts: For each person what differs from person to person; no salt if None.
        length: Bits of a filter, 1 or more.
        hashes: Bits that a pair of letters sets, 1 or more.

    Returns:
        One row a person, one column a bit.

    Raises:
        HilabError: The key is short, or a number is below 1.

    Example:
        >>> filters = encode(bytes(16), [{"family": "Torres"}, {"family": "Torrez"}, {"family": "Li"}])
        >>> float(dice(filters[:1], filters[1:]).round(2)[0, 0]) > 0.6
        True
    """
    check_key(key)
    if min(length, hashes) < 1:
        raise HilabError("A filter has one bit or more, and a pair of letters sets one or more.")
    rows = list(people)
    marks = [""] * len(rows) if salts is None else list(salts)
    known: dict[tuple[str, str, str], list[int]] = {}
    filters = np.zeros((len(rows), length), dtype=np.bool_)
    for bits, person, salt in zip(filters, rows, marks, strict=True):
        for field, text in person.items():
            for pair in bigrams(text) if isinstance(text, str) else ():
                what = (field, pair, salt)
                if what not in known:
                    known[what] = places(key, field, pair, salt, length, hashes)
                bits[known[what]] = True
    return filters


def dice(one: Bits, other: Bits) -> npt.NDArray[np.float64]:
    """Returns how alike every filter of one list is to every filter of another: 0 to 1, 0 if both are empty.

    Example:
        >>> dice(np.array([[True, True, False]]), np.array([[True, False, False], [False, False, True]]))
        array([[0.66666667, 0.        ]])
    """
    both = one.astype(np.float32) @ other.astype(np.float32).T
    either = one.sum(axis=1)[:, None] + other.sum(axis=1)[None, :]
    return np.asarray(np.divide(2 * both, either, out=np.zeros(both.shape), where=either > 0))


def flip(filters: Bits, share: float, rng: np.random.Generator) -> Bits:
    """Returns filters in which chance decided a share of the bits anew, as heads or tails.

    Args:
        filters: One row a person.
        share: Share of the bits, 0 to 1.
        rng: A stream at its beginning.

    Raises:
        HilabError: The share lies elsewhere.
    """
    if not 0 <= share <= 1:
        raise HilabError("The share of bits to decide anew must lie between 0 and 1.")
    anew = rng.random(filters.shape) < share
    return np.where(anew, rng.random(filters.shape) < 0.5, filters)
