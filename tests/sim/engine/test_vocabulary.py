"""Every word of the Generic Module Framework is read, in both its spellings."""

import json
from typing import Any

import pytest

from sim.engine.gmf import read_module
from sim.engine.gmf_load import Loaded, assemble
from sim.engine.gmf_states import READERS
from sim.engine.kinds import Compare, Draw, Kind, Op, Source, Test
from sim.engine.model import Amount, Code, Logic, Node
from sim.engine.sources import File
from sim.engine.sources import Source as Shelf
from sim.errors import HilabError

GO = {"direct_transition": "End"}
CODE = {"system": "SNOMED-CT", "code": 1, "display": "one"}
ONE = Code("SNOMED-CT", "1", "one")
LIST = {"codes": [CODE]}
DAY = 46021.0  # 2026-01-01

STATE_TYPES = """
Simple SetAttribute Procedure MedicationOrder Delay ConditionOnset Observation EncounterEnd Encounter Symptom
CallSubmodule Initial Terminal ConditionEnd DiagnosticReport MedicationEnd CarePlanStart Counter Death Device
Guard ImagingStudy DeviceEnd MultiObservation CarePlanEnd AllergyOnset SupplyList VitalSign Vaccine Physiology
AllergyEnd
"""


def node(state: dict[str, Any]) -> Node:
    states = {"Initial": {"type": "Initial", **GO}, "A": GO | state, "End": {"type": "Terminal"}}
    if any(key.endswith("_transition") and key != "alt_direct_transition" for key in state):
        states["A"] = state
    return read_module(json.dumps({"name": "m", "states": states}).encode(), "m.json", "dir/m").nodes["A"]


def asked(question: dict[str, Any]) -> Logic | None:
    return node({"type": "Guard", "allow": question}).allow


def load(states: dict[str, Any], **others: dict[str, Any]) -> Loaded:
    documents = {"m": states} | {path.replace("_", "/"): found for path, found in others.items()}
    files = {
        path: File(f"{path}.json", json.dumps({"name": path, "states": found}).encode())
        for path, found in documents.items()
    }
    return assemble(Shelf(files, {}, {}))


def test_every_state_type_is_known() -> None:
    assert set(READERS) == set(STATE_TYPES.split())


