"""Tries every kind of answer on many districts and keeps what came out.

What came out of a lab on a district is kept in `build/statistical`, under a hash of all sources that decide
it. So a run that was stopped goes on where it stood, a change in one lab begins that lab anew, and a change
of the districts or of the judge begins them all. Two processes share the districts.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from tqdm import tqdm

from grading.tasks import Task
from sim.world import World, make_world
from tests.course.answers import (
    LABS,
    alternatives,
    cases_of,
    judge,
    source_cells,
    stub_cells,
    tasks,
    wrong,
)

ROOT = Path(__file__).resolve().parents[2]
DISTRICTS = [f"t{number}" for number in range(int(os.environ.get("HILAB_SOLUTION_SEEDS", "50")))]
_JUDGING = [
    f"grading/{name}.py"
    for name in ("compare", "examples", "judge", "labtext", "tasks", "values", "variants")
]
_TRYING = ["tests/course/answers.py", "tests/statistical/tried.py"]
DISTRICT = ("sim", "datasets/reference", "datasets/codes")
"""Sources that decide what a district holds."""

JUDGED = (*DISTRICT, *_JUDGING, *_TRYING)
"""Sources that, with those of a lab, decide what an answer earns on a district."""

PROCESSES = 2
_SOURCES = {".py", ".json", ".yaml", ".csv"}


@dataclass(frozen=True)
class Answer:
    """An answer cell and what is claimed of it.

    Attributes:
        lab: Id of the lab.
        task: Number of the task.
        kind: `reference`, `empty`, `wrong` or `alternative`.
        name: Which one of its kind.
        cell: The Python text.
        code: The misconception that must be named first; empty if none must be.
        band: Lowest and highest share of the points that it may earn.
    """

    lab: str
    task: str
    kind: str
    name: str
    cell: str
    code: str = ""
    band: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True)
class Outcome:
    """What an answer earned on one district: its share of the points, the codes, the checks not right."""

    district: str
    task: str
    kind: str
    name: str
    share: float
    codes: tuple[str, ...]
    missed: tuple[str, ...]


def answers() -> list[Answer]:
    """Returns everything that is tried, task by task."""
    return [answer for lab in LABS for task in tasks(lab) for answer in _of_task(lab, task)]


def _of_task(lab: str, task: Task) -> Iterator[Answer]:
    reference, empty = source_cells(lab)[task.cell], stub_cells(lab)[task.cell]
    drilled = sum(check.points for check in task.checks if check.history) / task.points
    yield Answer(lab, task.id, "reference", "", reference)
    yield Answer(lab, task.id, "empty", "", empty, band=(drilled, drilled))
    for a in wrong(lab):
        if a.task == task.id:
            yield Answer(lab, task.id, "wrong", a.name, a.cell(reference), a.code, a.band)
    for a in alternatives(lab):
        if a.task == task.id:
            yield Answer(lab, task.id, "alternative", a.name, a.source)


def outcomes() -> list[Outcome]:
    """Returns what every answer earned on every district, from the store where it is known."""
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        running = [pool.submit(_try_on, ident) for ident in DISTRICTS]
        for done in tqdm(as_completed(running), total=len(running), desc="districts"):
            done.result()
    return [one for ident in DISTRICTS for lab in LABS for one in _known(_path(lab, ident))]


@cache
def fingerprint(*sources: str) -> str:
    """Returns a hash of the names and contents of sources: files, and folders with all that is in them."""
    found = hashlib.sha256()
    named = [ROOT / name for name in sources]
    inside = [path for place in named if place.is_dir() for path in place.rglob("*")]
    for path in sorted({*inside, *named}):
        if path.is_file() and path.suffix in _SOURCES:
            text = path.read_bytes().replace(b"\r\n", b"\n")
            found.update(f"{path.relative_to(ROOT).as_posix()} {len(text)}\n".encode() + text)
    return found.hexdigest()[:16]


def write(path: Path, found: object) -> None:
    """Writes what was found as JSON; a run that is stopped leaves no half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.write_text(json.dumps(found, indent=1, ensure_ascii=False), encoding="utf-8")
    part.replace(path)


def _path(lab: str, ident: str) -> Path:
    return ROOT / "build" / "statistical" / fingerprint(*JUDGED, f"course/labs/{lab}") / lab / f"{ident}.json"


def _try_on(ident: str) -> None:
    """Tries on a district the labs of which nothing is known there."""
    if missing := [lab for lab in LABS if not _path(lab, ident).is_file()]:
        world = make_world(ident, threads=1)
        for lab in missing:
            write(_path(lab, ident), [asdict(one) for one in _tried(lab, world, ident)])


def _tried(lab: str, world: World, ident: str) -> Iterator[Outcome]:
    for task in tasks(lab):
        cases = cases_of(lab, task, world)
        for answer in _of_task(lab, task):
            result = judge(lab, task, cases, answer.cell)
            missed = tuple(check.id for check in result.checks if check.status != "right")
            share = round(result.got / result.points, 4)
            yield Outcome(ident, task.id, answer.kind, answer.name, share, result.codes, missed)


def _known(path: Path) -> list[Outcome]:
    known = json.loads(path.read_text(encoding="utf-8"))
    return [Outcome(**{**one, "codes": tuple(one["codes"]), "missed": tuple(one["missed"])}) for one in known]


def of(answer: Answer, found: Iterable[Outcome]) -> list[Outcome]:
    """Returns what one answer earned, district by district."""
    wanted = (answer.task, answer.kind, answer.name)
    return [one for one in found if (one.task, one.kind, one.name) == wanted]
