"""When a module that waits is looked at again.

The machine does not look at everybody on every step. A module that sleeps says until when (`due`)
and of what it wants to be told (`listens`): the release of the encounter, a check-up, or a change of
an attribute or code that its guard reads. A question about time says when its answer may change.
To look too early costs time and changes nothing.
"""
# mypy: disable-error-code="no-any-return"

import math

from sim.engine.hooks.calendar import year_and_month
from sim.engine.jit import njit
from sim.engine.kinds import Op, Test
from sim.engine.life import Row
from sim.engine.rules import STEP
from sim.engine.tables import ANY_CODE, CHECK_UP, LOCK

_CLOSE = 1e-6
"""Days; a moment that is computed in two ways differs by less."""

_STEPS = 1.0 / STEP
FAR = 1e9
"""A day that no life reaches."""

AT_ONCE = 0
NEVER = 2**31 - 1
"""Steps on which a module may be due: before any other, and after all."""


@njit
def tell(life: Row, modules: int, bits: int) -> None:
    """Wakes the modules that listen: they are looked at before the step ends, or on the next."""
    for m in range(modules):
        if life.listens[m] & bits:
            life.due[m] = AT_ONCE


@njit
def write(tables: Row, life: Row, attribute: int, value: float) -> None:
    """Sets an attribute."""
    before = life.attributes[attribute]
    if value != before and not (math.isnan(value) and math.isnan(before)):
        life.attributes[attribute] = value
        if tables.attribute_bits[attribute]:
            tell(life, tables.module_count, tables.attribute_bits[attribute])


@njit
def activate(tables: Row, life: Row, code: int, event: int) -> None:
    """Makes a code active by an event, or ends it (-1)."""
    life.active[code] = event
    tell(life, tables.module_count, tables.code_bits[code] | ANY_CODE)


@njit
def next_month(day: float) -> float:
    """Returns the first day of the month after that of a day."""
    month = year_and_month(day)[1]
    before, after = math.floor(day), math.floor(day) + 31
    while after - before > 1:
        middle = (before + after) // 2
        if year_and_month(middle)[1] == month:
            before = middle
        else:
            after = middle
    return float(after)


@njit
def flip(life: Row, row: Row, now: float) -> float:
    """Returns when the answer to a question may change by time alone: after now, or never."""
    test = row.test
    at = math.inf
    if test == Test.AGE:
        at = life.birth + row.value
    elif test == Test.DATE:
        at = row.value
    elif test == Test.PRIOR:
        at = life.passed[row.name].seen + row.value
    elif test == Test.MONTH:
        return next_month(now)
    return at - _CLOSE if at > now - _CLOSE else math.inf


@njit
def guard_due(tables: Row, life: Row, row: Row, now: float) -> float:
    """Returns when a shut guard is to be looked at even if nothing is told."""
    if row.polls:
        return now
    due = math.inf
    for i in range(row.test_from, row.test_to):
        due = min(due, flip(life, tables.tests[i], now))
    return due


@njit
def step_of(life: Row, day: float) -> int:
    """Returns the first step on or after a day, or, where the two nearly meet, the step before."""
    steps = math.ceil((day - life.birth) * _STEPS - _CLOSE) if day < FAR else NEVER
    return max(steps, AT_ONCE)


@njit
def rest(tables: Row, life: Row, me: Row, s: int, t: float, now: float) -> None:
    """Lays a module to rest in a state until t, or until it is told (NaN)."""
    row = tables.states[s]
    me.current = s
    me.wake = t
    m = me.number
    if not math.isnan(t):
        life.due[m] = step_of(life, t)
        life.listens[m] = 0
    elif row.op == Op.GUARD:
        life.due[m] = step_of(life, guard_due(tables, life, row, now))
        life.listens[m] = row.listens
    else:
        life.due[m] = NEVER
        life.listens[m] = CHECK_UP if row.op == Op.WELLNESS else LOCK
