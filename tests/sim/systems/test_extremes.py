"""True extremes are planted in fitting patients, and nothing else of the clean records changes."""

import numpy as np
import pandas as pd
import pytest

from sim.district import District
from sim.systems.extremes import EACH, EXTREMES, make_centenarians, make_heavy, plant_extremes

TODAY = pd.Timestamp("2025-12-31")


@pytest.fixture(scope="module")
def planted(made_up):
    """Records before and after, and the visits."""
    records, seeds = made_up
    visits = District(records, seeds, {}, 700).visits
    return records, plant_extremes(records, visits, TODAY, 2000, seeds.stream("extremes")), visits


def test_each_kind_is_planted_in_the_facility_that_shows_it(planted):
    before, after, visits = planted
    clean, table = before.tables["observations"], after.tables["observations"]
    touched = table[clean["VALUE"] != table["VALUE"]].join(visits, on="ENCOUNTER")
    for extreme in EXTREMES:
        mine = touched[touched["CODE"].isin(extreme.codes)]
        assert len(mine) == EACH and mine["person"].is_unique, extreme.name
        assert (mine["facility"] == extreme.facility).all()
        assert mine["VALUE"].astype(float).between(extreme.least, extreme.range[1]).all()
        assert (mine["DATE"] >= TODAY - pd.DateOffset(years=2)).all()
        ill = before.people.loc[mine["person"], extreme.patients]
        assert ill.mean() > 0.9, extreme.name


def test_a_crisis_raises_the_lower_pressure_too_and_nothing_else_changes(planted):
    before, after, _ = planted
    clean, table = before.tables["observations"], after.tables["observations"]
    assert table["VALUE"].dtype == clean["VALUE"].dtype
    pd.testing.assert_frame_equal(table.drop(columns="VALUE"), clean.drop(columns="VALUE"))
    touched = table[clean["VALUE"] != table["VALUE"]]
    codes = {code for extreme in EXTREMES for code in extreme.codes} | {"8462-4"}
    assert set(touched["CODE"]) <= codes
    high = table[(table["CODE"] == "8480-6") & (table["VALUE"].astype(float) >= 230)]
    low = table[(table["CODE"] == "8462-4")].merge(high[["ENCOUNTER", "DATE"]], on=["ENCOUNTER", "DATE"])
    assert len(low) > 3 and (low["VALUE"].astype(float) >= 120).all()


def test_the_oldest_become_a_hundred_years_old_on_their_own_birthday(made_up):
    people = made_up[0].people
    moved = make_centenarians(people, TODAY, 3, np.random.default_rng(1))
    changed = moved["birth_date"] != people["birth_date"]
    hundred = moved["alive"] & (moved["birth_date"] <= "1925-12-31")
    assert hundred.sum() == 3 == changed.sum() and hundred[changed].all()
    one, other = (table.loc[changed, "birth_date"].dt.strftime("%m-%d") for table in (people, moved))
    assert (one == other).all()
    assert (people.loc[changed, ["twin_of", "namesake_of", "junior_of"]] < 0).all(axis=None)
    assert (moved.loc[changed, "birth_date"] > "1919-12-31").all()
    pd.testing.assert_frame_equal(moved.drop(columns="birth_date"), people.drop(columns="birth_date"))
    again = make_centenarians(moved, TODAY, 3, np.random.default_rng(2))
    pd.testing.assert_frame_equal(again, moved)


def test_the_heaviest_adults_fill_up_what_nature_gives(made_up):
    people = made_up[0].people.assign(weight=80.0)
    people.loc[people.index[:2], "bmi"] = [61.0, 58.0]
    heavy = make_heavy(people, TODAY, 9, np.random.default_rng(1))
    grown = heavy["alive"] & (heavy["birth_date"] <= "2007-12-31")
    assert (grown & (heavy["bmi"] >= 55)).sum() == 9
    changed = heavy["bmi"] != people["bmi"]
    rest = people.loc[grown & ~changed & (people["bmi"] < 55), "bmi"]
    assert people.loc[changed, "bmi"].min() >= rest.max()
    ratio = heavy.loc[changed, "weight"] / people.loc[changed, "weight"]
    assert np.allclose(ratio, heavy.loc[changed, "bmi"] / people.loc[changed, "bmi"])


def test_a_district_holds_them_where_its_tables_show_them(made_up):
    records, seeds = made_up
    district = District(records, seeds, {}, 2000)
    results = district.table("lis_results")
    number = pd.to_numeric(results["value"], errors="coerce")
    assert (number[results["test_code"] == "GLU"] >= 600).sum() >= 5
    assert (number[results["test_code"] == "K"] >= 7.5).sum() >= 5
    assert (district.table("his_patients")["birth_date"].between("1920-01-01", "1925-12-31")).sum() >= 5
