"""Walk-throughs: a way to do each task, shown after an honest try.

In a checkout they come from the lab's own text. Kits and wheels hold none: a course gives them out as one
file a lab, which `hilab course kit LAB --walkthrough` writes and a learner puts beside the notebook.
"""

import ast
import re
from pathlib import Path
from pprint import pformat

from grading.catalogue import misconceptions
from grading.choosing import FUNCTION, LETTERS, for_track, rules_of
from grading.tasks import Task, labs_folder, load_tasks
from sim.errors import HilabError

TRIES = 3
"""Different answers of one's own that count as an honest try."""

RUBRIC = "<!-- how the written question is marked -->"
"""Parts the walk-throughs of a file from the rubric behind them."""


def file_name(lab: str) -> str:
    """Returns how a lab's file of walk-throughs is called."""
    return f"{lab}-walkthrough.md"


def write_walkthrough(lab: str, target: Path) -> Path:
    """Writes a lab's walk-throughs and the rubric of its written question into one file.

    Raises:
        HilabError: The lab's text is not here, as in a wheel.
    """
    text = _made(lab)
    if text is None:
        raise HilabError(f"{labs_folder() / lab}: the text of the lab is not here; use a checkout.")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    part.write_text(text, encoding="utf-8", newline="\n")
    return part.replace(target)


def walkthrough_of(task: Task, lab: str, folder: Path) -> str | None:
    """Returns the walk-through of a task as Markdown, or None where there is none.

    Args:
        task: The task as the learner's track meets it.
        lab: Its lab.
        folder: The learner's folder.
    """
    whole = _read(lab, folder)
    if whole is None:
        return None
    parts = re.split(r"^## ", whole.split(RUBRIC, 1)[0], flags=re.MULTILINE)
    return next((part.strip() for part in parts if part.startswith(f"{_head(task)} ")), None)


def rubric_of(lab: str, folder: Path) -> str | None:
    """Returns the rubric of a lab's written question as Markdown, or None where there is none."""
    whole = _read(lab, folder)
    _, _, rubric = (whole or "").partition(RUBRIC)
    return rubric.strip() or None


def _read(lab: str, folder: Path) -> str | None:
    """Returns the file beside the notebook; failing that, in a checkout, what would be written into it."""
    path = folder / file_name(lab)
    if not path.is_file():
        return _made(lab)
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise HilabError(f"{path}: not UTF-8 text (byte {error.start}); ask for the file again.") from error


def _made(lab: str) -> str | None:
    path = labs_folder() / lab / "lab.py"
    if not path.is_file():
        return None
    from grading.labtext import grade_id, source_notebook

    cells = {grade_id(cell): cell.source for cell in source_notebook(path).cells}
    parts = [f"# {lab}"]
    for task in load_tasks(lab):
        parts.append(_section(task, cells[task.cell]))
        decided = for_track(task, lab, "law")
        if decided is not task:
            parts.append(_decided(decided, lab, cells[task.cell]))
    rubric = path.with_name("rubric.md")
    if rubric.is_file():
        parts += [RUBRIC, rubric.read_text(encoding="utf-8").strip()]
    return "\n\n".join(parts) + "\n"


def _head(task: Task) -> str:
    """Returns how a task's section begins; a task in which one decides has a section of its own."""
    return f"{task.id}-law" if FUNCTION in task.functions else task.id


def _decided(task: Task, lab: str, source: str) -> str:
    """Returns the section of a task in which one decides: a full answer, and what each rule makes of it."""
    rules = rules_of(lab)
    last = next(
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef) and node.name == task.functions[-1]
    )
    answer = pformat(rules.EXAMPLE, width=140, sort_dicts=False).replace(
        "\n", "\n" + " " * len("    return ")
    )
    code = f"def {FUNCTION}():\n    return {answer}\n\n\n{ast.get_source_segment(source, last)}"
    made = "\n".join(f"* **{letter}**: {rules.MADE_OF_IT[letter]}" for letter in LETTERS)
    return "\n\n".join([_section(task, code), "### What each rule makes of this example", made])


def _section(task: Task, source: str) -> str:
    """Returns one task: three steps, code, and the ideas that lead astray."""
    code = "\n".join(line for line in source.split("\n") if not re.search(r"(BEGIN|END) SOLUTION", line))
    steps = "\n".join(f"{number}. {hint}" for number, hint in enumerate(task.hints, start=1))
    known = [misconceptions()[s.code] for s in task.symptoms if s.code in misconceptions()]
    ideas = "\n".join(dict.fromkeys(f"* {found.statement} ({found.code})" for found in known))
    parts = [f"## {_head(task)} {task.title}", steps, f"```python\n{code.strip()}\n```"]
    return "\n\n".join([*parts, "### Ideas that lead astray", ideas] if ideas else parts)
