"""The judge tells right from wrong: reference, wrong solutions, empty answers and cheap tricks."""

import copy

import pytest

from grading.judge import assess
from grading.values import same
from tests.course.answers import (
    LABS,
    TWICE,
    alternatives,
    call,
    define,
    judge,
    source_cells,
    stub_cells,
    tasks,
    wrong,
)

EVERY_TASK = [(lab, task) for lab in LABS for task in tasks(lab)]
NAMES = [f"{task.id}" for _, task in EVERY_TASK]
WRONG = [(lab, answer) for lab in LABS for answer in wrong(lab)]


def task_of(lab, number):
    return next(task for task in tasks(lab) if task.id == number)


@pytest.mark.parametrize(("lab", "task"), EVERY_TASK, ids=NAMES)
def test_reference_is_right_fast_and_gentle(lab, task, all_cases):
    cases = all_cases[lab, task.id]
    names = define(lab, source_cells(lab)[task.cell])
    before = copy.deepcopy([case.args for case in cases])
    replies = [call(names, case) for case in cases]
    result = assess(task, cases, replies, TWICE)
    assert result.got == task.points and not result.codes and not result.problem
    # The aim is half a second on an idle machine; three times as much tells slow answers from busy machines.
    assert max(reply.seconds for reply in replies) < 1.5
    direct = [names[case.function](*case.args) for case in cases]
    assert len(direct) == len(cases)
    for case, old in zip(cases, before, strict=True):
        for now, then in zip(case.args, old, strict=True):
            assert same(now, then)


@pytest.mark.parametrize(("lab", "answer"), WRONG, ids=[f"{a.task} {a.name}" for _, a in WRONG])
def test_wrong_solution_is_recognised(lab, answer, all_cases):
    task = task_of(lab, answer.task)
    result = judge(lab, task, all_cases[lab, task.id], answer.cell(source_cells(lab)[task.cell]))
    low, high = answer.band
    assert result.codes[:1] == (answer.code,)
    assert low <= result.got / result.points <= high < 1


@pytest.mark.parametrize("lab", LABS)
def test_alternative_solutions_are_right(lab, all_cases):
    for answer in alternatives(lab):
        task = task_of(lab, answer.task)
        result = judge(lab, task, all_cases[lab, task.id], answer.source)
        assert result.got == task.points and not result.codes, answer.name


@pytest.mark.parametrize(("lab", "task"), EVERY_TASK, ids=NAMES)
def test_stub_earns_nothing_for_its_functions(lab, task, all_cases):
    result = judge(lab, task, all_cases[lab, task.id], stub_cells(lab)[task.cell])
    by_function = [check for check in result.checks if check.id != "0.6.twice"]
    assert sum(check.got for check in by_function) == 0 and not result.codes


EMPTY = ("None", "{}", "[]", "''", "0", "pd.DataFrame()", "float('nan')")


@pytest.mark.parametrize("value", EMPTY)
@pytest.mark.parametrize(("lab", "task"), EVERY_TASK, ids=NAMES)
def test_empty_answers_earn_at_most_a_lucky_zero(lab, task, value, all_cases):
    cell = "import pandas as pd\n" + "\n".join(f"def {f}(*a): return {value}" for f in task.functions)
    result = judge(lab, task, all_cases[lab, task.id], cell)
    by_function = [check for check in result.checks if check.id != "0.6.twice"]
    assert sum(check.got for check in by_function) <= 0.1 * task.points


CHEAP = {
    "1.2": "def blank_reason(t, form):\n    names = [field['field'] for field in form['fields']]\n"
    "    return t[['form_id']].assign(**dict.fromkeys(names, 'not-applicable'))\n"
    "def repair(*a): return {'share': 0.7, 'decision': 'leave', 'reason': 'closed'}",
    "1.3": "def copies(t): return t[['row_id']].assign(label='current')\n"
    "def screen_errors(t): return {'wrong': 0, 'cause': 'none'}",
    "1.4": "def duplicates(t): return {'auto_merge': [], 'review': []}\n"
    "def merge_risk(*a): return {'expected': 1.0, 'decision': 'review', 'reason': 'too-many-seen'}",
    "1.6": "def fitness(p, e, r, u): return {'denominator': len(p), 'numerator': len(p), "
    "'fields': {n['field']: len(p) for n in u['required']}}\n"
    "def verdict(*a): return {'share': 0.5, 'use': False, 'reason': 'weak-field'}",
    "1.7": "def blank_bias(c, d):\n    names = ('tested', 'missing_as_negative', 'mar', 'low', 'high')\n"
    "    part = dict.fromkeys(names, 0.1) | {'curve': [0.1] * len(d)}\n"
    "    return {'hba1c_high': part, 'diabetes': part}\n"
    "def decide(*a): return {'answer': 'cannot-tell', 'reason': 'crosses'}",
}


@pytest.mark.parametrize("number", CHEAP)
def test_constant_answers_of_the_right_form_earn_little(number, all_cases):
    lab = "l1_collection"
    task = task_of(lab, number)
    result = judge(lab, task, all_cases[lab, number], CHEAP[number])
    assert not result.problem and result.got <= 0.2 * task.points  # a constant may hit one share by luck


@pytest.mark.parametrize(("lab", "task"), EVERY_TASK, ids=NAMES)
def test_without_truth_the_form_can_still_be_checked(lab, task, world):
    shipped = type(world)(world.tables, world.files, world.manifest, None)
    names = define(lab, source_cells(lab)[task.cell])
    cases = task.district(shipped)
    assert cases or task.id == "0.6"
    for case in cases:
        reply = call(names, case)
        assert not reply.problem and task.contract(case, reply.value) is None
        assert task.id.startswith("0") or case.expected is None


@pytest.mark.parametrize(("lab", "task"), EVERY_TASK, ids=NAMES)
def test_every_check_is_looked_at_and_every_kind_is_used(lab, task, all_cases):
    cases = all_cases[lab, task.id]
    looked = {(case.function, case.kind) for case in cases}
    for check in task.checks:
        assert check.history or any((check.function, kind) in looked for kind in check.kinds)
        assert check.expected and check.points > 0
    assert {name for name, _ in looked} == set(task.functions)
