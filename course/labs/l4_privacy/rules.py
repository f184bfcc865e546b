"""The three rules between which students of law and management decide in task 4.1."""

from typing import Any

RIGHT = "C"


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
