"""Drives nbgrader in this process, so that its slow imports are paid once.

The configuration is the course's own, so that a plain `nbgrader` in the course folder does the same.
"""

import contextlib
import functools
import logging
import os
import sqlite3
import sys
import threading
import types
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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


def load_nbgrader() -> None:
    """Imports nbgrader, which takes seconds, while something else is waited for."""
    import nbgrader.api
    import nbgrader.converters  # noqa: F401


@contextlib.contextmanager
def _quicker() -> Iterator[None]:
    """Spares nbgrader work that it repeats for every hand-in, with the same outcome.

    It opens the gradebook about ten times a hand-in, each time with a new engine that has to compile the same
    queries, and asks each time for every single table, where once is enough; and it checks its own schema
    before every cell that it holds against the schema.
    """
    from nbgrader import api
    from nbgrader.nbgraderformat import common

    engine, checker, tables = api.create_engine, common.jsonschema, api.Base.metadata.create_all
    api.create_engine, common.jsonschema = _engine, types.SimpleNamespace(validate=_validate)
    api.Base.metadata.create_all = functools.lru_cache(
        functools.partial(_create_missing, api.Base.metadata, tables)
    )
    try:
        yield
    finally:
        api.create_engine, common.jsonschema = engine, checker
        del api.Base.metadata.create_all  # the class's own is there again


@functools.lru_cache(maxsize=2)
def _engine(url: str, **options: Any) -> Any:
    import sqlalchemy

    return sqlalchemy.create_engine(url, **options)


def _create_missing(metadata: Any, create: Callable[..., None], bind: Any) -> None:
    """Makes the tables of a gradebook unless it has them all: one question in place of one for each table."""
    import sqlalchemy

    if not metadata.tables.keys() <= set(sqlalchemy.inspect(bind).get_table_names()):
        create(bind=bind)


def _validate(instance: Any, schema: Mapping[str, Any]) -> None:
    """Does what `jsonschema.validate` does, without checking the schema itself again."""
    import jsonschema

    found = jsonschema.validators.validator_for(schema)(schema).iter_errors(instance)
    if error := jsonschema.exceptions.best_match(found):
        raise error


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
            with _quicker():
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


@dataclass(frozen=True)
class Grade:
    """The points of one cell as the gradebook holds them.

    Attributes:
        cell: grade_id of the cell.
        points: Points for a right answer.
        automatic: Points that the judge gave; None for cells that a person marks.
        manual: Points that a person gave; None if nobody did.
        waits: Whether formgrader asks for a person to look at it.
        comment: What that person wrote.
    """

    cell: str
    points: float
    automatic: float | None = None
    manual: float | None = None
    waits: bool = False
    comment: str = ""

    @property
    def got(self) -> float:
        """The points that count: a person's before the judge's."""
        return self.manual if self.manual is not None else self.automatic or 0.0


@contextlib.contextmanager
def _book(course: Course) -> Iterator[Any]:
    from nbgrader.api import Gradebook

    with _surroundings(), Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}", "hilab") as book:
        yield book


def grades(course: Course, lab: str) -> dict[str, list[Grade]]:
    """Returns the points of every graded hand-in of a lab, by student and in the order of cells."""
    if not (course.folder / "gradebook.db").is_file():
        return {}
    with _book(course) as book:
        found = {
            str(one.student_id): [_grade(grade, one) for part in one.notebooks for grade in part.grades]
            for one in book.assignment_submissions(lab)
        }
    return dict(sorted(found.items()))


def _grade(grade: Any, submission: Any) -> Grade:
    name = str(grade.cell.name)
    told = (one for part in submission.notebooks for one in part.comments if one.cell.name == name)
    return Grade(
        name,
        float(grade.max_score or 0),
        None if grade.auto_score is None else float(grade.auto_score) + float(grade.extra_credit or 0),
        None if grade.manual_score is None else float(grade.manual_score),
        bool(grade.needs_manual_grade),
        next((str(one.comment) for one in told if one.comment), ""),
    )


def mark_by_hand(course: Course, lab: str, student: str, marks: Mapping[str, tuple[float, str]]) -> None:
    """Enters points and comments of a person, as formgrader does.

    Args:
        course: The class.
        lab: The lab.
        student: Whose hand-in.
        marks: Points and comment by grade_id of the cell.

    Raises:
        HilabError: The gradebook holds no such hand-in or cell.
    """
    from nbgrader.api import MissingEntry

    with _book(course) as book:
        try:
            for cell, (points, comment) in marks.items():
                found = book.find_grade(cell, lab, lab, student)
                found.manual_score, found.needs_manual_grade = points, False
                if comment:
                    book.find_comment(cell, lab, lab, student).manual_comment = comment
        except MissingEntry as error:
            raise HilabError(f"The gradebook holds no {lab} of {student} that could be marked.") from error
        book.db.commit()


def forget(course: Course, student: str, labs: Sequence[str] | None = None) -> None:
    """Removes a student's hand-ins from the gradebook, and overwrites the place where they stood.

    Args:
        course: The class.
        student: Id of the student.
        labs: Labs whose hand-ins are removed; everything, the student included, if None.
    """
    path = course.folder / "gradebook.db"
    if not path.is_file():
        return
    from nbgrader.api import MissingEntry

    with _book(course) as book, contextlib.suppress(MissingEntry):
        if labs is None:
            book.remove_student(student)
        for lab in labs or ():
            book.remove_submission(lab, student)
    with contextlib.closing(sqlite3.connect(path)) as base:
        base.execute("VACUUM")
