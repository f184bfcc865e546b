"""Whoever works there opens charts for work; some are curious, and some accounts outlive their owner."""

import pandas as pd
import pytest

from sim.defects import DEFECTS
from sim.defects.access import AFTER_LEAVING
from sim.district import District
from sim.systems.curiosity import PATTERNS

QUIET = {"D26": 0.0, "D27": 0.0}


@pytest.fixture(scope="module", params=["us", "cn"])
def country(request):
    return request.param


@pytest.fixture(scope="module")
def records(country, made_up, made_up_cn):
    return made_up if country == "us" else made_up_cn


@pytest.fixture(scope="module")
def quiet(records, country):
    return District(*records, QUIET, 700, country)


@pytest.fixture(scope="module")
def district(records, country):
    return District(*records, {}, 700, country)


def test_staff_are_patients_of_working_age_with_one_account_each(quiet):
    staff, people = quiet.table("staff"), quiet.records.people
    mine = people.loc[staff["_person"]]
    assert staff["staff_id"].is_unique and staff["mrn"].is_unique and len(staff) > 30
    assert mine["alive"].all() and mine["surname"].tolist() == staff["family_name"].tolist()
    assert (staff["hired_on"] < staff["left_on"].fillna("9999")).all()
    assert 0 < staff["left_on"].notna().mean() < 0.5


def test_without_defects_all_is_work_of_people_who_work_there(quiet):
    log, staff = quiet.table("access_log"), quiet.table("staff").set_index("staff_id")
    assert len(quiet.ledger("access_log")) == 0 and set(log["_why"]) == {"work"}
    assert (
        log["staff_id"].isin(staff.index).all() and log["mrn"].isin(quiet.table("his_patients")["mrn"]).all()
    )
    left = staff["left_on"].reindex(log["staff_id"]).fillna("9999").to_numpy()
    assert (log["at"].dt.strftime("%Y-%m-%d").to_numpy() < left).all()
    assert log["at"].is_monotonic_increasing and log["access_id"].is_unique
    clinical = log[log["part"] == "chart"]
    visits = quiet.table("his_encounters")
    assert clinical["mrn"].isin(visits["mrn"]).all()


def test_the_curious_open_a_chart_that_they_do_not_work_with(district):
    log = district.table("access_log")
    curious = log[log["_why"].isin(PATTERNS)]
    work = log[log["_why"] == "work"].groupby("staff_id")["mrn"].agg(set)
    assert curious["staff_id"].nunique() >= 7
    assert (curious.groupby("staff_id")["mrn"].nunique() == 1).all()
    assert not any(
        mrn in work[account] for account, mrn in zip(curious["staff_id"], curious["mrn"], strict=True)
    )
    own = district.table("staff").set_index("staff_id")["mrn"]
    assert (own.reindex(curious["staff_id"]).to_numpy() != curious["mrn"].to_numpy()).all()


def test_neighbours_live_near_and_colleagues_work_in_the_same_unit(district):
    log, staff = district.table("access_log"), district.table("staff")
    people = district.records.people
    who = district.table("his_patients").drop_duplicates("mrn").set_index("mrn")["_person"]
    one = staff.set_index("staff_id")
    for account, mrn in log.loc[log["_why"] == "neighbour", ["staff_id", "mrn"]].drop_duplicates().to_numpy():
        mine, theirs = people.loc[one.loc[account, "_person"]], people.loc[who[mrn]]
        assert mine["area"] == theirs["area"] and mine["household"] != theirs["household"]
    unit = staff.set_index("mrn")["unit"]
    for account, mrn in log.loc[log["_why"] == "colleague", ["staff_id", "mrn"]].to_numpy():
        assert unit[mrn] == one.loc[account, "unit"]


def test_accounts_are_used_after_their_owner_left_and_only_those(district):
    log = district.table("access_log")
    left = district.table("staff").set_index("staff_id")["left_on"].reindex(log["staff_id"]).fillna("9999")
    late = log["at"].dt.strftime("%Y-%m-%d").to_numpy() >= left.to_numpy()
    told = (log["_why"] == AFTER_LEAVING).to_numpy()
    assert told.sum() >= 5 and late[told].all()
    assert set(log.loc[late & ~told, "_why"]) <= set(PATTERNS)


def test_the_ledger_names_every_added_opening_and_no_other(district):
    log, ledger = district.table("access_log"), district.ledger("access_log")
    added = log[log["_why"] != "work"]
    assert dict(zip(ledger["record"], ledger["dirty"], strict=True)) == dict(
        zip(added["access_id"], added["_why"], strict=True)
    )
    told = district.truth(["his", "governance"]).facts["access_reason"]
    assert told["reason"].tolist() == log["_why"].tolist()


def test_a_higher_rate_adds_more_and_keeps_every_row(quiet, records):
    clean = quiet.table("access_log")
    for ident in ("D26", "D27"):
        few, many = (
            DEFECTS[ident].apply(clean, rate, 0, records[1].stream("test"))[0] for rate in (0.4, 0.9)
        )
        assert len(clean) < len(few) < len(many)
        pd.testing.assert_frame_equal(
            many.iloc[: len(clean)].reset_index(drop=True), clean, check_dtype=False
        )
