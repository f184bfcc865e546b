"""Conditions compile to questions that jump, long transitions to cuts: the answers stay the same."""

import itertools
from types import SimpleNamespace

import pytest

from sim.engine.cuts import cut, span
from sim.engine.kinds import Compare, Test
from sim.engine.model import Branch, Logic, Option
from sim.engine.questions import Questions
from sim.engine.tables import FAILS, HOLDS
from sim.errors import HilabError

NAMES = SimpleNamespace(
    numbers={}, symptoms={}, attribute=int, code=lambda code: int(code.code), value=lambda value: value
)


def truth(logic: Logic, answers: dict[str, bool]) -> bool:
    """Answers a condition the slow way."""
    yes = sum(truth(term, answers) for term in logic.terms)
    match logic.test:
        case Test.AND:
            return yes == len(logic.terms)
        case Test.OR:
            return yes > 0
        case Test.NOT:
            return yes == 0
        case Test.AT_LEAST:
            return yes >= logic.count
        case Test.AT_MOST:
            return yes <= logic.count
        case Test.TRUE:
            return logic.value == 1.0
        case _:
            return answers[logic.name]


def walk(questions: Questions, entry: int, answers: dict[str, bool]) -> bool:
    """Answers a compiled condition, question by question."""
    while entry >= 0:
        _, _, name, _, yes, no, _ = questions.rows[entry]
        assert max(yes, no) < entry
        entry = yes if answers[str(name)] else no
    return {HOLDS: True, FAILS: False}[entry]


A, B, C, D = (Logic(Test.ATTRIBUTE, name=str(i), value=1.0) for i in range(4))
NO = Logic(Test.TRUE, value=0.0)
CONDITIONS = [
    A,
    NO,
    Logic(Test.AND, terms=(A, B, C)),
    Logic(Test.OR, terms=(A, Logic(Test.AND, terms=(B, Logic(Test.NOT, terms=(C,)))))),
    Logic(Test.NOT, terms=(Logic(Test.OR, terms=(A, B)), C)),
    *(Logic(Test.AT_LEAST, count=k, terms=(A, B, C, D)) for k in range(6)),
    *(Logic(Test.AT_MOST, count=k, terms=(A, Logic(Test.AND, terms=(B, C)), D, NO)) for k in range(5)),
]


@pytest.mark.parametrize("logic", CONDITIONS)
def test_every_combination_of_answers_gives_the_same(logic: Logic) -> None:
    questions = Questions(NAMES)
    questions.ask("before", CONDITIONS[3])
    entry = questions.ask("m", logic)
    for values in itertools.product((False, True), repeat=4):
        answers = {str(i): value for i, value in enumerate(values)}
        assert walk(questions, entry, answers) == truth(logic, answers)


@pytest.mark.parametrize("how", [Compare.LESS, Compare.LESS_EQUAL, Compare.EQUAL, Compare.NOT_EQUAL])
@pytest.mark.parametrize("year", [1999.0, 2000.0, 2000.5])
def test_years_become_dates(how: Compare, year: float) -> None:
    questions = Questions(NAMES)
    entry = questions.ask("m", Logic(Test.YEAR, how, value=year))
    for now, begin in ((1998, 35794), (1999, 36159), (2000, 36524), (2001, 36890)):
        at = entry
        while at >= 0:
            _, compare, _, _, yes, no, day = questions.rows[at]
            after = begin + 100 >= day
            at = yes if after == (compare == Compare.GREATER_EQUAL) else no
        expected = {
            Compare.LESS: now < year,
            Compare.LESS_EQUAL: now <= year,
            Compare.EQUAL: now == year,
            Compare.NOT_EQUAL: now != year,
        }[how]
        assert (at == HOLDS) == expected


def test_a_condition_that_unfolds_without_end_is_refused() -> None:
    logic = Logic(Test.TRUE, value=1.0)
    for _ in range(40):
        logic = Logic(Test.AT_LEAST, count=2, terms=(logic, logic, logic))
    with pytest.raises(HilabError, match="m: expected conditions made of at most 4096 questions"):
        Questions(NAMES).ask("m", logic)


def test_cuts_keep_every_branch_that_can_apply() -> None:
    def between(test: Test, low: float, high: float) -> Logic:
        terms = (Logic(test, Compare.GREATER_EQUAL, value=low), Logic(test, Compare.LESS, value=high))
        return Logic(Test.AND, terms=(*terms, A))

    to = (Option("x"),)
    rows = [Branch(to, between(Test.AGE, 100.0 * i, 100.0 * i + 100)) for i in range(30)]
    rows.insert(7, Branch(to, A))
    branches = [*rows, Branch(to)]
    by, cuts = cut(branches)
    assert by == Test.AGE and max(len(places) for _, places in cuts) <= 4
    for age in (-1.0, 0.0, 99.9999995, 100.0, 650.0, 3000.0, 1e9):
        places = [found for at, found in cuts if at <= age][-1]
        for i, branch in enumerate(branches):
            low, high = span(branch.condition, Test.AGE)
            assert (i in places) or not low <= age < high
    assert cut(branches[:8]) == (None, [])
    assert cut([Branch(to, A)] * 50) == (None, [])
