"""How the machine draws numbers, answers questions about a person and chooses the next state.

In what follows `me` is the row of the module that runs, `row` that of a state or question, and
`t` the module's own time.
"""
# mypy: disable-error-code="no-any-return"

import math
from typing import Any

from sim.engine.flatten import REFERENCE_BASE, TEXT_BASE
from sim.engine.hooks.calendar import year_and_month
from sim.engine.hooks.physiology import vital_sign
from sim.engine.jit import njit
from sim.engine.kinds import Compare, Test
from sim.engine.life import Life
from sim.engine.program import Tables
from sim.engine.rules import YEAR
from sim.engine.streams import shaped, uniform

Row = Any
"""A row of a structured array."""

_COUNTED = int(Test.AND)
"""From here on a question is made of others."""


@njit
def chance(me: Row) -> float:
    """Returns the next uniform number of a module's stream."""
    me.counter += 1
    return uniform(me.key, me.counter)


@njit
def amount(row: Row, me: Row) -> float:
    """Draws the amount of a state; an exact one takes no random number."""
    if row.draw == 0:
        return row.a
    u = chance(me)
    v = chance(me) if row.draw == 2 else 0.0
    return shaped(row.draw, row.a, row.b, row.low, row.high, u, v)


@njit
def fill_flags(tables: Tables, life: Life) -> None:
    """Copies the attributes that hooks read, 0 where unset."""
    for i in range(life.flags.shape[0]):
        value = life.attributes[tables.flags[i]]
        life.flags[i] = value if 0.0 < value < TEXT_BASE else 0.0


@njit
def vital(tables: Tables, life: Life, which: int, day: float) -> float:
    """Returns a vital sign: as a module set it, else by the physiology hook."""
    override = tables.overrides[which]
    if override >= 0 and life.attributes[override] < TEXT_BASE:
        return life.attributes[override]
    fill_flags(tables, life)
    person = life.person[0]
    return vital_sign(which, person.body, day, (day - person.birth) / YEAR, person.sex, life.flags)


@njit
def compares(compare: int, x: float, y: float) -> bool:
    """Compares two values; nothing (NaN) is only unequal, and text has no order."""
    if compare == Compare.IS_NIL:
        return math.isnan(x)
    if compare == Compare.IS_NOT_NIL:
        return not math.isnan(x)
    if compare == Compare.EQUAL:
        return x == y
    if compare == Compare.NOT_EQUAL:
        return x != y
    if x >= TEXT_BASE:
        return False
    if compare == Compare.LESS:
        return x < y
    if compare == Compare.LESS_EQUAL:
        return x <= y
    if compare == Compare.GREATER_EQUAL:
        return x >= y
    return x > y


@njit
def referred(life: Life, attribute: int) -> int:
    """Returns the state whose onset an attribute holds, or -1."""
    value = life.attributes[attribute]
    return int(value - REFERENCE_BASE) if value >= REFERENCE_BASE else -1


@njit
def answer(tables: Tables, life: Life, row: Row, t: float) -> bool:
    """Answers one question that has no parts."""
    test = row.test
    person = life.person[0]
    if test == Test.ATTRIBUTE:
        return compares(row.compare, life.attributes[row.name], row.value)
    if test == Test.AGE:
        return compares(row.compare, t - person.birth, row.value)
    if test == Test.SEX:
        return person.sex == row.value
    if test == Test.ACTIVE:
        return life.active[row.name] >= 0
    if test == Test.ACTIVE_REFERENCE:
        state = referred(life, row.name)
        return state >= 0 and life.active[tables.states[state].code] >= 0
    if test == Test.VITAL:
        return compares(row.compare, vital(tables, life, row.name, t), row.value)
    if test == Test.PRIOR:
        since = life.passed[row.since].seen if row.since >= 0 else -math.inf
        seen = life.passed[row.name].seen
        return t - seen <= row.value and not seen < since
    if test == Test.YEAR:
        return compares(row.compare, float(year_and_month(t)[0]), row.value)
    if test == Test.MONTH:
        return compares(row.compare, float(year_and_month(t)[1]), row.value)
    if test == Test.RACE:
        return person.race == row.value
    if test == Test.SES:
        return person.ses == row.value
    return row.value > 0.0


@njit
def holds(tables: Tables, life: Life, begin: int, end: int, t: float) -> bool:
    """Answers a question in postfix form; an empty one holds."""
    n = 0
    for i in range(begin, end):
        row = tables.tests[i]
        if row.test < _COUNTED:
            life.answers[n] = answer(tables, life, row, t)
            n += 1
            continue
        yes = 0
        for _ in range(row.name):
            n -= 1
            yes += life.answers[n]
        if row.test == Test.AND:
            life.answers[n] = yes == row.name
        elif row.test == Test.OR:
            life.answers[n] = yes > 0
        elif row.test == Test.AT_LEAST:
            life.answers[n] = yes >= row.since
        elif row.test == Test.AT_MOST:
            life.answers[n] = yes <= row.since
        else:
            life.answers[n] = yes == 0
        n += 1
    return n == 0 or life.answers[0] > 0


@njit
def pick(tables: Tables, life: Life, me: Row, begin: int, last: int) -> int:
    """Picks one of several options by their probabilities; the last takes what is left."""
    u = chance(me)
    for i in range(begin, last):
        option = tables.options[i]
        weight = option.weight
        if option.attribute >= 0 and life.attributes[option.attribute] < TEXT_BASE:
            weight = life.attributes[option.attribute]
        if u < weight:
            return option.target
        u -= weight
    return tables.options[last].target


@njit
def choose(tables: Tables, life: Life, me: Row, row: Row, t: float) -> int:
    """Returns the state that follows, or -1 when no branch applies."""
    for b in range(row.branch_from, row.branch_to):
        branch = tables.branches[b]
        if holds(tables, life, branch.test_from, branch.test_to, t):
            last = branch.option_to - 1
            if last == branch.option_from:
                return tables.options[last].target
            return pick(tables, life, me, branch.option_from, last)
    return -1
