import re

import pytest

from grading.fingerprints import alike, fingerprints, tokens
from grading.labtext import source_notebook
from grading.tasks import lab_folder

SOLVE = next(
    cell.source
    for cell in source_notebook(lab_folder("l1_collection") / "lab.py").cells
    if cell.id == "solve_1_4"
)


def renamed(source: str) -> str:
    """Every second name that is neither known nor an attribute gets another one; comments go in."""
    text = re.sub(r"(?<![.\w\"'])(his|named|rows|left|pairs|same)\b", r"my_\1", source)
    return text.replace("\n", "  # mine\n", 3)


def test_renaming_and_comments_hide_nothing():
    found = alike({"ada": SOLVE, "ben": renamed(SOLVE), "cy": "def duplicates(his):\n    return {}"})
    assert [(pair.one, pair.other) for pair in found] == [("ada", "ben")] and found[0].share > 0.95


def test_what_everybody_has_says_nothing_between_handins_but_much_about_published_ones():
    class_of = {f"s{n}": SOLVE for n in range(8)}
    assert alike(class_of) == []
    found = alike(class_of, {"the reference": SOLVE})
    assert {(pair.one, pair.other, pair.share) for pair in found} == {
        (n, "the reference", 1.0) for n in class_of
    }


def test_what_was_given_is_left_out():
    assert alike({"ada": SOLVE, "ben": SOLVE}, given=[SOLVE]) == []


@pytest.mark.parametrize("source", ["", "def f(:\n  '''", "\ud800 = '", "if x:\n  y\n z", "x" * 50_000])
def test_broken_programs_have_fingerprints_too(source):
    assert fingerprints(source) and isinstance(tokens(source), list)


def test_broken_programs_are_compared_too():
    text = "\n".join(f"a{n} = b.merge(c, on='k{n}'" for n in range(20))
    assert [pair.share for pair in alike({"ada": text, "ben": text.replace("b", "x")})] == [1.0]
