"""The course folder: what a class is, where its key and its roster lie."""

import csv
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from grading.kitfile import read_notebook
from grading.opening import serve
from grading.tasks import lab_folder, labs_folder
from grading.tracks import TRACKS
from grading.words import LANGUAGES, strings
from grading.yamlfile import read_yaml
from sim import WORLD_VERSION
from sim.countries import COUNTRIES
from sim.countries import country as find_country
from sim.errors import HilabError

CHECKOUT = Path(__file__).resolve().parent.parent
ROSTER = ("student", "lms_id", "name", "email", "track", "extra_time", "language")

_FOLDERS = ("source", "release", "submitted", "autograded", "feedback", "kits", ".hilab")
_CONFIG = '''"""Configuration of this class, as nbgrader reads it; your own settings go below."""

from pathlib import Path

from course.nbgrader_config import configure

c = get_config()  # noqa: F821
configure(c, Path(__file__).resolve().parent)
'''


@dataclass(frozen=True)
class Student:
    """One line of the roster.

    Attributes:
        id: Id of the student; the folder of the hand-in is called so.
        lms_id: Id in the learning platform.
        name: Full name.
        email: Address.
        track: it, clinician or law; empty in the roster means it.
        extra_time: Extra time as a share, for example 0.25.
        language: Of feedback and kit: en or zh.
    """

    id: str
    lms_id: str = ""
    name: str = ""
    email: str = ""
    track: str = TRACKS[0]
    extra_time: str = ""
    language: str = "en"


@dataclass(frozen=True)
class Course:
    """A class and its folder.

    Attributes:
        folder: The course folder.
        term: The term, for example `2026A`.
        country: Country of the districts.
        world_version: Version of the districts' contents that the class is bound to.
        key: The instructor's secret key; hidden districts and keyed ids derive from it.
        students: The roster by id.
        language: What the instructor reads, and students for whom the roster names no language.
    """

    folder: Path
    term: str
    country: str
    world_version: str
    key: bytes = field(repr=False)
    students: Mapping[str, Student]
    language: str = LANGUAGES[0]

    @property
    def store(self) -> Path:
        """The folder of what hilab keeps for itself."""
        return self.folder / ".hilab"

    def submitted(self, lab: str, student: str) -> Path:
        """Returns where a student's notebook of a lab lies."""
        return self.folder / "submitted" / student / lab / f"{lab}.ipynb"


