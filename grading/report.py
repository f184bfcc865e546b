"""`hilab report`: what a class did in a lab, in the terminal and as one page for the instructor.

The page has no script and no outside address. It names students, so it stays in the course folder. It does
not judge by what machine a text was written: no program can tell that reliably.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grading.catalogue import misconceptions
from grading.course import Course, load_course, released
from grading.fingerprints import Alike, alike
from grading.grade import lab_title
from grading.kitfile import answer_cells, read_notebook, text_hash
from grading.marking import Marks, load_marks
from grading.reportpage import page
from grading.standing import Standing, criteria, standings
from grading.statistics import Item, distribution, flagged, items, misconceptions_of, quartiles
from grading.tasks import lab_folder, load_module, load_tasks
from grading.tracks import other_stubs
from grading.witness import right_answers
from sim.errors import HilabError

_MOST_PAIRS = 40


@dataclass(frozen=True)
class Report:
    """What a class did in a lab.

    Attributes:
        lab: The lab.
        title: Its title.
        most: Points of the program that there are; optional questions add none.
        people: Number of people on the roster.
        missing: Who has not handed in.
        standings: Where everybody stands.
        items: Every question with its checks.
        ideas: Misconceptions: code, task, people.
        flags: Signs of tampering: student, task, what.
        alike: Hand-ins that have much in common, by task.
        criteria: Titles of the cells that a person marks, by their grade_id.
        path: The page.
    """

    lab: str
    title: str
    most: float
    people: int
    missing: tuple[str, ...]
    standings: Sequence[Standing]
    items: Sequence[tuple[Item, list[Item]]]
    ideas: Sequence[tuple[str, str, int]]
    flags: Sequence[tuple[str, str, str]]
    alike: Mapping[str, Sequence[Alike]]
    criteria: Mapping[str, str]
    path: Path

    def __str__(self) -> str:
        """Returns the report as text."""
        return (
            "\n\n".join(
                f"{title}\n{body}" for title, body in (("", _summary(self)), *_tables(self)) if body
            ).strip()
            + f"\n\nThe whole report: {self.path}"
        )


def report(folder: Path, lab: str) -> Report:
    """Writes the report of a lab to `reports/<lab>.html` in the course folder.

    Args:
        folder: The course folder.
        lab: The lab.

    Raises:
        HilabError: Nothing is graded.
    """
    course = load_course(folder)
    lab_folder(lab)
    marks = [found for name in course.students if (found := load_marks(course, lab, name))]
    if not marks:
        raise HilabError(f"{course.folder}: nobody's {lab} is graded; run 'hilab grade {lab}' first.")
    names = {one.student for one in marks}
    path = course.folder / "reports" / f"{lab}.html"
    made = Report(
        lab,
        lab_title(lab),
        marks[0].points,
        len(course.students),
        tuple(name for name in course.students if name not in names),
        standings(course, lab),
        items(marks),
        misconceptions_of(marks),
        flagged(marks),
        likeness(course, lab, marks),
        criteria(course, lab),
        path,
    )
    path.parent.mkdir(exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(page(made.title, _summary(made), _sections(made)), encoding="utf-8", newline="\n")
    part.replace(path)
    return made


def likeness(course: Course, lab: str, marks: Sequence[Marks]) -> dict[str, list[Alike]]:
    """Returns by task which hand-ins have much in common with one another or with published solutions.

    Published are the lab's own solutions, and whatever lies in `published/<lab>/*.py` of the course folder,
    such as last year's. Answers that are equal to the letter stand there with a share of 1.
    """
    model = released(course, lab)
    empty = {name: [text, *other_stubs(model).get(name, [])] for name, text in answer_cells(model).items()}
    handed = {one.student: _answers(course, lab, one.student) for one in marks}
    found = {}
    for task in load_tasks(lab):
        programs = {
            name: answers[task.cell]
            for name, answers in handed.items()
            if task.cell in answers and text_hash(answers[task.cell]) not in map(text_hash, empty[task.cell])
        }
        known = _published(course, lab, task.id)
        found[task.id] = alike(programs, known, empty[task.cell])[:_MOST_PAIRS]
    return found


def _answers(course: Course, lab: str, student: str) -> dict[str, str]:
    path = course.folder / ".hilab" / "clean" / student / lab / f"{lab}.ipynb"
    return answer_cells(read_notebook(path)) if path.is_file() else {}


def _published(course: Course, lab: str, number: str) -> dict[str, str]:
    """Returns solutions that a student may have found, by name."""
    task = next(task for task in load_tasks(lab) if task.id == number)
    reference, others = right_answers(lab, task)
    known = {"the reference solution": reference}
    known |= {f"the solution “{name}”": source for name, source in others.items()}
    path = lab_folder(lab) / "wrong_solutions.py"
    if path.is_file():
        wrong = load_module(path, f"hilab_lab_{lab}_wrong").WRONG
        known |= {f"the wrong solution “{one.name}”": one.source for one in wrong if one.task == number}
    for other in sorted((course.folder / "published" / lab).glob("*.py")):
        known[f"published/{lab}/{other.name}"] = other.read_text(encoding="utf-8")
    return known


# ---- In words ----------------------------------------------------------------------------------------


def _summary(made: Report) -> str:
    points = [one.automatic for one in made.standings]
    told = quartiles(points) if points else {}
    waiting = sum(one.waiting > 0 for one in made.standings)
    late = sum(one.late.days > 0 for one in made.standings)
    handed = made.people - len(made.missing)
    lines = [
        f"{made.title}: {handed} of {made.people} people handed in; {late} late; "
        f"written answers of {waiting} are not marked yet.",
        f"Points of the program, of {made.most:g}: "
        + ", ".join(f"{name} {value:g}" for name, value in told.items())
        + ".",
    ]
    return "\n".join(lines)


def _tables(made: Report) -> list[tuple[str, str]]:
    return [(title, _text_table(head, rows)) for title, _, head, rows in _sections(made) if rows]


def _text_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Returns a table for the terminal."""
    widths = [max(len(row[n]) for row in (head, *rows)) for n in range(len(head))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows)
    ]
    return "\n".join(line.rstrip() for line in lines)


