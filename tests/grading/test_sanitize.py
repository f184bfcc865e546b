import copy
import json

import pytest

from grading.sanitize import LARGEST_CELL, MOST_CELLS, MOST_FREE, read_handin, rebuild
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
    assert (
        made.notebook["metadata"] == model["metadata"]
        and cell_of(made.notebook, "solve_9_1")["outputs"] == []
    )
    assert [name for name in names(made.notebook) if name] == [name for name in names(model) if name]
    assert not any(cell["metadata"].get("tags") for cell in made.notebook["cells"])
    own = {cell["source"]: cell for cell in made.notebook["cells"] if cell["id"].startswith("own-")}
    assert list(own) == ["evil()", "import os", "4.0"] and made.notebook["cells"][0]["source"] == "evil()"
    assert {note.code for note in made.notes} == {"note.changed"} and len(made.notes) == 2
    assert not any(cell["metadata"] or cell["outputs"] for cell in own.values())


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


def test_two_different_copies_count_one_after_the_other(course):
    """A cell that was split in two holds half an answer in each part."""
    one, two = RIGHT["solve_9_1"].split("\n\n\n")
    handed = with_copy(answered(course, {"solve_9_1": one}), "solve_9_1", two)
    made = rebuild(release(course), handed)
    assert made.answers["solve_9_1"] == f"{one}\n\n{two}" and [str(n.code) for n in made.notes] == [
        "note.joined"
    ]


def test_own_cells_stay_where_they_stood(course):
    handed = answered(course, RIGHT)
    place = handed["cells"].index(cell_of(handed, "mark_9_1"))
    mine = {
        "cell_type": "markdown",
        "id": "x",
        "metadata": {"tags": ["a"], "nbgrader": 3},
        "source": ["My\n", "note"],
    }
    handed["cells"].insert(place, mine)
    made = rebuild(release(course), handed)
    found = made.notebook["cells"][place]
    assert found == {"cell_type": "markdown", "id": "own-001", "metadata": {}, "source": "My\nnote"}
    assert made.notes == ()
    again = rebuild(release(course), made.notebook)
    assert again == made, "rebuilding a rebuilt hand-in changes nothing"


def test_text_of_the_lab_that_moved_is_not_the_students_own(course):
    model = release(course)
    handed = answered(course, RIGHT)
    for number, cell in enumerate(handed["cells"]):
        cell["id"] = f"cell-{number + 40:03d}"
    made = rebuild(model, handed)
    assert (
        len(made.notebook["cells"]) == len(model["cells"]) and made.answers["solve_9_2"] == RIGHT["solve_9_2"]
    )


def test_own_cells_have_a_limit(course):
    handed = answered(course, RIGHT)
    mine = [{"cell_type": "raw", "metadata": {}, "source": f"cell {n}"} for n in range(MOST_FREE + 7)]
    handed["cells"] += [*mine, {"cell_type": "raw", "metadata": {}, "source": "x" * (LARGEST_CELL + 1)}]
    made = rebuild(release(course), handed)
    assert str(made.notes[0]).startswith("8 of your own cells")
    assert sum(cell["id"].startswith("own-") for cell in made.notebook["cells"]) == MOST_FREE


def test_what_cannot_be_stored_is_replaced(course):
    made = rebuild(release(course), answered(course, {"solve_9_2": "a\ud800b\0c \ud83d\ude00"}))
    assert made.answers["solve_9_2"] == "a�b�c 😀" and str(made.notebook).encode("utf-8")


def test_pictures_are_left_out_and_said(course):
    handed = answered(course, {"answer_1_written": "See."})
    cell_of(handed, "answer_1_written")["attachments"] = {"a.png": {"image/png": "AAAA"}}
    made = rebuild(release(course), handed)
    assert "AAAA" not in str(made.notebook) and made.notes[0].code == "note.picture"


def test_too_many_cells_are_refused(tmp_path):
    cells = [{"cell_type": "raw", "metadata": {}, "source": ""}] * (MOST_CELLS + 1)
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    with pytest.raises(HilabError, match="at most 2,000"):
        read_handin(path)


def test_a_huge_answer_is_not_read(course):
    made = rebuild(release(course), answered(course, {"solve_9_1": "#" * (LARGEST_CELL + 1)}))
    assert "solve_9_1" in made.open and "characters" in str(made.notes[0])


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
