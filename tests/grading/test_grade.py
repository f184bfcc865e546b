import html
import os
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from grading import districts, marking
from grading.collect import collect
from grading.course import build
from grading.grade import grade, tidy
from grading.gradebook import score
from grading.marking import load_marks
from grading.pool import close_all
from grading.turn import turn
from sim.errors import HilabError
from tests.classroom import LAB, RIGHT, answered, cell_of, submit, with_copy

ALL_FREE = {"solve_9_1": "def free(table):\n    return len(table)\n\n\ndef busiest(table):\n    return 1"}


def points(course, student, task="9.1"):
    marks = load_marks(course, LAB, student)
    return next(result.got for result in marks.tasks if result.task == task)


def test_a_class(course):
    """Right, wrong in a known way, empty, and cells deleted, copied, warning, dying, endless."""
    submit(course, "ada", RIGHT)
    submit(course, "ben", ALL_FREE)
    submit(course, "cy", {})
    dying = {
        **RIGHT,
        "solve_9_1": "import os\ndef free(table):\n    os._exit(1)\ndef busiest(table):\n    return 1",
    }
    handed = with_copy(answered(course, dying), "mark_9_2", "2.0")
    handed["cells"].remove(cell_of(handed, "mark_9_1"))
    submit(course, "dot", notebook=handed)
    noisy = "import sys, warnings\nwarnings.warn('x')\nprint('y', file=sys.stderr)\n"
    loop = {
        "solve_9_1": noisy + RIGHT["solve_9_1"],
        "solve_9_2": "def shout(text):\n    while True:\n        pass",
    }
    submit(course, "eve", loop)
    done = grade(course.folder, LAB)
    assert {name: marks.got for name, marks in done.marks.items()} == {
        "ada": 5.0,
        "ben": 0.5,
        "cy": 0.0,
        "dot": 1.0,
        "eve": 4.0,
    }
    for name, marks in done.marks.items():
        assert score(course, LAB, name)[0] == marks.got
    ben = next(result for result in done.marks["ben"].tasks if result.task == "9.1")
    assert ben.codes == ("MC08",)
    pages = {
        name: (course.folder / "feedback" / name / LAB / "feedback.html").read_text(encoding="utf-8")
        for name in done.marks
    }
    assert "MC08" in pages["ben"] and "MC08" not in pages["ada"] and "not answered yet" in pages["cy"]
    for text in pages.values():
        assert "<script" not in text and not re.search(r"https?://|src=|@import", text)
    before = {p: p.stat().st_mtime_ns for p in (course.store / "results" / LAB).iterdir()}
    assert str(grade(course.folder, LAB)) == str(done)
    assert before == {p: p.stat().st_mtime_ns for p in (course.store / "results" / LAB).iterdir()}


def test_a_second_different_handin_is_noticed(course):
    submit(course, "ada", {"solve_9_2": "def shout(text):\n    return text"})
    assert grade(course.folder, LAB).marks["ada"].got == 0
    submit(course, "ada", {"solve_9_2": RIGHT["solve_9_2"]})
    assert grade(course.folder, LAB).marks["ada"].got == 2.0
    assert score(course, LAB, "ada")[0] == 2.0


def test_one_broken_handin_stops_nobody(course):
    submit(course, "ada", {"solve_9_2": RIGHT["solve_9_2"]})
    submit(course, "ben").write_text("{ not json", encoding="utf-8")
    submit(course, "mallory", RIGHT)
    with pytest.raises(HilabError) as error:
        grade(course.folder, LAB)
    assert "not a notebook" in str(error.value) and "'mallory' handed in and is not on the roster" in str(
        error.value
    )
    assert points(course, "ada", "9.2") == 1.0 and score(course, LAB, "ada")[0] == 1.0
    assert "nbgrader" not in str(error.value), "it was noticed before nbgrader opened it"


def test_what_a_student_writes_is_escaped(course):
    evil = "<script>alert(1)</script><img src=x>"
    submit(course, "ada", {"solve_9_2": f"def shout(text):\n    raise ValueError({evil!r})"})
    grade(course.folder, LAB, ["ada"])
    page = (course.folder / "feedback" / "ada" / LAB / "feedback.html").read_text(encoding="utf-8")
    assert "<script" not in page and "<img" not in page and html.escape(evil) in page