DETAILED = [
    (
        {"type": "MedicationOrder", **LIST, "assign_to_attribute": "drug", "reason": "why", "chronic": True}
        | {
            "prescription": {
                "refills": 2,
                "dosage": {"amount": 1, "frequency": 2, "period": 1, "unit": "days"},
            }
        },
        {"op": Op.START, "kind": Kind.MEDICATION, "codes": (ONE,), "attribute": "drug", "reason": "why"},
        {"prescription", "chronic"},
    ),
    (
        {"type": "Procedure", **LIST, "duration": {"low": 1, "high": 2, "unit": "days"}}
        | {"assign_to_attribute": "done"},
        {"op": Op.PROCEDURE, "amount": Amount(Draw.UNIFORM, 1, 2), "attribute": "done"},
        set(),
    ),
    (
        {"type": "Procedure", **LIST, "unit": "hours", "distribution": {"kind": "EXACT"}}
        | {"distribution": {"kind": "EXACT", "parameters": {"value": 12}}},
        {"amount": Amount(Draw.EXACT, 0.5)},
        set(),
    ),
    (
        {"type": "ImagingStudy", "procedure_code": CODE}
        | {
            "series": [
                {"body_site": CODE, "modality": CODE, "instances": [{"title": "t", "sop_class": CODE}]}
            ]
        },
        {"op": Op.NOTE, "kind": Kind.IMAGING, "codes": (ONE,)},
        {"series"},
    ),
    (
        {"type": "SupplyList", "supplies": [{"quantity": 3, "code": CODE}, {"quantity": 1, "code": CODE}]},
        {"op": Op.NOTE, "kind": Kind.SUPPLY},
        {"supplies"},
    ),
    (
        {"type": "AllergyOnset", **LIST, "allergy_type": "allergy", "category": "food"}
        | {"reactions": [{"reaction": CODE, "possible_severities": [{"level": "mild", "value": 0.5}]}]},
        {"op": Op.START, "kind": Kind.ALLERGY},
        {"allergy_type", "category", "reactions"},
    ),
    (
        {"type": "CarePlanStart", **LIST, "activities": [CODE], "goals": [{"text": "g", "addresses": ["x"]}]},
        {"op": Op.START, "kind": Kind.CAREPLAN},
        {"activities", "goals"},
    ),
    (
        {"type": "EncounterEnd", "discharge_disposition": CODE},
        {"op": Op.ENCOUNTER_END, "kind": Kind.ENCOUNTER_END},
        {"discharge_disposition"},
    ),
    (
        {"type": "Encounter", "encounter_class": "Virtual", **LIST, "telemedicine_possibility": "always"},
        {"op": Op.ENCOUNTER, "encounter_class": "virtual"},
        {"telemedicine_possibility"},
    ),
    ({"type": "Vaccine", **LIST, "series": 2}, {"op": Op.NOTE, "kind": Kind.IMMUNIZATION}, {"series"}),
    ({"type": "Device", "code": CODE, "model": "M"}, {"op": Op.START, "kind": Kind.DEVICE}, {"model"}),
    ({"type": "AllergyEnd", **LIST}, {"op": Op.END, "kind": Kind.ALLERGY_END, "codes": (ONE,)}, set()),
    ({"type": "DeviceEnd", "codes": [], "referenced_by_attribute": "d"}, {"ends_attribute": "d"}, set()),
    ({"type": "Symptom", "symptom": "Pain"}, {"attribute": "symptom:Pain|dir/m", "amount": Amount()}, set()),
    (
        {"type": "Symptom", "symptom": "Pain", "cause": "Fall", "probability": 0.5, "exact": {"quantity": 9}},
        {"attribute": "symptom:Pain|Fall", "probability": 0.5, "amount": Amount(Draw.EXACT, 9)},
        set(),
    ),
    (
        {"type": "VitalSign", "vital_sign": "Aura", "unit": "1", "exact": {"quantity": 3}},
        {"op": Op.SET, "attribute": "vital:aura", "amount": Amount(Draw.EXACT, 3)},
        set(),
    ),
    (
        {"type": "Death", "condition_onset": "Ill", "exact": {"quantity": 2, "unit": "days"}},
        {"op": Op.DIE, "reason": "Ill", "amount": Amount(Draw.EXACT, 2)},
        set(),
    ),
    ({"type": "Death", "referenced_by_attribute": "ill"}, {"reason": "ill"}, set()),
    (
        {"type": "SetAttribute", "attribute": "a", "value_code": CODE},
        {"op": Op.SET, "source": Source.CONSTANT, "value": "1", "value_code": ONE},
        set(),
    ),
    ({"type": "SetAttribute", "attribute": "a"}, {"source": Source.CONSTANT, "value": None}, set()),
    (
        {"type": "SetAttribute", "attribute": "a", "exact": {"quantity": True}},
        {"amount": Amount(a=1.0)},
        set(),
    ),
    (
        {"type": "Observation", **LIST, "category": "survey", "unit": "", "exact": {"quantity": "Yes"}},
        {"op": Op.OBSERVE, "source": Source.CONSTANT, "value": "Yes", "category": "survey"},
        {"category"},
    ),
    (
        {"type": "Observation", **LIST, "range": {"low": 9, "high": 1, "decimals": 1}},
        {"amount": Amount(Draw.UNIFORM, 1, 9, decimals=1)},
        set(),
    ),
    (
        {"type": "Observation", **LIST, "vital_sign": "Systolic Blood Pressure"},
        {"source": Source.VITAL, "reads": "sbp"},
        set(),
    ),
    ({"type": "Observation", **LIST, "vital_sign": "Aura"}, {"reads": "vital:aura"}, set()),
    (
        {"type": "Observation", **LIST, "attachment": {"chart": {}}},
        {"source": Source.CONSTANT, "value": None},
        {"attachment"},
    ),
    ({"type": "Physiology", "model": "x", "alt_direct_transition": "Initial"}, {"op": Op.SIMPLE}, {"model"}),
]


@pytest.mark.parametrize(("state", "fields", "details"), DETAILED)
def test_states_are_read(state: dict[str, Any], fields: dict[str, Any], details: set[str]) -> None:
    found = node(state)
    assert found.type == state["type"]
    assert {name: getattr(found, name) for name in fields} == fields
    assert set(found.details) == details


def test_physiology_goes_the_way_without_it() -> None:
    found = node({"type": "Physiology", "alt_direct_transition": "Initial"})
    assert found.branches[0].options[0].target == "Initial"


