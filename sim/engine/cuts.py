"""Which branches of a long transition can apply on a date or at an age.

A lookup table becomes hundreds of branches, one a row, and most rows hold for a span of dates or
ages only. Cutting the line of dates (or ages) at the ends of these spans leaves few branches between
two cuts. The spans are taken a little too wide: whether a branch applies is asked of itself.
"""

import math
from collections.abc import Sequence

from sim.engine.kinds import Compare, Test
from sim.engine.model import Branch, Logic

FEW = 8
"""Transitions with no more branches are not cut."""

_MARGIN = 1e-6  # days

Cut = tuple[float, list[int]]
"""A date or age in days, and the places of the branches that can apply from there to the next."""


def cut(branches: Sequence[Branch]) -> tuple[Test | None, list[Cut]]:
    """Returns what to cut by, DATE or AGE, and the cuts; nothing where it would not help."""
    if len(branches) <= FEW:
        return None, []
    cuts = {test: _cuts([span(branch.condition, test) for branch in branches]) for test in _LINES}
    best = min(_LINES, key=lambda test: _length(cuts[test]))
    return (best, cuts[best]) if _length(cuts[best]) * 2 <= len(branches) else (None, [])


_LINES = (Test.DATE, Test.AGE)


def span(logic: Logic | None, test: Test) -> tuple[float, float]:
    """Returns the dates or ages between which a condition may hold.

    Example:
        >>> young = Logic(Test.AGE, Compare.LESS, value=10.0)
        >>> span(Logic(Test.AND, terms=(young, Logic(Test.SEX, value=1.0))), Test.AGE)
        (-inf, 10.000001)
    """
    low, high = -math.inf, math.inf
    parts = () if logic is None else logic.terms if logic.test == Test.AND else (logic,)
    for part in parts:
        if part.test == test and isinstance(part.value, float):
            if part.compare in (Compare.GREATER, Compare.GREATER_EQUAL, Compare.EQUAL):
                low = max(low, part.value - _MARGIN)
            if part.compare in (Compare.LESS, Compare.LESS_EQUAL, Compare.EQUAL):
                high = min(high, part.value + _MARGIN)
    return low, high


def _cuts(spans: list[tuple[float, float]]) -> list[Cut]:
    ends = sorted({-math.inf, *(end for span in spans for end in span)} - {math.inf})
    found: list[Cut] = []
    for begin, stop in zip(ends, [*ends[1:], math.inf], strict=True):
        found.append((begin, [i for i, (low, high) in enumerate(spans) if low <= begin and high >= stop]))
    return found


def _length(cuts: list[Cut]) -> float:
    """Returns the mean number of branches between two cuts."""
    return sum(len(places) for _, places in cuts) / len(cuts)
