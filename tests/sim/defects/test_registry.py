"""The register of defects: complete, honest about sources, and every defect on its own."""

import pandas as pd
import pytest

from sim.defects import DEFECTS
from sim.defects.registry import ORDER, check_rates, spoil
from sim.dictionary import facts
from sim.district import District
from sim.errors import HilabError
from sim.systems.schema import KEYS, SYSTEMS, publish

EVERY = {"D01", "D02", "D03", "D04", "D05", "D10", "D11", "D13", "D14", "D15", "D16", "D17", "D28", "D30"}
CELLS = [("his_patients", d) for d in ("D30", "D02", "D03", "D04", "D05")] + [
    ("clinic_visits", d) for d in ("D15", "D16", "D17")
]


def district(made_up, **rates):
    records, seeds = made_up
    return District(records, seeds, rates, 700)


def published(made_up, **rates):
    tables = district(made_up, **rates).working(list(SYSTEMS))
    return {name: publish(table, name) for name, table in tables.items()}


@pytest.fixture(scope="module")
def usual(made_up):
    return published(made_up)


def test_every_defect_of_lab_1_is_registered_and_placed():
    assert set(DEFECTS) == EVERY
    assert {d for order in ORDER.values() for d in order} == EVERY
    assert all(DEFECTS[d].table == table for table, order in ORDER.items() for d in order)


def test_every_rate_has_a_source_that_was_read_or_says_that_it_is_assumed():
    for defect in DEFECTS.values():
        assert defect.limits and defect.name
        if defect.source != "assumed":
            assert facts()[defect.source]["status"].startswith("verified"), defect.id


def test_rates_of_unknown_defects_and_no_shares_are_refused():
    with pytest.raises(HilabError, match="There is no defect 'D99'"):
        check_rates({"D99": 0.1})
    with pytest.raises(HilabError, match="between 0 and 1"):
        check_rates({"D05": 8})


@pytest.mark.parametrize(("table", "ident"), CELLS)
def test_the_ledger_lists_exactly_the_cells_that_changed(made_up, table, ident):
    """One defect at a time: what differs is what the ledger says, clean and dirty."""
    none = dict.fromkeys(ORDER[table], 0.0)
    clean = district(made_up, **none).table(table)
    spoiled, ledger = DEFECTS[ident].apply(clean, DEFECTS[ident].rate, 20, made_up[1].stream("test"))
    key = KEYS[table]
    assert list(spoiled[key]) == list(clean[key])
    before, after = clean.set_index(key, drop=False), spoiled.set_index(key, drop=False)
    assert len(ledger) >= 15
    for row in ledger.itertuples():
        for side, value in ((before, row.clean), (after, row.dirty)):
            stood = side.at[row.record, row.field]
            assert (pd.isna(stood) and pd.isna(value)) or stood == value
    listed = set(zip(ledger["record"], ledger["field"], strict=True))
    for field in [name for name in clean.columns if not name.startswith("_")]:
        same = (before[field] == after[field]) | (before[field].isna() & after[field].isna())
        assert set(before.index[~same]) == {record for record, name in listed if name == field}


@pytest.mark.parametrize("ident", sorted(EVERY))
def test_a_defect_leaves_its_argument_alone(made_up, ident):
    table = DEFECTS[ident].table
    clean = district(made_up, **dict.fromkeys(ORDER[table], 0.0)).table(table)
    copy = clean.copy(deep=True)
    DEFECTS[ident].apply(clean, DEFECTS[ident].rate, 20, made_up[1].stream("test"))
    pd.testing.assert_frame_equal(clean, copy)


@pytest.mark.parametrize("ident", sorted(EVERY - {"D01"}))
def test_another_rate_changes_no_other_table(made_up, usual, ident):
    other = published(made_up, **{ident: 0.4})
    for name, table in usual.items():
        if name != DEFECTS[ident].table:
            pd.testing.assert_frame_equal(table, other[name])
    if ident != "D14":  # it changes the file's bytes, not the table
        assert not usual[DEFECTS[ident].table].equals(other[DEFECTS[ident].table])


def test_more_registrations_change_nothing_elsewhere_but_the_number_printed(made_up, usual):
    """A re-registration gives visits and results another record number, and touches nothing else."""
    other = published(made_up, D01=0.3)
    pd.testing.assert_frame_equal(usual["clinic_visits"], other["clinic_visits"])
    pd.testing.assert_frame_equal(usual["diabetes_cohort"], other["diabetes_cohort"])
    for name in ("his_encounters", "lis_results"):
        pd.testing.assert_frame_equal(usual[name].drop(columns="mrn"), other[name].drop(columns="mrn"))
        changed = usual[name]["mrn"] != other[name]["mrn"]
        assert 0 < changed.mean() < 0.3


def test_a_rate_of_zero_takes_a_defect_away(made_up):
    records, seeds = made_up
    clean = District(records, seeds, {}, 700).table("his_patients").drop(columns="_cause")
    table, ledger = spoil(clean, "his_patients", seeds, dict.fromkeys(ORDER["his_patients"], 0.0), 700)
    assert ledger.empty
    pd.testing.assert_frame_equal(table.drop(columns="_cause"), clean)
