"""Values at percentiles by sex and age, as surveys found them.

The tables come from `datasets/reference/lab_vital_quantiles.csv`, which
`benchmarks/fit_lab_vitals.py` works out of NHANES. A value stands at a rank: the standard normal
score of its percentile among people of the same sex and age.
"""
# mypy: disable-error-code="no-any-return"

import csv
import math

import numpy as np
from numpy.typing import NDArray

from sim.engine.jit import njit
from sim.engine.kinds import VITALS
from sim.errors import HilabError
from sim.paths import datasets

PERCENTS = ("p2_5", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p97_5")
AGES = (4.0, 9.0, 16.0, 25.0, 35.0, 45.0, 55.0, 65.0, 75.0, 85.0)

_RANKS = np.array([-1.959964, -1.644854, -1.281552, -0.67449, 0.0, 0.67449, 1.281552, 1.644854, 1.959964])
_LAST = 8
_AGES = np.array(AGES)
_FLOOR = 0.4
"""No value falls below this share of the 2.5th percentile."""
_FAR = 2.0
"""Ranks beyond the 97.5th percentile at which values rise no more."""


def _table() -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Reads the percentiles.

    Returns:
        The row of each vital sign or -1; f64[rows, 2, ages, percentiles]; f64[rows, 2], the growth of
        the upper tail for each rank.
    """
    path = datasets("reference", "lab_vital_quantiles.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = list(dict.fromkeys(row["vital"] for row in rows))
    if len(rows) != len(names) * 2 * len(AGES):
        raise HilabError(f"{path}: expected {len(AGES)} ages for each vital sign and sex.")
    places = np.array([names.index(vital) if vital in names else -1 for vital in VITALS], dtype=np.int64)
    values = np.array([[float(row[p]) for p in PERCENTS] for row in rows])
    tails = np.array([float(row["tail"]) for row in rows])
    shape = (len(names), 2, len(AGES))
    return places, values.reshape(*shape, len(PERCENTS)), tails.reshape(shape)[:, :, 0].copy()


_PLACE, _VALUES, _TAILS = _table()


@njit
def share_below(rank: float) -> float:
    """Returns the standard normal distribution function, to within 0.0002.

    Source: E. Page, Applied Statistics 1977;26:75.
    """
    return 1.0 / (1.0 + math.exp(-rank * (1.5976 + 0.070566 * rank * rank)))


@njit
def rank_at(share: float) -> float:
    """Returns the standard normal score of a share, the inverse of `share_below`.

    The cubic of `share_below` has one real root (Cardano).
    """
    p = min(max(share, 1e-9), 1.0 - 1e-9)
    half = math.log(p / (1.0 - p)) / (2.0 * 0.070566)
    third = 1.5976 / (3.0 * 0.070566)
    root = math.sqrt(half * half + third * third * third)
    big = math.pow(root + abs(half), 1.0 / 3.0)
    positive = big - third / big
    return positive if half >= 0.0 else -positive


@njit
def age_place(age: float) -> float:
    """Returns where an age stands among the ages of the tables: 3.5 is midway from the fourth on."""
    if age <= _AGES[0]:
        return 0.0
    for i in range(1, _AGES.shape[0]):
        if age < _AGES[i]:
            return i - 1 + (age - _AGES[i - 1]) / (_AGES[i] - _AGES[i - 1])
    return _AGES.shape[0] - 1.0


@njit
def point(row: int, sex: int, place: float, percentile: int) -> float:
    """Returns the value at one of the nine percentiles, between two ages."""
    low = min(int(place), _AGES.shape[0] - 2)
    part = place - low
    return _VALUES[row, sex, low, percentile] * (1.0 - part) + _VALUES[row, sex, low + 1, percentile] * part


@njit
def value_at(which: int, sex: int, age: float, rank: float) -> float:
    """Returns the value of a vital sign at a rank.

    Args:
        which: Index into `VITALS`; the sign must be in the table.
        sex: 0 man, 1 woman.
        age: Age in years.
        rank: Standard normal score.
    """
    row, place = _PLACE[which], age_place(age)
    if rank > _RANKS[_LAST]:
        return point(row, sex, place, _LAST) * math.exp(_TAILS[row, sex] * min(rank - _RANKS[_LAST], _FAR))
    i = 1
    while i < _LAST and rank > _RANKS[i]:
        i += 1
    low, high = point(row, sex, place, i - 1), point(row, sex, place, i)
    value = low + (high - low) * (rank - _RANKS[i - 1]) / (_RANKS[i] - _RANKS[i - 1])
    return max(value, _FLOOR * low) if i == 1 else value


@njit
def rank_of(which: int, sex: int, age: float, value: float) -> float:
    """Returns the rank of a value, -4 to 4, the inverse of `value_at`."""
    row, place = _PLACE[which], age_place(age)
    low = point(row, sex, place, 0)
    for i in range(1, _LAST + 1):
        high = point(row, sex, place, i)
        if value < high:
            rank = _RANKS[i] - (_RANKS[i] - _RANKS[i - 1]) * (high - value) / max(high - low, 1e-9)
            return max(rank, -4.0)
        low = high
    growth = _TAILS[row, sex]
    return _RANKS[_LAST] + min(math.log(value / low) / growth, _FAR) if growth > 0.0 else 4.0


@njit
def value_within(which: int, sex: int, age: float, rank: float, low: float, high: float) -> float:
    """Returns the value of a person who stands at a rank among those between two values.

    Args:
        which: Index into `VITALS`.
        sex: 0 man, 1 woman.
        age: Age in years.
        rank: Standard normal score among the people between the bounds.
        low: Lower bound; 0 for none.
        high: Upper bound; infinite for none.
    """
    if low <= 0.0 and high == math.inf:
        return value_at(which, sex, age, rank)
    bottom = share_below(rank_of(which, sex, age, low)) if low > 0.0 else 0.0
    top = share_below(rank_of(which, sex, age, high))
    value = value_at(which, sex, age, rank_at(bottom + (top - bottom) * share_below(rank)))
    return min(max(value, low), high)
