"""The record of self-study: what was tried and what is mastered, as a page and as data.

It is made from what lies in the labs' folders, is sent nowhere, and carries no name and no time.
"""

import html
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from grading import telling
from grading.catalogue import competency_texts
from grading.diary import Diary, Entry
from grading.tasks import Task, lab_folder, load_tasks
from grading.walkthrough import rubric_of
from grading.words import text
from grading.written import MINE, Scores, read_rubric

FORMAT = 1
PAGE, DATA = "progress-record.html", "progress-record.json"


def mastered(task: Task, entry: Entry) -> bool:
    """Whether an answer is right in `check()` and, where something is hidden, on a practice district.

    Example:
        >>> from types import SimpleNamespace
        >>> task = SimpleNamespace(checks=[SimpleNamespace(visible=False)])
        >>> mastered(task, Entry(right=True)), mastered(task, Entry(right=True, practised=[2]))
        (False, True)
    """
    return entry.right and (bool(entry.practised) or all(check.visible for check in task.checks))


@cache
def lab_facts(lab: str) -> Mapping[str, Any]:
    """Returns what `lab.yaml` says, or nothing where there is none."""
    path = lab_folder(lab) / "lab.yaml"
    found = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found if isinstance(found, dict) else {}


def competencies_of(labs: Mapping[str, Diary]) -> list[dict[str, Any]]:
    """Returns each competency of the labs with the number of its tasks and of those mastered.

    Args:
        labs: The diary of each lab.
    """
    counts: dict[str, list[bool]] = {}
    for lab, diary in labs.items():
        done = [mastered(task, diary[task.id]) for task in load_tasks(lab)]
        for code in lab_facts(lab).get("competencies", []):
            counts.setdefault(str(code), []).extend(done)
    known = competency_texts()
    return [
        {"code": code, "text": known.get(code, ""), "tasks": len(done), "mastered": sum(done)}
        for code, done in sorted(counts.items())
    ]


def record(folders: Mapping[str, Path]) -> dict[str, Any]:
    """Returns the record of some labs as plain data.

    Args:
        folders: The folder of each lab.
    """
    diaries = {lab: Diary(folder) for lab, folder in folders.items()}
    return {
        "format": FORMAT,
        "labs": [_lab(lab, diaries[lab], folder) for lab, folder in folders.items()],
        "competencies": competencies_of(diaries),
    }


def _lab(lab: str, diary: Diary, folder: Path) -> dict[str, Any]:
    tasks = [
        {
            "task": task.id,
            "title": task.title,
            "tries": diary[task.id].tries,
            "right": diary[task.id].right,
            "practised": diary[task.id].practised,
            "mastered": mastered(task, diary[task.id]),
        }
        for task in load_tasks(lab)
    ]
    found: dict[str, Any] = {"lab": lab, "title": str(lab_facts(lab).get("title", lab)), "tasks": tasks}
    scores, rubric = Scores(folder), rubric_of(lab, folder)
    if scores.marks and rubric:
        known = read_rubric(rubric, lab)
        own = sum(scores.marks.get(MINE, ())) * known.weight
        distance = None if scores.open(known) else round(scores.distance(known)[0], 2)
        found["written"] = {"own": own, "points": known.points, "distance": distance}
    return found


def write_record(folders: Mapping[str, Path], target: Path, language: str) -> tuple[Path, Path]:
    """Writes the record as a page to read and as data; returns both paths."""
    data = record(folders)
    target.mkdir(parents=True, exist_ok=True)
    whole = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return _write(target / PAGE, page(data, language)), _write(target / DATA, whole)


def _write(path: Path, content: str) -> Path:
    part = path.with_name(path.name + ".part")
    part.write_text(content, encoding="utf-8", newline="\n")
    return part.replace(path)


def page(data: Mapping[str, Any], language: str) -> str:
    """Returns the record as a page without script or outside address."""

    def say(code: str, **values: object) -> str:
        return html.escape(text(code, language, **values))

    style = Path(__file__).with_name("feedback.css").read_text(encoding="utf-8")
    labs = "".join(_lab_section(lab, language) for lab in data["labs"])
    rows = [
        (f"{one['code']} {one['text']}", f"{one['mastered']} / {one['tasks']}")
        for one in data["competencies"]
    ]
    own = [(lab["title"], lab["written"]) for lab in data["labs"] if "written" in lab]
    written = _table("written", ("lab", "points", "distance"), [_written_row(*one) for one in own], language)
    return (
        f"<!doctype html>\n<html lang='{language}'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{say('record.title')}</title><style>{style}</style></head><body><main>"
        f"<h1>{say('record.title')}</h1><p>{say('record.intro')}</p><p>{say('record.rule')}</p>{labs}"
        f"{_table('competency', ('competency', 'tasks'), rows, language)}{written if own else ''}"
        "</main></body></html>\n"
    )


def _written_row(title: str, found: Mapping[str, Any]) -> tuple[str, str, str]:
    distance = found["distance"]
    return title, f"{found['own']:g} / {found['points']:g}", "–" if distance is None else f"{distance:g}"


def _lab_section(lab: Mapping[str, Any], language: str) -> str:
    def state(yes: bool) -> str:
        return text("record.done" if yes else "record.not_yet", language)

    rows = [
        (
            f"{task['task']} {telling.task_title(task['task'], task['title'], language)}",
            str(task["tries"]),
            state(task["right"]),
            ", ".join(map(str, task["practised"])) or "–",
            state(task["mastered"]),
        )
        for task in lab["tasks"]
    ]
    return _table(
        lab["title"], ("task", "tries", "right", "practised", "mastered"), rows, language, plain=True
    )


def _table(
    title: str, heads: Sequence[str], rows: Iterable[Sequence[str]], language: str, plain: bool = False
) -> str:
    name = html.escape(title if plain else text(f"record.{title}", language))
    head = "".join(f"<th scope='col'>{html.escape(text(f'record.{code}', language))}</th>" for code in heads)
    body = "".join(
        f"<tr><th scope='row'>{html.escape(row[0])}</th>"
        + "".join(f"<td>{html.escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return (
        f"<section><h2>{name}</h2><table><caption>{name}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></section>"
    )
