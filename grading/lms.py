"""How learning platforms name the files in an archive of hand-ins, and whom those names mean.

Moodle (4 and 5) writes `Surname Given_12345_assignsubmission_file/lab.ipynb`; the number is that of the
participant in this one assignment. Older releases end the folder with an underscore, and without folders
everything stands in one name. Canvas writes `surnamegiven_12345_67890_lab-1.ipynb`: the user's number, the
file's number, and a further number for a file that was handed in again; `_LATE` follows the name.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from grading.course import Course, Student
from sim.errors import HilabError

Platform = Literal["moodle", "canvas"]

_MOODLE = re.compile(r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_file(?P<end>_?)(?P<file>.*)")
_CANVAS = re.compile(r"(?P<name>.+?)_(?P<late>LATE_)?(?P<number>\d+)_(?P<attached>\d+)_(?P<file>.+)")
_AGAIN = re.compile(r"(?:-(\d{1,3})| ?\((\d{1,3})\))$")


@dataclass(frozen=True)
class Slot:
    """What the name of a file in an archive says.

    Attributes:
        lms: The platform.
        name: The person's name as the platform writes it.
        number: Moodle's number of the participant, or Canvas's of the user.
        feedback: What the name of feedback for it must begin with.
        file: The file's own name.
        again: Its number among files of one name; 0 for the first.
        late: Whether the platform calls it late; None if it does not say.
    """

    lms: Platform
    name: str
    number: str
    feedback: str
    file: str
    again: int = 0
    late: bool | None = None


def read_slot(path: PurePosixPath) -> Slot | None:
    """Returns what the name of an archive's file says, or None if it is in no known form.

    Example:
        >>> slot = read_slot(PurePosixPath("Torres Ana_12345_assignsubmission_file_/lab (1).ipynb"))
        >>> slot.name, slot.number, slot.file, slot.again
        ('Torres Ana', '12345', 'lab (1).ipynb', 1)
        >>> slot = read_slot(PurePosixPath("torresana_LATE_77_4711_lab-2.ipynb"))
        >>> slot.lms, slot.number, slot.late, slot.again, slot.feedback
        ('canvas', '77', True, 2, 'torresana_77_4711_')
    """
    for part in path.parts:
        if found := _MOODLE.fullmatch(part):
            inside = part != path.name
            file = path.name if inside else found["file"]
            head = f"{found['name']}_{found['number']}_assignsubmission_file{found['end']}"
            again = _again(file)
            return Slot("moodle", found["name"], found["number"], head + "/" * inside, file, again)
    found = _CANVAS.fullmatch(path.name)
    if found is None or "_assignsubmission_" in str(path):
        return None
    head = f"{found['name']}_{found['number']}_{found['attached']}_"
    late = found["late"] is not None
    return Slot("canvas", found["name"], found["number"], head, found["file"], _again(found["file"]), late)


def _again(file: str) -> int:
    found = _AGAIN.search(PurePosixPath(file).stem)
    return int(found[1] or found[2]) if found else 0


@dataclass(frozen=True)
class Participant:
    """A line of Moodle's grading worksheet.

    Attributes:
        name: Full name.
        ident: ID number, if the worksheet shows it.
        email: Address, if the worksheet shows it.
    """

    name: str
    ident: str = ""
    email: str = ""


def read_worksheet(path: Path) -> dict[str, Participant]:
    """Reads Moodle's grading worksheet: who stands behind the number of a participant.

    Raises:
        HilabError: It is no grading worksheet.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise HilabError(f"{path}: expected Moodle's grading worksheet, UTF-8 text with commas.") from error
    rows = list(csv.DictReader(io.StringIO(text)))
    if not rows or "Identifier" not in rows[0]:
        raise HilabError(f"{path}: has no column Identifier; download Moodle's grading worksheet in English.")
    found = {}
    for row in rows:
        number = re.sub(r"\D", "", row["Identifier"] or "")
        named = (row.get(column) or "" for column in ("Full name", "ID number", "Email address"))
        found[number] = Participant(*(text.strip() for text in named))
    return found


def whose(course: Course, slot: Slot, worksheet: Mapping[str, Participant] | None = None) -> str:
    """Returns the student behind a file of an archive.

    Canvas's number is looked for among the roster's `lms_id`s, of which a person may have several, parted
    by semicolons. Moodle's number changes with the assignment: its worksheet says whose it is; without
    one the full name decides.

    Raises:
        HilabError: Nobody on the roster, or more than one, is meant.
    """
    known = (worksheet or {}).get(slot.number)
    if known is not None:
        hits = [s for s in course.students.values() if _is(s, known)]
        hits = hits or _named(course, known.name)
    elif slot.lms == "canvas":
        hits = [s for s in course.students.values() if slot.number in accounts(s)]
        hits = hits or [s for s in _named(course, slot.name) if not s.lms_id]
    else:
        hits = _named(course, slot.name)
        hits = [s for s in hits if slot.number in accounts(s)] or hits
    if len(hits) == 1:
        return hits[0].id
    who = f"{slot.name!r} (number {slot.number} of {slot.lms.capitalize()})"
    if hits:
        raise HilabError(f"{who} may be {' or '.join(s.id for s in hits)}: {_remedy(slot)}")
    raise HilabError(f"{who} is nobody on the roster: {_remedy(slot)}")


def _remedy(slot: Slot) -> str:
    if slot.lms == "moodle":
        return "collect with --worksheet, Moodle's grading worksheet, or correct the name in roster.csv."
    return f"write {slot.number} into the person's lms_id in roster.csv, and collect again."


def accounts(student: Student) -> list[str]:
    """Returns a person's numbers in the learning platform.

    Example:
        >>> accounts(Student("ada", "77; 78"))
        ['77', '78']
    """
    return [part for part in re.split(r"[;\s]+", student.lms_id) if part]


def _is(student: Student, known: Participant) -> bool:
    by_number = bool(known.ident) and known.ident in (student.id, *accounts(student))
    by_mail = bool(known.email) and known.email.casefold() == student.email.casefold()
    return by_number or by_mail


def _named(course: Course, name: str) -> list[Student]:
    wanted = spellings(name)
    return [s for s in course.students.values() if s.name and spellings(s.name) & wanted]


def spellings(name: str) -> frozenset[str]:
    """Returns a name in every order of its words, small, without blanks, accents and signs.

    Example:
        >>> sorted(spellings("Núñez, Zoë"))
        ['nunezzoe', 'zoenunez']
        >>> spellings("torresana") <= spellings("Ana Torres")
        True
    """
    plain = unicodedata.normalize("NFKD", name).casefold()
    words = re.findall(r"\w+", "".join(c for c in plain if not unicodedata.combining(c)).replace("_", " "))
    turned = ["".join(words[n:] + words[:n]) for n in range(len(words))]
    return frozenset([*turned, "".join(reversed(words))])
