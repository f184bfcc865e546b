"""What `check`, `practice`, `progress` and `doctor` tell a learner."""

import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from grading import desk
from grading.selfstudy import check, doctor_text, examples, practice, progress
from grading.tasks import load_tasks
from tests.classroom import LAB, LABS, RIGHT

Told = SimpleNamespace


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    """Every test begins with nothing defined in the notebook, which is this module."""
    yield
    for name in ("free", "busiest", "shout"):
        globals().pop(name, None)


def write(text: str) -> None:
    exec(text, globals())


def test_right_answer_is_called_right(home: Path, shown: Told) -> None:
    write("import pandas\n" + RIGHT["solve_9_1"])
    assert check("9.1") is None
    assert "9.1 Free beds: all examples are right." in shown.text
    assert "✓ right: Counts the example (1 of 1)" in shown.text
    assert "✓ right: On your own district" in shown.text
    assert "Looked at when you hand in" in shown.text
    assert "Counts free beds (2)" in shown.text
    assert 'practice("9.1")' in shown.text


def test_undefined_function_is_named(home: Path, shown: Told) -> None:
    check("9.1")
    assert "free() and busiest() is not defined. Run your answer cell first" in shown.text


def test_stub_is_no_try(home: Path, shown: Told) -> None:
    write("def shout(text):\n    raise NotImplementedError()")
    check("9.2")
    assert "not written yet" in shown.text
    assert not (home / "progress.json").exists()


def test_a_further_hint_at_each_further_try(home: Path, shown: Told) -> None:
    hints = next(task for task in load_tasks(LAB) if task.id == "9.2").hints
    for number in range(1, 5):
        write(f"def shout(text):\n    return {number * 'a'!r}")
        globals()["shout"].__module__ = "notebook"
        check("9.2")
        assert [hint in shown.text for hint in hints] == [n < number for n in range(3)]
        assert ("one more hint" in shown.text) == (number < 3)
    assert json.loads((home / "progress.json").read_text(encoding="utf-8"))["9.2"]["failed"] == 4


def test_misconception_is_named_with_its_own_hint(home: Path, shown: Told) -> None:
    write("def free(table):\n    return len(table)\ndef busiest(table):\n    return 1")
    check("9.1")
    assert "Here it misleads (MC08)." in shown.text
    assert "Hint 1 of 3:" in shown.text
    assert "Hint 2 of 3:" not in shown.text


def test_breach_of_the_contract_is_said_first(home: Path, shown: Told) -> None:
    write("def free(table):\n    return '1'\ndef busiest(table):\n    return 1")
    check("9.1")
    assert "The form of the answer" in shown.text
    assert "free() must return a whole number, not str." in shown.text


def test_changed_argument_is_a_breach(home: Path, shown: Told) -> None:
    write("def free(table):\n    table['new'] = 1\n    return 1\ndef busiest(table):\n    return 1")
    check("9.1")
    assert "free() changed a value it was given" in shown.text


def test_error_names_the_line(home: Path, shown: Told) -> None:
    write("def free(table):\n    return table['nothing']\ndef busiest(table):\n    return 1")
    check("9.1")
    assert "KeyError: 'nothing'" in shown.text


def test_failure_on_the_own_district_is_not_right(home: Path, shown: Told) -> None:
    write("def free(table):\n    return int((table['used'] == 0).sum())\ndef busiest(table):\n    return 0.5")
    check("9.1")
    assert "9.1 Free beds: not yet right." in shown.text
    assert "busiest() must return a whole number, not float." in shown.text


def test_what_only_handins_show_is_left_for_later(home: Path, shown: Told) -> None:
    write(RIGHT["solve_9_2"])
    check("9.2")
    assert "all examples are right" in shown.text
    assert "Was handed in twice (1)" in shown.text


def test_practice_judges_what_is_hidden(home: Path, shown: Told) -> None:
    write(RIGHT["solve_9_1"])
    practice("9.1", 2)
    assert "on practice district 2: 4 of 4 points" in shown.text
    write("def free(table):\n    return 1 if len(table) == 3 else 0\ndef busiest(table):\n    return 1")
    check("9.1")
    assert "all examples are right" in shown.text
    practice("9.1")
    assert "on practice district 1: 1 of 4 points" in shown.text


