"""Streams are independent: nothing moves but what was asked to, for every system and table there is.

Parametrised over the catalogue, so that a new system, table or defect is held to it without a word here.
"""

import pandas as pd
import pytest

from sim.defects import DEFECTS
from sim.defects.registry import ORDER
from sim.district import District
from sim.systems.catalogue import RECORDER_OF, SYSTEMS, TABLES
from sim.truth import Truth

PEOPLE = 700
CHANGED = 0.37
"""A rate that no defect has by itself."""

SPOILED = {system: [name for name in tables if name in ORDER] for system, tables in SYSTEMS.items()}
"""The tables of each system that something happens to."""


def district(made_up, **rates: float) -> District:
    records, seeds = made_up
    return District(records, seeds, rates, PEOPLE)


def readers(changed: set[str]) -> set[str]:
    """Returns the tables that build upon some tables of the same facility, directly or not."""
    found = set(changed)
    for name, (recorder, facility) in RECORDER_OF.items():
        own = {table.name: full for full, table in TABLES.items() if RECORDER_OF[full][1] == facility}
        if any(own[plain] in found for plain in recorder.reads):
            found.add(name)
    return found if found == changed else readers(found)


@pytest.fixture(scope="module")
def usual(made_up) -> dict[str, pd.DataFrame]:
    return district(made_up).working(list(SYSTEMS))


@pytest.fixture(scope="module")
def told(made_up) -> Truth:
    return district(made_up).truth(list(SYSTEMS))


@pytest.mark.parametrize("system", [system for system, tables in SPOILED.items() if tables])
def test_other_rates_in_a_system_change_no_table_that_does_not_build_upon_it(made_up, usual, system):
    defects = {ident for name in SPOILED[system] for ident in ORDER[name]}
    changed = {table for ident in defects for table in DEFECTS[ident].tables}
    touched = readers(changed)
    other = district(made_up, **dict.fromkeys(defects, CHANGED))
    for name in TABLES.keys() - touched:
        pd.testing.assert_frame_equal(usual[name], other.table(name))
    for name in SPOILED[system]:
        assert not usual[name].equals(other.table(name)), name


@pytest.mark.parametrize("table", [name for name, order in ORDER.items() if len(order) > 1])
def test_another_rate_of_the_last_defect_of_a_table_leaves_the_earlier_ones_as_they_were(made_up, table):
    """Each defect draws from a stream of its own: what happened before a defect does not depend on it."""
    *earlier, last = ORDER[table]
    usual, other = district(made_up).ledger(table), district(made_up, **{last: CHANGED}).ledger(table)
    if RECORDER_OF[table][0].finish is None:
        for ident in earlier:
            pd.testing.assert_frame_equal(
                usual[usual["defect"] == ident].reset_index(drop=True),
                other[other["defect"] == ident].reset_index(drop=True),
            )
    counts = [ledger[ledger["defect"].isin(earlier)].groupby("defect").size() for ledger in (usual, other)]
    pd.testing.assert_series_equal(*counts)


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_system_alone_holds_what_it_holds_among_all_the_others(made_up, usual, told, system):
    alone = district(made_up)
    for name, table in alone.working([system]).items():
        pd.testing.assert_frame_equal(table, usual[name])
    truth = alone.truth([system])
    mine = told.ledger[told.ledger["system"] == system].reset_index(drop=True)
    pd.testing.assert_frame_equal(truth.ledger.reset_index(drop=True), mine)
    for name, facts in truth.facts.items():
        known = set(told.facts[name].astype("str").itertuples(index=False, name=None))
        assert set(facts.astype("str").itertuples(index=False, name=None)) <= known, name


def test_files_do_not_depend_on_which_systems_there_are(made_up):
    everything = district(made_up).files(list(SYSTEMS))
    for system in SYSTEMS:
        for name, content in district(made_up).files([system]).items():
            assert everything[name] == content, (system, name)


def test_the_order_in_which_tables_are_asked_for_does_not_matter(made_up, usual):
    backwards = district(made_up)
    for name in reversed(TABLES):
        pd.testing.assert_frame_equal(backwards.table(name), usual[name])


def test_more_registrations_change_nothing_elsewhere_but_the_number_printed(made_up, usual):
    """A re-registration gives visits and results another record number, and touches nothing else."""
    other = district(made_up, D01=0.3)
    for name in ("his_encounters", "lis_results"):
        found = other.table(name)
        pd.testing.assert_frame_equal(usual[name].drop(columns="mrn"), found.drop(columns="mrn"))
        assert 0 < (usual[name]["mrn"] != found["mrn"]).mean() < 0.3
