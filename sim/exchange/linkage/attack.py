"""Reading names from Bloom filters without the key: an attack to watch, and to be safe from.

Whoever holds the filters of one field sees three things: how often a filter occurs, how many of its bits
are set, and how many two filters share. Names show the same three: some are common, some are long, some
share pairs of letters. So one looks for the names that fit. Kuzu, Kantarcioglu, Durham and Malin (2011,
PETS, "A constraint satisfaction cryptanalysis of Bloom filters in private record linkage") began with how
often filters occur; Niedermeyer and others (2014) and Christen, Schnell, Vatsalan and Ranbaduge (2017,
PAKDD) made that practical; Vidanage, Christen, Ranbaduge and Schnell (2020, CIKM, "A graph matching
attack") added how alike they are. This is a plain form of the two together. It takes a public list of
names, a second, and no key.

A salt ends it: people of one name no longer share a filter, and filters of alike names no longer share
bits. Flipped bits stop this form of it; that is no proof that they stop every form.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.exchange.linkage.bloom import HASHES, Bits, bigrams

Numbers = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

FIRST = 40
"""How many filters, those that occur most, are matched with names together; the others follow them."""

STARTS = 60
"""How many names are tried for the filter that occurs most."""

ROUNDS = 10
"""How often the first filters are looked at again."""

BLUR = 0.15
"""Variance of the number of shared pairs of letters as estimated from bits."""

DOUBT = 0.2
"""Mean squared difference, in pairs of letters, up to which a name is told."""


def attack(filters: Bits, names: Mapping[str, float], hashes: int = HASHES) -> list[str | None]:
    """Guesses the name behind each filter of one field.

    Args:
        filters: One row a record.
        names: A public list: how large a share of people bears each name.
        hashes: How many bits a pair of letters sets; whoever uses filters tells it.

    Returns:
        For each filter a name, or None where no name of the list fits.
    """
    _, first, which, counts = np.unique(
        np.packbits(filters, axis=1), axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.argsort(-counts, kind="stable")
    shared = _shared(filters[first[order]], hashes)
    listed = sorted(names, key=lambda name: -names[name])
    common = _common(listed)
    shares = np.array([names[name] for name in listed])
    often = len(filters) * shares / shares.sum()
    alone = _alone(shared, counts[order], common, often)
    chosen = _match(shared, common, alone[: min(FIRST, len(shared))])
    best, doubt = _follow(shared, common, chosen)
    told = [listed[name] if rest < DOUBT else None for name, rest in zip(best, doubt, strict=True)]
    return [told[each] for each in np.argsort(order)[which.ravel()]]


def _shared(filters: Bits, hashes: int) -> Numbers:
    """Estimates how many pairs of letters each two filters share; the diagonal holds each one's own."""
    length = filters.shape[1]
    ones = filters.astype(np.float64)
    both, own = ones @ ones.T, ones.sum(axis=1)

    def pairs(bits: npt.NDArray[Any]) -> Numbers:
        """How many pairs set so many bits, if some fell together (Swamidass and Baldi 2007)."""
        return np.asarray(-np.log1p(-np.minimum(bits, length - 1) / length) * length / hashes)

    alone = pairs(own)
    return alone[:, None] + alone[None, :] - pairs(own[:, None] + own[None, :] - both)


def _common(listed: list[str]) -> Numbers:
    """Counts the pairs of letters that each two names share."""
    every = sorted({pair for name in listed for pair in bigrams(name)})
    column = {pair: number for number, pair in enumerate(every)}
    held = np.zeros((len(listed), len(every)))
    for row, name in zip(held, listed, strict=True):
        row[[column[pair] for pair in bigrams(name)]] = 1
    return np.asarray(held @ held.T)


def _alone(shared: Numbers, counts: npt.NDArray[Any], common: Numbers, often: Numbers) -> Numbers:
    """Says how badly each name fits each filter by how often both occur and how long both are."""
    rare: Numbers = 4 * (np.sqrt(counts)[:, None] - np.sqrt(often)[None, :]) ** 2
    return np.asarray(rare + (np.diag(shared)[:, None] - np.diag(common)[None, :]) ** 2 / BLUR)


def _together(shared: Numbers, common: Numbers, one: int, others: Ints, chosen: Ints) -> Numbers:
    """Says how badly each name fits a filter by what it shares with filters whose names are chosen."""
    return np.asarray(((shared[one, others] - common[:, chosen]) ** 2).sum(axis=1) / BLUR)


def _match(shared: Numbers, common: Numbers, alone: Numbers) -> Ints:
    """Chooses names for the first filters: the best of several starts, each mended until nothing changes."""
    found = [_mend(shared, common, alone, int(start)) for start in np.argsort(alone[0])[:STARTS]]
    return min(found, key=lambda each: each[0])[1]


def _mend(shared: Numbers, common: Numbers, alone: Numbers, start: int) -> tuple[float, Ints]:
    """Returns how badly the names fit to which one comes from a name for the first filter, and the names."""
    number = len(alone)
    chosen = np.full(number, start)
    for one in range(1, number):
        others = np.arange(one)
        chosen[one] = np.argmin(alone[one] + _together(shared, common, one, others, chosen[others]))
    for _ in range(ROUNDS):
        before, misfit = chosen.copy(), 0.0
        for one in range(number):
            others = np.delete(np.arange(number), one)
            fits = alone[one] + _together(shared, common, one, others, chosen[others])
            chosen[one] = np.argmin(fits)
            misfit += float(fits[chosen[one]])
        if (chosen == before).all():
            break
    return misfit, chosen


def _follow(shared: Numbers, common: Numbers, chosen: Ints) -> tuple[Ints, Numbers]:
    """Chooses a name for every filter by what it shares with the first ones, and says how well it fits."""
    best, doubt = np.zeros(len(shared), dtype=np.intp), np.zeros(len(shared))
    for one in range(len(shared)):
        others = np.arange(len(chosen))
        others = others[others != one]
        apart = _together(shared, common, one, others, chosen[others]) * BLUR / max(1, len(others))
        apart += (shared[one, one] - np.diag(common)) ** 2
        best[one] = np.argmin(apart)
        doubt[one] = apart[best[one]]
    return best, doubt
