"""Marks one hand-in: asks its code the lab's questions and lets the judge decide.

The result stands in the course folder's private part under a hash of everything it depends on, so that
nothing is run twice and a stopped run goes on where it was.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from grading.choosing import for_track
from grading.course import Course
from grading.districts import Prepared
from grading.draw import drawn
from grading.judge import CheckResult, TaskResult, assess
from grading.kernel import Answers, Call, Kernel
from grading.receipts import history
from grading.rulings import ruled
from grading.sanitize import Rebuilt
from grading.stage import environment
from grading.tasks import Reply, Task
from grading.tracks import TRACKS
from grading.words import Said, say

SECONDS = 600.0
"""Longest time for all questions of a hand-in together; what comes later counts as too slow."""

_OPEN = Reply(None, "error", "This question is not answered yet.")


@dataclass(frozen=True)
class Marks:
    """What one hand-in of a lab earned, before anything is marked by hand.

    Attributes:
        student: Id of the student.
        lab: The lab.
        key: Hash of answers, checks, districts, environment and attempts.
        tasks: One result a question.
        notes: What was repaired in the notebook.
        figures: The figures in the notebook's outputs, as plain data.
    """

    student: str
    lab: str
    key: str
    tasks: tuple[TaskResult, ...]
    notes: tuple[Said, ...] = ()
    figures: tuple[Mapping[str, Any], ...] = ()

    @property
    def got(self) -> float:
        """All points given; those of optional questions as far as they replace lost ones."""
        core = sum(task.got for task in self.tasks if not task.optional)
        return round(core + sum(self.extra.values()), 4)

    @property
    def points(self) -> float:
        """All points there are; optional questions add none."""
        return round(sum(task.points for task in self.tasks if not task.optional), 4)

    @property
    def extra(self) -> dict[str, float]:
        """What each optional question adds: its points, as long as points of other questions were lost."""
        lost = sum(task.points - task.got for task in self.tasks if not task.optional)
        added: dict[str, float] = {}
        for task in self.tasks:
            if task.optional:
                added[task.task] = round(max(0.0, min(task.got, lost - sum(added.values()))), 2)
        return added


def mark(
    course: Course,
    lab: str,
    student: str,
    handin: Rebuilt,
    ready: Prepared,
    stage: Path,
    again: bool = False,
) -> Marks:
    """Returns the marks of a hand-in, running its code unless that was done before.

    Args:
        course: The class.
        lab: The lab.
        student: Id of the student.
        handin: The hand-in on the released notebook.
        ready: What is asked.
        stage: The unpacked student wheel.
        again: Whether to run it even if nothing has changed.
    """
    known = known_marks(course, lab, student, handin, ready)
    if known is not None and not again:
        return known
    marks = judged(course, lab, student, handin, ready, stage)
    save_marks(course, marks)
    return ruled(course, marks)


def judged(course: Course, lab: str, student: str, handin: Rebuilt, ready: Prepared, stage: Path) -> Marks:
    """Runs the code of a hand-in and returns what the judge found, without remembering it."""
    key = _key(course, lab, student, handin, ready)
    with Kernel(stage, ready.setup, seconds=SECONDS) as kernel:
        tasks = tuple(_task(course, lab, student, handin, ready, kernel, task) for task in ready.tasks)
    return Marks(student, lab, key, tasks, handin.notes, handin.figures)


def known_marks(course: Course, lab: str, student: str, handin: Rebuilt, ready: Prepared) -> Marks | None:
    """Returns the marks of a hand-in if nothing they depend on has changed since they were made."""
    known = found_marks(course, lab, student)
    if known is None or known.key != _key(course, lab, student, handin, ready):
        return None
    known = replace(known, notes=handin.notes or known.notes, figures=handin.figures or known.figures)
    return ruled(course, known)


def _task(
    course: Course, lab: str, student: str, handin: Rebuilt, ready: Prepared, kernel: Kernel, task: Task
) -> TaskResult:
    task = for_track(task, lab, _track(course, student))
    extra = drawn(task, handin.answers.get(task.cell, ""), course.key)
    prepared = zip(ready.cases[task.id], ready.calls[task.id], strict=True)
    asked = [(case, sent) for case, sent in prepared if case.function in task.functions]
    asked += [(case, Call.small(case)) for case in extra]
    cases, calls = [case for case, _ in asked], [sent for _, sent in asked]
    if task.cell in handin.open or task.cell not in handin.answers:
        answers = Answers((_OPEN,) * len(cases))
    else:
        answers = kernel.ask(handin.answers[task.cell], calls, task.seconds)
    result = assess(task, cases, answers.replies, history(course, lab, student, task.cell))
    problem = say("problem.open") if task.cell in handin.open else result.problem
    fields = {**result.__dict__, "problem": problem, "flags": answers.flags}
    return TaskResult(**fields)


def _track(course: Course, student: str) -> str:
    return course.students[student].track if student in course.students else TRACKS[0]


def _key(course: Course, lab: str, student: str, handin: Rebuilt, ready: Prepared) -> str:
    attempts = [history(course, lab, student, task.cell).attempts for task in ready.tasks]
    around = environment(course.store / "cache")
    facts = json.dumps(
        [ready.digest, around, handin.answers, attempts, _track(course, student)], sort_keys=True
    )
    return hashlib.sha256(facts.encode("utf-8", errors="surrogatepass")).hexdigest()


def _path(course: Course, lab: str, student: str) -> Path:
    return course.store / "results" / lab / f"{student}.json"


def load_marks(course: Course, lab: str, student: str) -> Marks | None:
    """Returns a student's last marks as they count, or None."""
    found = found_marks(course, lab, student)
    return ruled(course, found) if found else None


def found_marks(course: Course, lab: str, student: str) -> Marks | None:
    """Returns what the judge last found in a student's hand-in, or None."""
    path = _path(course, lab, student)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        notes = tuple(Said(**note) for note in found["notes"])
        tasks, figures = tuple(map(_read, found["tasks"])), tuple(found["figures"])
        return Marks(**{**found, "tasks": tasks, "notes": notes, "figures": figures})
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None


def _read(task: Mapping[str, Any]) -> TaskResult:
    lists = {name: tuple(task[name]) for name in ("codes", "hints", "flags")}
    checks = tuple(CheckResult(**{**c, "came_back": _said(c["came_back"])}) for c in task["checks"])
    return TaskResult(**{**task, **lists, "checks": checks, "problem": _said(task["problem"])})


def _said(found: Mapping[str, Any] | None) -> Said | None:
    return Said(**found) if found is not None else None


def save_marks(course: Course, marks: Marks) -> None:
    """Remembers what the judge found."""
    path = _path(course, marks.lab, marks.student)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(json.dumps(asdict(marks), ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(path)
