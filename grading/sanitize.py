"""Rebuilds a hand-in on the released notebook, so that only sources reach the next steps.

Locked cells, order, metadata and tags come from the release. Deleted cells are there again, copies are
resolved, outputs are gone. Whatever else a student wrote is kept, untagged, below the released cell after
which it stood; it can be read and is never executed.
"""

import copy
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grading.figures import plain_figure, read_figure
from grading.kitfile import answer_cells, read_notebook, source_text, text_hash
from grading.labwords import other_texts
from grading.tracks import choice_texts, other_code, other_stubs
from grading.words import Said, say
from sim.errors import HilabError

LARGEST_FILE = 50_000_000
"""Most bytes of a hand-in's notebook."""

LARGEST_CELL = 200_000
"""Most characters of an answer cell, and of all the student's own cells together."""

MOST_CELLS = 2_000
"""Most cells of a hand-in."""

MOST_FREE = 300
"""Most cells of the student's own that are kept."""

MOST_FIGURES = 12
"""Most figures of a hand-in's outputs that are drawn on its page."""

Cell = dict[str, Any]


@dataclass(frozen=True)
class Rebuilt:
    """A hand-in on the released notebook.

    Attributes:
        notebook: The notebook, as plain data.
        answers: The source of every answer cell by its grade_id.
        open: The answer cells that still stand as they were released.
        notes: What was changed, for student and instructor.
        figures: The plotly figures in the outputs of the hand-in, as plain data; only for the page.
    """

    notebook: dict[str, Any]
    answers: dict[str, str]
    open: frozenset[str]
    notes: tuple[Said, ...]
    figures: tuple[Mapping[str, Any], ...] = ()


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
        found = read_notebook(path)
    except RecursionError as error:
        raise HilabError(f"{path}: not a notebook (nested too deeply).") from error
    if len(found["cells"]) > MOST_CELLS:
        raise HilabError(f"{path}: holds {len(found['cells']):,} cells; at most {MOST_CELLS:,} are read.")
    return found


def rebuild(released: Mapping[str, Any], handed: Mapping[str, Any]) -> Rebuilt:
    """Puts the answers of a hand-in into a copy of the released notebook.

    What it made, given to it again, comes back unchanged and without notes.

    Args:
        released: The notebook as students received it.
        handed: The notebook that came back.
    """
    stubs, others = answer_cells(released), other_stubs(released)
    notes: list[Said] = []
    answers: dict[str, str] = {}
    cells: list[Cell] = []
    own = _Own(released)
    for model, copies, free in _sorted_out(released, handed):
        name = _name(model)
        if model is not None:
            cells.append(_fresh(model))
        if name in stubs:
            cells[-1]["source"] = answers[name] = _answer(
                name, [stubs[name], *others.get(name, [])], copies, notes
            )
        else:
            aside = list(own.kept(copies))
            notes += _noted(name, copies, aside)
            cells += aside
        cells += own.kept(free)
    notes += [say("note.free", count=own.left_out)] if own.left_out else []
    notebook = {**copy.deepcopy({k: v for k, v in released.items() if k != "cells"}), "cells": cells}
    empty = {name: ["", stub, *others.get(name, [])] for name, stub in stubs.items()}
    still = frozenset(name for name, text in answers.items() if any(_same(text, e) for e in empty[name]))
    return Rebuilt(notebook, answers, still, tuple(notes), tuple(_figures(handed)))


