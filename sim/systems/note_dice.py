"""The choices a writer makes, drawn beforehand."""

from collections.abc import Sequence
from itertools import cycle
from typing import TypeVar

from sim.systems.note_marks import mark
from sim.systems.wording import Wording

T = TypeVar("T")

SHORT, OTHER = 0.25, 0.2
"""Shares of conditions and drugs written in short, and in other words (assumed)."""

SHORT_BY_HAND = 0.7
"""Share written in short by somebody who writes tersely (assumed)."""


class Dice:
    """Numbers between 0 and 1, used one after the other; when they run out, they come round again.

    Args:
        draws: The numbers.
        terse: Whether the writer likes abbreviations.

    Attributes:
        roll: Returns the next number.
        first: The first number; for what stays the same all through a note.

    Example:
        >>> dice = Dice([0.1, 0.9])
        >>> dice.pick("ab"), dice.pick("ab"), dice.chance(0.5)
        ('a', 'b', True)
    """

    def __init__(self, draws: Sequence[float], terse: bool = False) -> None:
        """Begins at the first number."""
        self.roll = cycle(draws).__next__
        self.first = draws[0]
        self.terse = terse

    def pick(self, options: Sequence[T]) -> T:
        """Returns one of some options."""
        return options[int(self.roll() * len(options))]

    def chance(self, share: float) -> bool:
        """Returns whether something happens that happens in that share of cases."""
        return self.roll() < share

    def some(self, options: Sequence[T], most: int) -> Sequence[T]:
        """Returns a run of at most so many options, beginning anywhere."""
        return _run(options, most, self.roll())

    def settled(self, options: Sequence[T], most: int) -> Sequence[T]:
        """Returns a run as `some` does, the same all through a note."""
        return _run(options, most, self.first)

    def word(self, wording: Wording) -> str:
        """Returns one way of writing a condition or a drug."""
        roll = self.roll()
        if wording.short and roll < (SHORT_BY_HAND if self.terse else SHORT):
            return wording.short
        return wording.other if roll > 1 - OTHER else wording.plain

    def mention(
        self,
        kind: str,
        code: str,
        wording: Wording,
        negated: bool = False,
        whose: str = "patient",
        certain: bool = True,
    ) -> str:
        """Returns a marked mention of a condition or a drug."""
        return mark(kind, code, self.word(wording), negated=negated, whose=whose, certain=certain)


def _run(options: Sequence[T], most: int, draw: float) -> Sequence[T]:
    start = int(draw * max(1, len(options) - most + 1))
    return options[start : start + most]
