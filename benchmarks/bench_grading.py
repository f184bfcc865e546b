"""Grading against stock nbgrader: the same hand-ins, the same calls, one run.

The baseline is `nbgrader autograde` with its own configuration on notebooks that hold the setup cell, the
answers, and in each mark cell the judge's calls as plain assertions. Both runs are whole processes, imports
included. hilab's run isolates the code; stock does not.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grading.course import build, init, load_course
from grading.districts import Prepared, load_prepared
from grading.kitfile import answer_cells, read_notebook
from grading.labbuild import grade_id, save_notebook, source_notebook
from grading.tasks import lab_folder

LAB = "l0_orientation"
STOCK = "c = get_config()\nc.CourseDirectory.course_id = 'stock'\n"


def main() -> None:
    """Prints seconds a hand-in for both, and their ratio."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--handins", type=int, default=8)
    words.add_argument("--workers", type=int, default=2)
    chosen, _ = words.parse_known_args()
    with tempfile.TemporaryDirectory() as scratch:
        ours, ready, prepared = _our_course(Path(scratch, "ours"), chosen.handins)
        stock = _stock_course(Path(scratch, "stock"), ready, chosen.handins)
        call = f"grade(Path({str(ours)!r}), {LAB!r}, None, {chosen.workers})"
        code = f"from pathlib import Path; from grading.grade import grade; {call}"
        own = _timed(["-c", code], ours)
        base = _timed(["-m", "nbgrader", "autograde", LAB], stock)
    print(f"hidden districts prepared once: {prepared:.1f} s")
    print(f"stock nbgrader   {base / chosen.handins:6.2f} s a hand-in")
    print(f"hilab, sandboxed {own / chosen.handins:6.2f} s a hand-in, {chosen.workers} at a time")
    print(f"ratio            {base / own:6.2f}")


def _our_course(folder: Path, handins: int) -> tuple[Path, Prepared, float]:
    init(folder)
    names = [f"s{number:03d}" for number in range(handins)]
    with (folder / "roster.csv").open("a", encoding="utf-8") as roster:
        roster.writelines(f"{name},,,,,\n" for name in names)
    build(folder, LAB)
    began = time.perf_counter()
    ready = load_prepared(load_course(folder), LAB)
    prepared = time.perf_counter() - began
    answers = answer_cells(source_notebook(lab_folder(LAB) / "lab.py"))
    _hand_in(folder, names, answers)
    return folder, ready, prepared


def _stock_course(folder: Path, ready: Prepared, handins: int) -> Path:
    folder.mkdir()
    (folder / "nbgrader_config.py").write_text(STOCK, encoding="utf-8")
    notebook = source_notebook(lab_folder(LAB) / "lab.py")
    answers = answer_cells(notebook)
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell)]
    for task in ready.tasks:
        cell = next(cell for cell in notebook.cells if grade_id(cell) == task.grade_cell)
        cell.source = "\n".join(_assertion(case) for case in ready.cases[task.id])
    save_notebook(notebook, folder / "source" / LAB / f"{LAB}.ipynb")
    _timed(["-m", "nbgrader", "generate_assignment", LAB], folder)
    _hand_in(folder, [f"s{number:03d}" for number in range(handins)], answers)
    return folder


def _assertion(case: Any) -> str:
    call = f"{case.function}({', '.join(map(repr, case.args))})"
    return f"assert {call} == {case.expected!r}" if case.expected is not None else f"assert {call}"


def _hand_in(folder: Path, names: list[str], answers: Mapping[str, str]) -> None:
    notebook = read_notebook(folder / "release" / LAB / f"{LAB}.ipynb")
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(name, cell["source"])
    for student in names:
        path = folder / "submitted" / student / LAB / f"{LAB}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(notebook), encoding="utf-8")


def _timed(words: list[str], folder: Path) -> float:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONWARNDEFAULTENCODING": "", "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        check=False,
    )
    if done.returncode:
        complaint = done.stderr.decode("utf-8", errors="replace")[-2000:]
        raise SystemExit(f"{' '.join(words)[:60]} failed:\n{complaint}")
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
