"""Kills the grader with signal 9 at random points of a run, goes on, and looks for marks lost or doubled.

`make test-faults` prints the table and with `ARGS=--write` puts it into `docs/grading.md`;
`tests/faults/test_killing.py` does a short run in the normal suite.
"""

import argparse
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.pages import put
from grading.cgroups import groups
from grading.course import Course, load_course
from grading.marking import load_marks
from grading.receipts import receipts
from tests.classroom import LAB, LABS, RIGHT, make_class, submit

FREE = "def free(table):\n    return len(table)\n\n\ndef busiest(table):\n    return 1"
DYING = "import os\ndef free(table):\n    os._exit(1)\ndef busiest(table):\n    return 1"

KINDS: Mapping[str, tuple[Mapping[str, str], float]] = {
    "right": (RIGHT, 5.0),
    "wrong": ({"solve_9_1": FREE}, 0.5),
    "half": ({"solve_9_2": RIGHT["solve_9_2"]}, 1.0),
    "empty": ({}, 0.0),
    "dying": ({**RIGHT, "solve_9_1": DYING}, 1.0),
}
"""What students write, and the points that it earns."""


@dataclass(frozen=True)
class Kill:
    """One kill and what was found after it.

    Attributes:
        seconds: When it came, after the start of the grader.
        marked: Hand-ins whose marks stood in the private part.
        entered: Hand-ins that were finished.
        lost: Marks that had been there before and were not any more.
        doubled: Hand-ins that were counted twice.
        wrong: Finished hand-ins whose points in the gradebook were not what they must be.
    """

    seconds: float
    marked: int
    entered: int
    lost: int
    doubled: int
    wrong: int

    @property
    def fine(self) -> bool:
        """Whether nothing was lost, doubled or wrong."""
        return self.lost == self.doubled == self.wrong == 0


