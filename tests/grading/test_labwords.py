"""A lab in Chinese: which text belongs where, a course in Chinese, a Chinese kit and its hand-in."""

import json
import zipfile

import pytest

from grading import kit
from grading.course import Course, build, init, load_course
from grading.kit import make_kits
from grading.labtext import source_notebook
from grading.labwords import translated
from grading.sanitize import rebuild
from grading.study import lay_out
from grading.tasks import lab_folder
from sim.errors import HilabError
from sim.world import make_world
from tests.classroom import LAB, LABS, release

ROSTER = "student,name,language\nada,Ada,en\nlan,Lan,zh\nmei,Mei,\n"


def notebook(folder: Course, student: str, lab: str = LAB) -> dict:
    """The notebook of a kit."""
    with zipfile.ZipFile(folder.folder / "kits" / lab / f"{lab}-{student}.zip") as opened:
        return json.loads(opened.read(f"{lab}.ipynb"))


def words(found: dict) -> str:
    return "\n".join("".join(cell["source"]) for cell in found["cells"] if cell["cell_type"] == "markdown")


@pytest.fixture
def small(monkeypatch):
    """Kits with small districts and without the wheel."""
    monkeypatch.setattr(kit, "build_wheel", lambda folder: None)
    monkeypatch.setattr(kit, "make_world", lambda ident, term, size, country: make_world(ident, term, "demo"))


@pytest.fixture
def mixed(course, small):
    """A course in English in which one student reads Chinese."""
    (course.folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    build(course.folder, LAB)
    make_kits(course.folder, LAB)
    return load_course(course.folder)


def test_each_student_reads_the_language_of_the_roster(mixed):
    english, chinese = notebook(mixed, "ada"), notebook(mixed, "lan")
    assert "A toy lab" in words(english) and "玩具实验" not in json.dumps(english, ensure_ascii=False)
    assert "玩具实验" in words(chinese) and "A toy lab" not in json.dumps(chinese, ensure_ascii=False)
    assert "## 9.2 Shout" in words(chinese), "what is not translated stays in English"
    assert [cell["id"] for cell in english["cells"]] == [cell["id"] for cell in chinese["cells"]]
    codes = [[c["source"] for c in n["cells"] if c["cell_type"] == "code"] for n in (english, chinese)]
    assert codes[0] == codes[1]


def test_a_chinese_hand_in_is_as_good_as_an_english_one(mixed):
    released = release(mixed)
    assert rebuild(released, notebook(mixed, "lan")) == rebuild(released, notebook(mixed, "ada"))
    changed = notebook(mixed, "lan")
    next(c for c in changed["cells"] if c["id"] == "crit_1_harm")["source"] = "*伤害*：一律 2。"
    assert [note.code for note in rebuild(released, changed).notes] == ["note.changed"]


def test_a_course_in_chinese(tmp_path, small):
    init(tmp_path / "班", language="zh")
    (tmp_path / "班" / "roster.csv").write_text(ROSTER, encoding="utf-8")
    course = load_course(tmp_path / "班")
    assert [student.language for student in course.students.values()] == ["en", "zh", "zh"]
    build(course.folder, "l0_orientation")
    make_kits(course.folder, "l0_orientation")
    source = (course.folder / "source" / "l0_orientation" / "l0_orientation.ipynb").read_text("utf-8")
    assert "任务 0.1 说早上好" in words(json.loads(source))
    english, chinese = (notebook(course, name, "l0_orientation") for name in ("ada", "mei"))
    assert "Task 0.1 Say good morning" in words(english) and "任务" not in json.dumps(english)
    assert "任务 0.1 说早上好" in words(chinese) and "Task 0.1" not in words(chinese)
    with zipfile.ZipFile(course.folder / "kits" / "l0_orientation" / "l0_orientation-mei.zip") as opened:
        assert json.loads(opened.read("kit.json"))["language"] == "zh"
        assert "district/his_patients.parquet" in opened.namelist()


def test_who_studies_alone_reads_chinese(tmp_path, monkeypatch):
    monkeypatch.setattr("grading.study.make_world", lambda *given, **named: make_world("study", size="demo"))
    home = lay_out("l0_orientation", tmp_path, "zh")
    assert "任务 0.6 提交两次" in words(json.loads((home / "l0_orientation.ipynb").read_text("utf-8")))


def test_readme_of_the_kit_is_in_the_language():
    for readme in kit.README.values():
        told = readme.format(title="T", term="2026A", lab=LAB, wheel="w.whl")
        assert f"{LAB}.ipynb" in told and told.count('pip install "w.whl[student]"') == 2
        assert told.count("hilab-env") == kit.README["en"].count("hilab-env")


@pytest.mark.parametrize(("language", "told"), [("fr", "no language 'fr'"), ("", "no language ''")])
def test_a_language_that_is_not_there(tmp_path, course, language, told):
    with pytest.raises(HilabError, match=told):
        init(tmp_path / "new", language=language)
    path = course.folder / "course.yaml"
    path.write_text(path.read_text("utf-8").replace("language: en", "language: fr"), encoding="utf-8")
    with pytest.raises(HilabError, match="language of en, zh, not 'fr'"):
        load_course(course.folder)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ('# %% [markdown] of="9.3"\n# x', "no text of lab.py begins with '9.3'"),
        ('# %% [markdown] of="9."\n# x', "2 texts of lab.py begin"),
        ('# %% [markdown] of="9.1"\n# x\n\n# %% [markdown] of="9.1 Free"\n# y', "two cells translate"),
        ("# %% [markdown]\n# 空床", "'空床' does not say in its head"),
        ('# %%\nprint("x")', "does not say in its head"),
    ],
)
def test_a_text_that_belongs_nowhere_is_refused(tmp_path, cells, told):
    (tmp_path / "lab.zh.py").write_text(cells + "\n", encoding="utf-8")
    with pytest.raises(HilabError, match=told):
        translated(source_notebook(LABS / LAB / "lab.py"), tmp_path / "lab.zh.py")


def test_a_file_that_is_not_utf8(tmp_path):
    (tmp_path / "lab.zh.py").write_bytes("# 空床".encode("gb18030"))
    with pytest.raises(HilabError, match="not UTF-8"):
        translated(source_notebook(lab_folder("l0_orientation") / "lab.py"), tmp_path / "lab.zh.py")
