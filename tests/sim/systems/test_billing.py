"""Claims say what was done and what it costs; changes to them can be undone by whoever reads references."""

import pandas as pd
import pytest

from sim.countries import country as find_country
from sim.district import District
from sim.records import PAYERS, Records
from sim.systems import billing
from sim.systems.catalogue import TABLES
from sim.systems.schema import publish

SYSTEM = ["billing"]
NONE = {"D23": 0.0, "D24": 0.0}


def made(cared_for, country="us", **rates):
    return District(*cared_for, rates, 700, country)


@pytest.fixture(scope="module")
def district(cared_for):
    return made(cared_for)


@pytest.fixture(scope="module")
def claims(district):
    return publish(district.table("claims"), TABLES["claims"])


def reconciled(claims: pd.DataFrame) -> "pd.Series[float]":
    """Works out the net amounts from the published columns alone, as task 1.9 asks."""
    gone = claims[claims["kind"] == "void"]
    voided = set(zip(gone["refers_to"], gone["line"], strict=True))
    replaced = set(claims.loc[claims["kind"] == "replacement", "refers_to"])
    there = set(zip(claims["claim_id"], claims["line"], strict=True))
    total = dict.fromkeys(claims["encounter_id"], 0.0)
    for row in claims.itertuples():
        about = (row.refers_to if row.kind == "adjustment" else row.claim_id, row.line)
        counts = row.kind != "void" and row.status == "accepted" and about in there
        if counts and about not in voided and about[0] not in replaced:
            total[row.encounter_id] += row.amount
    return pd.Series(total).round(2)


def test_claims_without_mistake_bill_the_amounts_of_the_clean_records(cared_for):
    clean = made(cared_for, **NONE)
    table = clean.table("claims")
    stays = clean.table("his_encounters").set_index("encounter_id")["_encounter"]
    costs = cared_for[0].tables["encounters"].set_index("Id")["TOTAL_CLAIM_COST"]
    billed = table.groupby("encounter_id")["amount"].sum()
    assert len(billed) > 500 and (table["kind"] == "original").all()
    assert (billed - costs[stays[billed.index]].to_numpy()).abs().max() < 0.01
    assert {"visit", "room", "procedure", "vaccine"} == set(table["_class"])


def test_references_alone_give_the_net_amounts(district, claims):
    truth = district.truth(SYSTEM).facts["claim_net"].query("facility == 'H1'")
    net = truth.set_index("encounter_id")["net"]
    found = reconciled(claims)
    assert set(found.index) == set(net.index)
    assert (found[net.index] - net).abs().max() < 0.011


def test_naive_sums_are_wrong(district, claims):
    net = district.truth(SYSTEM).facts["claim_net"].query("facility == 'H1'").set_index("encounter_id")["net"]
    every = claims.groupby("encounter_id")["amount"].sum()
    assert ((every - net).abs() > 0.01).sum() > 60
    changed = claims.loc[claims["kind"].isin(("void", "replacement")), ["claim_id", "refers_to"]]
    pruned = claims[~claims["claim_id"].isin({*changed["refers_to"], *changed["claim_id"]})]
    left = pruned.groupby("encounter_id")["amount"].sum()
    assert not set(net.index) <= set(left.index)


def test_changes_follow_what_they_change(claims):
    sent = claims.drop_duplicates("claim_id").set_index("claim_id")
    changes = claims[claims["refers_to"].isin(sent.index)]
    before = sent.loc[changes["refers_to"]]
    assert (changes["submitted_on"].to_numpy() > before["adjudicated_on"].to_numpy()).all()
    assert (changes["encounter_id"].to_numpy() == before["encounter_id"].to_numpy()).all()
    assert (changes["adjudicated_on"] <= "2025-12-31").all() and claims["line_id"].is_unique
    assert claims["submitted_on"].is_monotonic_increasing
    orphans = claims[claims["refers_to"].notna() & ~claims["refers_to"].isin(sent.index)]
    assert len(orphans) >= 5 and (orphans["amount"] < 0).all() and (orphans["kind"] == "adjustment").all()
    original = claims["kind"] == "original"
    assert claims.loc[original, "refers_to"].isna().all() and claims.loc[~original, "refers_to"].notna().all()


def test_the_ledger_names_every_added_line(district, claims):
    ledger = district.ledger("claims").query("defect == 'D23'")
    assert set(claims.loc[claims["kind"] != "original", "line_id"]) <= set(ledger["dirty"])
    assert ledger["dirty"].isin(claims["line_id"]).all()
    original = claims.set_index("line_id")["encounter_id"]
    known = ledger.dropna(subset=["clean"])
    assert (original[known["clean"]].to_numpy() == original[known["dirty"]].to_numpy()).all()


def test_what_a_payer_does_not_cover_is_never_claimed_of_it(cared_for, district):
    whole = made(cared_for, **NONE).table("claims")
    ledger = district.ledger("claims").query("defect == 'D24'")
    record = whole["encounter_id"] + "/" + whole["line"].astype(str)
    absent = whole[record.isin(ledger["record"])]
    assert len(absent) == len(ledger) >= 20
    kinds = set(zip(absent["payer"], absent["code"], strict=True))
    there = district.table("claims")
    assert not kinds & set(zip(there["payer"], there["code"], strict=True))
    assert ledger["clean"].astype(float).gt(0).all()


def test_patients_who_pay_themselves_get_no_claim(cared_for):
    records, seeds = cared_for
    encounters = records.tables["encounters"]
    paying = encounters.assign(PAYER=encounters["PAYER"].where(encounters.index % 2 == 0, PAYERS[-1].id))
    district = District(Records(records.tables | {"encounters": paying}, records.people), seeds, NONE, 700)
    table, visits = district.table("claims"), district.visits
    assert set(table["payer"]) == {PAYERS[0].name}
    billed = district.table("his_encounters").set_index("encounter_id").loc[table["encounter_id"].unique()]
    assert (visits.loc[billed["_encounter"], "payer"] == PAYERS[0].name).all()


def test_chinese_claims_have_chinese_words_and_payers(cared_for):
    table = made(cared_for, "cn").table("claims")
    payers = set(find_country("cn").payers.values())
    assert set(table["payer"]) <= payers and len(table) > 300
    assert not table["service"].str.contains("[a-zA-Z]{4}").any()


def test_other_rates_of_claims_change_no_other_table(cared_for, district):
    other = made(cared_for, D23=0.1)
    for name in ("his_encounters", "his_patients"):
        pd.testing.assert_frame_equal(other.table(name), district.table(name))
    assert len(other.table("claims")) > len(district.table("claims"))


def test_a_line_keeps_its_charge_in_every_hospital(district):
    for name in ("claims", "h2_claims", "h3_claims"):
        table = district.table(name)
        assert len(table) > 50
        visits = table[(table["_class"] == "visit") & (table["kind"] == "original")]
        assert visits["amount"].eq(110.0).all()
        assert set(visits["code"]) <= {code for code, *_ in billing.CHARGES.values()}
