"""Scores answers and explains them: a pure function of cases and replies.

The same judge sits behind the marks (replies from the sandbox) and behind `check()` in a student's own
notebook (replies from the same process). It calls nothing and reads nothing but its arguments. What it finds
is told by codes with values, so that it can be said in any language.
"""

import builtins
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from grading.figures import plain_figure, read_figure
from grading.tasks import Case, Check, History, Reply, Task
from grading.words import Said, say

Status = Literal["right", "partly", "wrong", "not looked at"]

_SENTENCE = 300
_SHOWN = 400
_ROWS = 20


@dataclass(frozen=True)
class CheckResult:
    """What one check found.

    Attributes:
        id: Id of the check.
        title: What was checked.
        points: Points for a right answer.
        got: Points given, between 0 and `points`.
        status: `not looked at` when there was no case for it (hidden checks in self-study).
        visible: Whether details may be shown to the student.
        expected: What was expected, in words.
        came_back: What came back; of hidden checks only the kind of problem. None if there is nothing to say.
        figure: The figure that a visible example gave, as plain data; None if it gave none.
    """

    id: str
    title: str
    points: float
    got: float
    status: Status
    visible: bool
    expected: str = ""
    came_back: Said | None = None
    figure: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class TaskResult:
    """What was found out about the answer to one question.

    Attributes:
        task: Number of the task.
        title: Its name.
        points: Points for a right answer.
        got: Points given, to two decimal places: what the gradebook and every page show.
        checks: One result a check, in the order of the check file.
        codes: Misconceptions that the answer looks like, the most specific first; empty if all is right.
        hints: The task's three hints, each saying a little more; empty if all is right.
        problem: Why the answer could not be judged at all or breaks the contract; None if it does not.
        flags: What the instructor should look at: signs of tampering. They change no points.
        optional: Whether the points only replace points that were lost elsewhere.
    """

    task: str
    title: str
    points: float
    got: float
    checks: tuple[CheckResult, ...]
    codes: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    problem: Said | None = None
    flags: tuple[str, ...] = ()
    optional: bool = False

    @property
    def right(self) -> bool:
        """Whether every check that was looked at is right."""
        return all(check.status in ("right", "not looked at") for check in self.checks)


@dataclass(frozen=True)
class _Trial:
    """A case with its reply and, if it breaks the contract, the sentence that says how."""

    case: Case
    reply: Reply
    breach: str


def assess(
    task: Task, cases: Sequence[Case], replies: Sequence[Reply], history: History | None = None
) -> TaskResult:
    """Scores the replies to a question and says what they look like.

    A breach of the contract in any reply of a function scores 0 in all checks of that function. A call
    that fails scores 0 for its case only.

    Args:
        task: The question.
        cases: What was called, expected values included.
        replies: What came back, one a case.
        history: How often the question was handed in; once if not given.

    Raises:
        ValueError: The number of replies differs from the number of cases.

    Example:
        >>> same = lambda case, value: value == case.expected
        >>> check = Check("0.1.greet", "A greeting", 2.0, "greet", same, ("fixture",))
        >>> form = lambda case, value: None if isinstance(value, str) else "greet() must return text."
        >>> hints = ("one", "two", "three")
        >>> task = Task("0.1", "Greet", ("greet",), (check,), form, list, lambda w: [], (), hints)
        >>> case = Case("greet", "Ada", ("Ada",), expected="Hello, Ada!")
        >>> assess(task, [case], [Reply("Hello, Ada!")]).got, assess(task, [case], [Reply("Hi")]).got
        (2.0, 0.0)
    """
    trials = [
        _Trial(case, reply, _breach(task, case, reply)) for case, reply in zip(cases, replies, strict=True)
    ]
    gates = {name: _first_breach(trials, name) for name in {trial.case.function for trial in trials}}
    once = history or History()
    checks = tuple(_judge(check, trials, gates, once) for check in task.checks)
    problem = next((gates[name] for name in task.functions if gates.get(name)), "")
    wrong = any(check.status in ("wrong", "partly") for check in checks)
    return TaskResult(
        task=task.id,
        title=task.title,
        points=round(task.points, 4),
        got=round(sum(check.got for check in checks), 2),
        checks=checks,
        codes=_codes(task, trials) if wrong and not problem else (),
        hints=tuple(task.hints) if wrong else (),
        problem=say("plain", text=problem) if problem else None,
        optional=task.optional,
    )


def _breach(task: Task, case: Case, reply: Reply) -> str:
    if reply.problem == "contract":
        return reply.message[:_SENTENCE]
    if reply.problem:
        return ""
    try:
        sentence = task.contract(case, reply.value)
    except Exception:  # an answer so odd that even looking at its form fails
        sentence = f"{case.function}() returned something of a form that could not be read."
    return (sentence or "")[:_SENTENCE]


def _first_breach(trials: Sequence[_Trial], function: str) -> str:
    return next((t.breach for t in trials if t.case.function == function and t.breach), "")


