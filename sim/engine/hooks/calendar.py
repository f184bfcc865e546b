"""Days since 1900-01-01 and the hours in which a clinic works."""

import math

from sim.engine.jit import njit
from sim.engine.streams import uniform


@njit
def year_and_month(day: float) -> tuple[int, int]:
    """Returns the civil year and month of a day since 1900-01-01 (valid from 1600 on).

    The algorithm counts days in eras of 400 years that begin on 1 March
    (H. Hinnant, "chrono-compatible low-level date algorithms").
    """
    count = math.floor(day) + 693901  # days since 0000-03-01
    era = count // 146097
    within = count - era * 146097
    of_era = (within - within // 1460 + within // 36524 - within // 146096) // 365
    of_year = within - (365 * of_era + of_era // 4 - of_era // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    year = of_era + era * 400
    return (year + 1 if month <= 2 else year), month


@njit
def appointment(day: float, key: int, counter: int) -> float:
    """Returns the start of an appointment at or after a moment.

    Monday to Friday, on the quarter hour, from 08:00 to 16:45; assumed, not measured.

    Args:
        day: The earliest moment, in days since 1900-01-01 (which was a Monday).
        key: Key of the stream of the module or hook that asks.
        counter: Running number in that stream.
    """
    date = float(math.floor(day))
    while True:
        weekday = date - 7.0 * math.floor(date / 7.0)
        start = date + (32.0 + math.floor(36.0 * uniform(key, counter))) / 96.0
        if weekday < 5.0 and start >= day:
            return start
        date += 1.0
