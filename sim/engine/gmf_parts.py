"""Reads the parts of a state of the Generic Module Framework: codes, amounts, logic, transitions."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from sim.engine.kinds import RACES, SES, VITALS, Compare, Draw, Test
from sim.engine.model import Amount, Branch, Code, Logic, Option, Value
from sim.errors import HilabError

DAYS = {
    "years": 365.25,
    "months": 30.4375,
    "weeks": 7.0,
    "days": 1.0,
    "hours": 1 / 24,
    "minutes": 1 / 1440,
    "seconds": 1 / 86400,
}
"""Length of a GMF time unit, in days."""

DEEPEST = 50
"""How deep conditions may be nested."""

_COMPARES = {
    "<": Compare.LESS,
    "<=": Compare.LESS_EQUAL,
    "==": Compare.EQUAL,
    ">=": Compare.GREATER_EQUAL,
    ">": Compare.GREATER,
    "!=": Compare.NOT_EQUAL,
    "is nil": Compare.IS_NIL,
    "is not nil": Compare.IS_NOT_NIL,
}
_VITAL_NAMES = {
    "systolic blood pressure": "sbp",
    "diastolic blood pressure": "dbp",
    "respiration rate": "respiratory_rate",
    "oxygen saturation": "oxygen_saturation",
    "total cholesterol": "cholesterol",
    "blood glucose": "hba1c",
}
_ACTIVE = ("active condition", "active medication", "active careplan", "active allergy")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the files we are reading, for errors."""

    file: str
    state: str = ""

    def fail(self, expected: str) -> NoReturn:
        """Raises the one error a user reads: file, state, what was expected."""
        at = f', state "{self.state}"' if self.state else ""
        raise HilabError(f"{self.file}{at}: {expected}.")

    def mapping(self, value: object, what: str) -> Mapping[str, Any]:
        """Returns a JSON object, or fails."""
        if not isinstance(value, dict):
            self.fail(f"expected {what} to be an object, found {short(value)}")
        return value

    def items(self, value: object, what: str) -> list[Any]:
        """Returns a JSON list that is not empty, or fails."""
        if not isinstance(value, list) or not value:
            self.fail(f"expected {what} to be a list that is not empty, found {short(value)}")
        return value

    def text(self, value: object, what: str) -> str:
        """Returns a text that is not empty, or fails."""
        if not isinstance(value, str) or not value:
            self.fail(f"expected {what} to be a text, found {short(value)}")
        return value

    def number(self, value: object, what: str) -> float:
        """Returns a finite number, or fails."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e300:
            self.fail(f"expected {what} to be a number, found {short(value)}")
        return float(value)


def short(value: object) -> str:
    """Returns a value as it may stand in an error sentence: one line, not long."""
    if value is None:
        return "nothing"
    words = " ".join(repr(value).split())
    return words if len(words) <= 40 else words[:37] + "..."


def vital_name(name: str) -> str:
    """Returns the engine's word for a GMF vital sign.

    Example:
        >>> vital_name("Systolic Blood Pressure"), vital_name("BMI")
        ('sbp', 'bmi')
    """
    key = name.strip().lower()
    return _VITAL_NAMES.get(key, key.replace(" ", "_"))


def known_vital(place: Place, value: object) -> str:
    """Returns a vital sign that the physiology hook knows, or fails."""
    name = vital_name(place.text(value, '"vital_sign"'))
    if name not in VITALS:
        place.fail(f"unknown vital sign {short(value)}, expected one of {', '.join(VITALS)}")
    return name


def code(place: Place, value: object) -> Code:
    """Reads one concept."""
    item = place.mapping(value, "a code")
    number = item.get("code")
    if isinstance(number, int) and not isinstance(number, bool):
        number = str(number)
    return Code(
        place.text(item.get("system"), 'a code\'s "system"'),
        place.text(number, 'a code\'s "code"'),
        place.text(item.get("display"), 'a code\'s "display"'),
    )


def codes(place: Place, value: object) -> tuple[Code, ...]:
    """Reads a list of concepts."""
    return tuple(code(place, item) for item in place.items(value, '"codes"'))


def attribute_value(place: Place, value: object) -> Value:
    """Reads a constant: a number, a text, true, false or null."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return float(value)
    return place.number(value, '"value"')


def unit(place: Place, value: object) -> float:
    """Returns the days of a time unit, or fails."""
    if not isinstance(value, str) or value not in DAYS:
        place.fail(f"unknown unit {short(value)}, expected one of {', '.join(DAYS)}")
    return DAYS[value]


