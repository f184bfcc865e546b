import pandas as pd
import pytest

from grading.agree import agree
from grading.explain import _worst, explain
from grading.grade import grade
from grading.shrink import items_of, part_of, smallest
from grading.tasks import Case, Check, Reply, Task, among
from sim.errors import HilabError
from tests.classroom import LAB, RIGHT, submit


def table(used):
    return pd.DataFrame({"bed": [f"B{n}" for n in range(len(used))], "used": used})


def test_delta_debugging_finds_what_is_needed_and_no_more():
    items = items_of([table(range(200))])
    seen = []

    def fails(parts):
        seen.extend(parts)
        return [{(0, 5), (0, 77), (0, 199)} <= set(part) for part in parts]

    found = smallest(items, fails)
    assert found.items == ((0, 5), (0, 77), (0, 199)) and found.proven
    assert len(seen) == found.tried + 1 and found.tried < 400


def test_an_input_that_fails_empty_and_a_time_that_is_over():
    assert smallest([(0, 1), (0, 2)], lambda parts: [True] * len(parts)).items == ()
    found = smallest([(0, 1), (0, 2)], lambda parts: [False] * len(parts), seconds=0)
    assert not found.proven and len(found.items) == 2


def test_rows_of_one_patient_stand_together_and_keep_their_order():
    patients = pd.DataFrame({"mrn": ["b", "a"], "age": [1, 2]})
    results = pd.DataFrame({"value": [1, 2, 3], "mrn": ["a", "b", "a"]})
    assert items_of([patients, results, 3]) == [(0, 1), (1, 0), (1, 2), (0, 0), (1, 1)]
    part = part_of([patients, results, 3], [(1, 2), (1, 0)])
    assert len(part[0]) == 0 and part[1]["value"].tolist() == [1, 3] and part[2] == 3
    assert items_of(["x", [1, 2]]) == [(1, 0), (1, 1)] and part_of(["x", [1, 2]], [(1, 1)]) == ("x", [2])


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (table([1, 2]), table([1, 2]).iloc[::-1], True),
        (table([1, 2]), table([1, 2]).assign(more=1), True),
        (table([1, 2]), table([1, 3]), False),
        (table([1, 2]), table([1, 2]).drop(columns="used"), False),
        (table([1, 2]), "text", False),
        ([["a", "b"], ["c", "d"]], [("d", "c"), ("b", "a")], True),
        (["a", "b"], ["b", "a"], True),
        ([1, 2], [2, 1], False),
        ([{"a": 1}], [{"a": 2}], False),
        ({"a": 0.1 + 0.2}, {"a": 0.3}, True),
        ({"a": 1, "b": None}, {"a": 1}, False),
        (1, 1.0, True),
        (1, "1", False),
    ],
)
def test_answers_that_mean_the_same(one, other, same):
    assert agree(one, other) is same


def test_the_worst_case_is_one_that_the_check_looks_at():
    right = lambda case, value: float(value == case.expected)  # noqa: E731
    check = Check("9.1.full", "Full wards", 1.0, "free", right, only=among("full"))
    task = Task("9.1", "T", ("free",), (check,), lambda c, v: None, list, lambda w: [], (), ("a", "b", "c"))
    cases = [
        Case("free", "another", (table([0]),), "district", 1),
        Case("free", "a full ward", (table([1, 1]),), "district", 0, situation="full"),
    ]
    assert _worst(task, check, cases, [Reply(7), Reply(7)]) is cases[1]
    assert _worst(task, check, cases, [Reply(7), Reply(0)]) is None


COUNTS_TWOS = RIGHT["solve_9_1"].replace("['used'] == 0", "['used'].isin([0, 2])")
ONLY_TWOS = {**RIGHT, "solve_9_1": COUNTS_TWOS}


def test_a_wrong_answer_on_its_smallest_input(course):
    submit(course, "ada", ONLY_TWOS)
    grade(course.folder, LAB, ["ada"])
    found = explain(course.folder, "ada", "9.1")
    assert found.path.parent.parent.parent == course.store
    assert "ada, 9.1 Free beds: 2 of 4 points" in found.text
    assert "This run gives the points that were given before." in found.text
    assert (
        "1 of 39 rows of `table`" in found.text and "without any one of them the fault is gone" in found.text
    )
    assert found.text.count("| bed | used |") == 1 and "| 2 |" in found.text
    assert "the reference says `0`, the student `1`" in found.text
    assert "9.1.busiest" not in found.text and "hidden district" in found.text


def test_an_answer_that_stops(course):
    text = RIGHT["solve_9_1"].replace("return int(table['used'].max())", "return int(table['use'].max())")
    submit(course, "ada", {**RIGHT, "solve_9_1": text})
    found = explain(course.folder, "ada", "9.1")
    assert "It was not graded before" in found.text
    assert "It stops: `KeyError: 'use'" in found.text and "1 of 39 rows" in found.text


def test_an_answer_of_the_wrong_form_and_one_that_dies(course):
    text = RIGHT["solve_9_1"].replace("return int((table['used'] == 0).sum())", "return 'many'")
    submit(
        course,
        "ada",
        {**RIGHT, "solve_9_1": text, "solve_9_2": "def shout(text):\n    __import__('os')._exit(1)"},
    )
    found = explain(course.folder, "ada", "9.1")
    assert "The form is wrong: free() must return a whole number, not str." in found.text
    found = explain(course.folder, "ada", "9.2")
    assert "The program ends" in found.text and "`text` = `'zoë'`" in found.text
    assert "looks only at how often the question was handed in" in found.text


def test_nothing_to_explain(course):
    submit(course, "ada", {"solve_9_1": RIGHT["solve_9_1"]})
    assert "Every check is right" in explain(course.folder, "ada", "9.1").text
    with pytest.raises(HilabError, match="did not answer"):
        explain(course.folder, "ada", "9.2")
    with pytest.raises(HilabError, match="no task"):
        explain(course.folder, "ada", "9.9")
    with pytest.raises(HilabError, match="nothing of ben to explain"):
        explain(course.folder, "ben", "9.1")
