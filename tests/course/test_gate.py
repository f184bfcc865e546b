"""Task 3.8 asks what the district's truth says; what must not matter changes nothing; its choice is fair."""

from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from grading.choosing import rules_of
from grading.tasks import lab_folder, load_module
from sim import exchange_client
from sim.errors import HilabError
from sim.systems.disclosures import KINDS, policies
from sim.world import World, make_world
from tests.course.answers import call, define, source_cells

LAB = "l3_sharing"
GATE = load_module(lab_folder(LAB) / "checks" / "gate.py", "gate_under_test")
FIRST = GATE.fixtures()[0].args[3]["rules"][0]
DISTRICTS = (("t0", "us"), ("t1", "cn"))


@cache
def made(seed, country) -> tuple[World, list]:
    world = make_world(seed, size="demo", country=country, systems=["his", "governance"])
    return world, GATE.district(world)


@pytest.fixture(params=DISTRICTS, ids="-".join)
def world(request) -> World:
    return made(*request.param)[0]


@pytest.fixture
def cases(request, world) -> list:
    return made(*request.node.callspec.params["world"])[1]


def requests(cases):
    return [case for case in cases if case.function == "release" and case.kind == "district"]


def asked(case) -> str:
    return case.args[0]["request_id"]


def of_situation(cases, situation):
    return [case for case in cases if case.situation == situation]


def test_what_is_expected_is_what_the_truth_says(world, cases):
    told = world.truth.facts["request_decision"].set_index("request_id")
    assert len(requests(cases)) == 3 * len(KINDS) == len(told)
    for case in requests(cases):
        release, reason, minimum = told.loc[asked(case), ["release", "reason", "minimum"]]
        assert case.expected["reasons"] == [reason] + ["minimum"] * bool(release and minimum), asked(case)
        assert bool(case.expected["rows"]) == release, asked(case)


def test_only_rows_of_the_patient_are_given_and_something_is_left_out_where_the_rule_says_so(cases):
    for case in requests(cases):
        request, records = case.args[0], case.args[1].set_index("row_id")
        mine = records[(records["mrn"] == request["mrn"]) & (records["data"] == request["data"])]
        assert set(case.expected["rows"]) <= set(mine.index) and len(mine) < len(records)
        if case.expected["rows"] and request["data"] != "psychotherapy_notes":
            whole = set(case.expected["rows"]) == set(mine.index)
            assert whole == ("minimum" not in case.expected["reasons"])


def test_a_consent_to_something_else_and_other_ids_change_nothing(cases):
    before = {asked(case): case.expected for case in requests(cases)}
    changed = of_situation(cases, "other consents")
    assert len(changed) > 40
    for case in changed:
        assert case.expected == before[asked(case)]
        bases = case.args[2]
        assert (bases["mrn"] == case.args[0]["mrn"]).sum() >= 3


def test_nobody_answers_twice_about_one_thing_on_one_day(world, cases):
    about = ["mrn", "purpose", "recipient", "given_on"]
    asked_for = [case.args[2] for case in [*GATE.fixtures(), *cases] if case.function == "release"]
    assert any(bases.duplicated(about[:3]).any() for bases in asked_for)
    for bases in [world.tables["consents"], *asked_for]:
        assert not bases.duplicated(about).any()


@pytest.mark.parametrize("answer", [None, "deny", "permit"])
@pytest.mark.parametrize("revoked_on", [None, "2024-03-01"])
def test_notes_are_the_reason_where_the_rule_asks_for_a_consent_too_and_one_consent_serves_both(
    answer, revoked_on
):
    case = next(one for one in GATE.fixtures() if one.name == "the same under another law")
    request, records, _, rules = case.args
    request = request | {"data": GATE.NOTES}
    form = [request["mrn"], "treatment", "second_hospital", answer, "2024-02-01", revoked_on]
    told = pd.DataFrame([form] if answer else [], columns=GATE.BASES).astype("str")
    given = answer == "permit" and not revoked_on
    wanted = ["allowed", "minimum"] if given else ["notes"]
    asked_again = replace(case, args=(request, records, told, rules))
    assert GATE._answer(*asked_again.args)["reasons"] == wanted
    assert call(define(LAB, source_cells(LAB)["solve_3_8"]), asked_again).value["reasons"] == wanted


