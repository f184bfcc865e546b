"""Counts what the tasks of the labs need to find in a district (sim/situations.yaml)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sim.counters import COUNTERS, District
from sim.counters.base import sharing
from sim.systems.planting import LAB_PEOPLE


@dataclass(frozen=True)
class Situation:
    """Something a task needs.

    Attributes:
        task: Number of the task.
        situation: What it is.
        counted: How it is counted, in words.
        count: Name of the function that counts it.
        needs: Tables, files and folders of files it is counted in.
        least: Least number in a district of 2,000 people.
        most: Largest number allowed.
        fixed: Whether `least` holds for smaller districts too.
        lives: Whether it comes from people's lives alone, and not from what systems make of them; a
            district of lent lives (`make_world(source=...)`) may lack it.
        upto: The largest district, in people, that is asked for it; of what only small districts have.
    """

    task: str
    situation: str
    counted: str
    count: str
    needs: Sequence[str]
    least: int = 0
    most: int | None = None
    fixed: bool = False
    lives: bool = False
    upto: int | None = None

    def least_for(self, people: int) -> int:
        """Returns the least number in a district of that many living people."""
        if self.upto is not None and people > self.upto:
            return 0
        if self.fixed or people >= LAB_PEOPLE:
            return self.least
        return self.least * people // (2 * LAB_PEOPLE)


@cache
def situations() -> tuple[Situation, ...]:
    """Reads sim/situations.yaml."""
    text = Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")
    tasks: dict[str, list[dict[str, Any]]] = yaml.safe_load(text)
    return tuple(Situation(task, **entry) for task, entries in tasks.items() for entry in entries)


def count(district: District) -> list[tuple[Situation, int]]:
    """Counts every situation whose tables and files the district has."""
    have = {*district.tables, *district.files, *(name.partition("/")[0] for name in district.files)}
    with sharing():
        return [(s, COUNTERS[s.count](district)) for s in situations() if have.issuperset(s.needs)]


def shortage(district: District, people: int, lent: bool = False) -> str | None:
    """Says what a district lacks that a task needs.

    Args:
        district: The district, with its truth.
        people: Number of living people.
        lent: Whether its people live lent lives: what depends on the lives alone is then not asked for.

    Returns:
        One sentence about the first count that is too small or too large, or None.
    """
    for situation, found in count(district):
        least = 0 if lent and situation.lives else situation.least_for(people)
        if found < least or (situation.most is not None and found > situation.most):
            wanted = f"at least {least}" if found < least else f"at most {situation.most}"
            return (
                f"Task {situation.task} needs {wanted} of '{situation.situation}'; the district has {found}."
            )
    return None
