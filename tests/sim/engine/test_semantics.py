"""What GMF promises: exact expiry, one encounter at a time, check-ups, deferred onsets."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from histories import END, same

from sim.engine import TEXT_BASE, Events, Kind, Program, load_program, simulate
from sim.errors import HilabError

BIRTH = END - 30 * 365.25
CODE = [{"system": "SNOMED-CT", "code": "1", "display": "something"}]


def tell(program: Program, seed: int = 1, oracle: bool = False) -> Events:
    zero = np.zeros(1, dtype=np.int8)
    return simulate(program, np.array([BIRTH]), zero, zero, zero, END, seed, oracle=oracle)


def lived(events: Events, program: Program, module: str = "own") -> list[tuple[float, int, str]]:
    """Returns day since birth, kind and state name of the living person's events of a module."""
    last = events.attempt == events.attempt.max()
    return [
        (float(day - BIRTH), int(kind), program.states[state].name)
        for day, kind, state in zip(events.day[last], events.kind[last], events.state[last], strict=True)
        if program.states[state].module == module
    ]


def wait(days: float, target: str) -> dict[str, Any]:
    return {"type": "Delay", "exact": {"quantity": days, "unit": "days"}, "direct_transition": target}


def onset(target: str, **more: str) -> dict[str, Any]:
    return {"type": "ConditionOnset", "codes": CODE, "direct_transition": target, **more}


def encounter(kind: str, target: str) -> dict[str, Any]:
    return {"type": "Encounter", "encounter_class": kind, "codes": CODE, "direct_transition": target}


def test_delays_go_on_from_the_exact_moment(compile_states: Callable[..., Program]) -> None:
    program = compile_states(
        {
            "Initial": {"type": "Initial", "direct_transition": "First"},
            "First": wait(100.25, "Second"),
            "Second": wait(0.5, "Third"),
            "Third": wait(20, "Ill"),
            "Ill": onset("End"),
            "End": {"type": "Terminal"},
        }
    )
    assert lived(tell(program), program) == [(120.75, Kind.CONDITION, "Ill")]


def test_an_age_guard_opens_on_the_birthday(compile_states: Callable[..., Program]) -> None:
    age = {"condition_type": "Age", "operator": ">=", "quantity": 18, "unit": "years"}
    program = compile_states(
        {
            "Initial": {"type": "Initial", "direct_transition": "Adult"},
            "Adult": {"type": "Guard", "allow": age, "direct_transition": "Ill"},
            "Ill": onset("End"),
            "End": {"type": "Terminal"},
        }
    )
    assert lived(tell(program), program) == [(18 * 365.25, Kind.CONDITION, "Ill")]


def test_an_onset_waits_for_its_encounter(compile_states: Callable[..., Program]) -> None:
    states = {
        "Initial": {"type": "Initial", "direct_transition": "Ill"},
        "Ill": onset("Weeks", target_encounter="Emergency"),
        "Weeks": wait(100, "Emergency"),
        "Emergency": encounter("emergency", "Home"),
        "Home": {"type": "EncounterEnd", "direct_transition": "End"},
        "End": {"type": "Terminal"},
    }
    program = compile_states(states)
    assert lived(tell(program), program)[:2] == [
        (100.0, Kind.ENCOUNTER, "Emergency"),
        (100.0, Kind.CONDITION, "Ill"),
    ]
    states["Weeks"]["direct_transition"] = "End"
    program = compile_states(states)
    assert lived(tell(program), program) == []


def test_an_encounter_waits_for_the_one_before(compile_states: Callable[..., Program]) -> None:
    def stay(first: float, days: float) -> dict[str, Any]:
        return {
            "Initial": {"type": "Initial", "direct_transition": "Before"},
            "Before": wait(first, "Stay"),
            "Stay": encounter("inpatient", "Bed"),
            "Bed": wait(days, "Home"),
            "Home": {"type": "EncounterEnd", "direct_transition": "End"},
            "End": {"type": "Terminal"},
        }

    program = compile_states(stay(200, 30))
    modules = program.modules[0].path
    assert modules == "own"
    folder = program.files["own"].rsplit("own.json", 1)[0]
    other = Path(folder) / "pushed.json"
    other.write_text(json.dumps({"name": "pushed", "states": stay(210, 1)}), encoding="utf-8")
    program = load_program(Path(folder))
    events = tell(program)
    first, second = lived(events, program), lived(events, program, "pushed")
    assert first[0][0] >= 200 and first[1][0] == first[0][0] + 30
    assert second[0][0] >= first[1][0]


