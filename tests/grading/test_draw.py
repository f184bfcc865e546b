"""Arguments drawn anew for every answer: the same for equal code, others for other code."""

from dataclasses import replace

import pytest

from grading.draw import MOST, drawn
from grading.grade import grade
from grading.judge import assess
from grading.kernel import Call, Kernel
from grading.marking import load_marks
from grading.stage import stage
from grading.tasks import Case, Check, Reply, load_tasks
from tests.classroom import LAB, LABS, RIGHT, submit

WORDS = ("Ana", "Zoë", "Bo", "Núñez")


def shouts(rng):
    return [
        Case("shout", f"word {n}", (word.lower(),), expected=word.upper())
        for n, word in enumerate(rng.choice(WORDS, size=4, replace=False))
    ]


@pytest.fixture
def task(monkeypatch):
    monkeypatch.setenv("HILAB_LABS", str(LABS))
    found = next(task for task in load_tasks(LAB) if task.id == "9.2")
    return replace(
        found, properties=lambda rng: [Case("f", "n", (int(rng.integers(1 << 40)),)) for _ in range(3)]
    )


def args(cases):
    return [case.args for case in cases]


def test_equal_code_is_asked_the_same(task):
    assert args(drawn(task, "a = 1\n", b"key")) == args(drawn(task, "a = 1   ", b"key"))
    assert args(drawn(task, "a = 1", b"key")) != args(drawn(task, "a = 2", b"key"))
    assert args(drawn(task, "a = 1", b"key")) != args(drawn(task, "a = 1", b"another"))
    assert {case.kind for case in drawn(task, "")} == {"property"}
    assert drawn(replace(task, properties=None), "") == []


def test_a_draw_fits_into_a_message(task):
    with pytest.raises(ValueError, match="at most 200"):
        drawn(replace(task, properties=lambda rng: [Case("f", "n", ())] * (MOST + 1)), "")


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    with Kernel(stage(tmp_path_factory.mktemp("cache")), "import pandas as pd\n") as running:
        yield running


def ask(kernel, source, *arguments, seconds=1.5):
    return kernel.ask(source, [Call.small(Case("f", "", args)) for args in arguments], seconds)


def test_many_small_calls_share_a_message(kernel):
    source = (
        "import warnings\ndef f(x):\n    warnings.warn('x')\n    if x == 3: return object()\n"
        "    if isinstance(x, list): x.append(1)\n    return 10 / x if x != 4 else {'a': {1, 2}}"
    )
    one, zero, odd, many, changed = ask(kernel, source, (5,), (0,), (3,), (4,), ([],)).replies
    assert one.value == 2.0 and zero.problem == "error" and "ZeroDivisionError" in zero.message
    assert odd.problem == "contract" and many.value == {"a": {1, 2}}
    assert changed.problem == "error"
    (moved,) = ask(kernel, "def f(x):\n    x.append(1)\n    return 1", ([],)).replies
    assert moved.problem == "contract" and "argument number 1" in moved.message


def test_an_endless_call_costs_the_batch_and_nothing_else(kernel):
    source = "def f(x):\n    while x: pass\n    return 1"
    late = ask(kernel, source, (0,), (1,), (0,))
    assert [reply.problem for reply in late.replies] == ["timeout"] * 3
    assert ask(kernel, "def f(x):\n    return x", (7,)).replies[0].value == 7


@pytest.mark.parametrize("body", ["b'[1]'", "b'nonsense'"])
def test_a_forged_answer_to_a_batch_gains_nothing(kernel, body):
    source = (
        "import json, os, struct, sys\n"
        "def f(x):\n"
        "    line = next(v for v in sys._getframe(4).f_locals.values() if type(v).__name__ == 'Line')\n"
        "    order = sys._getframe(3).f_locals.get('order') or sys._getframe(4).f_locals['order']\n"
        f"    line.write({{'token': order['token'], 'heads': [{{}}, {{}}, {{}}]}}, {body})\n"
        "    return 1"
    )
    replies = ask(kernel, source, (1,), (2,), (3,)).replies
    assert len(replies) == 3 and all(reply.problem or reply.value == 1 for reply in replies)
    assert ask(kernel, "def f(x):\n    return x", (7,)).replies[0].value == 7


