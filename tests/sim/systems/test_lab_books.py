"""The code books: complete, true to their concepts, changed on one day, numbered anew in every district."""

from dataclasses import replace
from itertools import pairwise

import pandas as pd
import pytest

from sim.seeds import PUBLIC_KEY, Seeds
from sim.systems.facilities import FACILITIES, HOSPITALS
from sim.systems.lab_books import LAB_CODES, RECORDERS, SPECIMENS, read_book
from sim.systems.lab_concepts import concepts, describe
from sim.systems.lab_tests import list_tests
from sim.systems.recorder import Setting
from sim.systems.units import UNITS, line, read_unit

PARTS = ("Serum or Plasma", "Blood", "Urine", "Platelet poor plasma", "Capillary blood", "Stool")
SAME_SPECIMEN = {
    "serum": {"Serum or Plasma", "Serum", "Serum, Plasma or Blood"},
    "plasma": {"Serum or Plasma"},
    "citrated plasma": {"Platelet poor plasma"},
    "blood": {"Blood", ""},
    "capillary blood": {"Capillary blood"},
    "urine": {"Urine"},
    "stool": {"Stool"},
}
METHODS = {
    "automated count": "Automated count",
    "manual count": "Manual count",
    "calculation": "Calculation",
    "direct assay": "Direct assay",
    "test strip": "Test strip",
    "glucometer": "Glucometer",
    "high sensitivity": "High sensitivity method",
    "coagulation assay": "Coagulation assay",
    "IFCC protocol": "IFCC protocol",
    "CKD-EPI 2021 formula": "Creatinine-based formula (CKD-EPI 2021)",
    "MDRD formula": "Creatinine-based formula (MDRD)",
}
"""What the books call the methods of concepts."""

KINDS = {"mass": "Mass/volume", "substance": "Moles/volume", "IFCC": "Substance fraction"}


def setting(hospital: str, country: str = "us", ident: str = "s001") -> Setting:
    nothing = pd.DataFrame()
    seeds = Seeds(PUBLIC_KEY, country, "2026A", ident)
    today = pd.Timestamp("2025-12-31")
    return Setting(None, nothing, country, FACILITIES[hospital], 2000, seeds, today)  # type: ignore[arg-type]


BOOKS = [(hospital, country) for hospital in HOSPITALS for country in ("us", "cn")]


@pytest.fixture(params=BOOKS, ids="-".join)
def book(request):
    return read_book(setting(*request.param))


def test_every_code_has_one_meaning_at_a_time(book):
    table = pd.DataFrame(book)
    assert table["entry_id"].is_unique and len(table) >= 40
    for _, rows in table.groupby("test_code"):
        spans = sorted(zip(rows["valid_from"], rows["valid_to"].replace("", "9999"), strict=True))
        assert all(before[1] < after[0] for before, after in pairwise(spans))


def test_a_test_that_is_measured_has_an_entry_before_and_after_the_codes_change(book):
    filed = [(record, entry["era"]) for entry in book for record in entry["records"]]
    assert len(filed) == len(set(filed))
    for record in {record for record, _ in filed}:
        eras = {era for name, era in filed if name == record}
        assert eras in ({"all"}, {"old", "new"}), record


def test_units_fit_their_concepts(book):
    """The unit can be told in the concept's, without changing the property."""
    for entry in book:
        if not entry["unit"] or not entry["loinc"]:
            continue
        concept = concepts().loc[entry["loinc"]]
        slope, offset = line(concept["analyte"], entry["unit"], concept["ucum"])
        assert slope > 0 and offset == 0
        kind = UNITS[read_unit(entry["unit"])][0]
        assert KINDS.get(kind, concept["property"]) == concept["property"], entry


@pytest.mark.parametrize("hospital", HOSPITALS)
@pytest.mark.parametrize("country", ["us", "cn"])
def test_the_truth_follows_from_the_parts(hospital, country):
    """Analyte, property and specimen agree with the target; the methods say which is the wider."""
    english = {(entry["slot"], entry["era"]): entry for entry in read_book(setting(hospital))}
    for entry in read_book(setting(hospital, country)):
        words = english[entry["slot"], entry["era"]]
        if entry["equivalence"] == "unmatched":
            assert not entry["loinc"]
            continue
        concept = concepts().loc[entry["loinc"]]
        assert concept["specimen"] in SAME_SPECIMEN[words["specimen"]], words
        told = METHODS.get(words["method"], words["method"])
        if entry["equivalence"] == "equivalent":
            assert told == concept["method"], words
        elif entry["equivalence"] == "wider":
            assert told and not concept["method"], words
        elif concept["method"]:
            assert entry["equivalence"] == "narrower" and not told, words
        else:
            assert words["test_name"] in {"D-dimer", "Coagulation: D-dimer", "HIV 1/2 antibody"}


