"""Patients of twelve areas as counts, and the classes in which a k-anonymous file tells of them.

A file is k-anonymous if every row is equal to at least k - 1 others in what an outsider may know of people
(Samarati and Sweeney 1998; Sweeney 2002, "k-anonymity: a model for protecting privacy"). Here an outsider
may know sex, age and place. The office tells each row as finely as k allows: if a class has fewer than k
rows, they are told more coarsely, first in age, then in place, and what is small even so is left out. Of a
class only its size matters, so counts do for people, and the largest district is as quick as the smallest.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.seeds import PUBLIC_KEY, Seeds

Numbers = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FACTORS = np.array([1, 3, 6, 1.2, 2.5, 8, 1.5, 4, 10, 2, 5, 12])
"""How many times as many patients as the smallest area each area has; three areas make a zone."""

RATES = np.array([0.15, 0.07, 0.09, 0.06, 0.11, 0.08, 0.12, 0.06, 0.10, 0.07, 0.13, 0.08])
"""Share of an area's residents who are patients (assumed)."""

AREAS, ZONES, SEXES = len(FACTORS), 4, 2

YOUNGEST, YEARS, MONTHS = 18, 80, 12
"""Patients are 18 to 97 years old; a file may tell the month of birth."""

AREA, ZONE, DISTRICT = range(3)
"""How finely a place is told."""

Level = tuple[int, int]
"""Months of a class of age, and how finely the place is told."""

_YEAR, _BAND, _WIDE = MONTHS, 10 * MONTHS, 20 * MONTHS

LEVELS: dict[int, tuple[Level, ...]] = {
    1: ((_BAND, ZONE), (_WIDE, DISTRICT)),
    2: ((_YEAR, ZONE), (_BAND, ZONE), (_WIDE, DISTRICT)),
    3: ((_YEAR, AREA), (_BAND, AREA), (_BAND, ZONE), (_WIDE, DISTRICT)),
    4: ((1, AREA), (_YEAR, AREA), (_BAND, AREA), (_BAND, ZONE), (_WIDE, DISTRICT)),
}
"""For each set of quasi-identifiers how rows are told, from fine to coarse."""


@dataclass(frozen=True)
class Told:
    """What a k-anonymous file tells, for each replicate.

    Attributes:
        rows: Rows told with their area, their zone, and only their district: one row a replicate, then how
            finely, then one column an area in which they truly live.
        left_out: Rows left out.
        classes: Classes of the file.
    """

    rows: Ints
    left_out: Ints
    classes: Ints


_CACHE: dict[tuple[int, int, int], Ints] = {}

_TOTALS: list[Ints] = [np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)]


def people(smallest: int, replicates: int, seeds: Seeds | None = None) -> Ints:
    """Returns patients by replicate, area, sex and month of age.

    Args:
        smallest: About how many patients the smallest area has.
        replicates: How many districts.
        seeds: Where the random numbers come from; always the same if None.
    """
    source = seeds or Seeds(PUBLIC_KEY, "policy", "releasing")
    key = (smallest, replicates, source.word("people"))
    if key not in _CACHE:
        _CACHE.clear()
        age = YOUNGEST + (np.arange(YEARS * MONTHS) + 0.5) / MONTHS
        share = np.exp(-(((age - 62) / 15) ** 2) / 2)
        mean = smallest * FACTORS[:, None, None] / SEXES * (share / share.sum())
        shape = (replicates, AREAS, SEXES, YEARS * MONTHS)
        _CACHE[key] = source.stream("people").poisson(np.broadcast_to(mean, shape))
    return _CACHE[key]


def patients(smallest: int, replicates: int, seeds: Seeds | None = None) -> Ints:
    """Returns patients by replicate and area.

    Args:
        smallest: About how many patients the smallest area has.
        replicates: How many districts.
        seeds: Where the random numbers come from; always the same if None.
    """
    counts = people(smallest, replicates, seeds)
    if _TOTALS[0] is not counts:
        _TOTALS[:] = [counts, counts.sum(axis=(2, 3))]
    return _TOTALS[1]


def k_anonymous(counts: Ints, k: int, fields: int) -> Told:
    """Tells patients as finely as k allows.

    Args:
        counts: As `people` returns them.
        k: Rows that a class must have.
        fields: Set of quasi-identifiers, a key of `LEVELS`.
    """
    replicates = len(counts)
    rows = np.zeros((replicates, 3, AREAS), dtype=np.int64)
    classes = np.zeros(replicates, dtype=np.int64)
    left, step = counts, 1
    for width, place in LEVELS[fields]:
        left, step = _summed(left, width if width < _BAND else _YEAR, step)
        told, number = _large(left, width // step, place, k)
        rows[:, place] += told.sum(axis=(2, 3))
        classes += number
        left = left - told
    return Told(rows, left.sum(axis=(1, 2, 3)), classes)


def _summed(left: Ints, months: int, step: int) -> tuple[Ints, int]:
    """Adds up ages so that one column stands for so many months; returns the counts and the months."""
    if months <= step:
        return left, step
    return left.reshape(*left.shape[:3], -1, months // step).sum(axis=4), months


def _large(left: Ints, width: int, place: int, k: int) -> tuple[Ints, Ints]:
    """Returns the rows in classes of k or more, and how many such classes there are in each replicate."""
    wide = {AREA: 1, ZONE: AREAS // ZONES, DISTRICT: AREAS}[place]
    if wide * width == 1:
        large = left >= k
        return np.where(large, left, 0), large.sum(axis=(1, 2, 3))
    shape = (len(left), AREAS // wide, wide, SEXES, -1, width)
    split = left.reshape(shape)
    sizes = split.sum(axis=(2, 5), keepdims=True)
    large = sizes >= k
    return np.where(large, split, 0).reshape(left.shape), large.sum(axis=(1, 2, 3, 4, 5))


def estimates(told: Told) -> Numbers:
    """Returns what a reader of the file takes for the number of patients in each area.

    Rows told with their zone or district only are shared out by residents, whose number everybody knows.

    Args:
        told: The file.

    Returns:
        One row a replicate, one column an area.
    """
    residents = FACTORS / RATES
    zones = told.rows[:, ZONE].reshape(-1, ZONES, AREAS // ZONES).sum(axis=2)
    of_zone = residents.reshape(ZONES, -1)
    shared = zones[:, :, None] * (of_zone / of_zone.sum(axis=1, keepdims=True))[None]
    whole = told.rows[:, DISTRICT].sum(axis=1)[:, None] * residents / residents.sum()
    return np.asarray(told.rows[:, AREA] + shared.reshape(-1, AREAS) + whole)
