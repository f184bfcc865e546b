"""Runs the answers of a lab in this process: the reference, wrong and alternative ones, and none."""

import time
from dataclasses import replace
from functools import cache
from typing import Any

from grading.districts import pack_cases, unpack_cases
from grading.judge import TaskResult, assess
from grading.labtext import grade_id, release_notebook, source_notebook
from grading.tasks import REFERENCE, Case, History, Reply, Task, lab_folder, load_module, load_tasks
from grading.values import NotPlain, plain, snapshot

LABS = ("l0_orientation", "l1_collection", "l2_standardization", "l3_sharing", "l4_privacy")
TWICE = History(attempts=2)


@cache
def source_cells(lab: str) -> dict[str, str]:
    """Returns the code of all cells that nbgrader knows, by grade_id, with solutions."""
    notebook = source_notebook(lab_folder(lab) / "lab.py")
    return {grade_id(cell): cell.source for cell in notebook.cells}


@cache
def stub_cells(lab: str) -> dict[str, str]:
    """Returns the same cells as a student receives them."""
    notebook = release_notebook(source_notebook(lab_folder(lab) / "lab.py"))
    return {grade_id(cell): cell.source for cell in notebook.cells}


@cache
def tasks(lab: str) -> tuple[Task, ...]:
    return tuple(load_tasks(lab))


def wrong(lab: str) -> list[Any]:
    return list(load_module(lab_folder(lab) / "wrong_solutions.py", f"{lab}_wrong").WRONG)


def alternatives(lab: str) -> list[Any]:
    """Returns the alternative solutions, none if the lab has no such file."""
    path = lab_folder(lab) / "alternative_solutions.py"
    return list(load_module(path, f"{lab}_alternative").ALTERNATIVES) if path.is_file() else []


def define(lab: str, cell: str) -> dict[str, Any]:
    """Executes the setup cell and an answer cell, and nothing else: as grading does."""
    names: dict[str, Any] = {}
    exec(source_cells(lab)["setup"], names)
    exec(compile(cell, "answer", "exec"), names)
    return names


def call(names: dict[str, Any], case: Case) -> Reply:
    """Calls a function with copies of the arguments; `seconds` is processor time."""
    arguments = map(snapshot, case.args)
    start = time.process_time()
    try:
        value = plain(names[case.function](*arguments))
    except NotPlain as error:
        return Reply(problem="contract", message=str(error))
    except Exception as error:
        return Reply(problem="error", message=f"{type(error).__name__}: {error}")
    return Reply(value, seconds=time.process_time() - start)


def cases_of(lab: str, task: Task, world: Any) -> list[Case]:
    """Returns all cases of a task as a course stores them, the reference's answers among them.

    Their names say nothing: a name is text for people, and no check may look at it.
    """
    names = define(lab, source_cells(lab)[task.cell])
    cases = [*task.fixtures(), *task.district(world)]
    stored = unpack_cases(pack_cases([_answered(case, names) for case in cases]))
    return [replace(case, name=f"case {number}") for number, case in enumerate(stored, 1)]


def _answered(case: Case, names: dict[str, Any]) -> Case:
    if not (isinstance(case.expected, str) and case.expected == REFERENCE):
        return case
    return replace(case, expected=call(names, case).value)


def judge(lab: str, task: Task, cases: list[Case], cell: str) -> TaskResult:
    """Judges an answer cell, handed in for the second time."""
    names = define(lab, cell)
    return assess(task, cases, [call(names, case) for case in cases], TWICE)
