"""Plans for the desk: a budget makes one choose, and the reference is dominated by none."""

import pytest

from sim.errors import HilabError
from sim.policy.entry import assumed
from sim.policy.plans import AXES, Plan, dominates, judge, plans
from tests.desk_plans import reference_plan


@pytest.mark.parametrize("budget", [120, 130, 140, 160])
def test_no_plan_dominates_the_reference_which_keeps_the_budget(budget: float) -> None:
    best = judge(reference_plan(budget))
    assert best["seconds"] <= budget
    assert not any(dominates(judge(plan), best) for plan in plans())


def test_more_seconds_never_hurt_patients_and_first_buy_checked_identifiers() -> None:
    short, long = reference_plan(120), reference_plan(150)
    assert judge(long)["wrong_allergies"] < judge(short)["wrong_allergies"]
    assert long.identifiers > short.identifiers and long.others == 0
    assert reference_plan(150) == reference_plan(1000)


def test_all_fields_mandatory_is_worse_for_patients_than_none() -> None:
    everything, nothing = judge(Plan(3, 7)), judge(Plan())
    for axis in ("junk", "wrong_patients", "missed_recalls", "seconds"):
        assert everything[axis] > nothing[axis], axis
    checked = judge(Plan(3, 0))
    assert checked["wrong_patients"] < nothing["wrong_patients"] and checked["junk"] < everything["junk"] / 5


def test_haste_takes_the_use_from_identifiers() -> None:
    assert reference_plan(150, load=6).identifiers == 3
    assert reference_plan(150, load=16).identifiers == 0


def test_a_plan_does_not_dominate_itself() -> None:
    found = judge(Plan(1, 1))
    assert tuple(found) == AXES and not dominates(found, found)


def test_changed_assumptions_change_the_judgement() -> None:
    honest = assumed({"junk": 0.0})
    assert judge(Plan(0, 7), figures=honest)["junk"] == 0 < judge(Plan(0, 7))["junk"]


def test_bad_plans_are_refused() -> None:
    with pytest.raises(HilabError, match="'others' must be whole and lie between 0 and 7"):
        Plan(others=8)
    with pytest.raises(HilabError, match="threshold"):
        judge(Plan(threshold=0.2))
