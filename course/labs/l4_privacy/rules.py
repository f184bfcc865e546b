"""The three rules between which students of law and management decide in task 4.1."""

from typing import Any

RIGHT = "C"

EXAMPLE = {
    "rule": "C",
    "people": [
        {"sex": "F", "born": "1950", "area": "X0101", "in_file": True, "named": False},
        {"sex": "F", "born": "1950", "area": "X0101", "in_file": False, "named": False},
        {"sex": "M", "born": "1961", "area": "X0101", "in_file": True, "named": False},
    ],
}
"""An answer that earns all points; the walk-through shows it."""

MADE_OF_IT = {
    "A": "It names no row, for no name is left. But the man is the only one of his year in the whole town.",
    "B": "It names both rows, for each is alone in the file. But the woman may be either of two in the town.",
    "C": "It names the man's row only: the register leaves one person for it, and two for the woman's.",
}


def _like(person: dict[str, Any], others: list[dict[str, Any]]) -> int:
    """Counts who shares sex, year of birth and area with a person, the person included."""
    return sum(all(other[key] == person[key] for key in ("sex", "born", "area")) for other in others)


def _found(person: dict[str, Any], people: list[dict[str, Any]]) -> bool:
    """Whether a stranger who holds the register of the whole town is sure whose row this is."""
    fits = [
        other for other in people if (other["sex"], other["born"], other["area"])
        == (person["sex"], person["born"], person["area"])
    ]  # fmt: skip
    return person["named"] or fits == [person]


def right_on(value: dict[str, Any]) -> dict[str, bool]:
    """Says which rules name exactly the rows of a file whose person a stranger can be sure of."""
    people = value["people"]
    inside = [person for person in people if person["in_file"]]
    truth = [_found(person, people) for person in inside]
    named = [person["named"] for person in inside]
    told = {
        "A": named,
        "B": [name or _like(person, inside) == 1 for person, name in zip(inside, named, strict=True)],
        "C": [name or _like(person, people) == 1 for person, name in zip(inside, named, strict=True)],
    }
    return {letter: answer == truth for letter, answer in told.items()}
