"""Grading against stock nbgrader: the same hand-ins, the same calls, one run.

The baseline is `nbgrader autograde` with its own configuration on notebooks that hold the setup cell, the
answers, and in each mark cell the judge's calls as a plain assertion. Both are whole processes, imports
included. hilab's isolates the code and judges what comes back; stock does neither. hilab runs before and
after stock, so that a change of what else the machine does shows. Memory is looked at in a run of its own,
before these: looking costs processor time, and that run also fills the machine's cache of files.

There are two classes. In one everybody hands in the reference solution, and much of the time of both is the
students' own computing, which no grader can save. In the other the functions return at once: what is left is
the price of grading.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.pages import put
from grading.course import build, init, load_course
from grading.districts import Prepared, load_prepared
from grading.kitfile import answer_cells, read_notebook
from grading.labbuild import grade_id, save_notebook, source_notebook
from grading.sandbox import Limits
from grading.tasks import lab_folder
from grading.values import pack

LAB = "l0_orientation"
LINGER = 1.5
"""Seconds after grading in which the server takes note of the last hand-in's end; not counted."""

STOCK = "c = get_config()\nc.CourseDirectory.course_id = 'stock'\n"


REFERENCE, NOTHING = "reference solutions", "functions that return at once"


@dataclass(frozen=True)
class Took:
    """What grading a class took.

    Attributes:
        wall: Seconds by the clock.
        cpu: Seconds of processors, all processes together.
        load: How many processes of the whole machine wanted a processor at the end.
        told: What the run tells of itself.
    """

    wall: float
    cpu: float
    load: float
    told: Mapping[str, Any]


def main() -> None:
    """Prints seconds a hand-in for both, their ratio, and memory."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--lab", default=LAB)
    words.add_argument("--handins", type=int, default=40)
    words.add_argument("--workers", type=int, default=2)
    words.add_argument("--write", action="store_true", help="put the tables into docs/grading.md")
    chosen, _ = words.parse_known_args()
    lab, count, workers = chosen.lab, chosen.handins, chosen.workers
    lines = [f"{lab}, {count} hand-ins, {workers} workers, {os.cpu_count()} cores. Seconds a hand-in:", ""]
    lines += ["| class | grader | clock | processor | students' own | besides | load |"]
    lines += ["|---|---|--:|--:|--:|--:|--:|"]
    ratios: list[str] = []
    watched: list[Mapping[str, Any]] = []
    with tempfile.TemporaryDirectory() as scratch:
        ours, ready, prepared = _our_course(Path(scratch, "ours"), lab, count)
        for number, kind in enumerate((REFERENCE, NOTHING)):
            answers = _answers(lab, ready, kind)
            _hand_in(ours, lab, count, answers)
            stock = _stock_course(Path(scratch, f"stock {number}"), lab, ready)
            _hand_in(stock, lab, count, answers)
            watched.append(_ours(ours, lab, workers, watch=True).told)
            before = _ours(ours, lab, workers)
            base = _timed(["-m", "nbgrader", "autograde", lab], stock)
            after = _ours(ours, lab, workers)
            own = min(before.told["student"], after.told["student"])
            for name, run in (("hilab", before), ("stock", base), ("hilab again", after)):
                lines.append(_line(kind, name, run, own if run is base else run.told["student"], count))
            ratios.append(_ratio(kind, base, (before, after), own))
    lines += ["", *ratios, f"Hidden districts and their answers, prepared once: {prepared:.0f} s."]
    most = {name: max(told[name] for told in watched) for name in ("pool", "all", "grader")}
    lines.append(
        f"Memory at most: pool {most['pool']} MB, with {workers} hand-ins {most['all']} MB (limit of each "
        f"{Limits().memory >> 20} MB), judge and nbgrader {most['grader']} MB."
    )
    print("\n".join(lines))
    if chosen.write:
        put("bench-grading", "\n".join(lines))


def _line(kind: str, name: str, run: Took, own: float, count: int) -> str:
    parts = (run.wall / count, run.cpu / count, own / count, (run.cpu - own) / count)
    return f"| {kind} | {name} | {' | '.join(f'{part:.2f}' for part in parts)} | {run.load:.1f} |"


def _ratio(kind: str, base: Took, runs: Sequence[Took], own: float) -> str:
    clock = sorted(base.wall / run.wall for run in runs)
    besides = sorted((base.cpu - own) / (run.cpu - run.told["student"]) for run in runs)
    return (
        f"{kind.capitalize()}: stock takes {clock[0]:.1f} to {clock[1]:.1f} times as long by the clock, and "
        f"{besides[0]:.1f} to {besides[1]:.1f} times the processor beside the students' own computing.\n"
    )


def _our_course(folder: Path, lab: str, handins: int) -> tuple[Path, Prepared, float]:
    init(folder)
    names = [f"s{number:03d}" for number in range(handins)]
    with (folder / "roster.csv").open("a", encoding="utf-8") as roster:
        roster.writelines(f"{name},,,,,\n" for name in names)
    build(folder, lab)
    began = time.perf_counter()
    ready = load_prepared(load_course(folder), lab)
    prepared = time.perf_counter() - began
    return folder, ready, prepared


def _stock_course(folder: Path, lab: str, ready: Prepared) -> Path:
    folder.mkdir()
    (folder / "nbgrader_config.py").write_text(STOCK, encoding="utf-8")
    notebook = source_notebook(lab_folder(lab) / "lab.py")
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell)]
    for task in ready.tasks:
        calls = folder / f"{task.cell}.calls"
        calls.write_bytes(pack([[case.function, case.args] for case in ready.cases[task.id]]))
        cell = next(cell for cell in notebook.cells if grade_id(cell) == task.grade_cell)
        cell.source = (
            "from pathlib import Path\nfrom grading.values import unpack\n"
            f"calls = unpack(Path({str(calls)!r}).read_bytes())\n"
            "assert len([globals()[name](*args) for name, args in calls]) == len(calls)"
        )
    save_notebook(notebook, folder / "source" / lab / f"{lab}.ipynb")
    _timed(["-m", "nbgrader", "generate_assignment", lab], folder)
    return folder


def _answers(lab: str, ready: Prepared, kind: str) -> Mapping[str, str]:
    """Returns what everybody of a class writes, by grade_id."""
    if kind == REFERENCE:
        return answer_cells(source_notebook(lab_folder(lab) / "lab.py"))
    return {
        task.cell: "\n".join(f"def {name}(*given):\n    return None\n" for name in task.functions)
        for task in ready.tasks
    }


def _hand_in(folder: Path, lab: str, count: int, answers: Mapping[str, str]) -> None:
    notebook = read_notebook(folder / "release" / lab / f"{lab}.ipynb")
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(name, cell["source"])
    for number in range(count):
        path = folder / "submitted" / f"s{number:03d}" / lab / f"{lab}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(notebook), encoding="utf-8")


def _ours(folder: Path, lab: str, workers: int, watch: bool = False) -> Took:
    """Grades in a process of its own and returns what it took, with its memory if that is watched."""
    code = (
        f"from benchmarks.bench_grading import _grade; _grade({str(folder)!r}, {lab!r}, {workers}, {watch})"
    )
    run = _timed(["-c", code], folder)
    told = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    return Took(run.wall - LINGER, run.cpu + told["server"], run.load, told)


def _grade(folder: str, lab: str, workers: int, watch: bool) -> None:
    """What that process does: grades, counts the seconds of students' functions, may look at memory."""
    from grading.grade import grade
    from grading.kernel import Kernel

    seconds: list[float] = []
    ask: Callable[..., Any] = Kernel.ask

    def counted(*words: Any) -> Any:
        answers = ask(*words)
        seconds.append(sum(reply.seconds for reply in answers.replies))
        return answers

    Kernel.ask = counted  # type: ignore[method-assign]
    memory = _Memory() if watch else None
    grade(Path(folder), lab, None, workers, again=True)
    time.sleep(LINGER)
    told = {"student": sum(seconds), "server": sum(map(_processor, _servers()))}
    told |= memory.end() if memory else {}
    Path(folder, "told.json").write_text(json.dumps(told), encoding="utf-8")


