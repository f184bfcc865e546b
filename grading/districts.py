"""Hidden districts: what marks come from, the same for the whole class, prepared once.

Their seeds derive from the instructor's key, the term, the lab and a number. Expected answers come from the
district's truth, or from the reference solution run in the sandbox. Whatever is prepared stays in the course
folder's private part.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from grading.course import Course, check_version, load_course
from grading.draw import drawn
from grading.judge import assess
from grading.kernel import Call, Kernel
from grading.kitfile import answer_cells, source_text
from grading.labfacts import read_facts
from grading.labtext import grade_id, source_notebook
from grading.stage import stage
from grading.tasks import REFERENCE, Case, History, Reply, Task, lab_folder, load_tasks
from grading.values import pack, unpack
from sim.errors import HilabError
from sim.seeds import derive

if TYPE_CHECKING:
    from sim.world import World

COUNT = 3
"""Hidden districts a lab and term."""

_TRIALS = 3


@dataclass(frozen=True)
class Prepared:
    """All that is asked in a lab.

    Attributes:
        tasks: The questions.
        cases: Their cases by the task's id, expected values included.
        calls: The same cases without expected values, packed for the sandbox.
        setup: Source of the locked setup cell.
        digest: Changes when anything that marks depend on changes.
    """

    tasks: Sequence[Task]
    cases: Mapping[str, Sequence[Case]]
    calls: Mapping[str, Sequence[Call]]
    setup: str
    digest: str


def digest(course: Course, lab: str) -> str:
    """Returns a hash of what a lab's marks depend on: checks, text, term, key and contents of districts."""
    sums = hashlib.sha256()
    for path in sorted(lab_folder(lab).rglob("*.py")):
        if not path.name.endswith("_solutions.py"):
            sums.update(path.name.encode("utf-8") + b"\0" + path.read_bytes() + b"\0")
    words = (course.term, course.country, course.world_version, lab, *(systems_of(lab) or ()))
    return derive(course.key, sums.hexdigest(), *words).hex()


def prepare(folder: Path, lab: str) -> str:
    """Builds the hidden districts of a lab and what is expected of an answer.

    Args:
        folder: The course folder.
        lab: The lab.

    Returns:
        A sentence that counts what was prepared.

    Raises:
        HilabError: The class uses another world_version, or the reference solution does not score full.
    """
    course = load_course(folder)
    check_version(course)
    ready = _make(course, lab)
    count = sum(len(cases) for cases in ready.cases.values())
    return f"Prepared {lab}: {COUNT} hidden districts, {count} cases for {len(ready.tasks)} tasks."


def load_prepared(course: Course, lab: str) -> Prepared:
    """Returns what `prepare` made, making it anew if the checks have changed since."""
    check_version(course)
    path = _place(course, lab)
    return _load(path, lab) if (path / "lab.json").is_file() else _make(course, lab)


@lru_cache(maxsize=2)
def _load(path: Path, lab: str) -> Prepared:
    """Reads what was prepared; the name of the folder is its digest, so it never changes."""
    facts = json.loads((path / "lab.json").read_text(encoding="utf-8"))
    tasks = load_tasks(lab)
    cases = {task.id: unpack_cases((path / task.cell).read_bytes()) for task in tasks}
    return _prepared(tasks, cases, facts["setup"], path.name)


def _place(course: Course, lab: str) -> Path:
    return course.store / "prepared" / lab / digest(course, lab)


def _prepared(tasks: Sequence[Task], cases: Mapping[str, Sequence[Case]], setup: str, name: str) -> Prepared:
    calls = {ident: [Call.of(case) for case in found] for ident, found in cases.items()}
    return Prepared(tasks, cases, calls, setup, name)


def _make(course: Course, lab: str) -> Prepared:
    tasks = load_tasks(lab)
    cases = _cases(course, lab, tasks)
    source = source_notebook(lab_folder(lab) / "lab.py")
    setup = "\n".join(source_text(cell) for cell in source.cells if grade_id(cell) == "setup")
    with Kernel(stage(course.store / "cache"), setup) as kernel:
        for task in tasks:
            cases[task.id] = _answered(kernel, task, cases[task.id], answer_cells(source)[task.cell])
    ready = _prepared(tasks, cases, setup, digest(course, lab))
    _save(_place(course, lab), ready)
    return ready


