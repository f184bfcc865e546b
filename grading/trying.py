"""Tries an answer in the learner's own process: on examples, on the own district, on practice districts."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grading import telling
from grading.calling import Functions, call, find_functions, unwritten
from grading.diary import Diary, Entry, fingerprint, size
from grading.draw import drawn
from grading.judge import CheckResult, TaskResult, assess
from grading.local import facts_here, language_here
from grading.notice import Line, Mark, Notice
from grading.reference import answered
from grading.tasks import Case, Reply, Task
from grading.unlock import may_see
from grading.words import text
from sim.errors import HilabError

if TYPE_CHECKING:
    from sim.world import World

_MARKS: dict[str, Mark] = {"right": "right", "partly": "partly", "wrong": "wrong", "not looked at": "later"}


def _language() -> str:
    return language_here(Path.cwd())


def say(code: str, /, **values: object) -> str:
    """Returns a text in the language of this folder."""
    return text(code, _language(), **values)


def titled(code: str, task: Task, **values: object) -> str:
    """Returns a text that begins with a task's number and title."""
    return say(code, task=task.id, title=telling.task_title(task.id, task.title, _language()), **values)


def notice(title: str, lines: list[Line] | None = None, closing: list[str] | None = None) -> Notice:
    """Returns a notice in the language of this folder."""
    return Notice(title, lines or [], closing or [], _language())


def checked(task: Task, namespace: Mapping[str, Any]) -> Notice:
    """Returns what `check` tells of a task.

    Args:
        task: The question.
        namespace: What the notebook has defined.
    """
    functions, missing = find_functions(task, namespace)
    if missing:
        return _undefined(task, missing)
    cases = task.fixtures()
    replies = [call(functions[case.function], case, task.seconds) for case in cases]
    if unwritten(replies):
        return notice(titled("study.unwritten", task))
    result = assess(_without_history(task), cases, replies)
    at_home = _own_district(task, functions)
    right = result.right and at_home.mark != "wrong"
    entry = _noted(task, functions, right)
    closing = [say("study.next", task=task.id)] if right else _help(result, entry)
    if not right and may_see(task, entry, Path.cwd()):
        closing.append(say("study.unlocked", task=task.id))
    lines = _lines(task, result)
    if result.problem is None or at_home.more != (str(result.problem),):  # the form is said once
        lines.append(at_home)
    return notice(titled("study.right" if right else "study.wrong", task), lines, closing)


def _undefined(task: Task, missing: list[str]) -> Notice:
    names = say("study.and").join(f"{name}()" for name in missing)
    return notice(titled("study.undefined", task, names=names))


def _without_history(task: Task) -> Task:
    """Leaves out what only hand-ins can show."""
    return replace(task, checks=tuple(check for check in task.checks if check.history is None))


def _noted(task: Task, functions: Functions, right: bool, number: int | None = None) -> Entry:
    """Counts a try; with a number, one on that practice district."""
    diary = Diary(Path.cwd())
    entry = diary[task.id]
    entry.note(fingerprint(functions), right, size(functions))
    if right and number is not None:
        entry.practised = sorted({*entry.practised, number})
    diary.save()
    return entry


def _lines(task: Task, result: TaskResult) -> list[Line]:
    """One line a check that was looked at, and one for all that hand-ins will show."""
    seen = [_line(found, result) for found in result.checks if found.status != "not looked at"]
    later = [(c.id, c.title, c.points) for c in result.checks if c.status == "not looked at"]
    later += [(c.id, c.title, c.points) for c in task.checks if c.history is not None]
    if result.problem is not None:
        seen.insert(0, Line("wrong", say("study.form"), (result.problem.told(_language()),)))
    if later:
        titles = [f"{telling.check_title(c, title, _language())} ({points:g})" for c, title, points in later]
        seen.append(Line("later", say("study.later"), (", ".join(titles) + ".",)))
    return seen


