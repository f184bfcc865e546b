"""Vital signs and laboratory values of a person on a day, out of age, sex, disease and treatment.

Where a survey has the distribution (`surveys`), a person has a rank in it that shared traits, disease
and drugs move (`traits`). Growth, blood pressure, blood sugar, kidneys and mood are modules of their
own. What is left here is derived, or assumed where a line says so.
"""
# mypy: disable-error-code="no-any-return"

import math

import numpy as np
from numpy.typing import NDArray

from sim.engine.hooks import signs
from sim.engine.hooks.growth import bmi_at, bmi_percentile, grown, head, waist_rank
from sim.engine.hooks.kidneys import creatinine, diseased_filtration, estimated_filtration, urine_albumin
from sim.engine.hooks.mood import score
from sim.engine.hooks.pressure import lowered, pressure_range
from sim.engine.hooks.signs import BMI, DBP, EGFR, GLUCOSE, HBA1C, HEIGHT, SBP
from sim.engine.hooks.sugar import diabetic_glucose, hba1c_range, other_glucose, treated
from sim.engine.hooks.surveys import value_within
from sim.engine.hooks.traits import bell, deviation, given, shifted
from sim.engine.jit import njit
from sim.engine.kinds import VITALS
from sim.engine.streams import uniform

_WHOLE = (
    *(
        "sbp",
        "dbp",
        "heart_rate",
        "respiratory_rate",
        "oxygen_saturation",
        "glucose",
        "egfr",
        "urea_nitrogen",
    ),
    *("sodium", "cholesterol", "hdl", "ldl", "triglycerides", "chloride", "bicarbonate", "alt", "ast", "ggt"),
    *("alkaline_phosphatase", "ldh", "creatine_kinase", "platelets", "uacr", "lvef", "phq9", "gad7"),
)
_HUNDREDTHS = ("creatinine", "rbc", "tsh")

DECIMALS = np.array([2 if v in _HUNDREDTHS else int(v not in _WHOLE) for v in VITALS], dtype=np.int64)
"""Digits after the point, in the order of VITALS."""

_FAILING = 1003
"""Number of the uniform number that says which kind of heart failure a person has."""

_ADULT = 25.0
"""The youngest age of which the survey has heights of the grown."""

_NONE = -1
_MADE_OF = {
    "weight": ("height", "bmi"),
    "creatinine": ("egfr", "height"),
    "egfr": ("egfr", "height"),
    "cholesterol": ("ldl", "hdl", "triglycerides"),
    "hematocrit": ("rbc", "mcv"),
    "hemoglobin": ("rbc", "mcv"),
    "bmi_percentile": ("bmi",),
    "glucose": ("glucose", "hba1c"),
    "waist": ("waist", "bmi"),
}
"""Values that are worked out of several, each with its own rank; the others of one."""

_PARTS = np.full((len(VITALS), 3), _NONE, dtype=np.int64)
for _sign, _vital in enumerate(VITALS):
    _parts = _MADE_OF.get(_vital, (_vital,))
    _PARTS[_sign, : len(_parts)] = [VITALS.index(_part) for _part in _parts]

_NOWHERE = (
    *("respiratory_rate", "temperature", "oxygen_saturation", "platelets", "uacr", "lvef", "phq9", "gad7"),
    "head_circumference",
)
_IS_ASSUMED = np.array([vital in _NOWHERE for vital in VITALS])
"""Which of them no survey here holds."""


