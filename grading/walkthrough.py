"""Walk-throughs: a way to do each task, shown after an honest try.

In a checkout they come from the lab's own text. Kits and wheels hold none: a course gives them out as one
file for a lab and a language, which `hilab course kit LAB --walkthrough` writes and a learner puts beside the
notebook.
"""

import ast
import re
from pathlib import Path
from pprint import pformat

from grading.catalogue import misconceptions
from grading.choosing import FUNCTION, LETTERS, for_track, rules_of
from grading.comments import commented, comments_of, made_of_it
from grading.stubwords import described, task_of
from grading.tasks import Task, labs_folder, load_tasks
from grading.telling import lab_title, task_hints, task_title
from grading.words import LANGUAGES, text
from grading.written import rubric_name
from sim.errors import HilabError

TRIES = 3
"""Different answers of one's own that count as an honest try."""

RUBRIC = "<!-- how the written question is marked -->"
"""Parts the walk-throughs of a file from the rubric behind them."""


def file_name(lab: str, language: str = LANGUAGES[0]) -> str:
    """Returns how a lab's file of walk-throughs is called.

    Example:
        >>> file_name("l0_orientation"), file_name("l0_orientation", "zh")
        ('l0_orientation-walkthrough.md', 'l0_orientation-walkthrough.zh.md')
    """
    return f"{lab}-walkthrough{'' if language == LANGUAGES[0] else f'.{language}'}.md"


def write_walkthrough(lab: str, folder: Path, language: str = LANGUAGES[0]) -> Path:
    """Writes a lab's walk-throughs and the rubric of its written question into one file.

    Args:
        lab: The lab.
        folder: Where the file is put; made if it is missing.
        language: Its language.

    Returns:
        The file.

    Raises:
        HilabError: The lab's text is not here, as in a wheel.
    """
    whole = _made(lab, language)
    if whole is None:
        raise HilabError(f"{labs_folder() / lab}: the text of the lab is not here; use a checkout.")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / file_name(lab, language)
    part = target.with_name(target.name + ".part")
    part.write_text(whole, encoding="utf-8", newline="\n")
    return part.replace(target)


def walkthrough_of(task: Task, lab: str, folder: Path, language: str = LANGUAGES[0]) -> str | None:
    """Returns the walk-through of a task as Markdown, or None where there is none.

    Args:
        task: The task as the learner's track meets it.
        lab: Its lab.
        folder: The learner's folder.
        language: Its language; where only a file in another one is there, that is read.
    """
    whole = _read(lab, folder, language)
    if whole is None:
        return None
    parts = re.split(r"^## ", whole.split(RUBRIC, 1)[0], flags=re.MULTILINE)
    return next((part.strip() for part in parts if part.startswith(f"{_head(task)} ")), None)


def rubric_of(lab: str, folder: Path, language: str = LANGUAGES[0]) -> str | None:
    """Returns the rubric of a lab's written question as Markdown, or None where there is none."""
    whole = _read(lab, folder, language)
    _, _, rubric = (whole or "").partition(RUBRIC)
    return rubric.strip() or None


def _read(lab: str, folder: Path, language: str) -> str | None:
    """Returns the file beside the notebook; failing that, in a checkout, what would be written into it."""
    names = [file_name(lab, spoken) for spoken in dict.fromkeys((language, *LANGUAGES))]
    path = next((folder / name for name in names if (folder / name).is_file()), None)
    if path is None:
        return _made(lab, language)
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise HilabError(f"{path}: not UTF-8 text (byte {error.start}); ask for the file again.") from error


def _made(lab: str, language: str) -> str | None:
    path = labs_folder() / lab / "lab.py"
    if not path.is_file():
        return None
    from grading.labtext import grade_id, source_notebook

    cells = {grade_id(cell): cell.source for cell in source_notebook(path).cells}
    parts = [f"# {lab_title(lab, lab, language)}"]
    for task in load_tasks(lab):
        code = _spoken(path.parent, task, cells[task.cell], language)
        parts.append(_section(task, code, language))
        decided = for_track(task, lab, "law")
        if decided is not task:
            parts.append(_decided(decided, lab, code, language))
    spoken = (path.parent / rubric_name(each) for each in dict.fromkeys((language, LANGUAGES[0])))
    rubric = next((each for each in spoken if each.is_file()), None)
    if rubric is not None:
        parts += [RUBRIC, rubric.read_text(encoding="utf-8").strip()]
    return "\n\n".join(parts) + "\n"


def _spoken(folder: Path, task: Task, source: str, language: str) -> str:
    """Returns the solution of a task with its comments and descriptions in a language."""
    known = comments_of(folder, language).get(task_of(task.cell), {})
    return described(task.cell, commented(source, known), language)


def _head(task: Task) -> str:
    """Returns how a task's section begins; a task in which one decides has a section of its own."""
    return f"{task.id}-law" if FUNCTION in task.functions else task.id


def _decided(task: Task, lab: str, source: str, language: str) -> str:
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
    said = made_of_it(labs_folder() / lab, language, rules.MADE_OF_IT)
    made = "\n".join(f"* **{letter}**: {said[letter]}" for letter in LETTERS)
    return "\n\n".join([_section(task, code, language), f"### {text('walk.made', language)}", made])


def _section(task: Task, source: str, language: str) -> str:
    """Returns one task: three steps, code, and the ideas that lead astray."""
    code = "\n".join(line for line in source.split("\n") if not re.search(r"(BEGIN|END) SOLUTION", line))
    hints = task_hints(task, language)
    steps = "\n".join(f"{number}. {hint}" for number, hint in enumerate(hints, start=1))
    every = misconceptions(language)
    known = [every[symptom.code] for symptom in task.symptoms if symptom.code in every]
    ideas = "\n".join(dict.fromkeys(f"* {found.statement} ({found.code})" for found in known))
    title = task_title(task.id, task.title, language)
    parts = [f"## {_head(task)} {title}", steps, f"```python\n{code.strip()}\n```"]
    return "\n\n".join([*parts, f"### {text('walk.astray', language)}", ideas] if ideas else parts)