class _Memory:
    """Looks at the memory of this process and its descendants a few times a second."""

    def __init__(self) -> None:
        self._most = {"pool": 0, "all": 0, "grader": 0}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def end(self) -> Mapping[str, int]:
        self._over.set()
        self._thread.join()
        return self._most

    def _watch(self) -> None:
        while not self._over.wait(0.3):
            sizes = {pid: _size(pid) for pid in _descendants(os.getpid())}
            now = {
                "pool": sum(_size(pid, "Rss") for pid in _servers()),
                "all": sum(sizes.values()),
                "grader": _size(os.getpid(), "Rss"),
            }
            self._most = {name: max(size, now[name]) for name, size in self._most.items()}


def _servers() -> list[int]:
    """The fork servers below this process."""
    found = _descendants(os.getpid())
    return [pid for pid in found if b"forkserver" in _words(pid) and _namespaces(pid) == 2]


def _processor(pid: int) -> float:
    """Seconds that a process and its ended descendants have computed; a killed server tells nothing else."""
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _descendants(pid: int) -> list[int]:
    found = [pid]
    for member in found:
        with suppress(OSError):
            for task in Path(f"/proc/{member}/task").iterdir():
                found += map(int, (task / "children").read_text(encoding="ascii").split())
    return found[1:]


def _size(pid: int, what: str = "Pss") -> int:
    """Megabytes of a process; shared pages are divided among those that share them (Pss)."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith(f"{what}:"):
                return int(line.split()[1]) // 1024
    return 0


def _words(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _namespaces(pid: int) -> int:
    """How many process namespaces deep a process is: 2 is the server, 3 a hand-in."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("NSpid:"):
                return len(line.split()) - 1
    return 0


def _timed(words: list[str], folder: Path) -> Took:
    """Runs Python in a folder."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    checkout = str(Path(__file__).resolve().parent.parent)
    began, spent = time.perf_counter(), _children()
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={
            **os.environ,
            "PATH": path,
            "PYTHONPATH": checkout,
            "PYTHONWARNDEFAULTENCODING": "",
            "PYTHONWARNINGS": "ignore",
        },
        capture_output=True,
        check=False,
    )
    if done.returncode:
        complaint = done.stderr.decode("utf-8", errors="replace")[-2000:]
        raise SystemExit(f"{' '.join(words)[:60]} failed:\n{complaint}")
    return Took(time.perf_counter() - began, _children() - spent, os.getloadavg()[0], {})


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