ATTRIBUTE = {"condition_type": "Attribute", "attribute": "a", "operator": "=="}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({"condition_type": "True"}, Logic(Test.TRUE, value=1.0)),
        ({"condition_type": "False"}, Logic(Test.TRUE, value=0.0)),
        ({"condition_type": "Gender", "gender": "F"}, Logic(Test.SEX, value=1.0)),
        ({"condition_type": "Race", "race": "Hispanic"}, Logic(Test.TRUE, value=0.0)),
        (ATTRIBUTE | {"value": True}, Logic(Test.ATTRIBUTE, name="a", value=1.0)),
        (ATTRIBUTE | {"value_code": CODE}, Logic(Test.ATTRIBUTE, name="a", value="1")),
        (ATTRIBUTE | {"attribute": "gender", "value": "M"}, Logic(Test.SEX, value=0.0)),
        (
            ATTRIBUTE | {"attribute": "race", "operator": "!=", "value": "asian"},
            Logic(Test.NOT, terms=(Logic(Test.RACE, value=3.0),)),
        ),
        (
            {"condition_type": "Symptom", "symptom": "Pain", "operator": ">", "value": 3},
            Logic(Test.SYMPTOM, Compare.GREATER, "Pain", 3.0),
        ),
        (
            {
                "condition_type": "Date",
                "operator": ">=",
                "date": {"year": 2026, "month": 1, "day": 1, "hour": 12},
            },
            Logic(Test.DATE, Compare.GREATER_EQUAL, value=DAY + 0.5),
        ),
        ({"condition_type": "Date", "operator": "<", "month": 3}, Logic(Test.MONTH, Compare.LESS, value=3.0)),
        (
            {"condition_type": "Vital Sign", "vital_sign": "Aura", "operator": "<", "value": 3},
            Logic(Test.ATTRIBUTE, Compare.LESS, "vital:aura", 3.0),
        ),
        (
            {"condition_type": "PriorState", "name": "A", "since": "Initial", "within": {"quantity": 1}}
            | {"within": {"quantity": 2, "unit": "weeks"}},
            Logic(Test.PRIOR, name="A", since="Initial", value=14.0),
        ),
        (
            {"condition_type": "Observation", "referenced_by_attribute": "o", "operator": "is nil"},
            Logic(Test.ATTRIBUTE, Compare.IS_NIL, "o"),
        ),
        *(
            ({"condition_type": f"Active {what}", **LIST}, Logic(Test.ACTIVE, codes=(ONE,)))
            for what in ("Condition", "Medication", "CarePlan", "Allergy")
        ),
    ],
)
def test_questions_are_read(question: dict[str, Any], expected: Logic) -> None:
    assert asked(question) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"kind": "EXACT", "parameters": {"value": 3}}, Amount(Draw.EXACT, 3)),
        ({"kind": "uniform", "parameters": {"low": 2, "high": 1}}, Amount(Draw.UNIFORM, 1, 2)),
        (
            {"kind": "GAUSSIAN", "round": True, "parameters": {"mean": 3, "standardDeviation": 1, "min": 0}},
            Amount(Draw.GAUSSIAN, 3, 1, 0, decimals=0),
        ),
        ({"kind": "EXPONENTIAL", "parameters": {"mean": 3, "max": 9}}, Amount(Draw.EXPONENTIAL, 3, high=9)),
        (
            {"kind": "TRIANGULAR", "parameters": {"min": 1, "mode": 2, "max": 3}},
            Amount(Draw.TRIANGULAR, 1, 2, high=3),
        ),
    ],
)
def test_distributions_are_read(given: dict[str, Any], expected: Amount) -> None:
    assert node({"type": "SetAttribute", "attribute": "a", "distribution": given}).amount == expected


def test_care_by_type_is_drawn_with_telemedicine_from_a_day_on() -> None:
    ways = {"ambulatory": "A", "emergency": "End", "telemedicine": "Initial"}
    before, since = node({"type": "Simple", "type_of_care_transition": ways}).branches
    assert [option.target for option in before.options] == ["A", "End"]
    assert [option.target for option in since.options] == ["A", "End", "Initial"]
    assert sum(option.weight for option in since.options) == pytest.approx(1.0)
    assert before.condition is not None and before.condition.compare == Compare.LESS