def test_without_a_release_there_is_one_sentence(course):
    (course.folder / "release" / LAB / f"{LAB}.ipynb").unlink()
    with pytest.raises(HilabError, match="hilab course build toy_lab"):
        grade(course.folder, LAB)


def test_without_bubblewrap_nothing_is_run(course, monkeypatch):
    submit(course, "ada", RIGHT)
    close_all()
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(HilabError, match="bubblewrap"):
        grade(course.folder, LAB)
    assert load_marks(course, LAB, "ada") is None


def test_collected_handins_can_be_graded(course, tmp_path):
    from tests.grading.test_collect import hand_in

    hand_in(course, tmp_path / "zips" / "x.zip", "ada", {"solve_9_2": RIGHT["solve_9_2"]})
    collect(course.folder, tmp_path / "zips")
    assert grade(course.folder, LAB).marks["ada"].got == 1.0


def changed(course):
    """When gradebook, page and judge's results were last written."""
    paths = [
        course.folder / "autograded" / "ada" / LAB / f"{LAB}.ipynb",
        course.folder / "feedback" / "ada" / LAB / "feedback.html",
        course.store / "results" / LAB / "ada.json",
    ]
    return [path.stat().st_mtime_ns for path in paths]


def test_only_what_changed_is_graded_again(course):
    submit(course, "ada", {"solve_9_2": RIGHT["solve_9_2"]})
    grade(course.folder, LAB)
    first = changed(course)
    grade(course.folder, LAB)
    assert changed(course) == first
    grade(course.folder, LAB, again=True)
    again = changed(course)
    assert all(new > old for new, old in zip(again, first, strict=True))
    (course.folder / "gradebook.db").write_bytes(b"")  # another gradebook in the same place and inode
    build(course.folder, LAB)
    grade(course.folder, LAB)
    assert score(course, LAB, "ada")[0] == 1.0 and changed(course)[2] == again[2]


def test_another_environment_or_another_check_runs_again(course, monkeypatch):
    submit(course, "ada", {"solve_9_2": RIGHT["solve_9_2"]})
    grade(course.folder, LAB)
    first = changed(course)
    monkeypatch.setattr(marking, "environment", lambda cache: "other packages")
    grade(course.folder, LAB)
    second = changed(course)
    assert second[2] > first[2]
    monkeypatch.setattr(districts, "digest", lambda course, lab: "other checks")
    grade(course.folder, LAB)
    assert changed(course)[2] > second[2]


def test_ctrl_c_stops_at_once_and_loses_nothing(course, monkeypatch):
    submit(course, "ada", RIGHT)
    slow = "import time\ndef shout(text):\n    time.sleep(1.5)\n    return text.upper()"
    for name in ("ben", "cy", "dot"):
        submit(course, name, {"solve_9_2": slow})

    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("grading.grade.enter", interrupted)
        grade(course.folder, LAB)
    saved = [load_marks(course, LAB, name) for name in ("ben", "cy", "dot")]
    assert None in saved and {marks.got for marks in saved if marks} <= {1.0}
    assert {name: m.got for name, m in grade(course.folder, LAB).marks.items()} == {
        "ada": 5.0,
        "ben": 1.0,
        "cy": 1.0,
        "dot": 1.0,
    }
    assert score(course, LAB, "ada")[0] == 5.0


def test_a_second_grader_is_told(course):
    submit(course, "ada", RIGHT)
    with turn(course), ThreadPoolExecutor(1) as other:
        told = str(other.submit(grade, course.folder, LAB).exception())
    assert "has been grading this course" in told
    assert load_marks(course, LAB, "ada") is None


def test_leftovers_of_killed_runs_are_removed(course):
    old, new = course.store / "tmpold", course.store / "tmpnew"
    for folder in (old, new):
        folder.mkdir()
    os.utime(old, (0, 0))
    tidy(course)
    assert not old.exists() and new.exists()
