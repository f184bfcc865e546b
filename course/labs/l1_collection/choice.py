"""How students of law and management answer task 1.4; the rules stand in rules.py and stay here."""

from typing import Any

from grading.choosing import Choice

FIELDS = ("given_name", "family_name", "birth_date", "phone", "address")
MOST = 12


def _form(value: dict[str, Any]) -> str | None:
    rows = value.get("registrations")
    if not isinstance(rows, list) or not 2 <= len(rows) <= MOST:
        return f"choose() must return between 2 and {MOST} registrations."
    for entry in rows:
        if not isinstance(entry, dict) or type(entry.get("person")) is not int:
            return "Each registration must be a dictionary with the number of its person."
        if missing := [name for name in FIELDS if not str(entry.get(name) or "").strip()]:
            return f"A registration of person {entry['person']} lacks the text '{missing[0]}'."
    persons = [row["person"] for row in rows]
    if max(map(persons.count, persons)) > 2:
        return "Nobody is registered more than twice."
    return None


CHOICE = Choice(
    "1.4",
    "The rule for merging, and registrations that prove it",
    "The right rule, and registrations on which it is right and both other rules are wrong.",
    _form,
    (
        "Which two people can share all that a rule asks for?",
        "Strangers can share name and birthday. Who shares birthday, surname, telephone and door?",
        "Write down one person twice, two namesakes born on one day, and two twins at home.",
    ),
)
