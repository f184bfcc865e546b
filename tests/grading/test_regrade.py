import shutil
import threading
from contextlib import contextmanager

import pytest

from grading.audit import acts, trail
from grading.grade import grade
from grading.gradebook import grades, mark_by_hand, score
from grading.marking import found_marks, load_marks
from grading.regrade import plan_regrade, plan_void, write
from grading.turn import turn
from sim.errors import HilabError
from tests.classroom import LAB, LABS, RIGHT, submit

BUSY_WRONG = {**RIGHT, "solve_9_1": RIGHT["solve_9_1"].replace("max()", "min()")}
MODE = {
    "solve_9_2": "def shout(text):\n    return text",
    "solve_9_1": RIGHT["solve_9_1"].replace("table['used'] == 0", "table['used'] <= 1"),
}


@pytest.fixture
def marked(course, tmp_path, monkeypatch):
    """Three hand-ins are graded, and the lab's checks lie where a test may change them."""
    labs = tmp_path / "labs"
    shutil.copytree(LABS, labs)
    monkeypatch.setenv("HILAB_LABS", str(labs))
    submit(course, "ada", RIGHT)
    submit(course, "ben", BUSY_WRONG)
    submit(course, "cy", MODE)
    grade(course.folder, LAB)
    return course


def checks(tmp_path, old, new):
    path = tmp_path / "labs" / LAB / "tasks.py"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def points(course):
    return {name: score(course, LAB, name)[0] for name in ("ada", "ben", "cy")}


SAME = "return float(value == case.expected)"
WORST = ('("fixture",),\n', '("fixture",), "worst",\n')
MILD = (SAME, "return float(case.function == 'busiest' or value == case.expected)")
ELSEWHERE = (SAME, "return max(0.5 * (case.function == 'shout'), float(value == case.expected))")


def test_a_regrade_shows_then_writes_and_leaves_a_trail(marked, tmp_path):
    assert points(marked) == {"ada": 5.0, "ben": 4.0, "cy": 1.5}
    mark_by_hand(marked, LAB, "ben", {"crit_1_harm": (3.0, "")})
    checks(tmp_path, *MILD)
    plan = plan_regrade(marked.folder, ["9.1"], 1)
    assert [(c.student, c.before, c.after) for c in plan.changes] == [("ben", 3.0, 4.0)]
    assert "ben  9.1  3 to 4 (+1)" in str(plan)
    assert points(marked)["ben"] == 4.0 + 3.0 and not acts(marked), "shown, not written"
    assert "act 1" in write(plan, "busiest asked for the wrong thing")
    assert points(marked)["ben"] == 5.0 + 3.0 and found_marks(marked, LAB, "ben").got == 5.0
    assert not any(g.waits and g.points for g in grades(marked, LAB)["ben"]), (
        "what a person marked stays marked"
    )
    page = (marked.folder / "feedback" / "ben" / LAB / "feedback.html").read_text(encoding="utf-8")
    assert "5 of 6 points" in page
    told = trail(marked.folder)
    assert (
        "regrade toy_lab 9.1. Reason: busiest asked for the wrong thing" in told
        and "ben, 9.1: 3 to 4" in told
    )
    assert plan_regrade(marked.folder, ["9.1"], 1).changes == ()


def test_no_mark_falls_unasked(marked, tmp_path):
    checks(tmp_path, *WORST)
    checks(tmp_path, *ELSEWHERE)
    with pytest.raises(HilabError, match=r"Points of 9\.2 change as well; name all: hilab regrade 9\.1 9\.2"):
        plan_regrade(marked.folder, ["9.1"], 1)
    plan = plan_regrade(marked.folder, ["9.1", "9.2"], 1)
    assert {(c.student, c.task, c.before, c.after) for c in plan.changes} == {
        ("cy", "9.1", 1.5, 1.0),
        ("cy", "9.2", 0.0, 0.5),
    }
    assert "1 marks would have fallen and were kept" in write(plan, "all examples")
    assert points(marked) == {"ada": 5.0, "ben": 4.0, "cy": 2.0}
    assert found_marks(marked, LAB, "cy").got == 1.5
    notes = [str(note) for note in load_marks(marked, LAB, "cy").notes]
    assert notes == ["Question 9.1: the checks were changed after your hand-in. You keep your 1.5 points."]
    assert grade(marked.folder, LAB).marks["cy"].got == 2.0, "grading again keeps it"
    other = {**MODE, "solve_9_1": MODE["solve_9_1"] + "\n# other"}
    submit(marked, "cy", other)
    assert grade(marked.folder, LAB).marks["cy"].got == 1.5, "another answer is judged by the new checks"
    submit(marked, "cy", MODE)
    assert grade(marked.folder, LAB).marks["cy"].got == 2.0
    write(plan_regrade(marked.folder, ["9.1", "9.2"], 1), "all examples, really", lower=True)
    assert points(marked)["cy"] == 1.5
    assert grade(marked.folder, LAB).marks["cy"].got == 1.5


