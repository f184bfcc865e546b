"""Marks and feedback in the form that a learning platform takes back.

Moodle takes its grading worksheet and a zip whose folders are called like those of its archive. Canvas takes
a gradebook with one column an assignment, and a zip whose files carry the numbers of the hand-ins. Without a
platform the table holds everything that is known of a mark.
"""

import csv
import html
import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grading.course import Course, load_course
from grading.gradebook import Grade
from grading.kitfile import zip_files
from grading.lms import Participant, Slot, accounts, read_worksheet, whose
from grading.policy import Dates, load_policy
from grading.shelf import Kept, kept
from grading.standing import Standing, criteria, standings
from grading.tasks import lab_folder
from grading.words import text
from sim.errors import HilabError

Form = Literal["table", "moodle", "canvas"]

_POINTS = "    Points Possible"
"""What Canvas's own export writes in the second line."""


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        marks: The table of marks.
        feedback: The zip of feedback pages, or None.
        count: Number of people in the table.
        notes: What the instructor should know.
    """

    marks: Path
    feedback: Path | None
    count: int
    notes: tuple[str, ...]

    def __str__(self) -> str:
        """Says it in sentences."""
        lines = [*self.notes, f"Marks of {self.count} people: {self.marks}"]
        return "\n".join([*lines, f"Feedback: {self.feedback}"] if self.feedback else lines)


def export(folder: Path, lab: str, form: Form = "table", worksheet: Path | None = None) -> Exported:
    """Writes marks, and for a platform the feedback pages, into `exports/`.

    Args:
        folder: The course folder.
        lab: The lab.
        form: For which platform.
        worksheet: Moodle's grading worksheet, to be filled in; without one the table names only those who
            handed in.

    Returns:
        What was written. Lateness is taken off the marks and shown on the feedback pages.

    Raises:
        HilabError: Nothing is graded, or the course does not say what the platform needs to know.
    """
    course = load_course(folder)
    lab_folder(lab)
    all_of = standings(course, lab)
    if not all_of:
        raise HilabError(
            f"{course.folder / 'gradebook.db'}: nobody's {lab} is graded; run 'hilab grade {lab}'."
        )
    target = course.folder / "exports"
    target.mkdir(exist_ok=True)
    notes = _notes(all_of)
    slots = {one.student: _last(course, lab, one.student, form) for one in all_of} if form != "table" else {}
    if form == "moodle":
        rows, missing = _moodle(course, all_of, slots, worksheet)
    elif form == "canvas":
        rows, missing = _canvas(course, lab, all_of, slots)
    else:
        rows, missing = _table(course, all_of), []
    if missing:
        notes.append(f"Not in the table, to be entered by hand: {', '.join(missing)}.")
    marks = _write_csv(target / f"{lab}-{form}.csv", rows)
    feedback = _feedback(course, lab, form, all_of, slots, target) if form != "table" else None
    return Exported(marks, feedback, len(all_of) - len(missing), tuple(notes))


def _notes(all_of: Sequence[Standing]) -> list[str]:
    open_ones = [one.student for one in all_of if one.waiting]
    late = [one for one in all_of if one.late.days]
    notes = []
    if open_ones:
        notes.append(
            f"Written answers of {len(open_ones)} people are not marked yet; they count 0 until then."
        )
    if late:
        lost = sum(one.penalty for one in late)
        notes.append(f"Late: {len(late)} people; lateness costs them {lost:g} points together.")
    return notes


def _last(course: Course, lab: str, student: str, form: Form) -> Kept | None:
    """Returns the newest hand-in that came from the platform."""
    mine = [one for one in kept(course, lab, student) if one.slot and one.slot.lms == form]
    return mine[-1] if mine else None


# ---- Tables ------------------------------------------------------------------------------------------


def _table(course: Course, all_of: Sequence[Standing]) -> list[list[str]]:
    head = ["student", "name", "mark", "points", "automatic", "written", "written_open"]
    head += ["days_late", "penalty", "why", "received"]
    rows = [
        [
            *(one.student, _name(course, one.student), _n(one.final), _n(one.points), _n(one.automatic)),
            *(_n(one.written), str(one.waiting), str(one.late.days), _n(one.penalty)),
            *(str(one.late.why or ""), one.received),
        ]
        for one in all_of
    ]
    return [head, *rows]


def _n(number: float) -> str:
    return f"{round(number, 2):g}"


def _name(course: Course, student: str) -> str:
    known = course.students.get(student)
    return known.name if known else ""


def _moodle(
    course: Course, all_of: Sequence[Standing], slots: dict[str, Kept | None], worksheet: Path | None
) -> tuple[list[list[str]], list[str]]:
    """Returns Moodle's grading worksheet with marks, and who is not in it."""
    if worksheet is not None:
        return _filled(course, all_of, slots, worksheet)
    head = ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade"]
    head += [
        "Grade can be changed",
        "Last modified (submission)",
        "Last modified (grade)",
        "Feedback comments",
    ]
    rows, missing = [head], []
    for one in all_of:
        last = slots[one.student]
        if last is None or last.slot is None:
            missing.append(one.student)
            continue
        known = course.students.get(one.student)
        rows.append(
            [
                *(f"Participant {last.slot.number}", last.slot.name, known.email if known else ""),
                *(
                    "Submitted for grading",
                    _n(one.final),
                    _n(one.points),
                    "Yes",
                    "-",
                    "-",
                    one.told(_language(course, one.student)),
                ),
            ]
        )
    return rows, missing


