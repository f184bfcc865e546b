"""Remote visits: what became remote, what was converted, and a log that can be put in order again."""

import pandas as pd
import pytest
from made_up_remote import with_remote

from sim.defects import DEFECTS
from sim.district import District
from sim.systems.tele_alerts import LIMITS
from sim.systems.tele_log import STORM_SECONDS
from sim.systems.telemedicine import CONVERTED_WITHIN, _devices

STEPS = ["invited", "waiting", "admitted", "lost", "resumed", "ended", "converted"]


@pytest.fixture(scope="module", params=["us", "cn"])
def country(request):
    return request.param


@pytest.fixture(scope="module")
def records(country, made_up, made_up_cn):
    lives, seeds = made_up if country == "us" else made_up_cn
    return with_remote(lives), seeds


@pytest.fixture(scope="module")
def district(records, country):
    return District(*records, {}, 700, country)


@pytest.fixture(scope="module")
def requests(district):
    return district.table("tele_requests")


@pytest.fixture(scope="module")
def log(district):
    return district.table("tele_log")


def test_visits_became_remote_where_people_were_treated_remotely_and_nowhere_else(
    district, requests, records
):
    visits = district.table("his_encounters").set_index("encounter_id")
    classes = records[0].tables["encounters"].set_index("Id")["ENCOUNTERCLASS"]
    lived = classes[visits.loc[requests["encounter_id"], "_encounter"]].to_numpy()
    assert ((requests["became"] != "on site").to_numpy() == (lived == "virtual")).all()
    assert requests["encounter_id"].is_unique and {"remote", "converted", "on site"} == set(
        requests["became"]
    )
    assert (requests["asked_at"] < visits.loc[requests["encounter_id"], "admitted_at"].to_numpy()).all()
    assert (requests["mrn"].to_numpy() == visits.loc[requests["encounter_id"], "mrn"].to_numpy()).all()


def test_converted_visits_were_followed_by_one_on_site(district, requests):
    visits = district.table("his_encounters").set_index("encounter_id")
    converted = requests[requests["became"] == "converted"]
    assert len(converted) >= 3 and requests["on_site_id"].notna().sum() == len(converted)
    later = visits.loc[converted["on_site_id"]]
    first = visits.loc[converted["encounter_id"]]
    gap = later["admitted_at"].to_numpy() - first["admitted_at"].to_numpy()
    assert (gap >= pd.Timedelta(0)).all() and (gap <= CONVERTED_WITHIN).all()
    assert (later["_person"].to_numpy() == first["_person"].to_numpy()).all()
    remote = set(requests.loc[requests["became"] != "on site", "encounter_id"])
    assert not remote & set(converted["on_site_id"])


def test_nobody_without_a_device_is_remote_and_every_visit_on_site_has_a_reason(requests):
    remote = requests["became"] != "on site"
    assert (requests.loc[remote, "device"] != "none").all() and requests.loc[remote, "offered"].all()
    assert requests.loc[requests["became"] == "remote", "reason"].isna().all()
    assert requests.loc[~remote, "reason"].notna().all()
    assert (requests.loc[requests["reason"] == "no device", "device"] == "none").all()
    assert 0.03 < (requests["device"] == "none").mean() < 0.5


def test_the_old_more_often_have_no_device(district):
    people = pd.concat([district.records.people] * 20)
    without, camera = _devices(people, pd.Timestamp("2025-12-31"), district.seeds.stream("test"))
    old = (people["birth_date"] < "1960-01-01").to_numpy()
    assert without[old].mean() > 1.5 * without[~old].mean()
    assert not (without & camera).any() and 0.6 < camera[~without].mean() < 0.9


def test_the_truth_says_of_everybody_whether_a_remote_visit_suffices(district, requests):
    told = district.truth(["telemedicine"]).facts["tele_truth"].set_index("request_id")["suffices"]
    became = requests.set_index("request_id")["became"]
    assert (
        told[became.index[became == "remote"]].all() and not told[became.index[became == "converted"]].any()
    )
    assert 0.5 < told[became.index[became == "on site"]].mean() < 0.95


