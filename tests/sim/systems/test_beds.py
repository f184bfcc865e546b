"""Stays in beds: nobody lies in two, nobody leaves before coming, and hospitals hand over at once."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.district import District
from sim.systems.beds import APART, HANDOVER, NIGHTS, WINDOW, lie_in
from sim.systems.facilities import HOSPITALS

DAY = pd.Timedelta(days=1)


def visits_of(draw_days, kinds, hospitals, persons):
    start = pd.Timestamp("2024-01-01") + pd.to_timedelta(draw_days, unit="h")
    kind = np.array(["inpatient", "emergency", "ambulatory"], dtype=object)[kinds]
    frame = pd.DataFrame(
        {
            "person": persons,
            "start": start,
            "stop": start + pd.to_timedelta(np.where(kind == "inpatient", 60, 3), unit="h"),
            "class": kind,
            "facility": np.array([*HOSPITALS, "C1"], dtype=object)[hospitals],
        }
    )
    return frame.set_axis([f"v{number}" for number in range(len(frame))])


@st.composite
def districts(draw):
    size = draw(st.integers(2, 60))
    numbers = [draw(st.lists(st.integers(0, high), min_size=size, max_size=size)) for high in (3000, 2, 3, 8)]
    died = draw(st.lists(st.one_of(st.none(), st.integers(3000, 4000)), min_size=9, max_size=9))
    deaths = [pd.NaT if day is None else pd.Timestamp("2024-01-01") + pd.Timedelta(hours=day) for day in died]
    people = pd.DataFrame({"death_date": pd.Series(deaths, dtype="datetime64[ns]").dt.floor("D")})
    return visits_of(*(np.array(one) for one in numbers)), people


@settings(max_examples=60, deadline=None)
@given(districts(), st.integers(0, 5))
def test_stays_never_overlap_and_end_with_death(made, seed):
    visits, people = made
    stays = lie_in(visits, people, 2000, np.random.default_rng(seed))
    assert (stays["stop"] > stays["start"]).all() and stays["facility"].isin(HOSPITALS).all()
    after = stays.groupby("person")["start"].shift(-1)
    moved = stays["discharged_to"] == "other hospital"
    assert (after[moved] - stays["stop"][moved] == HANDOVER).all()
    assert not (after[~moved] - stays["stop"][~moved] < APART).any()
    died = stays["person"].map(people["death_date"])
    assert not (stays["stop"] > died).any()
    assert ((stays["stop"] == died) == (stays["discharged_to"] == "died")).all()


def test_every_inpatient_stay_is_there_and_emergencies_only_where_they_are_a_pair_or_the_last():
    rng = np.random.default_rng(3)
    size = 4000
    visits = visits_of(
        rng.integers(0, 17_000, size), rng.choice(3, size, p=[0.1, 0.5, 0.4]), rng.integers(0, 4, size),
        rng.integers(0, 900, size),
    )  # fmt: skip
    people = pd.DataFrame({"death_date": pd.Series([pd.NaT] * 900, dtype="datetime64[ns]")})
    stays = lie_in(visits, people, 2000, np.random.default_rng(5))
    kinds = visits["class"].reindex(stays.index)
    beds = visits[(visits["class"] == "inpatient") & visits["facility"].isin(HOSPITALS)]
    assert (kinds == "inpatient").sum() > 0.9 * len(beds) and not (kinds == "ambulatory").any()
    gap = stays.groupby("person")["start"].shift(-1) - stays["stop"]
    moved = stays["discharged_to"] == "other hospital"
    elsewhere = stays.groupby("person")["facility"].shift(-1) != stays["facility"]
    assert 8 < moved.sum() <= 24 and elsewhere[moved].all()
    assert ((gap > DAY) & (gap <= WINDOW) & elsewhere & ~moved).sum() >= 75
    nights = (stays["stop"].dt.normalize() - stays["start"].dt.normalize()).dt.days[kinds == "emergency"]
    assert nights.max() <= NIGHTS[1] + 1
    assert set(stays["admission"]) == {"planned", "unplanned"}


@pytest.mark.parametrize("country", ["us", "cn"])
def test_a_hospital_keeps_its_own_stays_under_its_own_numbers(cared_for, country):
    district = District(*cared_for, {}, 700, country)
    for name, patients in zip(
        ("bed_stays", "h2_bed_stays", "h3_bed_stays"),
        ("his_patients", "h2_his_patients", "h3_his_patients"),
        strict=True,
    ):
        stays = district.table(name)
        assert stays["stay_id"].is_unique and len(stays) > 3
        assert stays["mrn"].isin(district.table(patients)["mrn"]).all()
        assert stays["admitted_at"].is_monotonic_increasing
