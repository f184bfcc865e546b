"""How students of law and management answer task 0.4; the rules stand in rules.py and stay here."""

import re
from typing import Any

from grading.choosing import Choice

MOST = 50


def _form(value: dict[str, Any]) -> str | None:
    times = value.get("times")
    if not isinstance(times, list) or not 2 <= len(times) <= MOST:
        return f"choose() must return between 2 and {MOST} times."
    written = r"20\d\d-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8]) ([01]\d|2[0-3]):[0-5]\d"
    odd = [time for time in times if not (isinstance(time, str) and re.fullmatch(written, time))]
    if odd:
        return f'choose() gives the time {odd[0]!r}; "2025-06-01 09:10" was expected, on days 1 to 28.'
    if max(times)[:7] != min(times)[:7]:
        return "choose() must give times of one month."
    return None


CHOICE = Choice(
    "0.4",
    "The rule for a mean, and arrivals that prove it",
    "The right rule, and arrivals on which it gives another mean than each of the two others.",
    _form,
    (
        "How many hours does each rule divide by?",
        "Write down three arrivals with a quiet hour between them. What does each rule make of it?",
        "One rule never sees a quiet hour, one invents hours before the first arrival. Let both show.",
    ),
)
