"""What changes with the years: cardiovascular risk, and attributes that modules ask but never set.

The risks are log-linear: a rate that rises exponentially with age, times the usual relative risks.

| factor | infarction, ischaemia | stroke | heart failure | atrial fibrillation |
|---|---|---|---|---|
| systolic pressure, each 10 mm[Hg] above 120 | 1.20 | 1.30 | 1.20 | 1.10 |
| total cholesterol, each 40 mg/dL above 190 | 1.30 | 1.10 | 1.05 | 1 |
| HDL cholesterol, each 10 mg/dL below 50 | 1.15 | 1.05 | 1 | 1 |
| smoking | 2.3 | 1.9 | 1.6 | 1.4 |
| diabetes | 1.9 | 1.8 | 2.0 | 1.4 |
| coronary disease | 3 | 1.8 | 3.5 | 1.6 |
| atrial fibrillation | 1.3 | 3.5 | 2.5 | |
| chronic kidney disease from stage 3 | 1.5 | 1.4 | 1.8 | 1.4 |

Directions and sizes are near those of Framingham, INTERHEART and the Emerging Risk Factors
Collaboration as the author knows them; they and the base rates are assumed, not fitted to microdata.
"""
# mypy: disable-error-code="no-any-return"

import math

import numpy as np
from numpy.typing import NDArray

from sim.engine.hooks import lifecycle
from sim.engine.hooks.lifecycle import Choices
from sim.engine.hooks.physiology import unrounded
from sim.engine.hooks.signs import BMI_PERCENTILE, CHOLESTEROL, HDL, SBP
from sim.engine.hooks.traits import given
from sim.engine.jit import njit
from sim.engine.kinds import FLAGS
from sim.engine.streams import uniform

INFARCTION, ISCHEMIA, STROKE, FAILURE, FIBRILLATION = range(5)
"""The diseases whose risk is known."""

_WORDS: tuple[tuple[str, Choices], ...] = (
    ("mi_risk", None),
    ("ihd_risk", None),
    ("stroke_risk", None),
    ("heart_failure_risk", None),
    ("atrial_fibrillation_risk", None),
    ("mi_risk_yearly", None),
    ("ihd_risk_yearly", None),
    ("stroke_risk_yearly", None),
    ("heart_failure_risk_yearly", None),
    ("atrial_fibrillation_risk_yearly", None),
    ("smoker", None),
    ("former_smoker", None),
    ("quit smoking age", None),
    ("bmi_percentile", None),
    ("current_weight_length_percentile", None),
    ("coronary_heart_disease", None),
    ("unemployed", None),
    ("marital_status", ("S", "M", "D", "W")),
    ("insurance_status", ("none", "medicaid", "medicare", "private")),
)
YEARLY: tuple[str, ...] = tuple(name for name, _ in _WORDS)
"""Attributes that are set anew at every birthday, where the modules read and never set them.

`mi_risk` and its like are chances in a MONTH, as Synthea's modules roll the dice once a month;
`mi_risk_yearly` and its like are chances in a YEAR.
"""

CHOICES: dict[str, tuple[str, ...]] = {name: words for name, words in _WORDS if words}
"""What the numbers of some of them stand for."""

(SMOKER, FORMER_SMOKER, QUIT_AGE, PERCENTILE, INFANT_PERCENTILE, CORONARY, UNEMPLOYED, MARITAL, INSURANCE) = (
    range(10, 19)
)

_SMOKER = FLAGS.index("smoker")
_DIABETES = FLAGS.index("diabetes")
_CORONARY = FLAGS.index("coronary_disease")
_FIBRILLATION = FLAGS.index("atrial_fibrillation")
_KIDNEY = FLAGS.index("kidney_disease")

_AT_60 = np.array(
    [[0.0024, 0.0030, 0.0019, 0.0016, 0.0016], [0.0010, 0.0019, 0.0016, 0.0012, 0.0011]]
)  # a year at 60, by sex, of people without any of the factors
_SLOPE = np.array([[0.055, 0.050, 0.070, 0.085, 0.085], [0.070, 0.058, 0.075, 0.090, 0.095]])  # a year of age
_PRESSURE = np.log(np.array([1.20, 1.20, 1.30, 1.20, 1.10])) / 10.0
_TOTAL = np.log(np.array([1.30, 1.30, 1.10, 1.05, 1.0])) / 40.0
_GOOD = np.log(np.array([1.15, 1.15, 1.05, 1.0, 1.0])) / 10.0
_SMOKING = np.array([2.3, 2.3, 1.9, 1.6, 1.4])
_SUGAR = np.array([1.9, 1.9, 1.8, 2.0, 1.4])
_VESSELS = np.array([3.0, 1.0, 1.8, 3.5, 1.6])
_RHYTHM = np.array([1.3, 1.3, 3.5, 2.5, 1.0])
_FILTERS = np.array([1.5, 1.5, 1.4, 1.8, 1.4])

