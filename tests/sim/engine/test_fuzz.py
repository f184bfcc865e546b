"""A module file loads, or is refused in one sentence. HILAB_FUZZ=50 tries fifty times as many."""

import json
import os
import re
from typing import Any

import every_state
import mutations
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.engine.gmf_load import Loaded, assemble
from sim.engine.lookup import read_table
from sim.engine.sources import File, Source
from sim.errors import HilabError

TIMES = int(os.environ.get("HILAB_FUZZ", "1"))
QUICK = settings(max_examples=200 * TIMES, deadline=None, suppress_health_check=list(HealthCheck))

TABLE = File("t.csv", b"age,mood,Wait,Visit\n0-9,1,0.5,0.5\n10-99,*,0,1\n")


def source(name: str, document: Any, tables: dict[str, File] | None = None) -> Source:
    found = {name: document, **mutations.SUBMODULES}
    files = {path: File(f"{path}.json", json.dumps(content).encode()) for path, content in found.items()}
    return Source(files, tables or {}, {})


def load(found: Source) -> Loaded | None:
    """Loads what can be loaded; what is refused must be refused in one useful sentence."""
    try:
        return assemble(found)
    except HilabError as error:
        check_sentence(str(error))
        return None


def check_sentence(said: str) -> None:
    assert re.match(r"[\w/]+\.(json|csv)(, (state|line) |: )", said), said
    assert said.endswith(".") and said.isprintable() and len(said) < 700, said
    said.encode()


@pytest.mark.parametrize("name", sorted(mutations.DOCUMENTS))
def test_the_originals_load(name: str) -> None:
    loaded = load(source(name, mutations.DOCUMENTS[name]))
    assert loaded is not None and set(loaded.modules[0].nodes) == set(mutations.DOCUMENTS[name]["states"])


@QUICK
@given(data=st.data(), name=st.sampled_from(sorted(mutations.DOCUMENTS)))
def test_changed_modules_load_or_are_refused(data: st.DataObject, name: str) -> None:
    load(source(name, data.draw(mutations.changes(name))))


@QUICK
@given(place=st.sampled_from(mutations.PLACES["own"]), wrong=mutations.WRONG)
def test_a_refusal_names_state_and_field(place: mutations.Where, wrong: Any) -> None:
    document = json.loads(json.dumps(mutations.DOCUMENTS["own"]))
    mutations.lookup(document, place[:-1])[place[-1]] = wrong
    try:
        assemble(source("own", document))
    except HilabError as error:
        said = str(error)
        check_sentence(said)
        if len(place) > 2:
            assert re.match(r'(own|sub/inner)\.json, state "[^"]+": ', said), said


@settings(QUICK, max_examples=100 * TIMES)
@given(content=st.binary(max_size=200))
def test_any_bytes_are_refused(content: bytes) -> None:
    assert load(Source({"own": File("own.json", content)}, {}, {})) is None


CELLS = st.one_of(
    st.sampled_from(["age", "time", "gender", "race", "Wait", "Visit", "0-9", "F", "0.5", "1", "*", ""]),
    st.text(max_size=4),
)


@QUICK
@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=4), raw=st.binary(max_size=9))
def test_any_table_loads_or_is_refused_with_its_line(rows: list[list[str]], raw: bytes) -> None:
    lines = [",".join(cells) for cells in [["age", "mood", "Wait", "Visit"], *rows]]
    content = "\n".join(lines).encode("utf-8", "surrogatepass") + raw
    try:
        read_table("t.csv", content)
    except HilabError as error:
        check_sentence(str(error))
    items = [
        {"transition": target, "default_probability": 0.5, "lookup_table_name": "t.csv"}
        for target in ("Wait", "Visit")
    ]
    states = every_state.STATES | {"Fork": {"type": "Simple", "lookup_table_transition": items}}
    document = {"name": "own", "states": states}
    load(source("own", document, {"t.csv": File("t.csv", content)}))
    assert load(source("own", document, {"t.csv": TABLE})) is not None
