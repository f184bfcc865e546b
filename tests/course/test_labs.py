"""The text of the labs: cells, stubs, points, codes, and a checker that finds what is planted."""

import ast
import shutil
from copy import deepcopy
from dataclasses import replace

import pytest

from grading.catalogue import competencies, misconceptions
from grading.labcheck import check_lab
from grading.labfacts import read_facts
from grading.labtext import grade_id, marks, release_notebook, source_notebook
from grading.tasks import lab_folder
from grading.words import LANGUAGES
from grading.written import read_rubric, rubric_name
from sim.errors import HilabError
from tests.course.answers import LABS, source_cells, stub_cells, tasks, wrong


@pytest.fixture(params=LABS)
def lab(request):
    return request.param


@pytest.fixture
def parts(lab):
    """Returns what the checker looks at, to be spoilt at will."""
    folder = lab_folder(lab)
    return [source_notebook(folder / "lab.py"), deepcopy(read_facts(folder)), list(tasks(lab)), folder]


def cell_of(notebook, name):
    return next(cell for cell in notebook.cells if grade_id(cell) == name)


def test_labs_pass_the_checker(parts):
    check_lab(*parts)


def test_released_cells_are_python_without_solutions(lab, parts):
    released = release_notebook(parts[0])
    for cell in released.cells:
        if cell.cell_type == "code":
            ast.parse(cell.source)
        assert "SOLUTION" not in cell.source


def test_stubs_are_functions_with_docstring_that_do_nothing(lab):
    for task in tasks(lab):
        body = ast.parse(stub_cells(lab)[task.cell]).body
        assert [node.name for node in body] == list(task.functions)
        for node in body:
            assert ast.get_docstring(node)
            assert isinstance(node.body[-1], ast.Raise) and len(node.body) == 2


def test_setup_cell_imports_and_does_nothing_else(lab):
    body = ast.parse(source_cells(lab)["setup"]).body
    assert all(isinstance(node, ast.Import | ast.ImportFrom) for node in body)


def test_points_add_up_to_what_lab_yaml_says(parts):
    notebook, facts, listed, _ = parts
    assert {task.id: task.points for task in listed if not task.optional} == facts["tasks"]
    assert {task.id: task.points for task in listed if task.optional} == facts.get("optional", {})
    by_hand = sum(marks(cell)["points"] for cell in notebook.cells if marks(cell).get("task"))
    assert facts["points"] == {"automatic": sum(facts["tasks"].values()), "manual": by_hand}


def test_three_quarters_are_for_behaviour(lab):
    """The second function of a task carries its insight; lab 0 is a drill."""
    for task in tasks(lab):
        insight = sum(check.points for check in task.checks if check.function == task.functions[-1])
        drill = lab == "l0_orientation" or task.optional
        assert drill or insight == pytest.approx(task.points / 4)


def test_every_wrong_solution_has_a_known_code_and_task(lab):
    numbers = {task.id for task in tasks(lab)}
    for answer in wrong(lab):
        assert answer.code in misconceptions() and answer.task in numbers
        assert 0 <= answer.band[0] <= answer.band[1] < 1
        ast.parse(answer.source)


def test_symptoms_and_wrong_solutions_know_the_same_codes(lab):
    shown = {(answer.task, answer.code) for answer in wrong(lab)}
    assert {(task.id, symptom.code) for task in tasks(lab) for symptom in task.symptoms} == shown


def test_misconceptions_have_a_statement_and_three_hints():
    for code, entry in misconceptions().items():
        assert code.startswith(("MC", "ENV-"))
        assert entry.statement and len(set(entry.hints)) == 3 and all(entry.hints)


def test_labs_refer_to_known_competencies(parts):
    assert parts[1]["competencies"] and set(parts[1]["competencies"]) <= competencies()


def spoil_competency(parts):
    parts[1]["competencies"].append("AMIA-F99")


def spoil_hint(parts):
    parts[2][0] = replace(parts[2][0], hints=("one", "two", " "))


def spoil_points(parts):
    cell_of(parts[0], parts[2][0].grade_cell).metadata["nbgrader"]["points"] += 1


def spoil_heading(parts):
    parts[0].cells[0].source += "\n\n#### Too deep"


def spoil_picture(parts):
    parts[0].cells[0].source += "\n\n![](ward.png)"


def spoil_stub(parts):
    cell = cell_of(parts[0], parts[2][0].cell)
    bare = cell.source.replace("### BEGIN SOLUTION", "").replace("### END SOLUTION", "")
    cell.source = f"{bare}\n\ndef spare():\n    ### BEGIN SOLUTION\n    pass\n    ### END SOLUTION"


def spoil_criterion(parts):
    for name, source in (("answer_beauty", "Your answer"), ("crit_beauty", "*Beauty* (2 points)")):
        cell = deepcopy(parts[0].cells[0])
        cell.source = source
        cell.metadata["nbgrader"] = {"grade_id": name, "task": name.startswith("crit"), "points": 2}
        parts[0].cells.append(cell)
    parts[1]["points"]["manual"] += 2


def spoil_manual_points(parts):
    parts[1]["points"]["manual"] += 1


SPOILT = {
    "rubric.md has no heading 'Beauty'": spoil_criterion,
    "points by hand": spoil_manual_points,
    "AMIA-F99": spoil_competency,
    "needs three hints": spoil_hint,
    "points": spoil_points,
    "Too deep": spoil_heading,
    "without a text": spoil_picture,
    "the stub of task": spoil_stub,
}


@pytest.mark.parametrize("told", SPOILT)
def test_a_spoilt_lab_is_refused(told, parts):
    SPOILT[told](parts)
    with pytest.raises(HilabError, match=told):
        check_lab(*parts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rubric_must_call_its_criteria_as_the_cells_of_its_language(parts, language, tmp_path):
    folder = shutil.copytree(parts[3], tmp_path / parts[3].name)
    rubric = folder / rubric_name(language)
    text = rubric.read_text(encoding="utf-8")
    title = next(iter(read_rubric(text, folder.name).criteria))
    rubric.write_text(text.replace(f"### {title}\n", "### Beauty\n"), encoding="utf-8")
    with pytest.raises(HilabError, match=rf"{rubric.name} has no heading '{title}'"):
        check_lab(*parts[:3], folder)