def test_check_ups_come_by_schedule_and_in_clinic_hours(compile_states: Callable[..., Program]) -> None:
    program = compile_states(
        {
            "Initial": {"type": "Initial", "direct_transition": "Check-up"},
            "Check-up": {"type": "Encounter", "wellness": True, "direct_transition": "Note"},
            "Note": {"type": "Observation", "category": "survey", "codes": CODE, "unit": "1"}
            | {"exact": {"quantity": 1}, "direct_transition": "Leave"},
            "Leave": {"type": "EncounterEnd", "direct_transition": "Check-up"},
        }
    )
    events = tell(program)
    visits = events.day[(events.kind == Kind.ENCOUNTER)]
    notes = events.day[events.kind == Kind.OBSERVATION]
    np.testing.assert_array_equal(visits, notes)
    hours = (visits % 1) * 24
    assert ((hours >= 8) & (hours < 17)).all() and ((visits // 1) % 7 < 5).all()
    assert 25 <= len(visits) <= 45


def test_circles_that_only_seem_to_end_are_stopped(compile_states: Callable[..., Program]) -> None:
    never = {"condition_type": "Attribute", "attribute": "x", "operator": "==", "value": 1}
    program = compile_states(
        {
            "Initial": {"type": "Initial", "direct_transition": "Round"},
            "Round": {
                "type": "Simple",
                "conditional_transition": [
                    {"condition": never, "transition": "End"},
                    {"transition": "Round"},
                ],
            },
            "End": {"type": "Terminal"},
        }
    )
    for oracle in (False, True):
        with pytest.raises(HilabError, match=r'own\.json, state "Round": goes round'):
            tell(program, oracle=oracle)


def test_submodules_that_call_each_other_for_ever_are_stopped(compile_states: Callable[..., Program]) -> None:
    again = {
        "Initial": {"type": "Initial", "direct_transition": "Again"},
        "Again": {"type": "CallSubmodule", "submodule": "sub/deeper", "direct_transition": "End"},
        "End": {"type": "Terminal"},
    }
    program = compile_states(again, deeper=again)
    for oracle in (False, True):
        with pytest.raises(HilabError, match=r'deeper\.json, state "Again"'):
            tell(program, oracle=oracle)


def test_an_encounter_that_its_module_forgot_gives_way(compile_states: Callable[..., Program]) -> None:
    never = {"condition_type": "Attribute", "attribute": "x", "operator": "==", "value": 1}
    program = compile_states(
        {
            "Initial": {"type": "Initial", "direct_transition": "Before"},
            "Before": wait(1000, "Stay"),
            "Stay": encounter("inpatient", "Bed"),
            "Bed": wait(100, "For Ever"),
            "For Ever": {"type": "Guard", "allow": never, "direct_transition": "End"},
            "End": {"type": "Terminal"},
        }
    )
    for oracle in (False, True):
        events = tell(program, oracle=oracle)
        assert lived(events, program)[:2] == [
            (1000.0, Kind.ENCOUNTER, "Stay"),
            (1100.0, Kind.ENCOUNTER_END, "Stay"),
        ]
        later = events.day[(events.kind == Kind.ENCOUNTER) & (events.day > BIRTH + 1000)]
        assert len(later) > 10 and later.min() > BIRTH + 1100 + 120 - 7


def test_nothing_happens_after_a_death_that_others_did_not_foresee(
    compile_states: Callable[..., Program],
) -> None:
    die = {"type": "Death", "exact": {"quantity": 0, "unit": "days"}, "direct_transition": "End"}
    ill = {
        "Initial": {"type": "Initial", "direct_transition": "Wait"},
        "Wait": wait(0.25, "Ill"),
        "Ill": onset("Note"),
        "Note": {"type": "ConditionEnd", "condition_onset": "Ill", "direct_transition": "Wait"},
        "End": {"type": "Terminal"},
    }
    fatal = {
        "Initial": {"type": "Initial", "direct_transition": "Wait"},
        "Wait": wait(8000.125, "Rarely"),
        "Rarely": {
            "type": "Simple",
            "distributed_transition": [
                {"transition": "Die", "distribution": 0.9},
                {"transition": "End", "distribution": 0.1},
            ],
        },
        "Die": die,
        "End": {"type": "Terminal"},
    }
    program = compile_states(ill, {"then.json": json.dumps({"name": "then", "states": fatal})})
    events = tell(program)
    same(events, tell(program, oracle=True))
    killed = np.flatnonzero(events.state == program.numbers["then", "Die"])
    assert len(killed) >= 1
    for death in killed:
        of_life = (events.attempt == events.attempt[death]) & (events.kind == Kind.CONDITION)
        assert events.day[of_life].max() <= events.day[death] == BIRTH + 8000.125
        assert events.day[of_life].max() >= events.day[death] - 0.25
    ends = np.flatnonzero(events.kind == Kind.CONDITION_END)
    assert (events.kind[events.link[ends]] == Kind.CONDITION).all()


def test_an_observation_tells_the_text_that_an_attribute_holds(
    compile_states: Callable[..., Program],
) -> None:
    snow = {"system": "SNOMED-CT", "code": "77386006", "display": "Pregnancy (finding)"}
    look = {"type": "Observation", "category": "survey", "codes": CODE, "attribute": "state"}

    def put(target: str, **what: Any) -> dict[str, Any]:
        return {"type": "SetAttribute", "attribute": "state", "direct_transition": target, **what}

    program = compile_states(
        {
            "Initial": {"type": "Initial", "direct_transition": "Text"},
            "Text": put("One", value="calm"),
            "One": {**look, "direct_transition": "Concept"},
            "Concept": put("Two", value_code=snow),
            "Two": {**look, "direct_transition": "Number"},
            "Number": put("Three", value=7),
            "Three": {**look, "direct_transition": "End"},
            "End": {"type": "Terminal"},
        }
    )
    events = tell(program)
    same(events, tell(program, oracle=True))
    seen = np.flatnonzero(events.kind == Kind.OBSERVATION)[:3]
    words = [program.states[i].words for i in events.state[seen]]
    said = [
        word[int(value - TEXT_BASE)] if value >= TEXT_BASE else value
        for word, value in zip(words, events.value[seen].tolist(), strict=True)
    ]
    assert said == ["calm", "Pregnancy (finding)", 7.0]
