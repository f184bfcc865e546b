"""The register of defects: registered, honest about sources, and every defect on its own."""

import pandas as pd
import pytest
from made_up_care import with_care
from made_up_laboratory import with_laboratory

from sim.defects import DEFECTS
from sim.defects.registry import ORDER, check_rates, spoil
from sim.dictionary import facts
from sim.district import District
from sim.errors import HilabError
from sim.seeds import Seeds
from sim.systems.catalogue import RECORDER_OF, TABLES

CELLS = [
    *(
        (table, ident)
        for table in ("h2_his_patients", "h3_his_patients")
        for ident in ORDER[table]
        if ident != "D34"
    ),
    *(("his_patients", ident) for ident in ORDER["his_patients"] if ident != "D01"),
    *(("clinic_visits", ident) for ident in ("D15", "D16", "D17")),
    ("his_encounters", "D06"),
]
"""Tables and the defects that change single cells of theirs."""


def district(registered, **rates):
    records, seeds = registered
    return District(records, seeds, rates, 700)


@pytest.fixture(scope="module")
def registered(made_up):
    """Made-up records with everything that any system asks for, and their seeds."""
    return with_laboratory(with_care(made_up[0])), made_up[1]


@pytest.fixture(scope="module")
def clean(registered):
    """The tables before anything goes wrong, each made when it is first asked for."""
    return district(registered, **dict.fromkeys(DEFECTS, 0.0))


def test_every_defect_is_placed_in_every_table_that_it_names_and_in_no_other():
    assert len(DEFECTS) >= 23
    for ident, defect in DEFECTS.items():
        assert {table for table, order in ORDER.items() if ident in order} == set(defect.tables), ident
    assert set(ORDER) <= set(TABLES) and {d for order in ORDER.values() for d in order} == set(DEFECTS)


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
def test_the_ledger_lists_exactly_the_cells_that_changed(registered, clean, table, ident):
    """One defect at a time: what differs is what the ledger says, clean and dirty."""
    unspoiled = clean.table(table)
    spoiled, ledger = DEFECTS[ident].apply(unspoiled, DEFECTS[ident].rate, 20, registered[1].stream("test"))
    key = TABLES[table].key
    assert list(spoiled[key]) == list(unspoiled[key])
    before, after = unspoiled.set_index(key, drop=False), spoiled.set_index(key, drop=False)
    # Of the made-up people the third hospital knows three who have a double.
    assert len(ledger) >= (6 if (table, ident) == ("h3_his_patients", "D48") else 15)
    for row in ledger.itertuples():
        for side, value in ((before, row.clean), (after, row.dirty)):
            stood = side.at[row.record, row.field]
            assert (pd.isna(stood) and pd.isna(value)) or str(stood) == value
    listed = set(zip(ledger["record"], ledger["field"], strict=True))
    for field in [name for name in unspoiled.columns if not name.startswith("_")]:
        same = (before[field] == after[field]) | (before[field].isna() & after[field].isna())
        assert set(before.index[~same]) == {record for record, name in listed if name == field}


def before(clean: District, ident: str, seeds: Seeds) -> pd.DataFrame:
    """The first table of a defect as the defect finds it: recorded, the earlier ones at a rate of zero."""
    name = DEFECTS[ident].tables[0]
    recorder, facility = RECORDER_OF[name]
    table = recorder.record(clean.setting(recorder, facility))[TABLES[name].name]
    for earlier in ORDER[name][: ORDER[name].index(ident)]:
        table, _ = DEFECTS[earlier].apply(table, 0.0, 0, seeds.stream("test"))
    return table


@pytest.mark.parametrize("ident", sorted(DEFECTS))
def test_a_defect_leaves_its_argument_alone(registered, clean, ident):
    table = before(clean, ident, registered[1])
    copy = table.copy(deep=True)
    _, ledger = DEFECTS[ident].apply(table, DEFECTS[ident].rate, 20, registered[1].stream("test"))
    pd.testing.assert_frame_equal(table, copy)
    assert list(ledger.columns) == ["record", "field", "clean", "dirty"]


def test_a_rate_of_zero_takes_a_defect_away(registered, clean):
    unspoiled = clean.table("his_patients").drop(columns="_cause")
    zero = dict.fromkeys(DEFECTS, 0.0)
    table, ledger = spoil(unspoiled, "his_patients", registered[1], zero, 700)
    assert ledger.empty
    pd.testing.assert_frame_equal(table.drop(columns="_cause"), unspoiled)
