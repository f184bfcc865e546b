"""What a student's track changes in a notebook: it, clinician, or law and management.

IT students receive empty answer cells. Clinicians, and students of law and management, receive the steps with
blanks to fill in (`scaffold.py` of a lab). The latter decide in one task between three rules (`law.md`). What
the functions are for is said in the student's language (`grading/stubwords.py`), and so are comments
(`grading/comments.py`) and what cells without an answer print and draw (`grading/literals.py`).
"""

import ast
import json
import re
from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from grading.choosing import FUNCTION, choice_of
from grading.comments import OUTSIDE, Comments, commented, comments_of
from grading.kitfile import answer_cells, source_text
from grading.labtext import grade_id
from grading.literals import worded
from grading.stubwords import described, task_of
from grading.tasks import Task
from grading.words import LANGUAGES
from sim.errors import HilabError

TRACKS = ("it", "clinician", "law")
_KEY = "hilab_tracks"
_HEAD = "# %% "
_FOR_OUR_TOOLS = re.compile(r"  # fmt: \w+$", re.MULTILINE)


def scaffolds(folder: Path) -> dict[str, str]:
    """Returns the cells of a lab's `scaffold.py` by their heads; none if there is no such file.

    Raises:
        HilabError: A cell is not Python.
    """
    path = folder / "scaffold.py"
    if not path.is_file():
        return {}
    found = {}
    for part in path.read_text(encoding="utf-8").split(f"\n{_HEAD}")[1:]:
        name, _, source = part.partition("\n")
        found[name.strip()] = _FOR_OUR_TOOLS.sub("", source.strip())
        try:
            ast.parse(source)
        except SyntaxError as error:
            raise HilabError(f"{path}: the cell '{name.strip()}' is not Python ({error.msg}).") from error
    return found


def answer_cells_of(folder: Path, tasks: list[Task], track: str) -> dict[str, str]:
    """Returns the answer cells in which a track differs from the released notebook, by their grade_id."""
    found = scaffolds(folder) if track != TRACKS[0] else {}
    cells = {name: source for name, source in found.items() if " " not in name}
    choice = choice_of(folder) if track == "law" else None
    for task in tasks:
        if choice is not None and task.id == choice.task:
            rest = _without(cells[task.cell], task.functions[:-1])
            cells[task.cell] = f"{found[f'{task.cell} law']}\n\n\n{rest}"
    return cells


def _without(source: str, names: tuple[str, ...]) -> str:
    """Leaves functions out of a cell.

    Example:
        >>> _without("def a(): pass", ("a",)), _without("def a(): pass", ("b",))
        ('', 'def a(): pass')
    """
    body = ast.parse(source).body
    kept = [node for node in body if not (isinstance(node, ast.FunctionDef) and node.name in names)]
    return "\n\n\n".join(ast.get_source_segment(source, node) or "" for node in kept)


def with_tracks(source: NotebookNode, folder: Path, tasks: list[Task]) -> NotebookNode:
    """Returns a notebook that carries the answer cells of all tracks, and the text of the choice.

    Args:
        source: The instructor's notebook.
        folder: The lab's folder.
        tasks: The lab's tasks.

    Raises:
        HilabError: A scaffold belongs to no answer cell, or the choice lacks its text.
    """
    cells = {track: answer_cells_of(folder, tasks, track) for track in TRACKS[1:]}
    known = {grade_id(cell) for cell in source.cells}
    for name in (name for found in cells.values() for name in found if name not in known):
        raise HilabError(f"{folder / 'scaffold.py'}: the notebook has no cell '{name}'.")
    whole = deepcopy(source)
    told = {spoken: comments_of(folder, spoken) for spoken in LANGUAGES[1:]}
    if any(cells.values()) or any(told.values()):
        whole.metadata[_KEY] = {"cells": cells, "law": _law(folder, tasks), "comments": told}
    return whole


