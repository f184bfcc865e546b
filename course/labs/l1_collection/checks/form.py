"""Task 1.8 (optional): controls for the registration desk within a budget of seconds."""

from collections.abc import Mapping
from typing import Any

from grading.compare import close, is_number, is_whole, ramp
from grading.tasks import Case, Check, Symptom, Task
from sim.errors import HilabError
from sim.policy.plans import EVENTS, Plan, judge, plans
from sim.world import World

BUDGETS = (121, 126, 132, 139)
"""Seconds for one registration."""

LOADS = (6, 12, 16)
"""Registrations for one clerk in an hour."""

OTHER_LOADS = (6, 16)
"""Those of them that the example does not tell."""


# ---- Cases -------------------------------------------------------------------------------------------


def fixtures() -> list[Case]:
    """Gives one budget on an ordinary morning, and what all fields mandatory do on it."""
    return [_plan("an ordinary morning", 141, 12, "fixture"), _effect("an ordinary morning", 12, "fixture")]


def district(world: World) -> list[Case]:
    """Gives budgets on quiet and busy mornings, shifted by the district's size."""
    shift = len(world.tables["his_patients"]) % 5
    chosen = [(budget + shift, load) for budget in BUDGETS for load in LOADS]
    return [
        *(_plan(f"{seconds} seconds, {load} an hour", seconds, load, "district") for seconds, load in chosen),
        *(_effect(f"{load} an hour", load, "district") for load in (*OTHER_LOADS, 9.5 + shift)),
    ]


def _plan(name: str, seconds: float, load: float, kind: Any) -> Case:
    return Case("desk_plan", name, (float(seconds), float(load)), kind)


def _effect(name: str, load: float, kind: Any) -> Case:
    return Case("all_mandatory", name, (float(load),), kind)


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "all_mandatory":
        right = isinstance(value, dict) and all(
            is_number(value.get(n)) for n in ("blanks", "junk", "wrong_patients")
        )
        right = right and isinstance(value.get("helps"), bool)
        return (
            None
            if right
            else (
                'all_mandatory() must return {"blanks": …, "junk": …, "wrong_patients": …, "helps": a bool}.'
            )
        )
    if not isinstance(value, dict) or not _made(value):
        return (
            'desk_plan() must return {"identifiers": 0 to 3, "others": 0 to 7, "barcode": True or False, '
            '"threshold": 0.5 to 1}.'
        )
    return None


def _made(value: Mapping[str, Any]) -> Plan | None:
    """Returns the plan that an answer names, or None if there is no such plan."""
    numbers = is_whole(value.get("identifiers")) and is_whole(value.get("others"))
    if not numbers or not isinstance(value.get("barcode"), bool) or not is_number(value.get("threshold")):
        return None
    try:
        plan = Plan(value["identifiers"], value["others"], value["barcode"], float(value["threshold"]))
        plan.controls(12.0)
    except HilabError:
        return None
    return plan


# ---- Scores ------------------------------------------------------------------------------------------


def burden(found: Mapping[str, float]) -> float:
    """Returns the weighted number of events for patients, as the task's text weighs them."""
    return sum(weight * found[axis] for axis, weight in EVENTS.items())


def _spares(case: Case, value: Any) -> float:
    """Scores the burden beside the least one within the budget; a plan over the budget earns nothing."""
    seconds, load = case.args
    plan = _made(value)
    assert plan is not None
    mine = judge(plan, load)
    if mine["seconds"] > seconds + 1e-9:
        return 0.0
    every = [judge(other, load) for other in plans()]
    within = [burden(found) for found in every if found["seconds"] <= seconds]
    return ramp(burden(mine), burden(judge(Plan(), load)), 1.02 * min(within))


def _told(case: Case, value: Any) -> float:
    none, every = (judge(plan, case.args[0]) for plan in (Plan(), Plan(3, 7)))
    right = [
        close(value[axis], every[axis] - none[axis], 0.05) for axis in ("blanks", "junk", "wrong_patients")
    ]
    right.append(value["helps"] == (every["wrong_patients"] < none["wrong_patients"]))
    return sum(right) / len(right)


# ---- Misconceptions ----------------------------------------------------------------------------------


def _everything(case: Case, value: Any) -> bool:
    return bool(value["others"] == 7)


def _over_budget(case: Case, value: Any) -> bool:
    plan = _made(value)
    return plan is not None and judge(plan, case.args[1])["seconds"] > case.args[0] + 1e-9


FORM = Task(
    id="1.8",
    title="Fix the form",
    functions=("desk_plan", "all_mandatory"),
    checks=(
        Check(
            "1.8.example",
            "A plan for an ordinary morning",
            0.5,
            "desk_plan",
            _spares,
            ("fixture",),
            expected="A plan within the budget, with at most 2 % more weighted events than the best one.",
        ),
        Check(
            "1.8.plan",
            "Plans for other mornings",
            2.5,
            "desk_plan",
            _spares,
            expected="A plan within the budget, with at most 2 % more weighted events than the best one.",
        ),
        Check(
            "1.8.mandatory_example",
            "All fields mandatory, on an ordinary morning",
            0.25,
            "all_mandatory",
            _told,
            ("fixture",),
            expected="The three differences, and whether wrong charts become fewer.",
        ),
        Check(
            "1.8.mandatory",
            "All fields mandatory, on other mornings",
            0.75,
            "all_mandatory",
            _told,
            expected="The three differences, and whether wrong charts become fewer.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(Symptom("MC24", "desk_plan", _everything), Symptom("MC174", "desk_plan", _over_budget)),
    hints=(
        "Start from the empty plan, change one control at a time. Which change spares most for each second?",
        "There are few enough plans to try them all. Leave out those above the budget first.",
        "Go through all numbers of fields, barcode or not, and thresholds from 0.5 to 1. Judge each plan and "
        "keep the one within the budget whose weighted events are fewest.",
    ),
    optional=True,
)
