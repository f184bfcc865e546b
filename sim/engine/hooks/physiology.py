"""Vital signs and laboratory values of a person on a day, out of age, sex, disease and treatment.

Every value is a lasting trait of the person, plus a wobble that changes over weeks or months, on
top of a mean for age and sex. Means and spreads follow NHANES 2015-2018
(`datasets/reference/lab_vital_distributions_us.csv`) unless a line says otherwise.
"""
# mypy: disable-error-code="no-any-return"

import math

import numpy as np
from numpy.typing import NDArray

from sim.engine.jit import njit
from sim.engine.kinds import FLAGS
from sim.engine.streams import normal, wobble

(HEIGHT, WEIGHT, BMI, SBP, DBP, HEART, BREATH, TEMPERATURE, OXYGEN, HBA1C, GLUCOSE, CREATININE) = range(12)
(EGFR, UREA, SODIUM, POTASSIUM, HEMOGLOBIN, CHOLESTEROL, HDL, LDL, TRIGLYCERIDES) = range(12, 21)

RESPONSE = 1000
"""Number of the trait that says how well a person responds to diabetes drugs."""

DIABETES = FLAGS.index("diabetes")
PREDIABETES = FLAGS.index("prediabetes")
DIABETES_DRUG = FLAGS.index("on_diabetes_drug")
HYPERTENSION = FLAGS.index("hypertension")
HYPERTENSION_DRUG = FLAGS.index("on_hypertension_drug")
GESTATIONAL = FLAGS.index("gestational_diabetes")
PREGNANT = FLAGS.index("pregnant")

DECIMALS = np.array(
    [1, 1, 1, 0, 0, 0, 0, 1, 0, 1, 0, 2, 0, 0, 0, 1, 1, 0, 0, 0, 0]
    + [1, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 2, 1, 1, 1, 0, 1, 1, 0, 1, 2, 0, 0, 0, 1],
    dtype=np.int64,
)
"""Digits after the point, in the order of VITALS."""

_GROWTH_AGE = np.array([0.0, 0.5, 1.0, 2.0, 5.0, 8.0, 10.0, 12.0, 14.0, 16.0, 18.0])
_GROWTH = np.array(
    [
        [0.285, 0.38, 0.43, 0.495, 0.62, 0.725, 0.785, 0.85, 0.93, 0.985, 1.0],
        [0.305, 0.40, 0.455, 0.53, 0.665, 0.785, 0.855, 0.93, 0.985, 1.0, 1.0],
    ]
)  # share of adult height, men then women (rounded from growth charts; assumed)
_BMI_AGE = np.array([0.0, 1.0, 5.0, 9.0, 15.0, 25.0, 35.0, 45.0, 55.0, 65.0, 75.0, 85.0])
_BMI_MEDIAN = np.array([13.5, 17.0, 16.0, 17.5, 22.6, 26.9, 28.7, 29.1, 29.2, 29.0, 28.9, 27.9])
_BMI_SPREAD = np.array([0.08, 0.08, 0.10, 0.17, 0.23, 0.26, 0.25, 0.24, 0.23, 0.21, 0.20, 0.19])
_CHOLESTEROL_AGE = np.array([10.0, 25.0, 35.0, 45.0, 55.0, 65.0, 75.0, 85.0])
_CHOLESTEROL = np.array([158.0, 173.0, 189.0, 195.0, 200.0, 192.0, 184.0, 180.0])

