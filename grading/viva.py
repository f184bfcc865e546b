"""`hilab viva`: three questions to a student about the student's own code.

Why this number, what happens to this row, which input breaks it. Whoever wrote the code, or has understood
it, answers in minutes; it is the fair way to ask where a report found two hand-ins alike. The draw depends
on the course's key, so it is the same however often it is asked for, and nobody can foresee it.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from grading.course import Course, load_course, released
from grading.districts import load_prepared
from grading.kernel import Call, Kernel
from grading.kitfile import read_notebook
from grading.sanitize import rebuild
from grading.shelf import kept
from grading.stage import stage
from grading.tables import markdown, short
from grading.tasks import Case, Reply, Task, load_tasks
from sim.errors import HilabError
from sim.seeds import Seeds

_ORDINARY = (0, 1, -1, 2, 100, True, False, None)
_BRITTLE = (ast.Subscript, ast.BinOp, ast.Call)


@dataclass(frozen=True)
class Question:
    """A question to a student.

    Attributes:
        task: Number of the task it is about.
        line: Number of the line of the answer cell, from 1.
        code: That line.
        text: The question, Markdown.
        key: What the examiner should know, Markdown.
    """

    task: str
    line: int
    code: str
    text: str
    key: str


@dataclass(frozen=True)
class _Answer:
    """One answered question of a hand-in."""

    task: Task
    source: str
    tree: ast.Module
    lines: Sequence[str]


def viva(folder: Path, student: str, lab: str | None = None) -> str:
    """Draws three questions from a student's own code.

    Args:
        folder: The course folder.
        student: Id of the student.
        lab: The lab; the one that was handed in last if None.

    Returns:
        The questions, each with what the examiner should know, as Markdown.

    Raises:
        HilabError: The student handed in nothing, or nothing that can be asked about.
    """
    course = load_course(folder)
    if student not in course.students:
        raise HilabError(f"{course.folder / 'roster.csv'}: no student '{student}'.")
    chosen = lab or _last(course, student)
    answers = _answers(course, chosen, student)
    if not answers:
        raise HilabError(f"{student} answered no question of {chosen} with code that Python can read.")
    draw = Seeds(course.key, "viva", course.term, chosen, student).stream("questions")
    with _Ask(course, chosen) as ask:
        made = [_why(answers, draw), _row(answers, draw, ask), _breaks(answers, draw, ask)]
    head = f"# Questions to {student} about {chosen}\n\nThe same three however often they are drawn."
    parts = [_written(number, question) for number, question in enumerate(made, start=1)]
    return "\n\n".join([head, *parts]) + "\n"


def _last(course: Course, student: str) -> str:
    """Returns the lab that a student handed in last."""
    labs = sorted(path.parent.name for path in (course.folder / "submitted" / student).glob("*/*.ipynb"))
    if not labs:
        raise HilabError(f"{course.folder / 'submitted'}: {student} has handed in nothing.")
    return max(labs, key=lambda lab: max((one.received for one in kept(course, lab, student)), default=""))


def _answers(course: Course, lab: str, student: str) -> list[_Answer]:
    path = course.submitted(lab, student)
    if not path.is_file():
        raise HilabError(f"{path}: {student} has not handed in {lab}.")
    model = released(course, lab)
    handed = rebuild(model, read_notebook(path))
    found = []
    for task in load_tasks(lab):
        source = handed.answers.get(task.cell, "")
        if not source.strip() or task.cell in handed.open:
            continue
        try:
            found.append(_Answer(task, source, ast.parse(source), source.splitlines()))
        except (SyntaxError, ValueError, RecursionError):
            continue
    return found


class _Ask:
    """Runs single calls of a student's code in the sandbox."""

    def __init__(self, course: Course, lab: str) -> None:
        self._kernel = Kernel(stage(course.store / "cache"), load_prepared(course, lab).setup)

    def __enter__(self) -> "_Ask":
        return self

    def __exit__(self, *_: object) -> None:
        self._kernel.close()

    def call(self, answer: _Answer, case: Case) -> Reply:
        return self._kernel.ask(answer.source, [Call.of(case)], answer.task.seconds).replies[0]


# ---- Why this? ---------------------------------------------------------------------------------------


def _why(answers: Sequence[_Answer], draw: np.random.Generator) -> Question:
    """Asks about a constant; if there is none, about a step."""
    constants = [(answer, node) for answer in answers for node in _constants(answer.tree)]
    if constants:
        answer, node = constants[int(draw.integers(len(constants)))]
        value = short(node.value)
        text = f"Why `{value}`? What would change in the answer if it were a little larger, or left out?"
        key = (
            "Look for a reason in the data or in the task's text, and for a consequence that can be checked."
        )
        return _question(answer, node.lineno, text, key)
    answer, line = _some_line(answers, draw)
    text = "What is this line for? Which rows or people would be counted wrongly without it?"
    return _question(answer, line, text, "Any answer that names rows of the data and not the syntax.")


def _constants(tree: ast.Module) -> Iterator[ast.Constant]:
    """Gives numbers and words that somebody chose; not docstrings, and not 0 or 1."""
    documents = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in documents and _chosen(tree, node):
            yield node