def _judge(check: Check, trials: Sequence[_Trial], gates: dict[str, str], history: History) -> CheckResult:
    if check.history is not None:
        told = say("came.attempts", attempts=history.attempts)
        return _result(check, _fraction(check.history(history)), told)
    mine = [t for t in trials if check.looks_at(t.case)]
    if not mine:
        return CheckResult(
            check.id, check.title, check.points, 0.0, "not looked at", check.visible, check.expected
        )
    breach = gates[check.function]
    if breach:
        return _result(check, 0.0, say("plain", text=breach))
    scores = [_score(check, trial) for trial in mine]
    score = min(scores) if check.combine == "worst" else sum(scores) / len(scores)
    worst = mine[scores.index(min(scores))]
    figure = read_figure(worst.reply.value) if check.visible else None
    back = None if score == 1 else _say(check, worst)
    return _result(check, score, back, plain_figure(figure) if figure is not None else None)


def _result(
    check: Check, score: float, came_back: Said | None, figure: Mapping[str, Any] | None = None
) -> CheckResult:
    status: Status = "right" if score == 1 else "partly" if score > 0 else "wrong"
    got = round(check.points * score, 4)
    return CheckResult(
        check.id, check.title, check.points, got, status, check.visible, check.expected, came_back, figure
    )


def _score(check: Check, trial: _Trial) -> float:
    if trial.reply.problem or trial.breach:
        return 0.0
    try:
        return _fraction(check.score(trial.case, trial.reply.value))
    except (
        Exception
    ):  # the answer has the right form, yet odd contents: that is a wrong answer, not our crash
        return 0.0


def _fraction(score: Any) -> float:
    number = float(score)
    return min(1.0, max(0.0, number)) if math.isfinite(number) else 0.0


def _say(check: Check, trial: _Trial) -> Said:
    """Says what came back; of a hidden case nothing that could carry its data."""
    reply, case = trial.reply, trial.case
    if check.visible:
        if reply.problem in ("timeout", "died"):
            return say(f"came.example_{reply.problem}", name=case.name)
        shown = reply.message[:_SENTENCE] if reply.problem else _short(reply.value)
        return say("came.example_error" if reply.problem else "came.example", name=case.name, value=shown)
    if reply.problem == "error":
        kind = _kind(reply.message)
        return say("came.hidden_error", kind=kind) if kind else say("came.hidden_unknown_error")
    return say(f"came.hidden_{reply.problem}" if reply.problem in ("timeout", "died") else "came.hidden")


def _kind(message: str) -> str:
    """Returns the name of a built-in error; a name made up by the student could carry hidden data."""
    name = message.split(":", 1)[0].strip()
    known = getattr(builtins, name, None) if name.isidentifier() else None
    return name if isinstance(known, type) and issubclass(known, BaseException) else ""


def _short(value: Any) -> str:
    if (figure := read_figure(value)) is not None:
        kinds = ", ".join(f"{trace.kind} ({len(trace.x)})" for trace in figure.traces)
        return f"plotly: {kinds[:_SHOWN]}"
    if hasattr(value, "columns") and hasattr(value, "itertuples"):
        rows = ["/".join(map(_cell, row)) for row in value.head(_ROWS).itertuples(index=False)]
        text = f"[{len(value)} × {'/'.join(map(str, value.columns))}] {', '.join(rows)}"
    else:
        text = repr(_rounded(value))
    return f"{text[:_SHOWN]}…" if len(text) > _SHOWN else text


def _rounded(value: Any) -> Any:
    """Returns plain data as a person reads them: six digits of a number say enough.

    Example:
        >>> _rounded({"share": 5 / 6, "chances": [0.000012345678, 2]})
        {'share': 0.833333, 'chances': [1.23457e-05, 2]}
    """
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(map(_rounded, value))
    return value


def _cell(value: Any) -> str:
    """Returns a cell as a person reads it.

    Example:
        >>> _cell(5 / 3), _cell(2.0), _cell("2.50"), _cell(math.nan)
        ('1.66667', '2.0', '2.50', '–')
    """
    return "–" if isinstance(value, float) and math.isnan(value) else str(_rounded(value))


def _codes(task: Task, trials: Sequence[_Trial]) -> tuple[str, ...]:
    failed = [t for t in trials if not t.reply.problem and not t.breach and _fails(task, t)]
    shown = (
        symptom.code
        for symptom in task.symptoms
        if any(t.case.function == symptom.function and _shows(symptom.shows, t) for t in failed)
    )
    return tuple(dict.fromkeys(shown))


def _fails(task: Task, trial: _Trial) -> bool:
    looked = (check for check in task.checks if check.looks_at(trial.case))
    return any(check.history is None and _score(check, trial) < 1 for check in looked)


def _shows(shows: Any, trial: _Trial) -> bool:
    try:
        return bool(shows(trial.case, trial.reply.value))
    except Exception:  # a symptom that does not understand the answer does not show
        return False
