"""Reads conditions of the Generic Module Framework: what guards wait for and transitions ask."""

import calendar
import datetime
import math
from collections.abc import Mapping
from typing import Any

from sim.engine.gmf_parts import attribute_value, code, codes, known, span, unit, vital
from sim.engine.gmf_place import Place, short
from sim.engine.kinds import RACES, SES, Compare, Test
from sim.engine.model import Logic, Value

DEEPEST = 50
"""How deep conditions may be nested."""

COMPARES = {
    "<": Compare.LESS,
    "<=": Compare.LESS_EQUAL,
    "==": Compare.EQUAL,
    ">=": Compare.GREATER_EQUAL,
    ">": Compare.GREATER,
    "!=": Compare.NOT_EQUAL,
    "is nil": Compare.IS_NIL,
    "is not nil": Compare.IS_NOT_NIL,
}

ALWAYS = Logic(Test.TRUE, value=1.0)
NEVER = Logic(Test.TRUE, value=0.0)

_ACTIVE = ("active condition", "active medication", "active careplan", "active allergy", "active device")
_BEGIN = datetime.date(1900, 1, 1).toordinal()

Item = Mapping[str, Any]


def logic(place: Place, value: object, depth: int = 0) -> Logic:
    """Reads a condition; `depth` says inside how many others it stands."""
    if depth > DEEPEST:
        place.fail(f"expected conditions to be nested at most {DEEPEST} deep")
    item = place.mapping(value, "a condition")
    word = place.text(item.get("condition_type"), '"condition_type"').lower()
    if word in ("and", "or", "at least", "at most", "not"):
        return _combination(place, item, word, depth + 1)
    if word in _ACTIVE:
        return _active(place, item)
    reader = _SIMPLE_LOGIC.get(word)
    if reader is None:
        place.fail(f'unknown "condition_type" {short(item["condition_type"])}')
    return reader(place, item)


def is_sex(place: Place, value: object) -> Logic:
    """Asks for a sex, "M" or "F"."""
    if value not in ("M", "F"):
        place.fail(f'expected "gender" to be "M" or "F", found {short(value)}')
    return Logic(Test.SEX, value=float(value == "F"))


def is_race(place: Place, value: object) -> Logic:
    """Asks for a race. "Hispanic" is an ethnicity, so that nobody has it as a race."""
    race = place.text(value, '"race"').lower()
    if race == "hispanic":
        return NEVER
    if race not in RACES:
        place.fail(f'unknown "race" {short(value)}, expected one of {", ".join(RACES)}')
    return Logic(Test.RACE, value=float(RACES.index(race)))


def is_ses(place: Place, value: object) -> Logic:
    """Asks for a socioeconomic category."""
    category = place.text(value, '"category"').lower()
    if category not in SES:
        place.fail(f'unknown "category" {short(value)}, expected Low, Middle or High')
    return Logic(Test.SES, value=float(SES.index(category)))


def negated(question: Logic) -> Logic:
    """Asks the opposite."""
    return Logic(Test.NOT, terms=(question,))


def _combination(place: Place, item: Item, word: str, depth: int) -> Logic:
    if word == "not":
        return negated(logic(place, item.get("condition"), depth))
    terms = tuple(logic(place, term, depth) for term in place.items(item.get("conditions"), '"conditions"'))
    if word in ("and", "or"):
        return Logic(Test.AND if word == "and" else Test.OR, terms=terms)
    key = "minimum" if word == "at least" else "maximum"
    count = int(place.number(item.get(key), f'"{key}"'))
    return Logic(Test.AT_LEAST if word == "at least" else Test.AT_MOST, count=count, terms=terms)


def _active(place: Place, item: Item) -> Logic:
    if item.get("codes"):
        return Logic(Test.ACTIVE, codes=codes(place, item["codes"]))
    name = place.text(item.get("referenced_by_attribute"), '"codes" or "referenced_by_attribute"')
    return Logic(Test.ACTIVE_REFERENCE, name=name)


