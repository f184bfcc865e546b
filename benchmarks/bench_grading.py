"""Grading against stock nbgrader: the same hand-ins, the same calls, one run.

The baseline is `nbgrader autograde` with its own configuration on notebooks that hold the setup cell, the
answers, and in each mark cell the judge's calls as a plain assertion. Both are whole processes, imports
included. hilab's isolates the code and judges what comes back; stock does neither. hilab runs before and
after stock, so that a change of what else the machine does shows.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from grading.course import build, init, load_course
from grading.districts import Prepared, load_prepared
from grading.kitfile import answer_cells, read_notebook
from grading.labbuild import grade_id, save_notebook, source_notebook
from grading.sandbox import Limits
from grading.tasks import lab_folder
from grading.values import pack

LAB = "l0_orientation"
STOCK = "c = get_config()\nc.CourseDirectory.course_id = 'stock'\n"


def main() -> None:
    """Prints seconds a hand-in for both, their ratio, and memory."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--lab", default=LAB)
    words.add_argument("--handins", type=int, default=40)
    words.add_argument("--workers", type=int, default=2)
    chosen, _ = words.parse_known_args()
    lab, count, workers = chosen.lab, chosen.handins, chosen.workers
    print(f"{lab}: {count} hand-ins of the reference solution, {workers} workers, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as scratch:
        ours, ready, prepared = _our_course(Path(scratch, "ours"), lab, count)
        stock = _stock_course(Path(scratch, "stock"), lab, ready, count)
        print(f"hidden districts and their answers, prepared once: {prepared:.1f} s")
        runs = [_ours(ours, lab, workers)]
        base, load = _timed(["-m", "nbgrader", "autograde", lab], stock)
        runs.append(_ours(ours, lab, workers))
    for name, run in zip(("before", "after"), runs, strict=True):
        own = (run["wall"] * workers - run["student"]) / count
        print(
            f"hilab {name:<7} {run['wall'] / count:6.2f} s a hand-in; students' own computing "
            f"{run['student'] / count:.2f} s; besides it {own:.2f} s a core; load {run['load']:.1f}"
        )
    print(f"stock nbgrader {base / count:5.2f} s a hand-in; load {load:.1f}")
    print(f"ratio: {base / max(r['wall'] for r in runs):.1f} to {base / min(r['wall'] for r in runs):.1f}")
    most = {name: max(run[name] for run in runs) for name in ("pool", "all", "grader")}
    print(
        f"memory at most: pool {most['pool']} MB, with {workers} hand-ins {most['all']} MB (limit of each "
        f"{Limits().memory >> 20} MB), judge and nbgrader {most['grader']} MB"
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
    _hand_in(folder, lab, names)
    return folder, ready, prepared


def _stock_course(folder: Path, lab: str, ready: Prepared, handins: int) -> Path:
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
    _hand_in(folder, lab, [f"s{number:03d}" for number in range(handins)])
    return folder


def _hand_in(folder: Path, lab: str, names: list[str]) -> None:
    answers = answer_cells(source_notebook(lab_folder(lab) / "lab.py"))
    notebook = read_notebook(folder / "release" / lab / f"{lab}.ipynb")
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(name, cell["source"])
    for student in names:
        path = folder / "submitted" / student / lab / f"{lab}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook), encoding="utf-8")


def _ours(folder: Path, lab: str, workers: int) -> Mapping[str, Any]:
    """Grades in a process of its own and returns what it took."""
    told = folder / "told.json"
    code = f"from benchmarks.bench_grading import _grade; _grade({str(folder)!r}, {lab!r}, {workers})"
    wall, load = _timed(["-c", code], folder)
    return {"wall": wall, "load": load, **json.loads(told.read_text(encoding="utf-8"))}


def _grade(folder: str, lab: str, workers: int) -> None:
    """What that process does: grades, counts the seconds of students' functions, looks at memory."""
    from grading.grade import grade
    from grading.kernel import Kernel

    seconds: list[float] = []
    ask: Callable[..., Any] = Kernel.ask

    def counted(*words: Any) -> Any:
        answers = ask(*words)
        seconds.append(sum(reply.seconds for reply in answers.replies))
        return answers

    Kernel.ask = counted  # type: ignore[method-assign]
    memory = _Memory()
    done = grade(Path(folder), lab, None, workers, again=True)
    full = {marks.got for marks in done.marks.values()}
    told = {"student": sum(seconds), "marks": sorted(full), **memory.end()}
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
            servers = [pid for pid in sizes if b"forkserver" in _words(pid) and _namespaces(pid) == 2]
            now = {
                "pool": sum(_size(pid, "Rss") for pid in servers),
                "all": sum(sizes.values()),
                "grader": _size(os.getpid(), "Rss"),
            }
            self._most = {name: max(size, now[name]) for name, size in self._most.items()}


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


def _timed(words: list[str], folder: Path) -> tuple[float, float]:
    """Runs Python in a folder; returns seconds and the machine's load at the end."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    checkout = str(Path(__file__).resolve().parent.parent)
    began = time.perf_counter()
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
    return time.perf_counter() - began, os.getloadavg()[0]


if __name__ == "__main__":
    main()
