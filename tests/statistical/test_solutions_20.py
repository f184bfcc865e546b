"""Over 20 districts: the reference and every alternative full, every wrong solution named and in its band.

Run with `make test-full`. Each district is built once; all answers are judged on it before the next.
"""

import pytest
from tqdm import tqdm

from sim.world import make_world
from tests.course.answers import (
    LABS,
    alternatives,
    cases_of,
    judge,
    source_cells,
    stub_cells,
    tasks,
    wrong,
)

DISTRICTS = [f"t{number}" for number in range(20)]
RECOGNISED = 0.95


def answers(lab, task) -> list[tuple[str, object, str]]:
    """Returns kind, answer and cell of everything that is tried on a task."""
    reference = source_cells(lab)[task.cell]
    return [
        ("reference", task, reference),
        ("stub", task, stub_cells(lab)[task.cell]),
        *(("wrong", a, a.cell(reference)) for a in wrong(lab) if a.task == task.id),
        *(("alternative", a, a.source) for a in alternatives(lab) if a.task == task.id),
    ]


@pytest.fixture(scope="module")
def results() -> list[tuple[str, str, object, object]]:
    """Returns district, kind of answer, the answer and its result, for all answers on all districts."""
    found = []
    for ident in tqdm(DISTRICTS, desc="districts"):
        world = make_world(ident)
        for lab in LABS:
            for task in tasks(lab):
                cases = cases_of(lab, task, world)
                found += [(ident, k, a, judge(lab, task, cases, cell)) for k, a, cell in answers(lab, task)]
    return found


@pytest.mark.parametrize("kind", ["reference", "alternative"])
def test_right_answers_are_full_everywhere(results, kind):
    failed = [
        (ident, result.task, [(check.id, check.got) for check in result.checks if check.status != "right"])
        for ident, found, _, result in results
        if found == kind and (result.got != result.points or result.codes)
    ]
    assert not failed


def test_stubs_earn_nothing_anywhere(results):
    earned = {
        (ident, check.id)
        for ident, kind, _, result in results
        if kind == "stub"
        for check in result.checks
        if check.got and check.id != "0.6.twice"
    }
    assert not earned


def test_wrong_answers_are_recognised_and_stay_in_their_band(results):
    for lab in LABS:
        for answer in wrong(lab):
            seen = [result for _, kind, found, result in results if kind == "wrong" and found == answer]
            named = [result.codes[:1] == (answer.code,) for result in seen]
            shares = [result.got / result.points for result in seen]
            inside = [answer.band[0] <= share <= answer.band[1] for share in shares]
            assert len(seen) == len(DISTRICTS)
            assert sum(named) >= RECOGNISED * len(named), (answer.task, answer.name, named)
            assert sum(inside) >= RECOGNISED * len(inside), (
                answer.task,
                answer.name,
                min(shares),
                max(shares),
            )
            print(f"{answer.task} {answer.code:11} {min(shares):.2f}-{max(shares):.2f}  {answer.name}")
