"""Reads each type of state of the Generic Module Framework: the fields of a node it fills.

Every reader takes the place, the state and its type word, and returns fields of `model.Node`.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sim.engine import gmf_parts as parts
from sim.engine.gmf_details import details
from sim.engine.gmf_logic import logic
from sim.engine.gmf_place import Place, short
from sim.engine.kinds import Kind, Op, Source
from sim.engine.model import Amount, Node

_STARTS = {
    "ConditionOnset": Kind.CONDITION,
    "MedicationOrder": Kind.MEDICATION,
    "CarePlanStart": Kind.CAREPLAN,
    "AllergyOnset": Kind.ALLERGY,
    "Device": Kind.DEVICE,
}
_ENDS = {
    "ConditionEnd": (Kind.CONDITION_END, "condition_onset"),
    "MedicationEnd": (Kind.MEDICATION_END, "medication_order"),
    "CarePlanEnd": (Kind.CAREPLAN_END, "careplan"),
    "AllergyEnd": (Kind.ALLERGY_END, "allergy_onset"),
    "DeviceEnd": (Kind.DEVICE_END, "device"),
}


LARGEST_STEP = 10_000
"""A counter moves by no more, so that none reaches 1e12 in a life (6,300 weeks of 10,000 moves)."""

Fields = dict[str, Any]
State = Mapping[str, Any]


def _plain(place: Place, state: State, word: str) -> Fields:
    return {"op": Op.TERMINAL if word == "Terminal" else Op.SIMPLE}


def _guard(place: Place, state: State, word: str) -> Fields:
    return {"op": Op.GUARD, "allow": logic(place, state.get("allow"))}


def _delay(place: Place, state: State, word: str) -> Fields:
    length = parts.amount(place, state, timed=True)
    if length is None:
        place.fail('expected a delay to have "exact", "range" or "distribution"')
    return {"op": Op.DELAY, "amount": length}


def _set_attribute(place: Place, state: State, word: str) -> Fields:
    fields: Fields = {"op": Op.SET, "attribute": place.text(state.get("attribute"), '"attribute"')}
    if state.get("expression") is not None:
        place.text(state["expression"], '"expression"')
        return {"op": Op.SIMPLE}
    if state.get("value_attribute") is not None:
        name = place.text(state["value_attribute"], '"value_attribute"')
        return fields | {"source": Source.ATTRIBUTE, "reads": name}
    if state.get("value_code") is not None:
        found = parts.code(place, state["value_code"], '"value_code"')
        return fields | {"source": Source.CONSTANT, "value": found.code, "value_code": found}
    drawn = parts.amount(place, state, timed=False)
    if drawn is not None:
        return fields | {"source": Source.AMOUNT, "amount": drawn}
    return fields | {"source": Source.CONSTANT, "value": parts.attribute_value(place, state.get("value"))}


def _counter(place: Place, state: State, word: str) -> Fields:
    if state.get("action") not in ("increment", "decrement"):
        place.fail(f'expected "action" to be increment or decrement, found {short(state.get("action"))}')
    step = place.number(state.get("amount", 1), '"amount"')
    if abs(step) > LARGEST_STEP:
        place.fail(f'expected "amount" to be at most {LARGEST_STEP:g}, found {step:g}')
    sign = 1.0 if state["action"] == "increment" else -1.0
    name = place.text(state.get("attribute"), '"attribute"')
    return {"op": Op.COUNT, "attribute": name, "value": sign * step}


def _optional(place: Place, state: State, **fields: str) -> Fields:
    """Reads texts that a state may have; `fields` says under which key each field stands."""
    return {
        field: place.text(state[key], f'"{key}"')
        for field, key in fields.items()
        if state.get(key) not in (None, "")
    }


def _start(place: Place, state: State, word: str) -> Fields:
    given = [state["code"]] if word == "Device" and "code" in state else state.get("codes")
    fields: Fields = {"op": Op.START, "kind": _STARTS[word], "codes": parts.codes(place, given)}
    return fields | _optional(
        place, state, target="target_encounter", attribute="assign_to_attribute", reason="reason"
    )


def _end(place: Place, state: State, word: str) -> Fields:
    kind, key = _ENDS[word]
    fields: Fields = {"op": Op.END, "kind": kind}
    if state.get("codes"):
        return fields | {"codes": parts.codes(place, state["codes"])}
    if state.get("referenced_by_attribute") is not None:
        return fields | _optional(place, state, ends_attribute="referenced_by_attribute")
    return fields | {"ends": place.text(state.get(key), f'"{key}", "codes" or "referenced_by_attribute"')}


def _encounter(place: Place, state: State, word: str) -> Fields:
    if place.truth(state.get("wellness") or False, '"wellness"'):
        return {"op": Op.WELLNESS, "wellness": True, "encounter_class": "wellness"}
    kind = place.text(state.get("encounter_class"), '"encounter_class"').lower()
    fields: Fields = {"op": Op.ENCOUNTER, "kind": Kind.ENCOUNTER, "encounter_class": kind}
    return (
        fields | {"codes": parts.codes(place, state.get("codes"))} | _optional(place, state, reason="reason")
    )


def _encounter_end(place: Place, state: State, word: str) -> Fields:
    return {"op": Op.ENCOUNTER_END, "kind": Kind.ENCOUNTER_END}


def _procedure(place: Place, state: State, word: str) -> Fields:
    length = parts.amount(place, state, timed=True)
    if length is None and state.get("duration") is not None:
        length = parts.amount(place, {"range": state["duration"]}, timed=True)
    fields: Fields = {"op": Op.PROCEDURE, "kind": Kind.PROCEDURE, "amount": length or Amount()}
    fields["codes"] = parts.codes(place, state.get("codes"))
    return fields | _optional(place, state, attribute="assign_to_attribute", reason="reason")


def _observation(place: Place, state: State, word: str) -> Fields:
    fields: Fields = {
        "op": Op.OBSERVE,
        "kind": Kind.OBSERVATION,
        "codes": parts.codes(place, state.get("codes")),
    }
    fields |= _optional(place, state, category="category", unit="unit", attribute="assign_to_attribute")
    return fields | _observed(place, state)


def _observed(place: Place, state: State) -> Fields:
    if state.get("value_code") is not None:
        found = parts.code(place, state["value_code"], '"value_code"')
        return {"source": Source.CONSTANT, "value": found.code, "value_code": found}
    if state.get("attribute") is not None:
        return {"source": Source.ATTRIBUTE, "reads": place.text(state["attribute"], '"attribute"')}
    if state.get("vital_sign") is not None:
        name = parts.vital(place, state["vital_sign"])
        if parts.known(name):
            return {"source": Source.VITAL, "reads": name}
        return {"source": Source.ATTRIBUTE, "reads": "vital:" + name}
    if any(state.get(key) is not None for key in ("sampled_data", "attachment", "expression")):
        return {"source": Source.CONSTANT, "value": None}
    exact = state.get("exact")
    if isinstance(exact, dict) and isinstance(exact.get("quantity"), str):
        return {"source": Source.CONSTANT, "value": exact["quantity"]}
    drawn = parts.amount(place, state, timed=False)
    if drawn is None:
        place.fail(
            'expected an observation to have "exact", "range", "distribution", "attribute", "vital_sign" or'
            ' "value_code"'
        )
    return {"source": Source.AMOUNT, "amount": drawn}


def _panel(place: Place, state: State, word: str) -> Fields:
    items = state.get("observations") or []
    if not isinstance(items, list):
        place.fail(f'expected "observations" to be a list, found {short(items)}')
    children = []
    for number, value in enumerate(items, start=1):
        inner = Place(place.file, f"{place.state} / {number}")
        item = inner.mapping(value, 'an observation of "observations"')
        item = {"category": state.get("category", "laboratory"), **item}
        fields = _observation(inner, item, "Observation")
        children.append(Node(inner.state, "Observation", details=details(inner, item), **fields))
    found = parts.codes(place, state.get("codes"))
    fields = {"op": Op.PANEL, "kind": Kind.REPORT, "codes": found, "children": tuple(children)}
    return fields | _optional(place, state, category="category")


def _vaccine(place: Place, state: State, word: str) -> Fields:
    place.number(state.get("series", 1), '"series"')
    return {"op": Op.NOTE, "kind": Kind.IMMUNIZATION, "codes": parts.codes(place, state.get("codes"))}


def _imaging(place: Place, state: State, word: str) -> Fields:
    if not isinstance(state.get("series", []), list):
        place.fail(f'expected "series" to be a list, found {short(state["series"])}')
    found = parts.code(place, state.get("procedure_code"), '"procedure_code"')
    return {"op": Op.NOTE, "kind": Kind.IMAGING, "codes": (found,)}


def _supplies(place: Place, state: State, word: str) -> Fields:
    items = place.items(state.get("supplies"), '"supplies"')
    first = parts.code(place, place.mapping(items[0], "a supply").get("code"), 'the "code" of a supply')
    return {"op": Op.NOTE, "kind": Kind.SUPPLY, "codes": (first,)}


def _symptom(place: Place, state: State, word: str) -> Fields:
    name = state.get("symptom")
    if not isinstance(name, str):
        place.fail(f'expected "symptom" to be a text, found {short(name)}')
    cause = place.text(state["cause"], '"cause"') if state.get("cause") else ""
    fields: Fields = {"op": Op.SYMPTOM, "attribute": f"symptom:{name}|{cause}"}
    chance = place.number(state.get("probability", 1.0), '"probability"')
    drawn = parts.amount(place, state, timed=False) or Amount()
    return fields | {"probability": chance, "amount": drawn}


def _vital_sign(place: Place, state: State, word: str) -> Fields:
    fields: Fields = {"op": Op.SET, "attribute": "vital:" + parts.vital(place, state.get("vital_sign"))}
    if state.get("expression") is not None:
        place.text(state["expression"], '"expression"')
        return {"op": Op.SIMPLE}
    drawn = parts.amount(place, state, timed=False)
    if drawn is None:
        place.fail('expected a vital sign to have "exact", "range" or "distribution"')
    return fields | {"source": Source.AMOUNT, "amount": drawn}


def _death(place: Place, state: State, word: str) -> Fields:
    found = parts.codes(place, state["codes"]) if state.get("codes") else ()
    length = parts.amount(place, state, timed=True) or Amount()
    fields: Fields = {"op": Op.DIE, "kind": Kind.DEATH, "amount": length, "codes": found}
    named = _optional(place, state, reason="referenced_by_attribute")
    return fields | named | _optional(place, state, reason="condition_onset")


def _call(place: Place, state: State, word: str) -> Fields:
    return {"op": Op.CALL, "submodule": place.text(state.get("submodule"), '"submodule"')}


READERS: dict[str, Callable[[Place, State, str], Fields]] = {
    "Initial": _plain,
    "Simple": _plain,
    "Terminal": _plain,
    "Physiology": _plain,
    "Guard": _guard,
    "Delay": _delay,
    "SetAttribute": _set_attribute,
    "Counter": _counter,
    "Encounter": _encounter,
    "EncounterEnd": _encounter_end,
    "Procedure": _procedure,
    "Observation": _observation,
    "MultiObservation": _panel,
    "DiagnosticReport": _panel,
    "Vaccine": _vaccine,
    "ImagingStudy": _imaging,
    "SupplyList": _supplies,
    "Symptom": _symptom,
    "VitalSign": _vital_sign,
    "Death": _death,
    "CallSubmodule": _call,
    **dict.fromkeys(_STARTS, _start),
    **dict.fromkeys(_ENDS, _end),
}
"""How the states of each type are read."""
