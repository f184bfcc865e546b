"""Double marking of written answers: a tenth of them, without names, by a second person.

`hilab course second-marks LAB` draws the answers and writes a page with the texts and a table to fill in.
With `--read` it compares the table with what stands in the gradebook.
"""

import csv
import html
import io
import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grading.course import Course, load_course
from grading.gradebook import Grade, grades
from grading.kitfile import answer_cells, read_notebook
from grading.standing import criteria
from grading.tasks import lab_folder
from sim.errors import HilabError
from sim.seeds import Seeds, derive

SHARE = 0.1
"""Share of the written answers that a second person marks; at least three."""

_LEAST = 3


@dataclass(frozen=True)
class Agreement:
    """How far two people agree about one criterion.

    Attributes:
        cell: grade_id of the criterion.
        count: Answers that both marked.
        equal: Share of equal marks.
        near: Share of marks at most a third of the points apart.
        mean: Mean of second minus first mark, in points.
        kappa: Cohen's kappa with quadratic weights; None if there is no spread.
    """

    cell: str
    count: int
    equal: float
    near: float
    mean: float
    kappa: float | None


def draw(folder: Path, lab: str, share: float = SHARE) -> str:
    """Draws written answers and writes them without names.

    Args:
        folder: The course folder.
        lab: The lab.
        share: Share of the answers, 0 to 1.

    Returns:
        Where page and table lie.

    Raises:
        HilabError: The lab has no written question, or nobody's answer is in the gradebook.
    """
    course = load_course(folder)
    lab_folder(lab)
    titles = criteria(course, lab)
    if not titles:
        raise HilabError(f"{lab} has no written question.")
    names = sorted(grades(course, lab))
    if not names:
        raise HilabError(f"{course.folder / 'gradebook.db'}: nobody's {lab} is graded.")
    count = min(len(names), max(_LEAST, math.ceil(share * len(names))))
    order = Seeds(course.key, "second marks", course.term, lab).stream("draw").permutation(len(names))
    drawn = sorted((code(course, lab, names[n]), names[n]) for n in order[:count])
    target = course.folder / "second-marks"
    target.mkdir(exist_ok=True)
    texts = [(short, _texts(course, lab, name)) for short, name in drawn]
    _write(target / f"{lab}.html", _page(lab, titles, texts))
    rows = [["answer", *titles], *([short, *("" for _ in titles)] for short, _ in drawn)]
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows(rows)
    _write(target / f"{lab}.csv", table.getvalue())
    return (
        f"Drew {count} of {len(names)} written answers. Texts: {target / f'{lab}.html'}\n"
        f"Fill in: {target / f'{lab}.csv'}; then hilab course second-marks {lab} --read {lab}.csv"
    )


def code(course: Course, lab: str, student: str) -> str:
    """Returns the code under which a student's answer is marked a second time."""
    return "A" + derive(course.key, "second marks", course.term, lab, student).hex()[:8]


def _texts(course: Course, lab: str, student: str) -> list[str]:
    path = course.folder / ".hilab" / "clean" / student / lab / f"{lab}.ipynb"
    found = answer_cells(read_notebook(path)) if path.is_file() else {}
    return [text for name, text in found.items() if name.startswith("answer_")]


def _page(lab: str, titles: Mapping[str, str], texts: Sequence[tuple[str, Sequence[str]]]) -> str:
    listed = "".join(f"<li>{_e(title)} (<code>{_e(cell)}</code>)</li>" for cell, title in titles.items())
    parts = "".join(
        f"<section><h2>{_e(short)}</h2>{''.join(f'<pre>{_e(text)}</pre>' for text in written)}</section>"
        for short, written in texts
    )
    return (
        f"<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><title>Second marks: {_e(lab)}</title>"
        "<style>body{font:1.05rem/1.5 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}"
        "pre{white-space:pre-wrap;font:inherit;border-left:.3rem solid #0072b2;padding-left:1rem}</style>"
        f"</head><body><main><h1>Second marks: {_e(lab)}</h1><p>Mark each text in every criterion, by the "
        f"rubric alone.</p><ul>{listed}</ul>{parts}</main></body></html>\n"
    )


