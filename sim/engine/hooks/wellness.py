"""When people come for a check-up although nothing is wrong."""

# mypy: disable-error-code="no-any-return"

import math

import numpy as np

from sim.engine.hooks.calendar import appointment
from sim.engine.jit import njit
from sim.engine.streams import normal, uniform

_CHILD = np.array([1.0, 2.0, 4.0, 6.0, 9.0, 12.0, 15.0, 18.0, 24.0, 30.0, 36.0])
"""Months at which well children are seen, then yearly (Bright Futures, American Academy of
Pediatrics), after the visit of the newborn at 3 to 5 days."""
_MONTH = 365.25 / 12.0


@njit
def child_wait(age: float) -> float:
    """Returns the days until the next well-child visit of the schedule, for an age in years."""
    months = age * 12.0
    for planned in _CHILD:
        if planned > months:
            return (planned - months) * _MONTH
    return (math.floor(age + 0.1) + 1.0 - age) * 365.25


@njit
def check_up_interval(age: float) -> float:
    """Returns the usual days between check-ups of adults: two years before 40, then one (assumed)."""
    return 730.0 if age < 40.0 else 365.0


@njit
def next_check_up(day: float, age: float, key: int, visit: int) -> float:
    """Returns the start of the next check-up.

    Children come within two weeks after the planned age, newborns at 3 to 5 days. Adults keep
    their habit for life: one comes early, another late (log-normal, sigma 0.3; assumed).

    Args:
        day: Day of the last check-up, or of birth.
        age: Age in years on that day.
        key: Key of this person's stream for the schedule.
        visit: Running number of the check-up.
    """
    late = uniform(key, 2 * visit + 2)
    if age <= 0.0:
        return appointment(day + 3.0 + 2.0 * late, key, 2 * visit + 3)
    if age < 17.5:
        return appointment(day + child_wait(age) + 10.0 * late, key, 2 * visit + 3)
    wait = check_up_interval(age) * math.exp(0.3 * normal(key, 0)) * (0.85 + 0.3 * late)
    return appointment(day + wait, key, 2 * visit + 3)
