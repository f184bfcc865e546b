"""The whole way on the real lab: four students, and a kit on a computer without the repository."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grading import demo
from grading.collect import collect
from grading.demo import LAB, answers_of, explain, run, verify
from grading.grade import grade
from grading.kitfile import read_notebook

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    return run(tmp_path_factory.mktemp("demo 演示"))


def test_the_demonstration_gives_the_marks_it_must(done):
    verify(done)
    assert "looks like MC10" in explain(done)
    for name in demo.STUDENTS:
        page = (done.feedback / name / LAB / "feedback.html").read_text(encoding="utf-8")
        assert "<script" not in page and "://" not in page


@pytest.fixture(scope="module")
def computer(done, tmp_path_factory):
    """A student's computer: the kit unpacked, and nothing installed but the wheel in it."""
    desk = tmp_path_factory.mktemp("desk 书桌")
    shutil.unpack_archive(done.feedback.parent / "kits" / LAB / f"{LAB}-empty.zip", desk)
    (wheel,) = desk.glob("hilab-*.whl")
    home = tmp_path_factory.mktemp("computer")
    python = home / "venv" / "bin" / "python"
    pinned = (ROOT / "requirements" / "student.txt").read_text(encoding="utf-8")
    pins = home / "pins.txt"  # without hashes, for the wheel itself has none
    pins.write_text("\n".join(re.findall(r"^[^\s#][^\\]*", pinned, flags=re.MULTILINE)), encoding="utf-8")
    subprocess.run([sys.executable, "-m", "venv", home / "venv"], check=True)
    install = [python, "-m", "pip", "install", "--quiet", "--constraint", pins]
    subprocess.run([*install, f"{wheel}[student]"], check=True)
    return desk, python


def _run(computer, *words: str) -> str:
    desk, python = computer
    hidden = ("PYTHONPATH", "VIRTUAL_ENV", "HILAB_LABS")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment["PATH"] = f"{python.parent}{os.pathsep}{environment['PATH']}"
    finished = subprocess.run(
        [python, "-m", *words], cwd=desk, env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    assert finished.returncode == 0, finished.stderr[-2000:]
    return finished.stdout


def test_a_kit_works_without_the_repository(done, computer):
    desk, _ = computer
    path = desk / f"{LAB}.ipynb"
    notebook = read_notebook(path)
    answers = answers_of(LAB)["right"]
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(name, cell["source"])
    path.write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    _run(computer, "nbconvert", "--to", "notebook", "--execute", "--inplace", path.name)
    shown = _shown(read_notebook(path))
    for task in ("1.3", "1.4", "1.6", "1.7"):
        assert any(text.startswith(task) and "not yet" not in text for text in shown), task
    _run(computer, "grading.cli", "handin")
    (handed,) = desk.glob("*.zip")
    zips = desk / "zips"
    zips.mkdir()
    shutil.move(handed, zips / "empty.zip")
    course = done.feedback.parent
    collect(course, zips)
    again = grade(course, LAB, ["empty"])
    assert again.marks["empty"].got == done.marks["right"].got


def _shown(notebook) -> list[str]:
    """Returns the texts below the cells that call check()."""
    cells = [cell for cell in notebook["cells"] if "".join(cell["source"]).startswith('check("')]
    outputs = [output for cell in cells for output in cell["outputs"] if "data" in output]
    return ["".join(output["data"]["text/plain"]) for output in outputs]
