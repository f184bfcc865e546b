"""The reference solution, asked in the learner's own process where it is at hand: in a checkout.

Kits and wheels hold no solution; there, whatever only the reference can answer is left out.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from grading.calling import call
from grading.tasks import REFERENCE, Case, Task, labs_folder, load_tasks


def answered(task: Task, cases: list[Case]) -> list[Case]:
    """Puts the reference's answers where they are expected.

    Args:
        task: The question.
        cases: Its cases.

    Returns:
        The cases, without those that only the reference can answer if there is none here.
    """
    if not any(case.expected is REFERENCE for case in cases):
        return cases
    names = _reference(task)
    return [
        replace(case, expected=call(names[case.function], case, task.seconds).value)
        if case.expected is REFERENCE
        else case
        for case in cases
        if case.expected is not REFERENCE or case.function in names
    ]


def _reference(task: Task) -> Mapping[str, Any]:
    """Returns what the lab's setup cell and the solved answer cell define; nothing where neither is."""
    for path in labs_folder().glob("*/lab.py"):
        if any(known.id == task.id for known in load_tasks(path.parent.name)):
            from grading.labtext import grade_id, source_notebook

            cells = {grade_id(cell): cell.source for cell in source_notebook(path).cells}
            names: dict[str, Any] = {}
            for cell in ("setup", task.cell):
                exec(compile(cells[cell], cell, "exec"), names)  # the project's own text, not a student's
            return names
    return {}