def test_every_remote_visit_is_logged_in_its_steps(requests, log):
    once = log.drop_duplicates("event_id")
    remote = requests[requests["became"] != "on site"]
    assert set(once["request_id"].dropna()) == set(remote["request_id"])
    for became, mine in once.merge(remote, on="request_id").groupby("became"):
        for _, visit in mine.groupby("request_id"):
            order = visit.sort_values(["at", "event_id"])["event"].tolist()
            assert order == [step for step in STEPS if step in order]
            assert {"invited", "waiting", "admitted", "ended"} <= set(order)
            assert ("converted" in order) == (became == "converted")
            assert ("lost" in order) == ("resumed" in order)


def test_during_an_outage_nothing_arrives_and_afterwards_all_does(log):
    once = log.drop_duplicates("event_id")
    begins = once.loc[once["event"] == "outage", "at"].sort_values().tolist()
    ends = once.loc[once["event"] == "restored", "at"].sort_values().tolist()
    assert len(begins) == len(ends) >= 2
    for begin, end in zip(begins, ends, strict=True):
        assert begin < end
        assert not once["received_at"].between(begin + pd.Timedelta(seconds=3), end, inclusive="left").any()
        kept = once[(once["at"] >= begin) & (once["at"] < end)]
        assert (kept["received_at"] > end).all() and (kept["received_at"] <= end + pd.Timedelta("90s")).all()
        assert "outage" in set(kept["event"])
    assert (once["received_at"] >= once["at"]).all()


def test_storms_follow_outages(log, district):
    once = log[log["event"] == "connected"].drop_duplicates("event_id")
    ends = log.loc[log["event"] == "restored", "at"].tolist()
    assert set(once["device_id"]) <= set(district.table("devices")["device_id"]) and len(once) > 50
    for at in once["at"]:
        assert any(pd.Timedelta(0) <= at - end < pd.Timedelta(seconds=STORM_SECONDS) for end in ends)


def test_lines_are_numbered_as_received_and_doubled_where_the_ledger_says(district, log):
    assert log["received_at"].is_monotonic_increasing and log["line_id"].is_monotonic_increasing
    ledger = district.ledger("tele_log")
    copies = log.set_index("line_id").loc[ledger["record"]]
    assert (copies["event_id"].to_numpy() == ledger["dirty"].to_numpy()).all() and len(ledger) >= 12
    first = log.drop_duplicates("event_id")
    assert len(log) - len(first) == len(ledger)
    both = copies.reset_index().merge(first, on="event_id")
    for column in ("at", "request_id", "event", "source"):
        assert both[f"{column}_x"].equals(both[f"{column}_y"])
    assert (both["received_at_x"] >= both["received_at_y"]).all()


def test_a_rate_of_zero_doubles_nothing_and_a_higher_one_more(district):
    clean = district.recorded("tele_log")
    rng = [district.seeds.stream("test") for _ in range(3)]
    none, few, many = (
        DEFECTS["D69"].apply(clean, rate, 0, one) for rate, one in zip((0.0, 0.1, 0.4), rng, strict=True)
    )
    assert none[1].empty and none[0]["event_id"].is_unique
    assert set(few[1]["dirty"]) < set(many[1]["dirty"])


def test_alerts_are_the_readings_beyond_a_limit(district, country):
    alerts = district.table("tele_alerts").set_index("reading_id")
    readings = district.table("app_readings").set_index("reading_id")
    wrong = pd.Series(False, index=readings.index)
    for kind, (low, high) in LIMITS[country].items():
        wrong |= (readings["kind"] == kind) & ~readings["value"].between(low, high, inclusive="left")
    assert set(alerts.index) == set(readings.index[wrong]) and len(alerts) > 10
    owner = district.table("devices").set_index("device_id")["mrn"]
    assert (alerts["mrn"].str[1:].astype(int) == owner[alerts["device_id"]].to_numpy()).all()
    seen = alerts["seen_at"].notna()
    assert (alerts["seen_at"] >= alerts["raised_at"])[seen].all()
    assert (alerts["action"] == "none").eq(~seen).all() and alerts["staff_id"].notna().eq(seen).all()
    assert set(alerts["staff_id"].dropna()) <= set(district.table("staff")["staff_id"])
