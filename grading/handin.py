"""Handing in: looks at the notebook, says what is still open, writes one zip."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grading.kitfile import KitFacts, answer_cells, read_notebook, text_hash, zip_folder
from grading.local import language_here
from grading.words import LANGUAGES, text
from sim.errors import HilabError

LARGEST = 20_000_000
"""Bytes of a notebook beyond which its outputs are left out of the hand-in; grading makes its own."""


@dataclass(frozen=True)
class HandIn:
    """What was written, and what the student should know before sending it.

    Attributes:
        path: The zip to hand in.
        answered: Number of answer cells that were changed.
        open: The answer cells that still stand as they were released.
        missing: Answer cells that are no longer in the notebook.
        shortened: Whether outputs were left out because the notebook is very large.
        language: Language in which it is said.
    """

    path: Path
    answered: int
    open: tuple[str, ...]
    missing: tuple[str, ...]
    shortened: bool = False
    language: str = LANGUAGES[0]

    def __str__(self) -> str:
        """Says it in sentences."""
        count = self.answered + len(self.open) + len(self.missing)
        lines = [self._say("answered", answered=self.answered, count=count)]
        if self.open:
            lines.append(self._say("open", names=self._names(self.open)))
        if self.missing:
            lines.append(self._say("missing", names=self._names(self.missing)))
        if self.shortened:
            lines.append(self._say("shortened"))
        return "\n".join([*lines, self._say("file", path=self.path)])

    def _say(self, code: str, **values: object) -> str:
        return text(f"handin.{code}", self.language, **values)

    def _names(self, cells: Sequence[str]) -> str:
        return self._say("and").join(spoken(cell, self.language) for cell in cells)


def spoken(cell: str, language: str = LANGUAGES[0]) -> str:
    """Returns the name of an answer cell as a student knows it.

    Example:
        >>> spoken("solve_1_3"), spoken("answer_1_written"), spoken("solve_1_3", "zh")
        ('question 1.3', 'written question 1', '任务 1.3')
    """
    words = cell.split("_")
    if words[0] == "solve":
        return text("handin.question", language, number=".".join(words[1:]))
    if words[0] == "answer" and words[-1] == "written":
        return text("handin.written", language, number=".".join(words[1:-1]))
    return cell


def hand_in(folder: Path) -> HandIn:
    """Checks the notebook of a lab and writes the zip to hand in beside it.

    The notebook itself is never changed. A hand-in with open questions is written all the same.

    Args:
        folder: The lab's folder, in which `kit.json` and the notebook lie.

    Returns:
        What was written, and which questions are still open.

    Raises:
        HilabError: There is no kit here, or the notebook is missing, cut short or not a notebook.
    """
    language = language_here(folder)
    facts = KitFacts.read(folder / "kit.json", language)
    path = folder / f"{facts.lab}.ipynb"
    notebook = read_notebook(path, language)
    answers = answer_cells(notebook)
    missing = tuple(name for name in facts.questions if name not in answers)
    if facts.questions and len(missing) == len(facts.questions):
        raise HilabError(text("handin.another", language, path=path))
    unanswered = tuple(n for n, own in answers.items() if _unchanged(own, facts.questions.get(n)))
    raw = path.read_bytes()
    shortened = len(raw) > LARGEST
    if shortened:
        raw = _without_outputs(notebook)
    answered = len(facts.questions) - len(missing) - len(unanswered)
    target = folder.resolve() / f"{facts.lab}-handin-{facts.id[:8]}.zip"
    _write(target, facts, raw, unanswered)
    return HandIn(target, answered, unanswered, missing, shortened, language)


def _unchanged(answer: str, released: str | None) -> bool:
    """Says whether a cell of the lab stands as it was released, or empty."""
    return released is not None and (not answer.strip() or text_hash(answer) == released)


def _without_outputs(notebook: Mapping[str, Any]) -> bytes:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _write(target: Path, facts: KitFacts, notebook: bytes, unanswered: tuple[str, ...]) -> None:
    """Writes notebook, kit.json and handin.json; no time and no name goes in."""
    told = {"lab": facts.lab, "notebook": hashlib.sha256(notebook).hexdigest(), "open": list(unanswered)}
    scratch = Path(tempfile.mkdtemp())
    try:
        facts.write(scratch)
        (scratch / f"{facts.lab}.ipynb").write_bytes(notebook)
        whole = json.dumps(told, indent=1, sort_keys=True) + "\n"
        (scratch / "handin.json").write_text(whole, encoding="utf-8", newline="\n")
        zip_folder(scratch, target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
