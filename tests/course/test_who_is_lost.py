"""What task 3.6 asks for is there: the planted gaps show, and correcting by them comes near the truth."""

import pytest

from sim.world import make_world
from tests.course.answers import cases_of, judge, source_cells, tasks

LAB = "l3_sharing"
TASK = next(task for task in tasks(LAB) if task.id == "3.6")

PLANTED = {
    "surname and birth date": {("name", "changed"), ("origin", "elsewhere")},
    "four facts of six": {("origin", "elsewhere")},
}


@pytest.fixture(scope="module", params=["us", "cn"])
def cases(request):
    return cases_of(LAB, TASK, make_world("t0", country=request.param, systems=["his", "lis"]))


def of(cases, function, situation):
    (found,) = (case for case in cases if (case.function, case.situation) == (function, situation))
    return found


@pytest.mark.parametrize("rule", PLANTED)
def test_the_planted_gaps_show_and_no_other(cases, rule):
    case = of(cases, "who_is_lost", f"{rule}, all")
    assert {(by, group) for by, group in case.expected["lost"]} == PLANTED[rule]
    least = case.args[0].set_index("by")["pairs"].drop("payer")
    assert (least >= case.args[1]).all()


@pytest.mark.parametrize("rule", PLANTED)
def test_the_gap_of_newcomers_is_made_by_missing_links(cases, rule):
    told = of(cases, "corrected", f"{rule}, origin elsewhere").expected
    before, after = (abs(told[name][0] - told[name][1]) for name in ("observed", "corrected"))
    assert told["cause"] == "links" and after < before / 2


ALARMS = {
    "everybody": ("return {'lost': every, 'unclear': every}", {"lost": 0, "calm": 0, "unclear": 0}),
    "nobody": ("return {'lost': [], 'unclear': []}", {"lost": 0, "calm": 0, "unclear": 0}),
    "one too many": (
        "told = right(table, least, gap)\n"
        "    spared = [one for one in every if one not in told['lost']]\n"
        "    return {**told, 'lost': [*told['lost'], spared[0]]}",
        {"calm": 0, "unclear": 0.75},
    ),
}


@pytest.mark.parametrize("alarm", ALARMS)
def test_false_alarms_earn_nothing(cases, alarm):
    body, wanted = ALARMS[alarm]
    cell = (
        f"{source_cells(LAB)[TASK.cell]}\n\nright = who_is_lost\n\ndef who_is_lost(table, least, gap):\n"
        f"    every = table[['by', 'group']].to_numpy().tolist()\n    {body}\n"
    )
    result = judge(LAB, TASK, cases, cell)
    assert {check.id: check.got for check in result.checks}.items() >= {
        (f"3.6.{name}", points) for name, points in wanted.items()
    }
