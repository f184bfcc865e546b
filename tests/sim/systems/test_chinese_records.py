"""What hospitals of China write: words, codes, names of newborns, slips of the input method."""

import re

import pandas as pd
import pytest

from sim.countries import country
from sim.defects import DEFECTS
from sim.defects.characters import similar
from sim.district import District
from sim.records import PAYERS
from sim.records.accounts import payers
from sim.records.facilities import FACILITIES, hire
from sim.seeds import PUBLIC_KEY, Seeds
from sim.systems.visits import diagnoses

HERE = country("cn")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def clean(made_up_cn):
    records, seeds = made_up_cn
    return District(records, seeds, dict.fromkeys(DEFECTS, 0.0), 700, "cn")


@pytest.fixture(scope="module")
def usual(made_up_cn):
    records, seeds = made_up_cn
    return District(records, seeds, {}, 700, "cn")


def test_wards_diagnoses_and_payers_are_chinese(clean):
    table = clean.table("his_encounters")
    for column in ("ward", "dx_text", "payer"):
        assert table[column].dropna().map(lambda text: CHINESE.search(text) is not None).all(), column
    assert set(table["payer"].dropna()) <= set(HERE.payers.values())
    antenatal = table["dx_code"].str.startswith("O24", na=False)
    assert antenatal.any() and (table["ward"][antenatal].dropna() == "产科门诊").all()


def test_codes_are_of_the_shape_of_the_national_edition(clean):
    codes = clean.table("his_encounters")["dx_code"].dropna()
    assert codes.str.fullmatch(r"[A-Z]\d\d\.[\dx]\d\d").all() and codes.nunique() > 3
    assert diagnoses("cn")["code"].str.fullmatch(r"[A-Z]\d\d\.[\dx]\d\d").all()
    assert diagnoses("us").loc["44054006", "code"] == "E11.9"


def test_newborns_stand_under_the_mother_s_name(usual):
    table = usual.table("his_patients")
    second = table[table["_cause"] == "newborn"].set_index("_person")
    first = table[table["_cause"].isna()].set_index("_person").loc[second.index]
    assert len(second)
    for person in second.index:
        word = {"M": "之子", "F": "之女"}[first.loc[person, "sex"]]
        assert first.loc[person, "given_name"] == first.loc[person, "_parent_given"] + word


def test_names_are_mistaken_for_others_of_one_sound_or_look(clean, made_up_cn):
    table = clean.table("his_patients")
    stream = made_up_cn[1].stream("test")
    spoiled, ledger = DEFECTS["D02"].apply(table, 0.3, 100, stream, country="cn")
    assert len(ledger) > 150
    kinds = set()
    names = table.set_index("mrn")[["given_name", "family_name"]]
    for row in ledger.itertuples():
        given, family = names.loc[row.record]
        if {row.clean, row.dirty} == {given, family}:
            kinds.add("swapped")
        elif row.dirty == row.clean[::-1]:
            kinds.add("order")
        else:
            (was, stands), *others = [
                pair for pair in zip(row.clean, row.dirty, strict=True) if pair[0] != pair[1]
            ]
            assert not others
            kinds |= {kind for kind in ("sound", "look") if stands in similar(kind).get(was, "")}
            assert any(stands in similar(kind).get(was, "") for kind in ("sound", "look"))
    assert kinds == {"swapped", "order", "sound", "look"}
    assert spoiled["given_name"].str.len().ge(1).all()


def test_second_addresses_and_telephones_keep_their_shape(usual):
    table = usual.table("his_patients")
    assert table["address"].str.fullmatch(r"\D+\d+号").all()
    assert table["phone"].str.fullmatch(HERE.phone).all()
    again = table[table["_cause"].notna()].set_index("_person")
    first = table[table["_cause"].isna()].set_index("_person").loc[again.index]
    assert 0.05 < (again["address"] != first["address"]).mean() < 0.4


def test_old_software_has_no_rare_characters(clean):
    names = clean.table("h2_his_patients")
    whole = names["family_name"] + names["given_name"]
    assert all(name.encode("gbk") for name in whole)
    people = clean.records.people.loc[names["_person"]]
    meant = (people["surname"] + people["given"]).to_numpy()
    gone = whole.str.contains("?", regex=False)
    assert gone.any() and (whole[~gone] == meant[~gone]).all()
    for name, stands in zip(meant[gone], whole[gone], strict=True):
        assert name.encode("gbk", "replace").decode("gbk") == stands


def test_institutions_and_payers_are_of_the_district():
    seeds = Seeds(PUBLIC_KEY, "a")
    staff = hire(seeds, country="cn")
    organizations, providers = staff.organizations, staff.providers
    assert list(organizations["NAME"]) == [HERE.facilities[facility.code] for facility in FACILITIES]
    assert (organizations["STATE"] == HERE.state).all() and list(organizations["ZIP"]) == list(HERE.seats)
    assert organizations["PHONE"].str.fullmatch(HERE.phone).all()
    assert providers["NAME"].str.fullmatch(r"[^\x00-\x7f]{2,4}").all()
    counted = {name: [0] * len(PAYERS) for name in ("covered", "uncovered", "premiums", "quality", "years")}
    told = pd.DataFrame(payers(counted, "cn"))
    assert list(told["NAME"]) == [HERE.payers[payer.name] for payer in PAYERS]
    assert told["PHONE"].dropna().str.fullmatch(HERE.phone).all() and told["PHONE"].isna().sum() == 1
