"""Breaks the reference solutions and looks which broken ones still earn full points.

A mutant is asked as in grading: the visible examples, arguments drawn for its text, then whole districts; it
is done with as soon as a check is not right. What came of the mutants of a task is kept in `build/mutants`,
under a hash of all sources that decide it: a run that was stopped goes on where it stood.
"""

import contextlib
import json
import resource
import signal
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from tqdm import tqdm

from grading.draw import drawn
from grading.judge import assess
from grading.tasks import Case, Reply, Task
from sim.world import World, make_world
from tests.course.answers import LABS, TWICE, call, cases_of, define, source_cells, tasks
from tests.statistical.mutants import Mutant, mutants
from tests.statistical.tried import JUDGED, ROOT, fingerprint, write

DISTRICTS = ("m1", "m2", "m3")
"""As many as a class has hidden ones."""

_SOURCES = ("grading/draw.py", "tests/statistical/mutants.py", "tests/statistical/broken.py")
EXAMPLES, DRAWN, SURVIVED = "examples", "drawn arguments", "survived"
SECONDS = 10
"""Longest time of one call of a broken program, of the processor."""

KEPT = 3
"""Words that stay around the difference of two long expressions."""

MEMORY = 12 << 30
REASONS = Path(__file__).with_name("equivalent.yaml")


@dataclass(frozen=True)
class Fate:
    """What became of a mutant.

    Attributes:
        task: Number of the task.
        kind: What kind of slip.
        function: The function that it is in.
        was: The expression before.
        now: The expression after.
        end: What noticed it: `examples`, `drawn arguments`, a district, or `survived`.
    """

    task: str
    kind: str
    function: str
    was: str
    now: str
    end: str

    @property
    def survived(self) -> bool:
        """Whether it earned full points everywhere."""
        return self.end == SURVIVED

    @property
    def name(self) -> str:
        """What was done to what, in one line."""
        was, now = apart(self.was, self.now)
        return f"{self.function}: {was} → {now}"


@dataclass(frozen=True)
class Reasons:
    """Why survivors need not worry.

    Attributes:
        open: Functions whose text asks for a result and leaves the way open, and what is asked of them.
        told: Why a slip changes nothing that the text asks for, by the number of the task and its name.
    """

    open: dict[str, str]
    told: dict[tuple[str, str], str]

    def of(self, fate: Fate) -> str:
        """Returns the reason for one survivor; empty if there is none."""
        return self.told.get((fate.task, fate.name)) or self.open.get(fate.function, "")


def fates() -> list[Fate]:
    """Returns what became of every mutant of every task, from the store where it is known."""
    store = ROOT / "build" / "mutants" / fingerprint(*JUDGED, "course/labs", *_SOURCES)
    every = [(lab, task) for lab in LABS for task in tasks(lab)]
    return [fate for lab, task in tqdm(every, desc="tasks", unit="task") for fate in _of(lab, task, store)]


def apart(was: str, now: str) -> tuple[str, str]:
    """Returns two expressions without most of what they begin and end with alike.

    Example:
        >>> apart("a + b + c + d + 2 * e + f + g + h + i", "a + b + c + d - 2 * e + f + g + h + i")
        ('… c + d + 2 * e …', '… c + d - 2 * e …')
    """
    left, right = was.split(" "), now.split(" ")
    pairs = list(zip(left, right, strict=False))
    begin = next((n for n, (a, b) in enumerate(pairs) if a != b), len(pairs))
    rest = list(zip(reversed(left[begin:]), reversed(right[begin:]), strict=False))
    end = next((n for n, (a, b) in enumerate(rest) if a != b), len(rest))
    first, last = max(0, begin - KEPT), max(0, end - KEPT)
    return _part(left, first, last), _part(right, first, last)


def _part(words: list[str], first: int, last: int) -> str:
    """Returns words without the first and the last ones, if there are more of those than one."""
    head = ["…"] if first > 1 else words[:first]
    tail = ["…"] if last > 1 else words[len(words) - last :]
    return " ".join([*head, *words[first : len(words) - last], *tail])


def reasons() -> Reasons:
    """Returns why survivors need not worry, as `equivalent.yaml` tells."""
    found = yaml.safe_load(REASONS.read_text(encoding="utf-8"))
    told = {
        (number, name): group["why"]
        for number, groups in found["equivalent"].items()
        for group in groups
        for name in group["slips"]
    }
    return Reasons(found["open"], told)


def _of(lab: str, task: Task, store: Path) -> list[Fate]:
    path = store / f"{task.id}.json"
    if not path.is_file():
        with _limited_memory():
            found = [asdict(fate) for fate in tried(lab, task)]
        write(path, found)
    return [Fate(**one) for one in json.loads(path.read_text(encoding="utf-8"))]


def tried(lab: str, task: Task, only: Sequence[Mutant] | None = None) -> Iterator[Fate]:
    """Gives what becomes of the mutants of a task.

    Args:
        lab: The lab.
        task: Its task.
        only: The mutants; all of the reference solution if None.
    """
    chosen = mutants(source_cells(lab)[task.cell]) if only is None else only
    for mutant in tqdm(chosen, desc=task.id, leave=False):
        yield Fate(
            task.id, mutant.kind, mutant.function, mutant.was, mutant.now, _end(lab, task, mutant.source)
        )


def _end(lab: str, task: Task, source: str) -> str:
    """Returns what notices that a program is broken."""
    names = define(lab, source)
    for stage in (EXAMPLES, DRAWN, *DISTRICTS):
        cases = drawn(task, source) if stage == DRAWN else _cases(lab, task.id, stage)
        if not assess(task, cases, [_called(names, case) for case in cases], TWICE).right:
            return stage
    return SURVIVED


@cache
def _district(ident: str) -> World:
    return make_world(ident)


@cache
def _cases(lab: str, number: str, stage: str) -> list[Case]:
    """Returns the visible examples or what is asked about a district, with the expected answers."""
    task = next(task for task in tasks(lab) if task.id == number)
    every = cases_of(lab, task, _district(DISTRICTS[0] if stage == EXAMPLES else stage))
    return [case for case in every if (case.kind == "fixture") == (stage == EXAMPLES)]


def _called(names: dict[str, Any], case: Case) -> Reply:
    signal.signal(signal.SIGVTALRM, _late)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        return call(names, case)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _late(*_: object) -> None:
    raise TimeoutError


@contextlib.contextmanager
def _limited_memory() -> Iterator[None]:
    """Lets a program that wants all memory fail instead of ending everything."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
