"""What opens after an honest try, and the record of it."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from grading.catalogue import competencies
from grading.course import Course
from grading.diary import Diary, fingerprint, size
from grading.handin import hand_in
from grading.kit import make_walkthrough
from grading.kitfile import KitFacts, read_notebook
from grading.local import count_words
from grading.selfstudy import check, exemplars, practice, progress, score, walkthrough
from grading.study import save_record
from grading.tasks import labs_folder
from grading.walkthrough import file_name
from grading.wheel import CHECKOUT
from grading.written import KINDS, read_rubric
from sim.errors import HilabError
from tests.classroom import LAB, LABS, RIGHT

Told = SimpleNamespace
RUBRIC = """# Rubric
## Descriptors

### Harm
* **0** None.
* **2** One can follow it.

### Numbers
* **0** None.
* **2** Own ones.

## Exemplars

### Strong (2, 2 = 8)
> The twins share a birthday.

### Middling (1, 1 = 4)
> Twins are dangerous.

### Weak (0, 0 = 0)
> Data are important.

*Why*: nobody is harmed.
"""
RUBRIC_ZH = """# 评分标准
## 各级说明

### 伤害
* **0** 没有。
* **2** 可以一路追踪。

### 数字
* **0** 没有。
* **2** 有自己的。

## 范文

### 优秀（2, 2 = 8）
> 双胞胎的生日相同。

### 中等（1, 1 = 4）
> 双胞胎很危险。

### 较弱（0, 0 = 0）
> 数据很重要。
"""
WRONG = (
    "def shout(text):\n    words = [part for part in text.split(' ')]\n    return ' '.join(words) + '{mark}'"
)


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    yield
    for name in ("free", "busiest", "shout"):
        globals().pop(name, None)


def write(source: str, home: Path, name: str = "answer") -> None:
    """Defines functions whose text can be read, as a notebook's can."""
    path = home / f"{name}.py"
    path.write_text(source, encoding="utf-8")
    exec(compile(source, str(path), "exec"), globals())


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, home: Path) -> Path:
    """A computer without the labs' text, as every student's."""
    shutil.copytree(LABS, tmp_path / "labs", ignore=shutil.ignore_patterns("lab.py"))
    monkeypatch.setenv("HILAB_LABS", str(tmp_path / "labs"))
    return home


def test_a_walkthrough_opens_after_three_different_answers_of_some_size(home: Path, shown: Told) -> None:
    walkthrough("9.2")
    assert "after 3 different answers of your own; so far 0" in shown.text
    for number, mark in enumerate("!?.", start=1):
        for repeat in range(2):  # another comment is not another answer
            write(WRONG.format(mark=mark) + f"\n    # {repeat}", home, f"a{number}{repeat}")
            check("9.2")
        assert ("walkthrough" in shown.text) == (number == 3)
        walkthrough("9.2")
        assert ("return text.upper()" in shown.text) == (number == 3)
    assert Diary(home)["9.2"].tries == 3 and "SOLUTION" not in shown.text


def test_stubs_are_no_honest_tries(home: Path, shown: Told) -> None:
    for number in range(5):
        write(f"def shout(text):\n    return 'A{number}'", home, f"s{number}")
        check("9.2")
    walkthrough("9.2")
    assert Diary(home)["9.2"].tries == 5 and "so far 0" in shown.text


def test_a_right_answer_opens_it(home: Path, shown: Told) -> None:
    write(RIGHT["solve_9_2"], home)
    check("9.2")
    walkthrough("9.2")
    assert shown.text.startswith("9.2 Shout: a way to do it") and "One of them makes capitals." in shown.text


def test_handing_in_opens_it(home: Path, shown: Told) -> None:
    path = home / f"{LAB}.ipynb"
    notebook = read_notebook(path)
    for cell in notebook["cells"]:
        if cell["id"] == "solve_9_2":
            cell["source"] = "def shout(text):\n    return text"
    path.write_text(json.dumps(notebook), encoding="utf-8")
    hand_in(home)
    walkthrough("9.1")
    assert "return" not in shown.text, "an open question was not handed in"
    walkthrough("9.2")
    assert "return text.upper()" in shown.text


def test_a_kit_has_none_until_the_course_gives_them_out(outside: Path, shown: Told, course: Course) -> None:
    write(RIGHT["solve_9_2"], outside)
    check("9.2")
    walkthrough("9.2")
    assert f"put {file_name(LAB)} into the folder of this lab" in shown.text
    with pytest.raises(HilabError, match="not here; use a checkout"):
        make_walkthrough(course.folder, LAB)


