"""From a lab's text to its notebooks: the instructor's source and what a student receives.

A lab is written once, as `lab.py` (jupytext py:percent with nbgrader's cell metadata). The same text
gives the same bytes of notebook, so notebooks are built and never committed.
"""

import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from sim.errors import HilabError

CODE_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
TEXT_STUB = "YOUR ANSWER HERE"
_REMOVED = ("HIDDEN TESTS", "MARK SCHEME")
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def source_notebook(lab_py: Path) -> NotebookNode:
    """Reads `lab.py` as the instructor's notebook, solutions included.

    Args:
        lab_py: A jupytext py:percent file, UTF-8.

    Returns:
        A notebook (format 4.5) whose cell ids are the grade_ids, or `cell-003` by position.

    Raises:
        HilabError: The file is missing, is not UTF-8, has no cells, or has a grade_id twice.
    """
    try:
        text = lab_py.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise HilabError(f"{lab_py}: there is no such file; a lab is written in lab.py.") from error
    except UnicodeDecodeError as error:
        raise HilabError(f"{lab_py}: not UTF-8 text (byte {error.start}).") from error
    import jupytext  # takes longer to import than many a command runs

    read = jupytext.reads(text, fmt="py:percent")
    if not any(cell.cell_type == "markdown" for cell in read.cells):
        raise HilabError(f"{lab_py}: no text cell found; cells begin with '# %%' or '# %% [markdown]'.")
    return _normal(read, lab_py)


def _normal(read: NotebookNode, lab_py: Path) -> NotebookNode:
    """Gives every cell a lasting id and drops what jupytext leaves behind."""
    seen: set[str] = set()
    for number, cell in enumerate(read.cells, start=1):
        cell.metadata.pop("lines_to_next_cell", None)
        cell.id = grade_id(cell) or f"cell-{number:03d}"
        if cell.id in seen:
            raise HilabError(f"{lab_py}: the grade_id '{cell.id}' stands on two cells.")
        seen.add(cell.id)
    metadata = {"kernelspec": dict(_KERNEL), "language_info": {"name": "python"}}
    plain = {"cells": read.cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    notebook: NotebookNode = nbformat.from_dict(plain)  # type: ignore[no-untyped-call]
    return notebook


def grade_id(cell: NotebookNode) -> str:
    """Returns a cell's grade_id, or an empty text if nbgrader does not know the cell."""
    return str(marks(cell).get("grade_id", ""))


def marks(cell: NotebookNode) -> dict[str, Any]:
    """Returns a cell's nbgrader metadata, empty if it has none."""
    found = cell.metadata.get("nbgrader", {})
    return dict(found) if isinstance(found, dict) else {}


def release_notebook(source: NotebookNode) -> NotebookNode:
    """Returns the student's notebook: stubs for solutions, no hidden part, no output.

    It is what `nbgrader generate_assignment` gives, without nbgrader: for `make lab` and for professionals.

    Raises:
        HilabError: A solution or a hidden part is begun and not ended.
    """
    release: NotebookNode = deepcopy(source)
    release.cells = [_released(cell) for cell in release.cells]
    return release


def _released(cell: NotebookNode) -> NotebookNode:
    """Changes one cell into what a student sees."""
    for region in _REMOVED:
        cell.source = _replace_region(cell.source, region, "", cell.id)
    if marks(cell).get("solution", False):
        stub = CODE_STUB if cell.cell_type == "code" else TEXT_STUB
        stubbed = _replace_region(cell.source, "SOLUTION", stub, cell.id)
        cell.source = stub if stubbed == cell.source else stubbed
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    if marks(cell).get("locked", False):
        cell.metadata.update(deletable=False, editable=False)
    return cell


def _replace_region(text: str, region: str, stub: str, where: str) -> str:
    r"""Replaces the lines from `BEGIN region` to `END region` by a stub of the same indentation.

    Example:
        >>> print(_replace_region("a = 1\n    ### BEGIN SOLUTION\n    b\n    ### END SOLUTION",
        ...                       "SOLUTION", "c", "x"))
        a = 1
            c
    """
    kept: list[str] = []
    inside = False
    for line in text.split("\n"):
        if f"BEGIN {region}" in line:
            if inside:
                raise HilabError(f"Cell '{where}': BEGIN {region} stands inside another.")
            inside = True
            indent = line[: len(line) - len(line.lstrip())]
            kept += [indent + part for part in stub.split("\n")] if stub else []
        elif f"END {region}" in line:
            if not inside:
                raise HilabError(f"Cell '{where}': END {region} without a BEGIN.")
            inside = False
        elif not inside:
            kept.append(line)
    if inside:
        raise HilabError(f"Cell '{where}': BEGIN {region} has no END.")
    return "\n".join(kept)


def solution_lines(source: NotebookNode, shortest: int = 12) -> list[str]:
    """Returns the lines of code that only the instructor may hold, for tests that search for them.

    Args:
        source: The instructor's notebook.
        shortest: Lines of fewer characters say too little to be looked for.
    """
    released = {line.strip() for cell in release_notebook(source).cells for line in cell.source.split("\n")}
    lines = [line.strip() for cell in source.cells for line in cell.source.split("\n")]
    own = [line for line in lines if len(line) >= shortest and line not in released]
    return [line for line in own if not re.match(r"#+ (BEGIN|END) ", line)]


def save_notebook(notebook: NotebookNode, path: Path) -> Path:
    """Writes a notebook with sorted keys, so that equal notebooks are equal bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    text: str = nbformat.writes(notebook)  # type: ignore[no-untyped-call]
    part.write_text(text.rstrip("\n") + "\n", encoding="utf-8", newline="\n")
    return part.replace(path)
