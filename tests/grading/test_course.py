import stat

import pytest

from grading.course import CHECKOUT, init, load_course
from grading.districts import load_prepared, prepare
from grading.grade import grade
from sim.errors import HilabError
from tests.classroom import LAB


def test_a_new_course(tmp_path):
    folder = tmp_path / "课 one"
    init(folder)
    course = load_course(folder)
    assert course.term == "2026A" and len(course.key) == 32 and not course.students
    assert stat.S_IMODE((folder / "instructor.key").stat().st_mode) == 0o600
    assert course.key.hex() not in repr(course)


def test_two_courses_have_different_keys(tmp_path):
    init(tmp_path / "a")
    init(tmp_path / "b")
    assert load_course(tmp_path / "a").key != load_course(tmp_path / "b").key


def test_where_no_course_can_be(tmp_path):
    with pytest.raises(HilabError, match="inside the repository"):
        init(CHECKOUT / "classes")
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "y").touch()
    with pytest.raises(HilabError, match="not an empty folder"):
        init(tmp_path / "x")
    (tmp_path / "file").touch()
    with pytest.raises(HilabError, match=r"cannot be written|not an empty"):
        init(tmp_path / "file" / "course")


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("course.yaml", "term: [", "course.yaml"),
        ("course.yaml", "term: x", "course.yaml"),
        ("instructor.key", "xyz", "hexadecimal"),
        ("roster.csv", "student\n../evil\n", "line 2"),
        ("roster.csv", "student\nada\nada\n", "line 3"),
    ],
)
def test_broken_course_files(course, name, text, words):
    (course.folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(HilabError, match=words):
        load_course(course.folder)


def test_another_world_version_is_refused(course):
    path = course.folder / "course.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("world_version: '", "world_version: '9"), encoding="utf-8"
    )
    with pytest.raises(HilabError, match="world_version"):
        prepare(course.folder, LAB)


def test_prepared_cases_hold_what_the_reference_answers(course):
    ready = load_prepared(course, LAB)
    cases = ready.cases["9.1"]
    assert [case.kind for case in cases].count("district") == 6
    asked = [case for case in cases if case.function == "busiest"]
    assert [case.expected for case in asked] == [int(case.args[0]["used"].max()) for case in asked]
    assert stat.S_IMODE((course.folder / ".hilab").stat().st_mode) == 0o700


def test_districts_follow_the_key(course):
    first = load_prepared(course, LAB)
    (course.folder / "instructor.key").write_text("ab" * 32, encoding="utf-8")
    second = load_prepared(load_course(course.folder), LAB)
    assert first.digest != second.digest
    assert not first.cases["9.1"][2].args[0].equals(second.cases["9.1"][2].args[0])


def test_nothing_to_grade(course):
    with pytest.raises(HilabError, match="nobody has handed in"):
        grade(course.folder, LAB)
    with pytest.raises(HilabError, match="nothing of toy_lab from ada"):
        grade(course.folder, LAB, ["ada"])
