"""Slips and copied paragraphs are in the ledger, and the truth of mentions survives them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_hospital import made_up_setting

from sim.defects.notes import HOMOPHONES, copy_forward, misspell, slip
from sim.district import District
from sim.systems import notes
from sim.systems.catalogue import RECORDER_OF
from sim.systems.note_marks import list_mentions, mark, strip


@pytest.fixture(scope="module", params=["us", "cn"])
def country(request):
    return request.param


@pytest.fixture(scope="module")
def clean(made_up, country):
    return notes.take_notes(made_up_setting(made_up, country=country))["emr_notes"]


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def test_a_misspelled_note_differs_from_the_clean_one_by_the_word_of_the_ledger(clean, country):
    spoiled, ledger = misspell(clean, 0.3, 15, rng(), country)
    before, after = (t.set_index("note_id")["text"].map(strip) for t in (clean, spoiled))
    assert len(ledger) >= 0.28 * len(clean) and ledger["record"].is_unique
    for record, _, right, wrong in ledger.itertuples(index=False):
        assert right != wrong and any(
            before[record][:at] + wrong + before[record][at + len(right) :] == after[record]
            for at in range(len(before[record]))
            if before[record].startswith(right, at)
        )
    rest = ~before.index.isin(ledger["record"])
    assert (before[rest] == after[rest]).all()


def test_slips_leave_names_numbers_and_meanings_alone(clean, country):
    spoiled, _ = misspell(clean, 1.0, 15, rng(), country)
    ids = clean["note_id"].tolist()
    before, after = (list_mentions(ids, t["text"].tolist()) for t in (clean, spoiled))
    told = ["note_id", "kind", "value", "negated", "whose", "certain"]
    pd.testing.assert_frame_equal(before[told], after[told])
    text = spoiled.set_index("note_id")["text"].map(strip)
    exact = after[after["kind"].isin(["phone", "place"])]
    said = [text[n][a:b] for n, a, b in zip(exact.note_id, exact.start, exact.end, strict=True)]
    assert len(exact) > 10 and said == exact["value"].tolist()


def test_a_higher_rate_misspells_the_same_notes_and_more_and_zero_none(clean, country):
    few, many = (misspell(clean, rate, 0, rng(), country)[1] for rate in (0.1, 0.3))
    assert set(few["record"]) < set(many["record"])
    same = many.set_index("record").loc[few["record"]].reset_index()
    pd.testing.assert_frame_equal(same, few)
    untouched, ledger = misspell(clean, 0.0, 0, rng(), country)
    assert len(ledger) == 0
    pd.testing.assert_frame_equal(untouched.astype({"text": "str"}), clean.astype({"text": "str"}))


def test_a_copied_paragraph_stood_in_the_patients_note_before(clean):
    spoiled, ledger = copy_forward(clean, 0.2, 15, rng())
    assert len(ledger) >= 15 and ledger["record"].is_unique
    text, owner = clean.set_index("note_id")["text"], clean.set_index("note_id")["_person"]
    order = {note: at for at, note in enumerate(clean["note_id"])}
    after = spoiled.set_index("note_id")["text"]
    for record, _, gone, copied in ledger.itertuples(index=False):
        earlier = [n for n in owner.index[owner == owner[record]] if order[n] < order[record]]
        assert copied in text[earlier[-1]].split("\n") and copied not in text[record].split("\n")
        assert copied in after[record].split("\n")
        assert pd.isna(gone) or (gone in text[record].split("\n") and gone not in after[record].split("\n"))
    rest = [note for note in text.index if note not in set(ledger["record"])]
    assert (text[rest] == after[rest]).all()


def test_copied_mentions_are_found_where_they_now_stand(clean):
    spoiled, ledger = copy_forward(clean, 0.3, 15, rng())
    tidied, tidy_ledger = notes.tidy("emr_notes", spoiled, ledger)
    found = list_mentions(tidied["note_id"].tolist(), tidied["_marked"].tolist())
    copied = dict(zip(ledger["record"], ledger["dirty"], strict=True))
    shown = dict(zip(tidy_ledger["record"], tidy_ledger["dirty"], strict=True))
    text = tidied.set_index("note_id")["text"]
    checked = 0
    for record, paragraph in copied.items():
        assert shown[record] == strip(paragraph) and shown[record] in text[record]
        at = text[record].index(shown[record])
        here = found[found["note_id"] == record]
        inside = here[(here["start"] >= at) & (here["end"] <= at + len(shown[record]))]
        assert len(inside) == len(list_mentions(["n"], [paragraph]))
        checked += len(inside)
    assert checked > 15


def test_nothing_is_copied_at_rate_zero_and_nothing_without_an_earlier_note(clean):
    assert len(copy_forward(clean, 0.0, 0, rng())[1]) == 0
    single = clean.drop_duplicates("_person")
    assert len(copy_forward(single, 1.0, 15, rng())[1]) == 0


@given(st.from_regex(r"[a-z]{5,20}", fullmatch=True), st.floats(0, 1, exclude_max=True), st.integers(0, 2))
def test_a_slip_changes_a_word_but_not_its_first_letter(word, where, way):
    """A left-out or doubled letter changes the length by one; exchanged letters keep all letters."""
    wrong = slip(word, where, way)
    assert wrong != word and wrong[0] == word[0] and abs(len(wrong) - len(word)) <= 1


def test_marks_are_never_misspelled():
    text = mark("condition", "migraine", "migraine") + " again"
    table = pd.DataFrame({"note_id": ["N1"], "_person": [0], "text": [text]})
    for seed in range(20):
        spoiled, _ = misspell(table, 1.0, 1, np.random.default_rng(seed))
        assert list_mentions(["N1"], spoiled["text"].tolist())["value"].tolist() == ["migraine"]


def test_no_homophone_is_itself_a_word_that_may_be_misspelled():
    assert not set(HOMOPHONES) & set(HOMOPHONES.values())
    assert all(len(right) == len(wrong) for right, wrong in HOMOPHONES.items())


def working(made_up, **rates) -> dict[str, pd.DataFrame]:
    records, seeds = made_up
    return District(records, seeds, rates, 700).working(["emr", "pharmacy"])


def test_rates_of_notes_and_registrations_leave_everything_else_as_it_was(made_up):
    """Slips touch notes only; re-registrations touch record numbers only."""
    usual, slips, copies = working(made_up), working(made_up, D39=0.6), working(made_up, D40=0.6)
    again = working(made_up, D01=0.3)
    for name, table in usual.items():
        if not name.endswith("emr_notes"):
            pd.testing.assert_frame_equal(table, slips[name])
            pd.testing.assert_frame_equal(table, copies[name])
        if name == "emr_covers":  # One for each record number, so more of them.
            continue
        pd.testing.assert_frame_equal(table.drop(columns="mrn"), again[name].drop(columns="mrn"))
        if RECORDER_OF[name][1] != "H1":
            assert (table["mrn"] == again[name]["mrn"]).all()
    assert (usual["emr_notes"]["mrn"] != again["emr_notes"]["mrn"]).any()
    assert (usual["emr_notes"]["text"] != slips["emr_notes"]["text"]).mean() > 0.3
    assert (usual["emr_notes"]["text"] != copies["emr_notes"]["text"]).mean() > 0.1


def test_the_ledger_of_a_district_and_its_truth_are_free_of_marks(made_up):
    records, seeds = made_up
    told = District(records, seeds, {}, 700).truth(["emr", "pharmacy"])
    for name in ("D39", "D40"):
        ledger = told.defects(name)
        assert len(ledger) >= 15 and set(ledger["field"]) == {"text"}
        assert not ledger["dirty"].str.contains("[\x02-\x04]", regex=True).any()
    assert set(told.facts) >= {"note_mentions", "problem_truth", "drug_of_code"}
    assert "facility" in told.facts["note_mentions"]
