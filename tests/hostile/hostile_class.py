"""A class in which everybody but one attacks, graded in one run by the warm pool that is used for real.

`make test-hostile` prints the table; `test_hostile.py` holds every line of it against what must be.
"""

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.pages import put
from grading.course import Course, load_course
from grading.grade import grade
from grading.marking import load_marks
from sim.errors import HilabError
from tests.classroom import LAB, RIGHT, make_class, submit
from tests.hostile.answers import ANSWERS
from tests.hostile.notebooks import NOTEBOOKS, unharmed

TRACES = ("/usr/bin/evil", "/etc/evil", "/tmp/evil", "/tmp/stolen", "/opt/hilab/grading/evil.py")

FULL = 5.0
"""What the honest hand-in earns."""


@dataclass(frozen=True)
class Outcome:
    """What one attack came to.

    Attributes:
        name: Its name.
        tries: What it tries.
        gained: Points of the question that was attacked, of 4; None where the notebook cannot be read.
        other: Points of the other question, of 1.
        shown: What instructor and student are shown: flags, notes, problems.
    """

    name: str
    tries: str
    gained: float | None
    other: float | None
    shown: str


@dataclass(frozen=True)
class Attacked:
    """The class after the run.

    Attributes:
        outcomes: One for each attack.
        honest: Points of the honest hand-in.
        harmed: Files of the course that changed, and traces outside.
        refused: The sentences about what could not be read.
    """

    outcomes: Sequence[Outcome]
    honest: float
    harmed: Sequence[str]
    refused: str


def attack(folder: Path, patch: pytest.MonkeyPatch, workers: int = 2) -> Attacked:
    """Lets all attack in one class and grades it.

    Args:
        folder: Where the course is to be.
        patch: What the class needs changed.
        workers: How many hand-ins run at a time.
    """
    course = load_course(make_class(folder, patch))
    students = {name: f"x{number:02d}" for number, name in enumerate([*ANSWERS, *NOTEBOOKS])}
    roster = course.folder / "roster.csv"
    lines = "".join(f"{student},,{student},,,\n" for student in students.values())
    roster.write_text(roster.read_text(encoding="utf-8") + lines, encoding="utf-8")
    for name, (source, _) in ANSWERS.items():
        submit(course, students[name], {**RIGHT, "solve_9_1": _told(source, course)})
    for name, (hand_in, _, _) in NOTEBOOKS.items():
        hand_in(course, students[name])
    submit(course, "ada", RIGHT)
    before = unharmed(course.folder)
    refused = ""
    try:
        grade(course.folder, LAB, workers=workers)
    except HilabError as error:
        refused = str(error)
    after = unharmed(course.folder)
    harmed = [name for name in {*before, *after} if before.get(name) != after.get(name)]
    harmed += [trace for trace in TRACES if Path(trace).exists()]
    tries = {name: what[1] for name, what in {**ANSWERS, **NOTEBOOKS}.items()}
    outcomes = [_outcome(course, name, student, tries[name], refused) for name, student in students.items()]
    honest = load_marks(course, LAB, "ada")
    return Attacked(outcomes, honest.got if honest else 0.0, harmed, refused)


def _told(source: str, course: Course) -> str:
    """Tells the attacker where everything lies."""
    here = str(Path(__file__).resolve().parents[2])
    patterns = [
        f"{course.folder}/**/*",
        f"{here}/course/**",
        "/root/.ssh/*",
        "/proc/*/environ",
        "/etc/shadow",
    ]
    return f"PATTERNS = {patterns!r}\nCOURSE = {str(course.folder)!r}\n{source}"


def _outcome(course: Course, name: str, student: str, tries: str, refused: str) -> Outcome:
    marks = load_marks(course, LAB, student)
    if marks is None:
        mine = [line for line in refused.splitlines() if f"/{student}/" in line]
        return Outcome(name, tries, None, None, "refused: " + mine[0].rpartition(": ")[2] if mine else "")
    beds, shout = marks.tasks
    shown = [*dict.fromkeys(beds.flags)]
    shown += [problem] if (problem := str(beds.problem or "").split("\n")[0]) else []
    shown += [f"repairs shown: {len(marks.notes)}"] if marks.notes else []
    return Outcome(name, tries, beds.got, shout.got, "; ".join(shown)[:110])


def table(attacked: Attacked) -> str:
    """Returns the table as Markdown."""
    lines = [
        "| attack | what it tries | gained, of 4 | the other question, of 1 | shown |",
        "|---|---|--:|--:|---|",
    ]
    for one in attacked.outcomes:
        points = ["–" if part is None else f"{part:g}" for part in (one.gained, one.other)]
        shown = one.shown.replace("|", "/").replace("<", "&lt;")
        lines.append(f"| {one.name} | {one.tries} | {points[0]} | {points[1]} | {shown} |")
    return "\n".join(
        [
            *lines,
            "",
            f"{len(attacked.outcomes)} attacks in one run. The honest hand-in among them: "
            f"{attacked.honest:g} of {FULL:g}. Files of the course that changed, and traces outside: "
            f"{len(attacked.harmed)}.",
        ]
    )


def main() -> None:
    """Prints the table."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--write", action="store_true", help="put the table into docs/grading.md")
    chosen = words.parse_args()
    with tempfile.TemporaryDirectory() as scratch, pytest.MonkeyPatch.context() as patch:
        found = table(attack(Path(scratch, "class 班级"), patch))
    print(found)
    if chosen.write:
        put("test-hostile", found)


if __name__ == "__main__":
    main()
