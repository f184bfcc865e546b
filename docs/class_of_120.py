"""Plays a class of 120 through one lab and writes the transcript to docs/class_of_120.md.

Run: `python docs/class_of_120.py` (about ten minutes on two cores). Nobody in the class exists. The answers
are the lab's reference, alternative and wrong solutions, and what students hand in besides: nothing, crashes,
attacks, copies, late and second hand-ins, wrong files. The instructor's key is a known one, so that the
transcript comes out the same.
"""

import argparse
import csv
import time
import zipfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path

from hands_of_120 import CHINESE, KEY, LAB, Hand, archives, class_of_120, people
from play import Play, set_up

from grading.course import CHECKOUT, load_course
from grading.gradebook import grades, mark_by_hand
from grading.marking import load_marks
from sim.seeds import Seeds

ZONE = "Europe/Berlin"


# ---- The play ----------------------------------------------------------------------------------------


def write_course(play: Play, hands: list[Hand]) -> None:
    """Writes key, roster and dates."""
    (play.course / "instructor.key").write_text(KEY + "\n", encoding="ascii")
    with (play.course / "roster.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["student", "lms_id", "name", "email", "track", "extra_time", "language"])
        for (student, name), hand in zip(people(), hands, strict=True):
            language = "zh" if name in CHINESE else "en"
            rows.writerow([student, "", name, f"{student}@uni.example", "it", hand.extra, language])
    with (play.course / "course.yaml").open("a", encoding="utf-8") as file:
        file.write(
            f"timezone: {ZONE}\nlate: {{percent_per_day: 5, most_percent: 25, grace_minutes: 15}}\n"
            f"labs:\n  {LAB}: {{opens: '2026-03-02 12:00', due: '2026-03-16 12:00'}}\n"
        )


def mark_written(play: Play, hands: list[Hand]) -> None:
    """Marks the written answers as a person does in formgrader, a little differently each time."""
    course = load_course(play.course)
    draw = Seeds(course.key, "class of 120").stream("written")
    quality = {student: hand.words for (student, _), hand in zip(people(), hands, strict=True)}
    for student, found in grades(course, LAB).items():
        cells = [grade for grade in found if grade.cell.startswith("crit_")]
        steps = [max(0, min(2, quality[student] + int(draw.integers(-1, 2)))) for _ in cells]
        given = {g.cell: (g.points * step / 2, "") for g, step in zip(cells, steps, strict=True)}
        mark_by_hand(course, LAB, student, given)


def second_reader(play: Play) -> None:
    """Fills in the table of second marks: mostly as the first reader, sometimes one step apart."""
    from grading.secondmarks import code

    course = load_course(play.course)
    path = play.course / "second-marks" / f"{LAB}.csv"
    mine = {code(course, LAB, student): found for student, found in grades(course, LAB).items()}
    draw = Seeds(course.key, "class of 120").stream("second")
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = list(csv.reader(file))
    for row in rows:
        by_cell = {grade.cell: grade for grade in mine[row[0]]}
        for place, cell in enumerate(head[1:], start=1):
            grade = by_cell[cell]
            step = float(draw.choice([0, 0, 0, 0, 1, -1])) * grade.points / 2
            row[place] = f"{max(0.0, min(grade.points, (grade.manual or 0.0) + step)):g}"
    path.write_text("\n".join(",".join(row) for row in [head, *rows]) + "\n", encoding="utf-8")


def soften(play: Play) -> None:
    """Changes a check as the instructor does after the appeal: 90 % of the resends are enough."""
    path = play.labs / LAB / "checks" / "copies.py"
    text = path.read_text(encoding="utf-8")
    assert text.count("zero_at=0.60, full_at=0.98") == 1
    path.write_text(
        text.replace("zero_at=0.60, full_at=0.98", "zero_at=0.60, full_at=0.90"), encoding="utf-8"
    )


def verify(play: Play, hands: list[Hand]) -> list[str]:
    """Returns a table of what each kind of hand-in earned; raises if a mark is not what it must be."""
    course = load_course(play.course)
    found: dict[str, list[float]] = defaultdict(list)
    flags: dict[str, int] = defaultdict(int)
    for (student, _), hand in zip(people(), hands, strict=True):
        marks = load_marks(course, LAB, student)
        if marks is None:
            assert hand.kind == "never handed in", (student, hand.kind)
            found[hand.kind].append(0.0)
            continue
        found[hand.kind].append(marks.got)
        flags[hand.kind] += any(task.flags for task in marks.tasks)
        fits, why = EXPECTED.get(hand.kind, (lambda *_: True, ""))
        assert fits(hand, marks.got, marks.points), (student, hand.kind, marks.got, why)
        for number, code, (low, high) in hand.wrong:
            task = next(task for task in marks.tasks if task.task == number)
            assert low <= task.got / task.points <= high and code in task.codes, (
                student,
                number,
                code,
                task.got,
            )
    lines = [
        "| what was handed in | people | points of the program | flagged | must be |",
        "|---|---|---|---|---|",
    ]
    for kind, got in found.items():
        _, why = EXPECTED.get(kind, (None, ""))
        lines.append(f"| {kind} | {len(got)} | {min(got):g} to {max(got):g} | {flags[kind]} | {why} |")
    return lines


def _full(hand: Hand, got: float, points: float) -> bool:
    return got == points


EXPECTED: dict[str, tuple[Callable[[Hand, float, float], bool], str]] = {
    "right, by the reference's road": (_full, "all points"),
    "right, by another road": (_full, "all points"),
    "right, with extra time": (_full, "all points, no penalty"),
    "right and late": (_full, "all points, then the penalty"),
    "wrong first, then right": (_full, "all points: the newest counts"),
    "named misconceptions": (lambda h, got, p: got <= p, "each in its band, with its code"),
    "some questions only": (lambda h, got, p: 0 < got < p, "the points of those questions"),
    "nothing answered": (lambda h, got, p: got == 0, "0"),
    "crashes in one question": (lambda h, got, p: got < p, "the points of the other questions"),
    "attacks": (lambda h, got, p: got == 0, "0, and a flag where something was touched"),
    "a pair that is alike": (lambda h, got, p: got < p, "found by the report"),
    "never handed in": (lambda h, got, p: False, "named by the collector"),
}


def play_class(root: Path, workers: int) -> Play:
    """Plays the whole lab and returns the transcript."""
    play = set_up(root)
    hands = class_of_120()
    names = dict(zip((student for student, _ in people()), hands, strict=True))
    play.say(
        "# A class of 120",
        "Written by `python docs/class_of_120.py`: lab 1 from the platform's archive to the exported marks, "
        "with one appeal. All people are invented. The answers are the lab's reference, alternative and "
        "wrong solutions, and what else arrives in an inbox. Times and user names are left out.",
        "## Before the term",
    )
    play.run("course", "init", str(play.course))
    write_course(play, hands)
    play.say(
        "The roster holds 120 people, two of them with a quarter more time. `course.yaml` says that the lab "
        "is due on 16 March at noon, and that each begun day costs 5 % of all points."
    )
    play.run("course", "build", LAB)
    play.run("course", "prepare", LAB)
    play.say("(The 120 kits are left out here: each takes the time of building a district.)")
    first, second = archives(play.root, play.course, hands)
    play.say("## Collect and grade", "At the due date, from Moodle's archive:")
    play.run("course", "collect", str(first), "--lab", LAB)
    play.say(
        "Five days later, with what came late or again. Most of it is known already. What cannot be taken is "
        "named, with what to do about it:"
    )
    play.run("course", "collect", str(second), "--lab", LAB, ends=2)
    began = time.monotonic()
    play.run("grade", LAB, "--workers", str(workers), show=12)
    play.say(f"That took {time.monotonic() - began:.0f} s, {workers} at a time, on a busy machine.")
    play.say("What each kind of hand-in earned, and what it must earn (the script stops if it does not):")
    play.lines += [*verify(play, hands), ""]
    play.say(
        "## Written answers", "A person marks them in formgrader; here the script enters plausible marks."
    )
    mark_written(play, hands)
    play.run("course", "second-marks", LAB)
    second_reader(play)
    play.run("course", "second-marks", LAB, "--read", f"second-marks/{LAB}.csv")
    play.say("## Report")
    play.run("report", LAB, show=110)
    twin = next(student for student, hand in names.items() if hand.kind == "a pair that is alike")
    play.say("Two hand-ins are alike. That proves nothing; so one asks both, about their own code:")
    play.run("viva", twin, LAB, show=70)
    appeal(play, names)
    play.say("## Export")
    play.run("export", LAB, "--lms", "moodle")
    play.say("The first lines of what Moodle takes back:")
    table = (play.course / "exports" / f"{LAB}-moodle.csv").read_text(encoding="utf-8").splitlines()
    late = next(line for line in table if "days late" in line)
    play.lines += ["```", *table[:4], "…", late, "```", ""]
    with zipfile.ZipFile(play.course / "exports" / f"{LAB}-moodle-feedback.zip") as archive:
        listed = archive.namelist()
    play.lines += ["```", *listed[:3], f"… {len(listed)} pages", "```", ""]
    play.say("## What is left behind", "Every decision, with a hash chain that a changed byte breaks:")
    play.run("course", "audit", show=20)
    return play


def appeal(play: Play, names: Mapping[str, Hand]) -> None:
    """Answers an appeal: explain, change the check, regrade."""
    student = next(
        s
        for s, hand in names.items()
        for task, code, (low, _) in hand.wrong
        if (task, code) == ("1.3", "MC15") and low > 0.8
    )
    play.say(
        "## An appeal",
        f"{student} writes: “My function finds the copies. Why not all points in 1.3?” The instructor looks "
        "for the smallest table on which the answer is still wrong:",
    )
    play.run("explain", student, "1.3", "--seconds", "60", show=90)
    play.say(
        "So the answer takes `7.1` and `7.10` for two results. The task's text says that they are the same "
        "number, but in a table far from the definition. The instructor decides that for this term 90 % of "
        "each label are enough, changes the check, and looks who would change:"
    )
    soften(play)
    reason = "that 7.1 and 7.10 are one number stood in a table only"
    play.run("regrade", "1.3", "--reason", reason, ends=2)
    play.say("Nobody falls. Written with `--yes`:")
    play.run("regrade", "1.3", "--reason", reason, "--yes")


def main() -> None:
    """Plays the class and writes the transcript."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--out", type=Path, default=CHECKOUT / "build" / "class_of_120")
    words.add_argument("--workers", type=int, default=1)
    chosen = words.parse_args()
    play = play_class(chosen.out.resolve(), chosen.workers)
    play.keep(Path(__file__).with_suffix(".md"))


if __name__ == "__main__":
    main()