def test_other_rules_are_asked_only_where_they_matter_and_leave_some_bases_without_one(cases):
    before = {asked(case): case.expected for case in requests(cases)}
    other = of_situation(cases, "other rules")
    assert all(case.expected != before[asked(case)] for case in other)
    assert {"no_rule", "allowed"} <= {case.expected["reasons"][0] for case in other}


@pytest.mark.parametrize(
    "situation", ["care", "duty", "consent", "revoked", "notes", "other consents", "other rules"]
)
def test_no_check_is_won_by_one_answer_to_everything(cases, situation):
    reasons = [tuple(case.expected["reasons"]) for case in of_situation(cases, situation)]
    assert max(reasons.count(one) for one in reasons) <= 0.7 * len(reasons)


def test_every_letter_needs_all_its_words(cases):
    letters = [case for case in cases if case.function == "answer_letter"]
    assert len(letters) == 8
    for case in letters:
        words = list(case.expected.values())
        assert len(set(words)) >= 3 and max(map(words.count, words)) <= 0.75 * len(words)
    assert {word for case in letters for word in case.expected.values()} == set(GATE.WORDS)


def test_the_answers_in_the_lab_are_those_of_the_truth(cases):
    names = define(LAB, source_cells(LAB)["solve_3_8"])
    for case in requests(cases):
        answer = call(names, case).value
        assert sorted(answer["rows"]) == case.expected["rows"]
        assert answer["reasons"] == case.expected["reasons"]


def test_the_running_exchange_gives_what_a_right_token_asks_for_and_nothing_more(world, cases):
    names = define(LAB, source_cells(LAB)["solve_3_8"])
    plain = [case for case in cases if case.function == "order_token" and case.args[1]["rules"][0] == FIRST]
    tried = {True: 0, False: 0}
    with world.serve() as exchange:
        held = set(exchange.exchange.store.kinds)
        for case in [*GATE.fixtures(), *plain]:
            if case.function != "order_token" or case.expected is None:
                continue
            order, token = case.args[0], call(names, case).value
            assert token["basis"] == case.expected["basis"]
            client = exchange_client(order["recipient"], jurisdiction=order["jurisdiction"], **token)
            for kind in sorted(held & {"Patient", "Encounter", "Condition", "Observation"}):
                asked = kind in order["wants"] and f"system/{kind}." in token["scope"]
                tried[asked] += 1
                try:
                    client.export(kind) if order["does"] == "export" else client.count(kind)
                except HilabError as refused:
                    assert not asked or (order["does"] == "read" and "needs system" in str(refused)), refused
                else:
                    assert asked and order["does"] != "read"
    assert min(tried.values()) > 5


def test_the_third_rule_of_the_choice_is_right_on_every_kind_of_request_and_each_other_is_wrong_on_some():
    right_on = rules_of(LAB).right_on
    days = [(None, None), ("2024-02-01", None), ("2024-02-01", "2024-06-20"), ("2024-02-01", "2024-06-21")]
    told = [
        right_on({"requests": [{
            "law": rule["jurisdiction"], "basis": rule["basis"], "purpose": purpose,
            "asked_on": "2024-06-20", "agreed_on": agreed, "revoked_on": revoked,
        }]})
        for rule in policies()["rules"]
        for purpose in ("treatment", "research", "payment")
        for agreed, revoked in days
    ]  # fmt: skip
    assert all(one["C"] for one in told)
    assert not all(one["A"] for one in told) and not all(one["B"] for one in told)
