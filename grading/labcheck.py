"""What a lab's text must hold before it reaches a student."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from nbformat import NotebookNode

from grading.calling import call
from grading.catalogue import competencies
from grading.descriptors import title_of
from grading.judge import assess
from grading.labtext import grade_id, marks, release_notebook
from grading.labwords import translated
from grading.tasks import Task
from grading.words import LANGUAGES
from grading.written import rubric_name
from sim.checkpoints import CHECKPOINTS
from sim.errors import HilabError

_IMAGE = re.compile(r"!\[([^\]]*)\]\(|<img\b(?![^>]*\balt=['\"][^'\"]+)")
_FIGURE = re.compile(r"\b(px|go|plt)\.[a-z]+\(|\bFigureWidget\(")
_WORDS = re.compile(
    r"in words|how to read the figure|what you see|describe\(|用文字描述|怎样读这张图|你看到的", re.IGNORECASE
)


def check_lab(source: NotebookNode, facts: Any, tasks: list[Task], where: Path) -> None:
    """Checks a lab: cells, points, hints, headings, texts of figures, competencies, stubs.

    Args:
        source: The instructor's notebook.
        facts: What `lab.yaml` says.
        tasks: The lab's tasks.
        where: The lab's folder, named in what is raised.

    Raises:
        HilabError: The first thing that is missing or wrong.
    """
    for found in _faults(source, facts, tasks, where):
        raise HilabError(f"{where}: {found}")


def _faults(source: NotebookNode, facts: Any, tasks: list[Task], where: Path) -> Iterator[str]:
    cells = {grade_id(cell): cell for cell in source.cells if grade_id(cell)}
    for task in tasks:
        yield from _task_faults(task, cells)
    yield from _heading_faults(source)
    yield from _picture_faults(source)
    yield from _rubric_faults(source, facts, where)
    for code in facts.get("competencies", []):
        if code not in competencies():
            yield f"lab.yaml names the competency '{code}', which competencies.yaml does not hold."
    if facts.get("checkpoint", False) not in (True, False):
        yield f"lab.yaml says 'checkpoint: {facts['checkpoint']}'; true or false was expected."
    if facts.get("checkpoint", False) is True and where.name not in CHECKPOINTS:
        yield f"lab.yaml says 'checkpoint: true', but only {', '.join(CHECKPOINTS)} have one."
    yield from _stub_faults(source, tasks)


def _task_faults(task: Task, cells: dict[str, NotebookNode]) -> Iterator[str]:
    if len(task.hints) != 3 or not all(hint.strip() for hint in task.hints):
        yield f"task {task.id} needs three hints."
    for name in (task.cell, task.grade_cell):
        if name not in cells:
            yield f"task {task.id} has no cell '{name}'."
            return
    points = float(marks(cells[task.grade_cell]).get("points", 0))
    asked = 0.0 if task.optional else task.points
    if abs(points - asked) > 1e-9:
        yield f"cell '{task.grade_cell}' gives {points:g} points, the checks of {task.id} {asked:g}."
    if f'check("{task.id}")' not in cells[task.grade_cell].source:
        yield f"cell '{task.grade_cell}' does not call check(\"{task.id}\")."


def _rubric_faults(source: NotebookNode, facts: Any, where: Path) -> Iterator[str]:
    """Written answers need one cell for each criterion, so that formgrader asks for each, and a rubric."""
    criteria = {grade_id(cell): cell for cell in source.cells if marks(cell).get("task")}
    total = sum(float(marks(cell).get("points", 0)) for cell in criteria.values())
    said = facts.get("points", {}).get("manual", total) if isinstance(facts.get("points"), dict) else total
    if abs(total - float(said)) > 1e-9:
        yield f"lab.yaml says {said:g} points by hand, the cells of the criteria give {total:g}."
    if criteria and not any(grade_id(cell).startswith("answer_") for cell in source.cells):
        yield f"there is no answer cell for the criterion '{min(criteria)}'."
    english = {name: cell.source for name, cell in criteria.items()}
    yield from _title_faults(english, where / rubric_name(LANGUAGES[0]), bool(facts.get("points")))
    for language in LANGUAGES[1:]:
        theirs = translated(source, where / f"lab.{language}.py")
        texts = {name: theirs.get(name, told) for name, told in english.items()}
        yield from _title_faults(texts, where / rubric_name(language), needed=False)


def _title_faults(texts: Mapping[str, str], rubric: Path, needed: bool) -> Iterator[str]:
    """A rubric calls its criteria as their cells do; where it lacks and is not needed, nothing is said."""
    text = rubric.read_text(encoding="utf-8") if rubric.is_file() else ""
    titles = {title for _level, title in _headings(text)}
    for name, told in texts.items() if text or needed else ():
        if title_of(told) not in titles:
            yield f"{rubric.name} has no heading '{title_of(told)}' for the cell '{name}'."


def _heading_faults(source: NotebookNode) -> Iterator[str]:
    """Headings begin with one of the first level and go down one level at a time, for who listens to them."""
    before = 0
    for cell in source.cells:
        if cell.cell_type != "markdown":
            continue
        for level, title in _headings(cell.source):
            if level > before + 1 or (level == 1) != (before == 0):
                yield f"the heading '{title}' (level {level}) follows one of level {before}."
            before = level
    if not before:
        yield "the notebook has no heading."


def _headings(text: str) -> Iterator[tuple[int, str]]:
    outside = "".join(text.split("```")[::2])
    for found in re.finditer(r"^(#{1,6}) +(.+)$", outside, re.MULTILINE):
        yield len(found[1]), found[2].strip()


def _picture_faults(source: NotebookNode) -> Iterator[str]:
    """Every image has a text of its own, every figure is told in words within the two cells after it."""
    for number, cell in enumerate(source.cells):
        if cell.cell_type == "markdown":
            for image in _IMAGE.finditer(cell.source):
                if not (image[1] or "").strip():
                    yield f"cell '{cell.id}' shows an image without a text for who cannot see it."
        elif not grade_id(cell) and _FIGURE.search(cell.source):
            near = [cell, *source.cells[number + 1 : number + 3]]
            if not any(_WORDS.search(other.source) for other in near):
                yield f"cell '{cell.id}' shows a figure that the next cells do not tell in words."


def check_texts(notebook: NotebookNode, where: Path) -> None:
    """Checks headings, images and figures of a lab's notebook in another language or for another track.

    Args:
        notebook: The notebook as its readers see it.
        where: The file that is named in what is raised.

    Raises:
        HilabError: A heading is out of order, or an image or a figure is not told in words.
    """
    for found in (*_heading_faults(notebook), *_picture_faults(notebook)):
        raise HilabError(f"{where}: {found}")


def check_stubs(source: NotebookNode, cells: Mapping[str, str], tasks: list[Task], where: Path) -> None:
    """Checks the answer cells of a track as `check_lab` does those of the notebook.

    Args:
        source: The instructor's notebook.
        cells: The answer cells in which the track differs.
        tasks: The tasks as the track meets them.
        where: The lab's folder, named in what is raised.

    Raises:
        HilabError: A cell does not run, lacks a function, or earns points as it is.
    """
    for found in _stub_faults(source, [task for task in tasks if task.cell in cells], cells):
        raise HilabError(f"{where / 'scaffold.py'}: {found}")


def _stub_faults(
    source: NotebookNode, tasks: list[Task], other: Mapping[str, str] = MappingProxyType({})
) -> Iterator[str]:
    """Runs what students receive: an empty answer must earn nothing."""
    released = {cell.id: cell.source for cell in release_notebook(source).cells} | dict(other)
    for task in tasks:
        names: dict[str, Any] = {}
        try:
            for cell in ("setup", task.cell):
                exec(compile(released.get(cell, ""), f"<{cell}>", "exec"), names)
        except Exception as error:
            told = f"{type(error).__name__}: {error}"
            yield f"the released cells 'setup' and '{task.cell}' do not run ({told})."
            continue
        cases = task.fixtures()
        if missing := {case.function for case in cases} - set(names):
            yield f"cell '{task.cell}' does not define {min(missing)}()."
            continue
        replies = [call(names[case.function], case, task.seconds) for case in cases]
        if (got := assess(task, cases, replies).got) > 0:
            yield f"the stub of task {task.id} earns {got:g} points."
