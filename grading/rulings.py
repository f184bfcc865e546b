"""What was decided about marks, applied to what the judge found: void tasks, and marks that were not lowered.

The audit trail is the only place where decisions stand. The judge's own results stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from grading.audit import acts, alias
from grading.course import Course
from grading.receipts import receipts
from grading.words import Said, say

if TYPE_CHECKING:
    from grading.judge import TaskResult
    from grading.marking import Marks


def ruled(course: Course, marks: Marks, ignoring: str = "") -> Marks:
    """Returns marks as they count.

    A void task gives everybody who handed in the lab its full points. Points that a regrade would have
    lowered stay as long as the answer is the same.

    Args:
        course: The class.
        marks: What the judge found.
        ignoring: A task that counts as if it were not void.
    """
    void = {task: why for task, why in voided(course, marks.lab).items() if task != ignoring}
    floors = _floors(course, marks.lab, marks.student)
    if not void and not floors:
        return marks
    tasks, notes = [], []
    for result in marks.tasks:
        counts, note = _count(result, void, floors)
        tasks.append(counts)
        notes += [note] if note else []
    return replace(marks, tasks=tuple(tasks), notes=(*marks.notes, *notes))


def _count(
    result: TaskResult, void: Mapping[str, str], floors: Mapping[str, float]
) -> tuple[TaskResult, Said | None]:
    if result.task in void:
        note = say("ruling.void", task=result.task, reason=void[result.task])
        return replace(result, got=result.points), note
    floor = floors.get(result.task, 0.0)
    if floor > result.got:
        note = say("ruling.kept", task=result.task, points=f"{floor:g}")
        return replace(result, got=min(floor, result.points)), note
    return result, None


def voided(course: Course, lab: str) -> dict[str, str]:
    """Returns the void tasks of a lab with the reasons."""
    found: dict[str, str] = {}
    for act in acts(course):
        for task in act.tasks if act.lab == lab else ():
            if act.what == "void":
                found[task] = act.reason
            elif act.what == "unvoid":
                found.pop(task, None)
    return found


def _floors(course: Course, lab: str, student: str) -> dict[str, float]:
    """Returns the points below which a student's tasks do not fall."""
    regrades = (act for act in acts(course) if act.lab == lab and act.what == "regrade")
    changes = [change for act in regrades for change in act.facts["changes"]]
    who = alias(course, student)
    found = {c["task"]: c for c in changes if c["who"] == who}
    if not found:
        return {}
    hashes = answer_hashes(course, lab, student)
    return {
        task: float(change["given"])
        for task, change in found.items()
        if change["given"] > change["to"] and change["answer"] == hashes.get(change["cell"], "")
    }


def answer_hashes(course: Course, lab: str, student: str) -> Mapping[str, str]:
    """Returns the hash of every answer of the newest hand-in, by grade_id."""
    known = receipts(course, lab, student)
    return known[-1].answers if known else {}
