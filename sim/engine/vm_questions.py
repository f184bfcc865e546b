"""How the machine draws numbers, answers questions about a person and chooses the next state.

Here `tables` is the program, `life` the memory of one life, `me` the row of the module that runs,
`row` that of a state or question, and `t` the module's own time.
"""
# mypy: disable-error-code="no-any-return"

import math

from sim.engine.hooks.calendar import year_and_month
from sim.engine.hooks.physiology import vital_sign
from sim.engine.jit import njit
from sim.engine.kinds import Compare, Test
from sim.engine.life import Row
from sim.engine.rules import YEAR
from sim.engine.streams import shaped, uniform
from sim.engine.tables import HOLDS, REFERENCE_BASE, TEXT_BASE


@njit
def chance(me: Row) -> float:
    """Returns the next uniform number of a module's stream."""
    me.counter += 1
    return uniform(me.key, me.counter)


@njit
def amount(row: Row, me: Row) -> float:
    """Draws the amount of a state; an exact one takes no random number."""
    value = row.a
    if row.draw != 0:
        u = chance(me)
        v = chance(me) if row.draw == 2 else 0.0
        value = shaped(row.draw, row.a, row.b, row.low, row.high, u, v)
    return math.floor(value * row.scale + 0.5) / row.scale if row.scale > 0.0 else value


@njit
def vital(tables: Row, life: Row, which: int, day: float) -> float:
    """Returns a vital sign: as a module set it, else by the physiology hook."""
    override = tables.overrides[which]
    if override >= 0 and life.attributes[override] < TEXT_BASE:
        return life.attributes[override]
    age = (day - life.birth) / YEAR
    return vital_sign(which, life.body, day, age, life.sex, life.attributes)


@njit
def felt(tables: Row, life: Row, symptom: int) -> float:
    """Returns how strong a symptom is: the most that any cause makes of it."""
    most = 0.0
    if symptom >= 0:
        row = tables.symptoms[symptom]
        for i in range(row.causes_from, row.causes_to):
            most = max(most, finite(life.attributes[tables.listed[i]]))
    return most


@njit
def finite(value: float) -> float:
    """Returns a number that an attribute holds, 0 where it holds none."""
    return value if value < TEXT_BASE else 0.0


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
def referred(life: Row, attribute: int) -> int:
    """Returns the state whose onset an attribute holds, or -1."""
    value = life.attributes[attribute]
    return int(value - REFERENCE_BASE) if value >= REFERENCE_BASE else -1


@njit
def is_active(life: Row, code: int) -> bool:
    """Returns whether what has a code is active; -1 stands for no code."""
    return code >= 0 and life.active[code] >= 0


@njit
def answer(tables: Row, life: Row, row: Row, t: float) -> bool:
    """Answers one question that has no parts."""
    test = row.test
    if test == Test.ATTRIBUTE:
        return compares(row.compare, life.attributes[row.name], row.value)
    if test == Test.AGE:
        return compares(row.compare, t, life.birth + row.value)
    if test == Test.SEX:
        return life.sex == row.value
    if test == Test.ACTIVE:
        return life.active[row.name] >= 0
    if test == Test.ACTIVE_REFERENCE:
        state = referred(life, row.name)
        return state >= 0 and is_active(life, tables.states[state].code)
    if test == Test.VITAL:
        return compares(row.compare, vital(tables, life, row.name, t), row.value)
    if test == Test.PRIOR:
        since = life.passed[row.since].seen if row.since >= 0 else -math.inf
        seen = life.passed[row.name].seen
        return t - seen <= row.value and not seen < since
    if test == Test.SYMPTOM:
        return compares(row.compare, felt(tables, life, row.name), row.value)
    if test == Test.DATE:
        return compares(row.compare, t, row.value)
    if test == Test.MONTH:
        return compares(row.compare, float(year_and_month(t)[1]), row.value)
    if test == Test.RACE:
        return life.race == row.value
    if test == Test.SES:
        return life.ses == row.value
    return row.value > 0.0


@njit
def holds(tables: Row, life: Row, asks: int, t: float) -> bool:
    """Answers a condition: question by question until it is decided."""
    while asks >= 0:
        row = tables.tests[asks]
        asks = row.yes if answer(tables, life, row, t) else row.no
    return asks == HOLDS


@njit
def pick(tables: Row, life: Row, me: Row, begin: int, last: int) -> int:
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
def cut_at(tables: Row, begin: int, stop: int, key: float) -> Row:
    """Returns the last cut that is not after a date or age; the first is at the beginning of time."""
    if stop - begin > 1 and key < tables.cuts[begin + 1].at:
        return tables.cuts[begin]
    while stop - begin > 1:
        middle = (begin + stop) >> 1
        if tables.cuts[middle].at <= key:
            begin = middle
        else:
            stop = middle
    return tables.cuts[begin]


@njit
def follow(tables: Row, life: Row, me: Row, branch: Row) -> int:
    """Returns the state to which a branch leads."""
    last = branch.option_to - 1
    if last == branch.option_from:
        return tables.options[last].target
    return pick(tables, life, me, branch.option_from, last)


@njit
def choose(tables: Row, life: Row, me: Row, row: Row, t: float) -> int:
    """Returns the state that follows, or -1 when no branch applies."""
    if row.next >= 0:
        return row.next
    if row.cut_from < row.cut_to:
        key = t if row.cut_by == Test.DATE else t - life.birth
        cut = cut_at(tables, row.cut_from, row.cut_to, key)
        for i in range(cut.listed_from, cut.listed_to):
            branch = tables.branches[tables.listed[i]]
            if holds(tables, life, branch.asks, t):
                return follow(tables, life, me, branch)
        return -1
    for b in range(row.branch_from, row.branch_to):
        branch = tables.branches[b]
        if holds(tables, life, branch.asks, t):
            return follow(tables, life, me, branch)
    return -1
