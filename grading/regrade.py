"""Changes marks after they were given: shows first who changes and by how much, lowers none unasked.

`regrade` judges the hand-ins again, after the checks of a task were repaired. `void` gives everybody full
points for a task that should never have been asked. Of the two usual ways with a void task (full points for
all, or leave it out of the total) this is the one in which no mark can fall, neither in points nor in
percent. Both stand in the audit trail.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from grading.audit import add, alias
from grading.course import Course, load_course, released
from grading.districts import load_prepared
from grading.entered import Entered
from grading.grade import enter
from grading.gradebook import Grade, grades, mark_by_hand
from grading.intake import open_handin
from grading.judge import TaskResult
from grading.marking import Marks, found_marks, judged, load_marks, save_marks
from grading.rulings import answer_hashes, ruled, voided
from grading.stage import stage
from grading.tasks import Task, labs_folder, load_tasks
from grading.turn import turn
from sim.errors import HilabError


@dataclass(frozen=True)
class Change:
    """What a regrade does to one person's task.

    Attributes:
        student: Id of the student.
        task: Number of the task.
        cell: grade_id of the answer.
        before: Points until now.
        after: Points that the judge gives now.
        by_hand: Whether a person had overruled the judge in formgrader; then nothing changes.
    """

    student: str
    task: str
    cell: str
    before: float
    after: float
    by_hand: bool = False

    @property
    def lowers(self) -> bool:
        """Whether the judge now gives less."""
        return self.after < self.before


@dataclass(frozen=True)
class Plan:
    """A regrade that is not yet written.

    Attributes:
        course: The class.
        lab: The lab.
        tasks: Numbers of the tasks.
        what: regrade, void or unvoid.
        changes: Who changes.
        count: Number of hand-ins that were looked at.
        marks: New results of the judge by student; empty if the code was not run again.
        seen: The results that it was made from, by student, as their keys.
    """

    course: Course
    lab: str
    tasks: tuple[str, ...]
    what: str
    changes: tuple[Change, ...]
    count: int
    marks: Mapping[str, Marks]
    seen: Mapping[str, str]

    @property
    def lowered(self) -> tuple[Change, ...]:
        """The changes that lower a mark."""
        return tuple(change for change in self.changes if change.lowers and not change.by_hand)

    def __str__(self) -> str:
        """Shows who changes and by how much."""
        head = f"{self.what} {self.lab} {' '.join(self.tasks)}: {self.count} hand-ins, "
        if not self.changes:
            return head + "nobody's points change."
        up = [c for c in self.changes if not c.lowers]
        lines = [head + f"{len(up)} rise, {len(self.changes) - len(up)} fall."]
        width = max(len(change.student) for change in self.changes)
        for c in self.changes:
            hand = "  (marked by a person in formgrader: stays)" if c.by_hand else ""
            step = f"{c.before:g} to {c.after:g} ({c.after - c.before:+.4g})"
            lines.append(f"  {c.student:<{width}}  {c.task}  {step}{hand}")
        return "\n".join(lines)


def plan_regrade(folder: Path, tasks: Sequence[str], workers: int = 2, wait: bool = False) -> Plan:
    """Judges all graded hand-ins again and says who would change; writes nothing.

    Args:
        folder: The course folder.
        tasks: Numbers of the tasks whose checks were changed; all of one lab.
        workers: How many hand-ins run at a time.
        wait: Whether to wait while another process grades this course.

    Raises:
        HilabError: There is no such task, nothing is graded, other tasks change as well, or another process
            grades this course.
    """
    course = load_course(folder)
    lab, asked = _asked(course, tasks)
    with turn(course, wait), ThreadPoolExecutor(workers) as pool:
        model, ready, staged = (
            released(course, lab),
            load_prepared(course, lab),
            stage(course.store / "cache"),
        )
        students = _graded(course, lab)
        seen = _seen(course, lab, students)
        handins = {name: open_handin(course, lab, name, model) for name in students}
        jobs = [pool.submit(judged, course, lab, name, handins[name], ready, staged) for name in students]
        found = [job.result() for job in tqdm(jobs, desc="Hand-ins", unit="hand-in", disable=None)]
        grades_of = grades(course, lab)
    marks = {one.student: one for one in found}
    others = sorted({task for one in found for task in _differ(course, one)} - {task.id for task in asked})
    if others:
        named = " ".join([*(task.id for task in asked), *others])
        raise HilabError(f"Points of {', '.join(others)} change as well; name all: hilab regrade {named}")
    changes = [c for one in found for task in asked for c in _change(course, one, task, grades_of)]
    numbers = tuple(task.id for task in asked)
    return Plan(course, lab, numbers, "regrade", tuple(changes), len(found), marks, seen)


def _asked(course: Course, numbers: Sequence[str]) -> tuple[str, list[Task]]:
    """Returns the released lab that holds all of the named tasks."""
    labs = sorted(path.parent.name for path in labs_folder().glob("*/tasks.py"))
    for lab in labs:
        tasks = {task.id: task for task in load_tasks(lab)}
        if numbers and all(number in tasks for number in numbers):
            return lab, [tasks[number] for number in dict.fromkeys(numbers)]
    raise HilabError(f"No lab holds task {' and '.join(numbers) or '(none named)'}.")


def _graded(course: Course, lab: str) -> list[str]:
    names = [name for name in course.students if found_marks(course, lab, name)]
    if not names:
        raise HilabError(f"{course.folder}: nobody's {lab} is graded; run 'hilab grade {lab}' first.")
    return sorted(names)


def _seen(course: Course, lab: str, students: Sequence[str]) -> dict[str, str]:
    """Returns the keys of the results that stand there now."""
    found = {name: found_marks(course, lab, name) for name in students}
    return {name: marks.key for name, marks in found.items() if marks is not None}


def _points(marks: Marks | None) -> dict[str, float]:
    return {result.task: result.got for result in marks.tasks} if marks else {}


def _differ(course: Course, now: Marks) -> Iterator[str]:
    before = _points(found_marks(course, now.lab, now.student))
    yield from (task for task, got in _points(now).items() if before.get(task) != got)


def _change(
    course: Course, now: Marks, task: Task, grades_of: Mapping[str, Sequence[Grade]]
) -> Iterator[Change]:
    """Gives the change of one task, if there is one; a void task does not change."""
    before = _points(load_marks(course, now.lab, now.student)).get(task.id, 0.0)
    after = _points(now)[task.id]
    if before == after or task.id in voided(course, now.lab):
        return
    yield Change(now.student, task.id, task.cell, before, after, _by_hand(grades_of, now.student, task))


def _by_hand(grades_of: Mapping[str, Sequence[Grade]], student: str, task: Task) -> bool:
    mine = grades_of.get(student, ())
    return any(grade.manual is not None and grade.cell == task.grade_cell for grade in mine)


def plan_void(folder: Path, number: str, undo: bool = False) -> Plan:
    """Says whose points change if a task is void, or is no longer; writes nothing.

    Raises:
        HilabError: There is no such task, it is void already, or it is not.
    """
    course = load_course(folder)
    lab, (task,) = _asked(course, [number])
    if (number in voided(course, lab)) != undo:
        raise HilabError(f"Task {number} of {lab} is {'not void' if undo else 'void already'}.")
    students = [name for name in course.students if found_marks(course, lab, name)]
    changes = []
    grades_of = grades(course, lab)
    for name in sorted(students):
        now, found = load_marks(course, lab, name), found_marks(course, lab, name)
        assert now and found
        before, full = _points(now)[number], _result(found, number).points
        after = _points(ruled(course, found, ignoring=number))[number] if undo else full
        if before != after:
            by_hand = _by_hand(grades_of, name, task)
            changes.append(Change(name, number, task.cell, before, after, by_hand))
    what, seen = "unvoid" if undo else "void", _seen(course, lab, students)
    return Plan(course, lab, (number,), what, tuple(changes), len(students), {}, seen)


def _result(marks: Marks, number: str) -> TaskResult:
    return next(result for result in marks.tasks if result.task == number)


def write(plan: Plan, reason: str, lower: bool = False, wait: bool = False) -> str:
    """Writes a plan: audit trail first, then marks, gradebook and feedback.

    Args:
        plan: What was shown.
        reason: Why; stays in the audit trail.
        lower: Whether marks may fall; otherwise they are kept, and the trail says so.
        wait: Whether to wait while another process grades this course.

    Returns:
        What was done, in sentences.

    Raises:
        HilabError: There is no reason, a void task is taken back and that would lower marks, another process
            grades this course, or hand-ins were graded after the plan was made.
    """
    if plan.what == "unvoid" and plan.lowered and not lower:
        raise HilabError("Taking this back lowers marks; say --yes-lower if that is meant.")
    course, lab = plan.course, plan.lab
    told = [_told(course, lab, change, lower) for change in plan.changes if not change.by_hand]
    with turn(course, wait):
        _insist_on_same(plan)
        act = add(course, plan.what, reason, lab=lab, tasks=plan.tasks, facts={"changes": told})
        for marks in plan.marks.values():
            save_marks(course, marks)
        entered = Entered(course, lab)
        for student in dict.fromkeys(change.student for change in plan.changes):
            _enter(course, lab, student, entered)
    kept = len(plan.lowered) if not lower else 0
    words = [f"Written; act {act.number} of the audit trail."]
    words += [f"{kept} marks would have fallen and were kept; --yes-lower lowers them."] if kept else []
    return " ".join(words)


def _insist_on_same(plan: Plan) -> None:
    """Makes sure that what was shown is still what is there."""
    now = _seen(plan.course, plan.lab, list(plan.course.students))
    other = sorted(name for name in {*now, *plan.seen} if now.get(name) != plan.seen.get(name))
    if other:
        raise HilabError(
            f"Nothing was written: in the meantime {plan.lab} of {', '.join(other)} was graded. "
            "Ask again, and look at the new changes."
        )


def _told(course: Course, lab: str, change: Change, lower: bool) -> dict[str, Any]:
    given = change.before if change.lowers and not lower else change.after
    return {
        "who": alias(course, change.student),
        "task": change.task,
        "cell": change.cell,
        "answer": answer_hashes(course, lab, change.student).get(change.cell, ""),
        "from": change.before,
        "to": change.after,
        "given": given,
    }


def _enter(course: Course, lab: str, student: str, entered: Entered) -> None:
    """Writes marks into gradebook and feedback; what a person marked before needs no second look."""
    done = [g for g in grades(course, lab).get(student, ()) if g.manual is not None and not g.waits]
    marks = load_marks(course, lab, student)
    assert marks is not None
    enter(course, lab, marks, load_prepared(course, lab))
    entered.note(marks)
    mark_by_hand(course, lab, student, {g.cell: (g.manual or 0.0, "") for g in done})
