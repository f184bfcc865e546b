"""Takes one student through labs 0 to 4, from kits to gradebook; writes the transcript to docs/five_labs.md.

Run: `python docs/five_labs.py`. The student does not exist. In each lab
she runs the whole notebook of her kit in a clean kernel, as "Restart and run all" does. Her first hand-in
holds one misunderstanding a lab; the second is right.
"""

import argparse
import csv
import json
import os
import re
import subprocess
import sys
import time
import zipfile
from html.parser import HTMLParser
from pathlib import Path

from play import Play, set_up

from grading.course import CHECKOUT, load_course
from grading.gradebook import grades, mark_by_hand
from grading.kitfile import answer_cells, read_notebook
from grading.labtext import source_notebook
from grading.marking import load_marks
from grading.tasks import lab_folder, load_module

MISTAKEN = {
    "l0_orientation": "0.6",
    "l1_collection": "1.3",
    "l2_standardization": "2.1",
    "l3_sharing": "3.4",
    "l4_privacy": "4.1",
}
"""The labs, and of each the task that she gets wrong at first, by the first wrong answer known of it."""

STUDENT, NAME = "ada", "Ada Lind"
KEY = "f1" * 32
"""The instructor's key: known to everybody, so that the transcript comes out the same."""

LONGEST = 90
"""Seconds that a lab's notebook may take from a clean kernel."""

WRITTEN = "The student's own words would stand here. A person marks them; the script enters middling marks."


_HEAD = re.compile(r"\d\.\d+\w? .*\(\S+ of \S+\)$")
"""A task's heading on a feedback page, with its points."""