_CORONARY_AGE = np.array([35.0, 45.0, 55.0, 65.0, 75.0, 90.0])
_CORONARY_SHARE = np.array([[0.005, 0.02, 0.06, 0.13, 0.22, 0.30], [0.004, 0.02, 0.045, 0.09, 0.14, 0.22]])


@njit
def yearly_risk(
    disease: int,
    age: float,
    sex: int,
    pressure: float,
    cholesterol: float,
    hdl: float,
    flags: NDArray[np.float64],
) -> float:
    """Returns the chance of a first event within a year (see the table above).

    Args:
        disease: INFARCTION, ISCHEMIA, STROKE, FAILURE or FIBRILLATION.
        age: Age in years; below 18 the chance is nil.
        sex: 0 man, 1 woman.
        pressure: Systolic blood pressure in mm[Hg].
        cholesterol: Total cholesterol in mg/dL.
        hdl: HDL cholesterol in mg/dL.
        flags: Values of the attributes in `FLAGS` (more may follow).
    """
    if age < 18.0:
        return 0.0
    log_rate = _SLOPE[sex, disease] * (min(age, 95.0) - 60.0) + _PRESSURE[disease] * (pressure - 120.0)
    log_rate += _TOTAL[disease] * (cholesterol - 190.0) - _GOOD[disease] * (hdl - 50.0)
    rate = _AT_60[sex, disease] * math.exp(log_rate)
    if given(flags, _SMOKER) > 0.0:
        rate *= _SMOKING[disease]
    if given(flags, _DIABETES) > 0.0:
        rate *= _SUGAR[disease]
    if given(flags, _CORONARY) > 0.0:
        rate *= _VESSELS[disease]
    if given(flags, _FIBRILLATION) > 0.0:
        rate *= _RHYTHM[disease]
    if given(flags, _KIDNEY) >= 3.0:
        rate *= _FILTERS[disease]
    return 1.0 - math.exp(-rate)


@njit
def own_risk(disease: int, key: int, age: float, sex: int, flags: NDArray[np.float64]) -> float:
    """Returns the chance of a first event within a year of a person with a body of their own."""
    values = (0.0, 0.0, 0.0)
    for sign in (HDL, CHOLESTEROL, SBP):  # on any day: the passing part of a value is noise here
        values = (unrounded(sign, key, age * 365.25, age, sex, flags), values[0], values[1])
    return yearly_risk(disease, age, sex, values[0], values[1], values[2], flags)


@njit
def coronary_share(age: float, sex: int) -> float:
    """Returns the share of people with coronary disease (NHANES 2015-2018: 7.2 % of adults)."""
    if age < _CORONARY_AGE[0]:
        return 0.0
    for i in range(1, _CORONARY_AGE.shape[0]):
        if age < _CORONARY_AGE[i]:
            part = (age - _CORONARY_AGE[i - 1]) / (_CORONARY_AGE[i] - _CORONARY_AGE[i - 1])
            return _CORONARY_SHARE[sex, i - 1] * (1.0 - part) + _CORONARY_SHARE[sex, i] * part
    return _CORONARY_SHARE[sex, -1]


@njit
def habit(which: int, key: int, age: float, sex: int) -> float:
    """Returns whether a person smokes or did, or at what age they stopped (nothing until then)."""
    begins = lifecycle.smoking_begins(key, sex)
    ends = lifecycle.smoking_ends(key, sex) if begins < lifecycle.NEVER else lifecycle.NEVER
    if which == SMOKER:
        return 1.0 if begins <= age < ends else 0.0
    if which == FORMER_SMOKER:
        return 1.0 if ends <= age else 0.0
    return ends if ends <= age else math.nan


@njit
def yearly(which: int, key: int, age: float, sex: int, race: int, attributes: NDArray[np.float64]) -> float:
    """Returns an attribute as it is from a birthday on, NaN where there is none.

    Args:
        which: Index into `YEARLY`.
        key: Key of the person's physiology stream, so that risks go with the person's own values.
        age: Age in years.
        sex: 0 man, 1 woman.
        race: Index into `RACES`.
        attributes: The person's attributes, of which `FLAGS` are the first.
    """
    if which < 5:
        return 1.0 - math.pow(1.0 - own_risk(which, key, age, sex, attributes), 1.0 / 12.0)
    if which < SMOKER:
        return own_risk(which - 5, key, age, sex, attributes)
    if which <= QUIT_AGE:
        return habit(which, key, age, sex)
    if (which == PERCENTILE and age < 20.0) or (which == INFANT_PERCENTILE and age < 3.0):
        return unrounded(BMI_PERCENTILE, key, age * 365.25, age, sex, attributes)
    if which == CORONARY and uniform(key, 2000) < coronary_share(age, sex):
        return 1.0
    if which == UNEMPLOYED:
        return 1.0 if 18.0 <= age < 65.0 and uniform(key, 2100 + int(age) // 3) < 0.045 else 0.0
    if which == MARITAL:
        return lifecycle.marriage(key, age, sex)
    if which == INSURANCE:
        return lifecycle.insurance(key, age, race)
    return math.nan
