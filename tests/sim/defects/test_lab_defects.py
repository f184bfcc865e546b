"""Units and codes that go wrong: the ledger tells every cell, and the truth comes back from it."""

import numpy as np
import pandas as pd
import pytest

from sim.defects import DEFECTS
from sim.defects.units import MOST_MIXED, SPELLINGS, UNKNOWN
from sim.district import District
from sim.systems.catalogue import TABLES
from sim.systems.schema import publish
from sim.systems.units import convert, read_unit

H2, H3 = "h2_lis_results", "h3_lis_results"
NONE = dict.fromkeys(DEFECTS, 0.0)
PLACES = [("D09", "lis_results"), ("D09", H2), ("D09", H3), ("D08", H3), ("D29", H2), ("D29", H3)]
PLACES += [("D12", H2), ("D12", H3), ("D31", H3), ("D32", H3), ("D33", H3)]


def district(tested, country="us", **rates):
    return District(*tested, rates, 700, country)


@pytest.fixture(scope="module")
def unspoiled(tested):
    return district(tested, **NONE)


@pytest.fixture(scope="module", params=["us", "cn"])
def usual(request, tested):
    return district(tested, request.param)


def before(unspoiled, ident, name):
    """Returns the clean working table that a defect needs, with two benches where it asks for them."""
    table = unspoiled.recorded(name)
    if name == H3 and ident != "D08":
        table, _ = DEFECTS["D08"].apply(table, 0.2, 0, np.random.default_rng(3))
    return table


@pytest.mark.parametrize(("ident", "name"), PLACES)
def test_the_ledger_lists_exactly_the_cells_that_changed(unspoiled, ident, name):
    clean = before(unspoiled, ident, name)
    spoiled, ledger = DEFECTS[ident].apply(clean, DEFECTS[ident].rate, 20, np.random.default_rng(1))
    assert len(spoiled) == len(clean) and len(ledger) >= 15
    one, other = clean.set_index("row_id", drop=False), spoiled.set_index("row_id", drop=False)
    for row in ledger.itertuples():
        for side, value in ((one, row.clean), (other, row.dirty)):
            stood = side.at[row.record, row.field]
            assert (pd.isna(stood) and pd.isna(value)) or stood == value
    listed = set(zip(ledger["record"], ledger["field"], strict=True))
    for column in TABLES[name].columns:
        left, right = one[column.name], other[column.name]
        same = (left == right) | (left.isna() & right.isna())
        assert set(one.index[~same]) == {record for record, field in listed if field == column.name}


@pytest.mark.parametrize(("ident", "name"), PLACES)
def test_a_defect_leaves_its_argument_alone_and_a_rate_of_zero_does_nothing(unspoiled, ident, name):
    clean = before(unspoiled, ident, name)
    copy = clean.copy(deep=True)
    none, ledger = DEFECTS[ident].apply(clean, 0.0, 0, np.random.default_rng(1))
    DEFECTS[ident].apply(clean, 0.1, 20, np.random.default_rng(1))
    pd.testing.assert_frame_equal(clean, copy)
    assert ledger.empty and list(ledger.columns) == ["record", "field", "clean", "dirty"]
    pd.testing.assert_frame_equal(publish(none, TABLES[name]), publish(clean, TABLES[name]))


@pytest.mark.parametrize(("ident", "name"), [place for place in PLACES if place[0] not in ("D08", "D31")])
def test_a_higher_rate_touches_the_same_rows_and_more(unspoiled, ident, name):
    clean = before(unspoiled, ident, name)
    few, more = (
        set(DEFECTS[ident].apply(clean, rate, 0, np.random.default_rng(1))[1]["record"])
        for rate in (0.005, 0.02)
    )
    assert few < more


@pytest.mark.parametrize("name", ["lis_results", H2, H3])
def test_everything_can_be_undone_from_the_ledger(usual, tested, name):
    """Whatever happened to codes, names and units, of all versions and resends, the ledger takes it back."""
    country = usual.country
    only = {ident: 0.0 for ident in DEFECTS if ident not in ("D10", "D11", "D28")}
    plain = publish(district(tested, country, **only).table(name), TABLES[name])
    keys = ["specimen_id", "reported_at"]
    ledger = usual.ledger(name)
    resent = ledger.loc[ledger["defect"] == "D10", "record"]
    shipped = publish(usual.table(name), TABLES[name])
    shipped = shipped[~shipped["row_id"].isin(resent)].reset_index(drop=True)
    restored = usual.truth(["lis"]).restore(name, shipped, "row_id")
    assert len(restored) == len(shipped)
    allowed = set(plain[["test_code", "test_name", "unit"]].itertuples(index=False, name=None))
    assert set(restored[["test_code", "test_name", "unit"]].itertuples(index=False, name=None)) <= allowed
    numbers = pd.to_numeric(restored["value"])
    assert numbers.notna().sum() == restored["value"].notna().sum()
    both = restored.merge(plain, on=[*keys, "test_code"], suffixes=("", "_plain"))
    both = both[(both["status"] == "F") & (both["status_plain"] == "F")]
    assert len(both) > 0.8 * len(plain)
    assert (both["unit"] == both["unit_plain"]).all()
    same = pd.to_numeric(both["value"]) == pd.to_numeric(both["value_plain"])
    assert same.mean() > 0.9  # results that were corrected in one of the two differ


