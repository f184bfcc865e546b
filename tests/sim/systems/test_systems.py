"""Each institution records its part faithfully, before anything goes wrong."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
import yaml

from sim.defects.registry import ORDER
from sim.district import District
from sim.systems import cohort, visits

NONE = {ident: 0.0 for order in ORDER.values() for ident in order if ident not in {"D13", "D14"}}


@pytest.fixture(scope="module")
def clean(made_up):
    records, seeds = made_up
    return District(records, seeds, NONE, 700)


@pytest.fixture(scope="module")
def usual(made_up):
    records, seeds = made_up
    return District(records, seeds, {}, 700)


def test_everybody_alive_or_lately_dead_is_registered_once_with_their_own_data(clean, made_up):
    people, table = clean.records.people, clean.table("his_patients").set_index("_person")
    assert table.index.is_unique and len(table) == len(people)
    who = people.loc[table.index]
    for column, field in (
        ("given_name", "given"),
        ("family_name", "surname"),
        ("address", "address"),
        ("sex", "sex"),
    ):
        assert (table[column] == who[field]).all()
    assert (pd.to_datetime(table["birth_date"]) == who["birth_date"]).all()
    assert table["deceased_on"].notna().eq(~who["alive"]).all()


def test_people_are_registered_after_birth_and_before_their_first_visit(clean, usual, made_up):
    table = clean.table("his_patients").set_index("_person")
    assert (table["registered_at"] >= made_up[0].people.loc[table.index, "birth_date"]).all()
    seen = clean.visits.groupby("person")["start"].min().reindex(table.index)
    assert not (table["registered_at"] > seen).any()
    again = usual.table("his_patients")
    assert (
        again["registered_at"] >= pd.to_datetime(made_up[0].people.loc[again["_person"], "birth_date"].array)
    ).all()
    verified = pd.to_datetime(again["phone_verified_on"])
    assert not (verified < again["registered_at"].dt.normalize()).any()


def test_second_registrations_come_later_and_newborns_get_their_names(usual, made_up):
    table = usual.table("his_patients")
    second = table[table["_cause"].notna()].set_index("_person")
    first = table[table["_cause"].isna()].set_index("_person").loc[second.index]
    assert (second["registered_at"] > first["registered_at"]).all()
    babies = second.index[second["_cause"] == "newborn"]
    assert first.loc[babies, "given_name"].str.startswith("Baby of ").all() and len(babies)
    surnames = made_up[0].people.loc[second.index[second["_cause"] == "surname"]]
    assert (first.loc[surnames.index, "family_name"] == surnames["birth_surname"]).all()
    assert (
        second["verified_id"].dropna() == second["_verified_id"][second["verified_id"].notna()]
    ).mean() > 0.9


def test_later_visits_of_the_reregistered_are_filed_under_either_number(usual):
    book = visits.number_book(usual.table("his_patients"))
    filed = visits.file_under(usual.visits, book)
    numbers = book.loc[usual.visits["person"]].set_index(usual.visits.index)
    late = usual.visits["start"] >= numbers["second_at"]
    assert (filed[~late] == numbers["first"][~late]).all()
    assert 0.4 < (filed[late] == numbers["second"][late]).mean() < 0.8
    assert filed[late].isin([*book["first"], *book["second"].dropna()]).all()


def test_hospital_and_clinic_hold_their_own_visits(clean, made_up):
    here = clean.table("his_encounters")["_encounter"]
    there = clean.visits.index[clean.visits["facility"] == "C1"]
    assert here.is_unique and set(here) == set(clean.visits.index[clean.visits["facility"] == "H1"])
    assert len(clean.table("clinic_visits")) == len(there)


def test_people_known_to_have_diabetes_are_coded_so_and_women_planted_are_not(clean, made_up):
    people = made_up[0].people
    coded = clean.visits[clean.visits["dx_code"] == "E11.9"]
    assert people.loc[coded["person"], "diabetes_diagnosed"].all() and len(coded) > 20
    gestational = clean.visits[clean.visits["dx_code"] == "O24.419"]
    women = people.loc[gestational["person"]]
    assert (women["sex"] == "F").all() and not women["diabetes"].any() and len(women) >= 10


def test_results_show_the_observations_in_the_laboratorys_own_words(clean, made_up):
    observations = made_up[0].tables["observations"]
    table = clean.table("lis_results")
    a1c = observations[observations["CODE"] == "4548-4"]
    shown = table[table["test_code"] == "A1C"]
    expected = {f"{float(value):.1f}" for value in a1c["VALUE"]}
    assert set(shown["value"]) <= expected and set(shown["unit"]) == {"%"}
    assert (table["collected_at"] < table["reported_at"]).all() and (
        table["reported_at"] < table["received_at"]
    ).all()
    assert table.groupby("specimen_id")["mrn"].nunique().eq(1).all()
    assert list(table["row_id"]) == sorted(table["row_id"]) and table["received_at"].is_monotonic_increasing
    assert {"A1C", "GLU", "CREA", "HB", "K"} == set(table["test_code"])


def test_ages_are_whole_years_on_the_day():
    born = pd.Series(pd.to_datetime(["2000-12-31", "2001-01-01", "1990-06-15"]))
    assert list(cohort._whole_years(born, date(2020, 12, 31))) == [20, 19, 30]


def test_the_cohort_holds_every_adult_once(clean, made_up):
    table, people = clean.table("diabetes_cohort"), made_up[0].people
    adults = people[people["alive"] & (people["birth_date"] <= "2007-12-31")]
    assert (
        set(table["_person"]) == set(adults.index) and table["mrn"].is_unique and (table["age"] >= 18).all()
    )


def test_the_supplied_model_gives_the_probabilities_of_the_table(usual):
    """Recomputed from the file alone, as a student would."""
    table, model = (
        usual.table("diabetes_cohort"),
        yaml.safe_load(cohort.describe(usual.table("diabetes_cohort"))),
    )
    z = model["intercept"] + sum(
        weight * (table[name].astype(float) - model["centres"][name])
        for name, weight in model["weights"].items()
    )
    p = model["least"] + (model["most"] - model["least"]) / (1 + np.exp(-z))
    assert np.allclose(p, table["p_ordered"], atol=6e-5)


def test_people_who_avoid_doctors_are_tested_less_than_the_model_says(usual):
    table = usual.table("diabetes_cohort")
    gap = table["hba1c"].notna() - table["p_ordered"]
    assert gap[table["_avoids"]].mean() < -0.02 < gap[~table["_avoids"]].mean()


def test_absent_results_stand_in_the_ledger_with_the_value_they_would_have_had(usual, made_up):
    truth = usual.truth(["cohort"])
    ledger = truth.defects("D13").set_index("record")
    table = usual.table("diabetes_cohort").set_index("mrn")
    assert set(ledger.index) == set(table.index[table["hba1c"].isna()])
    true = made_up[0].people.loc[table.loc[ledger.index, "_person"], "hba1c"].round(1)
    assert np.allclose(ledger["clean"].astype(float), true) and ledger["dirty"].isna().all()
    assert truth.cohort["hba1c_true"].notna().all()
