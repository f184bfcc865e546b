"""The audit trail: what was decided about marks and student data, by whom it was typed, and why.

One line an act in `.hilab/audit.jsonl`, only ever added to. Each carries a keyed hash over itself and the
line before, so that nobody without the instructor's key can change, drop or insert one unseen. The last
hash stands in a second file, so that lines missing at the end are noticed, too. Students stand in it by
their keyed id; once somebody is off the roster, the id says nothing any more.
"""

import datetime as dt
import fcntl
import getpass
import hashlib
import hmac
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from grading.course import Course
from sim.errors import HilabError
from sim.seeds import derive

_FIRST = "0" * 64


@dataclass(frozen=True)
class Act:
    """One line of the trail.

    Attributes:
        number: Its number, from 1.
        time: When it happened, ISO 8601 in UTC.
        user: The name under which the computer was used.
        what: regrade, void, unvoid, forget or purge.
        lab: The lab, if it is about one.
        tasks: Numbers of the tasks, if it is about some.
        reason: The reason that was given.
        facts: What else belongs to it.
        before: Hash of the line before.
        hash: Keyed hash over all of this.
    """

    number: int
    time: str
    user: str
    what: str
    lab: str = ""
    tasks: tuple[str, ...] = ()
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    before: str = _FIRST
    hash: str = ""

    def sealed(self, key: bytes) -> str:
        """Returns the hash that the act must carry."""
        told = json.dumps(asdict(replace(self, hash="")), ensure_ascii=False, sort_keys=True)
        return hmac.new(derive(key, "audit"), told.encode("utf-8"), hashlib.sha256).hexdigest()


def alias(course: Course, student: str) -> str:
    """Returns the keyed id under which a student stands in the trail."""
    return derive(course.key, "audit", course.term, student).hex()


def _path(course: Course) -> Path:
    return course.store / "audit.jsonl"


def _head(course: Course) -> Path:
    return course.store / "audit.head"


@contextmanager
def _alone(course: Course) -> Iterator[None]:
    with (course.store / "audit.lock").open("a", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def add(
    course: Course,
    what: str,
    reason: str,
    *,
    lab: str = "",
    tasks: Sequence[str] = (),
    facts: Mapping[str, Any] | None = None,
) -> Act:
    """Adds an act to the trail.

    Args:
        course: The class.
        what: regrade, void, unvoid, forget or purge.
        reason: Why; it may not be empty.
        lab: The lab, if it is about one.
        tasks: Numbers of the tasks, if it is about some.
        facts: What else belongs to it, as plain data.

    Raises:
        HilabError: There is no reason, or the trail was changed from outside.
    """
    if not reason.strip():
        raise HilabError("Give a reason with --reason; it stays in the audit trail.")
    with _alone(course):
        known = acts(course)
        before = known[-1].hash if known else _FIRST
        time = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        act = Act(len(known) + 1, time, _user(), what, lab, tuple(tasks), reason.strip(), facts or {}, before)
        act = replace(act, hash=act.sealed(course.key))
        line = json.dumps(asdict(act), ensure_ascii=False, sort_keys=True) + "\n"
        with _path(course).open("a", encoding="utf-8", newline="\n") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        part = _head(course).with_name("audit.head.part")
        part.write_text(f"{act.number} {act.hash}\n", encoding="utf-8")
        part.replace(_head(course))
    return act


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def acts(course: Course) -> tuple[Act, ...]:
    """Returns the whole trail, after proving that it is whole.

    Raises:
        HilabError: A line was changed, dropped or inserted; the first such line is named.
    """
    path, head = _path(course), _head(course)
    lines = path.read_bytes() if path.is_file() else b""
    last = head.read_text(encoding="utf-8") if head.is_file() else ""
    return _proven(path, lines, last, course.key)


@lru_cache(maxsize=4)
def _proven(path: Path, data: bytes, last: str, key: bytes) -> tuple[Act, ...]:
    found: list[Act] = []
    before = _FIRST
    for number, line in enumerate(data.splitlines(), start=1):
        act = _read(path, number, line)
        if act.number != number or act.before != before or not hmac.compare_digest(act.hash, act.sealed(key)):
            raise HilabError(_broken(path, number))
        before = act.hash
        found.append(act)
    count, _, hash_ = last.strip().partition(" ")
    if last and (
        not count.isdigit() or not 0 < int(count) <= len(found) or found[int(count) - 1].hash != hash_
    ):
        raise HilabError(_broken(path, len(found) + 1))
    return tuple(found)


def _read(path: Path, number: int, line: bytes) -> Act:
    try:
        found = json.loads(line.decode("utf-8"))
        return Act(**{**found, "tasks": tuple(found["tasks"])})
    except (ValueError, TypeError, KeyError) as error:
        raise HilabError(_broken(path, number)) from error


def _broken(path: Path, number: int) -> str:
    return f"{path}, line {number}: the audit trail was changed from outside; put back your backup of it."


def trail(folder: Path) -> str:
    """Returns the trail in words, after proving that it is whole.

    Args:
        folder: The course folder.
    """
    from grading.course import load_course

    course = load_course(folder)
    names = {alias(course, student): student for student in course.students}
    lines = [line for act in acts(course) for line in _told(act, names)]
    return "\n".join([*lines, f"{len(acts(course))} acts; the chain is whole."])


def _told(act: Act, names: Mapping[str, str]) -> Iterator[str]:
    about = " ".join([act.lab, *act.tasks]).strip()
    yield f"{act.number}. {act.time} {act.user}: {act.what} {about}".rstrip() + f". Reason: {act.reason}"
    for change in act.facts.get("changes", ()):
        who = names.get(change["who"], "somebody no longer on the roster")
        kept = f", kept at {change['given']:g}" if change["given"] != change["to"] else ""
        yield f"   {who}, {change['task']}: {change['from']:g} to {change['to']:g}{kept}"
