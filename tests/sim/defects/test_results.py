"""Corrections, cancellations and resends, and the labels that follow from them."""

import pandas as pd
import pytest

from sim.defects import DEFECTS
from sim.district import District
from sim.systems.catalogue import TABLES
from sim.systems.schema import publish
from tests.sim.label_results import VERSION, label_results

HAND_MADE = """row mrn specimen test value collected reported received status label
R01 H1 S1 GLU 90   1T08:00 1T10:00 1T10:05 F superseded
R02 H1 S1 GLU 95   1T08:00 1T15:00 1T15:05 C current
R03 H1 S1 GLU 90.0 1T08:00 1T10:00 2T09:00 F resend
R04 H1 S2 GLU 101  1T13:00 1T14:00 1T14:05 F repeat
R05 H1 S3 GLU 102  2T08:00 2T09:00 2T09:05 F current
R06 H1 S4 K   4.1  1T08:00 1T10:00 1T10:05 F superseded
R07 H1 S4 K   -    1T08:00 1T12:00 1T12:05 X cancelled
R08 H1 S5 K   4.4  1T11:00 1T12:00 1T12:05 F current
R09 H2 S6 K   4.0  1T08:00 1T10:00 1T10:05 F superseded
R10 H2 S6 K   -    1T08:00 1T12:00 1T12:05 X cancelled
R11 H2 S6 K   4.2  1T08:00 1T16:00 1T16:05 F current
R12 H2 S6 K   -    1T08:00 1T12:00 3T12:05 X resend
R13 H2 S7 HB  14.0 1T08:00 1T10:00 1T10:05 F superseded
R14 H2 S7 HB  13.0 1T08:00 2T10:00 2T10:05 C superseded
R15 H2 S7 HB  13.5 1T08:00 3T10:00 3T10:05 C current
"""


def hand_made() -> pd.DataFrame:
    header, *lines = (line.split() for line in HAND_MADE.splitlines())
    table = pd.DataFrame(lines, columns=header)
    names = {"row": "row_id", "specimen": "specimen_id", "test": "test_code"}
    times = {name: f"{name}_at" for name in ("collected", "reported", "received")}
    for name in times:
        table[name] = pd.to_datetime("2025-03-0" + table[name])
    return table.rename(columns=names | times)


def test_labels_of_fifteen_rows_by_hand():
    table = hand_made()
    assert list(label_results(table)["label"]) == list(table["label"])


def test_labels_do_not_depend_on_the_order_of_rows():
    table = hand_made().sample(frac=1, random_state=4).reset_index(drop=True)
    assert list(label_results(table)["label"]) == list(table["label"])


@pytest.fixture(scope="module")
def results(made_up):
    records, seeds = made_up
    district = District(records, seeds, {}, 700)
    table = publish(district.table("lis_results"), TABLES["lis_results"])
    truth = district.truth(["lis"])
    return table.assign(label=truth.result_labels["label"]), truth


def _mine(truth, ident):
    """Returns the ledger of a defect in the first hospital's results."""
    ledger = truth.defects(ident)
    return ledger[ledger["table"] == "lis_results"]


def test_what_the_defects_say_follows_from_the_definition(results):
    table, _ = results
    assert list(table["label"]) == list(label_results(table)["label"])


def test_resends_and_cancellations_of_the_ledger_are_those_of_the_labels(results):
    table, truth = results
    for ident, label in (("D10", "resend"), ("D28", "cancelled")):
        assert set(_mine(truth, ident)["record"]) == set(table.loc[table["label"] == label, "row_id"])


def test_the_last_correction_shows_the_clean_value(results):
    table, truth = results
    wrong = _mine(truth, "D11").set_index("record")["clean"]
    rows = table[table["row_id"].isin(wrong.index)]
    last = (
        table[table["label"] != "resend"].sort_values("reported_at").drop_duplicates(VERSION[:2], keep="last")
    )
    right = rows.merge(last, on=VERSION[:2], suffixes=("", "_last"))
    assert len(right) == len(rows) >= 50
    assert (right["value_last"].to_numpy() == wrong[right["row_id"]].to_numpy()).all()
    assert (right["value"] != right["value_last"]).all() and (right["status_last"] == "C").all()


def test_a_resend_repeats_its_version_later_and_sometimes_in_another_format(results):
    table, _ = results
    first = table[table["label"] != "resend"]
    pairs = table[table["label"] == "resend"].merge(first, on=VERSION, suffixes=("", "_first"))
    assert (pairs["received_at"] > pairs["received_at_first"]).all()
    assert (pairs["message_id"] != pairs["message_id_first"]).all()
    same = (pairs["value"] == pairs["value_first"]) | (pairs["value"].isna() & pairs["value_first"].isna())
    assert 0.02 < (~same).mean() < 0.25
    number = pairs.loc[~same, ["value", "value_first"]].astype(float)
    assert (number["value"] == number["value_first"]).all()


def test_a_late_resend_of_an_original_never_becomes_current(results):
    table, _ = results
    current = table[table["label"] == "current"]
    assert not current.duplicated(VERSION[:2]).any()
    latest = table.groupby(VERSION[:2])["reported_at"].transform("max")
    assert (current["reported_at"] == latest[current.index]).all()


def test_cancelled_rows_are_blank_and_nothing_happens_after_the_district_is_looked_at(results):
    table, _ = results
    assert table.loc[table["status"] == "X", "value"].isna().all()
    assert table.loc[table["status"] != "X", "value"].notna().all()
    assert table["received_at"].max() < pd.Timestamp("2026-01-02")


def test_no_two_results_of_one_day_are_collected_at_the_same_second(results):
    """Otherwise nobody could say which of them is the repeat."""
    table, _ = results
    valid = table[table["label"].isin(["current", "repeat"])]
    assert not valid.duplicated(["mrn", "test_code", "collected_at"]).any()


@pytest.mark.parametrize("ident", ["D10", "D11", "D28"])
def test_the_least_count_holds_where_the_rate_gives_less(made_up, ident):
    records, seeds = made_up
    clean = District(records, seeds, {"D10": 0, "D11": 0, "D28": 0}, 700).table("lis_results")
    _, ledger = DEFECTS[ident].apply(clean, 0.0, 40, seeds.stream("test"))
    assert ledger["record"].nunique() >= 40