@njit
def ranked(
    which: int, own: float, key: int, age: float, sex: int, flags: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Returns a person's rank in the survey, and the range of values within which it ranks."""
    if which in (SBP, DBP):
        return pressure_range(which, own, key, age, sex, flags)
    if which == HBA1C:
        return hba1c_range(own, flags)
    if which == EGFR:
        return own, 60.0, 175.0
    return shifted(which, own, age, flags), 0.0, math.inf


@njit
def part(which: int, own: float, key: int, age: float, sex: int, flags: NDArray[np.float64]) -> float:
    """Returns a value that stands in the survey, as disease and treatment leave it."""
    if which == EGFR and given(flags, signs.KIDNEY) >= 3.0:
        return diseased_filtration(given(flags, signs.KIDNEY), own)
    rank, low, high = ranked(which, own, key, age, sex, flags)
    value = value_within(which, sex, max(age, _ADULT) if which == HEIGHT else age, rank, low, high)
    if which == HEIGHT:
        return value * grown(age, sex)
    if which == BMI:
        return bmi_at(rank, age, sex, value)
    if which in (SBP, DBP):
        return lowered(which, value, flags)
    return treated(value, key, flags) if which == HBA1C else value


@njit
def respiratory_rate(age: float, own: float, flags: NDArray[np.float64]) -> float:
    """Returns breaths a minute, more in small children and in chest disease; assumed."""
    ill = 1.5 * max(given(flags, signs.INFECTION) - 1.0, 0.0) + 1.2 * (given(flags, signs.COPD) > 0.0)
    grown = 15.2 if age >= 14.0 else 15.2 + 0.75 * (14.0 - age) + 9.0 * max(1.0 - age, 0.0)
    return grown + ill + 1.6 * own


@njit
def temperature(own: float, flags: NDArray[np.float64]) -> float:
    """Returns the body temperature in degrees Celsius, higher by the severity of an infection; assumed."""
    return (
        36.7
        + 0.25 * own
        + (0.15 + 0.55 * given(flags, signs.INFECTION)) * (given(flags, signs.INFECTION) > 0.0)
    )


@njit
def oxygen_saturation(age: float, own: float, flags: NDArray[np.float64]) -> float:
    """Returns oxygen saturation in %, lower in COPD, heart failure and severe infection; assumed."""
    ill = 2.5 * (given(flags, signs.COPD) > 0.0) + 0.8 * (given(flags, signs.HEART_FAILURE) > 0.0)
    ill += 2.5 * max(given(flags, signs.INFECTION) - 1.0, 0.0)
    return min(98.0 - 0.012 * age - ill + 0.8 * own, 100.0)


@njit
def ejection_fraction(key: int, own: float, flags: NDArray[np.float64]) -> float:
    """Returns the ejection fraction in %; half of heart failure is with a reduced one; assumed."""
    if given(flags, signs.HEART_FAILURE) <= 0.0:
        return 61.0 + 4.5 * own - 4.0 * (given(flags, signs.CORONARY) > 0.0)
    return 32.0 + 6.0 * own if uniform(key, _FAILING) < 0.5 else 55.0 + 4.0 * own


@njit
def assumed(which: int, own: float, key: int, age: float, sex: int, flags: NDArray[np.float64]) -> float:
    """Returns a value that no survey here holds."""
    if which == signs.RESPIRATORY_RATE:
        return respiratory_rate(age, own, flags)
    if which == signs.TEMPERATURE:
        return temperature(own, flags)
    if which == signs.OXYGEN:
        return oxygen_saturation(age, own, flags)
    if which == signs.LVEF:
        return ejection_fraction(key, own, flags)
    if which == signs.UACR:
        return urine_albumin(own, sex, given(flags, signs.KIDNEY))
    if which in (signs.PHQ9, signs.GAD7):
        return score(which, own, key, flags)
    if which == signs.HEAD:
        return head(own, age, sex)
    drinks = given(flags, signs.ALCOHOL) > 0.0  # platelets in 10*3/uL
    return (250.0 if sex == 1 else 226.0) * math.exp(
        0.23 * own - 0.1 * drinks - 0.0015 * max(age - 40.0, 0.0)
    )


@njit
def made_of(
    which: int, a: float, b: float, c: float, key: int, age: float, sex: int, flags: NDArray[np.float64]
) -> float:
    """Returns a value that is worked out of one to three (see `_MADE_OF`)."""
    if which == signs.WEIGHT:
        return b * (a / 100.0) * (a / 100.0)
    if which == signs.BMI_PERCENTILE:
        return bmi_percentile(a, age, sex)
    if which == signs.CREATININE:
        return creatinine(a, b, age, sex)
    if which == EGFR:
        return estimated_filtration(a, b, age, sex)
    if which == signs.CHOLESTEROL:
        # Friedewald (Clin Chem 1972;18:499) has a fifth of fasting triglycerides; these are not
        # fasting, and a fifth to a quarter higher.
        return a + b + min(c, 600.0) / 6.0
    if which == signs.HEMATOCRIT:
        return min(a * b / 10.0, 65.0)
    if which == signs.HEMOGLOBIN:  # cells are a third haemoglobin, give or take (34.0 g/dL; assumed)
        return min(a * b / 10.0, 65.0) * (0.340 + 0.006 * bell(key, which))
    return a


@njit
def unrounded(which: int, key: int, day: float, age: float, sex: int, flags: NDArray[np.float64]) -> float:
    """Returns a vital sign with all its digits (see `vital_sign`)."""
    values = (0.0, 0.0, 0.0)
    ranks = (0.0, 0.0)
    for place in range(3):
        sign = _PARTS[which, 2 - place]
        if sign == _NONE:
            continue
        own = deviation(key, sign, day)
        if sign == signs.WAIST:
            own = waist_rank(ranks[0], own)
        elif sign == GLUCOSE and given(flags, signs.DIABETES) > 0.0:
            return diabetic_glucose(values[0], own)
        ranks = (own, ranks[0])
        value = (
            assumed(sign, own, key, age, sex, flags)
            if _IS_ASSUMED[sign]
            else part(sign, own, key, age, sex, flags)
        )
        values = (value, values[0], values[1])
    if which == GLUCOSE:
        return other_glucose(values[0], flags)
    return made_of(which, values[0], values[1], values[2], key, age, sex, flags)


@njit
def vital_sign(which: int, key: int, day: float, age: float, sex: int, flags: NDArray[np.float64]) -> float:
    """Returns a vital sign or laboratory value, rounded as it would be reported.

    Args:
        which: Index into `VITALS`.
        key: Key of the person's physiology stream.
        day: Days since 1900-01-01.
        age: Age in years.
        sex: 0 man, 1 woman.
        flags: Values of the attributes in `FLAGS`, 0 or NaN where unset; more may follow.
    """
    scale = 10.0 ** DECIMALS[which]
    return math.floor(unrounded(which, key, day, age, sex, flags) * scale + 0.5) / scale
