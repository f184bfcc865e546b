"""Small helpers that turn a comparison into a score between 0 and 1; every check file uses them."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from grading.figures import points, read_figure

Pair = tuple[str, str]
"""Two record numbers in alphabetical order: a pair has no direction."""


def ramp(value: float, zero_at: float, full_at: float) -> float:
    """Turns a measure into a score that rises (or falls) in a straight line.

    Args:
        value: What was measured.
        zero_at: Where the score is 0; beyond it, too.
        full_at: Where the score is 1; beyond it, too. It may lie below `zero_at`: then less is better.

    Example:
        >>> ramp(0.9, zero_at=0.6, full_at=1.0)
        0.75
        >>> ramp(4, zero_at=10, full_at=2), ramp(float("nan"), 0, 1)
        (0.75, 0.0)
    """
    if math.isnan(value):
        return 0.0
    return round(min(1.0, max(0.0, (value - zero_at) / (full_at - zero_at))), 9)


def close(got: Any, wanted: float, tolerance: float) -> bool:
    """Whether a number lies within a tolerance of the wanted one; anything else than a number does not.

    Example:
        >>> close(0.31, 0.3, 0.02), close("0.31", 0.3, 0.02), close(float("nan"), 0.3, 0.02)
        (True, False, False)
    """
    return is_number(got) and abs(got - wanted) <= tolerance + 1e-12


def is_number(value: Any) -> bool:
    """Whether a value is a finite number; truth values are not numbers here.

    Example:
        >>> is_number(3), is_number(2.5), is_number(True), is_number(float("inf")), is_number(None)
        (True, True, False, False, False)
    """
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number, written as an int.

    Example:
        >>> is_whole(3), is_whole(3.0), is_whole(False)
        (True, False, False)
    """
    return isinstance(value, int) and not isinstance(value, bool)


def share_right(got: Mapping[str, Any], wanted: Mapping[str, Any], tolerance: float) -> float:
    """Returns the share of the wanted numbers that were hit within the tolerance.

    Example:
        >>> share_right({"low": 0.1, "high": 0.7}, {"low": 0.1, "high": 0.8}, 0.02)
        0.5
    """
    hits = [close(got.get(key), value, tolerance) for key, value in wanted.items()]
    return sum(hits) / len(hits)


def precision_recall(found: set[Any], true: set[Any]) -> tuple[float, float]:
    """Returns how much of the found is true, and how much of the true was found.

    Nothing found is a precision of 1 (no false claim was made); nothing to find is a recall of 1.

    Example:
        >>> precision_recall({"a", "b", "c", "d"}, {"a", "b", "c", "x", "y"})
        (0.75, 0.6)
        >>> precision_recall(set(), {"a"})
        (1.0, 0.0)
    """
    both = len(found & true)
    return (both / len(found) if found else 1.0, both / len(true) if true else 1.0)


def weaker(found: set[Any], true: set[Any]) -> float:
    """Returns the smaller of precision and recall."""
    return min(precision_recall(found, true))


def with_label(labels: Mapping[str, str], label: str) -> set[str]:
    """Returns the keys that carry a label.

    Example:
        >>> sorted(with_label({"a": "repeat", "b": "current", "c": "repeat"}, "repeat"))
        ['a', 'c']
    """
    return {key for key, value in labels.items() if value == label}


def pair(a: str, b: str) -> Pair:
    """Returns two record numbers in alphabetical order.

    Example:
        >>> pair("H2", "H1")
        ('H1', 'H2')
    """
    return (a, b) if a <= b else (b, a)


def pairs(listed: Iterable[Iterable[str]]) -> list[Pair]:
    """Returns listed pairs in the order given, each in alphabetical order inside.

    Example:
        >>> pairs([["H2", "H1"], ["H1", "H3"]])
        [('H1', 'H2'), ('H1', 'H3')]
    """
    return [pair(*two) for two in listed]


def traces_right(
    figure: Any, wanted: Iterable[tuple[Sequence[Any], Sequence[Any]]], tolerance: float = 0.0
) -> float:
    """Returns how far a figure shows the wanted series, whatever their order, names, colours and kinds.

    Each wanted series is held against the drawn series that fits it best; no drawn series counts twice.

    Args:
        figure: The figure as the judge received it.
        wanted: For each series its x and y values; times as ISO text.
        tolerance: How far a y value may lie from the wanted one.

    Returns:
        The mean over the wanted series of the share of points that are right, missing and surplus points
        counted (twice the hits, divided by the points of both); 0 for what is no figure.

    Example:
        >>> drawn = {"data": [{"type": "bar", "x": ["b", "a"], "y": [2, 1]}], "layout": {}}
        >>> traces_right(drawn, [(["a", "b"], [1, 2])]), traces_right(drawn, [(["a", "b"], [1, 3])])
        (1.0, 0.5)
        >>> traces_right(drawn, [(["a", "b"], [1, 2.2])], tolerance=0.25)
        1.0
    """
    found = read_figure(figure)
    if found is None:
        return 0.0
    asked = [read_figure({"data": [{"type": "scatter", "x": list(x), "y": list(y)}]}) for x, y in wanted]
    goals = [points(one.traces[0]) for one in asked if one is not None]
    drawn = [points(trace) for trace in found.traces]
    scores = []
    for goal in goals:
        fits = [_fit(goal, one, tolerance) for one in drawn]
        scores.append(max(fits, default=0.0))
        if fits and scores[-1] > 0:
            drawn.pop(fits.index(scores[-1]))
    return sum(scores) / len(scores) if scores else 0.0


def _fit(goal: set[tuple[Any, Any]], drawn: set[tuple[Any, Any]], tolerance: float) -> float:
    """Returns twice the hits divided by the points of both sets; equal x is paired in the order of y."""
    heights: dict[Any, list[Any]] = {}
    for x, y in sorted(drawn, key=repr):
        heights.setdefault(x, []).append(y)
    hits = 0
    for x, y in sorted(goal, key=repr):
        near = [other for other in heights.get(x, []) if other == y or close(other, _number(y), tolerance)]
        if near:
            heights[x].remove(near[0])
            hits += 1
    return 2 * hits / (len(goal) + len(drawn)) if goal or drawn else 1.0


def _number(value: Any) -> float:
    return float(value) if is_number(value) else math.nan


def labelled(figure: Any) -> bool:
    """Whether a figure has a title on each of its two axes.

    Example:
        >>> axes = {"xaxis": {"title": {"text": "age"}}, "yaxis": {"title": {"text": "people"}}}
        >>> labelled({"data": [], "layout": axes}), labelled({"data": [], "layout": {}})
        (True, False)
    """
    found = read_figure(figure)
    return found is not None and bool(found.x_title.strip() and found.y_title.strip())


def order_quality(ranked: Iterable[Any], true: set[Any]) -> float:
    """Returns how often a true item stands before a false one in a ranking (the area under its ROC curve).

    Returns:
        1 if every true item stands first, about .5 if the order says nothing; 1 if there is no false
        item, 0 if there is no true one.

    Example:
        >>> order_quality(["a", "x", "b", "y"], {"a", "b"})
        0.75
    """
    before, false_seen, false_before = 0, 0, 0
    for item in ranked:
        if item in true:
            before += 1
            false_before += false_seen
        else:
            false_seen += 1
    if not before:
        return 0.0
    return 1 - false_before / (before * false_seen) if false_seen else 1.0
