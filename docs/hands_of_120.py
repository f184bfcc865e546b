"""Who is in the class of 120, what each of them hands in, and the archives that a platform packs of it."""

import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from grading.course import load_course
from grading.kit import keyed_id
from grading.kitfile import answer_cells, kit_facts, read_notebook
from grading.labtext import source_notebook
from grading.tasks import labs_folder, load_module, load_tasks
from sim.seeds import Seeds

LAB = "l1_collection"
CLASS = 120
KEY = "5e" * 32
"""The instructor's key of this class: known to everybody, so that the transcript comes out the same."""

GIVEN = (
    *("Ana", "Ben", "Cem", "Dina", "Eva", "Finn", "Gül", "Hugo", "Ida", "Jon", "Kim", "Lea", "Max"),
    *("Nia", "Omar", "Pia", "Quy", "Rosa", "Sam", "Tom", "Uma", "Vera", "Wim", "Yara", "Zoë"),
)
FAMILY = ("Adler", "Böhm", "Castro", "Dietz", "Ebert")
CHINESE = ("张 伟", "王 芳", "李 娜", "刘 洋", "陈 静")

HOSTILE = [
    "import os\nos.kill(os.getppid(), 9)",
    "import pandas as pd\npd.DataFrame.equals = lambda self, other: True",
    "import json\njson.dumps = lambda *a, **k: '1'\nimport os\nfor fd in range(3, 64):\n"
    "    try:\n        os.write(fd, b'[[1]]')\n    except OSError:\n        pass",
    "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])",
    "open('/tmp/x', 'w').write('x')\nimport socket\ns = socket.socket()\ns.settimeout(1)\n"
    "try:\n    s.connect(('192.0.2.1', 80))\nexcept OSError:\n    pass\nraise SystemExit(0)",
]
"""What is written below the stubs of every answer: kill, patch, forge, leave something running, call out."""

CRASHES = [
    "def copies(lis):\n    return lis['labels']\n\n\ndef screen_errors(lis):\n    return 1 / 0",
    "def copies(lis):\n    while True:\n        pass\n\n\ndef screen_errors(lis):\n    return {}",
    "import os\n\n\ndef copies(lis):\n    os._exit(3)\n\n\ndef screen_errors(lis):\n    return {}",
    "def copies(lis):\n    return copies(lis)\n\n\ndef screen_errors(lis):\n    return {}",
    "def copies(lis):\n    return 'x' * (1 << 33)\n\n\ndef screen_errors(lis):\n    return {}",
    "def copies(lis):\n    raise SystemExit\n\n\ndef screen_errors(lis):\n    return None",
]

WRITTEN = {
    2: "Two twins were merged, and the nurse on the night shift gave one of them penicillin. I found {n} "
    "pairs; each is called by telephone before the records officer merges it, and any merge can be undone.",
    1: "Duplicates are dangerous because a wrong drug may be given. I found {n}. Records should merge.",
    0: "Data quality is important. I would delete all duplicates every night.",
}


@dataclass
class Hand:
    """What one person of the class does.

    Attributes:
        kind: What kind of hand-in it is.
        answers: Sources by grade_id.
        words: How good the written answer is: 0, 1 or 2.
        days: Days after the due date; below 0 is before it.
        extra: Extra time, as a share.
        first: An earlier hand-in, if there was one.
        wrong: Task, code and band of each named wrong solution in it.
    """

    kind: str
    answers: Mapping[str, str]
    words: int = 1
    days: float = -1.0
    extra: str = ""
    first: Mapping[str, str] | None = None
    wrong: tuple[tuple[str, str, tuple[float, float]], ...] = ()


# ---- Who hands in what -------------------------------------------------------------------------------


