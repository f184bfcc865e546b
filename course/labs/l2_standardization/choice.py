"""How students of law and management answer task 2.7; the rules stand in rules.py and stay here."""

from typing import Any

from grading.choosing import Choice

MOST = 8


def _form(value: dict[str, Any]) -> str | None:
    rows, limit = value.get("facilities"), value.get("limit")
    if not isinstance(limit, int | float) or isinstance(limit, bool) or not 0 < limit < 1:
        return "The limit must be a number between 0 and 1."
    if not isinstance(rows, list) or not 2 <= len(rows) <= MOST or not all(isinstance(r, dict) for r in rows):
        return f"choose() must return between 2 and {MOST} facilities."
    names = [row.get("name") for row in rows]
    if not all(isinstance(name, str) and name.strip() for name in names) or len(set(names)) < len(names):
        return "Each facility needs a name of its own."
    return next((told for row in rows if (told := _fault(row))), None)


def _fault(row: dict[str, Any]) -> str | None:
    name, valid, read, agreed = (row.get(key) for key in ("name", "valid", "read", "agreed"))
    if not isinstance(row.get("games"), bool):
        return f"Facility {name}: 'games' must be True or False."
    if not isinstance(valid, int | float) or isinstance(valid, bool) or not 0 <= valid <= 1:
        return f"Facility {name}: 'valid' must be a share from 0 to 1."
    if type(read) is not int or type(agreed) is not int or not 0 <= agreed <= read or not 1 <= read <= 1000:
        return f"Facility {name}: 'read' (1 to 1,000) and 'agreed' (at most as many) must be whole numbers."
    return None


CHOICE = Choice(
    "2.7",
    "The rule for accusing, and facilities that prove it",
    "The right rule, and facilities on which it names the one that games while each other rule does not.",
    _form,
    (
        "Which facility does each rule name, and would you like to explain that in court?",
        "A facility that games is always valid. A small one is often last, by chance.",
        "Let the one that games be valid and often re-read, and a small honest one hardly ever.",
    ),
)
