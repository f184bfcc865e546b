"""The hospitals' registrations as the tasks before leave them, and which of them are one person's.

Not a task: tasks 3.3 and 3.4 take their tables from here.
"""

from itertools import combinations
from pathlib import Path

import pandas as pd

from grading.tasks import load_module
from sim.world import World

_BLOCKING = load_module(Path(__file__).with_name("blocking.py"), "hilab_lab_l3_sharing_blocking")

TABLES: dict[str, str] = _BLOCKING.TABLES

PASSES = ("verified_id", "birth_date", "address", "digits")
"""Columns in one of which two records agree that are worth comparing."""

NOBODY = "9+"
"""An identifier of nines alone is nobody's: it was typed to get past the form."""

Pair = tuple[str, str]
Frame = pd.DataFrame


def keyed(patients: Frame) -> Frame:
    """Returns registrations with the columns that task 3.1 makes."""
    told: Frame = _BLOCKING._keyed(patients)
    return told


def registered(world: World) -> dict[str, Frame]:
    """Returns each hospital's registrations: one row a person, no made-up identifiers, with keys."""
    return {code: _once(world, table) for code, table in TABLES.items()}


def _once(world: World, name: str) -> Frame:
    """Keeps one row a person, as lab 1 does; without truth, one row an identifier."""
    table = world.tables[name].sort_values("registered_at", kind="stable").rename(columns={"mrn": "number"})
    known = table["verified_id"].mask(table["verified_id"].str.fullmatch(NOBODY).fillna(False))
    owner = known.fillna(table["number"])
    if world.truth is not None:
        records = world.truth.person_of_record
        mine = records[records["table"] == name].set_index("record")["person"]
        owner = table["number"].map(mine)
    last = ~owner.duplicated(keep="last")
    return keyed(table.assign(verified_id=known)[last].sort_values("number"))


def candidates(one: Frame, two: Frame) -> list[Pair]:
    """Returns the pairs worth comparing, as task 3.2 finds them."""
    found = [
        one[["number", column]].dropna().merge(two[["number", column]].dropna(), on=column)
        for column in PASSES
    ]
    numbers = pd.concat([part[["number_x", "number_y"]] for part in found]).drop_duplicates()
    return sorted(numbers.itertuples(index=False, name=None))


def true_pairs(world: World, one: str, two: str, tables: dict[str, Frame]) -> list[Pair]:
    """Returns which records of two hospitals are one person's; without truth, those of one identifier."""
    if world.truth is None:
        known = [tables[code][["number", "verified_id"]].dropna() for code in (one, two)]
        both = known[0].merge(known[1], on="verified_id")
        return list(zip(both["number_x"], both["number_y"], strict=True))
    there = [set(tables[code]["number"]) for code in (one, two)]
    return [(a, b) for a, b in _BLOCKING._true(world, one, two) if a in there[0] and b in there[1]]


def rows_of(table: Frame, numbers: list[str]) -> Frame:
    """Returns the rows of these numbers, in their order, as often as each comes."""
    return table.set_index("number", drop=False).loc[numbers].reset_index(drop=True)


COUPLES = tuple(combinations(TABLES, 2))
"""The three pairs of hospitals."""
