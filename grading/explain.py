"""`hilab explain`: reruns a failed check and shows the smallest input on which an answer is still wrong.

For the instructor who answers an appeal. The rows come from hidden districts, so the page stays in the
course folder's private part.
"""

import ast
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from grading.catalogue import misconceptions
from grading.choosing import FUNCTION, choice_told, for_track
from grading.counterexample import Counterexample, no_difference, told
from grading.course import Course, load_course, released
from grading.districts import load_prepared
from grading.draw import drawn
from grading.intake import open_handin
from grading.judge import CheckResult, TaskResult, assess
from grading.marking import found_marks
from grading.receipts import history
from grading.selfstudy import find_task
from grading.shrink import items_of, part_of, smallest
from grading.stage import stage
from grading.tasks import Case, Check, Reply, Task, labs_folder, load_tasks
from grading.witness import Bench, right_answers
from sim.errors import HilabError

SECONDS = 120.0
"""How long a counter-example is made smaller, at most."""


@dataclass(frozen=True)
class Explained:
    """What came out.

    Attributes:
        text: The page, Markdown.
        path: Where it was written.
    """

    text: str
    path: Path

    def __str__(self) -> str:
        """Returns the page and where it lies."""
        return f"{self.text}\nWritten to {self.path}."


def explain(folder: Path, student: str, number: str, seconds: float = SECONDS) -> Explained:
    """Reruns a student's task and explains every failed check.

    Args:
        folder: The course folder.
        student: Id of the student.
        number: Number of the task.
        seconds: How long each counter-example is made smaller, at most.

    Raises:
        HilabError: There is no such task or hand-in, or the question was not answered.
    """
    course = load_course(folder)
    task = find_task(number)
    lab = _lab_of(task)
    if not course.submitted(lab, student).is_file():
        raise HilabError(f"{course.submitted(lab, student)}: there is nothing of {student} to explain.")
    handin = open_handin(course, lab, student, released(course, lab))
    if task.cell in handin.open or task.cell not in handin.answers:
        raise HilabError(f"{student} did not answer {number}; there is nothing to explain.")
    ready, answer = load_prepared(course, lab), handin.answers[task.cell]
    task = for_track(task, lab, course.students[student].track) if student in course.students else task
    with Bench(stage(course.store / "cache"), ready, lab, task, answer) as bench:
        prepared = [case for case in ready.cases[task.id] if case.function in task.functions]
        cases = [*prepared, *drawn(task, answer, course.key)]
        text = _page(course, lab, student, task, bench, cases, seconds)
    return Explained(text, _write(course, lab, student, number, text))


def _page(
    course: Course, lab: str, student: str, task: Task, bench: Bench, cases: Sequence[Case], seconds: float
) -> str:
    replies = bench.ask_student(cases)
    result = assess(task, cases, replies, history(course, lab, student, task.cell))
    names = _argument_names(right_answers(lab, task)[0])
    parts = [_head(course, lab, student, task, result)]
    shown: set[str] = set()
    for check, found in zip(task.checks, result.checks, strict=True):
        if found.status in ("wrong", "partly"):
            parts.append(_section(lab, bench, task, check, found, cases, replies, names, shown, seconds))
    return "\n\n".join(parts) + "\n"


def _lab_of(task: Task) -> str:
    labs = sorted(path.parent.name for path in labs_folder().glob("*/tasks.py"))
    return next(lab for lab in labs if any(known.id == task.id for known in load_tasks(lab)))


def _write(course: Course, lab: str, student: str, number: str, text: str) -> Path:
    path = course.store / "explanations" / lab / f"{student}-{number}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(text, encoding="utf-8", newline="\n")
    return part.replace(path)


def _head(course: Course, lab: str, student: str, task: Task, result: TaskResult) -> str:
    before = found_marks(course, lab, student)
    known = next((one.got for one in before.tasks if one.task == task.id), None) if before else None
    lines = [f"# {student}, {task.id} {task.title}: {result.got:g} of {result.points:g} points", ""]
    if known is None:
        lines.append("It was not graded before; these are the points of this run.")
    elif known == result.got:
        lines.append("This run gives the points that were given before.")
    else:
        lines.append(
            f"**Look at this: it was given {known:g} points before.** The answer may depend on chance or "
            "time; or the checks were changed since, then regrade the task."
        )
    codes = [misconceptions()[code] for code in result.codes if code in misconceptions()]
    lines += [f"It looks like {one.code}: “{one.statement}”" for one in codes[:1]]
    if result.problem:
        lines.append(f"The form of the answer: {result.problem}")
    if result.right:
        lines.append("Every check is right; there is nothing to explain.")
    return "\n".join(lines)


def _section(
    lab: str,
    bench: Bench,
    task: Task,
    check: Check,
    found: CheckResult,
    cases: Sequence[Case],
    replies: Sequence[Reply],
    names: Mapping[str, Sequence[str]],
    shown: set[str],
    seconds: float,
) -> str:
    """Explains one failed check; checks that one counter-example serves are not shrunk again."""
    title = f"## {check.id} {found.title}: {found.got:g} of {found.points:g}"
    if check.history is not None:
        return f"{title}\n\nThis check looks only at how often the question was handed in: {found.came_back}"
    if check.function == FUNCTION:
        return f"{title}\n\n{choice_told(lab, cases, replies)}"
    worst = _worst(task, check, cases, replies)
    if worst is None:
        return f"{title}\n\nNo single call fails it."
    if worst.name in shown:
        return f"{title}\n\nIt fails on the same input as the check above."
    whole = bench.look(worst)
    if not bench.differs(whole):
        return f"{title}\n\n{no_difference(whole)}"
    shown.add(worst.name)
    small = smallest(items_of(worst.args), lambda parts: bench.fails_like(whole, parts), seconds)
    least = Case(worst.function, worst.name, part_of(worst.args, small.items), worst.kind)
    example = Counterexample(worst, bench.look(least), small, names.get(worst.function, ()))
    return "\n\n".join([title, *told(bench, example)])


def _worst(task: Task, check: Check, cases: Sequence[Case], replies: Sequence[Reply]) -> Case | None:
    """Returns the case that earns least in a check; of several the one with the fewest rows."""
    alone = [
        (
            assess_one(task, check, case, reply),
            sum(len(a) for a in case.args if isinstance(a, pd.DataFrame)),
            n,
        )
        for n, (case, reply) in enumerate(zip(cases, replies, strict=True))
        if check.looks_at(case)
    ]
    failed = sorted(one for one in alone if one[0] < 1)
    return cases[failed[0][2]] if failed else None


def assess_one(task: Task, check: Check, case: Case, reply: Reply) -> float:
    """Returns the score of one reply in one check, between 0 and 1."""
    only = Task(**{**task.__dict__, "checks": (Check(**{**check.__dict__, "combine": "worst"}),)})
    got = assess(only, [case], [reply]).checks[0].got
    return got / check.points if check.points else 1.0


def _argument_names(source: str) -> dict[str, list[str]]:
    r"""Returns the names of the arguments of every function that a cell defines.

    Example:
        >>> _argument_names("def free(table, *, n=3):\n    return n")
        {'free': ['table']}
    """
    tree = ast.parse(source)
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {node.name: [arg.arg for arg in node.args.args] for node in found}
