import html
import re
from itertools import pairwise

import pytest

from grading.grade import grade
from grading.gradebook import mark_by_hand
from grading.judge import CheckResult, TaskResult
from grading.marking import Marks
from grading.report import _written, report
from grading.statistics import items, misconceptions_of
from sim.errors import HilabError
from tests.classroom import LAB, RIGHT, submit
from tests.grading.test_grade import ALL_FREE

LONG = "\n".join(f"    part_{n} = table['used'].sum() + {n} - table['bed'].nunique()" for n in range(12))
COPIED = {"solve_9_1": f"def free(table):\n{LONG}\n    return part_3\n\n\ndef busiest(table):\n    return 1"}


def marks(student, *got):
    tasks = tuple(
        TaskResult(
            f"9.{n}", f"Q{n}", 4.0, points, (CheckResult(f"9.{n}.a", "C", 4.0, points, "wrong", True),), codes
        )
        for n, (points, codes) in enumerate(got, start=1)
    )
    return Marks(student, LAB, "", tasks)


def test_difficulty_and_discrimination_by_hand():
    strong = [marks(f"s{n}", (4.0, ()), (4.0, ()), (0.0, ())) for n in range(6)]
    weak = [marks(f"w{n}", (0.0, ("MC08",)), (2.0, ("MC06", "MC08")), (4.0, ())) for n in range(6)]
    (first, checks), (second, _), (third, _) = items([*strong, *weak])
    assert (first.mean, first.full, first.none) == (0.5, 0.5, 0.5)
    assert second.mean == 0.75 and second.none == 0
    assert third.apart == -1.0 and first.apart == -1.0, "the rest of each falls as it rises"
    assert second.apart is None, "everybody has four points in the rest"
    assert checks[0].id == "9.1.a" and checks[0].mean == 0.5
    assert items([*strong[:2], *weak[:2]])[0][0].apart is None
    assert misconceptions_of([*strong, *weak]) == [("MC06", "9.2", 6), ("MC08", "9.1", 6)]


@pytest.fixture
def handed(course):
    submit(course, "ada", COPIED)
    other = COPIED["solve_9_1"].replace("part_", "step_").replace("table", "beds")
    submit(course, "ben", {"solve_9_1": other})
    submit(course, "cy", ALL_FREE)
    submit(course, "dot", {**RIGHT, "solve_9_2": "print('<script>')\nimport os\nos._exit(0)"})
    grade(course.folder, LAB)
    return course


def test_a_report_in_text_and_as_a_page(handed):
    (handed.folder / "published" / LAB).mkdir(parents=True)
    text = COPIED["solve_9_1"].replace("part_", "x")
    (handed.folder / "published" / LAB / "last year.py").write_text(text, encoding="utf-8")
    made = report(handed.folder, LAB)
    told = str(made)
    assert "4 of 5 people handed in" in told and "Not handed in\nStudent\neve" in told
    assert re.search(r"9\.1\s+ada\s+ben\s+100%", told)
    assert re.search(r"9\.1\s+ada\s+published/toy_lab/last year\.py\s+100%", told)
    assert re.search(r"1\s+9\.1\s+MC08", told) and "too few" in told
    page = made.path.read_text(encoding="utf-8")
    assert not re.search(r"<script|https?://|src=|@import", page)
    assert page.count("<h1>") == 1 and page.count("<table>") == page.count("<caption>") >= 5
    levels = [int(level) for level in re.findall(r"<h([1-6])", page)]
    assert levels[0] == 1 and all(b <= a + 1 for a, b in pairwise(levels))
    for link in re.findall(r"href='#([^']+)'", page):
        assert f"id='{link}'" in page
    assert html.escape("<script>") not in page, "code of students is not quoted"


def test_what_people_gave_for_a_criterion_is_told(course):
    for name, points in (("ada", 4.0), ("ben", 1.0), ("cy", None)):
        submit(course, name, RIGHT)
        grade(course.folder, LAB, [name])
        if points is not None:
            mark_by_hand(course, LAB, name, {"crit_1_harm": (points, "")})
    made = report(course.folder, LAB)
    (row,) = _written(made)[1]
    assert row[0].startswith("Harm") and row[1:] == ["2", "1", "62%"]
    assert "<th scope='col' class='number'>Marked</th>" in made.path.read_text(encoding="utf-8")


def test_nothing_to_report(course):
    with pytest.raises(HilabError, match="nobody's toy_lab is graded"):
        report(course.folder, LAB)
