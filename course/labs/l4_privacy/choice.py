"""How students of law and management answer task 4.1; the rules stand in rules.py and stay here."""

from typing import Any

from grading.choosing import Choice

TEXTS = ("sex", "born", "area")
FLAGS = ("in_file", "named")
MOST = 12


def _form(value: dict[str, Any]) -> str | None:
    people = value.get("people")
    if not isinstance(people, list) or not 2 <= len(people) <= MOST:
        return f"choose() must return between 2 and {MOST} people."
    for number, person in enumerate(people, start=1):
        if not isinstance(person, dict):
            return f"Person {number} must be a dictionary."
        if missing := [name for name in TEXTS if not isinstance(person.get(name), str) or not person[name]]:
            return f"Person {number} lacks the text '{missing[0]}'."
        if missing := [name for name in FLAGS if not isinstance(person.get(name), bool)]:
            return f"Person {number}: '{missing[0]}' must be True or False."
        if person["named"] and not person["in_file"]:
            return f"Person {number} is not in the file, so the name cannot stand there."
    return None if any(person["in_file"] for person in people) else "Nobody is in the file."


CHOICE = Choice(
    "4.1",
    "The rule for rows in danger, and a town that proves it",
    "The right rule, and a town in which it names the rows that a stranger finds and both others do not.",
    _form,
    (
        "Sit down with the register and one row of the file. How many people could it be?",
        "Somebody alone in the file may have ten doubles in the town. Somebody without a name may have none.",
        "Put one person into the file who has doubles outside it, and one who has none anywhere.",
    ),
)
