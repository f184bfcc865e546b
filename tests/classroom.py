"""A throw-away class with a toy lab, for tests of grading."""

import copy
import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from grading.course import Course, build, init, load_course
from grading.districts import prepare
from grading.kitfile import source_text
from sim.seeds import derive

LABS = Path(__file__).parent / "grading" / "fixtures" / "labs"
LAB = "toy_lab"

RIGHT = {
    "solve_9_1": "def free(table):\n    return int((table['used'] == 0).sum())\n\n\n"
    "def busiest(table):\n    return int(table['used'].max())",
    "solve_9_2": "def shout(text):\n    return text.upper()",
}


def small_world(ident, *args, key=b"", **kwargs):
    """Stands for `make_world`: a table of beds that depends on key and id."""
    drawn = b"".join(derive(key, ident, part) for part in ("a", "b", "c"))
    used = [byte % 5 for byte in drawn[:39]]
    return SimpleNamespace(tables={"beds": pd.DataFrame({"bed": [f"B{n}" for n in range(39)], "used": used})})


def make_class(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """Makes a course with the toy lab built and prepared, and five students."""
    patch.setenv("HILAB_LABS", str(LABS))
    patch.setattr("sim.world.make_world", small_world)
    init(folder)
    roster = (folder / "roster.csv").read_text(encoding="utf-8")
    lines = "".join(f"{name},,{name},,,\n" for name in ("ada", "ben", "cy", "dot", "eve"))
    (folder / "roster.csv").write_text(roster + lines, encoding="utf-8")
    build(folder, LAB)
    prepare(folder, LAB)
    return folder


@pytest.fixture(scope="session")
def classroom(tmp_path_factory):
    """A prepared course; copy it, do not write into it."""
    with pytest.MonkeyPatch.context() as patch:
        return make_class(tmp_path_factory.mktemp("class") / "course 课程", patch)


@pytest.fixture
def course(classroom, tmp_path, monkeypatch) -> Course:
    """A fresh copy of the prepared course, in a path with a blank and Chinese characters."""
    monkeypatch.setenv("HILAB_LABS", str(LABS))
    monkeypatch.setattr("sim.world.make_world", small_world)
    folder = tmp_path / "class 班级"
    shutil.copytree(classroom, folder, symlinks=True)
    return load_course(folder)


def release(course: Course) -> dict:
    """The released notebook."""
    return json.loads((course.folder / "release" / LAB / f"{LAB}.ipynb").read_text(encoding="utf-8"))


def answered(course: Course, answers: dict) -> dict:
    """The released notebook with other sources in the named cells."""
    notebook = release(course)
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(name, source_text(cell))
    return notebook


def submit(course: Course, student: str, answers: dict | None = None, notebook: dict | None = None) -> Path:
    """Puts a hand-in where nbgrader's collector puts it."""
    path = course.submitted(LAB, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    made = notebook if notebook is not None else answered(course, answers or {})
    path.write_text(json.dumps(made), encoding="utf-8")
    return path


def cell_of(notebook: dict, name: str) -> dict:
    """The first cell of a grade_id."""
    return next(c for c in notebook["cells"] if c["metadata"].get("nbgrader", {}).get("grade_id") == name)


def with_copy(notebook: dict, name: str, source: str) -> dict:
    """A notebook in which a cell stands twice, the copy with another source."""
    other = copy.deepcopy(notebook)
    double = copy.deepcopy(cell_of(other, name))
    double["source"], double["id"] = source, "copied"
    other["cells"].append(double)
    return other
