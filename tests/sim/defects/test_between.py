"""Hospitals' records of one person differ in names, contacts and charts; the truth knows why."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.defects import DEFECTS, between
from sim.defects.newcomers import by_ear
from sim.defects.registry import ORDER
from sim.district import District
from sim.systems.catalogue import TABLES
from sim.systems.identities import alike
from sim.systems.schema import publish

OURS = ("D34", "D35", "D36", "D42", "D43", "D44", "D47", "D48")
PATIENTS = ("h2_his_patients", "h3_his_patients")
NONE = {ident: 0.0 for name in (*PATIENTS, "his_patients", "emr_covers") for ident in ORDER[name]}


MADE: dict[tuple[str, ...], District] = {}


def alone(cared_for, *idents, country="us"):
    """Returns a district in which of the mistakes in registrations and covers only these happen."""
    if (country, *idents) not in MADE:
        rates = {ident: rate for ident, rate in NONE.items() if ident not in idents}
        MADE[country, *idents] = District(*cared_for, rates, 700, country)
    return MADE[country, *idents]


@pytest.fixture(scope="module", params=["us", "cn"])
def country(request):
    return request.param


@pytest.fixture(scope="module")
def clean(cared_for, country):
    return alone(cared_for, country=country)


@pytest.mark.parametrize(
    ("ident", "fields"), [("D35", 1), ("D36", 2), ("D44", 1), ("D42", 3), ("D47", 4), ("D48", 2)]
)
@pytest.mark.parametrize("name", PATIENTS)
def test_the_ledger_lists_exactly_the_cells_that_changed(cared_for, clean, country, ident, fields, name):
    if (country, ident) == ("cn", "D35"):
        return  # Made-up people have no Chinese names; see the test on nicknames.
    district = alone(cared_for, ident, country=country)
    before, after, ledger = clean.table(name), district.table(name), district.ledger(name)
    found = set()
    for field in TABLES[name].columns:
        one, other = before[field.name].to_numpy(dtype=object), after[field.name].to_numpy(dtype=object)
        differs = ~((one == other) | (pd.isna(one) & pd.isna(other)))
        found |= {(mrn, field.name) for mrn in before.loc[differs, "mrn"]}
    assert found == set(zip(ledger["record"], ledger["field"], strict=True))
    assert ledger["field"].nunique() == fields and len(ledger) >= 3


def test_nicknames_are_short_for_the_true_name(cared_for):
    for name in PATIENTS:
        ledger = alone(cared_for, "D35").ledger(name)
        assert (ledger["clean"].map(between.nicknames()) == ledger["dirty"]).all() and len(ledger) > 10


def test_in_china_the_last_character_stands_for_the_name_unless_others_are_called_so(made_up):
    names = ["建国", "小国", "明", "晓?", "丽芳", "海芳"]
    table = pd.DataFrame({"given_name": names, "family_name": "王", "mrn": list("abcdef")})
    table["birth_date"] = ["1980-01-01"] * 5 + ["1990-01-01"]
    called, ledger = DEFECTS["D35"].apply(table, 1.0, 0, made_up[1].stream("test"), country="cn")
    assert called["given_name"].tolist() == ["建国", "小国", "明", "晓?", "小芳", "小芳"]
    assert ledger["record"].tolist() == ["e", "f"] and ledger["clean"].tolist() == ["丽芳", "海芳"]


def test_old_surnames_are_those_of_birth(cared_for, clean, country):
    people = clean.records.people
    for name in PATIENTS:
        table = alone(cared_for, "D44", country=country).table(name)
        ledger = alone(cared_for, "D44", country=country).ledger(name)
        who = table.set_index("mrn").loc[ledger["record"]]
        assert people.loc[who["_person"], "changed_surname_on"].notna().all()
        if name == "h3_his_patients":
            assert (
                ledger["dirty"].to_numpy() == people.loc[who["_person"], "birth_surname"].to_numpy()
            ).all()
        elif country == "us":
            assert ledger["dirty"].str.fullmatch(r"[A-Z '\-]+").all()


def test_old_contacts_are_other_ones_of_the_same_shape(cared_for, clean, country):
    for name in PATIENTS:
        ledger = alone(cared_for, "D42", country=country).ledger(name)
        phones, places = (ledger[ledger["field"] == field] for field in ("phone", "address"))
        assert (phones["clean"].str[:-4] == phones["dirty"].str[:-4]).all() and len(phones) > 5
        assert places["dirty"].isin(clean.table(name)["address"]).all() and len(places) > 5


def test_a_chart_of_two_has_one_registration_and_the_visits_of_both(cared_for, clean, country):
    district = alone(cared_for, "D34", country=country)
    patients, told = district.table("h2_his_patients"), district.truth(["his"]).facts["merged_charts"]
    assert len(told) >= 7 and set(told["facility"]) == {"H2"}
    assert len(patients) == len(clean.table("h2_his_patients")) - len(told)
    assert not set(told["other"]) & set(patients["_person"])
    before, after = (d.table("h2_his_encounters") for d in (clean, district))
    assert len(before) == len(after)
    filed = after.groupby("mrn")["_person"].unique()
    for mrn, person, other in told[["mrn", "person", "other"]].itertuples(index=False):
        visits = set(before.loc[before["_person"].isin((person, other)), "_person"])
        assert visits == set(filed.get(mrn, []))
    ledger = district.ledger("h2_his_patients")
    assert set(ledger["dirty"]) == set(told["mrn"]) and not set(ledger["clean"]) & set(patients["mrn"])


def test_people_on_one_chart_share_surname_and_sex(cared_for, clean, country):
    told = alone(cared_for, "D34", country=country).truth(["his"]).facts["merged_charts"]
    known = clean.table("h2_his_patients").set_index("_person")[["family_name", "sex"]]
    assert (known.loc[told["person"]].to_numpy() == known.loc[told["other"]].to_numpy()).all()
    assert not set(told["person"]) & set(told["other"])


def test_problems_and_drugs_follow_the_merged_chart(cared_for):
    district = alone(cared_for, "D34")
    told = district.truth(["his"]).facts["merged_charts"].set_index("other")["mrn"]
    for name in ("h2_emr_problems", "h2_pharmacy_dispenses", "h2_claims"):
        theirs = district.table(name)
        theirs = theirs[theirs["_person"].isin(told.index)]
        assert (theirs["mrn"].to_numpy() == told.loc[theirs["_person"]].to_numpy()).all(), name


def test_covers_repeat_what_the_hospital_holds_and_what_is_true(clean):
    facts = clean.truth(["emr"]).facts["personal_facts"].set_index("person")
    for prefix in ("", "h2_", "h3_"):
        cover, patients = clean.table(f"{prefix}emr_covers"), clean.table(f"{prefix}his_patients")
        assert cover["mrn"].tolist() == patients["mrn"].tolist()
        for field in ("birth_date", "phone", "address"):
            assert (cover[field] == patients[field]).all()
        for field in ("blood_group", "allergy"):
            known = cover.dropna(subset=[field])
            assert (facts.loc[known["_person"], field].to_numpy() == known[field].to_numpy()).all()
            assert 0.6 < len(known) / len(cover) < 1
        lived = patients["deceased_on"].isna() | (cover["made_on"] <= patients["deceased_on"])
        assert lived.all() and (cover["made_on"] >= patients["registered_at"].dt.strftime("%Y-%m-%d")).all()


def test_covers_contradict_the_truth_only_where_the_ledger_says(cared_for, clean, country):
    district = alone(cared_for, "D43", country=country)
    truth = district.truth(["emr"])
    facts = truth.facts["personal_facts"].set_index("person")
    for name in ("emr_covers", "h2_emr_covers"):
        cover, ledger = district.table(name), district.ledger(name)
        assert set(ledger["field"]) == {"birth_date", "blood_group", "allergy"}
        for field in ("blood_group", "allergy"):
            known = cover.dropna(subset=[field])
            true = facts.loc[known["_person"], field].to_numpy()
            wrong = set(known.loc[known[field].to_numpy() != true, "mrn"])
            assert wrong == set(ledger.loc[ledger["field"] == field, "record"])
        restored = truth.restore(name, publish(cover, TABLES[name]), "mrn")
        assert (restored["birth_date"].to_numpy() == clean.table(name)["birth_date"].to_numpy()).all()


@pytest.mark.parametrize("ident", OURS)
def test_rates_can_be_turned_and_the_large_hospital_keeps_its_registrations(cared_for, ident):
    usual, more = District(*cared_for, {}, 700), District(*cared_for, {ident: 0.4}, 700)
    name = "h2_emr_covers" if ident == "D43" else "h2_his_patients"
    counts = [(d.ledger(name)["defect"] == ident).sum() for d in (usual, more)]
    assert counts[1] > counts[0] or ident == "D44"
    pd.testing.assert_frame_equal(usual.table("his_patients"), more.table("his_patients"))


@pytest.mark.parametrize("ident", OURS)
def test_a_defect_leaves_its_argument_alone(clean, made_up, ident):
    what = DEFECTS[ident]
    table = clean.table(what.tables[0])
    before = table.copy(deep=True)
    extra = {"country": clean.country} if what.local else {}
    what.apply(table, 0.1, 5, made_up[1].stream("test"), **extra)
    pd.testing.assert_frame_equal(table, before)


def test_newcomers_are_written_by_ear_and_nobody_else_is(cared_for, clean, country):
    newcomers = set(clean.truth(["his"]).facts["person_groups"].loc[lambda told: told["newcomer"], "person"])
    for name in PATIENTS:
        district = alone(cared_for, "D47", country=country)
        ledger, table = district.ledger(name), district.table(name).set_index("mrn")
        touched = table.loc[ledger["record"].unique()]
        assert set(touched["_person"]) <= newcomers and len(touched) > 5
        assert touched["birth_date"].str.endswith("-01-01").all()
        assert touched["phone"].isna().all() and touched["verified_id"].isna().all()
        born = cared_for[0].people.loc[touched["_person"], "birth_date"].dt.year.astype(str)
        assert (touched["birth_date"].str[:4].to_numpy() == born.to_numpy()).all()
        names = ledger[ledger["field"] == "family_name"]
        assert (names["clean"].str[0] == names["dirty"].str[0]).all() or country == "cn"
        assert (names["clean"].str.isupper() == names["dirty"].str.isupper()).all()


@given(st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
def test_a_name_heard_always_differs_and_begins_alike(letters):
    name = letters.capitalize()
    assert by_ear(name) != name and by_ear(name)[0] == name[0]
    assert by_ear(name.upper()) == by_ear(name).upper()


def test_who_is_registered_by_name_alone_has_a_double_with_another_identifier(cared_for, country):
    people = cared_for[0].people
    for name in PATIENTS:
        district = alone(cared_for, "D48", country=country)
        table = district.table(name).set_index("mrn").loc[district.ledger(name)["record"].unique()]
        assert table["birth_date"].isna().all() and table["verified_id"].isna().all() and len(table) > 2
        theirs, others = people.loc[table["_person"]], people.loc[table["_alike"]]
        for field in ("given", "surname"):
            assert (theirs[field].to_numpy() == others[field].to_numpy()).all()
        assert (theirs["verified_id"].to_numpy() != others["verified_id"].to_numpy()).all()


def test_whoever_is_alike_is_so_to_the_other(cared_for):
    people = cared_for[0].people
    other = alike(people)
    found = other[other >= 0]
    assert len(found) > 4 and people.loc[found.index, "alive"].all()
    assert (other[found.to_numpy()] >= 0).all()
    assert (people.loc[found, "surname"].to_numpy() == people.loc[found.index, "surname"].to_numpy()).all()
