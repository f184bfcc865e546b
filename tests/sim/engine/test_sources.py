"""Modules come from folders, archives and packages; odd ones do no harm."""

import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from sim.engine import sources
from sim.engine.gmf_load import load_modules
from sim.engine.sources import open_source
from sim.errors import HilabError

END = {"type": "Terminal"}


def module(target: str = "End", **more: Any) -> str:
    return json.dumps({"name": "m", "states": {"Initial": {"type": "Initial"} | more, "End": END}})


CALLS = json.dumps(
    {
        "name": "calls",
        "states": {
            "Initial": {"type": "Initial", "direct_transition": "Call"},
            "Call": {
                "type": "CallSubmodule",
                "submodule": "sub/inner",
                "lookup_table_transition": [
                    {"transition": "End", "default_probability": 1, "lookup_table_name": "t.csv"}
                ],
            },
            "End": END,
        },
    }
)
FILES = {
    "calls.json": CALLS,
    "sub/inner.json": module(direct_transition="End"),
    "lookup_tables/t.csv": "age,End\n0-9,1\n",
    "natural.csv": "age,share\n",
    "notes.txt": "not a module",
}
BESIDE = {
    ("" if name.startswith("lookup") else "modules/") + name: content for name, content in FILES.items()
} | {"costs.json": "[]"}
INSIDE = {f"modules/{name}": content for name, content in FILES.items()} | {"META-INF/x.json": "{}"}
DEEP = {f"synthea-main/src/main/resources/{name}": content for name, content in BESIDE.items()}
SHAPES = [FILES, BESIDE, INSIDE, DEEP]


def fold(root: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")
    return root


def pack(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def sentence(source: Path | str) -> str:
    with pytest.raises(HilabError) as caught:
        open_source(source)
    said = str(caught.value)
    assert "\n" not in said and said.endswith("."), said
    return said


@pytest.mark.parametrize("files", SHAPES)
@pytest.mark.parametrize("packed", [False, True])
def test_modules_and_tables_are_found_in_every_shape(
    tmp_path: Path, files: dict[str, str], packed: bool
) -> None:
    root = tmp_path / "来源 with blanks"
    root.mkdir()
    source = pack(root / "m.jar", files) if packed else fold(root, files)
    loaded = load_modules(source)
    assert [(m.path, m.submodule) for m in loaded.modules] == [("calls", False), ("sub/inner", True)]
    assert len(loaded.modules[0].nodes["Call"].branches) == 2
    assert set(loaded.extras) == {"natural.csv"}
    assert all(str(source) in file for file in loaded.files.values())


def test_nothing_is_written_beside_an_archive(tmp_path: Path) -> None:
    pack(tmp_path / "m.zip", FILES | {"../out.json": "{}", "/abs.json": "{}", "a/../../b.json": "{}"})
    with pytest.raises(HilabError, match=r"abs\.json"):  # a name like any other, and no module
        load_modules(tmp_path / "m.zip")
    assert [file.name for file in tmp_path.iterdir()] == ["m.zip"]
    assert not (tmp_path.parent / "out.json").exists()


def test_names_that_climb_are_left_out(tmp_path: Path) -> None:
    found = open_source(pack(tmp_path / "m.zip", FILES | {"../out.json": "{", "sub/../../b.json": "{"}))
    assert list(found.modules) == ["calls", "sub/inner"]


def test_an_installed_package_is_read_but_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"carrier/resources/{name}": content for name, content in BESIDE.items()}
    fold(tmp_path, files | {"carrier/__init__.py": "raise SystemExit('imported')"})
    monkeypatch.syspath_prepend(str(tmp_path))
    assert [m.path for m in load_modules("carrier").modules] == ["calls", "sub/inner"]
    assert "carrier" not in sys.modules


@pytest.mark.parametrize(
    "name", ["no_such_package", "json", "a b", "os.path", "../x", "x\0y", "sys", "__main__", ""]
)
def test_names_that_are_no_source(name: str) -> None:
    if name:
        assert "with modules (*.json)" in sentence(name)


def test_a_source_without_modules(tmp_path: Path) -> None:
    assert "with modules (*.json)" in sentence(tmp_path)
    assert "with modules (*.json)" in sentence(pack(tmp_path / "m.zip", {"a.txt": "x"}))
    assert "with modules (*.json)" in sentence(fold(tmp_path / "deep", {"sub/only.json": "{}"}))


@pytest.mark.parametrize("cut", [0, 1, 20, 200, -1, -30])
def test_a_broken_archive(tmp_path: Path, cut: int) -> None:
    whole = pack(tmp_path / "m.zip", FILES).read_bytes()
    (tmp_path / "m.zip").write_bytes(whole[:cut])
    assert "m.zip: expected a folder, a zip or jar" in sentence(tmp_path / "m.zip")


def test_every_flipped_byte_of_an_archive_is_survived(tmp_path: Path) -> None:
    whole = bytearray(pack(tmp_path / "m.zip", FILES).read_bytes())
    refused = 0
    for place in range(len(whole)):
        whole[place] ^= 0xFF
        (tmp_path / "m.zip").write_bytes(whole)
        whole[place] ^= 0xFF
        try:
            load_modules(tmp_path / "m.zip")
        except HilabError as error:
            refused += 1
            assert "\n" not in str(error), error
    assert refused > len(whole) // 4


def test_a_bomb_is_refused_before_it_unfolds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = pack(tmp_path / "m.zip", FILES | {"big.json": " " * 3_000_000})
    monkeypatch.setattr(sources, "LARGEST_FILE", 2_000_000)
    assert "at most 2,000,000 bytes" in sentence(bomb)
    assert "at most 2,000,000 bytes" in sentence(fold(tmp_path / "f", {"big.json": " " * 3_000_000}))
    monkeypatch.setattr(sources, "LARGEST_FILE", 20_000_000)
    monkeypatch.setattr(sources, "LARGEST_SOURCE", 2_500_000)
    assert "big.json" in sentence(bomb)


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MOST_FILES", 3)
    assert "more than 3 files" in sentence(pack(tmp_path / "m.zip", FILES))
    assert "more than 3 files" in sentence(fold(tmp_path / "f", FILES))


def test_a_folder_with_the_name_of_a_module(tmp_path: Path) -> None:
    fold(tmp_path, FILES)
    (tmp_path / "odd.json").symlink_to(tmp_path / "nowhere")
    assert "odd.json: cannot be read" in sentence(tmp_path)
