"""When hand-ins are due, who has more time, and what lateness costs: as `course.yaml` and the roster say.

```yaml
timezone: Europe/Berlin                  # of dates here and of archives; UTC if it is not named
late: {percent_per_day: 10, most_percent: 50, grace_minutes: 15}
labs:
  l1_collection:
    opens: 2026-03-02 08:00              # needed only for people with extra time
    due: 2026-03-16 23:59
    lms_name: Lab 1 (4711)               # the assignment's column in Canvas
    days_late: {ada: 0}                  # what you decided for a person by hand
```

Extra time is a share of the time between `opens` and `due`. Lateness is counted in begun days after the
person's own due date; each costs a share of all points of the lab.
"""

import datetime as dt
import math
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from grading.course import Course
from grading.receipts import receipts
from grading.shelf import newest
from grading.words import Said, say
from sim.errors import HilabError

_DAY = dt.timedelta(days=1)
_MOST_EXTRA = 3.0


@dataclass(frozen=True)
class Dates:
    """The dates of one lab.

    Attributes:
        opens: When it was given out, or None.
        due: When it must be handed in; None if it is never late.
        lms_name: Name of the assignment in the learning platform.
        days_late: Days of lateness that were decided by hand, by student.
    """

    opens: dt.datetime | None = None
    due: dt.datetime | None = None
    lms_name: str = ""
    days_late: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Policy:
    """What a class has agreed on.

    Attributes:
        path: `course.yaml`, for messages.
        zone: The time zone of dates and archives.
        percent_per_day: Share of all points that a begun day costs, in percent.
        most_percent: Largest share that lateness costs, in percent.
        grace: Lateness that is overlooked.
        labs: Dates by lab.
    """

    path: Path
    zone: dt.tzinfo = dt.UTC
    percent_per_day: float = 0.0
    most_percent: float = 100.0
    grace: dt.timedelta = dt.timedelta()
    labs: Mapping[str, Dates] = field(default_factory=dict)


@dataclass(frozen=True)
class Lateness:
    """How late a hand-in is.

    Attributes:
        days: Begun days after the due date.
        percent: What that costs, in percent of all points.
        why: How it is known; None if it was in time.
    """

    days: int = 0
    percent: float = 0.0
    why: Said | None = None


def load_policy(course: Course) -> Policy:
    """Reads what `course.yaml` says about dates and lateness.

    Raises:
        HilabError: Something in it is not what it should be.
    """
    path = course.folder / "course.yaml"
    facts = yaml.safe_load(path.read_text(encoding="utf-8"))
    late, labs = _mapping(path, facts, "late"), _mapping(path, facts, "labs")
    zone = _zone(path, facts.get("timezone"))
    return Policy(
        path,
        zone,
        _number(path, late, "percent_per_day", 0.0, 100.0),
        _number(path, late, "most_percent", 100.0, 100.0),
        dt.timedelta(minutes=_number(path, late, "grace_minutes", 0.0, 1440.0)),
        {str(lab): _dates(path, str(lab), _mapping(path, labs, lab), zone) for lab in labs},
    )


def _mapping(path: Path, facts: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = facts.get(name) or {}
    if not isinstance(found, dict):
        raise HilabError(f"{path}: '{name}' must hold names with values.")
    return found


def _zone(path: Path, name: object) -> dt.tzinfo:
    if name is None:
        return dt.UTC
    try:
        return zoneinfo.ZoneInfo(str(name))
    except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
        raise HilabError(f"{path}: '{name}' is no time zone; one is called Europe/Berlin.") from error


def _number(path: Path, facts: Mapping[str, Any], name: str, default: float, most: float) -> float:
    value = facts.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise HilabError(f"{path}: '{name}' must be a number from 0 to {most:g}, not {value!r}.")
    return float(value)


def _dates(path: Path, lab: str, facts: Mapping[str, Any], zone: dt.tzinfo) -> Dates:
    decided = _mapping(path, facts, "days_late")
    for name, days in decided.items():
        if isinstance(days, bool) or not isinstance(days, int) or days < 0:
            raise HilabError(f"{path}: {lab}, days_late of {name} must be a whole number, not {days!r}.")
    opens, due = (_date(path, lab, name, facts.get(name), zone) for name in ("opens", "due"))
    if opens and due and opens >= due:
        raise HilabError(f"{path}: {lab} opens after it is due.")
    return Dates(opens, due, str(facts.get("lms_name", "")), {str(k): int(v) for k, v in decided.items()})


def _date(path: Path, lab: str, name: str, value: object, zone: dt.tzinfo) -> dt.datetime | None:
    if value is None:
        return None
    try:
        read = dt.datetime.fromisoformat(str(value))
    except ValueError as error:
        raise HilabError(
            f"{path}: {lab}, '{name}' must look like 2026-03-16 23:59, not {value!r}."
        ) from error
    return read if read.tzinfo else read.replace(tzinfo=zone)


def due_for(course: Course, policy: Policy, lab: str, student: str) -> dt.datetime | None:
    """Returns when a lab is due for a person, extra time included; None if it never is.

    Raises:
        HilabError: The person's extra time cannot be read, or the lab's opening is not known.
    """
    dates = policy.labs.get(lab, Dates())
    extra = _extra(course, student)
    if dates.due is None or not extra:
        return dates.due
    if dates.opens is None:
        raise HilabError(
            f"{policy.path}: {student} has extra time, a share of the time of {lab}; say when it 'opens'."
        )
    return dates.due + extra * (dates.due - dates.opens)


def _extra(course: Course, student: str) -> float:
    known = course.students.get(student)
    text = known.extra_time if known else ""
    try:
        extra = float(text or 0)
    except ValueError:
        extra = -1.0
    if not 0 <= extra <= _MOST_EXTRA:
        where = course.folder / "roster.csv"
        raise HilabError(f"{where}: extra_time of {student} must be a share such as 0.25, not {text!r}.")
    return extra


def lateness(course: Course, policy: Policy, lab: str, student: str) -> Lateness:
    """Returns how late the hand-in is that counts.

    Canvas's archives do not say when a file was handed in, only that it was late; that counts as one day
    unless `days_late` says more.
    """
    dates, last = policy.labs.get(lab, Dates()), newest(course, lab, student)
    if student in dates.days_late:
        return _costs(policy, dates.days_late[student], say("late.decided"))
    if last and last.slot and last.slot.late is not None:
        return _costs(policy, int(last.slot.late), say("late.canvas"))
    due, received = due_for(course, policy, lab, student), _received(course, lab, student)
    if due is None or received is None or received <= due + policy.grace:
        return Lateness()
    days = math.ceil((received - due) / _DAY)
    return _costs(policy, days, say("late.after", time=_spoken(received - due)))


def _received(course: Course, lab: str, student: str) -> dt.datetime | None:
    known = newest(course, lab, student)
    times = [known.received] if known else [r.received for r in receipts(course, lab, student) if r.received]
    return dt.datetime.fromisoformat(times[-1]) if times else None


def _costs(policy: Policy, days: int, why: Said) -> Lateness:
    if not days:
        return Lateness()
    return Lateness(days, min(policy.most_percent, days * policy.percent_per_day), why)


def _spoken(time: dt.timedelta) -> str:
    """Returns a time in words.

    Example:
        >>> _spoken(dt.timedelta(days=1, hours=2, minutes=5)), _spoken(dt.timedelta(minutes=20))
        ('1 d 2 h 5 min', '20 min')
    """
    minutes = int(time.total_seconds() // 60)
    parts = ((minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "min"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "less than a minute"
