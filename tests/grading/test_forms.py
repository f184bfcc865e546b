"""What is said about the form of an answer can be said in every language."""

import re
from pathlib import Path

import pandas as pd
import pytest

from grading import decode, plainjson, runner, values
from grading.forms import form_in
from grading.tasks import labs_folder, load_tasks
from grading.telling import told
from grading.words import LANGUAGES, say

LABS = sorted(path.parent.name for path in labs_folder().glob("*/lab.zh.py"))
"""The labs that are told in another language."""
ODD = (None, 1.5, "x", [], [1], [["x"]], {}, {"x": 1}, {"results": []}, {"columns": ["x"], "share": 1.0})
OTHERS = LANGUAGES[1:]


def odd_answers(case):
    """Answers of many forms, and the right one with a part missing, too much, or of another kind."""
    yield from ODD
    right = case.expected
    yield pd.DataFrame({"x": [1]})
    if isinstance(right, pd.DataFrame):
        yield right.head(1)
        yield pd.concat([right, right])
        yield from (right.assign(**{name: other}) for name in right.columns for other in ("odd", 1.5, None))
    if isinstance(right, dict):
        yield from ({**right, name: other} for name in right for other in (*ODD, -3))
    if isinstance(right, list):
        yield [*right, *right]


def sentences(task):
    for case in task.fixtures():
        for answer in odd_answers(case):
            try:
                sentence = task.contract(case, answer)
            except Exception:  # an answer so odd that even looking at its form fails; the judge says so
                continue
            if sentence:
                yield sentence


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("lab", LABS)
def test_what_the_labs_say_of_a_form_is_translated(lab, language):
    said = {sentence for task in load_tasks(lab) for sentence in sentences(task)}
    assert len(said) > len(load_tasks(lab)), "the odd answers break the forms"
    assert sorted(one for one in said if form_in(one, language) is None) == []


@pytest.mark.parametrize("language", OTHERS)
def test_what_the_program_says_of_a_form_is_translated(language):
    found = [
        sentence
        for module in (values, plainjson, runner, decode)
        for sentence in re.findall(
            r'(?:NotPlain\(|why = |words = |else )f?"([A-Z{][^"]+\.?)"',
            Path(module.__file__).read_text(encoding="utf-8"),
        )
    ]
    said = {re.sub(r"\{[^}]*\}", "7", sentence) for sentence in found if " " in sentence}
    assert len(said) > 12
    said = {one.replace("7()", "free()") for one in said}
    assert sorted(one for one in said if form_in(one, language) is None) == []


def test_a_sentence_that_nobody_knows_stays_english():
    assert form_in("free() flew away.", "zh") is None
    known, unknown = say("plain", text="free(): It took too long."), say("plain", text="free() flew away.")
    assert told(known, "zh").language == "zh" and str(told(known, "zh")) == "free()：用时太长。"
    assert told(unknown, "zh") == ("free() flew away.", "en")
    broken = say("came.example_error", name="一", value="The cell defines no function free().")
    assert "这个单元格没有定义函数 free()。" in str(told(broken, "zh"))