def test_what_a_person_decided_in_formgrader_stays(marked, tmp_path):
    mark_by_hand(marked, LAB, "ben", {"mark_9_1": (3.5, "")})
    checks(tmp_path, *MILD)
    plan = plan_regrade(marked.folder, ["9.1"], 1)
    assert "marked by a person in formgrader: stays" in str(plan)
    write(plan, "why not")
    assert points(marked)["ben"] == 3.5 + 1.0


def test_a_void_task_gives_everybody_full_points_and_can_count_again(marked):
    plan = plan_void(marked.folder, "9.1")
    assert {c.student for c in plan.changes} == {"ben", "cy"}
    write(plan, "the text was wrong")
    assert points(marked) == {"ada": 5.0, "ben": 5.0, "cy": 4.0}
    page = (marked.folder / "feedback" / "cy" / LAB / "feedback.html").read_text(encoding="utf-8")
    assert "everybody has its full points. Reason: the text was wrong" in page
    with pytest.raises(HilabError, match="void already"):
        plan_void(marked.folder, "9.1")
    back = plan_void(marked.folder, "9.1", undo=True)
    with pytest.raises(HilabError, match="say --yes-lower"):
        write(back, "it was right")
    write(back, "it was right", lower=True)
    assert points(marked) == {"ada": 5.0, "ben": 4.0, "cy": 1.5}
    assert [act.what for act in acts(marked)] == ["void", "unvoid"]


def test_bad_requests(marked):
    for numbers in (["9.9"], ["9.1", "0.1"], []):
        with pytest.raises(HilabError, match="No lab holds task"):
            plan_regrade(marked.folder, numbers)
    with pytest.raises(HilabError, match="is not void"):
        plan_void(marked.folder, "9.1", undo=True)
    with pytest.raises(HilabError, match="Give a reason"):
        write(plan_void(marked.folder, "9.1"), "  ")
    assert not acts(marked) and points(marked)["cy"] == 1.5


@contextmanager
def another_grader(course):
    """Another thread holds the course, as another process would."""
    held, over = threading.Event(), threading.Event()

    def hold():
        with turn(course):
            held.set()
            over.wait(60)

    other = threading.Thread(target=hold)
    other.start()
    held.wait(60)
    try:
        yield over
    finally:
        over.set()
        other.join()


def test_while_another_grades_nothing_is_regraded_or_voided(marked, tmp_path):
    void = plan_void(marked.folder, "9.1")
    checks(tmp_path, *MILD)
    plan = plan_regrade(marked.folder, ["9.1"], 1)
    with another_grader(marked) as over:
        with pytest.raises(HilabError, match="has been grading this course"):
            plan_regrade(marked.folder, ["9.1"], 1)
        for one in (plan, void):
            with pytest.raises(HilabError, match="has been grading this course"):
                write(one, "not now")
        assert points(marked) == {"ada": 5.0, "ben": 4.0, "cy": 1.5} and not acts(marked)
        threading.Timer(1.0, over.set).start()
        assert "act 1" in write(plan, "after the other", wait=True)
    assert points(marked)["ben"] == 5.0


def test_what_was_graded_after_the_plan_is_not_overwritten(marked, tmp_path):
    checks(tmp_path, *MILD)
    plan = plan_regrade(marked.folder, ["9.1"], 1)
    void = plan_void(marked.folder, "9.1")
    submit(marked, "ben", MODE)
    assert grade(marked.folder, LAB, ["ben"]).marks["ben"].got == 2.5
    for one in (plan, void):
        with pytest.raises(HilabError, match="in the meantime toy_lab of ben was graded"):
            write(one, "too late")
    assert points(marked)["ben"] == 2.5 and not acts(marked)
