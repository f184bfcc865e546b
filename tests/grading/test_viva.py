import pytest

from grading.course import load_course
from grading.viva import viva
from sim.errors import HilabError
from tests.classroom import LAB, RIGHT, submit

THRESHOLD = {
    "solve_9_1": '''def free(table):
    """Counts what is below 0.375."""
    limit = 0.375
    return int((table["used"] < limit).sum())


def busiest(table):
    return int(table["used"].iloc[0])
'''
}


def test_three_questions_about_the_students_own_code(course):
    submit(course, "ada", THRESHOLD)
    told = viva(course.folder, "ada", LAB)
    assert told.count("\n## ") == 3 and told.count("*For the examiner:*") == 3
    assert "limit = 0.375" in told and "Why `0.375`?" in told, "the only number that somebody chose"
    assert "what does your `free` do with this row" in told and "| bed | used |" in told
    assert "no row at all: `0`" in told and "every row twice" in told
    lines = [line for line in told.splitlines() if line.strip() and line.strip() in THRESHOLD["solve_9_1"]]
    assert len(lines) >= 3


def test_the_draw_depends_on_key_and_student_alone(course):
    submit(course, "ada", RIGHT)
    submit(course, "ben", RIGHT)
    first = viva(course.folder, "ada", LAB)
    assert viva(course.folder, "ada") == first
    seen = {first, viva(course.folder, "ben").replace("ben", "ada")}
    for number in range(4):
        (course.folder / "instructor.key").write_text(f"{number:02d}" * 32, encoding="utf-8")
        seen.add(viva(course.folder, "ada", LAB))
    assert len(seen) > 1, "another key draws other questions"
    assert load_course(course.folder).key != course.key


def test_nothing_to_ask_about(course):
    submit(course, "ada", {"solve_9_1": "def free(:"})
    with pytest.raises(HilabError, match="no question of toy_lab with code that Python can read"):
        viva(course.folder, "ada", LAB)
    with pytest.raises(HilabError, match="ben has handed in nothing"):
        viva(course.folder, "ben")
    with pytest.raises(HilabError, match="has not handed in toy_lab"):
        viva(course.folder, "ben", LAB)
    with pytest.raises(HilabError, match="no student 'mallory'"):
        viva(course.folder, "mallory")
