"""Reads clinical modules in the Generic Module Framework 2.0 (the JSON format of Synthea).

Whatever is wrong with a file gives one sentence that names the file, the state and what was
expected.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sim.engine import gmf_parts as parts
from sim.engine.gmf_parts import Place
from sim.engine.kinds import Kind, Op, Source
from sim.engine.model import Amount, Code, Module, Node
from sim.errors import HilabError

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
_DETAILS = ("prescription", "chronic", "administration", "activities", "goals", "series", "reactions")

Fields = dict[str, Any]
State = Mapping[str, Any]


def read_module(path: Path, name: str, submodule: bool = False) -> Module:
    """Reads one module file.

    Args:
        path: The JSON file.
        name: Its path below the folder of modules, without ".json".
        submodule: Whether it only runs when called.

    Raises:
        HilabError: If it is no module; names file, state and what was expected.
    """
    place = Place(str(path))
    document = place.mapping(_json(path), "the file")
    states = place.mapping(document.get("states"), '"states"')
    nodes = {key: _node(Place(str(path), key), value) for key, value in states.items()}
    if "Initial" not in nodes:
        place.fail('expected a state called "Initial"')
    title = place.text(document.get("name"), '"name"')
    return Module(title, name, nodes, submodule)


def _json(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_unique)
    except HilabError as error:
        raise HilabError(f"{path}: {error}") from None
    except OSError as error:
        raise HilabError(f"{path}: cannot be read ({error.strerror}).") from None
    except (ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise HilabError(f"{path}: expected a module in JSON, encoded in UTF-8 ({reason}).") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise HilabError(f'expected each name once, found "{key}" twice.')
        found[key] = value
    return found


def _node(place: Place, value: object) -> Node:
    state = place.mapping(value, "a state")
    word = place.text(state.get("type"), '"type"')
    reader = _READERS.get(word)
    if reader is None:
        place.fail(f"unknown state type {parts.short(word)}")
    fields: Fields = {"branches": parts.branches(place, state), **reader(place, state, word)}
    if word == "Terminal":
        fields["branches"] = ()
    elif not fields["branches"]:
        place.fail("expected a transition")
    details = {key: state[key] for key in _DETAILS if key in state}
    return Node(name=place.state, type=word, details=details, **fields)


def _plain(place: Place, state: State, word: str) -> Fields:
    return {"op": Op.TERMINAL if word == "Terminal" else Op.SIMPLE}


def _guard(place: Place, state: State, word: str) -> Fields:
    return {"op": Op.GUARD, "allow": parts.logic(place, state.get("allow"))}


def _delay(place: Place, state: State, word: str) -> Fields:
    length = parts.amount(place, state, timed=True)
    if length is None:
        place.fail('expected a delay to have "exact", "range" or "distribution"')
    return {"op": Op.DELAY, "amount": length}


def _set_attribute(place: Place, state: State, word: str) -> Fields:
    fields: Fields = {"op": Op.SET, "attribute": place.text(state.get("attribute"), '"attribute"')}
    if "expression" in state:
        place.fail('an "expression" is not supported')
    if "value_attribute" in state:
        return fields | {"source": Source.ATTRIBUTE, "reads": place.text(state["value_attribute"], "it")}
    if "value_code" in state:
        return fields | {
            "source": Source.CONSTANT,
            "value": parts.code(place, state["value_code"]).code,
        }
    drawn = parts.amount(place, state, timed=False)
    if drawn is not None:
        return fields | {"source": Source.AMOUNT, "amount": drawn}
    return fields | {"source": Source.CONSTANT, "value": parts.attribute_value(place, state.get("value"))}


def _counter(place: Place, state: State, word: str) -> Fields:
    if state.get("action") not in ("increment", "decrement"):
        place.fail(
            f'expected "action" to be increment or decrement, found {parts.short(state.get("action"))}'
        )
    step = place.number(state.get("amount", 1), '"amount"')
    sign = 1.0 if state["action"] == "increment" else -1.0
    return {
        "op": Op.COUNT,
        "attribute": place.text(state.get("attribute"), '"attribute"'),
        "value": sign * step,
    }


def _start(place: Place, state: State, word: str) -> Fields:
    given = [state["code"]] if word == "Device" and "code" in state else state.get("codes")
    fields: Fields = {"op": Op.START, "kind": _STARTS[word], "codes": parts.codes(place, given)}
    if state.get("target_encounter"):
        fields["target"] = place.text(state["target_encounter"], '"target_encounter"')
    if state.get("assign_to_attribute"):
        fields["attribute"] = place.text(state["assign_to_attribute"], '"assign_to_attribute"')
    return fields | _reason(place, state)


def _reason(place: Place, state: State) -> Fields:
    if not state.get("reason"):
        return {}
    return {"reason": place.text(state["reason"], '"reason"')}


def _end(place: Place, state: State, word: str) -> Fields:
    kind, key = _ENDS[word]
    fields: Fields = {"op": Op.END, "kind": kind}
    if state.get("codes") is not None:
        return fields | {"codes": parts.codes(place, state["codes"])}
    if state.get("referenced_by_attribute") is not None:
        return fields | {"ends_attribute": place.text(state["referenced_by_attribute"], "it")}
    return fields | {"ends": place.text(state.get(key), f'"{key}", "codes" or "referenced_by_attribute"')}


def _encounter(place: Place, state: State, word: str) -> Fields:
    if state.get("wellness"):
        return {"op": Op.WELLNESS, "wellness": True, "encounter_class": "wellness"}
    kind = place.text(state.get("encounter_class"), '"encounter_class"').lower()
    fields: Fields = {"op": Op.ENCOUNTER, "kind": Kind.ENCOUNTER, "encounter_class": kind}
    return fields | {"codes": parts.codes(place, state.get("codes"))} | _reason(place, state)


def _encounter_end(place: Place, state: State, word: str) -> Fields:
    return {"op": Op.ENCOUNTER_END, "kind": Kind.ENCOUNTER_END}


def _procedure(place: Place, state: State, word: str) -> Fields:
    length = parts.amount(place, state, timed=True)
    if length is None and state.get("duration") is not None:
        length = parts.amount(place, {"range": state["duration"]}, timed=True)
    fields: Fields = {"op": Op.PROCEDURE, "kind": Kind.PROCEDURE, "amount": length or Amount()}
    return fields | {"codes": parts.codes(place, state.get("codes"))} | _reason(place, state)


def _observation(place: Place, state: State, word: str) -> Fields:
    fields: Fields = {
        "op": Op.OBSERVE,
        "kind": Kind.OBSERVATION,
        "codes": parts.codes(place, state.get("codes")),
        "category": str(state.get("category", "")),
        "unit": str(state.get("unit") or ""),
    }
    return fields | _observed(place, state)


def _observed(place: Place, state: State) -> Fields:
    if "value_code" in state:
        found: Code = parts.code(place, state["value_code"])
        return {"source": Source.CONSTANT, "value": found.code, "value_code": found}
    if "attribute" in state:
        return {"source": Source.ATTRIBUTE, "reads": place.text(state["attribute"], '"attribute"')}
    if "vital_sign" in state:
        return {"source": Source.VITAL, "reads": parts.known_vital(place, state["vital_sign"])}
    drawn = parts.amount(place, state, timed=False)
    if drawn is None:
        place.fail("expected an observation to have a value")
    return {"source": Source.AMOUNT, "amount": drawn}


def _panel(place: Place, state: State, word: str) -> Fields:
    items = state.get("observations") or []
    if not isinstance(items, list):
        place.fail(f'expected "observations" to be a list, found {parts.short(items)}')
    children = []
    for number, value in enumerate(items, start=1):
        inner = Place(place.file, f"{place.state} / {number}")
        item = inner.mapping(value, "a reported observation")
        item = {"category": state.get("category", "laboratory"), **item}
        fields = _observation(inner, item, "Observation")
        children.append(Node(name=inner.state, type="Observation", **fields))
    found = parts.codes(place, state.get("codes"))
    kind = Kind.REPORT
    return {"op": Op.PANEL, "kind": kind, "codes": found, "children": tuple(children)}


def _note(place: Place, state: State, word: str) -> Fields:
    kind = {"Vaccine": Kind.IMMUNIZATION, "ImagingStudy": Kind.IMAGING, "SupplyList": Kind.SUPPLY}[word]
    if word == "Vaccine":
        found = parts.codes(place, state.get("codes"))
    elif word == "ImagingStudy":
        found = (parts.code(place, state.get("procedure_code")),)
    else:
        supplies = place.items(state.get("supplies"), '"supplies"')
        found = (parts.code(place, place.mapping(supplies[0], "a supply").get("code")),)
    return {"op": Op.NOTE, "kind": kind, "codes": found}


def _symptom(place: Place, state: State, word: str) -> Fields:
    name = "symptom:" + place.text(state.get("symptom"), '"symptom"')
    chance = place.number(state.get("probability", 1.0), '"probability"')
    drawn = parts.amount(place, state, timed=False) or Amount()
    return {"op": Op.SYMPTOM, "attribute": name, "probability": chance, "amount": drawn}


def _vital_sign(place: Place, state: State, word: str) -> Fields:
    drawn = parts.amount(place, state, timed=False)
    if drawn is None:
        place.fail('expected a vital sign to have "exact", "range" or "distribution"')
    name = "vital:" + parts.known_vital(place, state.get("vital_sign"))
    return {"op": Op.SET, "attribute": name, "source": Source.AMOUNT, "amount": drawn}


def _death(place: Place, state: State, word: str) -> Fields:
    found = parts.codes(place, state["codes"]) if state.get("codes") else ()
    length = parts.amount(place, state, timed=True) or Amount()
    return {"op": Op.DIE, "kind": Kind.DEATH, "amount": length, "codes": found}


def _call(place: Place, state: State, word: str) -> Fields:
    return {"op": Op.CALL, "submodule": place.text(state.get("submodule"), '"submodule"')}


_READERS: dict[str, Callable[[Place, State, str], Fields]] = {
    "Initial": _plain,
    "Simple": _plain,
    "Terminal": _plain,
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
    "Vaccine": _note,
    "ImagingStudy": _note,
    "SupplyList": _note,
    "Symptom": _symptom,
    "VitalSign": _vital_sign,
    "Death": _death,
    "CallSubmodule": _call,
    **dict.fromkeys(_STARTS, _start),
    **dict.fromkeys(_ENDS, _end),
}
