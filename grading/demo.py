"""`make demo`: one lab, four hand-ins, from kit to mark, in a throw-away course under `build/demo`."""

import argparse
import json
import shutil
import sys
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path

from grading.collect import collect
from grading.course import CHECKOUT, build, init, load_course
from grading.districts import load_prepared, prepare
from grading.grade import Graded, grade
from grading.handin import hand_in
from grading.kit import make_kits
from grading.kitfile import answer_cells, read_notebook
from grading.labbuild import source_notebook
from grading.tasks import lab_folder, load_module, load_tasks
from grading.words import LANGUAGES
from grading.written import read_rubric, rubric_name
from sim.errors import HilabError

LAB = "l1_collection"
STUDENTS = ("right", "partly", "empty", "hostile")
EXEMPLARS = {"right": "strong", "partly": "middling"}
"""Which exemplar of the rubric a student hands in as the written answer."""

HOSTILE = """
import json, os, socket

import pandas as pd

pd.DataFrame.equals = lambda self, other: True
json.dumps = lambda *args, **kwargs: "1"
for top in ("/home", "/srv", "/tmp", "/work"):
    for folder, _, files in os.walk(top):
        for name in {"gradebook.db", "lab.py", "instructor.key"} & set(files):
            open(os.path.join(folder, name), "w").write("")
try:
    socket.create_connection(("1.1.1.1", 53), 1)
except OSError:
    pass
os.kill(os.getppid(), 9)
"""
"""Looks for the solutions and the gradebook, patches what it can, calls home, kills its parent."""


def answers_of(lab: str) -> Mapping[str, Mapping[str, str]]:
    """Returns what the four students write into the answer cells, by student and grade_id.

    Two of them answer the written question, with exemplars of the lab's rubric.
    """
    reference = answer_cells(source_notebook(lab_folder(lab) / "lab.py"))
    right = {name: text for name, text in reference.items() if name.startswith("solve_")}
    wrong = load_module(lab_folder(lab) / "wrong_solutions.py", f"hilab_demo_{lab}_wrong").WRONG[0]
    cell = "solve_" + wrong.task.replace(".", "_")
    extra = {task.cell for task in load_tasks(lab) if task.optional}
    needed = {name: text for name, text in right.items() if name not in extra}
    words = {student: _written(lab, reference, kind) for student, kind in EXEMPLARS.items()}
    return {
        "right": {**right, **words["right"]},
        "partly": {**needed, cell: wrong.cell(right[cell]), **words["partly"]},
        "empty": {},
        "hostile": dict.fromkeys(right, HOSTILE),
    }


def _written(lab: str, cells: Mapping[str, str], kind: str) -> dict[str, str]:
    """Returns an exemplar for the lab's written question; nothing where there is no question or no rubric."""
    rubric = lab_folder(lab) / rubric_name(LANGUAGES[0])
    names = [name for name in cells if name.startswith("answer_")]
    if not rubric.is_file():
        return {}
    found = read_rubric(rubric.read_text(encoding="utf-8"), lab).exemplars
    return {name: one.text for name in names[:1] for one in found if one.kind == kind}


def work(kit: Path, desk: Path, answers: Mapping[str, str]) -> Path:
    """Does what a student does: unpacks the kit, writes answers, hands in; returns the zip."""
    with zipfile.ZipFile(kit) as archive:
        archive.extractall(desk)
    (path,) = desk.glob("*.ipynb")
    notebook = read_notebook(path)
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(name, cell["source"])
    path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    return hand_in(desk).path


def run(folder: Path, lab: str = LAB) -> Graded:
    """Runs the demonstration in a folder, which is emptied first.

    Args:
        folder: Where the course, the students' desks and the zips are made.
        lab: The lab.

    Returns:
        The marks.
    """
    shutil.rmtree(folder, ignore_errors=True)
    course = folder / "course"
    print(init(course))
    with (course / "roster.csv").open("a", encoding="utf-8") as roster:
        roster.writelines(f"{name},,{name},,it,\n" for name in STUDENTS)
    print(build(course, lab))
    print(prepare(course, lab))
    print(make_kits(course, lab))
    zips = folder / "zips"
    zips.mkdir()
    for name, answers in answers_of(lab).items():
        handed = work(course / "kits" / lab / f"{lab}-{name}.zip", folder / "desks" / name, answers)
        shutil.copy(handed, zips / f"{name}.zip")
    print(collect(course, zips))
    return grade(course, lab)


def explain(done: Graded) -> str:
    """Returns the marks and, for each student, the misconceptions that were recognised."""
    lines = [str(done)]
    for name, marks in done.marks.items():
        codes = dict.fromkeys(code for task in marks.tasks for code in task.codes)
        page = done.feedback / name / done.lab / "feedback.html"
        lines.append(f"{name}: {page}{'  looks like ' + ', '.join(codes) if codes else ''}")
    return "\n".join(lines)


def verify(done: Graded) -> None:
    """Makes sure that right has full marks, empty and hostile none, and that hostile is flagged.

    Raises:
        HilabError: A mark is not what it must be.
    """
    course = load_course(done.feedback.parent)
    asked = load_prepared(course, done.lab).tasks
    full = sum(task.points for task in asked if not task.optional)
    got = {name: marks.got for name, marks in done.marks.items()}
    fine = got["right"] == full and 0 < got["partly"] < full and got["empty"] == got["hostile"] == 0
    if not fine:
        raise HilabError(f"The demonstration gave other marks than it must: {got} of {full:g}.")
    if not any(task.flags for task in done.marks["hostile"].tasks):
        raise HilabError("The demonstration's hostile hand-in was not flagged for the instructor.")


def main() -> None:
    """Runs the demonstration and prints the marks and where the feedback lies."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--lab", default=LAB)
    words.add_argument("--out", type=Path, default=CHECKOUT / "build" / "demo")
    chosen = words.parse_args()
    began = time.monotonic()
    try:
        done = run(chosen.out, chosen.lab)
        print("\n" + explain(done))
        verify(done)
    except HilabError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
    print(f"Took {time.monotonic() - began:.0f} s. The course lies in {chosen.out / 'course'}.")


if __name__ == "__main__":
    main()
