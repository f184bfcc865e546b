"""Compiles conditions to questions that jump: each names the next one after yes and after no."""

import datetime
import math
from typing import Protocol

from sim.engine.kinds import VITALS, Compare, Test
from sim.engine.model import Code, Logic, Value
from sim.engine.tables import FAILS, HOLDS, MOST_ASKED
from sim.errors import HilabError

ROW = tuple[int, int, int, int, int, int, float]
"""A row of `tables.TEST`."""

_BEGIN = datetime.date(1900, 1, 1).toordinal()


class Names(Protocol):
    """What knows the numbers of names."""

    numbers: dict[tuple[str, str], int]
    symptoms: dict[str, int]

    def attribute(self, name: str) -> int:
        """Returns the number of an attribute."""

    def code(self, code: Code) -> int:
        """Returns the number of a concept."""

    def value(self, value: Value) -> float:
        """Returns the number that stands for a value."""


class Questions:
    """Collects the questions of all conditions.

    Questions are written down last first, so that a question only ever leads to earlier rows and
    every condition comes to an end.

    Args:
        names: What knows the numbers of names.
    """

    def __init__(self, names: Names) -> None:
        """Begins without questions."""
        self.rows: list[ROW] = []
        self._names = names
        self._path = ""
        self._asked = 0

    def ask(self, path: str, logic: Logic | None) -> int:
        """Compiles a condition of a module; returns its first question, or HOLDS where there is none.

        Raises:
            HilabError: If it is made of too many questions.
        """
        self._path, self._asked = path, 0
        return HOLDS if logic is None else self._any(logic, HOLDS, FAILS)

    def _any(self, logic: Logic, yes: int, no: int) -> int:
        self._asked += 1
        if self._asked > MOST_ASKED:
            raise HilabError(f"{self._path}: expected conditions made of at most {MOST_ASKED} questions.")
        match logic.test:
            case Test.AND:
                for term in reversed(logic.terms):
                    yes = self._any(term, yes, no)
                return yes
            case Test.OR:
                for term in reversed(logic.terms):
                    no = self._any(term, yes, no)
                return no
            case Test.NOT:
                return self._any(Logic(Test.OR, terms=logic.terms), no, yes)
            case Test.AT_LEAST:
                return self._at_least(logic.terms, logic.count, yes, no)
            case Test.AT_MOST:
                return self._at_least(logic.terms, logic.count + 1, no, yes)
            case Test.TRUE:
                return yes if logic.value == 1.0 else no
            case Test.YEAR:
                return self._year(logic, yes, no)
            case Test.ACTIVE:
                for code in reversed(logic.codes):
                    no = self._row(Test.ACTIVE, Compare.EQUAL, self._names.code(code), -1, yes, no, 0.0)
                return no
            case _:
                return self._one(logic, yes, no)

    def _at_least(self, terms: tuple[Logic, ...], count: int, yes: int, no: int) -> int:
        """Asks for some of the terms: entry k of a row of entries still needs k yeses."""
        most = min(max(count, 0), len(terms) + 1)
        needed = [yes] + [no] * most
        for term in reversed(terms):
            needed = [yes] + [self._any(term, needed[k - 1], needed[k]) for k in range(1, most + 1)]
        return needed[most]

    def _year(self, logic: Logic, yes: int, no: int) -> int:
        """Asks for the year as for dates, whose answers are known to change at one moment."""
        year = float(str(logic.value))
        match logic.compare:
            case Compare.LESS | Compare.GREATER_EQUAL:
                return self._since(_new_year(math.ceil(year)), logic.compare, yes, no)
            case Compare.GREATER:
                return self._since(_new_year(math.floor(year) + 1), Compare.GREATER_EQUAL, yes, no)
            case Compare.LESS_EQUAL:
                return self._since(_new_year(math.floor(year) + 1), Compare.LESS, yes, no)
            case Compare.EQUAL | Compare.NOT_EQUAL:
                if logic.compare == Compare.NOT_EQUAL:
                    yes, no = no, yes
                if year != math.floor(year):
                    return no
                over = self._since(_new_year(int(year) + 1), Compare.LESS, yes, no)
                return self._since(_new_year(int(year)), Compare.GREATER_EQUAL, over, no)
            case _:
                return yes if logic.compare == Compare.IS_NOT_NIL else no

    def _since(self, day: float, compare: Compare, yes: int, no: int) -> int:
        return self._row(Test.DATE, compare, -1, -1, yes, no, day)

    def _one(self, logic: Logic, yes: int, no: int) -> int:
        names, name, since = self._names, -1, -1
        if logic.test in (Test.ATTRIBUTE, Test.ACTIVE_REFERENCE):
            name = names.attribute(logic.name)
        elif logic.test == Test.VITAL:
            name = VITALS.index(logic.name)
        elif logic.test == Test.SYMPTOM:
            name = names.symptoms.get(logic.name, -1)
        elif logic.test == Test.PRIOR:
            name = names.numbers[self._path, logic.name]
            since = names.numbers[self._path, logic.since] if logic.since else -1
        return self._row(logic.test, logic.compare, name, since, yes, no, names.value(logic.value))

    def _row(
        self, test: Test, compare: Compare, name: int, since: int, yes: int, no: int, value: float
    ) -> int:
        self.rows.append((test, compare, name, since, yes, no, value))
        return len(self.rows) - 1


def _new_year(year: int) -> float:
    """Returns the first day of a year, in days since 1900-01-01."""
    return float(datetime.date(min(max(year, 1), 9999), 1, 1).toordinal() - _BEGIN)
