"""What goes wrong with devices: whole devices or single readings, told exactly by the ledger."""

import numpy as np
import pandas as pd
import pytest

from sim.defects import DEFECTS
from sim.defects.devices import FACTORY, IMPOSSIBLE
from sim.defects.registry import ORDER
from sim.district import District

WHOLE = ("D18", "D19", "D20", "D21")
NONE = dict.fromkeys(ORDER["app_readings"], 0.0)


@pytest.fixture(scope="module")
def clean(made_up):
    records, seeds = made_up
    return District(records, seeds, NONE, 700).table("app_readings")


def spoil(clean, ident, rate=0.0, minimum=16, seed=4):
    return DEFECTS[ident].apply(clean, rate, minimum, np.random.default_rng(seed))


def changed(clean, spoiled):
    """Readings of which something that leaves the simulator differs; both have the same rows."""
    assert list(clean["reading_id"]) == list(spoiled["reading_id"])
    columns = ["taken_at", "utc_offset", "uploaded_at", "value", "unit", "kind", "device_id"]
    return (clean[columns] != spoiled[columns]).any(axis=1)


@pytest.mark.parametrize("ident", [*WHOLE, "D22"])
def test_a_rate_of_zero_changes_nothing_and_no_argument_is_changed(clean, ident):
    copy = clean.copy(deep=True)
    same, ledger = spoil(clean, ident, minimum=0)
    assert ledger.empty
    pd.testing.assert_frame_equal(same[clean.columns], copy)
    spoil(clean, ident)
    pd.testing.assert_frame_equal(clean, copy)


@pytest.mark.parametrize("ident", WHOLE)
def test_a_higher_rate_touches_the_same_devices_and_more(clean, ident):
    few, many = (set(spoil(clean, ident, rate, 0)[1]["record"]) for rate in (0.1, 0.3))
    assert few < many and len(few) >= 0.06 * clean["device_id"].nunique()
    assert many <= set(clean["device_id"])


@pytest.mark.parametrize("ident", WHOLE)
def test_the_minimum_count_of_devices_is_met(clean, ident):
    assert spoil(clean, ident)[1]["record"].nunique() >= 14


def test_a_shifted_device_is_shifted_throughout_by_whole_hours(clean):
    spoiled, ledger = spoil(clean, "D18")
    touched = changed(clean, spoiled)
    assert set(clean["device_id"][touched]) == set(ledger["record"])
    shift = (spoiled["taken_at"] - clean["taken_at"]).dt.total_seconds() / 3600
    for row in ledger.itertuples():
        mine = clean["device_id"] == row.record
        hours = (pd.Timestamp(row.dirty) - pd.Timestamp(row.clean)).total_seconds() / 3600
        assert hours == int(hours) != 0 and (shift[mine] == hours).all()
    assert (spoiled["uploaded_at"] == clean["uploaded_at"]).all()


def test_a_shift_shows_against_the_time_of_arrival(clean):
    """What a rule of task 1.5 can see: the shortest wait of a device is negative, or two hours and more."""
    spoiled, ledger = spoil(clean, "D18")
    offset = pd.to_timedelta(spoiled["utc_offset"].str[:3].astype(int) + 6, unit="h")
    wait = (spoiled["uploaded_at"] - (spoiled["taken_at"] - offset)).dt.total_seconds() / 3600
    shortest = wait.groupby(spoiled["device_id"]).min()
    suspected = set(shortest.index[(shortest < 0) | (shortest > 1.5)])
    assert suspected == set(ledger["record"])


def test_a_lost_clock_runs_on_from_the_factory_date(clean):
    spoiled, ledger = spoil(clean, "D20")
    touched = changed(clean, spoiled)
    assert set(clean["device_id"][touched]) == set(ledger["record"])
    assert (spoiled["taken_at"][touched] >= FACTORY).all()
    assert (spoiled["taken_at"][touched] < FACTORY + np.timedelta64(60 * 86_400, "s")).all()
    for row in ledger.itertuples():
        mine = touched & (clean["device_id"] == row.record)
        lost = clean["taken_at"][mine] - spoiled["taken_at"][mine]
        assert lost.nunique() == 1 and lost.iloc[0] == pd.Timestamp(row.clean) - pd.Timestamp(row.dirty)


