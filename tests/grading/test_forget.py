import pytest

from grading.audit import acts, trail
from grading.collect import collect
from grading.course import load_course
from grading.explain import explain
from grading.export import export
from grading.forget import delete, plan_forget, plan_purge
from grading.grade import grade
from grading.gradebook import grades
from grading.report import report
from sim.errors import HilabError
from tests.classroom import LAB
from tests.lms_archives import PEOPLE, WRONG, notebook, pack, roster


@pytest.fixture
def class_(course, tmp_path):
    roster(course, *PEOPLE)
    old = (2025, 3, 1, 9, 0, 0)
    files = {
        "Ada Torres_11_assignsubmission_file/lab.ipynb": (notebook(course, WRONG), old),
        "Eve Lind_12_assignsubmission_file/lab.ipynb": (notebook(course, WRONG), old),
    }
    collect(course.folder, pack(tmp_path / "old.zip", files))
    newer = {"Eve Lind_12_assignsubmission_file/lab.ipynb": (notebook(course), (2026, 3, 1, 9, 0, 0))}
    collect(course.folder, pack(tmp_path / "new.zip", newer))
    grade(course.folder, LAB)
    (course.folder / "kits" / LAB).mkdir()
    (course.folder / "kits" / LAB / f"{LAB}-ada.zip").write_bytes(b"PK")
    return load_course(course.folder)


def traces(course, *words):
    """Every file of the course that names somebody, in its path or in its bytes."""
    found = set()
    cache = course.store / "cache"  # the program, whose examples have names
    for path in (path for path in course.folder.rglob("*") if cache not in path.parents):
        data = path.read_bytes() if path.is_file() else b""
        if any(word in str(path.relative_to(course.folder)) or word.encode() in data for word in words):
            found.add(path.relative_to(course.folder).as_posix())
    return found


def test_forgetting_leaves_no_trace_of_a_person(class_):
    explain(class_.folder, "ada", "9.2")
    report(class_.folder, LAB)
    export(class_.folder, LAB, "moodle")
    before = traces(class_, "Torres", "ada@uni", "/ada", "ada/", '"ada"', "-ada")
    assert len(before) > 8, before
    plan = plan_forget(class_.folder, "ada")
    assert "submitted/ada" in str(plan) and f"reports/{LAB}.html" in str(plan)
    assert traces(class_, "Torres", "ada@uni", "/ada", "ada/", '"ada"', "-ada") == before, "shown, not done"
    assert "act 1" in delete(plan, "she asked for it")
    assert traces(class_, "Torres", "ada@uni", "/ada", "ada/", '"ada"', "-ada") == set()
    assert list(grades(class_, LAB)) == ["eve"] and "ada" not in load_course(class_.folder).students
    assert grade(class_.folder, LAB).marks["eve"].got == 6.0
    assert "forget . Reason: she asked" in trail(class_.folder) or "forget. Reason: she asked" in trail(
        class_.folder
    )
    with pytest.raises(HilabError, match="nothing is known of 'ada'"):
        plan_forget(class_.folder, "ada")


def test_purging_removes_what_is_old_and_keeps_what_is_newer(class_):
    with pytest.raises(HilabError, match="no hand-in from before 2024"):
        plan_purge(class_.folder, "2024-01-01")
    with pytest.raises(HilabError, match="'soon' is no date"):
        plan_purge(class_.folder, "soon")
    plan = plan_purge(class_.folder, "2025-10-01")
    assert "marks of ada in toy_lab" in str(plan) and "marks of eve" not in str(plan)
    delete(plan, "retention of one year")
    assert list(grades(class_, LAB)) == ["eve"]
    assert not (class_.folder / "submitted" / "ada").exists() and class_.submitted(LAB, "eve").is_file()
    assert len(list((class_.store / "handins" / LAB / "eve").glob("*.ipynb"))) == 1
    assert "ada" in load_course(class_.folder).students, "the roster is not touched"
    assert [act.what for act in acts(class_)] == ["purge"]


def test_no_deletion_without_a_reason(class_):
    with pytest.raises(HilabError, match="Give a reason"):
        delete(plan_forget(class_.folder, "ada"), "")
    assert class_.submitted(LAB, "ada").is_file()
