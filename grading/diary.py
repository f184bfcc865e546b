"""What a learner tried, kept in one small file beside the notebook and sent nowhere."""

import ast
import hashlib
import inspect
import json
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FILE = "progress.json"

HONEST = 8
"""Least size of an answer that counts as an honest try."""


@dataclass
class Entry:
    """How it stands with one task.

    Attributes:
        tries: Number of different answers that were checked.
        failed: Number of those that were not right; as many hints are shown, at most three.
        right: Whether the last answer was right in all that can be seen.
        honest: Number of those that were more than a stub; enough of them open the walk-through.
        practised: Practice districts on which the answer was right.
        last: Fingerprint of the last answer.
    """

    tries: int = 0
    failed: int = 0
    right: bool = False
    practised: list[int] = field(default_factory=list)
    last: str = ""
    honest: int = 0

    def note(self, answer: str, right: bool, size: int = 0) -> None:
        """Counts a try; the same answer again, as in Run All, is no new one.

        Args:
            answer: Fingerprint of the answer.
            right: Whether all is right that can be seen.
            size: How much code it is, as `size` counts it.
        """
        if answer != self.last or not answer:
            self.tries += 1
            self.honest += size >= HONEST
            self.failed += not right
            self.practised = []
        self.last, self.right = answer, right


class Diary:
    """The entries of one lab's folder."""

    def __init__(self, folder: Path) -> None:
        """Reads the entries in the folder of a notebook, if there are any."""
        self._path = folder / FILE
        self._entries = _read(self._path)

    def __getitem__(self, task: str) -> Entry:
        """Returns the entry of a task, a blank one at first."""
        return self._entries.setdefault(task, Entry())

    def save(self) -> bool:
        """Writes the file; returns False if the folder cannot be written to, for feedback matters more."""
        told = {task: asdict(entry) for task, entry in sorted(self._entries.items())}
        part = self._path.with_name(FILE + ".part")
        try:
            part.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8", newline="\n")
            part.replace(self._path)
        except OSError:
            return False
        return True


def _read(path: Path) -> dict[str, Entry]:
    """Reads the entries; a damaged file counts as none, for it only remembers hints."""
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
        return {str(task): Entry(**entry) for task, entry in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def fingerprint(functions: Mapping[str, Callable[..., Any]]) -> str:
    """Returns a hash of what the functions do, or nothing if their text cannot be read.

    Comments, blank lines and texts that describe a function do not count: changing them is no new try.
    """
    trees = _trees(functions)
    text = "\n".join(ast.dump(tree) for tree in trees)
    return hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()[:16] if trees else ""


def size(functions: Mapping[str, Callable[..., Any]]) -> int:
    """Returns how many steps the functions take: their names, calls, operators and values."""
    counted = (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.BinOp, ast.Compare, ast.Constant)
    bodies = [node for tree in _trees(functions) for node in ast.walk(tree)]
    return sum(isinstance(node, counted) for node in bodies)


def _trees(functions: Mapping[str, Callable[..., Any]]) -> list[ast.Module]:
    try:
        texts = [textwrap.dedent(inspect.getsource(functions[name])) for name in sorted(functions)]
        trees = [ast.parse(text) for text in texts]
    except (OSError, TypeError, SyntaxError, RecursionError):
        return []
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
                node.body = node.body[1:] or [ast.Pass()]
    return trees