def amount(place: Place, state: Mapping[str, Any], timed: bool) -> Amount | None:
    """Reads "exact", "range" or "distribution" of a state.

    Args:
        place: Where we are.
        state: The state.
        timed: Whether it is a time, which has a unit and is turned into days.

    Returns:
        The amount, or None when the state has none.
    """
    if state.get("distribution") is not None and isinstance(state["distribution"], dict):
        scale = unit(place, state.get("unit")) if timed else 1.0
        return _distribution(place, state["distribution"], scale)
    for key in ("exact", "range"):
        if state.get(key) is not None:
            part = place.mapping(state[key], f'"{key}"')
            scale = unit(place, part.get("unit")) if timed else 1.0
            return _exact_or_range(place, key, part, scale)
    return None


def _exact_or_range(place: Place, key: str, part: Mapping[str, Any], scale: float) -> Amount:
    if key == "exact":
        return Amount(Draw.EXACT, scale * place.number(part.get("quantity"), '"quantity"'))
    low = place.number(part.get("low"), '"low"')
    high = place.number(part.get("high"), '"high"')
    if low > high:
        place.fail(f'expected "low" not above "high", found {low} and {high}')
    return Amount(Draw.UNIFORM, scale * low, scale * high)


def _distribution(place: Place, part: Mapping[str, Any], scale: float) -> Amount:
    kind = place.text(part.get("kind"), 'the distribution\'s "kind"')
    given = place.mapping(part.get("parameters"), 'the distribution\'s "parameters"')

    def get(name: str) -> float:
        return scale * place.number(given.get(name), f'the parameter "{name}"')

    def optional(name: str, default: float) -> float:
        return get(name) if given.get(name) is not None else default

    if kind == "EXACT":
        return Amount(Draw.EXACT, get("value"))
    if kind == "UNIFORM":
        return Amount(Draw.UNIFORM, get("low"), get("high"))
    if kind == "GAUSSIAN":
        low, high = optional("min", -1e300), optional("max", 1e300)
        return Amount(Draw.GAUSSIAN, get("mean"), get("standardDeviation"), low, high)
    if kind == "EXPONENTIAL":
        return Amount(Draw.EXPONENTIAL, get("mean"))
    if kind == "TRIANGULAR":
        a, mode, b = get("min"), get("mode"), get("max")
        if not a <= mode <= b or a == b:
            place.fail("expected the triangle's min <= mode <= max")
        return Amount(Draw.TRIANGULAR, a, mode, high=b)
    known = "EXACT, UNIFORM, GAUSSIAN, EXPONENTIAL, TRIANGULAR"
    place.fail(f"unknown distribution {short(kind)}, expected one of {known}")


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
        place.fail(f"unknown condition type {short(item['condition_type'])}")
    return reader(place, item)


def _combination(place: Place, item: Mapping[str, Any], word: str, depth: int) -> Logic:
    if word == "not":
        return Logic(Test.NOT, terms=(logic(place, item.get("condition"), depth),))
    terms = tuple(logic(place, term, depth) for term in place.items(item.get("conditions"), '"conditions"'))
    if word in ("and", "or"):
        return Logic(Test.AND if word == "and" else Test.OR, terms=terms)
    key = "minimum" if word == "at least" else "maximum"
    count = int(place.number(item.get(key), f'"{key}"'))
    return Logic(Test.AT_LEAST if word == "at least" else Test.AT_MOST, count=count, terms=terms)


def _active(place: Place, item: Mapping[str, Any]) -> Logic:
    if item.get("codes") is not None:
        return Logic(Test.ACTIVE, codes=codes(place, item["codes"]))
    name = place.text(item.get("referenced_by_attribute"), '"codes" or "referenced_by_attribute"')
    return Logic(Test.ACTIVE_REFERENCE, name=name)


def _compare(place: Place, item: Mapping[str, Any]) -> Compare:
    word = item.get("operator")
    if not isinstance(word, str) or word not in _COMPARES:
        place.fail(f"unknown operator {short(word)}, expected one of {', '.join(_COMPARES)}")
    return _COMPARES[word]


def _age(place: Place, item: Mapping[str, Any]) -> Logic:
    days = place.number(item.get("quantity"), '"quantity"') * unit(place, item.get("unit"))
    return Logic(Test.AGE, _compare(place, item), value=days)


def _gender(place: Place, item: Mapping[str, Any]) -> Logic:
    if item.get("gender") not in ("M", "F"):
        place.fail(f'expected "gender" to be "M" or "F", found {short(item.get("gender"))}')
    return Logic(Test.SEX, value=float(item["gender"] == "F"))


def _attribute(place: Place, item: Mapping[str, Any]) -> Logic:
    name = place.text(item.get("attribute"), '"attribute"')
    return Logic(Test.ATTRIBUTE, _compare(place, item), name, attribute_value(place, item.get("value")))


def _symptom(place: Place, item: Mapping[str, Any]) -> Logic:
    name = "symptom:" + place.text(item.get("symptom"), '"symptom"')
    return Logic(Test.ATTRIBUTE, _compare(place, item), name, attribute_value(place, item.get("value")))