def test_codes_change_on_the_day_of_the_book(usual):
    """Every row stands under a code that its book knows at that time, but for those of a wrong property."""
    wrong = usual.truth(["lis"]).defects("D29")
    for name in ("lis_results", H2, H3):
        table, book = usual.table(name), usual.table(name.replace("lis_results", "lab_codes"))
        spoiled = wrong.loc[wrong["table"] == name, "record"]
        tubes = table.loc[table["row_id"].isin(spoiled), "specimen_id"]
        table = table[~table["specimen_id"].isin(tubes)]
        day = table["collected_at"].dt.strftime("%Y-%m-%d")
        rows = table.assign(day=day)[["row_id", "test_code", "test_name", "day", "_concept", "_unit"]]
        held = rows.merge(book, on="test_code", suffixes=("", "_book"))
        held = held[(held["valid_from"] <= held["day"]) & ~(held["valid_to"] < held["day"])]
        assert set(rows["row_id"]) == set(held["row_id"])
        assert (held["test_name"] == held["test_name_book"]).all()
        assert {"old", "new"} <= set(held["era"]) and (held["era"] == "new").sum() >= 20


def test_a_code_that_means_something_else_now_is_told_apart_by_its_day(usual):
    table = usual.table(H2)
    meanings = table.groupby("test_code")["_concept"].nunique()
    assert (meanings > 1).sum() >= 2


def test_mixed_units_are_the_same_value(unspoiled):
    clean = unspoiled.recorded(H3)
    mixed, ledger = DEFECTS["D08"].apply(clean, 0.2, 0, np.random.default_rng(1))
    moved = mixed[mixed["_unit"] != clean["_unit"]]
    was = clean.loc[moved.index]
    assert 0.1 < len(moved) / len(clean) < 0.35 and set(ledger["field"]) == {"value", "unit"}
    for row, old in zip(moved.itertuples(), was.itertuples(), strict=True):
        back = convert(_analyte(old), float(row.value), row.unit, old.unit)
        assert back == pytest.approx(float(old.value), rel=0.12)
    pages = mixed[mixed["_paired"]].groupby("batch_id")["_bench"].nunique()
    assert (pages > 1).sum() == max(2, round(0.04 * clean["batch_id"].nunique()))


def _analyte(row):
    return {"Hb": "haemoglobin", "BUN": "urea nitrogen", "Gluc": "glucose", "Creat": "creatinine"}.get(
        row.test_name, "HbA1c"
    )


def test_units_are_left_out_by_pages_of_either_bench_and_mixed_ones_are_few(usual):
    table = usual.table(H3)
    first = table.drop_duplicates(["specimen_id", "test_code"])
    alike = first[first["_overlaps"]]
    without = alike[alike["unit"].isna()]
    assert set(without["_bench"]) == {"A", "B"} and without["batch_id"].nunique() >= 5
    assert not set(without["batch_id"]) & set(alike.loc[alike["unit"].notna(), "batch_id"])
    benches = without.groupby("batch_id")["_bench"].nunique()
    mixed = without["batch_id"].isin(benches.index[benches > 1])
    assert mixed.mean() <= 1.2 * MOST_MIXED
    facts = usual.truth(["lis"]).facts["unit_of_result"]
    told = facts[facts["facility"] == "H3"].set_index("row_id").loc[without["row_id"]]
    assert not told["shown"].any() and (told["unit"].to_numpy() == without["_unit"].to_numpy()).all()
    assert told["mixed"].astype(bool).tolist() == mixed.tolist()


def test_limits_hold_the_value_that_they_hide(unspoiled):
    for name, signs in ((H3, {"<", ">", "<=", ">="}), (H2, {"<", ">"})):
        clean = before(unspoiled, "D12", name)
        _, ledger = DEFECTS["D12"].apply(clean, 0.5, 0, np.random.default_rng(1))
        parts = ledger["dirty"].str.extract(r"^([<>]=?) ?([\d.]+)$")
        assert parts.notna().all(axis=None) and set(parts[0]) == signs and len(ledger) >= 15
        limit, value = parts[1].astype(float), ledger["clean"].astype(float)
        assert ((value < limit) == parts[0].str.startswith("<")).all() and (value != limit).all()


def test_spellings_are_read_and_garble_is_not(usual):
    ledger = usual.ledger(H3)
    spelt = ledger[ledger["defect"] == "D32"]
    assert len(spelt) >= 15 and set(spelt["dirty"]) <= {way for ways in SPELLINGS.values() for way in ways}
    assert all(read_unit(dirty) == clean for clean, dirty in zip(spelt["clean"], spelt["dirty"], strict=True))
    assert set(ledger.loc[ledger["defect"] == "D33", "dirty"]) <= set(UNKNOWN)


def test_a_wrong_property_keeps_value_and_unit(usual):
    for name in (H2, H3):
        ledger = usual.ledger(name)
        wrong = ledger[ledger["defect"] == "D29"]
        assert set(wrong["field"]) == {"test_code", "test_name"}
        table = usual.table(name).set_index("row_id").loc[wrong["record"].unique()]
        book = usual.table(name.replace("lis_results", "lab_codes")).set_index("test_code")
        assert set(book.loc[table["test_code"], "unit"]) == {"mg/dL"}
        assert table["_unit"].str.contains("mol/L").all()


def test_resends_and_corrections_repeat_what_is_wrong(usual):
    table = usual.table(H3)
    versions = table.groupby(["specimen_id", "test_code"])
    assert (versions["unit"].nunique(dropna=False) == 1).all()
    assert (versions["test_name"].nunique() == 1).all()


@pytest.mark.parametrize(("ident", "name"), [("D10", H2), ("D11", H2), ("D28", H3), ("D11", H3)])
def test_corrections_cancellations_and_resends_happen_at_their_rates_elsewhere_too(usual, ident, name):
    ledger, rows = usual.ledger(name), len(usual.table(name))
    share = ledger.loc[ledger["defect"] == ident, "record"].nunique() / rows
    assert 0.6 * DEFECTS[ident].rate < share < 1.8 * DEFECTS[ident].rate
