"""What of the marks already stands in the gradebook and on the feedback page: it is not written again.

After a hand-in has been entered, a stamp is written: a hash of all that gradebook and page depend on. A run
that was stopped before the stamp enters the hand-in again; entering twice gives the same as entering once.
"""

import contextlib
import hashlib
import json
import os
import sqlite3
from dataclasses import asdict
from pathlib import Path

from grading.course import Course
from grading.intake import CLEAN
from grading.marking import Marks
from grading.stage import environment

_POINTS = """
select submitted_assignment.student_id, base_cell.name, grade.auto_score
from grade
join base_cell on base_cell.id = grade.cell_id
join submitted_notebook on submitted_notebook.id = grade.notebook_id
join submitted_assignment on submitted_assignment.id = submitted_notebook.assignment_id
join assignment on assignment.id = submitted_assignment.assignment_id
where assignment.name = ? and base_cell.name like 'mark\\_%' escape '\\'
"""


class Entered:
    """Knows which marks of a lab are entered.

    Args:
        course: The class.
        lab: The lab.
    """

    def __init__(self, course: Course, lab: str) -> None:
        """Reads the points of the whole class from the gradebook, once."""
        self._course, self._lab = course, lab
        self._points = _gradebook(course.folder / "gradebook.db", lab)
        names = ("course.yaml", "nbgrader_config.py")
        self._files = [_hash(course.folder / name) for name in names] + [environment(course.store / "cache")]

    def holds(self, marks: Marks) -> bool:
        """Whether gradebook and feedback page already show these marks."""
        told = {f"mark_{task.task.replace('.', '_')}": task.got for task in marks.tasks}
        return (
            self._points.get(marks.student, {}) == told
            and self._page(marks.student).is_file()
            and self._known(marks.student) == self._stamp(marks)
        )

    def note(self, marks: Marks) -> None:
        """Remembers that gradebook and page show these marks now."""
        path = self._path(marks.student)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{os.getpid()}.part")
        part.write_text(self._stamp(marks) + "\n", encoding="ascii")
        part.replace(path)

    def _stamp(self, marks: Marks) -> str:
        """Returns a hash of marks, rebuilt copy, time, roster line, configuration and program."""
        clean = self._course.folder / CLEAN / marks.student / marks.lab
        copies = [_hash(path) for path in sorted(clean.glob("*"))]
        person = self._course.students.get(marks.student)
        facts = [asdict(marks), copies, asdict(person) if person else None, self._files]
        return hashlib.sha256(json.dumps(facts, sort_keys=True).encode("utf-8")).hexdigest()

    def _known(self, student: str) -> str:
        with contextlib.suppress(OSError, ValueError):
            return self._path(student).read_text(encoding="ascii").strip()
        return ""

    def _path(self, student: str) -> Path:
        return self._course.store / "entered" / self._lab / student

    def _page(self, student: str) -> Path:
        return self._course.folder / "feedback" / student / self._lab / "feedback.html"


def _hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _gradebook(path: Path, lab: str) -> dict[str, dict[str, float]]:
    """Returns the judge's points by student and cell; nothing if the gradebook cannot be read so."""
    found: dict[str, dict[str, float]] = {}
    if not path.is_file():
        return found
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(path)) as base:
        for student, cell, points in base.execute(_POINTS, (lab,)):
            found.setdefault(str(student), {})[str(cell)] = points
    return found