def _line(found: CheckResult, result: TaskResult) -> Line:
    title = telling.check_title(found.id, found.title, _language())
    points = f"{title} ({telling.points(found.got, found.points, _language())})"
    if found.status == "right":
        return Line("right", points)
    told = [f"{say('page.expected')}: {telling.expected(found, _language())}"] if found.expected else []
    new = found.came_back is not None and found.came_back != result.problem
    back = [found.came_back.told(_language())] if new and found.came_back is not None else []
    return Line(_MARKS[found.status], points, (*told, *back))


def _help(result: TaskResult, entry: Entry) -> list[str]:
    """Returns what the answer looks like, and as many hints as there were failed tries."""
    language = _language()
    known = telling.idea(result, language)
    told = [str(telling.idea_sentence(known, language))] if known else []
    hints = telling.hints(result, entry.failed, language)
    for number, hint in enumerate(hints, start=1):
        told.append(say("page.hint", number=number, count=telling.HINTS, hint=hint))
    return told + ([say("study.more")] if 0 < len(hints) < telling.HINTS else [])


def _own_district(task: Task, functions: Functions) -> Line:
    """Calls the functions on the learner's district: form, time and untouched arguments."""
    folder = Path.cwd() / "district"
    if not folder.is_dir():
        return Line("note", say("study.own_missing"))
    cases = [case for case in task.district(_load(str(folder))) if case.kind == "district"]
    replies = [call(functions[case.function], case, task.seconds) for case in cases]
    troubles = [
        told for case, reply in zip(cases, replies, strict=True) if (told := _trouble(task, case, reply))
    ]
    if troubles:
        return Line("wrong", say("study.own_wrong"), tuple(dict.fromkeys(troubles)))
    if not cases:
        return Line("note", say("study.own_nothing"))
    seconds = sum(reply.seconds for reply in replies)
    return Line("right", say("study.own_right", seconds=f"{seconds:.1f}"))


@lru_cache(maxsize=1)
def _load(folder: str) -> "World":
    from sim.world import World

    return World.load(Path(folder))


def _trouble(task: Task, case: Case, reply: Reply) -> str:
    return reply.message if reply.problem else task.contract(case, reply.value) or ""


def practised(task: Task, namespace: Mapping[str, Any], number: int) -> Notice:
    """Returns what `practice` tells of a task.

    Args:
        task: The question.
        namespace: What the notebook has defined.
        number: The practice district, 1 to 3.

    Raises:
        HilabError: There is no such district.
    """
    if number not in (1, 2, 3):
        raise HilabError(f"There are practice districts 1, 2 and 3, not {number!r}.")
    functions, missing = find_functions(task, namespace)
    if missing:
        return _undefined(task, missing)
    cases = answered(task, [*task.fixtures(), *task.district(_practice_world(number, _country()))])
    cases += drawn(task, f"{number} {fingerprint(functions)}")
    replies = [call(functions[case.function], case, task.seconds) for case in cases]
    if unwritten(replies):
        return notice(titled("study.unwritten", task))
    result = assess(_without_history(task), cases, replies)
    entry = _noted(task, functions, result.right, number)
    possible = sum(found.points for found in result.checks if found.status != "not looked at")
    earned = telling.points(result.got, possible, _language())
    title = titled("study.practised", task, number=number, points=earned)
    return notice(title, _lines(task, result), _help(result, entry) if not result.right else [])


def _country() -> str:
    """Returns the country of the learner's kit; the first one outside a kit."""
    facts = facts_here(Path.cwd())
    from sim.countries import COUNTRIES  # not staged for answers, whose setup cells may import this module

    return facts.country if facts else COUNTRIES[0]


@lru_cache(maxsize=1)
def _practice_world(number: int, country: str) -> "World":
    from sim.world import make_world

    print(say("study.building", number=number), flush=True)
    return make_world(f"practice {number}", country=country, progress=True)