class _Words(HTMLParser):
    """The words of a feedback page, line by line."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self._quiet = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._quiet = tag in ("style", "script", "svg")

    def handle_endtag(self, tag: str) -> None:
        self._quiet = False

    def handle_data(self, data: str) -> None:
        if not self._quiet and (line := " ".join(data.split())):
            self.lines.append(line)


def begin(play: Play) -> None:
    """Makes the course, with one student."""
    play.run("course", "init", str(play.course))
    (play.course / "instructor.key").write_text(KEY + "\n", encoding="ascii")
    with (play.course / "roster.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["student", "lms_id", "name", "email", "track", "extra_time", "language"])
        rows.writerow([STUDENT, "", NAME, f"{STUDENT}@uni.example", "it", "", "en"])


def take(play: Play, lab: str) -> None:
    """Takes a lab: kit, first hand-in, feedback, second hand-in, written marks."""
    for command in ("build", "prepare", "kit"):
        play.run("course", command, lab, show=12)
    desk = play.root / "desk" / lab
    (kit,) = (play.course / "kits" / lab).glob("*.zip")
    with zipfile.ZipFile(kit) as archive:
        archive.extractall(desk)
    right = answer_cells(source_notebook(lab_folder(lab) / "lab.py"))
    known = load_module(lab_folder(lab) / "wrong_solutions.py", f"five_labs_{lab}").WRONG
    wrong = next(one for one in known if one.task == MISTAKEN[lab])
    cell = f"solve_{wrong.task.replace('.', '_')}"
    play.say(f"{NAME} opens her kit and works. Her answer to task {wrong.task} rests on a misunderstanding:")
    begin = "\n".join(wrong.cell(right[cell]).strip().splitlines()[:30])
    play.lines += ["```python", *begin.rstrip().splitlines(), "```", ""]
    hand_in(play, lab, desk, {**right, cell: wrong.cell(right[cell])})
    marks = load_marks(load_course(play.course), lab, STUDENT)
    assert marks is not None
    task = next(task for task in marks.tasks if task.task == wrong.task)
    assert wrong.code in task.codes and task.got < task.points, (lab, task)
    play.say("Her feedback page says of that task:")
    play.lines += ["```", *_feedback(play, lab, wrong.task), "```", ""]
    play.say("She reads it, mends the cell, runs the whole notebook again and hands in once more.")
    hand_in(play, lab, desk, right)
    marks = load_marks(load_course(play.course), lab, STUDENT)
    assert marks is not None and marks.got == marks.points, (lab, marks and marks.got)
    mark_written(play, lab)


def hand_in(play: Play, lab: str, desk: Path, answers: dict[str, str]) -> None:
    """Writes answers, runs the notebook from a clean kernel and hands it in; it is collected and graded."""
    (path,) = desk.glob("*.ipynb")
    notebook = read_notebook(path)
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        cell["source"] = answers.get(name, WRITTEN if name.startswith("written_") else cell["source"])
    path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    seconds = _run_all(path)
    play.say(f"The whole notebook, run from a clean kernel, took {seconds:.0f} s.")
    assert seconds < LONGEST, (lab, seconds)
    play.run("handin", at=desk, show=12)
    (packed,) = desk.glob("*.zip")
    inbox = play.root / "inbox" / lab
    inbox.mkdir(parents=True, exist_ok=True)
    packed.replace(inbox / f"{STUDENT}.zip")
    play.run("course", "collect", str(inbox), "--lab", lab, show=12)
    play.run("grade", lab, show=12)


def _run_all(path: Path) -> float:
    """Runs a notebook in place, and returns how many seconds it took; the start of Jupyter is among them."""
    began = time.monotonic()
    words = ["-m", "jupyter", "nbconvert", "--to", "notebook", "--execute", "--inplace", path.name]
    done = subprocess.run(
        [sys.executable, *words],
        cwd=path.parent,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{path.name} stopped:\n{done.stderr[-3000:]}")
    return time.monotonic() - began


def _feedback(play: Play, lab: str, task: str) -> list[str]:
    """Returns what the feedback page says of a task, in words."""
    reader = _Words()
    reader.feed((play.course / "feedback" / STUDENT / lab / "feedback.html").read_text(encoding="utf-8"))
    heads = [place for place, line in enumerate(reader.lines) if _HEAD.match(line)]
    begin = next(place for place in heads if reader.lines[place].split()[0] == task)
    return reader.lines[begin : next((place for place in heads if place > begin), None)]


def mark_written(play: Play, lab: str) -> None:
    """Gives half of the points of each criterion, as a person could in formgrader."""
    course = load_course(play.course)
    written = [grade for grade in grades(course, lab)[STUDENT] if grade.cell.startswith("crit_")]
    mark_by_hand(course, lab, STUDENT, {grade.cell: (grade.points / 2, "") for grade in written})
    play.say(f"A reader marks the {len(written)} criteria of the written question: half of the points each.")


def end(play: Play) -> None:
    """Exports every lab and shows what the gradebook holds."""
    play.say("## The gradebook")
    course = load_course(play.course)
    play.lines += ["| lab | by program | by hand | of |", "|---|--:|--:|--:|"]
    for lab in MISTAKEN:
        found = grades(course, lab)[STUDENT]
        hand = sum(grade.manual or 0.0 for grade in found if grade.cell.startswith("crit_"))
        marks = load_marks(course, lab, STUDENT)
        assert marks is not None
        of = sum(grade.points for grade in found)
        play.lines.append(f"| {lab} | {marks.got:g} | {hand:g} | {of:g} |")
    play.lines.append("")
    for lab in MISTAKEN:
        play.run("export", lab, show=6)
    play.run("course", "audit", show=20)


def main() -> None:
    """Plays the course and writes the transcript."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--out", type=Path, default=CHECKOUT / "build" / "five_labs")
    words.add_argument("--labs", nargs="+", default=list(MISTAKEN), choices=MISTAKEN)
    chosen = words.parse_args()
    play = set_up(chosen.out.resolve())
    play.say(
        "# Five labs, one student",
        "Written by `python docs/five_labs.py`: labs 0 to 4 from the kit to the gradebook. The student is "
        "invented. Her first hand-in holds one misunderstanding a lab, her second none. Seconds are those of "
        "the machine on which it was run.",
        "## Before the term",
    )
    begin(play)
    for lab in chosen.labs:
        play.say(f"## {lab}")
        take(play, lab)
    if chosen.labs == list(MISTAKEN):
        end(play)
        play.keep(Path(__file__).with_suffix(".md"))
    else:
        print("\n".join(play.lines))


if __name__ == "__main__":
    main()
