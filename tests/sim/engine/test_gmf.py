"""Whatever is wrong with a module is said in one sentence that names file and state."""

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import every_state
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.engine import Program, load_program
from sim.engine.gmf_place import short
from sim.engine.program import OWN_MODULES
from sim.errors import HilabError

START = {"type": "Initial", "direct_transition": "A"}
LAST = {"type": "Terminal"}


def sentence(load: Callable[[], Program]) -> str:
    with pytest.raises(HilabError) as caught:
        load()
    said = str(caught.value)
    assert "\n" not in said and said.endswith(".") and len(said) < 700, said
    return said


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"type": "Alchemy", "direct_transition": "End"}, "unknown state type 'Alchemy'"),
        ({"type": "Simple"}, "expected a transition"),
        ({"type": "Simple", "direct_transition": "Nowhere"}, 'there is no state "Nowhere"'),
        (
            {"type": "Simple", "lookup_table_transition": []},
            'expected "lookup_table_transition" to be a list',
        ),
        ({"type": "Simple", "astral_transition": "End"}, "unknown transition 'astral_transition'"),
        ({"type": "Simple", "direct_transition": "End", "distributed_transition": []}, "one transition"),
        ({"type": "Delay", "direct_transition": "End"}, "expected a delay to have"),
        (
            {"type": "Delay", "exact": {"quantity": 1, "unit": "fortnights"}, "direct_transition": "End"},
            "unknown \"unit\" 'fortnights'",
        ),
        ({"type": "Guard", "allow": {"condition_type": "Mood"}, "direct_transition": "End"}, "'Mood'"),
        (
            {"type": "Delay", "distribution": {"kind": "CAUCHY", "parameters": {}}, "unit": "days"}
            | {"direct_transition": "End"},
            "unknown distribution 'CAUCHY'",
        ),
        (
            {"type": "Simple", "distributed_transition": [{"transition": "End", "distribution": -0.7}]},
            'expected "distribution" to be a probability, found -0.7',
        ),
        ({"type": "ConditionEnd", "condition_onset": "End", "direct_transition": "End"}, "is a Terminal"),
        (
            {"type": "CallSubmodule", "submodule": "sub/none", "direct_transition": "End"},
            'no submodule "sub/none"',
        ),
        (
            {"type": "Observation", "codes": [{"system": "LOINC", "code": "1", "display": "x"}]}
            | {"vital_sign": 7, "direct_transition": "End"},
            'expected "vital_sign" to be a text, found 7',
        ),
        ({"type": "Simple", "direct_transition": "A"}, "in which no time passes"),
        ("Simple", "expected a state to be an object"),
    ],
)
def test_wrong_states_are_named(compile_states: Callable[..., Program], state: Any, expected: str) -> None:
    said = sentence(lambda: compile_states({"Initial": START, "A": state, "End": LAST}))
    assert expected in said
    assert "own.json" in said and 'state "A"' in said


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "expected a module in JSON"),
        (b"\xff\xfe", "expected a module in JSON"),
        (b'{"name": "x", "states": {"Initial": {"type"', "expected a module in JSON"),
        (b"[" * 100_000, "expected a module in JSON"),
        (b"[]", "expected the file to be an object"),
        (b'{"name": "x"}', 'expected "states" to be an object'),
        (b'{"name": "x", "states": {}}', 'expected a state called "Initial"'),
        (b'{"name": "x", "name": "y"}', "'name' twice"),
    ],
)
def test_files_that_are_no_modules(tmp_path: Path, content: bytes, expected: str) -> None:
    (tmp_path / "bad.json").write_bytes(content)
    said = sentence(lambda: load_program(tmp_path))
    assert expected in said and "bad.json" in said


def test_deep_logic_is_refused_in_one_sentence(tmp_path: Path) -> None:
    deep = '{"condition_type": "Not", "condition": ' * 300 + '{"condition_type": "True"}' + "}" * 300
    states = f'{{"Initial": {{"type": "Guard", "allow": {deep}, "direct_transition": "Initial"}}}}'
    (tmp_path / "deep.json").write_text(f'{{"name": "x", "states": {states}}}', encoding="utf-8")
    assert "at most 50 deep" in sentence(lambda: load_program(tmp_path))


def test_a_folder_without_modules(tmp_path: Path) -> None:
    assert "with modules (*.json)" in sentence(lambda: load_program(tmp_path))
    assert "with modules (*.json)" in sentence(lambda: load_program(tmp_path / "none"))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += places(inner, (*path, key))
    return found


PLACES = places(every_state.STATES)
WRONG = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**30),
    st.floats(),
    st.text(max_size=5),
    st.just([]),
    st.just({}),
)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(place=st.sampled_from(PLACES), wrong=WRONG, remove=st.booleans())
def test_any_change_loads_or_gives_one_sentence(
    tmp_path: Path, place: tuple[Any, ...], wrong: Any, remove: bool
) -> None:
    states = copy.deepcopy(every_state.STATES)
    inner = states
    for key in place[:-1]:
        inner = inner[key]
    if remove:
        del inner[place[-1]]
    else:
        inner[place[-1]] = wrong
    (tmp_path / "sub").mkdir(exist_ok=True)
    for path, content in (("own", states), ("sub/inner", every_state.INNER)):
        text = json.dumps({"name": path, "states": content})
        (tmp_path / f"{path}.json").write_text(text, encoding="utf-8")
    try:
        load_program(tmp_path)
    except HilabError as error:
        assert "\n" not in str(error) and ".json" in str(error)


def test_own_modules_say_where_their_figures_come_from() -> None:
    for file in OWN_MODULES.glob("*.json"):
        document = json.loads(file.read_text(encoding="utf-8"))
        assert document["gmf_version"] == 2
        assert any(re.search("Target|Source|Assumed", line) for line in document["remarks"]), file


def test_own_conditions_have_both_codes(program: Program) -> None:
    conditions = [state for state in program.states if state.kind == 2]
    assert len(conditions) >= 15
    for state in conditions:
        assert state.system == "SNOMED-CT" and state.icd10 and state.icd10_display, state


def test_long_values_are_cut() -> None:
    assert short("x" * 1000).endswith("...") and len(short("x" * 1000)) == 40