def test_the_file_of_a_course_is_read(
    outside: Path, shown: Told, course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = str(labs_folder())
    monkeypatch.setenv("HILAB_LABS", str(LABS))
    assert "Give it out after the last hand-in" in make_walkthrough(course.folder, LAB)
    monkeypatch.setenv("HILAB_LABS", here)
    shutil.copy(course.folder / "kits" / LAB / file_name(LAB), outside)
    write(RIGHT["solve_9_2"], outside)
    check("9.2")
    walkthrough("9.2")
    assert "return text.upper()" in shown.text and "used" not in shown.text, "of one task only"
    (outside / file_name(LAB)).write_bytes(b"\xff")
    walkthrough("9.2")
    assert "not UTF-8 text" in shown.text


@pytest.fixture
def written(outside: Path) -> Path:
    (outside / file_name(LAB)).write_text(
        f"# x\n<!-- how the written question is marked -->\n{RUBRIC}", encoding="utf-8"
    )
    return outside


def answer(home: Path, words: str) -> None:
    path = home / f"{LAB}.ipynb"
    notebook = read_notebook(path)
    for cell in notebook["cells"]:
        if cell["id"] == "answer_1_written":
            cell["source"] = words
    path.write_text(json.dumps(notebook), encoding="utf-8")


def test_exemplars_open_with_an_own_answer_and_hide_their_marks(written: Path, shown: Told) -> None:
    exemplars()
    assert "at least 50 words; so far 0" in shown.text
    answer(written, "twins and their charts " * 15)
    exemplars()
    assert "The twins share a birthday." in shown.text and "* **2** Own ones." in shown.text
    for word in ("Strong", "= 8", "Why"):
        assert word not in shown.text


def test_marks_are_compared_when_all_are_given(written: Path, shown: Told) -> None:
    answer(written, "twins and their charts " * 15)
    rubric = read_rubric(RUBRIC, LAB)
    assert [one.name for one in rubric.exemplars] == ["A", "B", "C"] and rubric.points == 8
    given = {one.name: one.marks for one in rubric.exemplars}
    score("A", 0, 0)
    score("B", 0, 0)
    assert "Still to score: C." in shown.text and "it was given" not in shown.text
    score("C", 0, 0)
    assert "lie 1.0 steps" in shown.text and "you mark more strictly" in shown.text
    assert all(f"it was given {', '.join(map(str, marks))}" in shown.text for marks in given.values())
    score("A", *given["A"])
    assert "lie 1.0 steps" in shown.text, "the first marks stand"
    score("mine", 2, 1)
    assert "your answer earns 6 of 8 points" in shown.text


@pytest.mark.parametrize("marks", [("A", 1), ("D", 1, 1), ("A", 3, 0), ("A", True, 0), ("A", "2", 0)])
def test_marks_that_are_none(written: Path, shown: Told, marks: tuple[str, int]) -> None:
    answer(written, "twins and their charts " * 15)
    score(*marks)
    assert "score() needs a name (A, B, C, mine) and 2 marks" in shown.text
    assert not (written / "written.json").exists()


@pytest.mark.parametrize("path", sorted((CHECKOUT / "course" / "labs").glob("*/rubric*.md")), ids=str)
def test_rubrics_of_our_labs_can_be_read(path: Path) -> None:
    rubric = read_rubric(path.read_text(encoding="utf-8"), path.parent.name)
    assert len(rubric.exemplars) == 3 and len(rubric.criteria) >= 2
    assert {one.kind for one in rubric.exemplars} == set(KINDS)


@pytest.mark.parametrize(
    ("known", "other"),
    [
        ("# Rubric\n## Descriptors", "# Nothing"),
        ("### Weak", "### Meagre"),
        ("(0, 0 = 0)", "(0 = 0)"),
        ("(0, 0 = 0)", "(3, 0 = 12)"),
        ("## Exemplars", "## 范文"),
        ("> Data are important.", ""),
    ],
)
def test_a_rubric_of_another_form_is_one_sentence(known: str, other: str) -> None:
    assert RUBRIC.count(known) == 1
    with pytest.raises(HilabError, match="criteria, and exemplars"):
        read_rubric(RUBRIC.replace(known, other), LAB)


def test_exemplars_speak_chinese(written: Path, shown: Told) -> None:
    replace(KitFacts.read(written / "kit.json"), language="zh").write(written)
    answer(written, "双胞胎和他们的病历" * 15)
    exemplars()
    assert "Own ones." in shown.text, "where only a file in another language is there, that is read"
    whole = f"# x\n<!-- how the written question is marked -->\n{RUBRIC_ZH}"
    (written / file_name(LAB, "zh")).write_text(whole, encoding="utf-8")
    exemplars()
    assert (
        "双胞胎的生日相同。" in shown.text and "* **2** 有自己的。" in shown.text and "Own" not in shown.text
    )
    kinds = {one.name: one.kind for one in read_rubric(RUBRIC, LAB).exemplars}
    for name in kinds:
        score(name, 1, 1)
    words = {"strong": "优秀", "middling": "中等", "weak": "较弱"}
    assert all(f"范文 {name}（{words[kind]}）：你给 1, 1" in shown.text for name, kind in kinds.items())


def test_words_are_counted_in_both_languages() -> None:
    assert count_words("one, two -- three") == 3 and count_words("双胞胎的生日相同。") == 4


def test_progress_and_its_record(home: Path, shown: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    code = sorted(competencies())[0]
    monkeypatch.setattr("grading.record.lab_facts", lambda lab: {"title": "A toy", "competencies": [code]})
    write(RIGHT["solve_9_1"], home)
    check("9.1")
    progress()
    assert f"{code} " in shown.text and "0 of 2 tasks" in shown.text
    practice("9.1", 2)
    write(RIGHT["solve_9_2"], home, "b")
    check("9.2")
    progress(save=True)
    assert "2 of 2 tasks" in shown.text and "(1 of 1 mastered)" in shown.text
    data = json.loads((home / "progress-record.json").read_text(encoding="utf-8"))
    assert [task["mastered"] for task in data["labs"][0]["tasks"]] == [True, True]
    assert data["labs"][0]["tasks"][0]["practised"] == [2]
    assert data["competencies"][0]["mastered"] == 2
    page = (home / "progress-record.html").read_text(encoding="utf-8")
    assert "9.1 Free beds" in page and "<html lang='en'>" in page and "<script" not in page
    assert "://" not in page
    first = page, (home / "progress-record.json").read_bytes()
    progress(save=True)
    assert first == ((home / "progress-record.html").read_text(encoding="utf-8"),
                     (home / "progress-record.json").read_bytes())  # fmt: skip


def test_one_record_of_several_labs(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home, tmp_path / "study" / LAB)
    told = save_record(tmp_path / "study", "zh")
    assert "progress-record.html" in told and told.startswith("你的记录在")
    page = (tmp_path / "study" / "progress-record.html").read_text(encoding="utf-8")
    assert "自学记录" in page and "lang='zh'" in page
    with pytest.raises(HilabError, match="holds no lab"):
        save_record(tmp_path / "nothing", "en")


def test_a_kit_in_chinese_speaks_chinese(home: Path, shown: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    replace(KitFacts.read(home / "kit.json"), language="zh").write(home)
    write("def shout(text):\n    return text", home)
    check("9.2")
    assert "9.2 Shout：还不对。" in shown.text and "提示 1/3" in shown.text and "lang='zh'" in shown.html
    progress()
    assert "进展如何" in shown.text
    monkeypatch.setenv("HILAB_LANGUAGE", "en")
    check("9.2")
    assert "not yet right" in shown.text


def test_a_kit_follows_the_roster(kit: Path, course: Course) -> None:
    from grading.kit import make_kits
    from grading.opening import unpack

    roster = course.folder / "roster.csv"
    roster.write_text(
        roster.read_text(encoding="utf-8").replace("ben,,ben,,,", "ben,,ben,,,,zh"), encoding="utf-8"
    )
    make_kits(course.folder, LAB, "ben")
    facts = KitFacts.read(unpack(kit.with_name(f"{LAB}-ben.zip"), course.folder / "x") / "kit.json")
    assert facts.language == "zh"


def test_fingerprints_look_at_what_a_function_does(home: Path) -> None:
    def of(source: str, name: str) -> dict[str, object]:
        write(source, home, name)
        return {"shout": globals()["shout"]}

    plain = of("def shout(text):\n    return text", "f1")
    noted = of('def shout(text):\n    """Says."""\n    # loudly\n    return text', "f2")
    other = of("def shout(text):\n    return text + '!'", "f3")
    assert fingerprint(plain) == fingerprint(noted) != fingerprint(other)
    assert size(plain) < size(other) < 8 and fingerprint({"f": len}) == ""