_WORDS_FROM = 1e12
"""Attributes from here on are words and diagnoses (see `flatten.TEXT_BASE`)."""
_OTHERS = 21
"""The first of the vital signs that stand in `_MEDIAN` and `_SIGMA`."""
_MEDIAN = np.array(
    [
        [102.5, 100.8, 26.0, 9.3, 3.5, 4.15, 7.1, 22.0, 21.0, 24.0, 74.0, 0.5, 6.0, 158.0, 143.0, 9.2, 6.9]
        + [4.94, 89.5, 44.0, 13.4, 225.0, 29.6, 57.9, 6.0, 1.5, 1.5, 60.0, 1.5, 1.2, 57.0],
        [96.3, 101.2, 25.4, 9.3, 3.6, 4.0, 7.0, 15.0, 18.0, 16.0, 73.0, 0.35, 4.7, 155.0, 85.0, 9.3, 7.1]
        + [4.48, 88.9, 39.7, 13.6, 250.0, 30.9, 58.0, 7.5, 2.2, 1.5, 62.0, 2.0, 1.8, 55.0],
    ]
)
_SIGMA = np.array(
    [0.165, 0.027, 0.095, 0.037, 0.145, 0.08, 0.06, 0.5, 0.3, 0.62, 0.3, 0.5, 0.22, 0.2, 0.65, 0.72, 0.28]
    + [0.1, 0.065, 0.085, 0.08, 0.25, 0.29, 0.165, 0.9, 1.05, 0.5, 0.08, 0.9, 0.9, 0.03]
)


@njit
def between(x: float, xs: NDArray[np.float64], ys: NDArray[np.float64]) -> float:
    """Returns the value at x on the broken line through (xs, ys), level outside it."""
    if x <= xs[0]:
        return ys[0]
    for i in range(1, xs.shape[0]):
        if x <= xs[i]:
            return ys[i - 1] + (ys[i] - ys[i - 1]) * (x - xs[i - 1]) / (xs[i] - xs[i - 1])
    return ys[-1]


@njit
def clamp(x: float, low: float, high: float) -> float:
    """Returns x, not below low and not above high."""
    return low if x < low else (high if x > high else x)


@njit
def given(flags: NDArray[np.float64], which: int) -> float:
    """Returns a flag: 0 where it is unset, 1 where a module keeps a word or a diagnosis in it."""
    value = flags[which]
    if value > 0.0:
        return 1.0 if value >= _WORDS_FROM else value
    return 0.0


@njit
def varied(key: int, which: int, day: float, period: float, lasting: float) -> float:
    """Returns a standard normal deviation, partly the person's own for life.

    Args:
        key: Key of the person's physiology stream.
        which: The vital sign.
        day: The day, for the part that changes.
        period: Days over which that part changes.
        lasting: Correlation of two values far apart in time, 0 to 1.
    """
    own = normal(key, which)
    passing = wobble(key, which, day, period)
    return math.sqrt(lasting) * own + math.sqrt(1.0 - lasting) * passing


@njit
def height(key: int, day: float, age: float, sex: int) -> float:
    """Returns the height in cm; adults lose half a millimetre a year after 50."""
    adult = (161.5 if sex == 1 else 176.0) + (6.8 if sex == 1 else 7.2) * normal(key, HEIGHT)
    return adult * between(age, _GROWTH_AGE, _GROWTH[sex]) - 0.05 * max(0.0, age - 50.0)


@njit
def median_bmi(age: float, sex: int) -> float:
    """Returns the median body mass index of an age in kg/m2."""
    return between(age, _BMI_AGE, _BMI_MEDIAN)


@njit
def body_mass_index(key: int, day: float, age: float) -> float:
    """Returns the body mass index in kg/m2, log-normal around the median of the age."""
    spread = between(age, _BMI_AGE, _BMI_SPREAD)
    return between(age, _BMI_AGE, _BMI_MEDIAN) * math.exp(spread * varied(key, BMI, day, 700.0, 0.85))


@njit
def blood_pressure(
    key: int, day: float, age: float, sex: int, flags: NDArray[np.float64], systolic: bool
) -> float:
    """Returns a blood pressure in mm[Hg].

    Without hypertension the lasting part stays below 130/80. Each drug class lowers systolic
    pressure by 9 mm[Hg] and diastolic by 5 (near the 9.1/5.5 of Law, BMJ 2009;338:b1665).
    """
    adult = max(0.0, age - 18.0)
    young = min(age, 18.0)
    own = normal(key, SBP)
    passing = wobble(key, SBP, day, 20.0)
    drugs = flags[HYPERTENSION_DRUG]
    if systolic:
        if flags[HYPERTENSION] > 0.0:
            return 131.0 + 0.22 * adult + 8.0 * abs(own) + 5.0 * passing - 9.0 * drugs
        return min(92.0 + young + 0.16 * adult - 3.0 * sex + 8.0 * own, 126.0) + 4.0 * passing
    fall = 0.35 * max(0.0, age - 50.0)
    if flags[HYPERTENSION] > 0.0:
        return 82.5 - fall + 5.0 * abs(own) + 4.0 * passing - 5.0 * drugs
    return min(49.0 + 0.9 * young + 0.12 * adult - fall + 5.5 * own, 77.0) + 3.0 * passing


