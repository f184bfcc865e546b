"""PHQ-9 and GAD-7, the sums of two questionnaires."""
# mypy: disable-error-code="no-any-return"

import math

import numpy as np
from numpy.typing import NDArray

from sim.engine.hooks.growth import between
from sim.engine.hooks.signs import ANTIDEPRESSANT, ANXIETY, DEPRESSION, PHQ9
from sim.engine.hooks.surveys import share_below
from sim.engine.hooks.traits import bell, given
from sim.engine.jit import njit

_MOOD = 1002
"""Number of the trait that both questionnaires share."""

_AGE = np.array([18.0, 24.0, 37.0, 55.0, 75.0])
_TROUBLED = np.array(
    [
        [[0.135, 0.125, 0.10, 0.085, 0.07], [0.19, 0.17, 0.14, 0.12, 0.10]],
        [[0.15, 0.14, 0.10, 0.075, 0.05], [0.22, 0.20, 0.15, 0.115, 0.08]],
    ]
)
"""Shares of people without the disease who score 5 and more: PHQ-9 and GAD-7, men and women, by age.
Assumed, so that with the ill 18 % of adults have 5 and more on GAD-7 (NHIS 2022)."""


@njit
def score(which: int, own: float, key: int, age: float, sex: int, flags: NDArray[np.float64]) -> float:
    """Returns the sum of a questionnaire: PHQ-9, 0 to 27, or GAD-7, 0 to 21.

    Bands of severity are 5 to 9 mild, 10 to 14 moderate, 15 and more severe; who has the disease is
    in its band, a step lower with an antidepressant.
    """
    worse = share_below(0.7 * bell(key, _MOOD) + 0.714 * own)
    severity = given(flags, DEPRESSION if which == PHQ9 else ANXIETY)
    most = 27.0 if which == PHQ9 else 21.0
    if severity > 0.0:
        low = min(5.0 * severity, 15.0)
        value = low + (5.0 if severity < 3.0 else most - 15.0) * worse
        return value - 0.3 * value * (given(flags, ANTIDEPRESSANT) > 0.0)
    calm = 1.0 - between(age, _AGE, _TROUBLED[0 if which == PHQ9 else 1, sex])
    if worse < calm:
        return 4.4 * (worse / calm) * (worse / calm)
    return 4.6 + 5.0 * math.pow((worse - calm) / (1.0 - calm), 1.6)
