"""The registry holds what was reported: late, not all of it, some of it twice, and the truth knows which."""

import pandas as pd
import pytest
import yaml

from sim.district import District
from sim.records import Records
from sim.systems import public_health
from sim.systems.catalogue import TABLES
from sim.systems.schema import publish

SYSTEM = ["registry"]
NONE = {"D37": 0.0, "D38": 0.0, "D58": 0.0}


@pytest.fixture(scope="module", params=["us", "cn"])
def country(request):
    return request.param


@pytest.fixture(scope="module")
def clean(cared_for, country):
    return District(*cared_for, NONE, 700, country)


@pytest.fixture(scope="module")
def district(cared_for, country):
    return District(*cared_for, {}, 700, country)


def days_between(table, first, last):
    return (pd.to_datetime(table[last]) - pd.to_datetime(table[first])).dt.days


def test_without_mistakes_every_dose_and_case_is_reported_once(clean):
    doses = clean.table("immunisations")
    given = clean.records.tables["immunizations"]
    recent = given[given["ENCOUNTER"].isin(clean.visits.index)]
    assert 0.9 * len(recent) < len(doses) <= len(recent) and doses["_case"].is_unique
    reports = clean.table("notifications")
    every = clean.truth(SYSTEM).facts["notifiable_cases"]
    unreported = every[~every["reported"]]
    assert len(reports) > 100 and reports["_case"].is_unique
    assert (unreported["diagnosed"] > "2025-12-01").all()


def test_reports_name_the_true_person_and_disease(clean, country):
    people, reports = clean.records.people, clean.table("notifications")
    who = people.loc[reports["_person"]]
    assert (reports["family_name"].to_numpy() == who["surname"].to_numpy()).all()
    assert (reports["birth_date"].to_numpy() == who["birth_date"].dt.strftime("%Y-%m-%d")).all()
    listed = public_health.notifiable(country).set_index("code")["name"]
    assert (listed[reports["disease_code"]].to_numpy() == reports["disease"].to_numpy()).all()
    assert reports.groupby("_person")["registry_no"].nunique().eq(1).all()
    assert not (set(reports["registry_no"]) & set(reports["_other_no"]))


def test_reports_come_after_the_fact_and_some_too_late(clean, district, country):
    for table, first in (("immunisations", "given_on"), ("notifications", "diagnosed_on")):
        for each in (clean, district):
            wait = days_between(each.table(table), first, "reported_on")
            assert wait.min() >= 0 and wait.max() > 5
            assert (each.table(table)["reported_on"] <= "2025-12-31").all()
    reports = clean.table("notifications")
    allowed = public_health.notifiable(country).set_index("code")["within_days"]
    late = days_between(reports, "diagnosed_on", "reported_on") > allowed[reports["disease_code"]].to_numpy()
    assert 0.04 < late.mean() < 0.5


def test_what_is_missing_and_what_is_doubled_stands_in_the_ledger(clean, district):
    before, after = clean.table("notifications"), district.table("notifications")
    ledger = district.ledger("notifications")
    absent = ledger[ledger["defect"] == "D37"]
    gone = set(before["_case"]) - set(after["_case"])
    assert {f"case {case}" for case in gone} == set(absent["record"]) and len(gone) >= 20
    twice = ledger[ledger["defect"] == "D38"]
    case = after.set_index("report_id")["_case"]
    assert (case[twice["clean"]].to_numpy() == case[twice["dirty"]].to_numpy()).all()
    assert case.duplicated().sum() == len(twice) >= 14
    reporter = after.set_index("report_id")["reporter"]
    assert (reporter[twice["clean"]].to_numpy() != reporter[twice["dirty"]].to_numpy()).all()


def test_some_second_reports_are_filed_under_a_new_number(district):
    doses = district.table("immunisations")
    numbers = doses.groupby("_person")["registry_no"].nunique()
    assert (numbers == 2).sum() >= 3 and numbers.max() == 2


def test_the_truth_says_which_reports_are_of_one_event(district):
    facts = district.truth(SYSTEM).facts
    reports = district.table("notifications")
    told = facts["case_of_report"].set_index("record")["case"]
    assert (told[reports["report_id"]].to_numpy() == reports["_case"].to_numpy()).all()
    every = facts["notifiable_cases"].set_index("case")
    assert set(every.index[every["reported"]]) == set(told)
    doses = facts["dose_of_report"]
    assert doses["dose"].duplicated().sum() == (district.ledger("immunisations")["defect"] == "D38").sum()


def test_tables_are_in_the_order_of_arrival_and_publish(district):
    for name, key in (("immunisations", "dose_id"), ("notifications", "report_id")):
        shipped = publish(district.table(name), TABLES[name])
        assert shipped["reported_on"].is_monotonic_increasing and shipped[key].is_unique
        assert shipped.notna().all().all() or set(shipped.columns[shipped.isna().any()]) <= {"area"}


def test_the_list_of_diseases_is_shipped(district, country):
    listed = yaml.safe_load(district.files(SYSTEM)[public_health.FILE])["diseases"]
    assert {row["code"] for row in listed} == set(public_health.notifiable(country)["code"])
    assert set(district.table("notifications")["disease_code"]) <= {row["code"] for row in listed}


def test_records_without_vaccines_give_an_empty_table(cared_for):
    records, seeds = cared_for
    tables = {name: table for name, table in records.tables.items() if name != "immunizations"}
    district = District(Records(tables, records.people), seeds, {}, 700)
    assert len(publish(district.table("immunisations"), TABLES["immunisations"])) == 0