TAMPERING = {
    "pandas": "import pandas\npandas.DataFrame.equals = lambda *a: True",
    "pandas too": "import pandas.testing\npandas.testing.assert_frame_equal = lambda *a, **k: None",
    "pandas deep inside": "import pandas as p\np.DataFrame.equals.__code__ = (lambda s, o: True).__code__",
    "numpy": "import numpy\nnumpy.allclose = lambda *a, **k: True",
    "math, json or operator": "import math\nmath.isclose = lambda *a, **k: True",
    "a built-in function": "import builtins\nbuiltins.abs = lambda x: x",
    "changed arguments": "import sys\nfor m in list(sys.modules.values()):\n"
    "    if getattr(m, '__name__', '') in ('grading.values', '__main__') and hasattr(m, 'same'):\n"
    "        m.same = lambda *a: True",
}


@pytest.mark.parametrize("what", TAMPERING)
def test_tampering_in_the_kernel_is_flagged(kernel, what):
    answers = ask(kernel, TAMPERING[what] + "\ndef f(x):\n    return x", (7,))
    assert answers.replies[0].value == 7 and len(answers.flags) == 1
    assert what.removesuffix(" too").removesuffix(" deep inside") in answers.flags[0]


def test_an_honest_kernel_is_not_flagged(kernel):
    source = "import pandas\npandas.options.display.width = 9\nlist, len = [1], 3\ndef f(x):\n    return list"
    answers = ask(kernel, source, (7,))
    assert answers.replies[0].value == [1] and not answers.flags


def test_marks_count_what_was_drawn(course, monkeypatch):
    """Two students with equal code get equal points; a list of known words does not help."""
    tasks = load_tasks(LAB)
    extra = Check("9.2.any", "Shouts any word", 1.0, "shout", lambda c, v: v == c.expected, ("property",))
    tasks[1] = replace(tasks[1], checks=(tasks[1].checks[0], extra), properties=shouts)
    monkeypatch.setattr("grading.districts.load_tasks", lambda lab: tasks)
    from grading import districts

    districts._load.cache_clear()
    try:
        for name in ("ada", "ben"):
            submit(course, name, {"solve_9_2": RIGHT["solve_9_2"]})
        submit(course, "cy", {"solve_9_2": "def shout(text):\n    return {'zoë': 'ZOË'}.get(text, '')"})
        grade(course.folder, LAB)
    finally:
        districts._load.cache_clear()
    got = {
        name: [(check.id, check.got) for check in load_marks(course, LAB, name).tasks[1].checks]
        for name in ("ada", "ben", "cy")
    }
    assert got["ada"] == got["ben"] == [("9.2.word", 1.0), ("9.2.any", 1.0)]
    assert got["cy"][0][1] == 1.0 and got["cy"][1][1] == 0.25


def test_the_drill_of_lab_0_is_asked_of_crowded_and_of_roomy_wards(monkeypatch):
    monkeypatch.delenv("HILAB_LABS", raising=False)
    drill = next(task for task in load_tasks("l0_orientation") if task.id == "0.6")
    cases = drawn(drill, "any answer", b"key")
    right = assess(drill, cases, [Reply(max(0, beds - people)) for beds, people in args(cases)])
    wrong = assess(drill, cases, [Reply(beds - people) for beds, people in args(cases)])
    points = {check.id: check.got for check in right.checks}
    assert points["0.6.crowded"] == 0.6 and wrong.got < right.got and wrong.codes[0] == "MC08"
    assert {case.expected == 0 for case in cases} == {True, False}
