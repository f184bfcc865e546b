"""The three rules between which students of law and management decide in task 1.4."""

from itertools import combinations
from typing import Any

RIGHT = "C"

Row = dict[str, Any]

_NAMES = ("person", "given_name", "family_name", "birth_date", "phone", "address")
_ROWS = (
    (1, "Ana", "Torres", "1980-05-17", "555-0101", "3 Mill Lane"),
    (1, "Ana", "Torres", "1980-05-17", "555-0199", "3 Mill Lane"),
    (2, "Ana", "Torres", "1980-05-17", "555-0300", "8 Hill Road"),
    (3, "Mia", "Okafor", "2019-02-03", "555-0400", "1 Lock Road"),
    (4, "Zoe", "Okafor", "2019-02-03", "555-0400", "1 Lock Road"),
)
EXAMPLE = {"rule": "C", "registrations": [dict(zip(_NAMES, row, strict=True)) for row in _ROWS]}
"""An answer that earns all points; the walk-through shows it."""

MADE_OF_IT = {
    "A": "It merges persons 1 and 2, two women who share their names and their birthday and nothing else.",
    "B": "It merges persons 3 and 4, twins at one telephone and one door, for it never looks at given names.",
    "C": "It merges the two registrations of person 1, who changed her telephone, and no other pair.",
}


def _equal(one: Row, other: Row, *names: str) -> bool:
    return all(str(one[name]).strip().casefold() == str(other[name]).strip().casefold() for name in names)


def _merges(letter: str, one: Row, other: Row) -> bool:
    if letter == "A":
        return _equal(one, other, "given_name", "family_name", "birth_date")
    if letter == "B":
        return _equal(one, other, "family_name", "birth_date", "phone", "address")
    named = _equal(one, other, "given_name", "family_name", "birth_date")
    return named and (_equal(one, other, "phone") or _equal(one, other, "address"))


def right_on(value: dict[str, Any]) -> dict[str, bool]:
    """Says which rules merge somebody, and no two different people."""
    found = {}
    for letter in "ABC":
        pairs = [pair for pair in combinations(value["registrations"], 2) if _merges(letter, *pair)]
        found[letter] = bool(pairs) and all(one["person"] == other["person"] for one, other in pairs)
    return found
