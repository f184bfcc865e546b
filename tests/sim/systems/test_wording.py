"""The words of conditions and drugs cover what the engine's modules can record, in both countries."""

import json

import pytest

from sim.paths import datasets
from sim.systems.note_words import PROCEDURES, SYMPTOMS
from sim.systems.pharmacy import CHINESE_FORMS, SHORT_FORMS
from sim.systems.wording import abbreviations, conditions, drug_names, drugs, icd_codes, lasting, read_codes

COUNTRIES = ("us", "cn")


def recorded(kind: str, system: str) -> set[str]:
    """Returns the codes of one code system that states of one kind record."""
    folder = datasets("codes").parent.parent / "sim" / "modules"
    found = set()
    for file in folder.rglob("*.json"):
        for state in json.loads(file.read_text(encoding="utf-8")).get("states", {}).values():
            if state["type"] == kind:
                found |= {code["code"] for code in state["codes"] if code["system"].startswith(system)}
    return found


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_drug_that_modules_order_has_a_name(country):
    ordered = recorded("MedicationOrder", "RxNorm")
    assert len(ordered) > 50 and ordered <= set(drug_names(country))
    assert all(wording.plain for wording in drug_names(country).values())


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_condition_that_modules_record_has_a_name_and_a_code(country):
    begun = recorded("ConditionOnset", "SNOMED")
    assert len(begun) > 50
    assert begun <= set(conditions(country)) and begun <= set(icd_codes(country))


def test_abbreviations_stand_for_things_that_have_a_code():
    for country in COUNTRIES:
        known = {*conditions(country), *SYMPTOMS[country]}
        assert set(abbreviations(country, "condition")) <= known
        assert set(abbreviations(country, "drug")) <= set(drugs().index)
    table = read_codes("note_abbreviations.csv")
    assert not table.duplicated(["country", "abbreviation"]).any() and (table["expansion"] != "").all()


def test_both_languages_know_the_same_complaints_and_procedures():
    assert set(SYMPTOMS["us"]) == set(SYMPTOMS["cn"]) and set(PROCEDURES["us"]) == set(PROCEDURES["cn"])


def test_lasting_conditions_have_names_and_every_form_has_a_word():
    for country in COUNTRIES:
        assert lasting() <= set(conditions(country))
    assert set(drugs()["form"]) <= set(SHORT_FORMS) == set(CHINESE_FORMS)


def test_chinese_codes_are_of_the_national_shape():
    codes = list(icd_codes("cn").values())
    assert all(len(code) == 7 and code[3] == "." and code[4] in "0123456789x" for code in codes)
    assert icd_codes("cn")["21522001"] == "R10.900"
