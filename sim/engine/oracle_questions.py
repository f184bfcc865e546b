"""How the oracle answers conditions about a person."""

import operator
from collections.abc import Callable

from sim.engine.hooks import calendar
from sim.engine.jit import plain
from sim.engine.kinds import Compare, Test
from sim.engine.model import Logic
from sim.engine.oracle_person import Held, Onset, Person, concept

_year_and_month = plain(calendar.year_and_month)

_ORDERS: dict[Compare, Callable[[float, float], bool]] = {
    Compare.LESS: operator.lt,
    Compare.LESS_EQUAL: operator.le,
    Compare.GREATER_EQUAL: operator.ge,
    Compare.GREATER: operator.gt,
}


def compare(how: Compare, x: Held, y: Held) -> bool:
    """Compares two values; nothing is only unequal, and only numbers have an order."""
    if how in _ORDERS:
        return isinstance(x, float) and isinstance(y, float) and _ORDERS[how](x, y)
    match how:
        case Compare.IS_NIL:
            return x is None
        case Compare.IS_NOT_NIL:
            return x is not None
        case Compare.EQUAL:
            return x is not None and x == y
        case _:
            return x is None or x != y


def holds(person: Person, path: str, logic: Logic, t: float) -> bool:
    """Answers a condition.

    Args:
        person: Who is asked about.
        path: The module that asks.
        logic: What it asks.
        t: The moment of asking.
    """
    match logic.test:
        case Test.AND:
            return all(holds(person, path, term, t) for term in logic.terms)
        case Test.AGE:
            return compare(logic.compare, t, person.birth + float(str(logic.value)))
        case Test.DATE:
            return compare(logic.compare, t, logic.value)
        case Test.OR:
            return any(holds(person, path, term, t) for term in logic.terms)
        case Test.NOT:
            return not any(holds(person, path, term, t) for term in logic.terms)
        case Test.AT_LEAST:
            return sum(holds(person, path, term, t) for term in logic.terms) >= logic.count
        case Test.AT_MOST:
            return sum(holds(person, path, term, t) for term in logic.terms) <= logic.count
        case _:
            return _answer(person, path, logic, t)


def _answer(person: Person, path: str, logic: Logic, t: float) -> bool:
    """Answers a question that has no parts."""
    match logic.test:
        case Test.ATTRIBUTE:
            return compare(logic.compare, person.attributes.get(logic.name), logic.value)
        case Test.SEX:
            return person.sex == logic.value
        case Test.RACE:
            return person.race == logic.value
        case Test.SES:
            return person.ses == logic.value
        case Test.YEAR:
            return compare(logic.compare, float(_year_and_month(t)[0]), logic.value)
        case Test.MONTH:
            return compare(logic.compare, float(_year_and_month(t)[1]), logic.value)
        case Test.VITAL:
            return compare(logic.compare, person.vital(logic.name, t), logic.value)
        case Test.ACTIVE:
            return any((code.system, code.code) in person.active for code in logic.codes)
        case Test.ACTIVE_REFERENCE:
            onset = person.attributes.get(logic.name)
            return isinstance(onset, Onset) and concept(onset.node) in person.active
        case Test.SYMPTOM:
            return compare(logic.compare, person.felt(logic.name), logic.value)
        case Test.PRIOR:
            return _prior(person, path, logic, t)
        case _:
            return logic.value == 1.0


def _prior(person: Person, path: str, logic: Logic, t: float) -> bool:
    """Answers whether a state was left, not too long ago and not before another."""
    seen = person.seen.get((path, logic.name))
    since = person.seen.get((path, logic.since))
    if seen is None or t - seen > float(str(logic.value)):
        return False
    return since is None or seen >= since
