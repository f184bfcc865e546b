"""When people come for a check-up although nothing is wrong."""

import math

from sim.engine.hooks.calendar import appointment
from sim.engine.jit import njit
from sim.engine.streams import normal, uniform


@njit
def check_up_interval(age: float) -> float:
    """Returns the recommended days between check-ups at an age in years.

    Childhood follows the well-child calendar in coarse steps; adults every two years before 40
    and yearly from then on (assumed).
    """
    if age < 1.0:
        return 61.0
    if age < 3.0:
        return 182.0
    if age < 18.0:
        return 365.0
    return 730.0 if age < 40.0 else 365.0


@njit
def next_check_up(day: float, age: float, key: int, visit: int) -> float:
    """Returns the start of the next check-up.

    People keep their habit for life: one comes early, another late (log-normal, sigma 0.3).

    Args:
        day: Day of the last check-up, or of birth.
        age: Age in years on that day.
        key: Key of this person's stream for the schedule.
        visit: Running number of the check-up.
    """
    habit = math.exp(0.3 * normal(key, 0)) if age >= 18.0 else 1.0
    wait = check_up_interval(age) * habit * (0.85 + 0.3 * uniform(key, 2 * visit + 2))
    return appointment(day + wait, key, 2 * visit + 3)