def test_practice_leaves_out_what_only_a_reference_can_answer(
    home: Path, shown: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a kit there is no `lab.py`, and so no solution to ask."""
    shutil.copytree(LABS, tmp_path / "labs", ignore=shutil.ignore_patterns("lab.py"))
    monkeypatch.setenv("HILAB_LABS", str(tmp_path / "labs"))
    write(RIGHT["solve_9_1"])
    practice("9.1", 2)
    assert "on practice district 2: 3 of 3 points" in shown.text


def test_progress_lists_every_task(home: Path, shown: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    write(RIGHT["solve_9_2"])
    check("9.2")
    progress()
    assert "○ later: 9.1 Free beds (4 points)" in shown.text
    assert "✓ right: 9.2 Shout (2 points)" in shown.text


def test_stock_nbgrader_gets_nothing(
    home: Path, shown: Told, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    write(RIGHT["solve_9_2"])
    assert check("9.2") == 0.0
    printed = capsys.readouterr()
    assert "every question scores 0" in printed.out
    assert printed.err == ""


def test_unknown_task_is_one_sentence(home: Path, shown: Told) -> None:
    check("7.7")
    assert shown.text == "There is no task '7.7'; there are 9.1, 9.2."


def test_feedback_cannot_carry_a_script(home: Path, shown: Told) -> None:
    write("def shout(text):\n    return '<script>alert(1)</script>'")
    check("9.2")
    assert "<script>" not in shown.html
    assert "&lt;script&gt;" in shown.html
    assert "not yet" in shown.html, "told by a word, not by colour alone"


def test_damaged_progress_file_does_no_harm(home: Path, shown: Told) -> None:
    (home / "progress.json").write_text("[1, 2", encoding="utf-8")
    write(RIGHT["solve_9_2"])
    check("9.2")
    assert "all examples are right" in shown.text


def test_doctor_is_content_with_a_good_desk(home: Path) -> None:
    text, ready = doctor_text()
    assert ready, text
    assert "Your desk is in order." in text
    assert f"Kit: {LAB}" in text


def test_doctor_says_what_to_repair(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "NEEDED", {"pandas": (99, 0), "no-such-package": (1, 0)})
    (home / "district" / "manifest.json").unlink()
    text, ready = doctor_text()
    assert not ready
    for told in (
        "2 things to repair",
        "Missing: no-such-package",
        "Too old: pandas",
        "'district' is missing",
    ):
        assert told in text


def test_doctor_speaks_the_language_of_kit_and_course(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = json.loads((home / "kit.json").read_text(encoding="utf-8"))
    (home / "kit.json").write_text(json.dumps({**facts, "language": "zh"}), encoding="utf-8")
    text, ready = doctor_text()
    assert ready and "你的电脑一切就绪。" in text
    assert not re.search(r"[A-Za-z]{3,}", without_names(text, home))
    (home / "kit.json").unlink()
    assert "No kit lies in this folder" in doctor_text()[0]
    (home / "course.yaml").write_text("language: zh", encoding="utf-8")
    assert "这个文件夹里没有学习包" in doctor_text()[0]
    monkeypatch.setattr(desk, "NEEDED", {"pandas": (99, 0), "no-such-package": (1, 0)})
    text, ready = doctor_text()
    assert not ready and "缺少：no-such-package。" in text and "✗ 还不对: 软件包" in text


def without_names(text: str, home: Path) -> str:
    """What is not a place or a name that people know in any language."""
    for name in (str(home), sys.prefix, LAB, "Python"):
        text = text.replace(name, "")
    return text


def test_doctor_notices_a_folder_inside_a_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "Temp1_kit.zip").mkdir()
    monkeypatch.chdir(tmp_path / "Temp1_kit.zip")
    text, ready = doctor_text()
    assert not ready
    assert "Unpack it into your documents" in text


def test_examples_are_what_check_calls(home: Path) -> None:
    fixtures = next(task for task in load_tasks(LAB) if task.id == "9.2").fixtures()
    shown = examples("9.2")
    assert [(e.function, e.name, e.args, e.expected) for e in shown] == [
        (case.function, case.name, case.args, case.expected) for case in fixtures
    ]


def test_a_changed_example_is_whole_again_at_the_next_call() -> None:
    examples("1.6")[0].args[-1]["as_of"] = "changed"
    assert examples("1.6")[0].args[-1]["as_of"] == "2025-06-30"


def test_examples_of_no_task_are_a_sentence(home: Path, shown: Told) -> None:
    assert examples("9.9") == []
    assert "There is no task '9.9'" in shown.text
