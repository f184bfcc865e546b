"""The command line says what is wrong in one sentence and ends with exit code 2."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "grading.cli", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONWARNDEFAULTENCODING": "", "PYTHONPATH": str(ROOT)},
    )


def test_help_names_every_pinned_command() -> None:
    told = run("--help").stdout
    for command in (
        "doctor",
        "world",
        "ledger",
        "serve",
        "generate",
        "open",
        "handin",
        "study",
        "grade",
        "course",
    ):
        assert f"\n  {command} " in told


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("study", "l9_nothing"), "l9_nothing"),
        (("course", "build", "l1_collection"), "course.yaml"),
        (("world", "s001", "--country", "atlantis", "--size", "demo", "--out", "D"), "atlantis"),
        (("serve", "s001", "--country", "atlantis"), "atlantis"),
        (("serve", "."), "manifest.json"),
        (("world", "s001", "--system", "hiss", "--size", "demo", "--out", "D"), "no system 'hiss'"),
        (("world", "s001", "--rate", "D99=0.2", "--size", "demo", "--out", "D"), "no defect 'D99'"),
        (("world", "s001", "--rate", "D05=1.5", "--size", "demo", "--out", "D"), "between 0 and 1, not 1.5"),
        (("world", "s001", "--rate", "D05", "--size", "demo", "--out", "D"), "not 'D05'"),
        (("ledger", "s001", "--rate", "D05=nan", "--size", "demo"), "between 0 and 1, not nan"),
        (("open", "no such kit.zip"), "no such kit.zip"),
        (("handin", "no such folder"), "no such folder"),
        (("grade", "l1_collection", "--course", "nowhere"), "nowhere"),
        (("generate", "3", "--modules", "no modules", "--out", "P"), "no modules"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    words: tuple[str, ...], named: str, tmp_path: Path
) -> None:
    done = run(*words, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert named in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir()), "something was left half-written"
