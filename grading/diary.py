"""What a learner tried, kept in one small file beside the notebook and sent nowhere."""

import hashlib
import inspect
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FILE = "progress.json"


@dataclass
class Entry:
    """How it stands with one task.

    Attributes:
        tries: Number of different answers that were checked.
        failed: Number of those that were not right; as many hints are shown, at most three.
        right: Whether the last answer was right in all that can be seen.
        practised: Practice districts on which the answer was right.
        last: Fingerprint of the last answer.
    """

    tries: int = 0
    failed: int = 0
    right: bool = False
    practised: list[int] = field(default_factory=list)
    last: str = ""

    def note(self, answer: str, right: bool) -> None:
        """Counts a try; the same answer again, as in Run All, is no new one."""
        if answer != self.last or not answer:
            self.tries += 1
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
    """Returns a hash of the functions' own text, or nothing if it cannot be read."""
    try:
        text = "\n".join(inspect.getsource(functions[name]) for name in sorted(functions))
    except (OSError, TypeError):
        return ""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
