"""Drives nbgrader in this process, so that its slow imports are paid once.

The configuration is the course's own, so that a plain `nbgrader` in the course folder does the same.
"""

import contextlib
import logging
import os
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grading.course import Course
from sim.errors import HilabError

_ONE = threading.Lock()


def _config(course: Course, lab: str, student: str = "*") -> Any:
    from traitlets.config.loader import PyFileConfigLoader

    from grading.intake import CLEAN

    path = course.folder / "nbgrader_config.py"
    if not path.is_file():
        raise HilabError(f"{path}: is missing; 'hilab course init' in another folder writes one to copy.")
    config = PyFileConfigLoader(path.name, path=str(course.folder)).load_config()
    config.CourseDirectory.root = str(course.folder)
    config.CourseDirectory.assignment_id = lab
    config.CourseDirectory.student_id = student
    if (course.folder / CLEAN / student / lab).is_dir():
        config.CourseDirectory.submitted_directory = CLEAN
    return config


@contextlib.contextmanager
def _surroundings() -> Iterator[None]:
    """Gives nbgrader what it needs: its programs on PATH, the folder kept, one at a time."""
    with _ONE:
        before, path = Path.cwd(), os.environ.get("PATH", "")
        os.environ["PATH"] = f"{Path(sys.prefix) / 'bin'}{os.pathsep}{path}"
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # SQLAlchemy's about nbgrader's own session
                yield
        finally:
            os.environ["PATH"] = path
            os.chdir(before)


class _Complaints(logging.Handler):
    """Keeps nbgrader's complaints in place of printing them."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


def _convert(course: Course, lab: str, student: str, name: str) -> None:
    from nbgrader import converters
    from nbgrader.coursedir import CourseDirectory

    config = _config(course, lab, student)
    with _surroundings():
        directory = CourseDirectory(config=config)
        converter = getattr(converters, name)(coursedir=directory, config=config)
        complaints = _Complaints()
        log = logging.getLogger(f"hilab.{name}")
        log.handlers, log.propagate = [complaints], False
        converter.log = log
        converter.force = True
        try:
            converter.start()
        except HilabError:
            raise
        except (Exception, SystemExit) as error:
            sentence = _reason([*complaints.lines, str(error)])
            raise HilabError(f"nbgrader could not convert {lab} ({student}): {sentence}") from error


def _reason(lines: list[str]) -> str:
    """Returns the one line among nbgrader's complaints that says what happened."""
    traces = [line for line in lines if "Traceback" in line] or [line for line in lines if line.strip()]
    return traces[0].strip().splitlines()[-1][:300] if traces else "no reason given"


def generate_assignment(course: Course, lab: str) -> None:
    """Makes `release/<lab>` from `source/<lab>` and enters the assignment into the gradebook.

    Raises:
        HilabError: nbgrader refuses the notebook.
    """
    _convert(course, lab, ".", "GenerateAssignment")


def autograde(course: Course, lab: str, student: str) -> None:
    """Runs nbgrader's autograding of one hand-in; the points stand in the gradebook then.

    Raises:
        HilabError: nbgrader refuses the hand-in.
    """
    _convert(course, lab, student, "Autograde")


def score(course: Course, lab: str, student: str) -> tuple[float, float]:
    """Returns points and maximum of a hand-in as the gradebook holds them."""
    from nbgrader.api import Gradebook

    with _surroundings(), Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}", "hilab") as book:
        found = book.find_submission(lab, student)
        return float(found.score), float(found.max_score)