def _law(folder: Path, tasks: list[Task]) -> dict[str, Any]:
    """The text that stands before the choice, by language, and the cell before which it stands."""
    choice = choice_of(folder)
    if choice is None:
        return {}
    names = {language: "law.md" if language == "en" else f"law.{language}.md" for language in LANGUAGES}
    try:
        texts = {
            language: (folder / name).read_text(encoding="utf-8").strip() for language, name in names.items()
        }
    except OSError as error:
        raise HilabError(f"{folder}: choice.py needs the texts {' and '.join(names.values())}.") from error
    return {"cell": next(task.cell for task in tasks if task.id == choice.task), "texts": texts}


def in_track(notebook: NotebookNode, track: str, language: str) -> NotebookNode:
    """Returns a released notebook as the students of a track receive it.

    Args:
        notebook: A notebook as `with_tracks` made it, or nbgrader's release of it.
        track: it, clinician or law.
        language: Language of the choice's text, of what functions are for, and of comments.
    """
    own = deepcopy(notebook)
    carried = own.metadata.pop(_KEY, {})
    cells, law = carried.get("cells", {}).get(track, {}), carried.get("law", {})
    for cell in own.cells:
        source = cells.get(grade_id(cell), cell.source)
        if cell.cell_type == "code":
            source = _told(grade_id(cell), source, language, carried.get("comments", {}))
        cell.source = source
    if track == "law" and law:
        place = next(n for n, cell in enumerate(own.cells) if grade_id(cell) == law["cell"])
        text = {"cell_type": "markdown", "id": FUNCTION, "metadata": {}, "source": law["texts"][language]}
        own.cells.insert(place, nbformat.from_dict(text))  # type: ignore[no-untyped-call]
    return own


def _told(name: str, source: str, language: str, comments: Mapping[str, Comments]) -> str:
    """Returns a cell of code whose descriptions, comments and words outside of answers are in a language."""
    known = comments.get(language, {}).get(task_of(name) or OUTSIDE, {})
    told = commented(source, known) if known else source
    return described(name, told, language) if task_of(name) else worded(told, known)


def other_stubs(notebook: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """Returns, for each answer cell, the texts with which it is released to other tracks and languages."""
    return _other_stubs(json.dumps([answer_cells(notebook), notebook["metadata"].get(_KEY, {})]))


@lru_cache(maxsize=8)
def _other_stubs(told: str) -> Mapping[str, tuple[str, ...]]:
    """Works them out once for a whole class: every hand-in is held against the same released notebook."""
    answers, carried = json.loads(told)
    found: dict[str, list[str]] = {name: [source] for name, source in answers.items()}
    for cells in carried.get("cells", {}).values():
        for name, source in cells.items():
            found.setdefault(name, []).append(source)
    for name, sources in found.items():
        comments = carried.get("comments", {})
        sources += [_told(name, text, spoken, comments) for spoken in LANGUAGES[1:] for text in sources]
    return {name: tuple(dict.fromkeys(sources))[1:] for name, sources in found.items()}


def other_code(notebook: Mapping[str, Any]) -> tuple[str, ...]:
    """Returns the code that is released outside of answers as other languages have it."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    code = [source_text(c) for c in cells if not c["metadata"].get("nbgrader", {}).get("solution")]
    return _other_code(json.dumps([code, notebook["metadata"].get(_KEY, {}).get("comments", {})]))


@lru_cache(maxsize=8)
def _other_code(told: str) -> tuple[str, ...]:
    """Works it out once for a whole class."""
    code, comments = json.loads(told)
    return tuple(_told("", source, spoken, comments) for spoken in LANGUAGES[1:] for source in code)


def choice_texts(notebook: Mapping[str, Any]) -> list[str]:
    """Returns the texts that stand before the choice, in all languages."""
    return list(notebook["metadata"].get(_KEY, {}).get("law", {}).get("texts", {}).values())
