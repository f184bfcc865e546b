"""The three rules between which students of law and management decide in task 2.7."""

from math import sqrt
from typing import Any

RIGHT = "C"
Z = 1.96

EXAMPLE = {
    "rule": "C",
    "limit": 0.6,
    "facilities": [
        {"name": "small", "games": False, "valid": 0.9, "read": 4, "agreed": 1},
        {"name": "games", "games": True, "valid": 1.0, "read": 100, "agreed": 40},
        {"name": "late", "games": False, "valid": 0.8, "read": 90, "agreed": 85},
    ],
}
"""An answer that earns all points; the walk-through shows it."""

MADE_OF_IT = {
    "A": "It audits *late*, whose messages are least often valid. The one that games is always valid.",
    "B": "It audits *small*: 1 of 4 agree, the smallest share. Of four records that is nearly chance.",
    "C": "It audits *games*: its interval ends at .50, below the limit. That of *small* reaches to .70.",
}


def upper(agreed: int, read: int) -> float:
    """Returns the upper end of Wilson's interval.

    Example:
        >>> round(upper(3, 4), 2)
        0.95
    """
    share = agreed / read
    root = Z * sqrt(share * (1 - share) / read + Z**2 / (4 * read**2))
    return (share + Z**2 / (2 * read) + root) / (1 + Z**2 / read)


def _named(letter: str, value: dict[str, Any]) -> dict[str, Any] | None:
    """Returns the facility that a rule accuses, the first of equals, or None."""
    rows = value["facilities"]
    if letter == "A":
        return min(rows, key=lambda row: row["valid"])
    if letter == "B":
        return min(rows, key=lambda row: row["agreed"] / row["read"])
    lowest = min(rows, key=lambda row: upper(row["agreed"], row["read"]))
    return lowest if upper(lowest["agreed"], lowest["read"]) < value["limit"] else None


def right_on(value: dict[str, Any]) -> dict[str, bool]:
    """Says which rules name a facility that games, or nobody if none does."""
    games = any(row["games"] for row in value["facilities"])
    named = {letter: _named(letter, value) for letter in "ABC"}
    return {letter: bool(row["games"]) if row else not games for letter, row in named.items()}
