"""When symptoms send people to urgent care or to an emergency department."""

import math

from sim.engine.jit import njit
from sim.engine.streams import uniform

NONE, URGENT_CARE, EMERGENCY = range(3)
"""What a person does about the symptoms."""

BEARABLE = 300.0
"""Sum of symptoms up to which nobody goes without an appointment; assumed."""

PAUSE = 28.0
"""Days after such a visit in which the same symptoms bring nobody back; assumed."""


@njit
def urgent_visit(symptoms: float, days_since_last: float, key: int, counter: int) -> int:
    """Returns whether a person comes without an appointment on this step, and where to.

    The chance rises with what is felt beyond the bearable, and so does the share who go to an
    emergency department: a half at 450, nearly all at 600 (assumed).

    Args:
        symptoms: Sum of the person's symptoms, each 0 to 100.
        days_since_last: Days since the last such visit, infinite when there was none.
        key: Key of the person's stream for urgent visits.
        counter: Running number of the question, different at each step.
    """
    beyond = symptoms - BEARABLE
    if not beyond > 0.0 or days_since_last < PAUSE:
        return NONE
    if uniform(key, 2 * counter) >= 1.0 - math.exp(-beyond / 200.0):
        return NONE
    severe = 1.0 / (1.0 + math.exp(-(beyond - 150.0) / 40.0))
    return EMERGENCY if uniform(key, 2 * counter + 1) < severe else URGENT_CARE
