"""How a person's values hang together: lasting traits that many share, disease, and the day.

A value's rank among people of the same sex and age is the sum of nine lasting traits (how much of
each says `datasets/reference/lab_vital_loadings.csv`, fitted to NHANES correlations), of a lasting
part of its own and of a part that passes within weeks. Disease and drugs shift it
(`lab_vital_shifts.csv`, in standard deviations); as the surveys include the ill, everybody is
shifted back by what is expected at that age.
"""
# mypy: disable-error-code="no-any-return"

import csv
import math

import numpy as np
from numpy.typing import NDArray

from sim.engine.hooks.surveys import age_place
from sim.engine.jit import njit
from sim.engine.kinds import FLAGS, VITALS
from sim.engine.streams import mix
from sim.paths import datasets

_WORDS_FROM = 1e12
"""Attributes from here on are words and diagnoses (see `flatten.TEXT_BASE`)."""
_FIRST_TRAIT = 500
"""Number of the first shared trait in the person's physiology stream."""

_STEADY = {
    "height": 1.0,
    "bmi": 0.9,
    "waist": 0.9,
    "hba1c": 0.8,
    "glucose": 0.5,
    "sbp": 0.75,
    "dbp": 0.7,
    "heart_rate": 0.6,
    "triglycerides": 0.6,
    "insulin": 0.55,
    "crp": 0.5,
    "creatine_kinase": 0.4,
    "sodium": 0.5,
    "potassium": 0.4,
    "chloride": 0.5,
    "bicarbonate": 0.4,
}
"""Correlation of two values of a person far apart in time; 0.7 for the others (assumed)."""
_SLOW = {"bmi": 700.0, "waist": 700.0, "hba1c": 150.0, "sbp": 20.0, "dbp": 20.0, "ldl": 120.0, "hdl": 120.0}
"""Days over which the passing part changes; 45 for the others (assumed)."""

_EXPECTED = {
    "diabetes": (0.0, 0.002, 0.005, 0.02, 0.055, 0.11, 0.18, 0.245, 0.27, 0.23),
    "prediabetes": (0.0, 0.01, 0.05, 0.10, 0.16, 0.25, 0.32, 0.38, 0.40, 0.38),
    "lipid_disorder": (0.0, 0.0, 0.0, 0.06, 0.18, 0.34, 0.46, 0.56, 0.60, 0.58),
    "on_statin": (0.0, 0.0, 0.0, 0.01, 0.04, 0.12, 0.25, 0.40, 0.47, 0.42),
    "on_hypertension_drug": (0.0, 0.0, 0.0, 0.02, 0.08, 0.18, 0.32, 0.47, 0.56, 0.58),
    "smoker": (0.0, 0.0, 0.04, 0.18, 0.22, 0.20, 0.21, 0.15, 0.09, 0.05),
    "alcohol_disorder": (0.0, 0.0, 0.02, 0.10, 0.08, 0.06, 0.05, 0.035, 0.02, 0.01),
    "copd": (0.0, 0.0, 0.0, 0.01, 0.02, 0.04, 0.08, 0.11, 0.12, 0.11),
    "heart_failure": (0.0, 0.0, 0.0, 0.002, 0.005, 0.01, 0.02, 0.045, 0.08, 0.12),
    "atrial_fibrillation": (0.0, 0.0, 0.0, 0.001, 0.002, 0.004, 0.01, 0.03, 0.07, 0.11),
    "kidney_disease": (0.0, 0.0, 0.0, 0.003, 0.007, 0.015, 0.03, 0.09, 0.22, 0.38),
    "cancer": (0.0, 0.0, 0.0, 0.005, 0.01, 0.02, 0.05, 0.10, 0.16, 0.18),
    "anemia": (0.01, 0.01, 0.02, 0.03, 0.03, 0.035, 0.03, 0.04, 0.06, 0.10),
    "hiv": (0.0, 0.0, 0.0, 0.002, 0.004, 0.005, 0.006, 0.004, 0.001, 0.0),
}
"""Shares expected at the ages of the survey tables; from stage 3 on for kidney disease. Near the
figures that the modules are tuned to; assumed."""


