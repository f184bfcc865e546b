"""What a person is born with or grows into, where the modules ask but never say.

Synthea keeps these attributes outside its modules. `born` draws those that never change; those that
change with age (`smoking`, `marriage`, `insurance`) are functions of the age, so that nothing has to
be remembered. Shares are rounded from national surveys as the author knows them, and assumed.
"""
# mypy: disable-error-code="no-any-return"

import math

import numpy as np
from numpy.typing import NDArray

from sim.engine.jit import njit
from sim.engine.streams import normal, uniform

Choices = tuple[str, ...] | None

BORN: tuple[tuple[str, Choices], ...] = (
    ("RH_NEG", None),
    ("sexual_orientation", ("heterosexual", "homosexual", "bisexual")),
    ("education", ("less_than_hs", "hs_degree", "some_college", "bs_degree")),
    ("income", None),
    ("poverty_ratio", None),
    ("first_language", ("english", "spanish", "chinese", "other")),
    ("birth_country", ("US", "other")),
    ("food_insecurity", None),
    ("no_vehicle_access", None),
    ("severe_housing_cost_burden", None),
    ("adherence", None),
)
"""Attributes drawn at birth: name, and what the numbers stand for when they are words."""

(RH_NEG, ORIENTATION, EDUCATION, INCOME, POVERTY, LANGUAGE, COUNTRY, FOOD, VEHICLE, HOUSING, ADHERENCE) = (
    range(11)
)

_RH_NEGATIVE = np.array([0.16, 0.07, 0.08, 0.02, 0.03, 0.08])  # by race, of blood donors
_SCHOOL = np.array([[0.25, 0.60, 0.87], [0.10, 0.38, 0.69], [0.03, 0.18, 0.44]])  # cumulative, by status
_FOREIGN = np.array([0.09, 0.11, 0.04, 0.60, 0.25, 0.35])  # by race
_LANGUAGE = np.array(
    [
        [0.86, 0.97, 0.97],
        [0.92, 0.95, 0.95],
        [0.85, 0.90, 0.90],
        [0.35, 0.36, 0.58],
        [0.75, 0.76, 0.76],
        [0.50, 0.92, 0.92],
    ]
)  # cumulative, by race
_POVERTY_LINE = 22_000.0  # US dollars a year for a household of two or three
_LOG_INCOME = np.array([9.95, 11.0, 11.85])  # medians of about 21, 60 and 140 thousand dollars
_HARDSHIP = np.array([[0.30, 0.08, 0.02], [0.22, 0.06, 0.03], [0.33, 0.11, 0.04]])  # by status

_EVER_SMOKED = np.array([0.50, 0.40])  # men, women
_STOPPED_AGE = np.array([20.0, 25.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0])
_STOPPED = np.array([0.05, 0.28, 0.42, 0.52, 0.58, 0.66, 0.75, 0.84])  # of those who ever smoked
NEVER = 1e9
"""An age that nobody reaches."""


@njit
def step(u: float, bounds: NDArray[np.float64]) -> float:
    """Returns how many of the rising bounds u has passed."""
    passed = 0.0
    for bound in bounds:
        passed += u >= bound
    return passed


@njit
def household_income(key: int, ses: int) -> float:
    """Returns the income of a household in US dollars a year, log-normal within each status."""
    return math.exp(_LOG_INCOME[ses] + 0.35 * normal(key, 2 * INCOME))


@njit
def born(which: int, key: int, sex: int, race: int, ses: int) -> float:
    """Returns an attribute as a person is born with it, or will have it when grown up.

    Args:
        which: Index into `BORN`.
        key: Key of the person's stream for the course of life.
        sex: 0 man, 1 woman.
        race: Index into `RACES`.
        ses: Index into `SES`.

    Returns:
        A number, 0 or 1 for no and yes, or the index of a word.
    """
    u = uniform(key, 2 * which)
    if which == RH_NEG:
        return 1.0 if u < _RH_NEGATIVE[race] else 0.0
    if which == ORIENTATION:
        return 0.0 if u < 0.955 else (1.0 if u < 0.975 else 2.0)
    if which == EDUCATION:
        return step(u, _SCHOOL[ses])
    if which == INCOME:
        return math.floor(household_income(key, ses))
    if which == POVERTY:
        return household_income(key, ses) / _POVERTY_LINE
    if which == LANGUAGE:
        return step(u, _LANGUAGE[race])
    if which == COUNTRY:
        return 1.0 if u < _FOREIGN[race] else 0.0
    if which == ADHERENCE:
        return 1.0 - 0.6 * u * u  # of doses taken; mean 0.8
    return 1.0 if u < _HARDSHIP[which - FOOD, ses] else 0.0


@njit
def level(x: float, xs: NDArray[np.float64], ys: NDArray[np.float64]) -> float:
    """Returns the x at which the rising broken line through (xs, ys) reaches a level, or NEVER."""
    if x <= ys[0]:
        return xs[0]
    for i in range(1, xs.shape[0]):
        if x <= ys[i]:
            return xs[i - 1] + (xs[i] - xs[i - 1]) * (x - ys[i - 1]) / (ys[i] - ys[i - 1])
    return NEVER


@njit
def smoking_begins(key: int, sex: int) -> float:
    """Returns the age at which a person begins to smoke, 15 to 22, or NEVER."""
    u = uniform(key, 100)
    return 15.0 + 7.0 * u / _EVER_SMOKED[sex] if u < _EVER_SMOKED[sex] else NEVER


@njit
def smoking_ends(key: int, sex: int) -> float:
    """Returns the age at which a person stops smoking for good, or NEVER; for those who begin.

    About 21 % of adults of 20 to 59 and 15 % of those from 60 on smoke (NHANES 2015-2016: 21 and
    12 %).
    """
    return max(level(uniform(key, 101), _STOPPED_AGE, _STOPPED), smoking_begins(key, sex) + 1.0)


@njit
def marriage(key: int, age: float, sex: int) -> float:
    """Returns 0 single, 1 married, 2 divorced, 3 widowed; ages and shares assumed."""
    wed = 22.0 + 1.5 * (1 - sex) + 9.0 * abs(normal(key, 110))
    if uniform(key, 111) < 0.14 or age < wed:
        return 0.0
    if uniform(key, 112) < 0.32 and age > wed + 3.0 + 25.0 * uniform(key, 113):
        return 2.0 if uniform(key, 114) < 0.5 or age < wed + 32.0 else 1.0
    widowed = (76.0 if sex == 1 else 84.0) + 11.0 * normal(key, 115)
    return 3.0 if age > max(widowed, 40.0) else 1.0


@njit
def insurance(key: int, age: float, race: int) -> float:
    """Returns 0 none, 1 medicaid, 2 medicare, 3 private; all shares, also those by race, are assumed."""
    if age >= 65.0:
        return 2.0
    means = uniform(key, 120) + (0.08 if race == 0 else -0.08)  # of the household, for life
    if uniform(key, 121 + int(age) // 10) < (0.05 if age < 19.0 else 0.11):
        return 0.0
    return 1.0 if means < (0.38 if age < 19.0 else 0.17) else 3.0
