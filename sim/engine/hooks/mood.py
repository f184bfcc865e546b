"""PHQ-9 and GAD-7, the sums of two questionnaires."""
# mypy: disable-error-code="no-any-return"

import numpy as np
from numpy.typing import NDArray

from sim.engine.hooks.signs import ANXIETY, DEPRESSION, PHQ9
from sim.engine.hooks.surveys import share_below
from sim.engine.hooks.traits import bell, given
from sim.engine.jit import njit

_MOOD = 1002
"""Number of the trait that both questionnaires share."""


@njit
def score(which: int, own: float, key: int, flags: NDArray[np.float64]) -> float:
    """Returns the sum of a questionnaire: PHQ-9, 0 to 27, or GAD-7, 0 to 21.

    The bands are those of the questionnaires: 0 to 4 none, 5 to 9 mild, 10 to 14 moderate, 15 and
    more severe. Within the band of the person's severity the lower scores are the more frequent
    (assumed).
    """
    worse = share_below(0.7 * bell(key, _MOOD) + 0.714 * own)
    severity = given(flags, DEPRESSION if which == PHQ9 else ANXIETY)
    if severity <= 0.0:
        return 4.4 * worse * worse
    if severity < 3.0:
        return 5.0 * severity - 0.4 + 4.8 * worse
    return 14.6 + (12.8 if which == PHQ9 else 6.8) * worse * worse
