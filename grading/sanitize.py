"""Rebuilds a hand-in on the released notebook, so that only answers reach the next steps.

Everything but the sources of answer cells comes from the release: locked cells, order, metadata, tags.
Deleted cells are there again, copies are resolved, outputs are gone.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grading.kitfile import answer_cells, read_notebook, source_text, text_hash
from sim.errors import HilabError

LARGEST_FILE = 50_000_000
"""Most bytes of a hand-in's notebook."""

LARGEST_CELL = 200_000
"""Most characters of an answer cell."""


@dataclass(frozen=True)
class Rebuilt:
    """A hand-in on the released notebook.

    Attributes:
        notebook: The notebook, as plain data.
        answers: The source of every answer cell by its grade_id.
        open: The answer cells that still stand as they were released.
        notes: What was changed, in sentences for student and instructor.
    """

    notebook: dict[str, Any]
    answers: dict[str, str]
    open: frozenset[str]
    notes: tuple[str, ...]


def read_handin(path: Path) -> dict[str, Any]:
    """Reads a hand-in's notebook.

    Raises:
        HilabError: It is missing, a link, too large, or not a notebook.
    """
    if path.is_symlink() or not path.is_file():
        raise HilabError(f"{path}: there is no such notebook, or it is a link.")
    if path.stat().st_size > LARGEST_FILE:
        raise HilabError(f"{path}: larger than {LARGEST_FILE // 1_000_000} MB; ask for one without outputs.")
    try:
        return read_notebook(path)
    except RecursionError as error:
        raise HilabError(f"{path}: not a notebook (nested too deeply).") from error


def rebuild(released: Mapping[str, Any], handed: Mapping[str, Any]) -> Rebuilt:
    """Puts the answers of a hand-in into a copy of the released notebook.

    Args:
        released: The notebook as students received it.
        handed: The notebook that came back.
    """
    notebook = copy.deepcopy(dict(released))
    stubs = answer_cells(released)
    found = _sources(handed)
    notes = [
        f"The cell {name} was deleted; it was put back."
        for cell in released["cells"]
        if (name := _name(cell)) and name not in found and name not in stubs
    ]
    answers: dict[str, str] = {}
    for cell in notebook["cells"]:
        cell["source"] = source_text(cell)
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
        name = _name(cell)
        if name in stubs:
            answers[name], note = _choose(name, stubs[name], found.get(name, []), cell["cell_type"])
            cell["source"] = answers[name]
            notes += [note] if note else []
    still = frozenset(name for name, text in answers.items() if _same(text, stubs[name]) or not text.strip())
    return Rebuilt(notebook, answers, still, tuple(notes))


def _name(cell: Mapping[str, Any]) -> str:
    """Returns a cell's grade_id; failing that its id, which is built from the grade_id."""
    known = cell["metadata"].get("nbgrader")
    if isinstance(known, dict) and isinstance(known.get("grade_id"), str):
        return str(known["grade_id"])
    return ""


def _sources(handed: Mapping[str, Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for cell in handed["cells"]:
        name = _name(cell) or str(cell.get("id", ""))
        found.setdefault(name, []).append(source_text(cell))
    return found


def _same(left: str, right: str) -> bool:
    return text_hash(left) == text_hash(right)


def _choose(name: str, stub: str, copies: list[str], kind: str) -> tuple[str, str]:
    """Returns the answer among the copies of a cell, and a note if something had to be decided."""
    if not copies:
        return stub, f"The answer cell {name} was deleted; it counts as not answered."
    own = [text for text in dict.fromkeys(copies) if not _same(text, stub)]
    if any(len(text) > LARGEST_CELL for text in own):
        return stub, f"The answer cell {name} holds more than {LARGEST_CELL:,} characters; it was not read."
    if not own:
        return stub, ""
    if len(own) == 1:
        note = f"The cell {name} was there {len(copies)} times; the one you changed counts."
        return own[0], note if len(copies) > 1 else ""
    if kind == "code":
        return own[-1], f"The cell {name} was there {len(copies)} times; the last one you changed counts."
    return "\n\n".join(own), f"The cell {name} was there {len(copies)} times; all copies were kept."
