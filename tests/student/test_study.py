"""Studying alone from a checkout."""

import json
from pathlib import Path

import pytest

from grading import study as module
from grading.kitfile import KitFacts
from grading.study import study
from sim.errors import HilabError
from tests.classroom import LAB, LABS


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    class World:
        def save(self, folder: Path) -> None:
            folder.mkdir(parents=True)
            (folder / "manifest.json").write_text(json.dumps({"made": True}), encoding="utf-8")

    opened: list[Path] = []
    monkeypatch.setenv("HILAB_LABS", str(LABS))
    monkeypatch.setattr(module, "make_world", lambda *names, progress: World())
    monkeypatch.setattr(module, "_version", lambda place: module.WORLD_VERSION)
    monkeypatch.setattr(module, "start_jupyterlab", lambda path, browser: opened.append(path))
    return opened


def test_lab_lies_ready_with_its_district(started: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "my study 自学"
    study(LAB, folder, browser=False)
    assert started == [folder / LAB / f"{LAB}.ipynb"]
    assert KitFacts.read(folder / LAB / "kit.json").lab == LAB
    assert (folder / LAB / "district" / "manifest.json").is_file()
    assert "raise NotImplementedError" in started[0].read_text(encoding="utf-8")


def test_building_speaks_the_language_that_was_chosen(
    started: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study(LAB, tmp_path, language="zh")
    assert capsys.readouterr().out == "正在生成你的地区。第一次最多需要一分钟。\n"


def test_opening_again_keeps_the_work(started: list[Path], tmp_path: Path) -> None:
    study(LAB, tmp_path)
    started[0].write_text("my work", encoding="utf-8")
    study(LAB, tmp_path)
    assert started[1].read_text(encoding="utf-8") == "my work"


def test_folder_of_something_else_is_left_alone(started: list[Path], tmp_path: Path) -> None:
    (tmp_path / LAB).mkdir()
    (tmp_path / LAB / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(HilabError, match="holds other files"):
        study(LAB, tmp_path)
    assert [p.name for p in (tmp_path / LAB).iterdir()] == ["thesis.txt"]


def test_unknown_lab_is_one_sentence(started: list[Path], tmp_path: Path) -> None:
    with pytest.raises(HilabError, match="There is no lab"):
        study("l9_unknown", tmp_path)


def test_the_district_holds_the_tables_that_labs_begin_from(
    started: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class World:
        def __init__(self, labs: tuple[str, ...] = ()) -> None:
            self.labs = labs

        def with_checkpoint(self, lab: str) -> "World":
            return World((*self.labs, lab))

        def save(self, folder: Path) -> None:
            folder.mkdir(parents=True)
            (folder / "manifest.json").write_text(json.dumps(self.labs), encoding="utf-8")

    monkeypatch.setattr(module, "make_world", lambda *names, progress: World())
    monkeypatch.setattr(module, "begins_from_checkpoint", lambda lab: lab == LAB)
    study(LAB, tmp_path)
    assert json.loads((tmp_path / LAB / "district" / "manifest.json").read_text(encoding="utf-8")) == [LAB]
