"""`lab.zh.py` says in Chinese what `lab.py` says: cells, headings, tasks, code, numbers and tables."""

import re
from collections import Counter

import pytest
from markdown_it import MarkdownIt

from grading.labtext import source_notebook
from grading.labwords import first_words, text_cells, translated
from grading.tasks import lab_folder
from grading.written import rubric_name
from tests.course.answers import LABS

FENCE = re.compile(r"```.*?```", re.DOTALL)
CODE = re.compile(r"`[^`]+`|\$\$.*?\$\$")
NUMBER = re.compile(r"(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?|(?<![\w.])\.\d+")


def outside(text: str) -> str:
    return CODE.sub(" ", FENCE.sub(" ", text))


def headings(text: str) -> list[tuple[str, str]]:
    """Levels of the headings, each with the number of its task."""
    found = re.findall(r"^(#+) (?:(?:Task|任务) (\d\.\d))?", FENCE.sub("", text), re.MULTILINE)
    return [(level, task) for level, task in found]


def code(text: str) -> Counter:
    spans = [" ".join(span.split()) for span in CODE.findall(FENCE.sub(" ", text))]
    return Counter(FENCE.findall(text) + spans)


def numbers(text: str) -> Counter:
    return Counter(NUMBER.findall(outside(text)))


def shape(text: str) -> list[int]:
    """How many cells each row of a table has."""
    bare = re.sub(r"`[^`]*`", "", FENCE.sub("", text))
    return [line.count("|") for line in bare.split("\n") if line.strip().startswith("|")]


def items(text: str) -> int:
    return len(re.findall(r"^\s*(?:\*|\d+\.) ", FENCE.sub("", text), re.MULTILINE))


def bare_english(text: str) -> list[str]:
    """Lines without a Chinese character that hold words other than code, names and figures."""
    lines = [line.strip(" *|-:#") for line in re.split(r"\n|(?<= )\| ", outside(text))]
    return [
        line
        for line in lines
        if not re.search(r"[\u3400-\u9fff]", line) and len(re.findall(r"[A-Za-z]{3,}", line)) > 4
    ]


@pytest.fixture(params=LABS)
def pairs(request):
    folder = lab_folder(request.param)
    source = source_notebook(folder / "lab.py")
    theirs = translated(source, folder / "lab.zh.py")
    return {first_words(cell.source): (cell.source, theirs.get(cell.id, "")) for cell in text_cells(source)}


def test_every_text_has_its_chinese(pairs):
    missing = [name for name, (_, chinese) in pairs.items() if not chinese]
    assert not missing, f"lab.zh.py lacks the texts that begin so in lab.py: {missing}"


@pytest.mark.parametrize("kind", [headings, code, shape, items])
def test_both_texts_have_the_same(pairs, kind):
    for name, (english, chinese) in pairs.items():
        if chinese:
            assert kind(chinese) == kind(english), f"the Chinese of '{name}' differs in its {kind.__name__}"


def test_no_number_is_lost(pairs):
    for name, (english, chinese) in pairs.items():
        lost = numbers(english) - numbers(chinese)
        assert not chinese or not lost, f"the Chinese of '{name}' lacks {sorted(lost)}"


def test_no_english_paragraph_is_left(pairs):
    for name, (_, chinese) in pairs.items():
        assert not bare_english(chinese), name


def bare_stars(text: str) -> list[str]:
    """Stars that a reader sees: emphasis that ends in “？” or “。” needs a blank behind it in Markdown."""
    shown = re.sub(r"<code.*?</code>|\$\$.*?\$\$", "", MarkdownIt().render(text), flags=re.DOTALL)
    return re.findall(r".{0,20}\*.{0,20}", shown)


def test_emphasis_is_shown_as_such(pairs):
    for name, (_, chinese) in pairs.items():
        assert not bare_stars(chinese), name


@pytest.mark.parametrize("lab", LABS)
@pytest.mark.parametrize("name", ["law.zh.md", rubric_name("zh")])
def test_emphasis_of_other_texts_is_shown_as_such(lab, name):
    assert not bare_stars((lab_folder(lab) / name).read_text(encoding="utf-8"))
