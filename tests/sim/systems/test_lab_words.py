"""The glossary: enough to map every entry of the books by rule, in both countries, and no more."""

import pytest

from sim.countries import COUNTRIES
from sim.systems.facilities import HOSPITALS
from sim.systems.lab_books import entries
from sim.systems.lab_concepts import concepts
from sim.systems.lab_words import COLUMNS, describe, gather


@pytest.fixture(params=COUNTRIES)
def known(request):
    return [entry for hospital in HOSPITALS for entry in entries(hospital, request.param)]


def test_a_word_for_a_test_stands_for_one_component(known):
    words = gather(known)
    tests = words[words["axis"] == "test"]
    assert tests["local"].is_unique and set(tests["part"]) <= set(concepts()["component"])
    assert set(words["axis"]) == {"test", "specimen", "method"}


def test_every_matched_entry_finds_its_concept_by_its_words(known):
    words = gather(known)
    parts = {axis: set(zip(rows["local"], rows["part"], strict=True)) for axis, rows in words.groupby("axis")}
    for entry in known:
        if entry["loinc"]:
            concept = concepts().loc[entry["loinc"]]
            assert (entry["test_name"], concept["component"]) in parts["test"]
            assert (entry["specimen"], concept["specimen"]) in parts["specimen"]
            exact = entry["equivalence"] == "equivalent" and entry["method"]
            assert not exact or (entry["method"], concept["method"]) in parts["method"]


def test_words_of_what_fits_nothing_are_left_out(known):
    words = gather(known)
    matched = {entry["test_name"] for entry in known if entry["loinc"]}
    unmatched = {entry["test_name"] for entry in known if not entry["loinc"]} - matched
    assert unmatched and not unmatched & set(words["local"])


def test_what_says_more_than_the_word_is_called_narrower(known):
    words = gather(known)
    narrower = words[words["relation"] == "narrower"]
    assert {"Fibrin D-dimer FEU", "HIV 1 Ab"} <= set(narrower["part"])
    assert (narrower["axis"] == "test").all()


def test_the_shipped_glossary_is_a_plain_table(known):
    lines = describe(known).decode("utf-8").splitlines()
    assert lines[0] == ",".join(COLUMNS) and len(lines) == len(gather(known)) + 1
