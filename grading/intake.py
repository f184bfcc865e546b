"""Opens hand-ins before nbgrader does: looks at the folder, rebuilds the notebook, sets the time.

nbgrader is shown the rebuilt copy in the course's private part and nothing of the hand-in itself.
"""

import datetime as dt
import json
import shutil
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from grading.course import Course
from grading.receipts import receipts, record
from grading.sanitize import Rebuilt, read_handin, rebuild
from grading.words import Said, say
from sim.errors import HilabError

CLEAN = ".hilab/clean"
"""Where the copies lie that nbgrader reads, below the course folder."""

_EXPECTED = ("timestamp.txt", "kit.json", "handin.json", ".ipynb_checkpoints")
_MOST_NAMED = 5


def open_handin(course: Course, lab: str, student: str, released: Mapping[str, Any]) -> Rebuilt:
    """Reads a hand-in, remembers it, and writes the copy that nbgrader marks.

    Args:
        course: The class.
        lab: The lab.
        student: Id of the student; decides whose it is, whatever the notebook says.
        released: The notebook as students received it.

    Raises:
        HilabError: The student is not on the roster, the hand-in is a link or lies behind one, or it is not
            a notebook.
    """
    if student not in course.students:
        raise HilabError(f"{course.folder / 'roster.csv'}: '{student}' handed in and is not on the roster.")
    path = course.submitted(lab, student)
    notes = _look(course, path)
    handin = rebuild(released, read_handin(path))
    handin = replace(handin, notes=(*handin.notes, *notes))
    record(course, lab, student, handin, _arrived(path))
    _copy(course, lab, student, handin)
    return handin


def _look(course: Course, path: Path) -> list[Said]:
    """Refuses links on the way to a notebook; notes what else lies beside it."""
    for folder in (path.parent.parent, path.parent):
        if folder.is_symlink() or folder.resolve().parent != folder.parent.resolve():
            raise HilabError(f"{folder}: is a link; a hand-in is a folder with one notebook.")
    if path.exists() and not stat.S_ISREG(path.lstat().st_mode):
        raise HilabError(f"{path}: there is no such notebook, or it is a link.")
    foreign = sorted(p.name for p in path.parent.iterdir() if p.name not in (path.name, *_EXPECTED))
    if not foreign:
        return []
    more = f" … ({len(foreign)})" if len(foreign) > _MOST_NAMED else ""
    return [say("note.files", names=", ".join(name[:60] for name in foreign[:_MOST_NAMED]) + more)]


def _arrived(path: Path) -> str:
    """Returns when the file was put into the course folder, for hand-ins that hilab did not collect.

    It is the time of the last change of the file's entry, which nobody can set; what the hand-in says of
    itself (`timestamp.txt`, the file's own date) is not asked.
    """
    return dt.datetime.fromtimestamp(path.stat().st_ctime, dt.UTC).isoformat()


def _copy(course: Course, lab: str, student: str, handin: Rebuilt) -> None:
    """Writes the rebuilt notebook and the time at which its answers first came."""
    target = course.folder / CLEAN / student / lab
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=course.store))
    try:
        text = json.dumps(handin.notebook, ensure_ascii=False)
        (scratch / f"{lab}.ipynb").write_text(text + "\n", encoding="utf-8", newline="\n")
        if received := receipts(course, lab, student)[-1].received:
            time = dt.datetime.fromisoformat(received).astimezone(dt.UTC)
            stamp = time.strftime("%Y-%m-%d %H:%M:%S.%f UTC")
            (scratch / "timestamp.txt").write_text(stamp, encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        scratch.replace(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
