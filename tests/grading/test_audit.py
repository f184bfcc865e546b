import json

import pytest

from grading.audit import acts, add, alias, trail
from grading.course import load_course
from sim.errors import HilabError
from tests.classroom import LAB


@pytest.fixture
def path(course):
    change = {"who": alias(course, "cy"), "task": "9.1", "from": 1.0, "to": 2.0, "given": 2.0}
    add(course, "regrade", "one", lab=LAB, tasks=["9.1"], facts={"changes": [change]})
    add(course, "void", "two 二", lab=LAB, tasks=["9.2"])
    add(course, "unvoid", "three", lab=LAB, tasks=["9.2"])
    return course.store / "audit.jsonl"


@pytest.mark.parametrize("number", [0, 1, 2])
@pytest.mark.parametrize("harm", ["word", "drop", "swap", "cut"])
def test_a_changed_trail_is_noticed(course, path, number, harm):
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    if harm == "word":
        act = json.loads(lines[number])
        lines[number] = json.dumps({**act, "reason": "another"}, sort_keys=True) + "\n"
    elif harm == "drop":
        del lines[number]
    elif harm == "cut":
        lines[number] = lines[number][:20] + "\n"
    else:
        lines[number], lines[number - 1] = lines[number - 1], lines[number]
    path.write_text("".join(lines), encoding="utf-8")
    with pytest.raises(HilabError, match="the audit trail was changed from outside"):
        acts(course)


def test_a_forged_line_needs_the_key(course, path):
    last = acts(course)[-1]
    other = load_course(course.folder).__class__(**{**course.__dict__, "key": b"another key, another key"})
    line = json.dumps({**json.loads(path.read_text(encoding="utf-8").splitlines()[-1]), "number": 4})
    forged = json.loads(line) | {"before": last.hash}
    forged["hash"] = type(last)(**{**forged, "tasks": tuple(forged["tasks"])}).sealed(other.key)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(forged) + "\n")
    with pytest.raises(HilabError, match="line 4"):
        acts(course)


def test_the_trail_in_words_names_nobody_who_has_left(course, path):
    assert "cy, 9.1: 1 to 2" in trail(course.folder) and "3 acts; the chain is whole" in trail(course.folder)
    assert '"cy"' not in path.read_text(encoding="utf-8")
    roster = course.folder / "roster.csv"
    kept = [line for line in roster.read_text(encoding="utf-8").splitlines() if not line.startswith("cy,")]
    roster.write_text("\n".join(kept) + "\n", encoding="utf-8")
    assert "somebody no longer on the roster, 9.1" in trail(course.folder)


def test_no_act_without_a_reason(course):
    with pytest.raises(HilabError, match="Give a reason"):
        add(course, "void", " ")
    assert acts(course) == ()
