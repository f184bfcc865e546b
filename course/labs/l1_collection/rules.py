"""The three rules between which students of law and management decide in task 1.4."""

from itertools import combinations
from typing import Any

RIGHT = "C"

Row = dict[str, Any]


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
