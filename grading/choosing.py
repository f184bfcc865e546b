"""The law and management track: in one task of a lab a student reads three rules and decides.

Credit needs the right rule and a counter-example: an input of the student's own making on which that rule is
right and the two others fail. A lab's `choice.py` says how such an answer looks and travels with the student;
its `rules.py` holds the rules and stays with the instructor.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grading.tasks import Case, Check, Reply, Task, lab_folder, load_module

if TYPE_CHECKING:
    import numpy as np

    from sim.world import World

LETTERS = ("A", "B", "C")
FUNCTION = "choose"


@dataclass(frozen=True)
class Choice:
    """What a student of law and management answers in place of a task's functions, all but the last.

    Attributes:
        task: Number of the task.
        title: What is judged, in words.
        expected: What is expected, without giving it away.
        form: From an answer to a sentence about its form, or None if the form is right.
        hints: Three hints.
    """

    task: str
    title: str
    expected: str
    form: Callable[[dict[str, Any]], str | None]
    hints: tuple[str, str, str]


def choice_of(folder: Path) -> Choice | None:
    """Returns the choice of a lab, or None if it has none."""
    path = folder / "choice.py"
    if not path.is_file():
        return None
    found: Choice = load_module(path, f"hilab_lab_{folder.name}_choice").CHOICE
    return found


def for_track(task: Task, lab: str, track: str) -> Task:
    """Returns a task as the students of a track meet it.

    Args:
        task: The task.
        lab: Its lab.
        track: The track: it, clinician or law.
    """
    choice = choice_of(lab_folder(lab)) if track == "law" else None
    return task if choice is None or choice.task != task.id else _decided(task, lab, choice)


def _decided(task: Task, lab: str, choice: Choice) -> Task:
    """The last function stays, with its cases and points; the choice takes the place of the others."""
    last = task.functions[-1]
    kept = tuple(check for check in task.checks if check.function == last)
    points = sum(check.points for check in task.checks) - sum(check.points for check in kept)
    judged = Check(
        f"{task.id}.choice", choice.title, points, FUNCTION, _score(lab), ("property",), "mean",
        choice.expected,
    )  # fmt: skip
    asked = Case(FUNCTION, "your choice and your example", ())

    def contract(case: Case, value: Any) -> str | None:
        return _form(choice, value) if case.function == FUNCTION else task.contract(case, value)

    def mine(cases: list[Case]) -> list[Case]:
        return [case for case in cases if case.function == last]

    def fixtures() -> list[Case]:
        return [asked, *mine(task.fixtures())]

    def district(world: "World") -> list[Case]:
        return mine(task.district(world))

    def drawn(rng: "np.random.Generator") -> list[Case]:
        more = mine(task.properties(rng)) if task.properties else []
        return [*([asked] if _rules(lab).is_file() else []), *more]

    return replace(
        task, functions=(FUNCTION, last), checks=(judged, *kept), contract=contract, fixtures=fixtures,
        district=district, properties=drawn, hints=choice.hints,
        symptoms=tuple(symptom for symptom in task.symptoms if symptom.function == last),
    )  # fmt: skip


def _form(choice: Choice, value: Any) -> str | None:
    if not isinstance(value, dict):
        return "choose() must return a dictionary."
    if value.get("rule") not in LETTERS:
        return 'choose() must name a rule: "A", "B" or "C".'
    return choice.form(value)


def _rules(lab: str) -> Path:
    return lab_folder(lab) / "rules.py"


def rules_of(lab: str) -> Any:
    """Returns the module of a lab's three rules; it stays with the instructor."""
    return load_module(_rules(lab), f"hilab_lab_{lab}_rules")


def _score(lab: str) -> Callable[[Case, Any], float]:
    """Scores a choice: nothing for a wrong one, one half for each other rule that fails on the example."""

    def score(_case: Case, value: Any) -> float:
        rules = rules_of(lab)
        right = rules.right_on(value)
        if value["rule"] != rules.RIGHT or not right[rules.RIGHT]:
            return 0.0
        others = [letter for letter in LETTERS if letter != rules.RIGHT]
        return sum(not right[letter] for letter in others) / len(others)

    return score


def choice_told(lab: str, cases: Sequence[Case], replies: Sequence[Reply]) -> str:
    """Says to the instructor what a student chose, and how each rule fares on the student's example."""
    reply = next(reply for case, reply in zip(cases, replies, strict=True) if case.function == FUNCTION)
    if reply.problem or not isinstance(reply.value, dict):
        return f"choose() gave no answer: {reply.message or 'not a dictionary'}"
    rules = rules_of(lab)
    lines = [
        f"Chosen: {reply.value.get('rule')}. The right rule is {rules.RIGHT}.",
        "",
        f"`{reply.value}`",
        "",
    ]
    try:
        right = rules.right_on(reply.value)
    except (KeyError, TypeError, ValueError):
        return "\n".join([*lines, "The example has the wrong form."])
    told = [f"{letter} is {'right' if right[letter] else 'wrong'}" for letter in LETTERS]
    return "\n".join([*lines, f"On this example {', '.join(told)}."])
