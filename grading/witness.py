"""Runs a student's answer and known right ones beside one another, each in its own sandbox."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grading.agree import agree
from grading.districts import Prepared
from grading.kernel import Call, Kernel
from grading.kitfile import answer_cells
from grading.labtext import source_notebook
from grading.shrink import Item, part_of
from grading.tasks import Case, Reply, Task, lab_folder, load_module

_ALONE = ("timeout", "died")
"""After such a reply a sandbox answers nothing more of the question; such parts are tried one at a time."""


_FRESH = 60.0
"""Seconds after which a sandbox is replaced."""


@dataclass(frozen=True)
class Seen:
    """What was answered to one input.

    Attributes:
        case: The input.
        student: What the student's function answered.
        reference: What the reference solution answered.
        others: What the lab's other right solutions answered, by name.
    """

    case: Case
    student: Reply
    reference: Reply
    others: tuple[tuple[str, Reply], ...] = ()


def right_answers(lab: str, task: Task) -> tuple[str, dict[str, str]]:
    """Returns the reference solution of a task, and the lab's other right ones by name."""
    reference = answer_cells(source_notebook(lab_folder(lab) / "lab.py"))[task.cell]
    path = lab_folder(lab) / "alternative_solutions.py"
    if not path.is_file():
        return reference, {}
    known = load_module(path, f"hilab_lab_{lab}_alternatives").ALTERNATIVES
    return reference, {one.name: one.source for one in known if one.task == task.id}


class Bench:
    """The sandboxes in which an input is tried.

    Args:
        stage: The unpacked student wheel.
        ready: What is asked in the lab.
        lab: The lab.
        task: The question.
        answer: Source of the student's answer cell.
    """

    def __init__(self, stage: Path, ready: Prepared, lab: str, task: Task, answer: str) -> None:
        """Reads the right answers; sandboxes start when they are needed."""
        self._start = (stage, ready.setup)
        self._kernels: dict[str, tuple[Kernel, float]] = {}
        self._task, self._answer = task, answer
        self._reference, self._others = right_answers(lab, task)

    def ask_student(self, cases: Sequence[Case]) -> list[Reply]:
        """Returns what the student's functions answer."""
        return self._ask(self._answer, cases)

    def _ask(self, source: str, cases: Sequence[Case]) -> list[Reply]:
        """Asks in the source's own sandbox; after a crash or a long wait the rest is asked anew."""
        replies: list[Reply] = []
        while len(replies) < len(cases):
            calls = [Call.of(case) for case in cases[len(replies) :]]
            found = list(self._kernel(source).ask(source, calls, self._task.seconds).replies)
            bad = next((n for n, reply in enumerate(found) if reply.problem in _ALONE), len(found))
            replies += found[: bad + 1]
        return replies

    def _kernel(self, source: str) -> Kernel:
        """Returns the sandbox of a source; after a while a fresh one, because a sandbox's time is limited."""
        known = self._kernels.get(source)
        if known is not None and time.monotonic() - known[1] < _FRESH:
            return known[0]
        if known is not None:
            known[0].close()
        self._kernels[source] = (Kernel(*self._start), time.monotonic())
        return self._kernels[source][0]

    def __enter__(self) -> "Bench":
        """Returns itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Ends all sandboxes."""
        for kernel, _began in self._kernels.values():
            kernel.close()

    def look(self, case: Case) -> Seen:
        """Returns all answers to one input."""
        others = tuple((name, self._ask(source, [case])[0]) for name, source in self._others.items())
        return Seen(case, self.ask_student([case])[0], self._ask(self._reference, [case])[0], others)

    def fails_like(self, first: Seen, parts: Sequence[Sequence[Item]]) -> list[bool]:
        """Says for each part of an input whether the student's answer fails on it as it failed on the whole.

        An answer that some right solution gives as well is no failure, nor is an input on which the
        reference itself stops.
        """
        cases = [replace(first.case, args=part_of(first.case.args, part)) for part in parts]
        mine = self.ask_student(cases)
        alike = [n for n, reply in enumerate(mine) if self._alike(first, cases[n], reply)]
        for source in (self._reference, *self._others.values()):
            if not alike:
                break
            theirs = self._ask(source, [cases[n] for n in alike])
            must = source == self._reference
            alike = [n for n, other in zip(alike, theirs, strict=True) if self._apart(mine[n], other, must)]
        return [n in alike for n in range(len(parts))]

    def _alike(self, first: Seen, case: Case, reply: Reply) -> bool:
        """Says whether a reply has the problem that the first one had; any value has if that was a value."""
        if first.student.problem == "error":
            return reply.problem == "error" and kind(reply) == kind(first.student)
        if first.student.problem:
            return reply.problem == first.student.problem
        if reply.problem:
            return False
        return bool(self.breach(first.case, first.student)) == bool(self.breach(case, reply))

    def _apart(self, mine: Reply, theirs: Reply, must: bool) -> bool:
        if theirs.problem:
            return not must
        return bool(mine.problem) or not agree(theirs.value, mine.value)

    def differs(self, seen: Seen) -> bool:
        """Says whether a student's answer is one that no known right solution gives."""
        if seen.reference.problem:
            return False
        theirs = [seen.reference, *(reply for _, reply in seen.others)]
        return all(self._apart(seen.student, one, False) for one in theirs)

    def breach(self, case: Case, reply: Reply) -> str:
        """Returns what is wrong with the form of a reply, or nothing."""
        if reply.problem == "contract":
            return reply.message
        try:
            return "" if reply.problem else self._task.contract(case, reply.value) or ""
        except Exception:  # an answer so odd that even looking at its form fails
            return f"{case.function}() returned something of a form that could not be read."


def kind(reply: Reply) -> str:
    """Returns the name of the error in a reply.

    Example:
        >>> kind(Reply(None, "error", "KeyError: 'mrn' (line 3 of your cell)"))
        'KeyError'
    """
    return reply.message.split(":", 1)[0].split("(", 1)[0].strip()


def value_of(reply: Reply) -> Any:
    """Returns the value of a reply, or the problem as a text."""
    return reply.value if not reply.problem else f"{reply.problem}: {reply.message}"
