"""Takes hand-ins into the course: from a folder of zips, or from a learning platform's archive.

Whose a hand-in is follows from the folder it lies in, from the platform's account, or from the keyed id of
the kit; never from a cell. When it came is the time of the zip or of the archive's entry. All are kept, the
newest counts. Nothing of a zip is written but one notebook.
"""

import datetime as dt
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from grading.archive import MOST_IN_HANDIN, Entry, entry, opened
from grading.course import Course, load_course
from grading.kitfile import KitFacts, answer_cells, read_notebook
from grading.lms import Participant, Slot, read_slot, read_worksheet, whose
from grading.policy import load_policy
from grading.sanitize import LARGEST_FILE
from grading.shelf import about, keep, kept
from sim.errors import HilabError
from sim.seeds import derive

_MANY = 30
"""Up to so many hand-ins each is told; of more only those that the instructor should look at."""

_NOTEBOOK = (".ipynb", ".ipynb.txt", ".ipynb.json")
"""How a notebook may be named; some browsers add an ending when they save one."""


@dataclass(frozen=True)
class _Class:
    """A class while its hand-ins are collected.

    Attributes:
        course: The class.
        lab: The lab that is collected; None for whichever a hand-in is for.
        worksheet: Who stands behind Moodle's numbers.
        answers: For each released lab the names of its answer cells.
        zone: The time zone of archives.
    """

    course: Course
    lab: str | None
    worksheet: Mapping[str, Participant]
    answers: Mapping[str, frozenset[str]]
    zone: dt.tzinfo


@dataclass
class _Told:
    """What is said at the end."""

    count: int = 0
    same: int = 0
    lines: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    people: set[str] = field(default_factory=set)


def collect(folder: Path, source: Path, lab: str | None = None, worksheet: Path | None = None) -> str:
    """Collects all hand-ins; the newest of a student and lab counts.

    Args:
        folder: The course folder.
        source: A learning platform's archive, or a folder of zips, on its own level or in one folder a
            student.
        lab: The lab that is collected, if hand-ins for another are to be refused.
        worksheet: Moodle's grading worksheet, which says whose its numbers are.

    Returns:
        What was collected, in sentences.

    Raises:
        HilabError: Nothing is there or, after all others were collected, some could not be.
    """
    course = load_course(folder)
    sheet = read_worksheet(worksheet) if worksheet else {}
    room = _Class(course, lab, sheet, _released(course), load_policy(course).zone)
    told = _Told()
    if source.is_file():
        _collect_archive(room, source, told)
    else:
        _collect_folder(room, source, told)
    text = _text(told)
    if told.problems:
        raise HilabError("\n".join([text, *told.problems]))
    return text


def _released(course: Course) -> dict[str, frozenset[str]]:
    paths = sorted((course.folder / "release").glob("*/*.ipynb"))
    return {path.stem: frozenset(answer_cells(read_notebook(path))) for path in paths}


def _collect_folder(room: _Class, source: Path, told: _Told) -> None:
    if not source.is_dir():
        raise HilabError(f"{source}: is no folder; name the one that holds the zips that were handed in.")
    paths = sorted(source.rglob("*.zip"), key=lambda path: (path.stat().st_mtime, path.name))
    if not paths:
        raise HilabError(f"{source}: holds no zip.")
    for path in paths:
        told.count += 1
        try:
            with opened(path, str(path), MOST_IN_HANDIN) as archive:
                facts, notebook, lab = _unpack(room, archive, str(path))
            student, note = _by_folder(room.course, path, source, facts)
            received = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
            _store(room, told, student, lab, notebook, received, str(path), note)
        except HilabError as error:
            told.problems.append(str(error))


def _collect_archive(room: _Class, source: Path, told: _Told) -> None:
    """Collects from a learning platform's archive, whatever of it can be read."""
    mtime = dt.datetime.fromtimestamp(source.stat().st_mtime, dt.UTC)
    with opened(source, str(source)) as archive:
        found = sorted(
            _slots(archive, source, told), key=lambda pair: (pair[0].time or dt.datetime.max, pair[0].name)
        )
        if not found and not told.problems:
            raise HilabError(f"{source}: holds no file named as Moodle or Canvas names hand-ins.")
        for file, slot in found:
            told.count += 1
            received = file.time.replace(tzinfo=room.zone) if file.time else mtime
            try:
                _take(room, told, file, slot, received)
            except HilabError as error:
                told.problems.append(str(error))


def _slots(archive: zipfile.ZipFile, source: Path, told: _Told) -> Iterator[tuple[Entry, Slot]]:
    for info in archive.infolist():
        try:
            file = entry(archive, info, str(source))
        except HilabError as error:
            _trouble(told, str(error))
            continue
        slot = read_slot(file.name) if file else None
        if file and slot:
            yield file, slot
        elif file and file.name.suffix.lower() in (".zip", ".ipynb"):
            _trouble(told, f"{file.where}: is not named as Moodle or Canvas names hand-ins.")


def _trouble(told: _Told, sentence: str) -> None:
    told.count += 1
    told.problems.append(sentence)


