"""Archives as learning platforms pack them, made for tests."""

import io
import json
import zipfile
from pathlib import Path

from grading.course import Course
from grading.kitfile import kit_facts
from sim.seeds import derive
from tests.classroom import LAB, RIGHT, answered

WRONG = {"solve_9_2": "def shout(text):\n    return text"}


def notebook(course: Course, answers: dict = RIGHT) -> bytes:
    """A notebook as a student saves it."""
    return json.dumps(answered(course, answers), ensure_ascii=False).encode()


def handin_zip(course: Course, student: str, answers: dict = RIGHT) -> bytes:
    """What `hilab handin` writes for a student."""
    ident = derive(course.key, "kit", course.term, student).hex()
    released = course.folder / "release" / LAB / f"{LAB}.ipynb"
    facts = kit_facts(released, ident, course.term, course.country, course.world_version)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{LAB}.ipynb", notebook(course, answers))
        archive.writestr("kit.json", json.dumps(facts.__dict__))
        archive.writestr("handin.json", "{}")
    return made.getvalue()


def pack(path: Path, files: dict, time=(2026, 3, 10, 12, 0, 0)) -> Path:
    """Writes an archive; a value is contents, or contents and time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in files.items():
            data, when = value if isinstance(value, tuple) else (value, time)
            entry = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name, when)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return path


def roster(course: Course, *lines: str) -> None:
    """Writes the roster: student, lms_id, name, email, track, extra_time."""
    text = "student,lms_id,name,email,track,extra_time\n" + "".join(f"{line}\n" for line in lines)
    (course.folder / "roster.csv").write_text(text, encoding="utf-8")


PEOPLE = (
    "ada,77;78,Ada Torres,ada@uni.example,it,",
    "ben,80,Ben O'Brien Núñez,ben@uni.example,it,0.25",
    "cy,81,张 伟,cy@uni.example,law,",
    "dot,82,Dorothy de la Cruz,dot@uni.example,it,",
    "eve,83,Eve Lind,eve@uni.example,it,",
)
