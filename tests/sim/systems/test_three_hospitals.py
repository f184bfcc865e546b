"""Three hospitals share out the visits; what is entered there can be impossible."""

import pandas as pd
import pytest

from sim.defects import DEFECTS
from sim.district import District


@pytest.fixture(scope="module")
def district(made_up):
    records, seeds = made_up
    return District(
        records, seeds, {"D02": 0.0, "D06": 0.0, "D07": 0.0, "D34": 0.0, "D35": 0.0, "D36": 0.0}, 700
    )


def test_every_visit_is_at_one_of_five_places_and_the_large_hospital_has_most(district):
    share = district.visits["facility"].value_counts(normalize=True)
    assert set(share.index) == {"H1", "H2", "H3", "C1", "C2"}
    assert share["H1"] > share["H2"] > share["H3"] > 0.03


@pytest.mark.parametrize(("facility", "letter"), [("H2", "P"), ("H3", "T")])
def test_smaller_hospitals_know_whoever_came_under_numbers_of_their_own(district, facility, letter):
    patients = district.table(f"{facility.lower()}_his_patients")
    visits = district.visits[district.visits["facility"] == facility]
    assert set(visits["person"]) <= set(patients["_person"])
    assert len(patients) < len(district.table("his_patients"))
    assert patients["mrn"].str.match(letter + r"\d{7}$").all() and patients["mrn"].is_unique
    stays = district.table(f"{facility.lower()}_his_encounters")
    assert set(stays["_encounter"]) == set(visits.index) and stays["mrn"].isin(patients["mrn"]).all()


def test_old_software_knows_neither_accents_nor_small_letters(district):
    names = district.table("h2_his_patients")["family_name"]
    assert names.str.isascii().all() and (names.str.upper() == names).all()


def test_planted_discharges_come_before_the_admission_and_are_all_listed(district, made_up):
    clean = district.table("his_encounters")
    dirty, ledger = DEFECTS["D06"].apply(clean, 0.003, 15, made_up[1].stream("test"))
    early = dirty.loc[dirty["discharged_at"] < dirty["admitted_at"], "encounter_id"]
    assert len(early) >= 15 and sorted(early) == sorted(ledger["record"])
    assert pd.to_datetime(ledger["dirty"]).lt(pd.to_datetime(ledger["clean"])).all()


@pytest.mark.parametrize("country", ["us", "cn"])
def test_placeholders_fill_blanks_and_only_them(district, made_up, country):
    clean = district.table("his_patients")
    dirty, ledger = DEFECTS["D07"].apply(clean, 0.015, 15, made_up[1].stream("test"), country=country)
    nines = dirty["verified_id"].str.fullmatch("9+", na=False)
    assert nines.sum() == len(ledger) >= 15
    assert clean.loc[nines, "verified_id"].isna().all() and ledger["clean"].isna().all()
    assert dirty.loc[~nines, "verified_id"].equals(clean.loc[~nines, "verified_id"])
