"""The whole of nbgrader's cycle on a fresh course, with its own commands and its own exchange."""

import csv
import getpass
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grading.grade import grade
from grading.gradebook import score
from tests.classroom import LAB, LABS, RIGHT, cell_of
from tests.e2e.lab_page import OUTSIDE

ME = getpass.getuser()


@pytest.fixture
def exchange(course, tmp_path):
    """An exchange folder that course and student know."""
    folder = tmp_path / "exchange 交换"
    folder.mkdir()
    folder.chmod(0o777)
    line = f"c.Exchange.root = {str(folder)!r}\n"
    config = course.folder / "nbgrader_config.py"
    config.write_text(config.read_text(encoding="utf-8") + line, encoding="utf-8")
    desk = tmp_path / "desk"
    desk.mkdir()
    text = f"c = get_config()\nc.CourseDirectory.course_id = 'hilab'\n{line}"
    (desk / "nbgrader_config.py").write_text(text, encoding="utf-8")
    with (course.folder / "roster.csv").open("a", encoding="utf-8") as roster:
        roster.write(f"{ME},,,,,\n")
    return desk


RUN = """
import json, sys
from nbgrader.apps.nbgraderapp import NbGraderApp
for words in json.loads(sys.argv[1]):
    NbGraderApp.clear_instance()
    try:
        NbGraderApp.launch_instance(words)
    except SystemExit as end:
        if end.code:
            raise
"""


def nbgrader(folder: Path, *commands: str) -> None:
    """Runs commands of nbgrader, all in one process because importing it takes seconds."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-c", RUN, json.dumps([command.split() for command in commands])],
        cwd=folder,
        env={**os.environ, "PATH": path, "HILAB_LABS": str(LABS), "PYTHONWARNDEFAULTENCODING": ""},
        capture_output=True,
        timeout=170,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", errors="replace")[-3000:]


def exported(folder: Path, name: str) -> dict[str, float]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return {row["student_id"]: float(row["score"]) for row in csv.DictReader(file) if row["score"]}


def test_the_whole_cycle(course, exchange):
    nbgrader(course.folder, f"generate_assignment {LAB} --force", f"release_assignment {LAB}")
    nbgrader(exchange, f"fetch_assignment {LAB}")
    path = exchange / LAB / f"{LAB}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for name, source in RIGHT.items():
        cell_of(notebook, name)["source"] = source
    path.write_text(json.dumps(notebook), encoding="utf-8")
    nbgrader(exchange, f"submit {LAB}")
    nbgrader(course.folder, f"collect {LAB}")
    assert grade(course.folder, LAB).marks[ME].got == 5.0
    assert score(course, LAB, ME) == (5.0, 10.0)

    (course.store / "results" / LAB / f"{ME}.json").unlink()
    (course.folder / "gradebook.db").rename(course.folder / "first.db")
    nbgrader(
        course.folder,
        "export --to=first.csv --db=sqlite:///first.db",
        f"generate_assignment {LAB} --force",
        f"autograde {LAB} --force",
        "export --to=second.csv",
        f"generate_feedback {LAB} --force",
    )
    assert exported(course.folder, "first.csv") == {ME: 5.0}
    assert exported(course.folder, "second.csv") == {ME: 5.0}, "plain nbgrader gives the same marks"
    page = (course.folder / "feedback" / ME / LAB / f"{LAB}.html").read_text(encoding="utf-8")
    assert not OUTSIDE.search(page)
    assert "Free beds: 4 of 4 points" in page
