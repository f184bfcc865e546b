"""What a class's marks tell about the questions: how hard they are and whom they tell apart."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grading.judge import TaskResult
from grading.marking import Marks

Numbers = npt.NDArray[np.float64]

FEW = 10
"""Below so many hand-ins, discrimination says nothing."""


@dataclass(frozen=True)
class Item:
    """A question, or one check of it.

    Attributes:
        id: Its number.
        title: Its name.
        points: Points for a right answer.
        mean: Mean share of the points, 0 (nobody) to 1 (everybody): the classical difficulty.
        full: Share of people with all points.
        none: Share of people with no points.
        apart: How well it tells strong from weak: the correlation of its points with the points of all
            others. None if there are too few people or everybody has the same.
    """

    id: str
    title: str
    points: float
    mean: float
    full: float
    none: float
    apart: float | None


def items(marks: Sequence[Marks]) -> list[tuple[Item, list[Item]]]:
    """Returns every question of a lab with its checks.

    Args:
        marks: The marks of a class in one lab.
    """
    if not marks:
        return []
    totals = np.array([sum(task.got for task in one.tasks) for one in marks])
    found = []
    for place, task in enumerate(marks[0].tasks):
        mine = [one.tasks[place] for one in marks]
        got = np.array([one.got for one in mine])
        checks = [_check(mine, number, totals) for number in range(len(task.checks))]
        found.append((_item(task.task, task.title, task.points, got, totals), checks))
    return found


def _check(mine: Sequence[TaskResult], number: int, totals: Numbers) -> Item:
    check = mine[0].checks[number]
    got = np.array([one.checks[number].got for one in mine])
    return _item(check.id, check.title, check.points, got, totals)


def _item(
    ident: str,
    title: str,
    points: float,
    got: Numbers,
    totals: Numbers,
) -> Item:
    shares = got / points if points else got
    full, none = float(np.mean(shares >= 0.999)), float(np.mean(shares <= 0.001))
    return Item(ident, title, points, float(np.mean(shares)), full, none, _apart(got, totals - got))


def _apart(got: Numbers, rest: Numbers) -> float | None:
    if len(got) < FEW or np.ptp(got) < 1e-9 or np.ptp(rest) < 1e-9:
        return None
    return round(float(np.corrcoef(got, rest)[0, 1]), 2)


def distribution(points: Sequence[float], most: float, bins: int = 10) -> list[tuple[str, int]]:
    """Returns how many people lie in each tenth of the points.

    Example:
        >>> distribution([0, 4.9, 5, 10], 10, bins=2)
        [('0 to 5', 2), ('5 to 10', 2)]
    """
    edges = [most * n / bins for n in range(bins + 1)]
    count = Counter(min(bins - 1, int(bins * p / most)) if most else 0 for p in points)
    return [(f"{edges[n]:g} to {edges[n + 1]:g}", count[n]) for n in range(bins)]


def quartiles(points: Sequence[float]) -> dict[str, float]:
    """Returns smallest, quartiles, largest and mean.

    Example:
        >>> quartiles([1, 2, 3, 4, 5])["median"]
        3.0
    """
    cuts = np.quantile(points, [0, 0.25, 0.5, 0.75, 1])
    names = ("least", "lower quarter", "median", "upper quarter", "most")
    found = {name: round(float(cut), 2) for name, cut in zip(names, cuts, strict=True)}
    return {**found, "mean": round(float(np.mean(points)), 2)}


def misconceptions_of(marks: Sequence[Marks]) -> list[tuple[str, str, int]]:
    """Returns how many people's answers look like each misconception: code, task and number of people."""
    seen = Counter((code, task.task) for one in marks for task in one.tasks for code in task.codes[:1])
    return sorted(((code, task, n) for (code, task), n in seen.items()), key=lambda row: (-row[2], row[0]))


def flagged(marks: Sequence[Marks]) -> list[tuple[str, str, str]]:
    """Returns signs of tampering: student, task and what was seen."""
    return [(one.student, task.task, flag) for one in marks for task in one.tasks for flag in task.flags]
