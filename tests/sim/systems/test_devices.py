"""People's own devices: who has them, what they measure, and when it reaches the desk."""

import numpy as np
import pandas as pd
import pytest

from sim.defects.registry import ORDER
from sim.district import District
from sim.systems import devices, readings
from sim.systems.readings import HOME, KINDS, UNITS

NONE = dict.fromkeys(ORDER["app_readings"], 0.0)
HOUR = pd.Timedelta(hours=1)


@pytest.fixture(scope="module")
def clean(made_up):
    records, seeds = made_up
    return District(records, seeds, NONE, 700)


@pytest.fixture(scope="module")
def sent(clean):
    return clean.table("app_readings")


def abroad(sent, country="us"):
    """Hours by which the device says that it is ahead of home."""
    return sent["utc_offset"].str[:3].astype(int) - HOME[country]


def test_devices_are_registered_to_living_people_of_whom_they_measure_something(clean, made_up):
    table, people = clean.table("devices"), made_up[0].people
    owners = people.loc[table["_person"]].reset_index(drop=True)
    assert owners["alive"].all() and table["device_id"].is_unique
    assert (owners["birth_date"] <= "2011-12-31").all()
    shares = table["type"].value_counts() / 700
    assert shares["wearable"] == pytest.approx(0.13, abs=0.01)
    assert owners["on_hypertension_drug"][table["type"] == "pressure meter"].all()
    assert owners["diabetes_diagnosed"][table["type"] == "glucose meter"].all()


def test_record_numbers_and_telephones_lead_to_the_owner(clean, made_up):
    table, people = clean.table("devices"), made_up[0].people
    patients = clean.table("his_patients")
    numbers = patients["mrn"].str[1:].astype("int64")
    person = pd.Series(patients["_person"].to_numpy(), index=numbers.to_numpy())
    assert (person.loc[table["mrn"]].to_numpy() == table["_person"].to_numpy()).all()
    phones = people.loc[table["_person"], "phone"].str.replace(r"\D", "", regex=True)
    assert (phones.astype("int64").to_numpy() == table["phone"].to_numpy()).all()


def test_the_other_user_is_another_grown_member_of_the_household(clean, made_up):
    table, people = clean.table("devices"), made_up[0].people
    shared = table[table["_other"] >= 0]
    assert 0.4 < len(shared) / len(table) < 1 and (shared["_other"] != shared["_person"]).all()
    one, other = (people.loc[shared[name], "household"].to_numpy() for name in ("_person", "_other"))
    assert (one == other).all() and people.loc[shared["_other"], "alive"].all()


def test_each_type_of_device_sends_its_own_kinds_in_the_countrys_units(clean, sent):
    types = clean.table("devices").set_index("device_id")["type"].loc[sent["device_id"]].to_numpy()
    found = set(zip(types, sent["kind"], sent["unit"], strict=True))
    unit = dict(zip(KINDS, UNITS["us"], strict=True))
    expected = {("wearable", kind) for kind in ("steps", "heart_rate", "sleep")} | {("phone", "steps")}
    expected |= {("pressure meter", "sbp"), ("pressure meter", "dbp"), ("glucose meter", "glucose")}
    assert found == {(kind, what, unit[what]) for kind, what in expected}


def test_values_follow_the_person(clean, sent, made_up):
    """The means of a person's readings rise with what is true of them."""
    people = made_up[0].people
    for kind, truth, least in (
        ("sbp", "sbp", 0.8),
        ("glucose", "glucose", 0.8),
        ("heart_rate", "heart_rate", 0.9),
    ):
        rows = sent[(sent["kind"] == kind) & ~sent["_extreme"]]
        means = rows.groupby("_person")["value"].mean()
        assert np.corrcoef(means, people.loc[means.index, truth])[0, 1] > least, kind