def _loadings() -> NDArray[np.float64]:
    """Returns f64[VITALS, 2 + traits]: the passing part, the part of its own, and the shared ones."""
    with datasets("reference", "lab_vital_loadings.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["vital"]: row for row in csv.DictReader(file)}
    names = [name for name in next(iter(rows.values())) if name.startswith("trait")]
    table = np.zeros((len(VITALS), 2 + len(names)))
    for i, vital in enumerate(VITALS):
        shared = np.array([float(rows[vital][name]) if vital in rows else 0.0 for name in names])
        steady = max(_STEADY.get(vital, 0.7), float((shared**2).sum()))
        table[i] = [math.sqrt(1.0 - steady), math.sqrt(steady - (shared**2).sum()), *shared]
    return table


def _shifts() -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Returns where the shifts of each vital sign begin, their flags, and i64 from and f64 shift."""
    with datasets("reference", "lab_vital_shifts.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: VITALS.index(row["vital"]))
    begins = np.array([sum(VITALS.index(row["vital"]) < i for row in rows) for i in range(len(VITALS) + 1)])
    flags = np.array([FLAGS.index(row["flag"]) for row in rows])
    sizes = np.array([[float(row["from"]), float(row["shift"])] for row in rows])
    return begins.astype(np.int64), flags.astype(np.int64), sizes


_LOADS = _loadings()
_TRAITS = _LOADS.shape[1] - 2
_BEGINS, _FLAGS, _SIZES = _shifts()
_PERIODS = np.array([_SLOW.get(vital, 45.0) for vital in VITALS])
_IS_DRUG = np.array([flag.startswith("on_") for flag in FLAGS])
_SHARES = np.array([_EXPECTED.get(flag, (0.0,) * 10) for flag in FLAGS])


@njit
def given(flags: NDArray[np.float64], which: int) -> float:
    """Returns a flag: 0 where it is unset, 1 where a module keeps a word or a diagnosis in it."""
    value = flags[which]
    if value > 0.0:
        return 1.0 if value >= _WORDS_FROM else value
    return 0.0


@njit
def bell(key: int, counter: int) -> float:
    """Returns a nearly normal number of mean 0 and variance 1, within 4.25: six tens of bits, summed.

    It is four times as fast as `streams.normal`; sums of a few are normal to three digits.
    """
    number = mix(key, counter)
    total = (number & 1023) + ((number >> 10) & 1023) + ((number >> 20) & 1023)
    total += ((number >> 30) & 1023) + ((number >> 40) & 1023) + ((number >> 50) & 1023)
    return (total - 3069.0) / 724.0768


@njit
def passing(key: int, which: int, day: float, period: float) -> float:
    """Returns noise of mean 0 and variance 1 that changes smoothly within `period` days."""
    knot = math.floor(day / period)
    share = day / period - knot
    first = ((which + 1) << 32) + knot
    blend = bell(key, first) * (1.0 - share) + bell(key, first + 1) * share
    return blend / math.sqrt((1.0 - share) * (1.0 - share) + share * share)


@njit
def deviation(key: int, which: int, day: float) -> float:
    """Returns where a person stands by nature, on a day: a standard normal number.

    Args:
        key: Key of the person's physiology stream.
        which: Index into `VITALS`.
        day: Days since 1900-01-01.
    """
    total = 0.0
    if _LOADS[which, 0] > 0.0:
        total += _LOADS[which, 0] * passing(key, which, day, _PERIODS[which])
    if _LOADS[which, 1] > 0.0:
        total += _LOADS[which, 1] * bell(key, which)
    for trait in range(_TRAITS):
        load = _LOADS[which, 2 + trait]
        if load != 0.0:
            total += load * bell(key, _FIRST_TRAIT + trait)
    return total


@njit
def shifted(which: int, rank: float, age: float, flags: NDArray[np.float64]) -> float:
    """Returns a rank as disease and drugs move it, standard normal over people of that age."""
    place = -1.0
    spread = 1.0
    for i in range(_BEGINS[which], _BEGINS[which + 1]):
        flag, size = _FLAGS[i], _SIZES[i, 1]
        if given(flags, flag) >= _SIZES[i, 0]:
            rank += size
        if _SIZES[i, 0] > 3.0:
            continue  # the last stages of kidney disease are too rare to matter
        if place < 0.0:
            place = age_place(age)
        low = min(int(place), 8)
        share = _SHARES[flag, low] + (_SHARES[flag, low + 1] - _SHARES[flag, low]) * (place - low)
        rank -= size * share
        if not _IS_DRUG[flag]:  # drugs bring back those whom a disease moved, and add no spread
            spread += size * size * share * (1.0 - share)
    return rank / math.sqrt(spread) if spread > 1.0 else rank