def _e(words: object) -> str:
    return html.escape(str(words), quote=True)


def _write(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(text, encoding="utf-8", newline="\n")
    part.replace(path)


def compare(folder: Path, lab: str, path: Path) -> str:
    """Compares a second person's marks with the first one's.

    Args:
        folder: The course folder.
        lab: The lab.
        path: The table that was filled in.

    Returns:
        A table of agreement, and the answers to talk about.

    Raises:
        HilabError: It is not the table, or holds something else than points.
    """
    course = load_course(folder)
    titles = criteria(course, lab)
    found = grades(course, lab)
    names = {code(course, lab, student): student for student in found}
    pairs: dict[str, list[tuple[float, float]]] = {cell: [] for cell in titles}
    apart = []
    for number, row in enumerate(_rows(path, titles), start=2):
        if row["answer"] not in names:
            raise HilabError(f"{path}, line {number}: there is no answer '{row['answer']}'.")
        mine = {grade.cell: grade for grade in found[names[row["answer"]]]}
        for cell in titles:
            first, second = mine[cell].manual, _points(path, number, row[cell] or "", mine[cell])
            if first is None or second is None:
                continue
            pairs[cell].append((first, second))
            if abs(first - second) > mine[cell].points / 3:
                apart.append(f"{row['answer']}, {titles[cell]}: {first:g} and {second:g}")
    steps = {grade.cell: grade.points for one in found.values() for grade in one}
    lines = [
        _told(titles[cell], agreement(cell, steps.get(cell, 0.0), two)) for cell, two in pairs.items() if two
    ]
    if not lines:
        raise HilabError(f"{path}: no answer in it was marked by both people yet.")
    return "\n".join([*lines, *(["Talk about:", *apart] if apart else ["No marks are far apart."])])


def _rows(path: Path, titles: Mapping[str, str]) -> list[dict[str, str | None]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise HilabError(f"{path}: expected the table of second marks, UTF-8 text with commas.") from error
    if not rows or not {"answer", *titles} <= set(rows[0]):
        raise HilabError(f"{path}: expected the columns answer, {', '.join(titles)}.")
    return [dict(row) for row in rows]


def _points(path: Path, number: int, text: str, grade: Grade) -> float | None:
    if not text.strip():
        return None
    try:
        points = float(text)
    except ValueError:
        points = -1.0
    if not 0 <= points <= grade.points:
        raise HilabError(f"{path}, line {number}: {grade.cell} must be 0 to {grade.points:g}, not '{text}'.")
    return points


def agreement(cell: str, points: float, pairs: Sequence[tuple[float, float]]) -> Agreement:
    """Returns how far two people's marks agree.

    Args:
        cell: grade_id of the criterion.
        points: Points for a full answer.
        pairs: First and second mark of each answer.

    Example:
        >>> found = agreement("crit", 4, [(0, 0), (4, 4), (2, 4)])
        >>> round(found.equal, 2), round(found.near, 2), found.kappa
        (0.67, 0.67, 0.8)
    """
    count = len(pairs)
    apart = [second - first for first, second in pairs]
    seen = sum(d * d for d in apart) / count
    chance = sum((a - b) ** 2 for a, _ in pairs for _, b in pairs) / count**2
    kappa = round(1 - seen / chance, 2) if chance else None
    near = sum(abs(d) <= points / 3 for d in apart) / count
    return Agreement(cell, count, sum(d == 0 for d in apart) / count, near, sum(apart) / count, kappa)


def _told(title: str, found: Agreement) -> str:
    kappa = "no spread" if found.kappa is None else f"kappa {found.kappa:.2f}"
    return (
        f"{title}: {found.count} answers, {found.equal:.0%} equal, {found.near:.0%} near, "
        f"second {found.mean:+.1f} on average, {kappa}"
    )
