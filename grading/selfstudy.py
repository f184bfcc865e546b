"""Answers in the notebook: `check`, `practice`, `progress` and `doctor`.

The same check files and the same judge as for the marks; the calls are made in the learner's own process.
`examples` shows what `check` calls the functions with.
"""

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from grading import telling
from grading.calling import Functions, call, find_functions, unwritten
from grading.desk import doctor, doctor_text
from grading.diary import Diary, Entry, fingerprint
from grading.judge import CheckResult, TaskResult, assess
from grading.kitfile import KitFacts
from grading.notice import Line, Mark, Notice, show
from grading.reference import answered
from grading.tasks import Case, Reply, Task, labs_folder, load_tasks
from sim.errors import HilabError

if TYPE_CHECKING:
    from sim.world import World

__all__ = ["Example", "check", "doctor", "doctor_text", "examples", "practice", "progress"]

_MARKS: dict[str, Mark] = {"right": "right", "partly": "partly", "wrong": "wrong", "not looked at": "later"}
_NOT_HERE = "hilab gives marks with the course's own configuration; here every question scores 0."


def check(task: str) -> float | None:
    """Tells how far your answer to a task is. Ask as often as you like; it costs nothing.

    Your function is called on small examples and on your own district. Each further try that is not
    right yet shows one more hint.

    Args:
        task: Number of the task, for example `"1.3"`.

    Returns:
        Nothing. Only where nbgrader executes the notebook by itself: 0.0, with a sentence that says so.
    """
    if os.environ.get("NBGRADER_EXECUTION"):
        print(_NOT_HERE)
        return 0.0
    _guarded(_check, task, sys._getframe(1).f_globals)
    return None


def practice(task: str, number: int = 1) -> None:
    """Tries your answer on a practice district whose truth the program knows.

    Args:
        task: Number of the task, for example `"1.3"`.
        number: Which of the three practice districts: 1, 2 or 3.
    """
    _guarded(lambda t, names: _practice(t, names, number), task, sys._getframe(1).f_globals)


class Example(NamedTuple):
    """One small example of a task: the function, what it is called with, and what is expected.

    Attributes:
        function: Name of the function.
        name: What the example is, in words.
        args: Its arguments, in order; yours to change.
        expected: What a right answer says, in the form in which the judge compares it.
    """

    function: str
    name: str
    args: tuple[Any, ...]
    expected: Any


def examples(task: str) -> list[Example]:
    """Returns the small examples that `check` uses. No hidden district is among them.

    Args:
        task: Number of the task, for example `"1.4"`.

    Returns:
        The examples, made anew at each call; none, with a sentence below the cell, if there is no such task.

    Example:
        >>> [example.args for example in examples("0.6")][0]
        (24, 20)
    """
    try:
        cases = find_task(task).fixtures()
    except HilabError as error:
        show(Notice(str(error)))
        return []
    return [Example(c.function, c.name, c.args, c.expected) for c in cases]


def progress() -> None:
    """Shows how it stands with every task of this lab."""
    lab = _lab_here()
    diary = Diary(Path.cwd())
    tasks = [task for name in ([lab] if lab else _labs()) for task in load_tasks(name)]
    show(Notice("How it stands", [_stand(task, diary[task.id]) for task in tasks]))


def _guarded(answer: Any, task: str, namespace: Mapping[str, Any]) -> None:
    """Turns bad input into a sentence below the cell: no traceback of ours confuses a learner."""
    try:
        show(answer(find_task(task), namespace))
    except HilabError as error:
        show(Notice(str(error)))


def find_task(number: str) -> Task:
    """Returns a task by its number.

    Raises:
        HilabError: No lab has such a task.
    """
    labs = [lab for lab in _labs() if lab.startswith(f"l{str(number).partition('.')[0]}_")]
    tasks = {task.id: task for lab in labs or _labs() for task in load_tasks(lab)}
    if str(number) not in tasks:
        raise HilabError(f"There is no task {number!r}; there are {', '.join(tasks)}.")
    return tasks[str(number)]


def _labs() -> list[str]:
    return sorted(path.parent.name for path in labs_folder().glob("*/tasks.py"))


def _lab_here() -> str | None:
    path = Path.cwd() / "kit.json"
    return KitFacts.read(path).lab if path.is_file() else None


def _stand(task: Task, entry: Entry) -> Line:
    name = f"{task.id} {task.title} ({task.points:g} points)"
    if not entry.tries:
        return Line("later", name, ("Not checked yet.",))
    tries = f"{entry.tries} {'try' if entry.tries == 1 else 'different tries'}"
    districts = (
        f", right on practice district {', '.join(map(str, entry.practised))}" if entry.practised else ""
    )
    return Line("right" if entry.right else "wrong", name, (f"{tries}{districts}.",))


# ---- check -------------------------------------------------------------------------------------------


def _check(task: Task, namespace: Mapping[str, Any]) -> Notice:
    functions, missing = find_functions(task, namespace)
    if missing:
        return _undefined(task, missing)
    cases = task.fixtures()
    replies = [call(functions[case.function], case, task.seconds) for case in cases]
    if unwritten(replies):
        return Notice(f"{task.id} {task.title}: not written yet. Replace the two lines under YOUR CODE HERE.")
    result = assess(_without_history(task), cases, replies)
    at_home = _own_district(task, functions)
    right = result.right and at_home.mark != "wrong"
    entry = _noted(task, functions, right)
    head = "all examples are right." if right else "not yet right."
    closing = _help(result, entry) if not right else [_next(task)]
    lines = _lines(task, result)
    if at_home.more != (str(result.problem),):  # what is wrong with the form is said once
        lines.append(at_home)
    return Notice(f"{task.id} {task.title}: {head}", lines, closing)