def _figures(handed: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Returns the first figures among the outputs, read as untrusted data."""
    outputs = [
        o for cell in handed["cells"] if isinstance(cell.get("outputs"), list) for o in cell["outputs"]
    ]
    data = [o.get("data") for o in outputs if isinstance(o, dict)]
    shown = [
        {"data": found.get("data"), "layout": found.get("layout")}
        for one in data
        if isinstance(one, dict) and isinstance(found := one.get("application/vnd.plotly.v1+json"), dict)
    ]
    read = [figure for figure in map(read_figure, shown[:MOST_FIGURES]) if figure is not None]
    return [plain_figure(figure) for figure in read]


def _name(cell: Mapping[str, Any] | None) -> str:
    """Returns a cell's grade_id, or an empty text if nbgrader does not know the cell."""
    known = cell["metadata"].get("nbgrader") if cell is not None else None
    if isinstance(known, dict) and isinstance(known.get("grade_id"), str):
        return str(known["grade_id"])
    return ""


def _text(cell: Mapping[str, Any]) -> str:
    """Returns a cell's source without what cannot be written as UTF-8 or into the gradebook."""
    whole = source_text(cell).encode("utf-16", errors="surrogatepass").decode("utf-16", errors="replace")
    return whole.replace("\0", "�")


def _same(left: str, right: str) -> bool:
    return text_hash(left) == text_hash(right)


def _fresh(model: Mapping[str, Any]) -> Cell:
    """Returns a copy of a released cell without outputs."""
    cell = copy.deepcopy(dict(model))
    cell["source"] = source_text(cell)
    if cell["cell_type"] == "code":
        cell["outputs"], cell["execution_count"] = [], None
    return cell


def _sorted_out(
    released: Mapping[str, Any], handed: Mapping[str, Any]
) -> list[tuple[Cell | None, list[Cell], list[Cell]]]:
    """Returns every released cell with its copies and with the own cells that stand after it.

    The first entry has no released cell: own cells may stand at the very top.
    """
    places: dict[str, int] = {}
    found: list[tuple[Cell | None, list[Cell], list[Cell]]] = [(None, [], [])]
    for number, model in enumerate(released["cells"], start=1):
        found.append((model, [], []))
        for key in filter(None, (_name(model), str(model.get("id", "")))):
            places.setdefault(key, number)
    last = 0
    for cell in handed["cells"]:
        here = places.get(_name(cell)) or (None if _name(cell) else places.get(str(cell.get("id", ""))))
        if here is None:
            found[last][2].append(cell)
        else:
            last = here
            found[here][1].append(cell)
    return found


def _noted(name: str, copies: Sequence[Cell], changed: Sequence[Cell]) -> Iterator[Said]:
    """Says what happened to a locked cell; ordinary text may be changed without a word."""
    if name and not copies:
        yield say("note.deleted", cell=name)
    if name and changed:
        yield say("note.changed", cell=name)


def _answer(name: str, stubs: Sequence[str], copies: Sequence[Cell], notes: list[Said]) -> str:
    """Returns the answer among the copies of a cell.

    Several different answers are joined in their order: that is what running the notebook from its top
    does, and it is right for a cell that was split in two. What was received, in any track and language, is
    no answer beside another.
    """
    stub, *others = stubs
    if not copies:
        notes.append(say("note.unanswered", cell=name))
        return stub
    if any(cell.get("attachments") for cell in copies):
        notes.append(say("note.picture", cell=name))
    own = [text for text in dict.fromkeys(map(_text, copies)) if not _same(text, stub)]
    own = [text for text in own if not any(_same(text, other) for other in others)] or own
    joined = "\n\n".join(own)
    if len(joined) > LARGEST_CELL:
        notes.append(say("note.long", cell=name, most=f"{LARGEST_CELL:,}"))
        return stub
    if len(copies) > 1:
        notes.append(say("note.joined" if len(own) > 1 else "note.copied", cell=name, count=len(copies)))
    return joined if own else stub


class _Own:
    """Keeps what a student wrote outside the answers, within limits, bare of everything but the text."""

    def __init__(self, released: Mapping[str, Any]) -> None:
        texts = [source_text(cell) for cell in released["cells"]] + other_texts(released)
        texts += [*choice_texts(released), *other_code(released)]
        self._known = set(map(text_hash, texts))
        self._count, self._size, self.left_out = 0, 0, 0

    def kept(self, cells: Sequence[Cell]) -> Iterator[Cell]:
        """Gives the cells as they are kept: not the empty ones, nor copies of released text."""
        for cell in cells:
            text = _text(cell)
            if not text.strip() or text_hash(text) in self._known:
                continue
            if self._count >= MOST_FREE or self._size + len(text) > LARGEST_CELL:
                self.left_out += 1
                continue
            self._count += 1
            self._size += len(text)
            yield self._bare(cell["cell_type"], text)

    def _bare(self, kind: str, text: str) -> Cell:
        cell: Cell = {"cell_type": kind, "id": f"own-{self._count:03d}", "metadata": {}, "source": text}
        return {**cell, "outputs": [], "execution_count": None} if kind == "code" else cell
