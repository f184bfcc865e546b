"""The text of a lab in another language: `lab.zh.py` beside `lab.py` holds the text cells, code is shared.

Each text cell of `lab.zh.py` says in its head which cell it translates, by the first words of that cell:
`# %% [markdown] of="Task 0.1"`. So cells may be added and moved in `lab.py` without renumbering anything.
A text that is not translated yet is shown in English.
"""

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from grading.descriptors import with_descriptors
from grading.glossary import with_words
from grading.words import LANGUAGES
from sim.errors import HilabError

_KEY = "hilab_texts"


def first_words(text: str) -> str:
    """Returns the first line of a text cell without its markup.

    Example:
        >>> first_words("## Task 0.1 Say *good* morning")
        'Task 0.1 Say good morning'
    """
    return re.sub(r"[*`]|^#+ ", "", text.strip().split("\n", 1)[0]).strip()


def translated(source: NotebookNode, path: Path) -> dict[str, str]:
    """Returns the texts of a `lab.zh.py` by the ids of the cells they translate.

    Args:
        source: The lab's notebook in English.
        path: The file; no text if it is not there.

    Raises:
        HilabError: It is not UTF-8, or a cell in it belongs to no text, to several, or to one that another
            cell translates already.
    """
    if not path.is_file():
        return {}
    import jupytext

    try:
        cells = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent").cells
    except UnicodeDecodeError as error:
        raise HilabError(f"{path}: not UTF-8 text (byte {error.start}).") from error
    texts = [(str(cell.id), first_words(cell.source)) for cell in text_cells(source)]
    found: dict[str, str] = {}
    for cell in cells:
        begin = str(cell.metadata.get("of", ""))
        if cell.cell_type != "markdown" or not begin:
            raise HilabError(
                f"{path}: the cell '{cell.source[:30]}' does not say in its head, as in "
                "'# %% [markdown] of=\"Task 0.1\"', which text it translates."
            )
        found[_only(path, begin, texts, found)] = cell.source
    return found


def _only(path: Path, begin: str, texts: Sequence[tuple[str, str]], found: Mapping[str, str]) -> str:
    """Returns the id of the one text that begins so."""
    fitting = [ident for ident, words in texts if words.startswith(begin)]
    if len(fitting) != 1:
        count = f"{len(fitting)} texts of lab.py begin" if fitting else "no text of lab.py begins"
        raise HilabError(f"{path}: {count} with '{begin}'; exactly one was expected.")
    if fitting[0] in found:
        raise HilabError(f"{path}: two cells translate the text that begins with '{begin}'.")
    return fitting[0]


def text_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Returns the cells of a notebook that hold text and are no place for an answer."""
    return [
        cell
        for cell in notebook.cells
        if cell.cell_type == "markdown" and not cell.metadata.get("nbgrader", {}).get("solution")
    ]


def with_languages(source: NotebookNode, folder: Path, language: str) -> NotebookNode:
    """Returns the instructor's notebook in one language, with its texts in the others among its metadata.

    From there they reach the released notebook, and so each kit is in its student's language.

    Args:
        source: The lab's notebook in English.
        folder: The lab's folder.
        language: The language that the instructor sees.

    Raises:
        HilabError: A translation does not fit the lab.
    """
    found = {other: translated(source, folder / f"lab.{other}.py") for other in LANGUAGES[1:]}
    found[LANGUAGES[0]] = {str(cell.id): cell.source for cell in text_cells(source)}
    points = {
        str(cell.id): float(cell.metadata.nbgrader.points)
        for cell in text_cells(source)
        if cell.metadata.get("nbgrader", {}).get("task")
    }
    texts = {
        spoken: with_descriptors(
            {ident: with_words(told, folder.name, spoken) for ident, told in cells.items()}, points
        )
        for spoken, cells in found.items()
    }
    whole = deepcopy(source)
    whole.metadata[_KEY] = texts
    shown = in_language(whole, language)
    shown.metadata[_KEY] = {other: told for other, told in texts.items() if told and other != language}
    return shown


def in_language(notebook: NotebookNode, language: str) -> NotebookNode:
    """Returns a notebook in one language, without the texts in others.

    Args:
        notebook: A notebook as `with_languages` made it, or nbgrader's release of it.
        language: The language; a text that is not there in it stays as it is.
    """
    own = deepcopy(notebook)
    texts = own.metadata.pop(_KEY, {}).get(language, {})
    for cell in text_cells(own):
        cell.source = texts.get(cell.id, cell.source)
    return own


def other_texts(notebook: Mapping[str, Any]) -> list[str]:
    """Returns the texts in other languages that a released notebook carries."""
    return [text for texts in notebook["metadata"].get(_KEY, {}).values() for text in texts.values()]
