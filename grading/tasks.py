"""The words a check file is made of.

A lab's `tasks.py` says what to call, with which arguments, how to compare, how many points, and which
misunderstandings to recognise. It holds no solution: it travels in the student's wheel.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sim.errors import HilabError

if TYPE_CHECKING:
    import numpy as np

    from sim.world import World

Kind = Literal["fixture", "district", "variant", "property"]
"""A hand-made example, a whole district, a changed district (rows shuffled, ids renamed …), or small
arguments drawn anew for every answer."""

REFERENCE: Any = "«the reference solution's answer»"
"""Stands for an expected value that `hilab course prepare` fills in by calling the reference."""


@dataclass(frozen=True)
class Case:
    """One call of a student's function.

    Attributes:
        function: Name of the function to call.
        name: What the case is, in words a student may read.
        args: Positional arguments: tables, text, numbers, lists and dictionaries of them.
        kind: Where the arguments come from.
        expected: What a right answer looks like; never leaves the trusted side for hidden cases.
        truth: Further facts that scores and symptoms look at.
        situation: What it was made to show, for checks and symptoms that look at some cases only. They never
            look at the name: it is text, and a course numbers it.
    """

    function: str
    name: str
    args: tuple[Any, ...]
    kind: Kind = "fixture"
    expected: Any = None
    truth: Mapping[str, Any] = field(default_factory=dict)
    situation: str = ""


def among(*situations: str) -> Callable[[Case], bool]:
    """Returns what tells the cases of some situations, for `only` of a check.

    Example:
        >>> among("repeats", "null")(Case("read", "file 3", (), situation="repeats"))
        True
    """
    return lambda case: case.situation in situations


@dataclass(frozen=True)
class Reply:
    """What came back from one call.

    Attributes:
        value: Plain data or a DataFrame; None when there is a problem.
        problem: Empty if the call returned. Else `error`, `timeout`, `died` or `contract`.
        message: The problem in plain words.
        seconds: Time the call took; in the sandbox, of the processor.
    """

    value: Any = None
    problem: Literal["", "error", "timeout", "died", "contract"] = ""
    message: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class History:
    """How a question was handed in before.

    Attributes:
        attempts: Number of hand-ins, this one included, in which the answer to the question differed.
    """

    attempts: int = 1


@dataclass(frozen=True)
class Check:
    """One thing that is looked at, and its points.

    Attributes:
        id: Unique in the lab, for example `1.3.resend`.
        title: What is checked, shown to students even when its arguments are hidden.
        points: Points for a score of 1.
        function: The function whose replies it looks at.
        score: From a case and the value returned to a score between 0 and 1.
        kinds: The cases it looks at. `("fixture",)` makes it visible; all others are hidden.
        combine: How the scores of several cases become one.
        expected: What was expected, in words, without giving the answer away.
        history: If given, the score comes from how often the question was handed in.
        only: If given, which of these cases it looks at.
    """

    id: str
    title: str
    points: float
    function: str
    score: Callable[[Case, Any], float] = lambda case, value: 0.0
    kinds: tuple[Kind, ...] = ("district", "variant", "property")
    combine: Literal["mean", "worst"] = "mean"
    expected: str = ""
    history: Callable[[History], float] | None = None
    only: Callable[[Case], bool] | None = None

    def looks_at(self, case: Case) -> bool:
        """Whether the check looks at a case."""
        mine = case.function == self.function and case.kind in self.kinds
        return mine and (self.only is None or self.only(case))

    @property
    def visible(self) -> bool:
        """Whether a student may see the arguments and what came back."""
        return self.kinds == ("fixture",) or self.history is not None


@dataclass(frozen=True)
class Symptom:
    """How a misconception shows in an answer.

    Attributes:
        code: Its code in `course/misconceptions.yaml`.
        function: The function whose replies can show it.
        shows: From a case and the value returned to whether the answer looks like it.
    """

    code: str
    function: str
    shows: Callable[[Case, Any], bool]


@dataclass(frozen=True)
class Task:
    """One question of a lab.

    Attributes:
        id: Number of the task, for example `1.3`.
        title: Its name.
        functions: The functions that the answer cell defines, the main one first.
        checks: What is looked at; their points add up to the task's.
        contract: From a case and a value to a sentence about its form, or None if the form is right.
        fixtures: Gives the hand-made cases, expected values included.
        district: Gives the cases of a district; without truth their expected values are None.
        symptoms: Misconceptions to recognise, the most specific first.
        hints: Three hints, each saying a little more; none gives the answer.
        seconds: Longest time of one call, and of all drawn cases together.
        properties: Draws small cases from a random generator. What is expected must follow from the way a
            case is made (a pair is planted, a sum is known), for this file travels in the student's wheel
            and no reference solution is asked.
        optional: Whether nobody needs it: its points replace lost points of the other tasks, and its mark
            cell carries no points of its own.
    """

    id: str
    title: str
    functions: tuple[str, ...]
    checks: tuple[Check, ...]
    contract: Callable[[Case, Any], str | None]
    fixtures: Callable[[], list[Case]]
    district: Callable[[World], list[Case]]
    symptoms: tuple[Symptom, ...]
    hints: tuple[str, str, str]
    seconds: float = 10.0
    properties: Callable[[np.random.Generator], list[Case]] | None = None
    optional: bool = False

    @property
    def points(self) -> float:
        """The points of all checks together."""
        return sum(check.points for check in self.checks)

    @property
    def cell(self) -> str:
        """The grade_id of the answer cell: `solve_1_3`."""
        return "solve_" + self.id.replace(".", "_")

    @property
    def grade_cell(self) -> str:
        """The grade_id of the cell that carries the points: `mark_1_3`."""
        return "mark_" + self.id.replace(".", "_")


def labs_folder() -> Path:
    """Returns the folder of the labs, in a checkout or in an installed wheel.

    The environment variable `HILAB_LABS` names another one: private labs of a class, or a test's.
    """
    if other := os.environ.get("HILAB_LABS"):
        return Path(other)
    shipped = Path(__file__).resolve().parent / "_labs"
    return shipped if shipped.is_dir() else Path(__file__).resolve().parent.parent / "course" / "labs"


def lab_folder(lab: str) -> Path:
    """Returns the folder of one lab.

    Raises:
        HilabError: There is no lab of that name.
    """
    folder = labs_folder() / lab
    if not (folder / "tasks.py").is_file():
        known = ", ".join(sorted(p.parent.name for p in labs_folder().glob("*/tasks.py")))
        raise HilabError(f"There is no lab '{lab}'. The labs are: {known}.")
    return folder


def load_module(path: Path, name: str) -> Any:
    """Imports a Python file of a lab by its path."""
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise HilabError(f"{path}: not a Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def load_tasks(lab: str) -> list[Task]:
    """Returns the tasks of a lab, in the order of its notebook."""
    module = load_module(lab_folder(lab) / "tasks.py", f"hilab_lab_{lab}_tasks")
    tasks: list[Task] = module.TASKS
    return tasks