def systems_of(lab: str) -> tuple[str, ...] | None:
    """Returns the systems that a lab reads, as its `lab.yaml` says; None if it does not say."""
    path = lab_folder(lab) / "lab.yaml"
    named = read_facts(path.parent).get("systems") if path.is_file() else None
    return tuple(map(str, named)) if named else None


def _cases(course: Course, lab: str, tasks: Sequence[Task]) -> dict[str, list[Case]]:
    """Makes the hidden districts, one after the other, and takes the cases from them.

    Only the systems that the lab reads are made. All districts have the size of a student's, those from which
    variants are made included: several checks count instances, of which a smaller one has too few.
    """
    from sim.world import make_world  # grading what is prepared does without

    found = {task.id: list(task.fixtures()) for task in tasks}
    systems = systems_of(lab)
    for number in tqdm(range(1, COUNT + 1), desc="Hidden districts", unit="district", disable=None):
        ident = derive(course.key, course.term, lab, str(number)).hex()
        world = make_world(ident, course.term, "lab", course.country, key=course.key, systems=systems)
        for task in tasks:
            found[task.id] += numbered(_district_cases(task, world, systems), number)
    return found


def numbered(cases: Sequence[Case], number: int) -> list[Case]:
    """Returns the cases of one hidden district, named so that they differ from those of the others.

    Example:
        >>> numbered([Case("units", "there and back", ())], 2)[0].name
        'there and back (2)'
    """
    return [replace(case, name=f"{case.name} ({number})") for case in cases]


def _district_cases(task: Task, world: "World", systems: Sequence[str] | None) -> list[Case]:
    try:
        return task.district(world)
    except KeyError as error:
        named = ", ".join(systems or ())
        raise HilabError(
            f"Task {task.id}: its check looks for {error}, which the lab's systems ({named}) do not make; "
            "see 'systems' in lab.yaml."
        ) from error


def _answered(kernel: Kernel, task: Task, cases: Sequence[Case], reference: str) -> list[Case]:
    """Fills in what the reference solution answers, and makes sure that it scores full."""
    answers = kernel.ask(reference, [Call.of(case) for case in cases], task.seconds)
    filled = []
    for case, reply in zip(cases, answers.replies, strict=True):
        asks = isinstance(case.expected, str) and case.expected == REFERENCE
        if reply.problem and asks:
            raise HilabError(
                f"Task {task.id}: the reference solution fails on “{case.name}”: {reply.message}"
            )
        filled.append(replace(case, expected=reply.value) if asks else case)
    trials = [case for number in range(_TRIALS) for case in drawn(task, f"trial {number}")]
    drawn_replies = kernel.ask(reference, [*map(Call.small, trials)], task.seconds).replies if trials else ()
    _insist(task, [*filled, *trials], [*answers.replies, *drawn_replies])
    return filled


def _insist(task: Task, cases: Sequence[Case], replies: Sequence[Reply]) -> None:
    result = assess(task, cases, replies, History(attempts=99))
    short = [check for check in result.checks if check.status != "right"]
    if short:
        why = result.problem or short[0].came_back or short[0].status
        raise HilabError(
            f"Task {task.id}: the reference solution scores {result.got} of {result.points}; "
            f"check {short[0].id}: {why}"
        )


def pack_cases(cases: Sequence[Case]) -> bytes:
    """Packs cases for the course's private part.

    Raises:
        NotPlain: Something in them is not plain data.
    """
    return pack([[c.function, c.name, c.args, c.kind, c.expected, dict(c.truth), c.situation] for c in cases])


def unpack_cases(data: bytes) -> list[Case]:
    """Reads what `pack_cases` wrote."""
    return [Case(*fields) for fields in unpack(data)]


def _save(place: Path, ready: Prepared) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=place.parent))
    try:
        for task in ready.tasks:
            (scratch / task.cell).write_bytes(pack_cases(ready.cases[task.id]))
        (scratch / "lab.json").write_text(json.dumps({"setup": ready.setup}), encoding="utf-8")
        shutil.rmtree(place, ignore_errors=True)
        scratch.replace(place)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    for old in place.parent.iterdir():
        if old != place:
            shutil.rmtree(old, ignore_errors=True)
