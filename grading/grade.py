"""Marks the hand-ins of a lab: several sandboxes at a time, one writer to nbgrader's gradebook.

What has been marked stands in the course's private part before it is entered, what has been entered has a
stamp; so a run that was stopped loses nothing and repeats little.
"""

import contextlib
import shutil
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from grading.course import Course, load_course, released
from grading.districts import Prepared, load_prepared
from grading.entered import Entered
from grading.feedback import write_feedback
from grading.gradebook import autograde, load_nbgrader
from grading.intake import open_handin
from grading.marking import Marks, known_marks, mark
from grading.pool import close_all, shared
from grading.receipts import history
from grading.sandbox import Limits
from grading.sanitize import Rebuilt
from grading.stage import stage
from grading.tasks import lab_folder
from grading.turn import turn
from grading.yamlfile import read_yaml
from sim.errors import HilabError


@dataclass(frozen=True)
class Graded:
    """What a run of grading did.

    Attributes:
        lab: The lab.
        marks: Marks of every hand-in that could be graded, by student.
        problems: One sentence for each that could not.
        feedback: Folder of the feedback pages.
    """

    lab: str
    marks: dict[str, Marks]
    problems: tuple[str, ...]
    feedback: Path

    def __str__(self) -> str:
        """Returns the marks as a small table."""
        width = max([len(name) for name in self.marks] + [7])
        lines = [
            f"{name:<{width}}  {round(m.got, 2):6g} of {m.points:g}{_flag(m)}"
            for name, m in self.marks.items()
        ]
        return "\n".join([*lines, f"Feedback: {self.feedback}"])


def _flag(marks: Marks) -> str:
    flags = dict.fromkeys(flag for task in marks.tasks for flag in task.flags)
    return f"  look at this one: {'; '.join(flags)}" if flags else ""


def grade(
    folder: Path,
    lab: str,
    students: Sequence[str] | None = None,
    workers: int = 2,
    again: bool = False,
    wait: bool = False,
) -> Graded:
    """Runs and marks the hand-ins of a lab, those that changed since the last run.

    It can be stopped at any moment, be it with Ctrl+C or kill -9; the next run goes on where it was.

    Args:
        folder: The course folder.
        lab: The lab.
        students: Ids of students; all who handed in if None.
        workers: How many hand-ins run at a time.
        again: Whether to run also what has not changed.
        wait: Whether to wait while another process grades this course.

    Returns:
        The marks; they also stand in the gradebook.

    Raises:
        HilabError: Nothing can be graded, another process grades this course, or, after all others were
            graded, some hand-ins could not be.
    """
    course = load_course(folder)
    model = released(course, lab)
    chosen = _chosen(course, lab, students)
    with turn(course, wait):
        tidy(course)
        return _grade(course, lab, model, chosen, workers, again)


def _grade(
    course: Course, lab: str, model: Mapping[str, Any], chosen: Sequence[str], workers: int, again: bool
) -> Graded:
    ready, staged = load_prepared(course, lab), stage(course.store / "cache")
    problems: list[str] = []
    handins: dict[str, Rebuilt] = {}

    def opened() -> Iterator[str]:
        """Opens the hand-ins; those that are open are run already while the others are opened."""
        new = False
        for name in chosen:
            try:
                handins[name] = open_handin(course, lab, name, model)
            except HilabError as error:
                problems.append(str(error))
                continue
            if not new and (again or known_marks(course, lab, name, handins[name], ready) is None):
                new = True
                shared(staged, ready.setup, Limits()).warm()
            yield name
        if new:
            load_nbgrader()  # while the first are run

    def job(name: str) -> Marks:
        return mark(course, lab, name, handins[name], ready, staged, again)

    marks: dict[str, Marks] = {}
    entered = Entered(course, lab)
    with contextlib.closing(_side_by_side(job, opened(), workers)) as outcomes:
        for name, outcome in outcomes:
            try:
                marks[name] = outcome()
                if again or not entered.holds(marks[name]):
                    enter(course, lab, marks[name], ready)
                    entered.note(marks[name])
            except HilabError as error:
                problems.append(str(error))
    done = Graded(lab, dict(sorted(marks.items())), tuple(problems), course.folder / "feedback")
    if problems:
        told = f"{done}\n" if marks else ""
        raise HilabError(told + "\n".join(dict.fromkeys(problems)))
    return done


def _side_by_side(
    job: Callable[[str], Marks], names: Iterable[str], workers: int
) -> Generator[tuple[str, Callable[[], Marks]], None, None]:
    """Runs a job for every name, several at a time, and gives names and outcomes in the order of the end.

    When the caller stops, so do the jobs: their sandboxes are closed.
    """
    pool = ThreadPoolExecutor(workers)
    try:
        jobs = {pool.submit(job, name): name for name in names}
        ended = as_completed(jobs)
        for done in tqdm(ended, total=len(jobs), desc="Hand-ins", unit="hand-in", disable=None):
            yield jobs[done], done.result
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        close_all()
        raise
    finally:
        pool.shutdown()


def _chosen(course: Course, lab: str, students: Sequence[str] | None) -> list[str]:
    found = sorted(path.parent.name for path in (course.folder / "submitted").glob(f"*/{lab}"))
    if students is not None:
        missing = [name for name in students if name not in found]
        if missing:
            raise HilabError(f"{course.folder / 'submitted'}: nothing of {lab} from {', '.join(missing)}.")
        return sorted(set(students))
    if not found:
        raise HilabError(f"{course.folder / 'submitted'}: nobody has handed in {lab} yet.")
    return found


def enter(course: Course, lab: str, marks: Marks, ready: Prepared) -> Marks:
    """Writes marks into the gradebook and the feedback page."""
    autograde(course, lab, marks.student)
    attempts = {task.id: history(course, lab, marks.student, task.cell).attempts for task in ready.tasks}
    write_feedback(course, marks, lab_title(lab), attempts)
    return marks


def tidy(course: Course, age: float = 3600.0) -> None:
    """Removes what processes that were killed left half-written in the course's private part.

    Args:
        course: The class.
        age: Seconds since which nothing has changed in it.
    """
    half = [*course.store.glob("tmp*"), *course.store.glob("cache/tmp*"), *course.store.rglob("*.part")]
    for path in half:
        if path.exists() and time.time() - path.stat().st_mtime > age:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def lab_title(lab: str) -> str:
    """Returns the title of a lab, or its id if it has none."""
    path = lab_folder(lab) / "lab.yaml"
    if not path.is_file():
        return lab
    facts = read_yaml(path)
    return str(facts.get("title", lab)) if isinstance(facts, dict) else lab