def _observation(place: Place, item: Mapping[str, Any]) -> Logic:
    if item.get("codes") is not None:
        name = "observation:" + codes(place, item["codes"])[0].code
    else:
        name = place.text(item.get("referenced_by_attribute"), '"codes" or "referenced_by_attribute"')
    if item.get("value_code") is not None:
        value: Value = code(place, item["value_code"]).code
    else:
        value = attribute_value(place, item.get("value"))
    return Logic(Test.ATTRIBUTE, _compare(place, item), name, value)


def _date(place: Place, item: Mapping[str, Any]) -> Logic:
    for key, test in (("year", Test.YEAR), ("month", Test.MONTH)):
        if item.get(key) is not None:
            return Logic(test, _compare(place, item), value=place.number(item[key], f'"{key}"'))
    place.fail('expected a date condition to have "year" or "month"')


def _prior(place: Place, item: Mapping[str, Any]) -> Logic:
    within = math.inf
    if item.get("within") is not None:
        part = place.mapping(item["within"], '"within"')
        within = place.number(part.get("quantity"), '"quantity"') * unit(place, part.get("unit"))
    since = place.text(item["since"], '"since"') if item.get("since") is not None else ""
    return Logic(Test.PRIOR, name=place.text(item.get("name"), '"name"'), value=within, since=since)


def _race(place: Place, item: Mapping[str, Any]) -> Logic:
    race = place.text(item.get("race"), '"race"').lower()
    if race not in RACES:
        place.fail(f"unknown race {short(item['race'])}, expected one of {', '.join(RACES)}")
    return Logic(Test.RACE, value=float(RACES.index(race)))


def _ses(place: Place, item: Mapping[str, Any]) -> Logic:
    category = place.text(item.get("category"), '"category"').lower()
    if category not in SES:
        place.fail(f"unknown category {short(item['category'])}, expected Low, Middle or High")
    return Logic(Test.SES, value=float(SES.index(category)))


def _vital(place: Place, item: Mapping[str, Any]) -> Logic:
    name = known_vital(place, item.get("vital_sign"))
    return Logic(Test.VITAL, _compare(place, item), name, place.number(item.get("value"), '"value"'))


_SIMPLE_LOGIC = {
    "true": lambda place, item: Logic(Test.TRUE, value=1.0),
    "false": lambda place, item: Logic(Test.TRUE, value=0.0),
    "age": _age,
    "gender": _gender,
    "attribute": _attribute,
    "symptom": _symptom,
    "observation": _observation,
    "date": _date,
    "priorstate": _prior,
    "race": _race,
    "socioeconomic status": _ses,
    "vital sign": _vital,
}


def branches(place: Place, state: Mapping[str, Any]) -> tuple[Branch, ...]:
    """Reads the transition of a state; a state without one has no branches."""
    given = [key for key in state if key.endswith("_transition")]
    if len(given) > 1:
        place.fail(f"expected one transition, found {' and '.join(given)}")
    if not given:
        return ()
    key = given[0]
    if key == "direct_transition":
        return (Branch((Option(place.text(state[key], f'"{key}"')),)),)
    if key == "distributed_transition":
        return (Branch(_options(place, place.items(state[key], f'"{key}"'))),)
    if key in ("conditional_transition", "complex_transition"):
        return tuple(_branch(place, item) for item in place.items(state[key], f'"{key}"'))
    place.fail(f'the transition "{key}" is not supported')


def _branch(place: Place, value: object) -> Branch:
    item = place.mapping(value, "a branch of the transition")
    condition = logic(place, item["condition"]) if item.get("condition") is not None else None
    if item.get("distributions") is not None:
        return Branch(_options(place, place.items(item["distributions"], '"distributions"')), condition)
    return Branch((Option(place.text(item.get("transition"), '"transition"')),), condition)


def _options(place: Place, items: list[Any]) -> tuple[Option, ...]:
    options = tuple(_option(place, item) for item in items)
    total = sum(option.weight for option in options)
    if all(not option.attribute for option in options) and not 0.98 <= total <= 1.02:
        place.fail(f"expected the probabilities of the transition to add up to 1, found {total:g}")
    return options


def _option(place: Place, value: object) -> Option:
    item = place.mapping(value, "a part of the transition")
    target = place.text(item.get("transition"), '"transition"')
    share = item.get("distribution")
    if isinstance(share, dict):
        default = place.number(share.get("default", 0.0), '"default"')
        return Option(target, default, place.text(share.get("attribute"), '"attribute"'))
    weight = place.number(share, '"distribution"')
    if weight < 0.0:
        place.fail(f"expected a probability, found {weight:g}")
    return Option(target, weight)
