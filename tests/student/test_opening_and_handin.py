"""From the kit to the hand-in, on a student's computer."""

import json
import re
import signal
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grading import opening
from grading.collect import collect
from grading.course import Course
from grading.handin import hand_in, spoken
from grading.kitfile import KitFacts, read_notebook, source_text, zip_files, zip_folder
from grading.opening import open_kit, unpack
from sim.errors import HilabError
from tests.classroom import LAB, RIGHT


def answer(folder: Path, answers: dict[str, str]) -> None:
    path = folder / f"{LAB}.ipynb"
    notebook = read_notebook(path)
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(name, source_text(cell))
    path.write_text(json.dumps(notebook), encoding="utf-8")


def test_opening_starts_jupyterlab_on_the_notebook(kit: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    monkeypatch.setattr(opening.subprocess, "run", lambda command, **rest: started.append((command, rest)))
    open_kit(kit, browser=False)
    ((command, rest),) = started
    home = kit.parent / LAB
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--LabApp.default_url=/lab/tree/{LAB}.ipynb" in command
    assert "--no-browser" in command
    assert rest["cwd"] == home
    open_kit(home)
    assert "--no-browser" not in started[1][0]


def test_opening_again_keeps_the_work(kit: Path, tmp_path: Path) -> None:
    home = unpack(kit, tmp_path / "my lab")
    answer(home, RIGHT)
    before = (home / f"{LAB}.ipynb").read_bytes()
    (home / "district" / "his_patients.parquet").unlink()
    assert unpack(kit, tmp_path / "my lab") == home
    assert (home / f"{LAB}.ipynb").read_bytes() == before
    assert (home / "district" / "his_patients.parquet").exists(), "what was lost comes back"
    assert not (home / f"{LAB}-new.ipynb").exists()


def test_newer_notebook_is_put_beside_the_work(kit: Path, tmp_path: Path) -> None:
    home = unpack(kit, tmp_path / "my lab")
    facts = KitFacts.read(home / "kit.json")
    KitFacts(**{**facts.__dict__, "notebook": "an older one"}).write(home)
    unpack(kit, tmp_path / "my lab")
    assert (home / f"{LAB}-new.ipynb").exists()


def test_folders_of_a_district_are_unpacked(kit: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(kit, "a") as archive:
        archive.writestr("district/messages/h1_adt.hl7", "MSH|")
    home = unpack(kit, tmp_path / "new")
    assert (home / "district" / "messages" / "h1_adt.hl7").read_bytes() == b"MSH|"


def test_folder_of_something_else_is_left_alone(kit: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(HilabError, match="holds other files"):
        unpack(kit, tmp_path)
    assert [p.name for p in tmp_path.iterdir() if "unpacking" in p.name] == []


def test_truncated_zip_is_one_sentence(kit: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.zip"
    broken.write_bytes(kit.read_bytes()[: kit.stat().st_size // 2])
    with pytest.raises(HilabError, match="download your kit again"):
        unpack(broken, tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(
    "name", ["../evil.ipynb", "/evil.ipynb", "district/../../x", "run.exe", "district/a/b/c", "district/../x"]
)
def test_zip_cannot_write_elsewhere(kit: Path, tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(kit, "a") as archive:
        archive.writestr(name, "evil")
    with pytest.raises(HilabError, match="not a kit"):
        unpack(kit, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_zip_without_a_kit_is_one_sentence(tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("README.txt", "hello")
    with pytest.raises(HilabError, match=r"kit\.json or the notebook is missing"):
        unpack(other)


def spoken_by(capsys: pytest.CaptureFixture[str], act: Callable[[], object]) -> str:
    """What is said, on the screen or as a reason to stop, without what cannot be translated."""
    try:
        act()
    except HilabError as error:
        return str(error)
    return capsys.readouterr().out


def test_opening_speaks_the_language_of_the_kit(
    kit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(opening.subprocess, "run", lambda command, **rest: None)
    home = unpack(kit, tmp_path / "chinese")
    replace(KitFacts.read(home / "kit.json"), language="zh").write(home)
    chinese = zip_folder(home, tmp_path / "zh.zip")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("years of work", encoding="utf-8")
    other = unpack(kit, tmp_path / "other")
    replace(KitFacts.read(other / "kit.json"), term="1999A").write(other)
    said = {
        "你的实验：": lambda: open_kit(chinese, tmp_path / "new"),
        "要停止：在这里按两次 Ctrl+C。": lambda: open_kit(home),
        "里面有别的文件": lambda: unpack(chinese, tmp_path / "full"),
        "里面是另一个学习包": lambda: unpack(chinese, tmp_path / "other"),
    }
    for words, act in said.items():
        told = spoken_by(capsys, act)
        assert words in told and not re.search(
            "lab|stop|holds", told.replace(str(tmp_path), "").replace(LAB, "")
        )
    (home / f"{LAB}.ipynb").unlink()
    assert "缺少笔记本" in spoken_by(capsys, lambda: open_kit(home))
    (home / "kit.json").write_text("{", encoding="utf-8")
    monkeypatch.setenv("HILAB_LANGUAGE", "zh")
    assert "不是学习包的说明" in spoken_by(capsys, lambda: open_kit(home))


def test_opening_speaks_the_language_of_the_environment_or_of_the_folder(
    kit: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace(KitFacts.read(home / "kit.json"), language="zh").write(home)
    (home / "broken.zip").write_bytes(kit.read_bytes()[:1000])
    zip_files({"README.txt": b"hello"}, home / "bare.zip")
    zip_files({"run.exe": b"MZ"}, home / "evil.zip")
    said = {
        "nothing.zip": "没有这个文件",
        "broken.zip": "请重新下载",
        "bare.zip": r"缺少 kit\.json",
        "evil.zip": r"里面有 run\.exe",
    }
    for name, words in said.items():
        with pytest.raises(HilabError, match=words):
            unpack(Path(name), tmp_path / "new")
    monkeypatch.setattr(opening, "LARGEST", 10)
    with pytest.raises(HilabError, match="太多内容"):
        unpack(kit, tmp_path / "new")
    monkeypatch.setattr(opening.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(HilabError, match="没有安装 JupyterLab"):
        open_kit(home)
    monkeypatch.setenv("HILAB_LANGUAGE", "en")
    with pytest.raises(HilabError, match="JupyterLab is not installed"):
        open_kit(home)


def test_ctrl_c_is_left_to_jupyterlab(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """JupyterLab asks at the first and ends its kernels at the second; it must not be killed between."""
    pressed = []
    before = signal.getsignal(signal.SIGINT)

    def run(command: list[str], **rest: object) -> None:
        for _ in range(2):
            signal.raise_signal(signal.SIGINT)
            pressed.append(command)

    monkeypatch.setattr(opening.subprocess, "run", run)
    try:
        open_kit(home)
    except KeyboardInterrupt:
        pytest.fail("hilab open ended before JupyterLab did")
    assert len(pressed) == 2 and signal.getsignal(signal.SIGINT) is before


def test_handin_says_what_is_open(home: Path) -> None:
    nothing = hand_in(home)
    assert nothing.answered == 0
    assert set(nothing.open) == {"solve_9_1", "solve_9_2", "answer_1_written"}
    answer(home, {"solve_9_1": RIGHT["solve_9_1"]})
    some = hand_in(home)
    assert (some.answered, some.open) == (1, ("solve_9_2", "answer_1_written"))
    assert "Still as you received them: question 9.2, written question 1." in str(some)
    assert str(some.path) in str(some)


def test_handin_speaks_the_language_of_the_kit(home: Path) -> None:
    told = json.loads((home / "kit.json").read_text(encoding="utf-8"))
    (home / "kit.json").write_text(json.dumps({**told, "language": "zh"}), encoding="utf-8")
    path = home / f"{LAB}.ipynb"
    notebook = read_notebook(path)
    notebook["cells"] = [c for c in notebook["cells"] if c.get("id") != "solve_9_2"]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    said = str(hand_in(home))
    for words in (
        "已作答：3 道题中的 0 道。",
        "还是你收到时的样子：任务 9.1、书面题 1。",
        "笔记本里已经没有：任务 9.2。",
    ):
        assert words in said
    assert not re.search("[A-Za-z]{2,}", said.replace(str(hand_in(home).path), ""))
    for broken, words in (
        ("{", "不是笔记本"),
        ('{"cells": []}', "这是另一个笔记本"),
        ('{"cells": 3}', "不是格式 4 的笔记本"),
    ):
        path.write_text(broken, encoding="utf-8")
        with pytest.raises(HilabError, match=words):
            hand_in(home)


def test_handin_is_what_the_class_collects(home: Path, course: Course, tmp_path: Path) -> None:
    answer(home, RIGHT)
    done = hand_in(home)
    (tmp_path / "inbox").mkdir()
    done.path.rename(tmp_path / "inbox" / "ada_upload_1.zip")
    collect(course.folder, tmp_path / "inbox")
    handed = course.submitted(LAB, "ada")
    assert handed.read_bytes() == (home / f"{LAB}.ipynb").read_bytes()


def test_handin_holds_no_time_and_no_name(home: Path) -> None:
    first = hand_in(home).path.read_bytes()
    assert hand_in(home).path.read_bytes() == first
    with zipfile.ZipFile(hand_in(home).path) as archive:
        assert set(archive.namelist()) == {f"{LAB}.ipynb", "kit.json", "handin.json"}
        assert set(json.loads(archive.read("handin.json"))) == {"lab", "notebook", "open"}


def test_deleted_question_is_named(home: Path) -> None:
    path = home / f"{LAB}.ipynb"
    notebook = read_notebook(path)
    notebook["cells"] = [c for c in notebook["cells"] if c.get("id") != "solve_9_2"]
    path.write_text(json.dumps(notebook), encoding="utf-8")
    assert hand_in(home).missing == ("solve_9_2",)
    assert "Not in the notebook any more: question 9.2" in str(hand_in(home))


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"cells": 3}', '{"cells": [{"cell_type": "code"}]}', '{"worksheets": []}']
)
def test_broken_notebook_is_one_sentence(home: Path, text: str) -> None:
    (home / f"{LAB}.ipynb").write_text(text, encoding="utf-8")
    with pytest.raises(HilabError, match="not a notebook"):
        hand_in(home)
    assert not list(home.glob("*handin*"))


def test_other_notebook_is_refused(home: Path) -> None:
    (home / f"{LAB}.ipynb").write_text('{"cells": []}', encoding="utf-8")
    with pytest.raises(HilabError, match="another notebook"):
        hand_in(home)


def test_handin_outside_a_lab_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(HilabError, match=r"no kit\.json here"):
        hand_in(tmp_path)


def test_very_large_notebook_is_handed_in_without_outputs(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grading.handin.LARGEST", 100)
    done = hand_in(home)
    assert done.shortened
    with zipfile.ZipFile(done.path) as archive:
        cells = json.loads(archive.read(f"{LAB}.ipynb"))["cells"]
    assert all(not cell["outputs"] for cell in cells if cell["cell_type"] == "code")


def test_cells_have_spoken_names() -> None:
    assert spoken("something_else") == "something_else"