def _undefined(task: Task, missing: list[str]) -> Notice:
    names = " and ".join(f"{name}()" for name in missing)
    return Notice(
        f"{task.id} {task.title}: {names} is not defined. Run your answer cell first (Shift + Enter)."
    )


def _without_history(task: Task) -> Task:
    """Leaves out what only hand-ins can show."""
    return replace(task, checks=tuple(check for check in task.checks if check.history is None))


def _noted(task: Task, functions: Functions, right: bool) -> Entry:
    diary = Diary(Path.cwd())
    entry = diary[task.id]
    entry.note(fingerprint(functions), right)
    diary.save()
    return entry


def _lines(task: Task, result: TaskResult) -> list[Line]:
    """One line a check that was looked at, and one for all that hand-ins will show."""
    seen = [
        _line(found, str(result.problem or "")) for found in result.checks if found.status != "not looked at"
    ]
    later = [c for c in result.checks if c.status == "not looked at"]
    titles = [f"{c.title} ({c.points:g})" for c in later]
    titles += [f"{c.title} ({c.points:g})" for c in task.checks if c.history is not None]
    if result.problem:
        seen.insert(0, Line("wrong", "The form of the answer", (str(result.problem),)))
    if titles:
        seen.append(
            Line("later", "Looked at when you hand in, with their points:", (", ".join(titles) + ".",))
        )
    return seen


def _line(found: CheckResult, problem: str) -> Line:
    points = f"{found.title} ({round(found.got, 2):g} of {found.points:g})"
    if found.status == "right":
        return Line("right", points)
    told = [f"Expected: {found.expected}"] if found.expected else []
    back = str(found.came_back or "")
    new = [back] if back and back != problem else []
    return Line(_MARKS[found.status], points, (*told, *new))


def _help(result: TaskResult, entry: Entry) -> list[str]:
    """Returns what the answer looks like, and as many hints as there were failed tries."""
    shown = max(1, min(3, entry.failed))
    known = telling.idea(result, "en")
    hints = known.hints if known else result.hints
    told = [str(telling.idea_sentence(known, "en"))] if known else []
    told += [f"Hint {n} of {len(hints)}: {hint}" for n, hint in enumerate(hints[:shown], start=1)]
    return told + (["Change your answer and ask again for one more hint."] if shown < len(hints) else [])


def _next(task: Task) -> str:
    return f'Your marks come from districts that nobody has seen. practice("{task.id}") tries one like them.'


def _own_district(task: Task, functions: Functions) -> Line:
    """Calls the functions on the learner's district: form, time and untouched arguments."""
    folder = Path.cwd() / "district"
    if not folder.is_dir():
        return Line("note", "Your own district was not looked at: there is no folder 'district' here.")
    cases = [case for case in task.district(_load(str(folder))) if case.kind == "district"]
    replies = [call(functions[case.function], case, task.seconds) for case in cases]
    troubles = [
        told for case, reply in zip(cases, replies, strict=True) if (told := _trouble(task, case, reply))
    ]
    if troubles:
        return Line("wrong", "On your own district", tuple(dict.fromkeys(troubles)))
    if not cases:
        return Line("note", "Your own district says nothing about this task.")
    seconds = sum(reply.seconds for reply in replies)
    return Line("right", f"On your own district: it runs in {seconds:.1f} s and the form is right")


@lru_cache(maxsize=1)
def _load(folder: str) -> "World":
    from sim.world import World

    return World.load(Path(folder))


def _trouble(task: Task, case: Case, reply: Reply) -> str:
    return reply.message if reply.problem else task.contract(case, reply.value) or ""


# ---- practice ----------------------------------------------------------------------------------------


def _practice(task: Task, namespace: Mapping[str, Any], number: int) -> Notice:
    if number not in (1, 2, 3):
        raise HilabError(f"There are practice districts 1, 2 and 3, not {number!r}.")
    functions, missing = find_functions(task, namespace)
    if missing:
        return _undefined(task, missing)
    cases = answered(task, [*task.fixtures(), *task.district(_practice_world(number))])
    replies = [call(functions[case.function], case, task.seconds) for case in cases]
    if unwritten(replies):
        return Notice(f"{task.id} {task.title}: not written yet. Replace the two lines under YOUR CODE HERE.")
    result = assess(_without_history(task), cases, replies)
    entry = _practised(task, functions, result.right, number)
    possible = sum(found.points for found in result.checks if found.status != "not looked at")
    earned = f"{round(result.got, 2):g} of {possible:g} points"
    title = f"{task.id} {task.title} on practice district {number}: {earned}"
    return Notice(title, _lines(task, result), _help(result, entry) if not result.right else ())


@lru_cache(maxsize=1)
def _practice_world(number: int) -> "World":
    from sim.world import make_world

    print(f"Building practice district {number}. The first time takes up to a minute.", flush=True)
    return make_world(f"practice {number}", progress=True)


def _practised(task: Task, functions: Functions, right: bool, number: int) -> Entry:
    diary = Diary(Path.cwd())
    entry = diary[task.id]
    entry.note(fingerprint(functions), right)
    if right:
        entry.practised = sorted({*entry.practised, number})
    diary.save()
    return entry