def _sections(made: Report) -> list[tuple[str, str, list[str], list[list[str]]]]:
    """Returns every table: title, how to read it, headings, rows."""
    return [
        ("Distribution", "How many people have how many points of the program.", *_distribution(made)),
        ("Questions", _HOW_ITEMS, *_items(made)),
        ("Written answers", _HOW_WRITTEN, *_written(made)),
        ("Misconceptions", "What wrong answers look like, by number of people.", *_ideas(made)),
        ("Signs of tampering", _HOW_FLAGS, ["Student", "Task", "Sign"], [list(row) for row in made.flags]),
        ("Alike", _HOW_ALIKE, ["Task", "One", "Other", "Share", "In common"], _pairs(made)),
        ("Not handed in", "", ["Student"], [[name] for name in made.missing]),
    ]


_HOW_ITEMS = (
    "Share: mean share of the points. Apart: correlation with the points of all other questions; below .2 a "
    "question tells strong and weak answers badly apart, below 0 look for a fault in it."
)
_HOW_WRITTEN = (
    "What people gave for each criterion. Share: mean share of the points of those that are marked."
)
_HOW_FLAGS = "They change no points. Look at the code before you talk to anybody."
_HOW_ALIKE = (
    "Share: how much of the shorter answer stands in the other one after renaming (token fingerprints; what "
    "many have in common is left out between hand-ins). It is a reason to ask, never a proof."
)


def _distribution(made: Report) -> tuple[list[str], list[list[str]]]:
    rows = distribution([one.automatic for one in made.standings], made.most)
    return ["Points", "People", ""], [[name, str(count), "█" * count] for name, count in rows]


def _items(made: Report) -> tuple[list[str], list[list[str]]]:
    rows = []
    for item, checks in made.items:
        rows += [_row(item), *(_row(check, "  ") for check in checks)]
    return ["Question", "Points", "Share", "All", "None", "Apart"], rows


def _row(item: Item, indent: str = "") -> list[str]:
    apart = "too few" if item.apart is None else f"{item.apart:.2f}"
    shares = (f"{item.mean:.0%}", f"{item.full:.0%}", f"{item.none:.0%}")
    return [f"{indent}{item.id} {item.title}", f"{item.points:g}", *shares, apart]


def _written(made: Report) -> tuple[list[str], list[list[str]]]:
    rows = []
    for cell, title in made.criteria.items():
        found = [grade for one in made.standings for grade in one.grades if grade.cell == cell]
        marked = [grade for grade in found if grade.manual is not None and not grade.waits]
        share = sum(grade.got / grade.points for grade in marked) / len(marked) if marked else None
        told = "none yet" if share is None else f"{share:.0%}"
        rows.append([title, str(len(marked)), str(len(found) - len(marked)), told])
    return ["Criterion", "Marked", "Open", "Share"], rows


def _ideas(made: Report) -> tuple[list[str], list[list[str]]]:
    known = misconceptions()
    rows = [
        [str(count), task, code, known[code].statement if code in known else ""]
        for code, task, count in made.ideas
    ]
    return ["People", "Task", "Code", "What they seem to believe"], rows


def _pairs(made: Report) -> list[list[str]]:
    return [
        [task, pair.one, pair.other, f"{pair.share:.0%}", str(pair.common)]
        for task, pairs in made.alike.items()
        for pair in pairs
    ]
