"""What is told about a result, in a language: titles, what came back, the idea behind it, the next hint.

The page, the text in the notebook and `check()` all say it through here, so they never differ.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import yaml

from grading.catalogue import Misconception, course_file, misconceptions
from grading.forms import form_in
from grading.judge import CheckResult, TaskResult
from grading.tasks import Check, Task
from grading.words import LANGUAGES, Said, text
from sim.errors import HilabError

HINTS = 3
"""Steps of hints: each says a little more, none says the answer."""


_FORMS = {"plain": "text", "came.example_error": "value"}
"""Where a sentence about an answer's form stands in another one."""


class Worded(NamedTuple):
    """Words and the language they are in: where a translation is missing, they are English.

    Attributes:
        words: The words.
        language: Their language.
    """

    words: str
    language: str

    def __str__(self) -> str:
        """Returns the words alone."""
        return self.words


@cache
def _labs(language: str) -> Mapping[str, Any]:
    """Returns the translated titles and hints of tasks and checks; none for English, which the labs hold."""
    if language == LANGUAGES[0]:
        return {}
    path = course_file(f"i18n/labs.{language}.yaml")
    try:
        return dict(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, ValueError) as error:
        raise HilabError(f"{path}: cannot be read as YAML ({type(error).__name__}).") from error


def _worded(found: Any, english: str, language: str) -> Worded:
    return Worded(str(found), language) if found else Worded(english, LANGUAGES[0])


def lab_title(lab: str, english: str, language: str) -> Worded:
    """Returns the title of a lab."""
    return _worded(_labs(language).get("labs", {}).get(lab), english, language)


def task_title(task: str, english: str, language: str) -> Worded:
    """Returns the title of a task."""
    return _worded(_labs(language).get(task, {}).get("title"), english, language)


def check_title(check: str, english: str, language: str) -> Worded:
    """Returns what a check looks at."""
    return _worded(_check(check, language).get("title"), english, language)


def expected(found: CheckResult, language: str) -> Worded:
    """Returns what a check expects, in words that give no answer away."""
    return _worded(_check(found.id, language).get("expected"), found.expected, language)


def _check(check: str, language: str) -> Mapping[str, Any]:
    task = ".".join(check.split(".")[:2])
    return _labs(language).get(task, {}).get("checks", {}).get(check) or {}


def told(said: Said, language: str) -> Worded:
    """Returns a sentence of the program; one about an answer's form is English if it has no translation."""
    place = _FORMS.get(said.code)
    if place is None:
        return Worded(said.told(language), language)
    words = form_in(said.values[place], language)
    if words is not None:
        return Worded(text(said.code, language, **{**said.values, place: words}), language)
    return Worded(said.told(language), LANGUAGES[0] if said.code == "plain" else language)


def idea(result: TaskResult, language: str) -> Misconception | None:
    """Returns the misconception that a wrong answer looks most like."""
    known = misconceptions(language)
    return next((known[code] for code in result.codes if code in known), None)


def idea_sentence(found: Misconception, language: str) -> Worded:
    """Returns what a student reads when an answer shows a misconception."""
    sentence = text("looks", found.language, statement=found.statement, code=found.code)
    return Worded(sentence, found.language)


def hints(result: TaskResult, tries: int, language: str) -> list[Worded]:
    """Returns as many hints as there were tries, at least one; none if all is right.

    Args:
        result: What was found out.
        tries: How many different answers were not right.
        language: The language.
    """
    if not result.hints:
        return []
    if found := idea(result, language):
        known = [Worded(hint, found.language) for hint in found.hints]
    else:
        known = _hints(result.task, result.checks, result.hints, language)
    return known[: max(1, min(HINTS, tries))]


def task_hints(task: Task, language: str) -> list[Worded]:
    """Returns all hints of a task, or of the decision in its place."""
    return _hints(task.id, task.checks, task.hints, language)


def _hints(
    task: str, checks: Sequence[Check | CheckResult], english: Sequence[str], language: str
) -> list[Worded]:
    chosen = any(check.id == f"{task}.choice" for check in checks)
    translated = _labs(language).get(task, {}).get("choice_hints" if chosen else "hints") or []
    known = [Worded(str(hint), language) for hint in translated]
    return known or [Worded(hint, LANGUAGES[0]) for hint in english]


def points(got: float, of: float, language: str) -> str:
    """Returns points as text.

    Example:
        >>> points(1.25, 2.0, "en"), points(1, 2, "zh")
        ('1.25 of 2', '1 / 2')
    """
    return text("points", language, got=f"{round(got, 2):g}", points=f"{of:g}")
