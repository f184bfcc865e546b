"""Reads what a state says for the records alone: prescriptions, image series, supplies, goals ...

The engine passes it on as it stands in the file, but checked, so that nobody has to check again:
codes are texts, numbers are numbers, and lists are lists.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sim.engine.gmf_parts import code, span, unit
from sim.engine.gmf_place import Place, short

Json = Any
_Reader = Callable[[Place, object], Json]


def details(place: Place, state: Mapping[str, Any]) -> dict[str, Json]:
    """Returns what records need of a state, by the file's keys."""
    return {key: read(place, state[key]) for key, read in _READERS.items() if state.get(key) is not None}


def concept(place: Place, value: object, what: str) -> dict[str, str]:
    """Reads a concept, in the file's own shape."""
    found = code(place, value, what)
    return {"system": found.system, "code": found.code, "display": found.display}


def _list(place: Place, value: object, what: str) -> list[Any]:
    if not isinstance(value, list):
        place.fail(f"expected {what} to be a list, found {short(value)}")
    return value


def _concepts(what: str) -> _Reader:
    return lambda place, value: [
        concept(place, item, f"a code of {what}") for item in _list(place, value, what)
    ]


def _fields(what: str, readers: Mapping[str, _Reader], needed: tuple[str, ...] = ()) -> _Reader:
    """Reads an object: the fields that are known are checked, the others are left out."""

    def read(place: Place, value: object) -> Json:
        part = place.mapping(value, what)
        for key in needed:
            if part.get(key) is None:
                place.fail(f'expected {what} to have "{key}"')
        return {key: reader(place, part[key]) for key, reader in readers.items() if part.get(key) is not None}

    return read


def _each(what: str, reader: _Reader) -> _Reader:
    return lambda place, value: [reader(place, item) for item in _list(place, value, what)]


def _text(what: str) -> _Reader:
    return lambda place, value: value if value == "" else place.text(value, what)


def _truth(what: str) -> _Reader:
    return lambda place, value: place.truth(value, what)


def _object(what: str) -> _Reader:
    return lambda place, value: dict(place.mapping(value, what))


def _count(what: str) -> _Reader:
    """Reads a number of things."""

    def read(place: Place, value: object) -> Json:
        found = place.number(value, what)
        if found < 0.0:
            place.fail(f"expected {what} not to be negative, found {found:g}")
        return int(found) if found == int(found) else found

    return read


def _code(what: str) -> _Reader:
    return lambda place, value: concept(place, value, what)


def _unit(place: Place, value: object) -> Json:
    unit(place, value)
    return value


def _span(what: str) -> _Reader:
    def read(place: Place, value: object) -> Json:
        span(place, value, what)
        return dict(place.mapping(value, what))

    return read


_DOSAGE = {
    "amount": _count('the "amount" of "dosage"'),
    "frequency": _count('the "frequency" of "dosage"'),
    "period": _count('the "period" of "dosage"'),
    "unit": _unit,
}
_PRESCRIPTION = {
    "refills": _count('"refills"'),
    "as_needed": _truth('"as_needed"'),
    "dosage": _fields('"dosage"', _DOSAGE, tuple(_DOSAGE)),
    "duration": _span('"duration"'),
    "instructions": _concepts('"instructions"'),
}
_INSTANCE = {"title": _text('"title"'), "sop_class": _code('"sop_class"')}
_SERIES = {
    "body_site": _code('"body_site"'),
    "modality": _code('"modality"'),
    "instances": _each('"instances"', _fields("an instance", _INSTANCE)),
    "min_number_instances": _count('"min_number_instances"'),
    "max_number_instances": _count('"max_number_instances"'),
}
_GOAL = {
    "text": _text('the "text" of a goal'),
    "addresses": _each('"addresses"', _text('a reason of "addresses"')),
    "codes": _concepts('the "codes" of a goal'),
    "observation": _object('the "observation" of a goal'),
}
_SEVERITY = {"level": _text('"level"'), "value": _count('"value"')}
_REACTION = {
    "reaction": _code('"reaction"'),
    "possible_severities": _each('"possible_severities"', _fields("a severity", _SEVERITY)),
}
_READ_SERIES = _fields("a series", _SERIES, ("body_site", "modality"))
_SUPPLY = {"quantity": _count('"quantity"'), "code": _code('the "code" of a supply')}


def _series(place: Place, value: object) -> Json:
    """Reads the number of a dose, or the series of an imaging study."""
    if isinstance(value, list):
        return [_READ_SERIES(place, item) for item in value]
    return _count('"series"')(place, value)


_READERS: dict[str, _Reader] = {
    "prescription": _fields('"prescription"', _PRESCRIPTION),
    "chronic": _truth('"chronic"'),
    "administration": _truth('"administration"'),
    "activities": _concepts('"activities"'),
    "goals": _each('"goals"', _fields("a goal", _GOAL)),
    "series": _series,
    "min_number_series": _count('"min_number_series"'),
    "max_number_series": _count('"max_number_series"'),
    "reactions": _each('"reactions"', _fields("a reaction", _REACTION, ("reaction",))),
    "allergy_type": _text('"allergy_type"'),
    "category": _text('"category"'),
    "supplies": _each('"supplies"', _fields("a supply", _SUPPLY, ("quantity", "code"))),
    "manufacturer": _text('"manufacturer"'),
    "model": _text('"model"'),
    "discharge_disposition": _code('"discharge_disposition"'),
    "telemedicine_possibility": _text('"telemedicine_possibility"'),
    "number_of_observations": _count('"number_of_observations"'),
    "sampled_data": _object('"sampled_data"'),
    "attachment": _object('"attachment"'),
}
