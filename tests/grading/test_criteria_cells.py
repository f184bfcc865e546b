"""Every lab's written answers can be marked in formgrader, criterion by criterion."""

import json
import re

import pytest

from grading.course import build, init, load_course
from grading.grade import grade
from grading.gradebook import grades, mark_by_hand
from grading.kitfile import answer_cells, read_notebook, source_text
from grading.labbuild import build_release
from grading.labfacts import read_facts
from grading.labtext import grade_id, marks, source_notebook
from grading.standing import criteria, standings
from grading.tasks import labs_folder
from grading.words import LANGUAGES
from grading.written import read_rubric, rubric_name
from tests.classroom import LAB, submit

LABS = sorted(path.parent.name for path in labs_folder().glob("*/lab.py"))


def points_by_hand(lab):
    cells = source_notebook(labs_folder() / lab / "lab.py").cells
    return {grade_id(c): float(marks(c)["points"]) for c in cells if marks(c).get("task")}


@pytest.mark.parametrize("lab", LABS)
def test_criteria_give_the_points_that_the_lab_promises(lab):
    found = points_by_hand(lab)
    assert sum(found.values()) == read_facts(labs_folder() / lab)["points"]["manual"]
    assert all(points in (2.0, 4.0) for points in found.values()), "0, 1 or 2, times 1 or 2"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lab", [lab for lab in LABS if points_by_hand(lab)])
def test_each_criterion_says_what_earns_its_points(lab, language, tmp_path):
    """In the words of the question's table, so that nobody scrolls or multiplies while marking."""
    path = build_release(lab, tmp_path, labs_folder(), language)
    cells = read_notebook(path)["cells"]
    for name, points in points_by_hand(lab).items():
        (told,) = [
            source_text(cell)
            for cell in cells
            if cell["metadata"].get("nbgrader", {}).get("grade_id") == name
        ]
        steps = re.findall(r"^\* \*\*([0-9]+)\*\*: (.+)$", told, re.MULTILINE)
        assert [float(step) for step, _ in steps] == [0, points / 2, points], name
        asked = next(source_text(cell) for cell in cells if f"| {steps[2][1]} |" in source_text(cell))
        assert all(f"| {words} |" in asked for _, words in steps)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("lab", [lab for lab in LABS if points_by_hand(lab)])
def test_question_and_rubric_say_what_a_step_is_worth(lab, language, tmp_path):
    rubric = (labs_folder() / lab / rubric_name(language)).read_text(encoding="utf-8")
    cells = read_notebook(build_release(lab, tmp_path, labs_folder(), language))["cells"]
    notebook = "\n".join(source_text(cell) for cell in cells)
    for points in set(points_by_hand(lab).values()):
        assert points == 2 * read_rubric(rubric, lab).weight
        for told in (rubric, notebook):
            found = re.findall(r"step\s+is\s+worth\s+(\d+)\s+point|一级 (\d+) 分", told)
            assert [float(one or other) for one, other in found] == [points / 2]
        earned = re.findall(r"step 1, worth (\d+) point|得 1 级，即 (\d+) 分", rubric)
        assert all(float(one or other) == points / 2 for one, other in earned)


def test_nobody_is_asked_to_mark_the_text_itself(course):
    from nbgrader.api import Gradebook

    submit(course, "ada", {"answer_1_written": "Somebody is harmed."})
    grade(course.folder, LAB)
    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}", "hilab") as book:
        found = {
            grade_.name: grade_.needs_manual_grade
            for grade_ in book.find_submission_notebook(LAB, LAB, "ada").grades
        }
        assert found["crit_1_harm"] and not found["answer_1_written"]
    mark_by_hand(course, LAB, "ada", {"crit_1_harm": (3.0, "")})
    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}", "hilab") as book:
        assert not book.find_submission_notebook(LAB, LAB, "ada").needs_manual_grade


@pytest.mark.parametrize("lab", [lab for lab in LABS if points_by_hand(lab)][:2])
def test_the_gradebook_knows_every_criterion(lab, tmp_path):
    """nbgrader's own gradebook, from the released notebook on; formgrader shows what it holds."""
    from nbgrader.api import Gradebook

    init(tmp_path / "course")
    build(tmp_path / "course", lab)
    with Gradebook(f"sqlite:///{tmp_path / 'course' / 'gradebook.db'}", "hilab") as book:
        found = book.find_assignment(lab).notebooks[0].task_cells
        assert {cell.name: cell.max_score for cell in found} == points_by_hand(lab)
    titles = criteria(load_course(tmp_path / "course"), lab)
    assert set(titles) == set(points_by_hand(lab)) and all(titles.values())
    released = read_notebook(tmp_path / "course" / "release" / lab / f"{lab}.ipynb")
    assert any(name.startswith("answer_") for name in answer_cells(released))


def test_points_of_criteria_reach_the_mark_and_survive_grading_again(course):
    submit(course, "ada", {"answer_1_written": "Somebody is harmed."})
    grade(course.folder, LAB)
    assert standings(course, LAB)[0].waiting == 1
    mark_by_hand(course, LAB, "ada", {"crit_1_harm": (3.0, "Who?")})
    before = standings(course, LAB)[0]
    assert (before.written, before.waiting, before.final) == (3.0, 0, 3.0)
    assert "Who?" in json.dumps([grade_.comment for grade_ in grades(course, LAB)["ada"]])
    grade(course.folder, LAB, again=True)
    assert standings(course, LAB)[0].written == 3.0
