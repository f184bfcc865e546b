"""Blood pressure, with and without hypertension and its drugs.

Without hypertension both pressures are those of the survey below 130/80; with hypertension at least
one of them is of the part above; each drug lowers both. So the flag decides who has hypertension, and
the survey how high the pressure is.
"""
# mypy: disable-error-code="no-any-return"

import numpy as np
from numpy.typing import NDArray

from sim.engine.hooks.growth import between
from sim.engine.hooks.signs import HYPERTENSION, HYPERTENSION_DRUGS, SBP
from sim.engine.hooks.traits import given
from sim.engine.jit import njit
from sim.engine.streams import uniform

_KIND = 1001
"""Number of the uniform number that says which of the two pressures is high."""

_AGE = np.array([25.0, 45.0, 65.0, 85.0])
_SYSTOLIC_ONLY = np.array([[0.25, 0.20, 0.45, 0.72], [0.15, 0.25, 0.60, 0.80]])
_DIASTOLIC_ONLY = np.array([[0.40, 0.33, 0.15, 0.04], [0.60, 0.40, 0.10, 0.03]])
"""Shares among people with untreated hypertension, men and women; assumed, chosen so that both
pressures have the survey's distribution."""

SYSTOLIC_FALL = 9.1
DIASTOLIC_FALL = 5.5
"""What one drug at standard dose lowers, in mm[Hg] (Law, BMJ 2009;338:b1665)."""

_TREATED_HIGHER = np.array([0.75, 0.4, 0.45, 0.4])
"""How much higher, in ranks, the pressure of the treated was before treatment; the young are treated
only when it is very high (assumed, so that as many are controlled as NCHS Data Brief 511 has)."""


@njit
def is_high(systolic: bool, key: int, age: float, sex: int) -> bool:
    """Returns whether one of the pressures is above 130/80 in a person with hypertension."""
    u = uniform(key, _KIND)
    if systolic:
        return u >= between(age, _AGE, _DIASTOLIC_ONLY[sex])
    return u < 1.0 - between(age, _AGE, _SYSTOLIC_ONLY[sex])


@njit
def pressure_range(
    which: int, own: float, key: int, age: float, sex: int, flags: NDArray[np.float64]
) -> tuple[float, float, float]:
    """Returns a person's rank for a blood pressure, and the range within which it ranks.

    Args:
        which: SBP or DBP.
        own: The person's deviation, standard normal.
        key: Key of the person's physiology stream.
        age: Age in years.
        sex: 0 man, 1 woman.
        flags: Values of the attributes in `FLAGS`.
    """
    systolic = which == SBP
    bound = 129.4 if systolic else 79.4
    if given(flags, HYPERTENSION) <= 0.0:
        return own, 0.0, bound
    rank = own + between(age, _AGE, _TREATED_HIGHER) * (given(flags, HYPERTENSION_DRUGS) > 0.0)
    if is_high(systolic, key, age, sex):
        return rank, bound + 0.2, 260.0 if systolic else 150.0
    return rank, 0.6 * bound, bound


@njit
def lowered(which: int, pressure: float, flags: NDArray[np.float64]) -> float:
    """Returns a blood pressure in mm[Hg] as the person's drugs lower it."""
    drugs = given(flags, HYPERTENSION_DRUGS) * (given(flags, HYPERTENSION) > 0.0)
    if which == SBP:
        return max(pressure - SYSTOLIC_FALL * drugs, 70.0)
    return max(pressure - DIASTOLIC_FALL * drugs, 40.0)