def _chosen(tree: ast.Module, node: ast.Constant) -> bool:
    """Says whether a number is none of the ordinary ones, or a short word is compared with something."""
    if isinstance(node.value, int | float):
        return node.value not in _ORDINARY
    return isinstance(node.value, str) and 0 < len(node.value) <= 40 and _compared(tree, node)


def _compared(tree: ast.Module, constant: ast.Constant) -> bool:
    """Says whether a word is compared with something."""
    return any(
        constant in (node.left, *node.comparators) for node in ast.walk(tree) if isinstance(node, ast.Compare)
    )


def _some_line(answers: Sequence[_Answer], draw: np.random.Generator) -> tuple[_Answer, int]:
    lines = [
        (answer, node.lineno)
        for answer in answers
        for node in ast.walk(answer.tree)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.Return | ast.If | ast.For)
    ]
    lines = lines or [(answer, 1) for answer in answers]
    return lines[int(draw.integers(len(lines)))]


# ---- What happens to this row? -----------------------------------------------------------------------


def _row(answers: Sequence[_Answer], draw: np.random.Generator, ask: _Ask) -> Question:
    """Asks what becomes of a row of a visible example."""
    cases = [
        (answer, case, place)
        for answer in answers
        for case in answer.task.fixtures()
        for place, arg in enumerate(case.args)
        if isinstance(arg, pd.DataFrame) and len(arg)
    ]
    if not cases:
        return _value(answers, draw, ask)
    answer, case, place = cases[int(draw.integers(len(cases)))]
    table = case.args[place]
    number = int(draw.integers(len(table)))
    row = table.iloc[[number]].reset_index(drop=True)
    reply = ask.call(answer, case)
    text = (
        f"In the example “{case.name}”, what does your `{case.function}` do with this row, step by step? "
        f"Which line decides?\n\n{markdown(row)}"
    )
    key = f"On the whole example it answers: {_told(reply)}. A right answer: `{short(case.expected)}`."
    return _question(answer, _line_of(answer, case.function), text, key)


def _value(answers: Sequence[_Answer], draw: np.random.Generator, ask: _Ask) -> Question:
    """Asks what comes back for an example without a table."""
    cases = [(answer, case) for answer in answers for case in answer.task.fixtures()]
    if not cases:
        answer, line = _some_line(answers, draw)
        return _question(
            answer, line, "What does this line see, and what does it leave behind?", "Ask for an example."
        )
    answer, case = cases[int(draw.integers(len(cases)))]
    listed = ", ".join(short(arg) for arg in case.args)
    text = f"What does your `{case.function}` answer to `{listed}`, and on which lines does it come to that?"
    key = f"It answers: {_told(ask.call(answer, case))}. A right answer: `{short(case.expected)}`."
    return _question(answer, _line_of(answer, case.function), text, key)


def _told(reply: Reply) -> str:
    if reply.problem:
        return f"nothing ({reply.message})"
    return (
        f"\n\n{markdown(reply.value)}\n\n"
        if isinstance(reply.value, pd.DataFrame)
        else f"`{short(reply.value)}`"
    )


def _line_of(answer: _Answer, function: str) -> int:
    found = [n.lineno for n in answer.tree.body if isinstance(n, ast.FunctionDef) and n.name == function]
    return found[0] if found else 1


# ---- Which input breaks it? --------------------------------------------------------------------------


def _breaks(answers: Sequence[_Answer], draw: np.random.Generator, ask: _Ask) -> Question:
    """Asks for an input on which a line stops or misleads, and tries some for the examiner."""
    lines = [(a, node) for a in answers for node in ast.walk(a.tree) if isinstance(node, _BRITTLE)]
    answer, line = _some_line(answers, draw)
    if lines:
        answer, node = lines[int(draw.integers(len(lines)))]
        line = node.lineno
    text = "Name an input, allowed by the task or not, on which this line stops or gives a wrong answer."
    tried = [f"* {name}: {_told(ask.call(answer, case))}" for name, case in _odd_inputs(answer.task)]
    key = "\n".join(["What was tried:", *tried]) if tried else "Nothing was tried; the task takes no table."
    return _question(answer, line, text, key)


def _odd_inputs(task: Task) -> Iterator[tuple[str, Case]]:
    """Gives the first example with its table emptied, blanked and doubled."""
    for case in task.fixtures():
        place = next(
            (n for n, arg in enumerate(case.args) if isinstance(arg, pd.DataFrame) and len(arg)), None
        )
        if place is None:
            continue
        table = case.args[place]
        column = table.columns[-1]
        odd = {
            "no row at all": table.iloc[:0],
            f"every `{column}` blank": table.assign(
                **{str(column): table[column].where([False] * len(table))}
            ),
            "every row twice": pd.concat([table, table], ignore_index=True),
        }
        for name, other in odd.items():
            args: list[Any] = list(case.args)
            args[place] = other
            yield name, Case(case.function, name, tuple(args))
        return


# ---- In words ----------------------------------------------------------------------------------------


def _question(answer: _Answer, line: int, text: str, key: str) -> Question:
    code = answer.lines[line - 1].strip() if line <= len(answer.lines) else ""
    return Question(answer.task.id, line, code, text, key)


def _written(number: int, question: Question) -> str:
    where = f"Task {question.task}, line {question.line}"
    return (
        f"## {number}. {where}\n\n```python\n{question.code}\n```\n\n{question.text}\n\n"
        f"*For the examiner:* {question.key}"
    )
