"""What loads, runs: every number lies in range, and people live through it. HILAB_FUZZ: see test_fuzz."""

from typing import Any

import mutations
import numpy as np
import pytest
from histories import END
from hypothesis import given
from hypothesis import strategies as st
from test_fuzz import QUICK, check_sentence, source

from sim.engine import Program, load_program, simulate
from sim.engine.checks_tables import check_tables
from sim.engine.gmf_load import assemble
from sim.engine.program import compile_program
from sim.errors import HilabError

PEOPLE = (np.array([END - 4000.0, END - 20000.0]), np.array([0, 1]), np.array([0, 3]), np.array([1, 2]))


def compiled(name: str, document: Any) -> Program:
    loaded = assemble(source(name, document))
    return compile_program(list(loaded.modules), loaded.files, loaded.notes)


def run(program: Program) -> int:
    """Lets two people live; returns how many events there were."""
    assert check_tables(program) == []
    try:
        events = simulate(program, *PEOPLE, END, seed=3)
    except HilabError as error:
        check_sentence(str(error))
        return 0
    assert events.lives.slot[-1] == 1
    assert ((events.state >= 0) & (events.state < len(program.states))).all()
    return len(events)


@pytest.mark.parametrize("name", sorted(mutations.DOCUMENTS))
def test_the_originals_run(name: str) -> None:
    run(compiled(name, mutations.DOCUMENTS[name]))


@QUICK
@given(data=st.data(), name=st.sampled_from(sorted(mutations.DOCUMENTS)))
def test_altered_modules_run(data: st.DataObject, name: str) -> None:
    try:
        program = compiled(name, data.draw(mutations.alterations(name)))
    except HilabError as error:
        check_sentence(str(error))
    else:
        run(program)


@pytest.mark.parametrize("modules", [None, "synthea"])
def test_whole_sets_are_in_range(modules: str | None) -> None:
    assert check_tables(load_program(modules)) == []


@pytest.mark.parametrize(
    ("array", "column", "expected"),
    [
        ("states", "attribute", "attribute is"),
        ("states", "branch_to", "branch reaches beyond"),
        ("options", "target", "a target is"),
        ("tests", "yes", "does not lead to an earlier one"),
        ("starts", "state", "a start is"),
    ],
)
def test_an_index_out_of_range_is_seen(array: str, column: str, expected: str) -> None:
    program = compiled("own", mutations.DOCUMENTS["own"])
    program.tables[0][array][column][:1] = 99_999_999
    assert any(expected in sentence for sentence in check_tables(program))


def test_a_module_that_writes_without_end_is_named() -> None:
    code = {"system": "LOINC", "code": "1", "display": "x"}
    states = {
        "Initial": {"type": "Initial", "direct_transition": "Wait"},
        "Wait": {"type": "Delay", "exact": {"quantity": 10, "unit": "minutes"}, "direct_transition": "Write"},
        "Write": {
            "type": "Observation",
            "codes": [code],
            "exact": {"quantity": 1},
            "direct_transition": "Wait",
        },
    }
    program = compiled("m", {"name": "m", "states": states})
    with pytest.raises(HilabError, match=r'^m\.json, state "Write": expected fewer than 1,048,576 events\.$'):
        simulate(program, *PEOPLE, END, seed=3)
