"""What answer cells say in Chinese of functions and in comments: nothing lacks, only words differ."""

import ast
import json
import re
from copy import deepcopy

import pytest

from grading import stubwords
from grading.choosing import for_track
from grading.comments import OUTSIDE, commented, comments, comments_of
from grading.labbuild import build_release
from grading.labtext import grade_id, release_notebook, source_notebook
from grading.literals import literals
from grading.sanitize import rebuild
from grading.stubwords import described, descriptions, task_of
from grading.tasks import lab_folder, labs_folder, load_tasks
from grading.tracks import TRACKS, answer_cells_of, in_track, other_stubs, with_tracks
from grading.walkthrough import walkthrough_of
from sim.errors import HilabError
from tests.course.answers import LABS

CHINESE = re.compile(r"[\u3400-\u9fff]")
FOR_TOOLS = re.compile(r"YOUR CODE HERE|(BEGIN|END) SOLUTION")
CODE = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b|\{[^{}]*\}|`[^`]+`")


def released(lab):
    source = source_notebook(lab_folder(lab) / "lab.py")
    return release_notebook(with_tracks(source, lab_folder(lab), load_tasks(lab)))


def cells_of(lab):
    """Every text that an answer cell may have when it is received, in English."""
    own = {grade_id(cell): cell.source for cell in released(lab).cells if grade_id(cell).startswith("solve_")}
    yield from own.items()
    for track in TRACKS[1:]:
        yield from answer_cells_of(lab_folder(lab), load_tasks(lab), track).items()


def docstrings(source):
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    return {node.name: ast.get_docstring(node) for node in functions if ast.get_docstring(node)}


def bare(source):
    """The code alone."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node):
            node.body[0].value.value = ""
    return ast.dump(tree)


@pytest.mark.parametrize("lab", LABS)
def test_every_function_is_described_in_chinese(lab):
    known = {}
    for cell, source in cells_of(lab):
        chinese = described(cell, source, "zh")
        assert bare(chinese) == bare(source)
        for name, told in docstrings(source).items():
            text = docstrings(chinese)[name]
            assert re.search(r"[\u3400-\u9fff]", text), f"docstrings.zh.yaml lacks {name} of {cell}"
            assert sorted(CODE.findall(text)) == sorted(CODE.findall(told)), name
            known.setdefault(cell.removeprefix("solve_").replace("_", "."), set()).add(name)
    mine = {task: set(names) for task, names in descriptions("zh").items() if task in known}
    assert mine == known, "descriptions of functions that no cell has"
    assert all(line == line.rstrip() for _, s in cells_of(lab) for line in described(_, s, "zh").split("\n"))


def told_in(source):
    """The comments that say something in words."""
    return [
        told for _, _, told in comments(source) if re.search(r"[^\W\d_]", told) and not FOR_TOOLS.search(told)
    ]


@pytest.mark.parametrize("lab", LABS)
def test_every_comment_of_steps_and_solutions_has_its_chinese(lab):
    source = source_notebook(lab_folder(lab) / "lab.py")
    others = [(grade_id(cell), cell.source) for cell in source.cells if cell.cell_type == "code"]
    known, used = comments_of(lab_folder(lab), "zh"), {}
    for cell, code in [*cells_of(lab), *others]:
        mine = known.get(task_of(cell) or OUTSIDE, {})
        chinese = commented(code, mine)
        assert bare(chinese) == bare(code), cell
        for told in told_in(code):
            assert CHINESE.search(mine.get(told, "")), f"code.zh.yaml of {lab} lacks '{told}' of {cell}"
            assert re.match(r"\d\. ", mine[told]) or not re.match(r"\d\. ", told), told
            used.setdefault(task_of(cell) or OUTSIDE, set()).add(told)
        if not task_of(cell):
            used[OUTSIDE].update(text for *_, text in literals(code))
    assert {task: set(mine) for task, mine in known.items()} == used, "comments and literals that no cell has"


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("lab", LABS)
def test_a_chinese_notebook_has_no_english_comment(lab, track):
    model = released(lab)
    cells = {grade_id(cell): cell.source for cell in in_track(model, track, "zh").cells}
    told = [each for name, code in cells.items() if task_of(name) for each in told_in(code)]
    assert all(CHINESE.search(each) for each in told) and bool(told) == (track != "it")
    code = [cell.source for cell in in_track(model, track, "zh").cells if cell.cell_type == "code"]
    assert all(CHINESE.search(each) for source in code for each in told_in(source))
    assert cells["setup"].startswith("# setup：请先运行这个单元格\nimport") and "fmt:" not in "".join(code)
    for name, stubs in other_stubs(model).items():
        if task_of(name) and track != "it":
            assert cells[name] in stubs, "a stub that would count as an answer"


@pytest.mark.parametrize("lab", LABS)
def test_a_chinese_walkthrough_is_chinese(lab, tmp_path):
    for task in load_tasks(lab):
        shown = walkthrough_of(task, lab, tmp_path, "zh")
        prose, _, code = shown.partition("```python\n")
        lines = [line for line in prose.split("\n") + code.partition("```")[2].split("\n") if line.strip()]
        assert lines and all(CHINESE.search(line) for line in lines), task.id
        code = code.partition("```")[0]
        assert all(CHINESE.search(told) for told in [*told_in(code), *docstrings(code).values()]), task.id
    law = next(
        task for task in (for_track(t, lab, "law") for t in load_tasks(lab)) if "choose" in task.functions
    )
    made = walkthrough_of(law, lab, tmp_path, "zh").partition("### 每条规则怎样对待这个示例")[2]
    assert len(re.findall(r"^\* \*\*[ABC]\*\*: .*[\u3400-\u9fff]", made, re.MULTILINE)) == 3


