"""The three rules between which students of law and management decide in task 0.4."""

from datetime import datetime
from typing import Any

RIGHT = "C"


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