def _take(room: _Class, told: _Told, file: Entry, slot: Slot, received: dt.datetime) -> None:
    """Takes one file of an archive: a hand-in's zip, or a bare notebook."""
    try:
        student = whose(room.course, slot, room.worksheet)
    except HilabError as error:
        raise HilabError(f"{file.where}: {error}") from error
    low = slot.file.lower()
    if low.endswith(".zip"):
        with opened(file.read(), file.where, MOST_IN_HANDIN) as archive:
            facts, notebook, lab = _unpack(room, archive, file.where)
        note = _of_another(room.course, student, facts)
    elif low.endswith(_NOTEBOOK):
        notebook, note = file.read(), ""
        lab = _lab_of(room, notebook, file.where)
    else:
        raise HilabError(f"{file.where}: {student} handed in neither a notebook nor hilab's zip.")
    _store(room, told, student, lab, notebook, received, file.where, note, slot)


def _unpack(room: _Class, archive: zipfile.ZipFile, where: str) -> tuple[KitFacts | None, bytes, str]:
    """Returns kit.json, the notebook and the lab of a hand-in's zip, whatever else is in it."""
    if sum(info.file_size for info in archive.infolist()) > 2 * LARGEST_FILE:
        raise HilabError(f"{where}: holds too much; a hand-in is one notebook and two small files.")
    entries = [found for info in archive.infolist() if (found := entry(archive, info, where))]
    files = {found.name.name: found for found in entries if _wanted(found.name)}
    facts = _facts(files["kit.json"].read()) if "kit.json" in files else None
    notebooks = [name for name in files if name.endswith(".ipynb")]
    wanted = f"{facts.lab}.ipynb" if facts else notebooks[0] if len(notebooks) == 1 else ""
    if wanted not in files:
        raise HilabError(f"{where}: holds no notebook {wanted or 'of a lab'}.")
    notebook = files[wanted].read()
    lab = facts.lab if facts else _lab_of(room, notebook, where)
    if lab not in room.answers:
        raise HilabError(f"{where}: is for '{lab}', which this course has not released.")
    _insist(room, lab, where)
    return facts, notebook, lab


def _wanted(name: PurePosixPath) -> bool:
    return name.suffix == ".ipynb" or name.name == "kit.json"


def _facts(raw: bytes) -> KitFacts | None:
    try:
        return KitFacts.parse(raw)
    except (ValueError, RecursionError):
        return None


def _lab_of(room: _Class, notebook: bytes, where: str) -> str:
    """Returns the released lab whose answer cells a notebook holds, whatever it is called."""
    text = notebook.decode("utf-8", errors="replace")
    shared = Counter(name for names in room.answers.values() for name in names)
    count = {
        lab: sum(f'"{name}"' in text for name in names if shared[name] == 1)
        for lab, names in room.answers.items()
    }
    best = max(count, key=lambda lab: count[lab], default="")
    if not best or not count[best]:
        raise HilabError(f"{where}: holds the questions of no lab that this course has released.")
    _insist(room, best, where)
    return best


def _insist(room: _Class, lab: str, where: str) -> None:
    if room.lab is not None and lab != room.lab:
        raise HilabError(f"{where}: is the notebook of {lab}, not of {room.lab}; ask for the right one.")


def _ids(course: Course) -> dict[str, str]:
    return {derive(course.key, "kit", course.term, name).hex(): name for name in course.students}


def _by_folder(course: Course, path: Path, root: Path, facts: KitFacts | None) -> tuple[str, str]:
    """Returns the student of a zip, and a note if folder and kit do not agree."""
    by_folder = path.parent.name if path.parent != root and path.parent.name in course.students else ""
    by_kit = _ids(course).get(facts.id, "") if facts else ""
    if not by_folder and not by_kit:
        raise HilabError(f"{path}: is by nobody on the roster.")
    return by_folder or by_kit, _of_another(course, by_folder or by_kit, facts)


def _of_another(course: Course, student: str, facts: KitFacts | None) -> str:
    """Returns a note if the kit in a hand-in was issued to somebody else."""
    issued = _ids(course).get(facts.id, "nobody on the roster") if facts else student
    return f"look at this one: the kit was issued to {issued}" if issued != student else ""


def _store(
    room: _Class,
    told: _Told,
    student: str,
    lab: str,
    notebook: bytes,
    received: dt.datetime,
    where: str,
    note: str,
    slot: Slot | None = None,
) -> None:
    before = kept(room.course, lab, student)
    if not keep(room.course, lab, student, about(received, where, notebook, note, slot), notebook):
        told.same += 1
        return
    told.people.add(student)
    notes = [note] if note else []
    others = {old.slot.number for old in before if old.slot and slot and old.slot.lms == slot.lms == "canvas"}
    if slot and others - {slot.number}:
        notes.append(f"from another account ({slot.number}) than before ({', '.join(sorted(others))})")
    if before:
        notes.append(f"hand-in {len(before) + 1}; the newest counts")
    if slot and slot.late:
        notes.append("late, says Canvas")
    told.lines.append(f"{student}: {lab}" + (f" ({'; '.join(notes)})" if notes else ""))


def _text(told: _Told) -> str:
    lines = told.lines if told.count <= _MANY else [line for line in told.lines if "(" in line]
    done = told.count - len(told.problems)
    same = f" {told.same} of them stood there already." if told.same else ""
    people = f", of {len(told.people)} people" if told.people else ""
    return "\n".join([*lines, f"Collected {done} of {told.count} hand-ins{people}.{same}"])
