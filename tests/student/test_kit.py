"""What a kit holds, and what it must not hold."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from grading.course import Course
from grading.kit import make_kits
from grading.kitfile import KitFacts
from grading.labtext import solution_lines, source_notebook
from grading.wheel import CHECKOUT, build_wheel
from grading.words import LANGUAGES
from sim.errors import HilabError
from tests.classroom import LAB, LABS

LAB_TEXTS = sorted((CHECKOUT / "course" / "labs").glob("*/lab.py"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel 轮子"))


def texts(archive: Path) -> dict[str, str]:
    with zipfile.ZipFile(archive) as opened:
        return {name: opened.read(name).decode("utf-8", errors="replace") for name in opened.namelist()}


def test_kit_holds_what_a_student_needs(kit: Path) -> None:
    names = set(texts(kit))
    expected = {
        f"{LAB}.ipynb",
        "kit.json",
        "README.txt",
        "district/manifest.json",
        "district/his_patients.parquet",
    }
    assert expected < names
    assert len(names - expected) == 1
    assert (names - expected).pop().endswith(".whl")


def test_kit_names_nobody(kit: Path, course: Course) -> None:
    facts = KitFacts.parse(texts(kit)["kit.json"].encode())
    assert re.fullmatch("[0-9a-f]{32}", facts.id)
    held = {name: text for name, text in texts(kit).items() if not name.endswith(".whl")}
    assert not any(re.search(r"\bada\b", text) for text in held.values())
    assert not any(course.key.hex() in text for text in held.values())
    assert json.loads(held["district/manifest.json"])["id"] == facts.id


def test_equal_kits_are_equal_bytes(kit: Path, course: Course) -> None:
    first = kit.read_bytes()
    make_kits(course.folder, LAB, "ada")
    assert kit.read_bytes() == first
    make_kits(course.folder, LAB, "ben")
    assert kit.with_name(f"{LAB}-ben.zip").read_bytes() != first


def test_kit_of_a_lab_that_begins_from_a_checkpoint_ships_its_tables(
    kit: Path, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not [name for name in texts(kit) if "checkpoint" in name]
    monkeypatch.setattr("grading.kit.read_facts", lambda folder: {"checkpoint": folder.name == LAB})
    make_kits(course.folder, LAB, "ada")
    assert texts(kit)[f"district/{LAB}/checkpoint.parquet"] == "PAR1"


def test_kit_holds_no_solution_line(kit: Path) -> None:
    lines = solution_lines(source_notebook(LABS / LAB / "lab.py"))
    assert len(lines) >= 3
    for name, text in texts(kit).items():
        assert not [line for line in lines if line in text], name


@pytest.mark.parametrize("lab", LAB_TEXTS, ids=lambda path: path.parent.name)
def test_wheel_holds_no_solution_line(lab: Path, wheel: Path) -> None:
    lines = solution_lines(source_notebook(lab), shortest=16)
    assert len(lines) >= 2
    held = texts(wheel)
    checks = {name: text for name, text in held.items() if name.startswith("grading/_labs")}
    assert checks
    for name, text in checks.items():
        assert not [line for line in lines if line in text], name


def test_wheel_holds_code_facts_and_checks_only(wheel: Path) -> None:
    names = set(texts(wheel))
    assert {"grading/selfstudy.py", "sim/world.py", "grading/_course/misconceptions.yaml"} < names
    for lab in LAB_TEXTS:
        held = {Path(name).name for name in names if name.startswith(f"grading/_labs/{lab.parent.name}/")}
        assert {"tasks.py", "lab.yaml"} <= held
    forbidden = (
        "wrong_solutions",
        "alternative_solutions",
        "rubric",
        "instructor.md",
        "scaffold.py",
        "law.md",
        "lab.py",
        "tests/",
        ".ipynb",
    )
    assert not [name for name in names if any(word in name for word in forbidden)]
    assert not [name for name in names if name.startswith("grading/_labs/") and name.endswith("rules.py")]
    assert any(name.startswith("sim/_datasets/reference/") for name in names)
    assert any(name.startswith("sim/modules/") and name.endswith(".json") for name in names)


def test_wheel_works_without_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Unpacked on its own, in a path with blanks and Chinese characters, with default encodings as errors."""
    place = tmp_path / "student 学生"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)
    program = """
import sys
sys.path.insert(0, sys.argv[1])
sys.path[:] = [p for p in sys.path if p.rstrip('/') != sys.argv[2]]
import sim, grading.tasks, grading.selfstudy, grading.handin, grading.opening
from grading.catalogue import misconceptions
from sim.paths import datasets
assert sim.__file__.startswith(sys.argv[1]), sim.__file__
assert datasets('reference').is_dir() and len(misconceptions()) > 5
assert 'fcntl' not in sys.modules or 'grading.sandbox' not in sys.modules
for lab in ('l0_orientation', 'l1_collection'):
    for task in grading.tasks.load_tasks(lab):
        assert task.fixtures() is not None
grading.selfstudy.check('0.1')
print('numba' in sys.modules)
"""
    command = [
        sys.executable,
        "-X",
        "warn_default_encoding",
        "-W",
        "error::EncodingWarning",
        "-P",
        "-c",
        program,
    ]
    done = subprocess.run(
        [*command, str(place), str(CHECKOUT)], cwd=place, capture_output=True, text=True, encoding="utf-8",
        timeout=60, env={"PYTHONUTF8": "1", "PATH": ""}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "greet() and workplace() is not defined" in done.stdout
    assert done.stdout.endswith("False\n"), "a student needs no numba"
    assert "EncodingWarning" not in done.stderr


def test_lab_must_exist_and_be_released_first(course: Course) -> None:
    with pytest.raises(HilabError, match="There is no lab 'l9_unknown'"):
        make_kits(course.folder, "l9_unknown")
    (course.folder / "release" / LAB / f"{LAB}.ipynb").unlink()
    with pytest.raises(HilabError, match="generate_assignment"):
        make_kits(course.folder, LAB)


def test_student_must_be_on_the_roster(course: Course) -> None:
    with pytest.raises(HilabError, match="zoe"):
        make_kits(course.folder, LAB, "zoe")


def test_wheel_holds_no_line_of_a_rubric(wheel: Path) -> None:
    """Exemplars and descriptors come with the walk-throughs, which a course gives out itself."""
    rubrics = sorted((CHECKOUT / "course" / "labs").glob("*/rubric*.md"))
    assert len(rubrics) == len(LAB_TEXTS) * len(LANGUAGES)
    lines = {line.strip("> *") for path in rubrics for line in path.read_text(encoding="utf-8").split("\n")}
    long = [line for line in lines if len(line) >= (20 if re.search("[\u3400-\u9fff]", line) else 40)]
    assert len(long) > 200
    for name, text in texts(wheel).items():
        assert not [line for line in long if line in text], name
