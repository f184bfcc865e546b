"""Cedar decides every question as the rules say, and as task 3.8 has it."""

from itertools import product

import pytest

from sim.exchange.facade.consent import Consents
from sim.exchange.facade.policies import REASONS, Decision, Policies, Question, cedar
from sim.systems.disclosures import NOTES, decide, policies


@pytest.fixture(scope="module")
def rules():
    return Policies(policies())


@pytest.mark.parametrize("law", ["HIPAA", "GDPR", "PIPL", "none such"])
def test_every_question_is_decided_as_the_rules_say(rules, law):
    wrong, reasons = [], set()
    for basis, purpose, data, emergency, state in product(
        [*rules.bases, "fame"],
        [*rules.purposes, "gossip"],
        ["record", "claims", NOTES],
        [True, False],
        ["holds", "none", "refused", "revoked"],
    ):
        request = {"jurisdiction": law, "basis": basis, "purpose": purpose}
        wanted = decide(request | {"data": data, "emergency": emergency}, state, policies())
        found = rules.decide(Question(law, basis, purpose, data, emergency, state))
        reasons.add(found.reason)
        if found != Decision(*wanted):
            wrong.append((basis, purpose, data, emergency, state))
    assert not wrong
    assert reasons <= set(REASONS) and (law == "none such") == (reasons == {"no_rule"})


@pytest.mark.parametrize("district", ["held", "held_cn"])
def test_all_requests_of_a_district_are_decided_as_its_truth_says(rules, district, request):
    tables, _, truth = request.getfixturevalue(district)
    told = truth.facts["request_decision"].set_index("request_id")
    book = Consents(tables["consents"].to_dict("records"))
    for row in tables["disclosure_requests"].to_dict("records"):
        state = book.state(row["mrn"], row["purpose"], row["recipient"], row["asked_on"])
        question = Question(
            row["jurisdiction"], row["basis"], row["purpose"], row["data"], bool(row["emergency"]), state
        )
        wanted = told.loc[row["request_id"]]
        assert rules.decide(question) == Decision(
            bool(wanted["release"]), wanted["reason"], bool(wanted["minimum"])
        )
    assert len(told) > 80 and 0.2 < told["release"].astype(bool).mean() < 0.9


def test_a_rule_that_changes_changes_the_decision():
    content = policies()
    (first, *others) = content["rules"]
    loose = Policies(content | {"rules": [first | {"purposes": ["treatment", "gossip"]}, *others]})
    asked = Question("HIPAA", "treatment", "gossip")
    assert loose.decide(asked).release and not Policies(content).decide(asked).release


def test_the_policies_are_cedar_that_cedar_reads_and_have_a_name_each():
    import cedarpy

    text = cedar(policies())
    assert cedarpy.format_policies(text)
    names = [line for line in text.splitlines() if line.startswith("@id")]
    assert len(names) == len(set(names)) > 40


def test_what_was_revoked_is_revoked_from_that_day_on_and_only_for_that_recipient():
    form = {"consent_id": "CN1", "mrn": "H1", "purpose": "research", "decided": "permit"}
    dates = {"given_on": "2024-03-01", "revoked_on": None}
    book = Consents([form | dates | {"recipient": each} for each in ("university", "drug_company")])
    assert book.revoke("H1", "research", "university", "2024-06-01") == 1 and book.version == 1
    assert book.revoke("H1", "research", "university", "2024-07-01") == 0 and book.version == 1
    days = ("2024-05-31", "2024-06-01")
    assert [book.state("H1", "research", "university", day) for day in days] == ["holds", "revoked"]
    assert book.states("research", "drug_company", days[1]) == {"H1": "holds"}
