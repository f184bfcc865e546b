"""The feedback page: what stands on it, and that everybody can read it."""

import html
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from grading.feedback import page, task_text
from grading.figures import read_figure
from grading.judge import CheckResult, TaskResult
from grading.marking import Marks
from grading.svg import draw
from grading.words import say

EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
FIGURE = {
    "data": [
        {"type": "scatter", "mode": "lines+markers", "name": EVIL, "x": [1, 2, 3], "y": [3, None, 5]},
        {"type": "bar", "name": "bars", "x": ["a", EVIL], "y": [1, 2]},
        {"type": "surface", "name": "hill"},
    ],
    "layout": {"title": {"text": EVIL}, "xaxis": {"title": {"text": "day"}}},
}


def made(**more):
    checks = (
        CheckResult("1.3.example", "The two example days", 1.0, 0.0, "wrong", True, "Every row.",
                    say("came.example", name="a day", value=EVIL), FIGURE),
        CheckResult("1.3.resend", "Copies", 2.0, 1.0, "partly", False, "Most.", say("came.hidden")),
        CheckResult("1.3.repeat", "Repeats", 1.0, 1.0, "right", False),
        CheckResult("1.3.late", "Late", 1.0, 0.0, "not looked at", False),
    )  # fmt: skip
    wrong = TaskResult("1.3", "Copies", 5.0, 2.0, checks, ("MC15",), ("a", "b", "c"))
    fine = (CheckResult("1.4.merge", "Merged", 1.0, 1.0, "right", False),)
    right = TaskResult("1.4", "Registered twice", 1.0, 1.0, fine)
    open_one = TaskResult("1.6", "Fit", 1.0, 0.0, (), (), ("x", "y", "z"), say("problem.open"))
    notes = (say("note.files", names=EVIL),)
    return Marks("ada", "l1", "k", (wrong, right, open_one), notes, **more)