def test_a_chinese_kit_has_no_english_description(tmp_path):
    for track in TRACKS:
        path = build_release("l2_standardization", tmp_path, labs_folder(), "zh", track)
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        found = [docstrings("".join(cell["source"])) for cell in cells if cell["id"].startswith("solve_")]
        texts = [text for told in found for text in told.values()]
        assert len(texts) > 15 and all(re.search(r"[\u3400-\u9fff]", text) for text in texts)


def test_an_english_kit_has_no_chinese_one(tmp_path):
    path = build_release("l0_orientation", tmp_path, labs_folder(), "en")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["id"].startswith("solve_")]
    assert len(code) == 6 and not re.search(r"[\u3400-\u9fff]", "".join(code))


@pytest.mark.parametrize("lab", LABS)
def test_code_as_received_is_not_the_students_own(lab):
    model = released(lab)
    handed = in_track(model, "it", "zh")
    found = rebuild(model, handed)
    assert not found.notes and len(found.notebook["cells"]) == len(model.cells)
    setup = next(cell for cell in handed.cells if grade_id(cell) == "setup")
    setup.source += "\npd.NA = 0"
    assert [note.code for note in rebuild(model, handed).notes] == ["note.changed"]


def test_a_copy_of_what_was_received_does_not_undo_an_answer():
    model = released("l0_orientation")
    handed = in_track(model, "it", "zh")
    place = next(n for n, cell in enumerate(handed.cells) if grade_id(cell) == "solve_0_6")
    copied = deepcopy(handed.cells[place])
    handed.cells[place].source = "def free_beds(beds, patients):\n    return beds - patients"
    handed.cells.insert(place + 1, copied)
    found = rebuild(model, handed)
    assert found.answers["solve_0_6"] == handed.cells[place].source and "solve_0_6" not in found.open
    assert [note.code for note in found.notes] == ["note.copied"]


def test_a_damaged_file_is_one_sentence(tmp_path, monkeypatch):
    path = tmp_path / "docstrings.zh.yaml"
    path.write_text("a: [", encoding="utf-8")
    monkeypatch.setattr(stubwords, "course_file", lambda name: path)
    descriptions.cache_clear()
    with pytest.raises(HilabError, match="cannot be read as YAML"):
        described("solve_0_6", "def f():\n    'x'", "zh")
    descriptions.cache_clear()
