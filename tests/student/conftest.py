"""A kit of the toy lab, in a path with a blank and Chinese characters."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from grading import kit as kit_module
from grading.course import Course
from grading.opening import unpack
from tests.classroom import LAB, LABS, small_world


class SavedWorld:
    """Stands for a district: two small files."""

    def __init__(self, ident: str, *rest: str) -> None:
        self.ident, self.lab = ident, ""

    def with_checkpoint(self, lab: str) -> "SavedWorld":
        self.lab = lab
        return self

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_text(f'{{"id": "{self.ident}"}}', encoding="utf-8")
        (folder / "his_patients.parquet").write_bytes(b"PAR1" + self.ident.encode())
        if self.lab:
            (folder / self.lab).mkdir()
            (folder / self.lab / "checkpoint.parquet").write_bytes(b"PAR1")


@pytest.fixture
def kit(course: Course, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ada's kit, as a zip."""
    monkeypatch.setattr(kit_module, "make_world", SavedWorld)
    kit_module.make_kits(course.folder, LAB, "ada")
    return course.folder / "kits" / LAB / f"{LAB}-ada.zip"


@pytest.fixture
def home(kit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The kit, unpacked, as the folder in which the notebook runs; it has a district of beds."""
    folder = unpack(kit, tmp_path / "my labs 我的实验")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HILAB_LABS", str(LABS))
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    monkeypatch.setattr("grading.trying._load", lambda folder: small_world("own"))
    monkeypatch.setattr(
        "grading.trying._practice_world", lambda number, country: small_world(f"practice {number}")
    )
    return folder


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What `check` and its like showed last, as text and as HTML."""
    last = SimpleNamespace(text="", html="")

    def keep(notice: object) -> None:
        last.text, last.html = str(notice), notice._repr_html_()  # type: ignore[attr-defined]

    monkeypatch.setattr("grading.selfstudy.show", keep)
    return last
