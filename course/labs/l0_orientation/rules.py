"""The three rules between which students of law and management decide in task 0.4."""

from datetime import datetime
from typing import Any

RIGHT = "C"

EXAMPLE = {"rule": "C", "times": ["2025-06-01 09:10", "2025-06-01 09:40", "2025-06-01 11:20"]}
"""An answer that earns all points; the walk-through shows it."""

MADE_OF_IT = {
    "A": "Somebody came in two hours, so it says 3 / 2 = 1.5 an hour. It never sees the quiet hour.",
    "B": "One day has 24 hours, so it says 3 / 24 = 0.125. It counts hours before the first arrival, too.",
    "C": "From nine to twelve there are three hours, so it says 3 / 3 = 1. The quiet hour counts.",
}


def right_on(value: dict[str, Any]) -> dict[str, bool]:
    """Says which rules give the mean number of arrivals in an hour from the first hour to the last."""
    times = [datetime.strptime(time, "%Y-%m-%d %H:%M") for time in value["times"]]
    hours = {time.replace(minute=0) for time in times}
    first, last = min(hours), max(hours)
    whole = {
        "A": len(hours),
        "B": 24 * ((last.date() - first.date()).days + 1),
        "C": (last - first).total_seconds() / 3600 + 1,
    }
    return {letter: whole[letter] == whole[RIGHT] for letter in whole}
