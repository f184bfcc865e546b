"""Streams are independent: nothing moves but what was asked to, for every system and table there is.

Parametrised over the catalogue, so that a new system, table or defect is held to it without a word here.
"""

import pandas as pd
import pytest
from made_up_care import with_care
from made_up_images import with_images
from made_up_laboratory import with_laboratory
from made_up_records import made_up_records
from made_up_remote import with_remote

from sim.defects import DEFECTS
from sim.defects.registry import ORDER
from sim.district import District
from sim.systems.catalogue import RECORDER_OF, SYSTEMS, TABLES
from sim.truth import Truth

PEOPLE = 200
CHANGED = 0.37
"""A rate that no defect has by itself."""

SPOILED = {system: [name for name in tables if name in ORDER] for system, tables in SYSTEMS.items()}
"""The tables of each system that something happens to."""


def district(small, **rates: float) -> District:
    records, seeds = small
    return District(records, seeds, rates, PEOPLE)


def readers(changed: set[str]) -> set[str]:
    """Returns the tables that build upon some tables of the same facility, directly or not."""
    found = set(changed)
    for name, (recorder, facility) in RECORDER_OF.items():
        own = {table.name: full for full, table in TABLES.items() if RECORDER_OF[full][1] == facility}
        if any(own.get(plain) in found for plain in (*recorder.reads, *recorder.may_read)):
            found.add(name)
    return found if found == changed else readers(found)


@pytest.fixture(scope="module")
def small():
    """Made-up records of few people with everything that any system asks for, and their seeds."""
    records, seeds = made_up_records(PEOPLE)
    return with_remote(with_images(with_laboratory(with_care(records)))), seeds


@pytest.fixture(scope="module")
def whole(small) -> District:
    return district(small)


@pytest.fixture(scope="module")
def usual(whole) -> dict[str, pd.DataFrame]:
    return whole.working(list(SYSTEMS))


@pytest.fixture(scope="module")
def told(whole) -> Truth:
    return whole.truth(list(SYSTEMS))


@pytest.fixture(scope="module")
def files(whole) -> dict[str, bytes]:
    return whole.files(list(SYSTEMS))


@pytest.mark.parametrize("system", [system for system, tables in SPOILED.items() if tables])
def test_other_rates_in_a_system_change_no_table_that_does_not_build_upon_it(small, usual, system):
    defects = {ident for name in SPOILED[system] for ident in ORDER[name]}
    changed = {table for ident in defects for table in DEFECTS[ident].tables}
    touched = readers(changed)
    other = district(small, **dict.fromkeys(defects, CHANGED))
    for name in TABLES.keys() - touched:
        pd.testing.assert_frame_equal(usual[name], other.table(name))
    for name in SPOILED[system]:
        assert not usual[name].equals(other.table(name)), name


@pytest.mark.parametrize("table", [name for name, order in ORDER.items() if len(order) > 1])
def test_another_rate_of_the_last_defect_of_a_table_leaves_the_earlier_ones_as_they_were(small, whole, table):
    """Each defect draws from a stream of its own: what happened before a defect does not depend on it."""
    *earlier, last = ORDER[table]
    usual, other = whole.ledger(table), district(small, **{last: CHANGED}).ledger(table)
    if RECORDER_OF[table][0].finish is None:
        for ident in earlier:
            pd.testing.assert_frame_equal(
                usual[usual["defect"] == ident].reset_index(drop=True),
                other[other["defect"] == ident].reset_index(drop=True),
            )
    counts = [ledger[ledger["defect"].isin(earlier)].groupby("defect").size() for ledger in (usual, other)]
    pd.testing.assert_series_equal(*counts)


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_system_alone_holds_what_it_holds_among_all_the_others(small, usual, told, files, system):
    alone = district(small)
    for name, table in alone.working([system]).items():
        pd.testing.assert_frame_equal(table, usual[name])
    truth = alone.truth([system])
    mine = told.ledger[told.ledger["system"] == system].reset_index(drop=True)
    pd.testing.assert_frame_equal(truth.ledger.reset_index(drop=True), mine)
    for name, facts in truth.facts.items():
        known = set(told.facts[name].astype("str").itertuples(index=False, name=None))
        assert set(facts.astype("str").itertuples(index=False, name=None)) <= known, name
    assert all(files[name] == content for name, content in alone.files([system]).items())


def test_the_order_in_which_tables_are_asked_for_does_not_matter(small, usual):
    backwards = district(small)
    for name in reversed(TABLES):
        pd.testing.assert_frame_equal(backwards.table(name), usual[name])


def test_more_registrations_change_nothing_elsewhere_but_the_number_printed(small, usual):
    """A re-registration gives visits and results another record number, and touches nothing else."""
    other = district(small, D01=0.3)
    for name in ("his_encounters", "lis_results"):
        found = other.table(name)
        pd.testing.assert_frame_equal(usual[name].drop(columns="mrn"), found.drop(columns="mrn"))
        assert 0 < (usual[name]["mrn"] != found["mrn"]).mean() < 0.3
