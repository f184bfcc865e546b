"""Keeps every hand-in that was collected; the newest of a student and lab lies in `submitted/`.

Each is a notebook and a note about it in `.hilab/handins/<lab>/<student>/`. Their names begin with the time,
so that their order is that in which they came.
"""

import datetime as dt
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from grading.course import Course
from grading.kitfile import read_notebook
from grading.lms import Slot
from grading.receipts import record
from grading.sanitize import read_handin, rebuild
from sim.errors import HilabError


@dataclass(frozen=True)
class Kept:
    """A hand-in on the shelf.

    Attributes:
        received: When it came, ISO 8601 in UTC.
        sha: sha256 of the notebook.
        source: The zip, or the file in an archive, that it came in.
        note: What the instructor should know, or nothing.
        slot: Where it lay in a learning platform's archive; None if it came by another way.
    """

    received: str
    sha: str
    source: str
    note: str = ""
    slot: Slot | None = None

    @property
    def key(self) -> str:
        """Its file name: time, running number, contents."""
        time = dt.datetime.fromisoformat(self.received)
        again = self.slot.again if self.slot else 0
        return f"{time:%Y%m%dT%H%M%S}-{again:03d}-{self.sha[:12]}"


def _folder(course: Course, lab: str, student: str) -> Path:
    return course.store / "handins" / lab / student


def kept(course: Course, lab: str, student: str) -> list[Kept]:
    """Returns all hand-ins of a student in the order in which they came."""
    return [_read(path) for path in sorted(_folder(course, lab, student).glob("*.json"))]


def newest(course: Course, lab: str, student: str) -> Kept | None:
    """Returns the hand-in that counts, or None if nothing was collected."""
    return next(reversed(kept(course, lab, student)), None)


def _read(path: Path) -> Kept:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        slot = Slot(**found.pop("slot")) if found.get("slot") else None
        return Kept(**{**found, "slot": slot})
    except (ValueError, TypeError) as error:
        raise HilabError(f"{path}: is damaged; delete it and collect again.") from error


def keep(course: Course, lab: str, student: str, about: Kept, notebook: bytes) -> bool:
    """Puts a hand-in on the shelf and the newest one into `submitted/`.

    Args:
        course: The class.
        lab: The lab.
        student: Whose it is.
        about: When it came, and how.
        notebook: Its bytes.

    Returns:
        False if the newest one has the same contents already; then nothing changes.

    Raises:
        HilabError: It is not a notebook.
    """
    folder = _folder(course, lab, student)
    last = newest(course, lab, student)
    if (last and last.sha == about.sha) or (folder / f"{about.key}.json").exists():
        return False
    folder.mkdir(parents=True, exist_ok=True)
    parsed = _notebook(about, notebook, folder)
    released = read_notebook(course.folder / "release" / lab / f"{lab}.ipynb")
    record(course, lab, student, rebuild(released, parsed), about.received)
    _write(folder / f"{about.key}.ipynb", notebook)
    text = json.dumps(asdict(about), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    _write(folder / f"{about.key}.json", text.encode("utf-8"))
    _submit(course, lab, student)
    return True


def _notebook(about: Kept, data: bytes, folder: Path) -> Mapping[str, Any]:
    with tempfile.NamedTemporaryFile(dir=folder, suffix=".part") as scratch:
        scratch.write(data)
        scratch.flush()
        try:
            return read_handin(Path(scratch.name))
        except HilabError as error:
            why = str(error).removeprefix(f"{scratch.name}: ")
            raise HilabError(f"{about.source}: the notebook in it: {why}") from error


def _write(path: Path, data: bytes) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_bytes(data)
    part.replace(path)


def _submit(course: Course, lab: str, student: str) -> None:
    """Puts the newest hand-in where nbgrader expects it."""
    best = newest(course, lab, student)
    assert best is not None
    scratch = Path(tempfile.mkdtemp(dir=course.store))
    try:
        shutil.copyfile(_folder(course, lab, student) / f"{best.key}.ipynb", scratch / f"{lab}.ipynb")
        time = dt.datetime.fromisoformat(best.received).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
        (scratch / "timestamp.txt").write_text(time, encoding="utf-8")
        scratch.chmod(0o755)
        target = course.submitted(lab, student).parent
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(target, ignore_errors=True)
        scratch.replace(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def about(
    received: dt.datetime, source: str, notebook: bytes, note: str = "", slot: Slot | None = None
) -> Kept:
    """Describes a hand-in.

    Args:
        received: When it came; with its offset from UTC.
        source: What it came in.
        notebook: Its bytes.
        note: What the instructor should know.
        slot: Where it lay in an archive.
    """
    time = received.astimezone(dt.UTC).isoformat(timespec="seconds")
    return Kept(time, hashlib.sha256(notebook).hexdigest(), source, note, slot)