def test_shifted_devices_are_spared_by_the_lost_clock(clean):
    shifted, first = spoil(clean, "D18", rate=0.5)
    _, second = spoil(shifted, "D20", rate=0.5)
    assert not set(first["record"]) & set(second["record"]) and len(second) > 20


def test_a_shared_device_tells_of_another_of_the_household(clean):
    spoiled, ledger = spoil(clean, "D19")
    other = spoiled["_person"] != clean["_person"]
    assert (spoiled["_person"][other] == clean["_other"][other]).all()
    assert changed(clean, spoiled)[~other].sum() == 0
    assert set(clean["device_id"][other]) == set(ledger["record"])
    share = other[clean["device_id"].isin(ledger["record"])].mean()
    assert 0.25 < share < 0.55
    whole = clean["taken_at"].dt.normalize()
    rest = other[clean["kind"] != "steps"]  # an hour's steps end on the next day at midnight
    days = rest.groupby([clean["device_id"], whole]).nunique()
    assert (days == 1).all()


def test_values_of_the_other_follow_the_other(clean):
    spoiled, _ = spoil(clean, "D19")
    other = (spoiled["_person"] != clean["_person"]) & (clean["kind"] == "heart_rate")
    ratio = spoiled["value"][other] / clean["value"][other]
    assert np.allclose(ratio, clean["_ratio"][other], atol=0.02)


def test_a_loss_of_contact_leaves_a_gap_and_a_burst(clean):
    spoiled, ledger = spoil(clean, "D21")
    lost = clean[~clean["reading_id"].isin(spoiled["reading_id"])]
    gaps, bursts = (ledger[ledger["field"] == field] for field in ("reading_id", "uploaded_at"))
    assert set(lost["device_id"]) == set(gaps["record"]) and gaps["dirty"].isna().all()
    assert len(gaps) >= 14 and (lost.groupby("device_id").size() > 3).mean() > 0.9
    first = lost.groupby("device_id")["reading_id"].first()
    assert (first.loc[gaps["record"]].to_numpy() == gaps["clean"].to_numpy()).all()
    kept = clean[clean["reading_id"].isin(spoiled["reading_id"])].reset_index(drop=True)
    late = changed(kept, spoiled)
    assert set(kept["device_id"][late]) == set(bursts["record"])
    assert (spoiled["uploaded_at"] >= kept["uploaded_at"]).all()
    bursts = spoiled[late].groupby("device_id")
    assert (bursts["uploaded_at"].nunique() == 1).all() and (bursts.size() > 3).all()
    assert (bursts["taken_at"].max() - bursts["taken_at"].min()).median() > pd.Timedelta(days=1)


def test_impossible_values_are_of_every_kind_and_spare_true_extremes(clean):
    spoiled, ledger = spoil(clean, "D22", minimum=36)
    touched = changed(clean, spoiled)
    assert set(clean["reading_id"][touched]) == set(ledger["record"]) and len(ledger) >= 36
    assert (clean["kind"][touched].value_counts() >= 6).all() and set(clean["kind"][touched]) == set(
        IMPOSSIBLE
    )
    assert not clean["_extreme"][touched].any() and clean["_extreme"].any()
    for kind, values in IMPOSSIBLE.items():
        mine = touched & (clean["kind"] == kind)
        assert set(spoiled["value"][mine]) <= set(values)
        honest = clean["value"][clean["kind"] == kind]
        assert not honest.isin(values).any()
    told = ledger.set_index("record")
    rows = clean[touched].set_index("reading_id")
    assert (told.loc[rows.index, "clean"].astype(float) == rows["value"]).all()


def test_true_crises_survive_every_defect(made_up):
    records, seeds = made_up
    spoiled = District(records, seeds, dict.fromkeys(NONE, 0.5), 700).table("app_readings")
    high = spoiled[(spoiled["kind"] == "sbp") & spoiled["value"].between(230, 260)]
    assert len(high) == 3 and (high["_person"] != high["_other"]).all()


def test_defects_of_devices_work_on_a_table_without_rows(clean):
    for ident in (*WHOLE, "D22"):
        table, ledger = spoil(clean.iloc[:0], ident)
        assert table.empty and ledger.empty