def init(folder: Path, term: str = "2026A", country: str = "us", language: str = "en") -> str:
    """Makes a course folder.

    Args:
        folder: A new or empty folder outside the repository.
        term: The term.
        country: Country of the districts, "us" or "cn".
        language: Language of the labs: "en" or "zh".

    Returns:
        What to do next, in sentences.

    Raises:
        HilabError: The folder lies in the repository, is not empty, or may not be written to, or the
            country or the language is unknown.
    """
    find_country(country)
    strings(language)
    folder = folder.resolve()
    inside = folder == CHECKOUT or CHECKOUT in folder.parents
    if inside and CHECKOUT / "build" not in folder.parents:
        raise HilabError(f"{folder}: lies inside the repository; a course folder lies outside it.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise HilabError(f"{folder}: is not an empty folder; name a new one.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in _FOLDERS:
            (folder / name).mkdir()
    except OSError as error:
        raise HilabError(f"{folder}: cannot be written to ({error.strerror}).") from error
    (folder / ".hilab").chmod(0o700)
    _write_key(folder / "instructor.key")
    facts = {"term": term, "country": country, "language": language, "world_version": WORLD_VERSION}
    (folder / "course.yaml").write_text(yaml.safe_dump(facts, sort_keys=False), encoding="utf-8")
    (folder / "roster.csv").write_text(",".join(ROSTER) + "\n", encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(_CONFIG, encoding="utf-8")
    return (
        f"Made {folder}. Write your students into roster.csv, one a line. "
        "Keep instructor.key secret and backed up: the hidden districts derive from it."
    )


def _write_key(path: Path) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")


def load_course(folder: Path) -> Course:
    """Reads a course folder.

    Raises:
        HilabError: It is no course folder, or a file in it is not what it should be.
    """
    folder = folder.resolve()
    path = folder / "course.yaml"
    if not path.is_file():
        raise HilabError(f"{folder}: is no course folder (no course.yaml); see 'hilab course init'.")
    try:
        facts = read_yaml(path)
        term, country, version = (str(facts[name]) for name in ("term", "country", "world_version"))
    except (yaml.YAMLError, UnicodeDecodeError, TypeError, KeyError) as error:
        raise HilabError(f"{path}: expected the lines term, country and world_version.") from error
    if country not in COUNTRIES:
        raise HilabError(f"{path}: expected a country of {', '.join(COUNTRIES)}, not '{country}'.")
    language = str(facts.get("language", LANGUAGES[0]))
    if language not in LANGUAGES:
        raise HilabError(f"{path}: expected a language of {', '.join(LANGUAGES)}, not '{language}'.")
    key, students = _read_key(folder / "instructor.key"), _read_roster(folder, language)
    return Course(folder, term, country, version, key, students, language)


def _read_key(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except FileNotFoundError as error:
        raise HilabError(f"{path}: is missing; without it there are no hidden districts.") from error
    except ValueError as error:
        raise HilabError(f"{path}: expected 64 hexadecimal digits.") from error
    if len(key) < 16:
        raise HilabError(f"{path}: expected 64 hexadecimal digits.")
    return key


def _read_roster(folder: Path, language: str) -> dict[str, Student]:
    path = folder / "roster.csv"
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError as error:
        raise HilabError(f"{path}: is missing; its first line is {','.join(ROSTER)}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise HilabError(f"{path}: expected UTF-8 text with commas.") from error
    students: dict[str, Student] = {}
    for number, row in enumerate(rows, start=2):
        ident = (row.get("student") or "").strip()
        if not re.fullmatch(r"[\w][\w.@-]{0,63}", ident):
            raise HilabError(f"{path}, line {number}: '{ident}' cannot be the id of a student.")
        if ident in students:
            raise HilabError(f"{path}, line {number}: the student '{ident}' stands there twice.")
        facts = {name: (row.get(name) or "").strip() for name in ROSTER[1:]}
        facts["language"] = facts["language"] or language
        facts["track"] = facts["track"] or TRACKS[0]
        for name, known in (("language", LANGUAGES), ("track", TRACKS)):
            if facts[name] not in known:
                told = f"{name} '{facts[name]}'; {' or '.join(known)} was expected."
                raise HilabError(f"{path}, line {number}: {told}")
        students[ident] = Student(ident, **facts)
    return students


def check_version(course: Course) -> None:
    """Makes sure that the class and this program mean the same districts.

    Raises:
        HilabError: The class is bound to another `world_version`.
    """
    if course.world_version != WORLD_VERSION:
        raise HilabError(
            f"{course.folder / 'course.yaml'}: the class uses world_version {course.world_version}, "
            f"this program makes {WORLD_VERSION}; install the release the class began with."
        )


def build(folder: Path, lab: str) -> str:
    """Builds the instructor's notebook of a lab and releases it as nbgrader does.

    Args:
        folder: The course folder.
        lab: The lab.

    Returns:
        A sentence that says where the notebooks lie.

    Raises:
        HilabError: There is no such lab or course, or nbgrader refuses the notebook.
    """
    from grading.gradebook import generate_assignment
    from grading.labbuild import build_source  # takes longer to import than all that grading needs

    course = load_course(folder)
    lab_folder(lab)
    build_source(lab, course.folder, labs_folder(), course.language)
    generate_assignment(course, lab)
    return f"Built source/{lab}/{lab}.ipynb and release/{lab}/{lab}.ipynb in {course.folder}."


def released(course: Course, lab: str) -> dict[str, Any]:
    """Returns the released notebook of a lab.

    Raises:
        HilabError: It was not released.
    """
    path = course.folder / "release" / lab / f"{lab}.ipynb"
    if not path.is_file():
        raise HilabError(f"{path}: not there; run 'hilab course build {lab}' first.")
    return read_notebook(path)


def open_course(folder: Path, browser: bool = True) -> None:
    """Starts JupyterLab with formgrader in the course folder; returns when it is stopped.

    Raises:
        HilabError: It is no course folder, or JupyterLab is not installed.
    """
    course = load_course(folder)
    print(f"Your course: {course.folder}\nTo stop: press Ctrl+C here, twice.", flush=True)
    serve(course.folder, "/formgrader", browser)
