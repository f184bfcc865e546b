"""What task 3.6 asks for is there: the planted gaps show, and correcting by them comes near the truth."""

import pytest

from sim.world import make_world
from tests.course.answers import cases_of, tasks

PLANTED = {
    "surname and birth date": {("name", "changed"), ("origin", "elsewhere")},
    "four facts of six": {("origin", "elsewhere")},
}


@pytest.fixture(scope="module", params=["us", "cn"])
def cases(request):
    task = next(task for task in tasks("l3_sharing") if task.id == "3.6")
    made = cases_of("l3_sharing", task, make_world("t0", country=request.param, systems=["his", "lis"]))
    return {(case.function, case.name): case for case in made}


@pytest.mark.parametrize("rule", PLANTED)
def test_the_planted_gaps_show_and_no_other(cases, rule):
    case = cases["who_is_lost", f"{rule}, all"]
    assert {(by, group) for by, group in case.expected["lost"]} == PLANTED[rule]
    least = case.args[0].set_index("by")["pairs"].drop("payer")
    assert (least >= case.args[1]).all()


@pytest.mark.parametrize("rule", PLANTED)
def test_the_gap_of_newcomers_is_made_by_missing_links(cases, rule):
    told = cases["corrected", f"{rule}, origin elsewhere"].expected
    before, after = (abs(told[name][0] - told[name][1]) for name in ("observed", "corrected"))
    assert told["cause"] == "links" and after < before / 2
