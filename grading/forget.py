"""Deletes what is known of students: all of one person, or all hand-ins before a date.

Nothing is deleted unseen: a plan lists the files first. The audit trail says that it was done and why; it
knows people by keyed ids only, which say nothing once somebody is off the roster. Backups are yours to clean.
"""

import csv
import datetime as dt
import io
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grading.audit import add, alias
from grading.course import Course, load_course
from grading.gradebook import forget as forget_grades
from grading.policy import load_policy
from grading.receipts import receipts
from grading.shelf import kept
from grading.turn import turn
from sim.errors import HilabError

_BY_STUDENT = ("submitted", "autograded", "feedback", ".hilab/clean")
"""Folders that hold a folder a student."""

_BY_LAB = ("receipts", "results", "entered", "handins", "explanations")
"""Folders of the private part that hold a folder a lab, and in it something called after the student."""


@dataclass(frozen=True)
class Deletion:
    """What would be deleted.

    Attributes:
        course: The class.
        what: forget or purge.
        told: What it is about, in words.
        paths: Files and folders.
        labs: Labs whose hand-ins leave the gradebook, by student; None for all and the student, too.
    """

    course: Course
    what: str
    told: str
    paths: tuple[Path, ...]
    labs: dict[str, tuple[str, ...] | None]

    def __str__(self) -> str:
        """Lists what would be deleted."""
        root = self.course.folder
        lines = [f"  {path.relative_to(root)}" for path in self.paths]
        marks = [
            f"  marks of {name} in {', '.join(labs) if labs else 'all labs'}"
            for name, labs in self.labs.items()
        ]
        return "\n".join([self.told, *lines, *marks])


def plan_forget(folder: Path, student: str) -> Deletion:
    """Lists everything that is known of a student.

    Reports, exports and second-marking sheets of the class are listed as well, because they name the
    student; one command each makes them anew.

    Raises:
        HilabError: Nothing is known of such a student.
    """
    course = load_course(folder)
    labs = sorted({path.name for name in _BY_LAB for path in (course.store / name).glob("*")})
    paths = [course.folder / name / student for name in _BY_STUDENT]
    paths += [path for lab in labs for path in _private(course, lab, student)]
    paths += sorted((course.folder / "kits").glob(f"*/*-{student}.zip"))
    found = [path for path in paths if path.exists()]
    if not found and student not in course.students:
        raise HilabError(f"{course.folder}: nothing is known of '{student}'.")
    for name in ("reports", "exports", "second-marks"):
        found += sorted(path for path in (course.folder / name).glob("*") if path.exists())
    told = f"Forget {student}: the line of the roster, the marks, and these:"
    return Deletion(course, "forget", told, tuple(found), {student: None})


def _private(course: Course, lab: str, student: str) -> Iterator[Path]:
    for name in _BY_LAB:
        place = course.store / name / lab
        yield from (place / student, place / f"{student}.json", *sorted(place.glob(f"{student}-*.md")))


def plan_purge(folder: Path, before: str) -> Deletion:
    """Lists all hand-ins before a date, with marks and feedback if nothing newer of the lab is there.

    Args:
        folder: The course folder.
        before: A date, such as 2025-10-01, in the course's time zone.

    Raises:
        HilabError: It is no date, or nothing is that old.
    """
    course = load_course(folder)
    try:
        limit = dt.datetime.fromisoformat(before).replace(tzinfo=load_policy(course).zone)
    except ValueError as error:
        raise HilabError(f"'{before}' is no date; one looks like 2025-10-01.") from error
    paths: list[Path] = []
    labs: dict[str, tuple[str, ...] | None] = {}
    for place in sorted(course.folder.glob("submitted/*/*")):
        student, lab = place.parent.name, place.name
        times = _times(course, lab, student)
        if times and max(times) < limit:
            paths += [course.folder / name / student / lab for name in _BY_STUDENT]
            paths += _private(course, lab, student)
            labs[student] = (*(labs.get(student) or ()), lab)
        else:
            paths += _old(course, lab, student, limit)
    found = tuple(path for path in paths if path.exists())
    if not found:
        raise HilabError(f"{course.folder}: holds no hand-in from before {before}.")
    return Deletion(course, "purge", f"Hand-ins from before {before}; export marks first:", found, labs)


def _times(course: Course, lab: str, student: str) -> list[dt.datetime]:
    known = [one.received for one in kept(course, lab, student)]
    known += [one.received for one in receipts(course, lab, student) if one.received]
    return [dt.datetime.fromisoformat(time) for time in known]


def _old(course: Course, lab: str, student: str, limit: dt.datetime) -> Iterator[Path]:
    """Gives the files of hand-ins that newer ones replaced long ago."""
    place = course.store / "handins" / lab / student
    for one in kept(course, lab, student):
        if dt.datetime.fromisoformat(one.received) < limit:
            yield from (place / f"{one.key}.json", place / f"{one.key}.ipynb")


def delete(plan: Deletion, reason: str) -> str:
    """Deletes what a plan lists: audit trail first, then gradebook, files and roster.

    Args:
        plan: What was shown.
        reason: Why; stays in the audit trail.

    Returns:
        What was done, in a sentence.

    Raises:
        HilabError: There is no reason, or somebody is grading.
    """
    course = plan.course
    with turn(course):
        facts = {"who": [alias(course, student) for student in plan.labs], "paths": len(plan.paths)}
        act = add(course, plan.what, reason, facts=facts)
        for student, labs in plan.labs.items():
            forget_grades(course, student, labs)
        for path in plan.paths:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        if plan.what == "forget":
            _off_roster(course, next(iter(plan.labs)))
        _empty_folders(course)
    done = f"Deleted {len(plan.paths)} files and folders; act {act.number} of the audit trail."
    return f"{done} Backups are yours to clean."


def _off_roster(course: Course, student: str) -> None:
    path = course.folder / "roster.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    place = rows[0].index("student")
    left = [rows[0], *(row for row in rows[1:] if row and row[place].strip() != student)]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(left)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(text.getvalue(), encoding="utf-8", newline="")
    part.replace(path)


def _empty_folders(course: Course) -> None:
    """Removes folders of students that hold nothing any more; their names are personal data, too."""
    for name in _BY_STUDENT:
        for place in (course.folder / name).glob("*"):
            if place.is_dir() and not any(place.iterdir()):
                place.rmdir()
