"""The stories of acute illness and of check-ups, in 1,500 simulated people with all their years."""

import numpy as np
import pandas as pd
import pytest
from histories import END

from sim.engine import Kind, Program, simulate
from sim.engine.hooks.calendar import year_and_month
from sim.population.ages import draw_ages

N = 1500
OFFICE = ("ambulatory", "wellness", "urgentcare", "virtual")


@pytest.fixture(scope="module")
def story(program: Program) -> pd.DataFrame:
    """All events with what their states mean, the encounter they belong to and the person's age."""
    days, sexes = draw_ages(N, np.random.default_rng(4))
    birth, zeros = days + 25_567.0, np.zeros(N, dtype=np.int8)
    events = simulate(program, birth, (sexes == "F").astype(np.int8), zeros, zeros + 1, END, seed=3)
    names = ("slot", "attempt", "day", "kind", "state", "value", "encounter")
    table = pd.DataFrame({name: getattr(events, name) for name in names})
    states = pd.DataFrame([(s.module, s.name, s.code, s.encounter_class) for s in program.states])
    table[["module", "name", "code", "class"]] = states.to_numpy()[table["state"]]
    table["age"] = (table["day"] - birth[table["slot"]]) / 365.25
    last = events.lives.attempt[np.isnan(events.lives.death_day)]
    table["living"] = table["attempt"] == last[table["slot"]]
    return table


def onsets(story: pd.DataFrame, code: str) -> pd.DataFrame:
    return story[(story["kind"] == Kind.CONDITION) & (story["code"] == code)]


def visits(story: pd.DataFrame) -> pd.DataFrame:
    """Encounters with their end: index slot, attempt and number of the encounter."""
    key = ["slot", "attempt", "encounter"]
    ends = story[story["kind"] == Kind.ENCOUNTER_END].drop_duplicates(key).set_index(key)["day"]
    begun = story[story["kind"] == Kind.ENCOUNTER].set_index(key)
    return begun.assign(days=ends.reindex(begun.index) - begun["day"])


def inside(story: pd.DataFrame, some: pd.DataFrame) -> "pd.Series[str]":
    """Returns the class of the encounter in which each of some events happened."""
    key = ["slot", "attempt", "encounter"]
    return visits(story)["class"].reindex(pd.MultiIndex.from_frame(some[key]))


def test_influenza_comes_in_winter_and_colds_mostly(story: pd.DataFrame) -> None:
    influenza, colds = (
        [year_and_month(day)[1] for day in onsets(story, code)["day"]] for code in ("6142004", "54150009")
    )
    assert len(influenza) > 100 and set(influenza) <= {11, 12, 1, 2, 3, 4, 5}
    assert np.isin(colds, [10, 11, 12, 1, 2, 3]).mean() > 0.55


def test_hip_fractures_of_the_old_are_operated_in_hospital(story: pd.DataFrame) -> None:
    hips = onsets(story, "359817006")
    assert len(hips) > 5 and (hips["age"] >= 74.9).all()
    assert set(inside(story, hips)) == {"inpatient"}
    own = story[(story["module"] == "Injuries") & (story["kind"] == Kind.PROCEDURE)]
    operated = own[own["code"] == "52734007"]
    assert len(operated) == len(hips)


def test_sepsis_is_a_stay_with_cultures_and_antibiotics(story: pd.DataFrame) -> None:
    sepsis = onsets(story, "91302008")
    assert set(inside(story, sepsis)) == {"inpatient"}
    assert sepsis["age"].median() > 45
    own = story[story["module"] == "Sepsis"]
    assert (own["code"] == "30088009").sum() == len(sepsis)
    drugs = own[own["kind"] == Kind.MEDICATION]
    assert 0.9 * len(sepsis) < len(drugs) <= len(sepsis)  # not twice where the drug is still taken
    assert 0 < (own["kind"] == Kind.DEATH).sum() < 0.15 * len(sepsis)


def test_pneumonia_of_the_old_more_often_ends_in_hospital(story: pd.DataFrame) -> None:
    pneumonia = onsets(story, "233604007")
    admitted = pneumonia["name"] == "Admitted Case"
    old = pneumonia["age"] >= 65
    assert admitted[old].mean() > admitted[~old].mean() + 0.1


def test_everybody_is_born_in_hospital(story: pd.DataFrame) -> None:
    births = visits(story)[lambda rows: rows["module"] == "Newborn"]
    lives = story.groupby(["slot", "attempt"]).ngroups
    assert len(births) == lives and (births["age"] < 0.01).all()
    assert 2 < births["days"].mean() < 4


def test_bacterial_infections_get_antibiotics_that_end(story: pd.DataFrame) -> None:
    key = ["slot", "attempt", "encounter"]
    strep = onsets(story, "43878008").set_index(key).index
    orders = story[(story["kind"] == Kind.MEDICATION) & (story["module"] == "Respiratory Infection")]
    antibiotics = orders[orders["name"].isin(["Amoxicillin", "Azithromycin"])].set_index(key).index
    assert len(strep) > 50 and strep.isin(antibiotics).mean() > 0.8
    ended = story[(story["kind"] == Kind.MEDICATION_END) & (story["module"] == "Respiratory Infection")]
    assert len(ended) > 0.95 * len(orders)


def test_panels_belong_to_the_check_ups_of_adults(story: pd.DataFrame) -> None:
    own = story[story["module"] == "Wellness Visits"]
    panels = own[own["kind"] == Kind.REPORT]
    blood = panels[panels["code"] != "85354-9"]
    assert (blood["age"] >= 18).all() and set(inside(story, panels)) == {"wellness"}
    waists = own[own["code"] == "8280-0"]
    adults = own[(own["code"] == "8302-2") & (own["age"] >= 18)]
    assert 0.1 < len(waists) / len(adults) < 0.2
    assert own[own["code"] == "9843-4"]["age"].max() < 2.1


def test_use_of_care(story: pd.DataFrame) -> None:
    recent = visits(story)[lambda rows: rows["living"] & (rows["day"] > END - 3 * 365.25)]
    kinds = recent["class"].value_counts() / (3 * N)
    assert 2.7 < kinds[[name for name in OFFICE if name in kinds]].sum() < 4.2  # 3.4 a year, HUS 2010
    assert 0.22 < kinds["outpatient"] < 0.5  # 0.32
    assert 0.3 < kinds["emergency"] < 0.6  # 0.43 to 0.45
    assert 0.08 < kinds["inpatient"] < 0.14  # 0.108 to 0.116
    stays = recent[recent["class"] == "inpatient"]["days"]
    assert 3.2 < stays.mean() < 5.6 and 0.4 < (stays <= 3).mean() < 0.7
