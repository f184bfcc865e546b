"""Reads the parts that states of the Generic Module Framework are made of: codes, values, amounts."""

from collections.abc import Mapping
from typing import Any

from sim.engine.gmf_place import Place, short
from sim.engine.kinds import VITALS, Draw
from sim.engine.model import Amount, Code, Value

DAYS = {
    "years": 365.25,
    "months": 30.4375,
    "weeks": 7.0,
    "days": 1.0,
    "hours": 1 / 24,
    "minutes": 1 / 1440,
    "seconds": 1 / 86400,
    "milliseconds": 1 / 86400e3,
}
"""Length of a GMF time unit, in days."""

_VITAL_NAMES = {
    "systolic blood pressure": "sbp",
    "diastolic blood pressure": "dbp",
    "respiration rate": "respiratory_rate",
    "body temperature": "temperature",
    "total cholesterol": "cholesterol",
    "blood glucose": "hba1c",
    "microalbumin creatinine ratio": "uacr",
    "left ventricular ejection fraction": "lvef",
    "carbon dioxide": "bicarbonate",
    "waist circumference": "waist",
    "white blood cell count": "wbc",
    "red blood cell count": "rbc",
    "platelet count": "platelets",
    "c reactive protein": "crp",
}


def vital_name(name: str) -> str:
    """Returns the engine's word for a GMF vital sign.

    Example:
        >>> vital_name("Systolic Blood Pressure"), vital_name("BMI"), vital_name("Urea Nitrogen")
        ('sbp', 'bmi', 'urea_nitrogen')
    """
    key = name.strip().lower()
    return _VITAL_NAMES.get(key, key.replace(" ", "_"))


def vital(place: Place, value: object) -> str:
    """Reads the name of a vital sign; one that no hook knows is an attribute that modules set."""
    return vital_name(place.text(value, '"vital_sign"'))


def known(name: str) -> bool:
    """Whether the physiology hook knows a vital sign."""
    return name in VITALS


def code(place: Place, value: object, what: str = "a code") -> Code:
    """Reads one concept."""
    item = place.mapping(value, what)
    number = item.get("code")
    if isinstance(number, int) and not isinstance(number, bool):
        number = str(number) if abs(number) < 10**25 else None
    return Code(
        place.text(item.get("system"), f'the "system" of {what}'),
        place.text(number, f'the "code" of {what}'),
        place.text(item.get("display"), f'the "display" of {what}'),
    )


def codes(place: Place, value: object) -> tuple[Code, ...]:
    """Reads a list of concepts."""
    return tuple(code(place, item, 'a code of "codes"') for item in place.items(value, '"codes"'))


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
        place.fail(f'unknown "unit" {short(value)}, expected one of {", ".join(DAYS)}')
    return DAYS[value]


def span(place: Place, value: object, what: str) -> float:
    """Reads a time given as "quantity" and "unit"; in days."""
    part = place.mapping(value, what)
    return place.number(part.get("quantity"), f'the "quantity" of {what}') * unit(place, part.get("unit"))


def amount(place: Place, state: Mapping[str, Any], timed: bool) -> Amount | None:
    """Reads "exact", "range" or "distribution" of a state.

    Args:
        place: Where we are.
        state: The state.
        timed: Whether it is a time, which has a unit and is turned into days.

    Returns:
        The amount, or None when the state has none.
    """
    if state.get("distribution") is not None:
        part = place.mapping(state["distribution"], '"distribution"')
        scale = unit(place, state.get("unit")) if timed else 1.0
        return _distribution(place, part, scale)
    for key in ("exact", "range"):
        if state.get(key) is not None:
            part = place.mapping(state[key], f'"{key}"')
            scale = unit(place, part.get("unit")) if timed else 1.0
            return _exact_or_range(place, key, part, scale)
    return None


def _exact_or_range(place: Place, key: str, part: Mapping[str, Any], scale: float) -> Amount:
    if key == "exact":
        quantity = part.get("quantity")
        if isinstance(quantity, bool) and scale == 1.0:
            quantity = int(quantity)
        return Amount(Draw.EXACT, scale * place.number(quantity, 'the "quantity" of "exact"'))
    low = place.number(part.get("low"), 'the "low" of "range"')
    high = place.number(part.get("high"), 'the "high" of "range"')
    places = place.number(part.get("decimals", -1), 'the "decimals" of "range"')
    if places not in range(-1, 16):
        place.fail(f'expected the "decimals" of "range" to be 0 to 15, found {places:g}')
    return _between(low, high, scale, int(places))


def _between(low: float, high: float, scale: float, decimals: int) -> Amount:
    low, high = min(low, high), max(low, high)  # Synthea draws between them, whichever is which
    return Amount(Draw.UNIFORM, scale * low, scale * high, decimals=decimals)


def _distribution(place: Place, part: Mapping[str, Any], scale: float) -> Amount:
    kind = place.text(part.get("kind"), 'the "kind" of "distribution"').upper()
    given = place.mapping(part.get("parameters"), 'the "parameters" of "distribution"')
    decimals = 0 if place.truth(part.get("round", False), 'the "round" of "distribution"') else -1

    def get(name: str) -> float:
        return place.number(given.get(name), f'the parameter "{name}" of "distribution"')

    def spread(name: str) -> float:
        found = get(name)
        if found < 0.0:
            place.fail(f'expected the parameter "{name}" not to be negative, found {found:g}')
        return scale * found

    def limit(name: str, default: float) -> float:
        return scale * get(name) if given.get(name) is not None else default

    low, high = limit("min", -1e300), limit("max", 1e300)
    if low > high:
        place.fail('expected the parameter "min" of "distribution" not above "max"')
    if kind == "EXACT":
        return Amount(Draw.EXACT, scale * get("value"), decimals=decimals)
    if kind == "UNIFORM":
        return _between(get("low"), get("high"), scale, decimals)
    if kind == "GAUSSIAN":
        return Amount(Draw.GAUSSIAN, scale * get("mean"), spread("standardDeviation"), low, high, decimals)
    if kind == "EXPONENTIAL":
        return Amount(Draw.EXPONENTIAL, spread("mean"), low=low, high=high, decimals=decimals)
    if kind == "TRIANGULAR":
        mode = scale * get("mode")
        if not low <= mode <= high or low == high or high == 1e300 or low == -1e300:
            place.fail('expected "min" <= "mode" <= "max" of the triangle, "min" below "max"')
        return Amount(Draw.TRIANGULAR, low, mode, high=high, decimals=decimals)
    words = "EXACT, UNIFORM, GAUSSIAN, EXPONENTIAL, TRIANGULAR"
    place.fail(f"unknown distribution {short(part['kind'])}, expected one of {words}")
