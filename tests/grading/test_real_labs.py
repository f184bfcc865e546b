"""Every lab of the course can be prepared: its cases are stored, its reference is full in the sandbox."""

import pytest

from grading import districts
from grading.course import init, load_course
from grading.districts import load_prepared, prepare
from tests.course.answers import LABS


@pytest.mark.parametrize("lab", LABS)
def test_a_lab_is_prepared_and_read_again(lab, tmp_path, monkeypatch):
    monkeypatch.setattr(districts, "COUNT", 1)
    folder = tmp_path / "course"
    init(folder)
    (folder / "instructor.key").write_text("f1" * 32 + "\n", encoding="ascii")
    assert prepare(folder, lab).startswith(f"Prepared {lab}: 1 hidden districts")
    course = load_course(folder)
    monkeypatch.setattr("sim.world.make_world", None)  # what is stored is enough
    ready = load_prepared(course, lab)
    assert all(ready.cases[task.id] and ready.calls[task.id] for task in ready.tasks)