def class_of_120() -> list[Hand]:
    """Returns what 120 people do, in an order that mixes the kinds."""
    folder = labs_folder() / LAB
    reference = answer_cells(source_notebook(folder / "lab.py"))
    right = {name: text for name, text in reference.items() if name.startswith("solve_")}
    core = {task.cell: right[task.cell] for task in load_tasks(LAB) if not task.optional}
    hands = [
        *_right(folder, right),
        *_wrong(folder, right, core),
        *_little(right),
        *_odd(core),
        *_alike(folder, core),
    ]
    hands += [Hand("never handed in", {}) for _ in range(4)]
    rest = _alternatives(folder, right, CLASS - len(hands))
    hands += [Hand("right, by another road", answers, 2) for answers in rest]
    assert len(hands) == CLASS, len(hands)
    order = Seeds(bytes.fromhex(KEY), "class of 120").stream("order").permutation(len(hands))
    return [hands[n] for n in order]


def _alternatives(folder: Path, right: Mapping[str, str], count: int) -> Iterator[dict[str, str]]:
    """Gives right hand-ins in which each task is solved by one of its known roads."""
    known: dict[str, list[str]] = defaultdict(list)
    for one in load_module(folder / "alternative_solutions.py", "class_of_120_alternatives").ALTERNATIVES:
        known["solve_" + one.task.replace(".", "_")].append(one.source)
    for number in range(count):
        yield right | {cell: roads[number % len(roads)] for cell, roads in known.items()}


def _right(folder: Path, right: Mapping[str, str]) -> Iterator[Hand]:
    yield from (Hand("right, by the reference's road", right, 2) for _ in range(14))
    for number, answers in enumerate(_alternatives(folder, right, 8)):
        extra = "0.25" if number < 2 else ""
        kind = "right, with extra time" if extra else "right and late"
        yield Hand(kind, answers, 1, 1.5 + number % 4, extra)
    for number in range(6):
        cell = list(right)[number % 5]
        yield Hand(
            "wrong first, then right", right, 1, first={**right, cell: "def copies(lis):\n    return lis"}
        )


def _wrong(folder: Path, right: Mapping[str, str], core: Mapping[str, str]) -> Iterator[Hand]:
    """Gives every known wrong solution to somebody: two to a person, of different tasks."""
    left = list(load_module(folder / "wrong_solutions.py", "class_of_120_wrong").WRONG)
    while left:
        first = left.pop(0)
        other = next((one for one in reversed(left) if one.task != first.task), None)
        mine = [first] if other is None else [first, other]
        left = [one for one in left if one is not other]
        answers = dict(core)
        for one in mine:
            cell = "solve_" + one.task.replace(".", "_")
            answers[cell] = one.cell(right[cell])
        told = tuple((one.task, one.code, one.band) for one in mine)
        yield Hand("named misconceptions", answers, 1, wrong=told)


def _little(right: Mapping[str, str]) -> Iterator[Hand]:
    cells = list(right)
    for number in range(8):
        yield Hand("some questions only", {cell: right[cell] for cell in cells[: 1 + number % 3]}, 1)
    yield from (Hand("nothing answered", {}, 0) for _ in range(5))


def _odd(core: Mapping[str, str]) -> Iterator[Hand]:
    cell = "solve_1_3"
    yield from (Hand("crashes in one question", {**core, cell: crash}, 1) for crash in CRASHES)
    for attack in HOSTILE:
        yield Hand("attacks", dict.fromkeys(core, attack), 0)


def _alike(folder: Path, core: Mapping[str, str]) -> Iterator[Hand]:
    """Gives four pairs: somebody's own wrong road, and the same with other names and comments."""
    wrong = load_module(folder / "wrong_solutions.py", "class_of_120_wrong").WRONG
    roads = [one for one in wrong if len(one.source) > 600][:4]
    for number, one in enumerate(roads):
        cell = "solve_" + one.task.replace(".", "_")
        source = _own_road(one.source, number)
        yield Hand("a pair that is alike", {**core, cell: source}, 1)
        yield Hand("a pair that is alike", {**core, cell: _renamed(source)}, 1)


def _own_road(source: str, number: int) -> str:
    """Returns a program with some steps that nobody else has."""
    steps = "\n".join(
        f"    check_{n} = len(str({n * 7 + number})) + {n} * {number + 2} - hash(None) % 3" for n in range(9)
    )
    head, body = source.split(":\n", 1)
    return f"{head}:\n{steps}\n{body}"


