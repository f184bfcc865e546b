"""The three rules between which students of law and management decide in task 3.1."""

from itertools import combinations
from typing import Any

from sim.exchange.linkage.tokens import normalise

RIGHT = "C"

EXAMPLE = {
    "rule": "C",
    "registrations": [
        {"given_name": "Zoë", "family_name": "Núñez", "person": 1},
        {"given_name": "NUNEZ", "family_name": "Zoe", "person": 1},
        {"given_name": "Zoe", "family_name": "Nunn", "person": 2},
        {"given_name": "ZOE", "family_name": "NUNN", "person": 2},
    ],
}
"""An answer that earns all points; the walk-through shows it."""

MADE_OF_IT = {
    "A": "It makes four people of the two, for no two of the texts are equal.",
    "B": "It joins Zoë Núñez with Zoe Nunn, for three letters are all it looks at.",
    "C": "It finds the two people: capitals, accents and order make no other name, other letters do.",
}


def _as_typed(row: dict[str, Any]) -> tuple[str, ...]:
    return row["given_name"], row["family_name"]


def _beginnings(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(normalise(name)[:3] for name in _as_typed(row))


def _letters(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(sorted(normalise(name) for name in _as_typed(row)))


def right_on(value: dict[str, Any]) -> dict[str, bool]:
    """Says which rules join two registrations exactly if they are one person's."""
    pairs = list(combinations(value["registrations"], 2))
    return {
        letter: all((key(one) == key(two)) == (one["person"] == two["person"]) for one, two in pairs)
        for letter, key in (("A", _as_typed), ("B", _beginnings), ("C", _letters))
    }