def _filled(
    course: Course, all_of: Sequence[Standing], slots: dict[str, Kept | None], path: Path
) -> tuple[list[list[str]], list[str]]:
    """Fills in a worksheet that Moodle wrote; everything else in it stays."""
    people = read_worksheet(path)
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    head = rows[0]
    if "Grade" not in head:
        raise HilabError(f"{path}: has no column Grade; download Moodle's grading worksheet in English.")
    by_number = {_number(course, number, known): number for number, known in people.items()}
    by_number |= {s: k.slot.number for s, k in slots.items() if k and k.slot and k.slot.number in people}
    marks = {by_number[one.student]: one for one in all_of if one.student in by_number}
    places = {name: head.index(name) for name in ("Identifier", "Grade", "Feedback comments") if name in head}
    for row in rows[1:]:
        one = marks.get("".join(filter(str.isdigit, row[places["Identifier"]])))
        if one is not None:
            row[places["Grade"]] = _n(one.final)
            if "Feedback comments" in places:
                row[places["Feedback comments"]] = one.told(_language(course, one.student))
    return rows, [one.student for one in all_of if one.student not in by_number]


def _number(course: Course, number: str, known: Participant) -> str:
    """Returns the student behind a line of the worksheet; the number itself if it is nobody's."""
    try:
        return whose(course, Slot("moodle", known.name, number, "", ""), {number: known})
    except HilabError:
        return f"participant {number}"


def _canvas(
    course: Course, lab: str, all_of: Sequence[Standing], slots: dict[str, Kept | None]
) -> tuple[list[list[str]], list[str]]:
    """Returns a gradebook as Canvas imports it, and who has no number in Canvas."""
    column = load_policy(course).labs.get(lab, Dates()).lms_name
    if not column:
        raise HilabError(
            f"{course.folder / 'course.yaml'}: give {lab} its 'lms_name', the heading of its column in "
            "Canvas's exported gradebook, such as 'Lab 1 (4711)'."
        )
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", column]
    rows, missing = [head, [_POINTS, "", "", "", "", _n(all_of[0].points)]], []
    for one in all_of:
        known, last = course.students.get(one.student), slots[one.student]
        numbers = accounts(known) if known else []
        number = last.slot.number if last and last.slot else next(iter(numbers), "")
        if number:
            rows.append([_name(course, one.student), number, "", "", "", _n(one.final)])
        else:
            missing.append(one.student)
    return rows, missing


def _write_csv(path: Path, rows: Iterable[Sequence[str]]) -> Path:
    table = io.StringIO()
    csv.writer(table, lineterminator="\r\n").writerows(rows)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(table.getvalue(), encoding="utf-8", newline="")
    return part.replace(path)


# ---- Feedback ----------------------------------------------------------------------------------------


def _feedback(
    course: Course,
    lab: str,
    form: Form,
    all_of: Sequence[Standing],
    slots: dict[str, Kept | None],
    target: Path,
) -> Path:
    """Packs the feedback pages under the names that the platform looks for."""
    titles = criteria(course, lab)
    files = {}
    for one in all_of:
        path, last = course.folder / "feedback" / one.student / lab / "feedback.html", slots[one.student]
        if path.is_file() and last and last.slot:
            language = _language(course, one.student)
            page = with_mark(path.read_text(encoding="utf-8"), one, titles, language)
            files[f"{last.slot.feedback}feedback.html"] = page.encode("utf-8")
    return zip_files(files, target / f"{lab}-{form}-feedback.zip")


def with_mark(page: str, one: Standing, titles: dict[str, str], language: str = "en") -> str:
    """Returns a feedback page that begins with the mark, how it arises, and what a person wrote."""

    def say(code: str) -> str:
        return _e(text(f"mark.{code}", language))

    grades = {grade.cell: grade for grade in one.grades}
    rows = "".join(
        f"<tr><th scope='row'>{_e(title)}</th><td class='points'>{_points(grades[cell], language)}</td>"
        f"<td>{_e(grades[cell].comment)}</td></tr>"
        for cell, title in titles.items()
        if cell in grades
    )
    head = "".join(f"<th scope='col'>{say(code)}</th>" for code in ("criterion", "points", "comment"))
    body = f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
    table = f"<table><caption>{say('written')}</caption>{body}</table>"
    box = f"<p class='note'><strong>{say('yours')}</strong> {_e(one.told(language))}</p>"
    return page.replace("</h1>", f"</h1>{box}{table if rows else ''}", 1)


def _points(grade: Grade, language: str) -> str:
    if grade.manual is None:
        return _e(text("mark.open", language))
    return _e(text("points", language, got=f"{grade.manual:g}", points=f"{grade.points:g}"))


def _language(course: Course, student: str) -> str:
    known = course.students.get(student)
    return known.language if known else "en"


def _e(words: object) -> str:
    return html.escape(str(words), quote=True)
