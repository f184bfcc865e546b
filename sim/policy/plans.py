"""Plans for the registration desk within a budget of seconds: task 1.8.

A plan says which fields of the form must be filled, those that a card shows (such as the date of birth) apart
from the others, whether a barcode finds the record, and how readily the screen warns of a similar record.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from sim.errors import HilabError
from sim.policy.entry import FIELDS, Controls, assumed, expected
from sim.words import said

IDENTIFIERS = 3
"""Fields of the form that a card shows; the clerk can check them on the spot."""

AXES = (
    *("seconds", "blanks", "junk", "duplicates"),
    *("missed_recalls", "wrong_patients", "wrong_allergies", "harmed"),
)
"""What a plan is judged by: seconds per registration, and numbers per 1,000 fields or registrations. The less
the better."""

EVENTS = {"missed_recalls": 1.0, "wrong_patients": 5.0, "wrong_allergies": 20.0, "harmed": 50.0}
"""Weight of an event for a patient when plans are compared; a missed recall weighs 1 (assumed)."""

THRESHOLDS = tuple(0.5 + step / 20 for step in range(11))


@dataclass(frozen=True)
class Plan:
    """A plan for the desk.

    Attributes:
        identifiers: How many of the fields that a card shows must be filled (0 to 3).
        others: How many of the other fields must be filled (0 to 7).
        barcode: Whether a wristband or card is scanned to find the record.
        threshold: How alike an old record must be before the screen warns: .5 warns often, 1 never.
    """

    identifiers: int = 0
    others: int = 0
    barcode: bool = False
    threshold: float = 1.0

    def __post_init__(self) -> None:
        """Refuses plans that the form does not allow.

        Raises:
            HilabError: A number of fields lies outside its range; the sentence says which.
        """
        for name, most in (("identifiers", IDENTIFIERS), ("others", FIELDS - IDENTIFIERS)):
            if getattr(self, name) not in range(most + 1):
                outside = "The number of '{name}' must be whole and lie between 0 and {most}."
                raise HilabError(said(outside, name=name, most=most))

    def controls(self, load: float) -> Controls:
        """Returns the controls of a desk that is run by this plan.

        Args:
            load: Registrations for one clerk in an hour (4 to 20).
        """
        filled = self.identifiers + self.others
        checkable = self.identifiers / filled if filled else 0.0
        return Controls(filled / FIELDS, checkable, load, self.barcode, self.threshold)


def judge(plan: Plan, load: float = 12.0, figures: Mapping[str, float] | None = None) -> dict[str, float]:
    """Returns what a plan leads one to expect, by the `AXES`.

    Args:
        plan: The plan.
        load: Registrations for one clerk in an hour.
        figures: As `sim.policy.entry.assumed` returns them; the unchanged ones if None.

    Example:
        >>> everything, identifiers = judge(Plan(3, 7)), judge(Plan(3, 0))
        >>> everything["junk"] > identifiers["junk"], everything["blanks"] < identifiers["blanks"]
        (True, True)
    """
    found = expected(plan.controls(load), figures or assumed())
    return {axis: found["minutes"] * 60 if axis == "seconds" else 1000 * found[axis] for axis in AXES}


def dominates(one: Mapping[str, float], other: Mapping[str, float]) -> bool:
    """Says whether a plan is at least as good as another on every axis, and better on one.

    Example:
        >>> dominates({"seconds": 90, "junk": 4}, {"seconds": 95, "junk": 4})
        True
        >>> dominates({"seconds": 90, "junk": 4}, {"seconds": 85, "junk": 5})
        False
    """
    return all(one[axis] <= other[axis] for axis in other) and any(one[axis] < other[axis] for axis in other)


def plans() -> Iterator[Plan]:
    """Yields every plan, with thresholds in steps of .05."""
    numbers = product(range(IDENTIFIERS + 1), range(FIELDS - IDENTIFIERS + 1), (False, True), THRESHOLDS)
    return (Plan(*choice) for choice in numbers)
