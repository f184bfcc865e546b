"""How students of law and management answer task 3.8; the rules stand in rules.py and stay here."""

import datetime as dt
from typing import Any

from grading.choosing import Choice

TEXTS = ("law", "basis", "purpose", "asked_on")
DAYS = ("asked_on", "agreed_on", "revoked_on")
MOST = 12


def _form(value: dict[str, Any]) -> str | None:
    asked = value.get("requests")
    if not isinstance(asked, list) or not 1 <= len(asked) <= MOST:
        return f"choose() must return between 1 and {MOST} requests."
    for number, request in enumerate(asked, start=1):
        if not isinstance(request, dict):
            return f"Request {number} must be a dictionary."
        if missing := [name for name in TEXTS if not isinstance(request.get(name), str)]:
            return f"Request {number} lacks the text '{missing[0]}'."
        if wrong := [name for name in DAYS if not _is_day(request.get(name), name != "asked_on")]:
            return f"Request {number}: '{wrong[0]}' must be a day such as 2024-05-31, or None."
    return None


def _is_day(value: Any, may_lack: bool) -> bool:
    if value is None:
        return may_lack
    try:
        return isinstance(value, str) and str(dt.date.fromisoformat(value)) == value
    except ValueError:
        return False


CHOICE = Choice(
    "3.8",
    "The rule for the gate, and requests that prove it",
    "The right rule, and requests that it decides as the table says and both others do not.",
    _form,
    (
        "Take a patient who lies unconscious in an emergency room. Which rules let her record through?",
        "A gate can fail in two ways: it keeps back what is lawful, or it lets out what is not.",
        "You need one request that is lawful without a consent, and one whose basis is right while its "
        "consent does not hold on that day.",
    ),
)
