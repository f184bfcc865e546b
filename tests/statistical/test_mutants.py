"""Breaks every reference solution in small ways; nearly all broken ones lose points, or there is a reason.

Run with `make test-full`; a run that was stopped goes on after the last whole task. It writes
`docs/mutants.md`.
"""

import pytest

from tests.statistical.broken import SURVIVED, Fate, fates, reasons, tried
from tests.statistical.mutants import mutants
from tests.statistical.survivors import page
from tests.statistical.tried import ROOT

pytestmark = pytest.mark.timeout(4 * 3600)  # the first test waits for all tasks
MOST = 0.05


@pytest.fixture(scope="module")
def found() -> list[Fate]:
    measured = fates()
    (ROOT / "docs" / "mutants.md").write_text(page(measured, reasons()), encoding="utf-8", newline="\n")
    return measured


def test_few_broken_solutions_survive_without_a_reason(found: list[Fate]) -> None:
    known = reasons()
    left = [fate for fate in found if fate.survived and not known.of(fate)]
    assert len(left) <= MOST * len(found), [(fate.task, fate.kind, fate.name) for fate in left]


def test_every_reason_is_about_a_survivor(found: list[Fate]) -> None:
    survivors = {(fate.task, fate.name) for fate in found if fate.survived}
    assert set(reasons().told) <= survivors
    assert set(reasons().open) <= {fate.function for fate in found if fate.survived}


def test_the_small_slips_are_made_and_noticed() -> None:
    from tests.course.answers import source_cells, tasks

    task = next(task for task in tasks("l2_standardization") if task.id == "2.8")
    made = mutants(source_cells("l2_standardization")[task.cell])
    kinds = {"off by one", "limit", "other operator", "wrong column", "dropped condition"}
    assert kinds <= {mutant.kind for mutant in made}
    quick = [mutant for mutant in made if mutant.function == "cost"]
    ends = {fate.end for fate in tried("l2_standardization", task, quick)}
    assert quick and SURVIVED not in ends