def test_only_one_concept_fits_an_entry_best(book):
    """Where the book leaves the method open, the concepts of that test and specimen name one at most."""
    for entry in book:
        if entry["equivalence"] != "narrower":
            continue
        concept = concepts().loc[entry["loinc"]]
        keys = ["component", "property", "specimen"]
        assert (concepts()[keys] == concept[keys]).all(axis=1).sum() == 1, entry["test_name"]


def test_unmatched_entries_name_no_specimen_that_a_concept_has(book):
    for entry in book:
        if entry["equivalence"] == "unmatched" and entry["unit"]:
            assert entry["specimen"] not in {*SAME_SPECIMEN, *(SPECIMENS[name] for name in SAME_SPECIMEN)}


def test_codes_of_h2_and_h3_are_drawn_anew_and_those_of_h1_are_words():
    for hospital in HOSPITALS:
        one, same, other = (read_book(setting(hospital, ident=ident)) for ident in ("s001", "s001", "s002"))
        assert one == same
        codes = [{entry["test_code"] for entry in book} for book in (one, other)]
        assert (codes[0] == codes[1]) == (hospital == "H1")
    assert {"A1C", "GLU", "NA"} <= {entry["test_code"] for entry in read_book(setting("H1"))}


def test_codes_change_on_the_first_of_a_month_inside_the_time_of_results():
    for ident in ("s001", "s002", "s003"):
        for hospital in HOSPITALS:
            days = {e["valid_from"] for e in read_book(setting(hospital, ident=ident)) if e["era"] == "new"}
            assert len(days) == 1
            assert "2024-04-01" <= min(days) <= "2025-04-01" and min(days).endswith("-01")


def test_the_published_book_says_nothing_of_the_truth():
    told = setting("H2")
    table = RECORDERS[0].record(told)["lab_codes"]
    facts = RECORDERS[0].facts(told, {"lab_codes": table})["concept_of_code"]
    assert list(facts["entry_id"]) == list(table["entry_id"])
    assert (facts["loinc"].isna() == (facts["equivalence"] == "unmatched")).all()
    assert not {"loinc", "equivalence", "records"} & {column.name for column in LAB_CODES.columns}


def test_the_shipped_list_of_concepts_is_blank_where_it_was_and_has_no_opinion():
    text = describe().decode("utf-8")
    assert text.startswith("loinc,name,component,property,specimen,method,ucum\n")
    assert len(text.splitlines()) == len(concepts()) + 1 and concepts().index.is_unique
    assert set(concepts()["status"]) == {"verified_in_synthea", "verified_secondary"}
    files = [recorder.files(setting(code), {}) for code in HOSPITALS for recorder in RECORDERS]
    assert [list(found) for found in files] == [["lab_concepts.csv", "lab_words.csv"], [], []]


def test_check_digits_of_loinc_codes():
    """A mistyped code does not pass: the last digit follows from the others (modulus 10)."""
    for code in concepts().index:
        digits, check = code.split("-")
        doubled = str(int(digits[::-1][::2][::-1]) * 2)
        rest = digits[::-1][1::2][::-1]
        total = sum(int(digit) for digit in doubled + rest)
        assert int(check) == -total % 10, code


def test_every_measured_test_of_by_hand_laboratories_knows_its_other_unit():
    tests = list_tests(read_book(setting("H3")), by_hand=True).set_index("record")
    paired = tests[tests["other_unit"] != ""]
    assert set(paired.index) == {"4548-4", "718-7", "3094-0", "2345-7", "2339-0", "2160-0", "38483-4"}
    slope, offset = paired.loc["4548-4", ["other_slope", "other_offset"]]
    assert round(6.5 * slope + offset) == 48
    assert (list_tests(read_book(setting("H2")), by_hand=False)["other_unit"] == "").all()


def test_another_facility_reads_another_book():
    told = setting("H1")
    assert read_book(told) != read_book(replace(told, facility=FACILITIES["H2"]))
