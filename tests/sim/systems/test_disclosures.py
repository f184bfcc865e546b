"""Consents hold until they are revoked, and requests are decided by the policies and nothing else."""

import pytest
import yaml

from sim.district import District
from sim.systems.disclosures import JURISDICTIONS, KINDS, NOTES, consent_state, decide, policies


@pytest.fixture(scope="module", params=["us", "cn"])
def district(request, made_up, made_up_cn):
    records = made_up if request.param == "us" else made_up_cn
    return District(*records, {}, 700, request.param)


@pytest.fixture(scope="module")
def decided(district):
    told = district.truth(["his", "governance"]).facts["request_decision"]
    return district.table("disclosure_requests").merge(told, on="request_id")


def request_of(**changes):
    usual = {"jurisdiction": "HIPAA", "basis": "treatment", "purpose": "treatment", "data": "record"}
    return usual | {"emergency": False} | changes


def test_consents_are_signed_before_they_are_revoked_and_refusals_never_are(district):
    forms = district.table("consents")
    revoked = forms.dropna(subset=["revoked_on"])
    assert len(revoked) > 20 and (revoked["given_on"] < revoked["revoked_on"]).all()
    assert (revoked["decided"] == "permit").all() and (forms["decided"] == "deny").sum() > 20
    assert (
        forms["given_on"].is_monotonic_increasing
        and forms["mrn"].isin(district.table("his_patients")["mrn"]).all()
    )
    assert forms["revoked_on"].dropna().max() <= "2025-12-31"


def test_every_kind_is_asked_under_every_law_and_none_is_told_by_its_number(decided):
    assert len(decided) == len(KINDS) * len(JURISDICTIONS)
    assert set(decided["jurisdiction"]) == set(JURISDICTIONS)
    first = decided.head(len(decided) // 2)
    assert 0.2 < first["release"].mean() < 0.9 and first["basis"].nunique() == 5


@pytest.mark.parametrize(
    ("changes", "state", "wanted"),
    [
        ({}, "none", (True, "allowed", False)),
        ({}, "refused", (True, "allowed", False)),
        ({"jurisdiction": "GDPR"}, "none", (True, "allowed", True)),
        ({"jurisdiction": "PIPL"}, "none", (False, "none", False)),
        ({"jurisdiction": "PIPL", "emergency": True}, "none", (True, "emergency", True)),
        ({"purpose": "research"}, "holds", (False, "wrong_purpose", False)),
        ({"data": NOTES}, "none", (False, "notes", False)),
        ({"data": NOTES}, "holds", (True, "allowed", False)),
        ({"data": NOTES, "emergency": True}, "none", (True, "emergency", False)),
        (
            {"basis": "required_by_law", "purpose": "court_order", "data": NOTES},
            "none",
            (True, "allowed", True),
        ),
        ({"basis": "consent", "purpose": "research"}, "revoked", (False, "revoked", False)),
        ({"basis": "consent", "purpose": "research", "emergency": True}, "none", (False, "none", False)),
        ({"jurisdiction": "none of these"}, "holds", (False, "no_rule", False)),
    ],
)
def test_policies_decide_as_they_say(changes, state, wanted):
    assert decide(request_of(**changes), state, policies()) == wanted


def test_the_latest_answer_counts_and_a_revocation_undoes_nothing_before_it():
    old = {"decided": "permit", "given_on": "2024-01-01", "revoked_on": "2024-06-01"}
    new = {"decided": "deny", "given_on": "2025-01-01", "revoked_on": None}
    days = ("2023-12-31", "2024-01-01", "2024-05-31", "2024-06-01", "2025-01-01")
    assert [consent_state([new, old], day) for day in days] == [
        "none",
        "holds",
        "holds",
        "revoked",
        "refused",
    ]


def test_requests_on_revoked_consents_fall_before_and_after_the_revocation(district, decided):
    forms = district.table("consents")
    asked = decided[(decided["basis"] == "consent") & (decided["purpose"] == "research")]
    both = asked.merge(
        forms[["mrn", "purpose", "recipient", "revoked_on"]].dropna(), on=["mrn", "purpose", "recipient"]
    )
    late = both["asked_on"] >= both["revoked_on"]
    assert late.sum() >= 3 and (both.loc[late, "reason"] == "revoked").all()
    assert (~late).sum() >= 3 and both.loc[~late, "release"].all()


def test_the_policies_are_shipped_as_they_decide_and_say_where_they_are_from(district):
    shipped = yaml.safe_load(district.files(["governance"])["policies.yaml"])
    assert shipped == policies()
    assert {rule["status"] for rule in shipped["rules"]} <= {"checked", "recalled"}
    assert all(rule["after"] for rule in shipped["rules"])
    cells = [(rule["jurisdiction"], rule["basis"]) for rule in shipped["rules"]]
    assert len(cells) == len(set(cells)) == 15