def test_the_loader_says_each_inexactness_once() -> None:
    states = {
        "Initial": {"type": "Initial", "distributed_transition": [{"transition": "P", "distribution": 0.5}]},
        "P": {"type": "Physiology", "direct_transition": "Q"},
        "Q": {"type": "Physiology", "direct_transition": "E"},
        "E": {"type": "SetAttribute", "attribute": "a", "expression": "#{a} + 1", "direct_transition": "R"},
        "R": {"type": "DiagnosticReport", **LIST, "number_of_observations": 2, "direct_transition": "C"},
        "C": {
            "type": "Simple",
            "type_of_care_transition": {"ambulatory": "End", "emergency": "End", "telemedicine": "End"},
        },
        "End": {"type": "Terminal"},
    }
    notes = load(states).notes
    assert len(notes) == 5
    assert notes[0] == (
        'm.json, state "P" (and 1 more): physiology is not simulated, and such a state passes at once.'
    )


def test_names_are_looked_for_in_the_module_then_in_its_callers() -> None:
    call = {"type": "CallSubmodule", "submodule": "s/a", "direct_transition": "Visit"}
    visit = {"type": "Encounter", "wellness": True, "direct_transition": "End"}
    top = {"Initial": {"type": "Initial", "direct_transition": "Call"}, "Call": call, "Visit": visit}
    onset = {"type": "ConditionOnset", **LIST, "target_encounter": "Visit", "direct_transition": "Stop"}
    stop = {"type": "ConditionEnd", "condition_onset": "Ill", "direct_transition": "End"}
    inner = {"Initial": {"type": "Initial", "direct_transition": "Ill"}, "Ill": onset, "Stop": stop}
    end = {"End": {"type": "Terminal"}}
    loaded = load(top | end, s_a=inner | end, s_b={"Initial": visit, "Visit": visit} | end)
    found = {module.path: module for module in loaded.modules}["s/a"].nodes
    assert found["Ill"].target_module == "m"
    assert found["Stop"].ends_module == ""
    with pytest.raises(HilabError, match='state "Ill": there is no state "Visit"'):
        load({"Initial": {"type": "Initial", "direct_transition": "End"}} | end, s_a=inner | end)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (
            {"A": {"type": "Delay", "exact": {"quantity": 0, "unit": "days"}, "direct_transition": "A"}},
            "circle",
        ),
        (
            {
                "A": {"type": "Procedure", **LIST, "direct_transition": "B"},
                "B": {"type": "Simple", "direct_transition": "A"},
            },
            "circle",
        ),
        (
            {"A": {"type": "Counter", "attribute": "a", "action": "increment", "amount": 1e6, **GO}},
            '"amount"',
        ),
        ({"A": {"type": "SupplyList", "supplies": [{"code": CODE}], **GO}}, 'a supply to have "quantity"'),
        (
            {"A": {"type": "MedicationOrder", **LIST, "prescription": {"dosage": {"amount": 1}}, **GO}},
            '"frequency"',
        ),
        ({"A": {"type": "ImagingStudy", "procedure_code": CODE, "series": 3, **GO}}, '"series" to be a list'),
        (
            {
                "A": {
                    "type": "Guard",
                    "allow": {
                        "condition_type": "Date",
                        "operator": "<",
                        "date": {"year": 2023, "month": 2, "day": 29},
                    },
                    **GO,
                }
            },
            "a day of the calendar",
        ),
        ({"A": {"type": "Simple", "type_of_care_transition": {"ambulatory": "End"}}}, '"emergency" of'),
        (
            {
                "A": {
                    "type": "DiagnosticReport",
                    **LIST,
                    "observations": [{**LIST, "exact": {"quantity": 1}}],
                    "direct_transition": "A / 1",
                },
                "A / 1": {"type": "Simple", **GO},
            },
            "is that of a report",
        ),
        ({"A\ud800": {"type": "Simple", **GO}, "A": {"type": "Simple", **GO}}, "whole characters"),
    ],
)
def test_what_cannot_be_meant_is_refused(states: dict[str, Any], expected: str) -> None:
    around = {"Initial": {"type": "Initial", "direct_transition": "A"}, "End": {"type": "Terminal"}}
    with pytest.raises(HilabError) as caught:
        load(around | states)
    assert expected in str(caught.value) and 'm.json, state "A' in str(caught.value)
