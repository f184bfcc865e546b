"""From a lab's text to its notebooks, and what a lab must hold before it is built."""

import ast
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode

from grading.labbuild import build_release, checked_source
from grading.labcheck import check_lab
from grading.labtext import release_notebook, save_notebook, solution_lines, source_notebook
from grading.tasks import Task, load_tasks
from grading.wheel import CHECKOUT
from sim.errors import HilabError
from tests.classroom import LAB, LABS

TEXTS = [*sorted((CHECKOUT / "course" / "labs").glob("*/lab.py")), LABS / LAB / "lab.py"]
lab_texts = pytest.mark.parametrize("text", TEXTS, ids=lambda path: path.parent.name)


@lab_texts
def test_release_is_what_nbgrader_releases(text: Path) -> None:
    from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions

    source = source_notebook(text)
    theirs: Any = deepcopy(source)
    for step in (ClearSolutions, ClearHiddenTests, ClearMarkScheme):
        theirs, _ = step().preprocess(theirs, {})
    assert [cell.source for cell in release_notebook(source).cells] == [cell.source for cell in theirs.cells]


@lab_texts
def test_release_holds_no_solution(text: Path) -> None:
    source = source_notebook(text)
    released = "\n".join(cell.source for cell in release_notebook(source).cells)
    lines = solution_lines(source)
    assert lines
    assert not [line for line in lines if line in released.split("\n")]
    assert "SOLUTION" not in released


@lab_texts
def test_equal_texts_are_equal_bytes(text: Path, tmp_path: Path) -> None:
    first = save_notebook(source_notebook(text), tmp_path / "a.ipynb").read_bytes()
    assert save_notebook(source_notebook(text), tmp_path / "b.ipynb").read_bytes() == first
    assert b"lines_to_next_cell" not in first


@pytest.mark.parametrize("text", TEXTS[:-1], ids=lambda path: path.parent.name)
def test_our_labs_pass_their_checks(text: Path) -> None:
    source = checked_source(text.parent.name, text.parent.parent)
    for cell in source.cells:
        if cell.cell_type == "code":
            ast.parse(cell.source)


# ---- what a lab must hold ------------------------------------------------------------------------


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> tuple[NotebookNode, list[Task]]:
    monkeypatch.setenv("HILAB_LABS", str(LABS))
    return source_notebook(LABS / LAB / "lab.py"), load_tasks(LAB)


def cell(source: NotebookNode, name: str) -> NotebookNode:
    return next(each for each in source.cells if each.id == name)


def refused(source: NotebookNode, tasks: list[Task], match: str, **facts: Any) -> None:
    with pytest.raises(HilabError, match=match):
        check_lab(source, facts, tasks, Path("toy"))


def test_toy_passes(toy: tuple[NotebookNode, list[Task]]) -> None:
    check_lab(toy[0], {}, toy[1], Path("toy"))


def test_hint_is_needed(toy: tuple[NotebookNode, list[Task]]) -> None:
    object.__setattr__(toy[1][0], "hints", ("one", "", "three"))
    refused(*toy, "task 9.1 needs three hints")


def test_points_must_agree(toy: tuple[NotebookNode, list[Task]]) -> None:
    cell(toy[0], "mark_9_1").metadata["nbgrader"]["points"] = 5
    refused(*toy, "gives 5 points, the checks of 9.1 4")


def test_cells_must_be_there(toy: tuple[NotebookNode, list[Task]]) -> None:
    toy[0].cells.remove(cell(toy[0], "mark_9_2"))
    refused(*toy, "has no cell 'mark_9_2'")


def test_headings_go_down_step_by_step(toy: tuple[NotebookNode, list[Task]]) -> None:
    toy[0].cells[0].source += "\n\n### Too deep"
    refused(*toy, "'Too deep'")


@pytest.mark.parametrize("image", ["![](plan.png)", "<img src='plan.png'>", "![ ](plan.png)"])
def test_image_needs_a_text(toy: tuple[NotebookNode, list[Task]], image: str) -> None:
    toy[0].cells[0].source += "\n\n" + image
    refused(*toy, "image without a text")


def test_image_with_a_text_passes(toy: tuple[NotebookNode, list[Task]]) -> None:
    toy[0].cells[0].source += "\n\n![A plan of the ward](plan.png) <img alt='A bed' src='bed.png'>"
    check_lab(toy[0], {}, toy[1], Path("toy"))


def test_figure_needs_words(toy: tuple[NotebookNode, list[Task]]) -> None:
    figure = NotebookNode(cell_type="code", id="figure", metadata=NotebookNode(), source="px.bar(counts)")
    toy[0].cells.append(figure)
    refused(*toy, "figure that the next cells do not tell in words")
    toy[0].cells.append(
        NotebookNode(cell_type="markdown", id="words", metadata={}, source="*In words*: low.")
    )
    check_lab(toy[0], {}, toy[1], Path("toy"))


def test_competency_must_be_known(toy: tuple[NotebookNode, list[Task]]) -> None:
    refused(*toy, "'NOBODY-9'", competencies=["NOBODY-9"])


@pytest.mark.parametrize(
    ("value", "match"), [(True, "only l2_standardization"), ("yes", "true or false was")]
)
def test_checkpoint_must_be_one_that_there_is(
    toy: tuple[NotebookNode, list[Task]], value: object, match: str
) -> None:
    refused(*toy, match, checkpoint=value)
    check_lab(toy[0], {"checkpoint": True}, toy[1], Path("l3_sharing"))


def test_stub_must_earn_nothing(toy: tuple[NotebookNode, list[Task]]) -> None:
    stub = cell(toy[0], "solve_9_2")
    stub.source = "def shout(text):\n    return text.upper()\n    ### BEGIN SOLUTION\n    ### END SOLUTION"
    refused(*toy, "the stub of task 9.2 earns 1 points")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "no text cell"),
        ("# %% [markdown]\n# # A\n\n" + 2 * '# %% nbgrader={"grade_id": "a"}\n1\n', "stands on two cells"),
    ],
)
def test_text_that_is_no_lab_is_one_sentence(tmp_path: Path, text: str, match: str) -> None:
    (tmp_path / "lab.py").write_text(text, encoding="utf-8")
    with pytest.raises(HilabError, match=match):
        source_notebook(tmp_path / "lab.py")


def test_missing_and_undecodable_texts_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(HilabError, match="no such file"):
        build_release("l0_orientation", tmp_path, tmp_path)
    (tmp_path / "lab.py").write_bytes(b"# %%\n\xff")
    with pytest.raises(HilabError, match="not UTF-8"):
        source_notebook(tmp_path / "lab.py")


@pytest.mark.parametrize("text", ["### BEGIN SOLUTION", "### END SOLUTION", "### BEGIN HIDDEN TESTS"])
def test_unended_region_is_one_sentence(toy: tuple[NotebookNode, list[Task]], text: str) -> None:
    cell(toy[0], "solve_9_1").source = text
    with pytest.raises(HilabError, match="solve_9_1"):
        release_notebook(toy[0])
