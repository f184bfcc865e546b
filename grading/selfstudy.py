"""What a learner calls in the notebook: `check`, `practice`, `glossary`, `progress` and others.

The same check files and the same judge as for the marks; the calls are made in the learner's own process.
Everything works offline and stays in the learner's folder.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from grading.choosing import for_track
from grading.desk import doctor, doctor_text
from grading.diary import Diary, Entry
from grading.glossary import explained
from grading.local import facts_here, language_here
from grading.notice import Line, Notice, show
from grading.record import competencies_of, write_record
from grading.tasks import Task, labs_folder, load_tasks
from grading.trying import checked, notice, practised, say, titled
from grading.unlock import exemplars_notice, score_notice, walkthrough_notice
from sim.errors import HilabError

__all__ = [
    "Example",
    "check",
    "doctor",
    "doctor_text",
    "examples",
    "exemplars",
    "glossary",
    "practice",
    "progress",
    "score",
    "walkthrough",
]

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
    names = sys._getframe(1).f_globals
    _guarded(lambda: checked(find_task(task), names))
    return None


def practice(task: str, number: int = 1) -> None:
    """Tries your answer on a practice district whose truth the program knows.

    Args:
        task: Number of the task, for example `"1.3"`.
        number: Which of the three practice districts: 1, 2 or 3.
    """
    names = sys._getframe(1).f_globals
    _guarded(lambda: practised(find_task(task), names, number))


def walkthrough(task: str) -> None:
    """Shows a way to do a task, once you have tried it honestly.

    It opens when `check` calls your answer right, when you have handed it in, or after three different
    answers of your own.

    Args:
        task: Number of the task, for example `"1.3"`.
    """
    _guarded(lambda: walkthrough_notice(find_task(task), _lab_of(task), Path.cwd(), _language()))


def glossary(word: str | None = None) -> None:
    """Says what a word means that this lab or an earlier one explains.

    Args:
        word: The word, or a part of it, in English or Chinese; all words if left out.
    """
    _guarded(lambda: explained(word, _lab_here(), _language()))


def exemplars() -> None:
    """Shows how written answers are marked, and three of them, once yours stands in the saved notebook."""
    _guarded(lambda: exemplars_notice(_the_lab(), Path.cwd(), _language()))


def score(name: str, *marks: int) -> None:
    """Takes your marks for an exemplar, or for your own answer.

    Args:
        name: `"A"`, `"B"`, `"C"` or `"mine"`.
        *marks: 0, 1 or 2 for each criterion, in their order.
    """
    _guarded(lambda: score_notice(_the_lab(), Path.cwd(), name, marks, _language()))


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


def progress(save: bool = False) -> None:
    """Shows how it stands with every task of this lab, and with its competencies.

    Args:
        save: Whether to write the record as a page and as data into this folder, too.
    """
    _guarded(lambda: _progress(save))


def _guarded(answer: Callable[[], Notice]) -> None:
    """Turns bad input into a sentence below the cell: no traceback of ours confuses a learner."""
    try:
        show(answer())
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
    facts = facts_here(Path.cwd())
    task = tasks[str(number)]
    return for_track(task, _lab_of(str(number)), facts.track) if facts else task


def _labs() -> list[str]:
    return sorted(path.parent.name for path in labs_folder().glob("*/tasks.py"))


def _lab_of(number: str) -> str:
    return next(lab for lab in _labs() if any(task.id == str(number) for task in load_tasks(lab)))


def _lab_here() -> str | None:
    facts = facts_here(Path.cwd())
    return facts.lab if facts else None


def _the_lab() -> str:
    lab = _lab_here()
    if lab is None:
        raise HilabError(f"{Path.cwd()}: no kit.json here; open the notebook in the folder of its lab.")
    return lab


def _language() -> str:
    return language_here(Path.cwd())


# ---- progress ----------------------------------------------------------------------------------------


def _progress(save: bool) -> Notice:
    lab, diary = _lab_here(), Diary(Path.cwd())
    labs = [lab] if lab else _labs()
    lines = [_stand(task, diary[task.id]) for name in labs for task in load_tasks(name)]
    found = competencies_of(dict.fromkeys(labs, diary))
    if found:
        whole = [one for one in found if one["mastered"] == one["tasks"]]
        told = tuple(
            say("study.competency", code=c["code"], title=c["text"], done=c["mastered"], count=c["tasks"])
            for c in found
        )
        lines.append(Line("note", say("study.competencies", mastered=len(whole), count=len(found)), told))
    closing = []
    if save:
        page, data = write_record(dict.fromkeys(labs, Path.cwd()), Path.cwd(), _language())
        closing.append(say("study.saved", page=page.name, data=data.name))
    return notice(say("study.stands"), lines, closing)


def _stand(task: Task, entry: Entry) -> Line:
    name = titled("study.task", task, points=f"{task.points:g}")
    if not entry.tries:
        return Line("later", name, (say("study.untried"),))
    told = [say("study.tries", tries=entry.tries)]
    if entry.practised:
        told.append(say("study.districts", numbers=", ".join(map(str, entry.practised))))
    return Line("right" if entry.right else "wrong", name, (" ".join(told),))
