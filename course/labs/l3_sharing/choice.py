"""How students of law and management answer task 3.1; the rules stand in rules.py and stay here."""

from typing import Any

from grading.choosing import Choice

TEXTS = ("given_name", "family_name")
MOST = 12


def _form(value: dict[str, Any]) -> str | None:
    rows = value.get("registrations")
    if not isinstance(rows, list) or not 2 <= len(rows) <= MOST:
        return f"choose() must return between 2 and {MOST} registrations."
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, dict):
            return f"Registration {number} must be a dictionary."
        if missing := [name for name in TEXTS if not isinstance(row.get(name), str) or not row[name]]:
            return f"Registration {number} lacks the text '{missing[0]}'."
        if not isinstance(row.get("person"), int) or isinstance(row["person"], bool):
            return f"Registration {number}: 'person' must be a whole number."
    return None


CHOICE = Choice(
    "3.1",
    "The rule for one name, and registrations that prove it",
    "The right rule, and registrations that it puts to the right people and both others do not.",
    _form,
    (
        "Write the name of one person as three hospitals would write it. Which rules see that it is one?",
        "A rule can fail in two ways: it parts what is one name, or it joins what are two.",
        "You need one person in two spellings, and a second person whose name begins like the first one's.",
    ),
)