@njit
def glycated_hemoglobin(key: int, day: float, age: float, flags: NDArray[np.float64]) -> float:
    """Returns HbA1c in % (NGSP).

    The bands are those of the diagnosis: below 5.7, 5.7 to 6.4, 6.5 and over when untreated.
    Treatment removes a share of the excess over 5.4 %: 54 % with one drug, 66 % with two, 78 %
    with three; it varies between people (assumed, so that about two in three of the treated are
    below 6.5 %: task 1.7 needs 60 of them in 2,000 people).
    """
    deviation = varied(key, HBA1C, day, 150.0, 0.7)
    if flags[DIABETES] > 0.0:
        untreated = 6.5 + 1.2 * math.exp(0.65 * deviation)
        drugs = flags[DIABETES_DRUG]
        if drugs <= 0.0:
            return min(untreated, 15.0)
        effect = clamp(0.42 + 0.12 * drugs + 0.1 * normal(key, RESPONSE), 0.1, 0.85)
        return min(5.4 + (untreated - 5.4) * (1.0 - effect), 14.0)
    if flags[PREDIABETES] > 0.0:
        return clamp(6.0 + 0.2 * deviation, 5.7, 6.4)
    level = 5.1 + 0.0075 * clamp(age - 20.0, 0.0, 60.0) + 0.22 * deviation
    if flags[PREGNANT] > 0.0:
        level += 0.25 if flags[GESTATIONAL] > 0.0 else -0.2
    return clamp(level, 4.2, 5.6 if flags[GESTATIONAL] <= 0.0 else 6.2)


@njit
def creatinine(key: int, day: float, age: float, sex: int, flags: NDArray[np.float64]) -> float:
    """Returns serum creatinine in mg/dL; children by growth, higher in old age and diabetes."""
    adult = (0.73 if sex == 1 else 0.95) * (1.0 + 0.004 * max(0.0, age - 45.0))
    grown = adult * clamp(0.35 + 0.65 * age / 18.0, 0.35, 1.0)
    disease = 1.0 + 0.06 * (flags[DIABETES] > 0.0) + 0.04 * (flags[HYPERTENSION] > 0.0)
    return grown * disease * math.exp(0.17 * varied(key, CREATININE, day, 60.0, 0.8))


@njit
def filtration(serum_creatinine: float, age: float, sex: int) -> float:
    """Returns eGFR in mL/min/1.73 m2 by CKD-EPI 2021 (Inker, NEJM 2021;385:1737)."""
    kappa = 0.7 if sex == 1 else 0.9
    alpha = -0.241 if sex == 1 else -0.302
    ratio = serum_creatinine / kappa
    low = math.pow(min(ratio, 1.0), alpha)
    high = math.pow(max(ratio, 1.0), -1.2)
    return 142.0 * low * high * math.pow(0.9938, age) * (1.012 if sex == 1 else 1.0)


@njit
def blood_fat(which: int, key: int, day: float, age: float, sex: int, flags: NDArray[np.float64]) -> float:
    """Returns total, HDL or LDL cholesterol or triglycerides in mg/dL (LDL by Friedewald)."""
    total = between(age, _CHOLESTEROL_AGE, _CHOLESTEROL) * math.exp(
        0.2 * varied(key, CHOLESTEROL, day, 120.0, 0.8)
    )
    good = (56.0 if sex == 1 else 46.0) * math.exp(0.26 * varied(key, HDL, day, 120.0, 0.85))
    fat = (112.0 if flags[DIABETES] <= 0.0 else 140.0) * math.exp(
        0.45 * varied(key, TRIGLYCERIDES, day, 60.0, 0.6)
    )
    if which == CHOLESTEROL:
        return total
    if which == HDL:
        return good
    if which == TRIGLYCERIDES:
        return fat
    return max(total - good - min(fat, 400.0) / 5.0, 20.0)


