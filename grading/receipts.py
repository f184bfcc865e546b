"""Remembers hand-ins: which answers came when, so that a question can ask for a second try."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

from grading.course import Course
from grading.kitfile import text_hash
from grading.sanitize import Rebuilt
from grading.tasks import History


@dataclass(frozen=True)
class Receipt:
    """One hand-in.

    Attributes:
        received: When the collector took it, ISO 8601 with offset; empty if it was not collected by hilab.
        answers: sha256 of every answer that differs from the released cell, by grade_id.
    """

    received: str
    answers: Mapping[str, str]


def _path(course: Course, lab: str, student: str) -> Path:
    return course.store / "receipts" / lab / f"{student}.json"


def receipts(course: Course, lab: str, student: str) -> list[Receipt]:
    """Returns a student's hand-ins of a lab, the oldest first."""
    path = _path(course, lab, student)
    if not path.is_file():
        return []
    return [Receipt(**item) for item in json.loads(path.read_text(encoding="utf-8"))]


def record(course: Course, lab: str, student: str, handin: Rebuilt, received: str = "") -> None:
    """Adds a hand-in to the receipts in the order of time, unless its answers are those of the one before."""
    known = receipts(course, lab, student)
    answers = {name: text_hash(text) for name, text in handin.answers.items() if name not in handin.open}
    place = len(known)
    while received and place and known[place - 1].received > received:
        place -= 1
    if place and dict(known[place - 1].answers) == answers:
        return
    known.insert(place, Receipt(received, answers))
    path = _path(course, lab, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(item) for item in known], indent=1)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(text + "\n", encoding="utf-8")
    part.replace(path)


def history(course: Course, lab: str, student: str, cell: str) -> History:
    """Returns in how many hand-ins the answer to a question differed from the one before."""
    hashes = [item.answers[cell] for item in receipts(course, lab, student) if cell in item.answers]
    changes = sum(now != before for before, now in pairwise(hashes))
    return History(attempts=1 + changes)
