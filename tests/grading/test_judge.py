import math

import pytest

from grading.judge import assess
from grading.tasks import Case, Check, History, Reply, Symptom, Task


def task(*checks, contract=lambda case, value: None, symptoms=()):
    return Task("1.1", "T", ("f", "g"), checks, contract, list, lambda w: [], symptoms, ("a", "b", "c"))


def same(case, value):
    return value == case.expected


CASES = [
    Case("f", "one", (1,), expected=1),
    Case("f", "two", (2,), "district", expected=2),
    Case("f", "three", (3,), "district", expected=3),
]
VISIBLE = Check("v", "visible", 1.0, "f", same, ("fixture",))
MEAN = Check("m", "mean", 2.0, "f", same)
WORST = Check("w", "worst", 2.0, "f", same, combine="worst")


def replies(*values):
    return [value if isinstance(value, Reply) else Reply(value) for value in values]


def test_mean_and_worst_over_hidden_cases():
    result = assess(task(VISIBLE, MEAN, WORST), CASES, replies(1, 2, 0))
    assert [check.got for check in result.checks] == [1.0, 1.0, 0.0]
    assert [check.status for check in result.checks] == ["right", "partly", "wrong"]
    assert result.got == 2.0 and result.points == 5.0


def test_a_breach_of_contract_scores_nothing_in_all_checks_of_the_function():
    form = lambda case, value: None if isinstance(value, int) else "f() must return a number."  # noqa: E731
    result = assess(task(VISIBLE, MEAN, contract=form), CASES, replies(1, 2, "x"))
    assert result.got == 0 and str(result.problem) == "f() must return a number."


def test_a_breach_of_one_function_leaves_another_alone():
    other = Check("g", "other", 3.0, "g", same, ("fixture",))
    cases = [*CASES, Case("g", "g", (), expected=7)]
    result = assess(
        task(VISIBLE, other), cases, replies(1, 2, Reply(None, "contract", "f() changed its argument."), 7)
    )
    assert result.got == 3.0


@pytest.mark.parametrize("problem", ["error", "timeout", "died"])
def test_a_failed_call_costs_its_case_only(problem):
    result = assess(task(VISIBLE, MEAN), CASES, replies(1, 2, Reply(None, problem, "KeyError: 'H0001'")))
    assert result.got == 2.0
    assert "H0001" not in str(result.checks[1].came_back)


def test_messages_of_hidden_cases_never_reach_the_student():
    named = Reply(None, "error", "SecretH0001: the hidden table holds H0001")
    result = assess(task(MEAN), CASES[1:], replies(named, named))
    assert "H0001" not in str(result.checks[0].came_back)


def raising(case, value):
    raise ZeroDivisionError


@pytest.mark.parametrize(
    "score", [raising, lambda c, v: math.nan, lambda c, v: "much", lambda c, v: None, lambda c, v: -5]
)
def test_a_score_that_misbehaves_counts_as_nothing(score):
    result = assess(task(Check("x", "x", 2.0, "f", score)), CASES[1:], replies(1, 2))
    assert result.got == 0


def test_a_score_above_one_is_capped():
    result = assess(task(Check("x", "x", 2.0, "f", lambda c, v: 9.0)), CASES[1:], replies(1, 2))
    assert result.got == 2.0


def test_symptoms_show_only_after_a_failure_and_in_order():
    symptoms = (
        Symptom("MC1", "f", raising),
        Symptom("MC2", "f", lambda case, value: value == 0),
        Symptom("MC3", "f", lambda case, value: True),
    )
    wrong = assess(task(MEAN, symptoms=symptoms), CASES[1:], replies(2, 0))
    right = assess(task(MEAN, symptoms=symptoms), CASES[1:], replies(2, 3))
    assert wrong.codes == ("MC2", "MC3") and wrong.hints == ("a", "b", "c")
    assert right.codes == () and right.hints == () and right.right


def test_history_gives_the_score():
    again = Check("h", "again", 1.0, "f", history=lambda past: float(past.attempts >= 2))
    assert assess(task(again), CASES, replies(1, 2, 3)).got == 0
    assert assess(task(again), CASES, replies(1, 2, 3), History(2)).got == 1.0


def test_checks_without_cases_are_not_looked_at():
    result = assess(task(VISIBLE, MEAN), CASES[:1], replies(1))
    assert [check.status for check in result.checks] == ["right", "not looked at"] and result.right