def test_people_walk_by_day_and_their_pulse_is_lowest_at_night(sent):
    home = sent[abroad(sent) == 0]
    steps = home[home["kind"] == "steps"].groupby(home["taken_at"].dt.hour)["value"].sum()
    assert steps.reindex([2, 3, 4, 5, 6], fill_value=0).sum() < 0.1 * steps.sum()
    pulse = home[home["kind"] == "heart_rate"]
    hour = pulse["taken_at"].dt.hour
    assert pulse["value"][hour.between(2, 4)].mean() < 0.9 * pulse["value"][hour.between(14, 16)].mean()


def test_readings_reach_the_desk_after_they_were_taken_whole_batches_at_once(sent):
    taken = sent["taken_at"] - pd.to_timedelta(abroad(sent), unit="h")
    wait = sent["uploaded_at"] - taken
    assert (wait >= pd.Timedelta(0)).all() and (wait < 14 * HOUR).all()
    assert (wait.groupby(sent["device_id"]).min() < HOUR).all()
    batches = sent.groupby(["device_id", "uploaded_at"]).size()
    assert (batches > 5).any()


def test_travellers_devices_state_the_zone_they_are_in(sent):
    away = sent[abroad(sent) != 0]
    assert 2 <= away["device_id"].nunique() <= 12 * 700 // 2000
    assert (away.groupby("device_id")["utc_offset"].nunique() == 1).all()


def test_readings_lie_in_the_window_and_are_numbered_in_each_devices_order(sent):
    assert sent["reading_id"].is_unique
    today = pd.Timestamp("2025-12-31")
    home = sent["taken_at"] - pd.to_timedelta(abroad(sent), unit="h")
    assert (home >= today - pd.Timedelta(days=readings.DAYS)).all() and (home <= today).all()
    assert home.groupby(sent["device_id"]).apply(lambda times: times.is_monotonic_increasing).all()


def test_true_crises_are_planted_and_all_other_values_can_be(sent):
    high = sent[(sent["kind"] == "sbp") & (sent["value"] >= 230)]
    assert len(high) == 10 * 700 // 2000 and high["_extreme"].all()
    ranges = {"steps": (25, 20_000), "heart_rate": (38, 190), "sleep": (2.5, 12), "dbp": (40, 145)}
    for kind, (low, most) in ranges.items():
        assert sent.loc[sent["kind"] == kind, "value"].between(low, most).all(), kind
    upper, lower = (
        sent[sent["kind"] == kind].set_index(["device_id", "uploaded_at"])["value"] for kind in ("sbp", "dbp")
    )
    pairs = pd.concat([upper[~upper.index.duplicated()], lower[~lower.index.duplicated()]], axis=1).dropna()
    assert (pairs.iloc[:, 0] > pairs.iloc[:, 1]).all() and len(pairs) > 100


def test_in_china_glucose_is_molar_and_clocks_are_eight_hours_ahead(clean):
    made = clean.table("devices")
    rng = np.random.default_rng(3)
    table = readings.measure(made, "cn", pd.Timestamp("2025-12-31"), 2, rng)
    glucose = table[table["kind"] == "glucose"]
    assert set(glucose["unit"]) == {"mmol/L"} and glucose["value"].between(2.8, 27).all()
    assert (table["utc_offset"] == "+08:00").mean() > 0.95


def test_another_draw_of_devices_leaves_other_tables_alone(made_up):
    """Devices draw from streams of their own."""
    records, seeds = made_up
    one, other = (District(records, seeds, {}, 700) for _ in range(2))
    first = one.table("lis_results")
    other.table("app_readings")
    pd.testing.assert_frame_equal(first, other.table("lis_results"))


def test_people_whose_signs_nobody_knows_are_taken_for_usual(made_up):
    people = made_up[0].people.assign(sbp=np.nan, heart_rate=np.nan)
    levels = devices._levels(people, np.random.default_rng(1))
    assert not np.isnan(levels).any() and (levels[:, KINDS.index("sbp")] == devices.USUAL["sbp"]).all()