class Class:
    """A class of simulated students in a throw-away course.

    Args:
        pristine: A prepared course with nothing handed in.
        folder: Where to copy it.
        handins: Number of students.
    """

    def __init__(self, pristine: Path, folder: Path, handins: int) -> None:
        """Copies the course and hands in."""
        shutil.copytree(pristine, folder, symlinks=True)
        names = {f"s{n:03d}": list(KINDS)[n % len(KINDS)] for n in range(handins)}
        with (folder / "roster.csv").open("a", encoding="utf-8") as roster:
            roster.writelines(f"{name},,{name},,,\n" for name in names)
        self.course: Course = load_course(folder)
        self.expected = {name: KINDS[kind][1] for name, kind in names.items()}
        for name, kind in names.items():
            submit(self.course, name, dict(KINDS[kind][0]))

    def start(self) -> "subprocess.Popen[str]":
        """Starts a grader as an instructor does."""
        words = [sys.executable, "-m", "grading.cli", "grade", LAB, "--course", str(self.course.folder)]
        environment = {**os.environ, "HILAB_LABS": str(LABS)}
        return subprocess.Popen(
            words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def marked(self) -> set[str]:
        """Students whose marks stand in the private part."""
        return {path.stem for path in (self.course.store / "results" / LAB).glob("*.json")}

    def entered(self) -> set[str]:
        """Students who are finished."""
        return {
            path.name for path in (self.course.store / "entered" / LAB).glob("s[0-9]*") if not path.suffix
        }

    def steps(self) -> int:
        """How many steps were done: a hand-in is marked, then entered."""
        return len(self.marked()) + len(self.entered())

    def look(self, seconds: float, before: set[str]) -> Kill:
        """Compares what stands on disk with what must stand there."""
        marked, entered, points = self.marked(), self.entered(), self.points()
        found = {name: load_marks(self.course, LAB, name) for name in marked}
        lost = len(before - entered) + sum(marks is None for marks in found.values())
        doubled = sum(len(receipts(self.course, LAB, name)) > 1 for name in self.expected)
        wrong = sum(
            points.get(name) != [self.expected[name]] or found[name].got != self.expected[name]
            for name in entered
        )
        return Kill(seconds, len(marked), len(entered), lost, doubled + _twice(points), wrong)

    def points(self) -> dict[str, list[float]]:
        """The points of every submission in the gradebook, by student."""
        found: dict[str, list[float]] = {}
        query = (
            "select submitted_assignment.student_id, sum(grade.auto_score) from submitted_assignment "
            "join submitted_notebook on submitted_notebook.assignment_id = submitted_assignment.id "
            "join grade on grade.notebook_id = submitted_notebook.id group by submitted_notebook.id"
        )
        with closing(sqlite3.connect(self.course.folder / "gradebook.db")) as base:
            for student, points in base.execute(query):
                found.setdefault(student, []).append(points)
        return found


def _twice(points: Mapping[str, list[float]]) -> int:
    return sum(len(found) > 1 for found in points.values())


def kill_once(group: Class, chance: random.Random) -> Kill | None:
    """Starts the grader and kills it at a random point; returns None if it had finished before.

    One time in five the point is a moment of the first seconds, else a moment after a random number of
    further steps. A hand-in takes two: it is marked, and it is entered.
    """
    before = group.entered()
    early = chance.random() < 0.2
    most = len(group.expected)
    goal = 0 if early else min(group.steps() + chance.randint(1, max(1, most // 4)), 2 * most - 1)
    began = time.monotonic()
    with group.start() as grader:
        while grader.poll() is None and group.steps() < goal:
            time.sleep(0.01)
        pause = chance.uniform(0.0, 4.0 if early else 0.5)
        try:
            said = grader.communicate(timeout=pause)
        except subprocess.TimeoutExpired:
            grader.kill()
            grader.communicate()
            return group.look(time.monotonic() - began, before)
    assert grader.returncode == 0, said
    return None


def run(pristine: Path, scratch: Path, handins: int, kills: int, seed: int) -> tuple[list[Kill], Class]:
    """Kills as often as asked, going on each time; a finished class is followed by a fresh one.

    Args:
        pristine: A prepared course with nothing handed in.
        scratch: Where the classes are made.
        handins: Number of students of a class.
        kills: How many graders are killed.
        seed: Seed of the moments.

    Returns:
        What was found after every kill, and the last class, finished.
    """
    chance = random.Random(seed)
    found: list[Kill] = []
    classes = 1
    group = Class(pristine, scratch / "class 1", handins)
    while len(found) < kills:
        kill = kill_once(group, chance) if group.entered() != set(group.expected) else None
        if kill is not None:
            found.append(kill)
            continue
        finish(group)
        classes += 1
        group = Class(pristine, scratch / f"class {classes}", handins)
    finish(group)
    return found, group


def finish(group: Class) -> None:
    """Lets the grader run to its end and makes sure that everything is there once."""
    with group.start() as grader:
        said = grader.communicate()
    assert grader.returncode == 0, said
    names = set(group.expected)
    assert group.look(0.0, names).fine and group.marked() == group.entered() == names
    assert group.points() == {name: [points] for name, points in group.expected.items()}
    pages = {path.parent.parent.name for path in group.course.folder.glob(f"feedback/*/{LAB}/feedback.html")}
    assert pages == names
    assert not [name for name in groups() if not Path(f"/proc/{name.split('-')[1]}").exists()]


def second(group: Class) -> str:
    """Starts a second grader while the first is at work; returns what it says."""
    lock = group.course.store / "grading.lock"
    with group.start() as first:
        while first.poll() is None and not (lock.is_file() and lock.stat().st_size):
            time.sleep(0.01)
        first.send_signal(signal.SIGSTOP)  # a small class could be finished before the second one asks
        with group.start() as other:
            said = other.communicate()[1]
        first.send_signal(signal.SIGCONT)
        assert other.returncode == 2, said
        told = first.communicate()
    assert first.returncode == 0, told
    return said.strip()


def table(handins: int, found: Sequence[Kill], said: str) -> str:
    """Returns what was found as a table for `docs/grading.md`."""
    lines = [
        "| kill | seconds after the start | marked | entered | lost | doubled | wrong |",
        "|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for number, one in enumerate(found, start=1):
        cells = (number, f"{one.seconds:.1f}", one.marked, one.entered, one.lost, one.doubled, one.wrong)
        lines.append(f"| {' | '.join(map(str, cells))} |")
    fine = sum(one.fine for one in found)
    lines += [
        "",
        f"{handins} hand-ins, {len(found)} times `kill -9`, 2 workers. After {fine} of {len(found)} kills "
        "nothing was lost, doubled or wrong. Every finished class has each mark and each feedback page once.",
        "",
        f"A second grader at the same time is told: “{said}”",
    ]
    return "\n".join(lines)


def main() -> None:
    """Prints the table."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--handins", type=int, default=60)
    words.add_argument("--kills", type=int, default=20)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--write", action="store_true", help="put the table into docs/grading.md")
    chosen = words.parse_args()
    with tempfile.TemporaryDirectory() as scratch, pytest.MonkeyPatch.context() as patch:
        pristine = make_class(Path(scratch, "pristine"), patch)
        found, _ = run(pristine, Path(scratch), chosen.handins, chosen.kills, chosen.seed)
        said = second(Class(pristine, Path(scratch, "two"), chosen.handins))
        told = table(chosen.handins, found, _nameless(said, scratch))
    print(told)
    if not all(one.fine for one in found):
        raise SystemExit(1)
    if chosen.write:
        put("test-faults", told)


def _nameless(said: str, scratch: str) -> str:
    """Returns a message without what differs at every run: folder, process and time."""
    said = " ".join(said.split()).replace(f"{scratch}/two", "~/class")
    return re.sub(r"since \S+\.", "since (time).", re.sub(r"process \d+", "process (number)", said))


if __name__ == "__main__":
    main()