@njit
def simple_mean(which: int, age: float, sex: int, flags: NDArray[np.float64]) -> float:
    """Returns the mean of a vital sign that depends on little."""
    if which == HEART:
        return 72.0 + 3.0 * max(0.0, 18.0 - age)
    if which == BREATH:
        return 15.0 + 0.9 * max(0.0, 14.0 - age)
    if which == TEMPERATURE:
        return 36.8
    if which == OXYGEN:
        return 97.8 - 0.012 * age
    if which == UREA:
        return 11.0 + 0.1 * max(0.0, age - 20.0)
    if which == SODIUM:
        return 139.8
    if which == POTASSIUM:
        return 4.08 - 0.12 * (flags[HYPERTENSION_DRUG] > 0.0) + 0.003 * max(0.0, age - 50.0)
    if age < 14.0:
        return 12.8  # haemoglobin, g/dL
    return 13.5 if sex == 1 else 15.0 - 0.01 * max(0.0, age - 50.0)


@njit
def simple_spread(which: int) -> float:
    """Returns the standard deviation that goes with `simple_mean`."""
    if which == HEART:
        return 10.0
    if which == BREATH:
        return 1.6
    if which in (TEMPERATURE, POTASSIUM):
        return 0.3
    if which == UREA:
        return 3.5
    if which == SODIUM:
        return 2.2
    return 0.8 if which == OXYGEN else 1.1


@njit
def unrounded(which: int, key: int, day: float, age: float, sex: int, flags: NDArray[np.float64]) -> float:
    """Returns a vital sign with all its digits (see `vital_sign`)."""
    if which == HEIGHT:
        return height(key, day, age, sex)
    if which == BMI:
        return body_mass_index(key, day, age)
    if which == WEIGHT:
        metres = height(key, day, age, sex) / 100.0
        return body_mass_index(key, day, age) * metres * metres
    if which in (SBP, DBP):
        return clamp(blood_pressure(key, day, age, sex, flags, which == SBP), 40.0, 240.0)
    if which == HBA1C:
        return glycated_hemoglobin(key, day, age, flags)
    if which == GLUCOSE:
        # Mean glucose of an HbA1c (Nathan, Diabetes Care 2008;31:1473), less the meals.
        average = 28.7 * glycated_hemoglobin(key, day, age, flags) - 46.7
        return max(0.86 * average + 8.0 * varied(key, GLUCOSE, day, 3.0, 0.2), 55.0)
    if which == CREATININE:
        return creatinine(key, day, age, sex, flags)
    if which == EGFR:
        return filtration(creatinine(key, day, age, sex, flags), age, sex)
    if which >= _OTHERS:
        other = which - _OTHERS
        return _MEDIAN[sex, other] * math.exp(_SIGMA[other] * varied(key, which, day, 60.0, 0.7))
    if which >= CHOLESTEROL:
        return blood_fat(which, key, day, age, sex, flags)
    deviation = varied(key, which, day, 15.0, 0.5)
    value = simple_mean(which, age, sex, flags) + simple_spread(which) * deviation
    return min(value, 100.0) if which == OXYGEN else value


@njit
def vital_sign(which: int, key: int, day: float, age: float, sex: int, flags: NDArray[np.float64]) -> float:
    """Returns a vital sign or laboratory value, rounded as it would be reported.

    Args:
        which: Index into `VITALS`.
        key: Key of the person's physiology stream.
        day: Days since 1900-01-01.
        age: Age in years.
        sex: 0 man, 1 woman.
        flags: Values of the attributes in `FLAGS`, 0 where unset; drugs count their number.
    """
    scale = 10.0 ** DECIMALS[which]
    return math.floor(unrounded(which, key, day, age, sex, flags) * scale + 0.5) / scale
