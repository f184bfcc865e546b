"""The hospitals' registrations as the tasks before leave them, and which of them are one person's.

Not a task: tasks 3.2 to 3.6 take their tables from here.
"""

from itertools import combinations

import pandas as pd

from sim.exchange.linkage.tokens import normalise
from sim.world import World

TABLES = {"H1": "his_patients", "H2": "h2_his_patients", "H3": "h3_his_patients"}
TYPED = [
    "number",
    "given_name",
    "family_name",
    "sex",
    "birth_date",
    "phone",
    "address",
    "area",
    "verified_id",
]

PASSES = ("verified_id", "birth_date", "address", "digits")
"""Columns in one of which two records agree that are worth comparing."""

NOBODY = "9+"
"""An identifier of nines alone is nobody's: it was typed to get past the form."""

Pair = tuple[str, str]
Frame = pd.DataFrame


def keyed(patients: Frame) -> Frame:
    """Returns registrations with the columns that task 3.1 makes."""
    told = patients[TYPED].reset_index(drop=True)
    given, family = (told[column].map(normalise) for column in ("given_name", "family_name"))
    names = [" ".join(sorted(part for part in both if part)) for both in zip(given, family, strict=True)]
    digits = told["phone"].str.replace(r"\D", "", regex=True)
    whole = pd.Series(names, dtype="str")
    keys = {"given": given.mask(given == ""), "family": family.mask(family == ""), "name": whole}
    return told.assign(**keys, digits=digits)


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
    return [(a, b) for a, b in one_person(world, one, two) or () if a in there[0] and b in there[1]]


def one_person(world: World, one: str, two: str) -> list[Pair] | None:
    """Returns which records of two hospitals are one person's; None without truth."""
    if world.truth is None:
        return None
    records = world.truth.person_of_record
    mine, theirs = (records[records["table"] == TABLES[code]] for code in (one, two))
    both = mine.merge(theirs, on="person")
    return list(zip(both["record_x"], both["record_y"], strict=True))


def records(world: World) -> Frame:
    """Returns everybody's record in each hospital as the lab begins, and whose it is (`person`).

    Without truth, records with one checked identifier are taken for one person's.
    """
    if world.truth is None:
        tables = [world.tables[name].assign(facility=code) for code, name in TABLES.items()]
        patients = pd.concat(tables, ignore_index=True).rename(columns={"mrn": "number"})
        return patients.assign(person=patients["verified_id"].fillna(patients["number"]))
    owner = world.truth.person_of_record
    owner = owner[owner["table"].isin(TABLES.values())].set_index("record")["person"]
    patients = world.checkpoint("l3_sharing")["patients"]
    return patients.assign(person=patients["number"].map(owner))


def rows_of(table: Frame, numbers: list[str]) -> Frame:
    """Returns the rows of these numbers, in their order, as often as each comes."""
    return table.set_index("number", drop=False).loc[numbers].reset_index(drop=True)


COUPLES = tuple(combinations(TABLES, 2))
"""The three pairs of hospitals."""
