"""Marks the hand-ins of a lab: several sandboxes at a time, one writer to nbgrader's gradebook."""

from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

import yaml
from tqdm import tqdm

from grading.course import Course, load_course
from grading.districts import Prepared, load_prepared
from grading.feedback import write_feedback
from grading.gradebook import autograde
from grading.intake import open_handin
from grading.marking import Marks, mark
from grading.preprocessors import released
from grading.receipts import history
from grading.sanitize import Rebuilt
from grading.stage import stage
from grading.tasks import lab_folder
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


def grade(folder: Path, lab: str, students: Sequence[str] | None = None, workers: int = 2) -> Graded:
    """Runs and marks the hand-ins of a lab.

    Args:
        folder: The course folder.
        lab: The lab.
        students: Ids of students; all who handed in if None.
        workers: How many hand-ins run at a time.

    Returns:
        The marks; they also stand in the gradebook.

    Raises:
        HilabError: Nothing can be graded, or, after all others were graded, some hand-ins could not be.
    """
    course = load_course(folder)
    model = released(course, lab)
    chosen = _chosen(course, lab, students)
    ready, staged = load_prepared(course, lab), stage(course.store / "cache")
    problems: list[str] = []
    handins: dict[str, Rebuilt] = {}
    for name in chosen:
        try:
            handins[name] = open_handin(course, lab, name, model)
        except HilabError as error:
            problems.append(str(error))
    marks: dict[str, Marks] = {}
    with ThreadPoolExecutor(workers) as pool:
        jobs = {
            pool.submit(mark, course, lab, name, handin, ready, staged): name
            for name, handin in handins.items()
        }
        for job in _progress(jobs):
            try:
                marks[jobs[job]] = _enter(course, lab, job.result(), ready)
            except HilabError as error:
                problems.append(str(error))
    done = Graded(lab, dict(sorted(marks.items())), tuple(problems), course.folder / "feedback")
    if problems:
        told = f"{done}\n" if marks else ""
        raise HilabError(told + "\n".join(dict.fromkeys(problems)))
    return done


def _progress(jobs: Iterable["Future[Marks]"]) -> Iterable["Future[Marks]"]:
    waiting = list(jobs)
    return tqdm(as_completed(waiting), total=len(waiting), desc="Hand-ins", unit="hand-in", disable=None)


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


def _enter(course: Course, lab: str, marks: Marks, ready: Prepared) -> Marks:
    """Writes marks into the gradebook and the feedback page."""
    autograde(course, lab, marks.student)
    attempts = {task.id: history(course, lab, marks.student, task.cell).attempts for task in ready.tasks}
    write_feedback(course, marks, lab_title(lab), attempts)
    return marks


def lab_title(lab: str) -> str:
    """Returns the title of a lab, or its id if it has none."""
    path = lab_folder(lab) / "lab.yaml"
    if not path.is_file():
        return lab
    facts = yaml.safe_load(path.read_text(encoding="utf-8"))
    return str(facts.get("title", lab)) if isinstance(facts, dict) else lab
