"""What task 3.7 teaches holds in the districts: which way sums err, and that the range holds the truth."""

import copy

import pytest

from sim.world import World
from tests.course.answers import cases_of, define, source_cells, tasks

LAB = "l3_sharing"
TASK = next(task for task in tasks(LAB) if task.id == "3.7")
PREFIX = {"H1": "", "H2": "h2_", "H3": "h3_"}
CHECKED = 400


@pytest.fixture
def functions():
    return define(LAB, source_cells(LAB)[TASK.cell])


@pytest.fixture
def cases(world):
    found = {
        (case.function, case.kind): case for case in cases_of(LAB, TASK, world) if case.kind != "fixture"
    }
    return {function: found[function, "district"] for function, _ in found}


def true_person(world: World, table):
    """Returns whose each registration of a table is."""
    records = world.truth.person_of_record
    own = {(t, r): p for t, r, p in zip(records["table"], records["record"], records["person"], strict=True)}
    rows = zip(table["facility"], table["number"], strict=True)
    return [f"person {own[f'{PREFIX[hospital]}his_patients', number]}" for hospital, number in rows]


def sample(world: World, stays) -> dict[str, int]:
    """Returns what clerks would tell of pairs of registrations of one person: how many tokens agree."""
    once = stays.drop_duplicates(["facility", "number"])
    once = once.assign(true=true_person(world, once))
    pairs = once.merge(once, on="true")
    pairs = pairs[pairs["facility_x"] < pairs["facility_y"]].head(CHECKED)
    assert len(pairs) >= 100
    return {"checked": len(pairs), "same": int((pairs["token_x"] == pairs["token_y"]).sum())}


def test_sums_have_too_many_people_and_too_few_returns(world, cases):
    people, stays = cases["count_people"].expected, cases["readmissions"].expected
    listed = cases["count_people"].args[0]
    assert people["added"] > people["tokens"] > people["linked"] > len(set(true_person(world, listed)))
    assert stays["added"]["rate"] < stays["tokens"]["rate"] < stays["linked"]["rate"]


def test_the_range_holds_the_truth(world, cases, functions):
    listed, stays = cases["count_people"].args[0], cases["readmissions"].args[0]
    people, returns = cases["count_people"].expected, cases["readmissions"].expected
    told = functions["readmissions"](stays.assign(person=true_person(world, stays)))["linked"]["returns"]
    seen = sample(world, stays)
    judged = [
        functions["judge_claim"](
            people["added"], people["tokens"], seen, len(set(true_person(world, listed)))
        ),
        functions["judge_claim"](returns["added"]["returns"], returns["tokens"]["returns"], seen, told),
    ]
    assert [one["claim"] for one in judged] == ["possible", "possible"]


def test_stays_of_one_person_do_not_overlap(cases):
    stays = cases["readmissions"].args[0].sort_values(["person", "admitted_at"])
    before = stays.groupby("person")["discharged_at"].shift()
    assert before.notna().sum() > 200 and not (stays["admitted_at"] < before).any()


def test_a_small_cell_that_is_told_costs_all_cells(cases):
    case = cases["count_people"]
    check = next(check for check in TASK.checks if check.id == "3.7.cells")
    told = copy.deepcopy(case.expected)
    assert check.score(case, told) == 1
    small = next(name for name, number in told["cells"].items() if number is None)
    told["cells"][small] = case.args[1] - 1
    assert check.score(case, told) == 0
