"""Takes hand-ins from a folder of zips into `submitted/`, where nbgrader expects them.

Whose a hand-in is follows from the folder it lies in, or from the keyed id of the kit; never from a cell.
When it came is the time of the zip. Nothing of a zip is written but one notebook.
"""

import datetime as dt
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from grading.course import Course, load_course
from grading.kitfile import KitFacts, read_notebook
from grading.receipts import record
from grading.sanitize import LARGEST_FILE, read_handin, rebuild
from sim.errors import HilabError
from sim.seeds import derive

_MOST_FILES = 200


@dataclass(frozen=True)
class _Zip:
    """A hand-in as it came.

    Attributes:
        path: The zip.
        received: Its time.
        lab: The lab it is for.
        student: Whose it is.
        notebook: The notebook's bytes.
        note: What the instructor should know.
    """

    path: Path
    received: dt.datetime
    lab: str
    student: str
    notebook: bytes
    note: str = ""


def collect(folder: Path, zips: Path) -> str:
    """Collects all hand-ins of a folder; the newest of a student and lab counts.

    Args:
        folder: The course folder.
        zips: Folder of the zips, on its own level or in one folder a student.

    Returns:
        What was collected, in sentences.

    Raises:
        HilabError: Nothing is there or, after all others were collected, some could not be.
    """
    course = load_course(folder)
    if not zips.is_dir():
        raise HilabError(f"{zips}: is no folder; name the one that holds the zips that were handed in.")
    paths = sorted(zips.rglob("*.zip"), key=lambda path: (path.stat().st_mtime, path.name))
    if not paths:
        raise HilabError(f"{zips}: holds no zip.")
    told: list[str] = []
    problems: list[str] = []
    for path in paths:
        try:
            found = _open(course, path, zips)
            _store(course, found)
            told.append(f"{found.student}: {found.lab}{found.note}")
        except HilabError as error:
            problems.append(str(error))
    text = "\n".join([*told, f"Collected {len(told)} of {len(paths)} hand-ins."])
    if problems:
        raise HilabError("\n".join([text, *problems]))
    return text


def _open(course: Course, path: Path, root: Path) -> _Zip:
    try:
        with zipfile.ZipFile(path) as archive:
            files = dict(_files(archive, path))
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError) as error:
        raise HilabError(f"{path}: is not a zip that can be read; ask for it again.") from error
    facts = _facts(files.get("kit.json", b""))
    notebooks = [name for name in files if name.endswith(".ipynb")]
    lab = facts.lab if facts else Path(notebooks[0]).stem if len(notebooks) == 1 else ""
    if f"{lab}.ipynb" not in files:
        raise HilabError(f"{path}: holds no notebook {lab or 'of a lab'}.ipynb.")
    if not (course.folder / "release" / lab / f"{lab}.ipynb").is_file():
        raise HilabError(f"{path}: is for '{lab}', which this course has not released.")
    student, note = _whose(course, path, root, facts)
    received = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
    return _Zip(path, received, lab, student, files[f"{lab}.ipynb"], note)


def _files(archive: zipfile.ZipFile, path: Path) -> Iterator[tuple[str, bytes]]:
    """Reads notebooks and kit.json of a zip, whatever else is in it."""
    entries = archive.infolist()
    if len(entries) > _MOST_FILES or sum(entry.file_size for entry in entries) > 2 * LARGEST_FILE:
        raise HilabError(f"{path}: holds too much; a hand-in is one notebook and two small files.")
    for entry in entries:
        name = PurePosixPath(entry.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or stat.S_ISLNK(entry.external_attr >> 16):
            raise HilabError(
                f"{path}: holds a link or a name that leads elsewhere ({entry.filename[:60]!r})."
            )
        if entry.is_dir() or "__MACOSX" in name.parts or name.name.startswith("."):
            continue
        if name.suffix == ".ipynb" or name.name == "kit.json":
            with archive.open(entry) as file:
                data = file.read(LARGEST_FILE + 1)
            if len(data) > LARGEST_FILE:
                raise HilabError(f"{path}: {name.name} is larger than {LARGEST_FILE // 1_000_000} MB.")
            yield name.name, data


def _facts(raw: bytes) -> KitFacts | None:
    try:
        return KitFacts.parse(raw)
    except (ValueError, RecursionError):
        return None


def _whose(course: Course, path: Path, root: Path, facts: KitFacts | None) -> tuple[str, str]:
    """Returns the student and a note if folder and kit do not agree."""
    by_folder = path.parent.name if path.parent != root and path.parent.name in course.students else ""
    ids = {derive(course.key, "kit", course.term, name).hex(): name for name in course.students}
    by_kit = ids.get(facts.id, "") if facts else ""
    if not by_folder and not by_kit:
        raise HilabError(f"{path}: is by nobody on the roster.")
    if by_folder and by_kit and by_folder != by_kit:
        return by_folder, f" (look at this one: the kit was issued to {by_kit})"
    return by_folder or by_kit, ""


def _store(course: Course, found: _Zip) -> None:
    """Writes the notebook and the time, and remembers the answers."""
    scratch = Path(tempfile.mkdtemp(dir=course.store))
    try:
        notebook = scratch / f"{found.lab}.ipynb"
        notebook.write_bytes(found.notebook)
        try:
            handed = read_handin(notebook)
        except HilabError as error:
            why = str(error).removeprefix(f"{notebook}: ")
            raise HilabError(f"{found.path}: the notebook in it: {why}") from error
        model = read_notebook(course.folder / "release" / found.lab / f"{found.lab}.ipynb")
        record(course, found.lab, found.student, rebuild(model, handed), found.received.isoformat())
        time = found.received.strftime("%Y-%m-%d %H:%M:%S.%f UTC")
        (scratch / "timestamp.txt").write_text(time, encoding="utf-8")
        scratch.chmod(0o755)
        target = course.submitted(found.lab, found.student).parent
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(target, ignore_errors=True)
        scratch.replace(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
