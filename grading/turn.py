"""One grader at a time for a course: a lock that says who holds it and that no crash leaves behind.

The lock is the operating system's, on the file `.hilab/grading.lock`; it ends with the process that holds it,
however that ends. The file tells who that is. On file systems without locks the process's number decides
whether its note is stale.
"""

import contextlib
import datetime as dt
import errno
import fcntl
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from grading.course import Course
from sim.errors import HilabError

_NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)
_AGAIN = 0.5

_mine: dict[Path, tuple[int, int]] = {}


@contextlib.contextmanager
def turn(course: Course, wait: bool = False) -> Iterator[None]:
    """Keeps every other grader out of a course for as long as the block runs.

    The same thread may ask again inside the block.

    Args:
        course: The class.
        wait: Whether to wait until the other grader has ended.

    Raises:
        HilabError: Another process or thread is grading this course.
    """
    path = course.store / "grading.lock"
    thread = threading.get_ident()
    owner, depth = _mine.get(path, (thread, 0))
    if depth and owner == thread:
        _mine[path] = (thread, depth + 1)
        try:
            yield
        finally:
            _mine[path] = (thread, depth)
        return
    with path.open("a+", encoding="utf-8") as file:
        _take(file, path, wait)
        _mine[path] = (thread, 1)
        try:
            yield
        finally:
            del _mine[path]
            file.truncate(0)


def _take(file: Any, path: Path, wait: bool) -> None:
    told = False
    while not _locked(file):
        if not wait:
            raise HilabError(
                f"{path}: {_holder(file)}. Try again when it has ended, or use --wait; "
                "two at a time could lose marks."
            )
        if not told:
            print(f"Waiting: {_holder(file)}.", flush=True)
            told = True
        time.sleep(_AGAIN)
    file.truncate(0)
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    note = {"pid": os.getpid(), "host": socket.gethostname(), "since": now}
    file.write(json.dumps(note) + "\n")
    file.flush()


def _locked(file: Any) -> bool:
    """Takes the lock if it is free."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        return not _alive(_note(file))


def _note(file: Any) -> dict[str, Any]:
    file.seek(0)
    try:
        found = json.loads(file.read())
        return found if isinstance(found, dict) else {}
    except ValueError:
        return {}


def _alive(note: dict[str, Any]) -> bool:
    """Whether the process of a note still runs; of another computer's process nobody can know."""
    if not note:
        return False
    if note.get("host") != socket.gethostname():
        return True
    with contextlib.suppress(ProcessLookupError, TypeError, ValueError):
        try:
            os.kill(int(note["pid"]), 0)
        except PermissionError:
            return True
        return True
    return False


def _holder(file: Any) -> str:
    note = _note(file)
    if not note:
        return "another process is grading this course"
    where = "" if note.get("host") == socket.gethostname() else f" on {note.get('host')}"
    return f"process {note.get('pid')}{where} has been grading this course since {note.get('since')}"
