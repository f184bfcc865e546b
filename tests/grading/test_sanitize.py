import copy

import pytest

from grading.sanitize import LARGEST_CELL, read_handin, rebuild
from sim.errors import HilabError
from tests.classroom import RIGHT, answered, cell_of, release, with_copy


def names(notebook):
    return [cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in notebook["cells"]]


def test_only_answers_pass(course):
    handed = answered(course, RIGHT)
    handed["metadata"]["kernelspec"] = {"name": "evil"}
    for cell in handed["cells"]:
        cell["metadata"]["tags"] = ["skip-execution"]
    cell_of(handed, "mark_9_1")["source"] = "4.0"
    cell_of(handed, "mark_9_1")["metadata"]["nbgrader"]["points"] = 400
    cell_of(handed, "setup")["source"] = "import os"
    cell_of(handed, "solve_9_1")["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x"}]
    handed["cells"].insert(0, {"cell_type": "code", "metadata": {}, "source": "evil()", "outputs": []})
    made = rebuild(release(course), handed)
    assert made.answers["solve_9_1"] == RIGHT["solve_9_1"] and made.open == {"answer_1_written"}
    model = release(course)
    for name in ("setup", "mark_9_1"):
        want, got = cell_of(model, name), cell_of(made.notebook, name)
        assert got["metadata"] == want["metadata"] and got["source"] == "".join(want["source"])
    assert made.notebook["metadata"] == model["metadata"] and names(made.notebook) == names(model)
    assert "evil" not in str(made.notebook) and cell_of(made.notebook, "solve_9_1")["outputs"] == []


def test_deleted_cells_are_put_back(course):
    handed = answered(course, RIGHT)
    handed["cells"] = [
        c
        for c in handed["cells"]
        if c["metadata"].get("nbgrader", {}).get("grade_id") not in ("mark_9_1", "solve_9_2")
    ]
    made = rebuild(release(course), handed)
    assert "solve_9_2" in made.open and "solve_9_1" not in made.open
    assert len(made.notes) == 2 and names(made.notebook) == names(release(course))


@pytest.mark.parametrize("first", [True, False])
def test_of_copies_the_changed_one_counts(course, first):
    stub = "".join(cell_of(release(course), "solve_9_2")["source"])
    own, other = (RIGHT["solve_9_2"], stub) if first else (stub, RIGHT["solve_9_2"])
    handed = with_copy(answered(course, {**RIGHT, "solve_9_2": own}), "solve_9_2", other)
    made = rebuild(release(course), handed)
    assert made.answers["solve_9_2"] == RIGHT["solve_9_2"] and len(made.notes) == 1


def test_all_copies_of_a_written_answer_are_kept(course):
    handed = with_copy(answered(course, {"answer_1_written": "First."}), "answer_1_written", "Second.")
    assert rebuild(release(course), handed).answers["answer_1_written"] == "First.\n\nSecond."


def test_cells_are_found_by_id_when_a_tool_dropped_their_metadata(course):
    handed = answered(course, RIGHT)
    for cell in handed["cells"]:
        cell["metadata"] = {}
    assert rebuild(release(course), handed).answers["solve_9_1"] == RIGHT["solve_9_1"]


def test_a_huge_answer_is_not_read(course):
    made = rebuild(release(course), answered(course, {"solve_9_1": "#" * (LARGEST_CELL + 1)}))
    assert "solve_9_1" in made.open and "characters" in made.notes[0]


def test_rebuilding_changes_nothing_it_was_given(course):
    model, handed = release(course), answered(course, RIGHT)
    before = copy.deepcopy((model, handed))
    rebuild(model, handed)
    assert (model, handed) == before


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b'{"cells": 1}',
        b'{"cells": [1]}',
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"cells":[{"source":1}]}',
    ],
)
def test_what_is_no_notebook_is_said_in_one_sentence(tmp_path, raw):
    path = tmp_path / "x.ipynb"
    path.write_bytes(raw)
    with pytest.raises(HilabError, match="not a notebook"):
        read_handin(path)


def test_links_are_refused(tmp_path):
    (tmp_path / "x.ipynb").symlink_to("/etc/passwd")
    with pytest.raises(HilabError, match="link"):
        read_handin(tmp_path / "x.ipynb")