def _renamed(source: str) -> str:
    names = sorted(set(re.findall(r"^\s+(\w+) = ", source, re.MULTILINE)))
    for name in names:
        source = re.sub(rf"(?<![.\w\"'\[]){name}\b(?!\s*=[^=]\S)", f"my_{name}", source)
    return f"# my own work\n{source}"


# ---- The archive -------------------------------------------------------------------------------------


def people() -> list[tuple[str, str]]:
    """Returns ids and names of the class."""
    names = [*[f"{given} {family}" for family in FAMILY for given in GIVEN][:115], *CHINESE]
    return [(f"s{number:03d}", name) for number, name in enumerate(names, start=1)]


def notebook(course: Path, answers: Mapping[str, str], words: int, number: int) -> bytes:
    """Returns a notebook as a student saves it."""
    found = read_notebook(course / "release" / LAB / f"{LAB}.ipynb")
    for cell in found["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if name in answers:
            cell["source"] = answers[name]
        elif name == "answer_1_written" and answers:
            cell["source"] = WRITTEN[words].format(n=40 + number)
    return json.dumps(found, ensure_ascii=False).encode("utf-8")


def packed(course: Path, student: str, data: bytes) -> bytes:
    """Returns what `hilab handin` writes."""
    known = load_course(course)
    ident = keyed_id(known.key, known.term, student)
    released = course / "release" / LAB / f"{LAB}.ipynb"
    facts = kit_facts(released, ident, known.term, known.country, known.world_version)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{LAB}.ipynb", data)
        archive.writestr("kit.json", json.dumps(facts.__dict__))
    return made.getvalue()


def archives(root: Path, course: Path, hands: list[Hand]) -> tuple[Path, Path]:
    """Writes the two archives that the instructor downloads: at the due date, and a week later."""
    first, second = root / "Lab 1-early.zip", root / "Lab 1-all.zip"
    files: dict[Path, dict[str, tuple[bytes, tuple[int, ...]]]] = {first: {}, second: {}}
    trouble = troubles()
    for number, ((student, name), hand) in enumerate(zip(people(), hands, strict=True)):
        given, family = name.split(" ", 1)
        place = f"{family} {given}_{7000 + number}_assignsubmission_file"
        if hand.kind == "never handed in":
            file, data = next(trouble)
            files[second][f"{place}/{file}"] = (data, when(1.0))
            continue
        if hand.first is not None:
            early = notebook(course, hand.first, 0, number)
            files[first][f"{place}/{LAB}.ipynb"] = (early, when(-3.0 - number % 5))
        data = notebook(course, hand.answers, hand.words, number)
        file = ("lab 1.ipynb", f"{LAB} (1).ipynb", f"{LAB}-handin.zip", "实验.ipynb")[number % 4]
        file = file if number % 4 != 2 else f"{LAB}-handin-{number:08x}.zip"
        data = packed(course, student, data) if file.endswith(".zip") else data
        files[second][f"{place}/{file}"] = (data, when(hand.days))
        if hand.days < 0 and hand.first is None:
            files[first][f"{place}/{file}"] = files[second][f"{place}/{file}"]
    stranger = notebook(course, hands[0].answers, 1, 0)
    files[second]["Stranger Mallory_7999_assignsubmission_file/lab.ipynb"] = (stranger, when(-1.0))
    for path, entries in files.items():
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry, (data, moment) in entries.items():
                info = zipfile.ZipInfo(entry, moment)  # type: ignore[arg-type]
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, data)
    return first, second


def troubles() -> Iterator[tuple[str, bytes]]:
    """Gives what those handed in who never handed in the lab."""
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{LAB}.ipynb", b"0" * 60_000_000)
    other = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
    yield "lab 1.pdf", b"%PDF-1.7"
    yield "Untitled.ipynb", other
    yield "big.zip", bomb.getvalue()
    yield f"{LAB}.ipynb", b'{"cells": [{"id": "solve_1_3"'


def when(days: float) -> tuple[int, int, int, int, int, int]:
    """Returns the time that lies some days after 16 March 2026, 12:00."""
    minutes = round((15 + days) * 24 * 60 + 12 * 60)
    day, minute = divmod(minutes, 24 * 60)
    return (2026, 3, 1 + day, minute // 60, minute % 60, 0)
