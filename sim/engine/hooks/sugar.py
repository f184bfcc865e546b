"""HbA1c and glucose."""
# mypy: disable-error-code="no-any-return"

import numpy as np
from numpy.typing import NDArray

from sim.engine.hooks.signs import DIABETES, DIABETES_DRUGS, GESTATIONAL, PREDIABETES, PREGNANT
from sim.engine.hooks.traits import bell, given
from sim.engine.jit import njit
from sim.engine.streams import uniform

RESPONSE = 1004
"""Number of the uniform number that says whether diabetes drugs work in a person."""

MOST_WITHOUT_DIABETES = 138.0
"""Highest serum glucose in mg/dL of a person without diabetes; assumed."""

_TREATED_HIGHER = 0.9
"""How much higher, in ranks, the HbA1c of the treated was before treatment; assumed."""


@njit
def treated_share(key: int, drugs: float) -> float:
    """Returns the share of the excess over 5.4 % HbA1c that drugs take away.

    About 70 % where the drugs are taken and work, next to nothing where not; the more drugs,
    the more people they work in. Assumed, so that about four in ten of the treated are below 6.5 %
    and HbA1c has the survey's spread.
    """
    works = uniform(key, RESPONSE) < 0.66 + 0.05 * drugs
    return (0.71 if works else 0.08) + 0.02 * bell(key, RESPONSE + 1)


@njit
def hba1c_range(own: float, flags: NDArray[np.float64]) -> tuple[float, float, float]:
    """Returns a person's rank for HbA1c before treatment, and the range within which it ranks.

    The bands are those of the diagnosis: below 5.7, 5.7 to 6.4, 6.5 and over.
    """
    if given(flags, DIABETES) > 0.0:
        return own + _TREATED_HIGHER * (given(flags, DIABETES_DRUGS) > 0.0), 6.45, 15.0
    if given(flags, PREDIABETES) > 0.0:
        return own, 5.65, 6.449
    return own, 4.0, 5.649


@njit
def treated(level: float, key: int, flags: NDArray[np.float64]) -> float:
    """Returns HbA1c in % (NGSP) as drugs and pregnancy change it."""
    drugs = given(flags, DIABETES_DRUGS)
    if given(flags, DIABETES) > 0.0:
        return 5.4 + (level - 5.4) * (1.0 - treated_share(key, drugs)) if drugs > 0.0 else level
    if given(flags, PREGNANT) > 0.0:
        return level + (0.25 if given(flags, GESTATIONAL) > 0.0 else -0.2)
    return level


@njit
def diabetic_glucose(hba1c: float, own: float) -> float:
    """Returns serum glucose in mg/dL in diabetes: the mean glucose of the HbA1c, less the meals' part.

    Source: Nathan, Diabetes Care 2008;31:1473; the factors 0.9 and 0.14 are assumed.
    """
    return max(0.9 * (28.7 * hba1c - 46.7) * (1.0 + 0.14 * own), 55.0)


@njit
def other_glucose(surveyed: float, flags: NDArray[np.float64]) -> float:
    """Returns serum glucose in mg/dL without diabetes, out of the survey's value."""
    return min(surveyed + 18.0 * (given(flags, GESTATIONAL) > 0.0), MOST_WITHOUT_DIABETES)