def _compare(place: Place, item: Item) -> Compare:
    word = item.get("operator")
    if not isinstance(word, str) or word not in COMPARES:
        place.fail(f'unknown "operator" {short(word)}, expected one of {", ".join(COMPARES)}')
    return COMPARES[word]


def _value(place: Place, item: Item) -> Value:
    if item.get("value_code") is not None:
        return code(place, item["value_code"], '"value_code"').code
    return attribute_value(place, item.get("value"))


def _age(place: Place, item: Item) -> Logic:
    days = place.number(item.get("quantity"), '"quantity"') * unit(place, item.get("unit"))
    return Logic(Test.AGE, _compare(place, item), value=days)


def _attribute(place: Place, item: Item) -> Logic:
    name, compare = place.text(item.get("attribute"), '"attribute"'), _compare(place, item)
    value = _value(place, item)
    about = {"gender": is_sex, "race": is_race, "socioeconomic_category": is_ses}.get(name)
    if about is None or compare not in (Compare.EQUAL, Compare.NOT_EQUAL):
        return Logic(Test.ATTRIBUTE, compare, name, value)
    found = about(place, value)
    return found if compare == Compare.EQUAL else negated(found)


def _symptom(place: Place, item: Item) -> Logic:
    name = place.text(item.get("symptom"), '"symptom"')
    value = place.number(item.get("value", 0.0), '"value"')
    return Logic(Test.SYMPTOM, _compare(place, item), name, value)


def _observation(place: Place, item: Item) -> Logic:
    if item.get("codes") is not None:
        name = "observation:" + codes(place, item["codes"])[0].code
    else:
        name = place.text(item.get("referenced_by_attribute"), '"codes" or "referenced_by_attribute"')
    return Logic(Test.ATTRIBUTE, _compare(place, item), name, _value(place, item))


def _date(place: Place, item: Item) -> Logic:
    for key, test in (("year", Test.YEAR), ("month", Test.MONTH)):
        if item.get(key) is not None:
            return Logic(test, _compare(place, item), value=place.number(item[key], f'"{key}"'))
    if item.get("date") is not None:
        return Logic(Test.DATE, _compare(place, item), value=_moment(place, item["date"]))
    place.fail('expected a date condition to have "year", "month" or "date"')


def _moment(place: Place, value: object) -> float:
    """Reads a moment of "date"; in days since 1900."""
    given = place.mapping(value, '"date"')
    part = {
        key: place.number(given.get(key, least), f'the "{key}" of "date"')
        for key, least in (("year", None), ("month", 1), ("day", 1), ("hour", 0), ("minute", 0))
    }
    year, month, day = int(part["year"]), int(part["month"]), int(part["day"])
    if not 1 <= year <= 9999 or not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        place.fail(f'expected "date" to be a day of the calendar, found {year}-{month}-{day}')
    days = datetime.date(year, month, day).toordinal() - _BEGIN
    return days + part["hour"] / 24 + part["minute"] / 1440


def _prior(place: Place, item: Item) -> Logic:
    within = span(place, item["within"], '"within"') if item.get("within") is not None else math.inf
    since = place.text(item["since"], '"since"') if item.get("since") is not None else ""
    return Logic(Test.PRIOR, name=place.text(item.get("name"), '"name"'), value=within, since=since)


def _vital(place: Place, item: Item) -> Logic:
    name, compare = vital(place, item.get("vital_sign")), _compare(place, item)
    value = place.number(item.get("value"), '"value"')
    if known(name):
        return Logic(Test.VITAL, compare, name, value)
    return Logic(Test.ATTRIBUTE, compare, "vital:" + name, value)


_SIMPLE_LOGIC = {
    "true": lambda place, item: ALWAYS,
    "false": lambda place, item: NEVER,
    "age": _age,
    "gender": lambda place, item: is_sex(place, item.get("gender")),
    "attribute": _attribute,
    "symptom": _symptom,
    "observation": _observation,
    "date": _date,
    "priorstate": _prior,
    "race": lambda place, item: is_race(place, item.get("race")),
    "socioeconomic status": lambda place, item: is_ses(place, item.get("category")),
    "vital sign": _vital,
}