class Outline(HTMLParser):
    """Collects what a screen reader goes by."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.ids, self.links, self.headings, self.open = [], [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        self.tags.append((tag, facts))
        self.ids += [facts["id"]] if "id" in facts else []
        self.links += [facts["href"]] if "href" in facts else []
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in ("meta", "rect", "circle", "path", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_can_be_read_by_everybody(language):
    found = Outline(page(made(figures=(FIGURE,)), "Lab 1", {"1.3": 2}, language))
    assert found.open == [] and found.tags[1][1]["lang"] == language if found.tags[0][0] != "html" else True
    assert next(facts for tag, facts in found.tags if tag == "html")["lang"] == language
    assert found.headings[0] == 1 and found.headings.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(found.headings, found.headings[1:], strict=False))
    assert len(found.ids) == len(set(found.ids))
    assert found.links[0] == "#main" and all(
        link.startswith("#") and link[1:] in found.ids for link in found.links
    )
    for tag, facts in found.tags:
        assert not any(name.startswith("on") or name in ("src", "style") for name in facts), (tag, facts)
        assert tag != "th" or facts.get("scope") in ("col", "row")
        assert tag != "svg" or (facts["role"] == "img" and facts["aria-labelledby"])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_on_the_page_acts_or_asks_outside(language):
    text = page(made(figures=(FIGURE,)), EVIL, {}, language)
    assert "<script" not in text and "<img" not in text and html.escape(EVIL, quote=True) in text
    assert not re.search(r"https?:|//[a-z]|url\(|@import|javascript:", text)
    assert "default-src 'none'" in text


def test_the_page_teaches_and_does_not_tell_the_answer():
    text = page(made(), "Lab 1", {"1.3": 2})
    assert "Copies of a version" not in text and "MC15" in text and "seems to rest on this idea" in text
    assert text.count("<ol>") == 2 and text.count("shows one more hint") == 2
    assert "What does an interface change" in text and "List the columns" in text
    assert "Two rows are copies if" not in text, "the third hint comes with the third hand-in"
    assert "The answer to a hidden case was not right." in text and "(hidden)" in text
    assert "not answered yet" in text and "Files besides the notebook" in text
    assert "not looked at" in text and "✓" in text


def test_the_page_in_chinese():
    text = page(made(), "第一次实验", {"1.3": 3}, "zh")
    for words in (
        "副本、更正与重复检验",
        "两行只要是同一结果的同一版本",
        "有一个隐藏用例的答案不对",
        "部分正确",
    ):
        assert words in text
    assert "<span lang='en'>Fit</span>" not in text, "1.6 has a Chinese title"
    own = TaskResult("77.1", "Unknown", 1.0, 0.0, (), (), ("x", "y", "z"), say("plain", text="Wrong form."))
    text = page(Marks("ada", "l1", "k", (own,)), "t", {}, "zh")
    assert "<span lang='en'>Unknown</span>" in text and "<span lang='en'>Wrong form.</span>" in text


def test_the_notebook_says_the_same():
    text = task_text(made().tasks[0], "en", 2)
    assert text.startswith("1.3 Copies: 2 of 5 points\n") and "Hint 2 of 3" in text and "Hint 3" not in text
    assert "◐ partly: Copies (1 of 2)\n    Expected: Most.\n    Came back: The answer to a hidden" in text
    assert "提示 1/3" in task_text(made().tasks[0], "zh")


def contrast(one, two):
    def light(colour):
        colour = colour if len(colour) == 7 else "#" + "".join(2 * digit for digit in colour[1:])
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    dark, bright = sorted((light(one), light(two)))
    return (bright + 0.05) / (dark + 0.05)


def test_colours_have_contrast():
    import grading.feedback

    style = Path(grading.feedback.__file__).with_name("feedback.css").read_text(encoding="utf-8")
    themes = [
        dict(re.findall(r"--(\w+): (#\w+)", block)) for block in re.findall(r":root \{(.*?)\}", style, re.S)
    ]
    assert len(themes) == 2
    for theme in themes:
        for ink in ("ink", "link", "right", "partly", "wrong"):
            for paper in ("paper", "tip", "idea"):
                assert contrast(theme[ink], theme[paper]) >= 4.5, (ink, paper)
        assert contrast(theme["line"], theme["paper"]) >= 3
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


KINDS = [
    [{"type": "scatter", "mode": "markers", "x": [1, 2], "y": [1, 1]}],
    [{"type": "histogram", "x": [1, 2, 2, 3, 9]}],
    [{"type": "histogram", "x": ["a", "b", "a"]}],
    [{"type": "box", "y": [1, 2, 3, 4], "name": "A"}, {"type": "violin", "y": [2, 3], "name": "B"}],
    [{"type": "bar", "x": [3], "y": ["a"], "orientation": "h"}],
    [{"type": "scatter", "x": ["2025-01-01", "2025-02-01"], "y": [1, 2]}],
    [{"type": "scatter", "x": [1e300, -1e300], "y": [0, 1e-300]}],
    [{"type": "bar", "x": ["a"] * 40, "y": [0] * 40}],
    [{"type": "scatter", "y": [5]}],
    [{"type": "surface"}],
    [],
]


@pytest.mark.parametrize("data", KINDS, ids=range(len(KINDS)))
def test_every_kind_is_drawn_or_told(data):
    text = draw(read_figure({"data": data, "layout": {}}))
    Outline(text)
    assert "nan" not in text.split("<details>")[0].lower().replace("nan values", "") and "inf" not in text
    shapes = len(re.findall(r"<(circle|rect|path)", text))
    told = "The figure holds no data" in text or "shown in the notebook only" in text
    assert shapes > 2 or told


def test_bars_stand_where_their_numbers_say():
    text = draw(read_figure({"data": [{"type": "bar", "x": ["a", "b"], "y": [2, 4]}], "layout": {}}))
    heights = [float(h) for h in re.findall(r"<rect [^>]*height='([\d.]+)'", text)]
    assert heights[1] == pytest.approx(2 * heights[0], abs=0.2)
