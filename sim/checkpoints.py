"""Where a lab can begin: the district as those before it would leave it, without a mistake of anybody's.

`sim.world.World.checkpoint` gives these tables. They rest on the truth, but tell no more of it than a lab
done without a mistake would: who is who across institutions is told only from lab 4 on.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from io import BytesIO

import numpy as np
import pandas as pd

from sim.errors import HilabError
from sim.systems.catalogue import TABLES
from sim.systems.facilities import HOSPITALS
from sim.systems.lab_concepts import concepts
from sim.systems.units import line
from sim.truth import Truth

Tables = Mapping[str, pd.DataFrame]

LEFT_BLANK = ("D05",)
"""Blanks that lab 1 explains and nobody can fill."""

TYPED = ("D02", "D03", "D30", "D35", "D36", "D42", "D44")
"""Slips in what identifies people: mistyped and swapped names, nicknames, names and addresses of earlier.
Nobody can see them in one record; finding people in spite of them is the matter of lab 3, so they stay until
then, as do the charts on which two people's visits are kept (D34)."""

ARRIVED = ("D47", "D48")
"""Newcomers written by ear, and people of whom only the name was asked: only lab 3 needs them, so that lab 2
does not meet them."""

UNSTANDARD = ("D08", "D09", "D12", "D25", "D29", "D31", "D32", "D33", "D41")
"""What laboratories and interfaces do to codes, units and messages: the matter of lab 2."""

NEVER_MEASURED = ("D13", "D24")
"""What was never measured or never sent. It is no mistake in a record, and no lab can bring it back."""

BLANKS = {
    ("his_patients", "area"): ("unknown", "not entered"),
    ("his_patients", "verified_id"): ("not-performed", "no card was checked"),
    ("his_patients", "phone_verified_on"): ("not-performed", "nobody ever answered that telephone"),
    ("his_patients", "deceased_on"): ("not-applicable", "not known to be dead"),
    ("his_patients", "moved_away_on"): ("not-applicable", "not known to have left"),
    ("his_encounters", "ward"): ("unknown", "not entered"),
    ("his_encounters", "discharged_at"): ("unknown", "still there, or the end was not entered"),
    ("his_encounters", "dx_code"): ("unknown", "not entered"),
    ("his_encounters", "dx_text"): ("unknown", "not entered"),
    ("his_encounters", "payer"): ("unknown", "not entered"),
    ("lis_results", "unit"): ("unknown", "left out where results are typed by hand"),
    ("clinic_visits", "BP"): ("not-performed", "not measured, or not asked"),
    ("clinic_visits", "HbA1c"): ("not-performed", "not measured"),
    ("clinic_visits", "Phone"): ("not-asked", "nobody asked"),
    ("clinic_visits", "Area"): ("not-asked", "nobody asked"),
    ("clinic2_visits", "weight"): ("not-performed", "not measured"),
    ("clinic2_visits", "temp"): ("not-performed", "not measured"),
    ("clinic2_visits", "tel"): ("not-asked", "nobody asked"),
    ("clinic2_visits", "district"): ("not-asked", "nobody asked"),
}
"""Why a cell is blank once mistakes are taken back: code of FHIR R4's data-absent-reason, and in words."""

CLINICS = ("clinic_visits", "clinic2_visits")

MERGED = ("his_patients", "his_encounters", "lis_results")
"""The hospitals' tables in which duplicates are merged and copies removed."""

VERSION = ["specimen_id", "test_code", "reported_at"]
"""What names a version of a result."""


def build(lab: str, tables: Tables, truth: Truth) -> dict[str, pd.DataFrame]:
    """Returns the tables from which a lab can begin.

    Args:
        lab: Id of the lab.
        tables: The district's tables as they are shipped.
        truth: Its truth.

    Raises:
        HilabError: No lab of that name begins from a checkpoint, or the district lacks a table it needs.
    """
    check(lab)
    needed = [name for plain in MERGED for name in _names(plain)]
    if missing := [name for name in needed if name not in tables]:
        raise HilabError(
            f"The checkpoint of {lab} needs the table {missing[0]}, which this district lacks; "
            "make it with the systems his and lis."
        )
    return CHECKPOINTS[lab](tables, truth)


def check(lab: str) -> None:
    """Makes sure that a lab has a checkpoint.

    Raises:
        HilabError: It has none.
    """
    if lab not in CHECKPOINTS:
        raise HilabError(f"There is no checkpoint for '{lab}'. There are: {', '.join(CHECKPOINTS)}.")


def pack(lab: str, tables: Tables) -> dict[str, bytes]:
    """Returns a checkpoint as files: "l3_sharing/patients.parquet" and so on."""
    return {f"{lab}/{name}.parquet": table.to_parquet(index=False) for name, table in tables.items()}


def unpack(lab: str, files: Mapping[str, bytes]) -> dict[str, pd.DataFrame]:
    """Returns the checkpoint that is among a district's files.

    Raises:
        HilabError: There is none, or a file of it is no table.
    """
    mine = {name: content for name, content in files.items() if name.startswith(f"{lab}/")}
    if not mine:
        raise HilabError(
            f"This district was shipped without the checkpoint of {lab}; ask for the kit of {lab}."
        )
    return {
        name.removeprefix(f"{lab}/").removesuffix(".parquet"): _read(name, content)
        for name, content in mine.items()
    }


def _read(name: str, content: bytes) -> pd.DataFrame:
    """Reads a table; Parquet keeps times to the millisecond, districts to the second."""
    try:
        table = pd.read_parquet(BytesIO(content))
    except (OSError, ValueError) as problem:
        raise HilabError(f"{name} is not a table of a checkpoint; unpack the district again.") from problem
    return table.astype(dict.fromkeys(table.select_dtypes("datetime"), "datetime64[s]"))


# ---- after lab 1 -------------------------------------------------------------------------------------


def collected(tables: Tables, truth: Truth, besides: Iterable[str] = ()) -> dict[str, pd.DataFrame]:
    """Returns what lab 1 leaves: one record number a person, one row a result, every blank explained.

    Each hospital's `his_patients`, `his_encounters` and `lis_results` under their own names; both clinics'
    visits as tables with plain dates, sexes and blanks; and `blanks`, which says for each column with blanks
    why (`reason`, a code of FHIR's data-absent-reason, and `meaning`) and in how many cells. Where the clinic
    keeps intake forms, `blank_reasons` says it of every blank in them: form_id, field, reason.
    `besides` names further defects that are left in.
    """
    kept = (*LEFT_BLANK, *TYPED, *UNSTANDARD, *NEVER_MEASURED, *besides)
    wanted = [name for plain in MERGED for name in _names(plain)]
    clean = _restored({name: tables[name] for name in wanted} | _clinics(truth), truth, kept)
    found: dict[str, pd.DataFrame] = {}
    for hospital in HOSPITALS:
        numbers = _first_numbers(clean[_at("his_patients", hospital)], truth, hospital)
        for plain in MERGED:
            if hospital in TABLES[plain].facilities:
                table = clean[_at(plain, hospital)]
                found[_at(plain, hospital)] = _MERGE[plain](table.assign(mrn=table["mrn"].map(numbers)))
    for name in _clinics(truth):
        found[name] = clean[name][[column.name for column in TABLES[name].columns]]
    found["blanks"] = _blanks(found)
    if "blank_reasons" in truth.facts:
        found["blank_reasons"] = truth.facts["blank_reasons"].drop(columns="facility")
    return found


def _at(plain: str, facility: str) -> str:
    return TABLES[plain].name_at(facility)


def _names(plain: str) -> list[str]:
    return [_at(plain, facility) for facility in TABLES[plain].facilities]


def _clinics(truth: Truth) -> dict[str, pd.DataFrame]:
    return {name: table for name, table in truth.texts.items() if TABLES[name].name in CLINICS}


def _restored(tables: Tables, truth: Truth, kept: Iterable[str]) -> dict[str, pd.DataFrame]:
    """Takes every defect back but some."""
    told = replace(truth, ledger=truth.ledger[~truth.ledger["defect"].isin(list(kept))])
    return {
        name: told.restore(name, table, TABLES[name].key) if TABLES[name].key in table else table
        for name, table in tables.items()
    }


def _first_numbers(patients: pd.DataFrame, truth: Truth, hospital: str) -> "pd.Series[str]":
    """Returns for each record number of a hospital the one that its person was given first."""
    records = truth.person_of_record
    own = records[records["table"] == _at("his_patients", hospital)].set_index("record")["person"]
    order = patients.sort_values(["registered_at", "mrn"])
    person = order["mrn"].map(own)
    return order.groupby(person.to_numpy())["mrn"].transform("first").set_axis(order["mrn"])


def _merge_patients(patients: pd.DataFrame) -> pd.DataFrame:
    """Keeps one row a person: as last registered, with an identifier if it was ever checked."""
    order = patients.sort_values("registered_at", kind="stable")
    known = order.groupby("mrn")[["verified_id", "phone_verified_on"]].last()
    latest = order.drop_duplicates("mrn", keep="last").set_index("mrn")
    merged = latest.assign(**{str(name): known[name] for name in known}).reset_index()
    return merged[list(patients.columns)].sort_values("mrn", ignore_index=True)


def label(results: pd.DataFrame) -> "pd.Series[str]":
    """Says what every laboratory row is: current, superseded, resend or cancelled.

    A row that is not the first of its version to arrive is a resend. Otherwise a cancelling row is cancelled,
    and one that is not the latest version of its specimen and test is superseded.
    """
    order = results.sort_values(["received_at", "row_id"], kind="stable")
    latest = order.groupby(VERSION[:2])["reported_at"].transform("max")
    found = pd.Series("current", index=order.index, dtype="str")
    found = found.mask(order["reported_at"] < latest, "superseded")
    found = found.mask(order["status"] == "X", "cancelled").mask(order.duplicated(VERSION), "resend")
    return found.reindex(results.index)


def _merge_results(results: pd.DataFrame) -> pd.DataFrame:
    return results[label(results) == "current"].reset_index(drop=True)


def _merge_encounters(encounters: pd.DataFrame) -> pd.DataFrame:
    return encounters.reset_index(drop=True)


_MERGE: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "his_patients": _merge_patients,
    "his_encounters": _merge_encounters,
    "lis_results": _merge_results,
}


def _blanks(tables: Tables) -> pd.DataFrame:
    """Lists the columns that have blanks, and why."""
    rows = []
    for name, table in tables.items():
        for field, cells in table.isna().sum().items():
            reason = BLANKS.get((TABLES[name].name, str(field)))
            if cells and reason is not None:
                rows.append((name, field, *reason, int(cells)))
    columns = ["table", "field", "reason", "meaning", "cells"]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[:4], "str"))


# ---- after lab 2 -------------------------------------------------------------------------------------

WHO = ["given_name", "family_name", "sex", "birth_date", "phone", "address", "area", "verified_id"]
WHEN = ["class", "ward", "admitted_at", "discharged_at", "dx_code", "dx_text", "payer"]


def standardized(tables: Tables, truth: Truth) -> dict[str, pd.DataFrame]:
    """Returns what lab 2 leaves: the three hospitals' records in one form, nobody linked yet.

    `patients` (facility, number, then as in his_patients, names and dates as typed), `encounters` (facility,
    encounter_id, number, then as in his_encounters) and `results` (facility, row_id, number, collected_at,
    loinc, comparator, value, unit: a number in the UCUM unit of the code; comparator blank, <, <=, > or >=).
    """
    before = collected(tables, truth, ARRIVED)
    return {
        "patients": _stacked(before, "his_patients", ["number", *WHO]),
        "encounters": _stacked(before, "his_encounters", ["encounter_id", "number", *WHEN]),
        "results": _in_standard_units(before, truth),
    }


COMPARED = r"^\s*(?P<comparator><=|>=|<|>|≤|≥)?\s*(?P<number>\S+)\s*$"
"""A result as text: a number, or what it lies below or above."""


def _in_standard_units(before: Tables, truth: Truth) -> pd.DataFrame:
    """Gives every result the concept that it truly is, and its value in that concept's unit."""
    rows = _stacked(before, "lis_results", ["row_id", "number", "collected_at", "value"])
    told = truth.facts["unit_of_result"][["facility", "row_id", "loinc", "unit"]]
    found = rows.merge(told, on=["facility", "row_id"], how="left", validate="one_to_one")
    parts = found["value"].str.extract(COMPARED)
    codes, units = found["loinc"].fillna("").tolist(), found["unit"].fillna("").tolist()
    changed = [_line(code, unit) for code, unit in zip(codes, units, strict=True)]
    slope, offset, unit = zip(*changed, strict=True) if changed else ((), (), ())
    number = parts["number"].astype("float64") * np.array(slope) + np.array(offset)
    comparator = parts["comparator"].replace({"≤": "<=", "≥": ">="}).astype("str")
    standard = pd.Series(unit, dtype="str")
    values = found.assign(comparator=comparator, value=number, unit=standard.mask(standard == ""))
    columns = ["facility", "row_id", "number", "collected_at", "loinc", "comparator", "value", "unit"]
    return values[columns]


@cache
def _line(loinc: str, unit: str) -> tuple[float, float, str]:
    """Returns slope and offset into the unit of a concept, and that unit; as it is where one is blank."""
    if not loinc or not unit:
        return 1.0, 0.0, unit
    analyte, ucum = (str(concepts().at[loinc, column]) for column in ("analyte", "ucum"))
    return *line(analyte, unit, ucum), ucum


def _stacked(tables: Tables, plain: str, columns: list[str]) -> pd.DataFrame:
    """Puts the hospitals' tables of a kind below each other, with a column `facility` in front."""
    parts = [
        tables[_at(plain, hospital)].rename(columns={"mrn": "number"})[columns].assign(facility=hospital)
        for hospital in TABLES[plain].facilities
    ]
    return pd.concat(parts, ignore_index=True)[["facility", *columns]]


# ---- after lab 3 -------------------------------------------------------------------------------------


def linked(tables: Tables, truth: Truth) -> dict[str, pd.DataFrame]:
    """Returns what lab 3 leaves: everybody once, and every visit to a hospital under its person.

    `persons` (person_id, then as in his_patients, as the first of H1, H2 and H3 that knows the person has
    it, without slips; `facilities` names all that do) and `encounters` (person_id, facility, encounter_id,
    then as in his_encounters; each under whoever came, also where two people were kept on one chart).
    """
    undone = replace(truth, ledger=truth.ledger[truth.ledger["defect"].isin([*TYPED, *ARRIVED])])
    right = {name: undone.restore(name, tables[name], "mrn") for name in _names("his_patients")}
    before = standardized({**tables, **right}, truth)
    patients, visits = (
        before[name].assign(
            _person=pd.MultiIndex.from_frame(before[name][["facility", key]]).map(_owners(truth, plain))
        )
        for name, plain, key in (
            ("patients", "his_patients", "number"),
            ("encounters", "his_encounters", "encounter_id"),
        )
    )
    order = patients.sort_values(["facility", "number"], kind="stable")
    once = order.drop_duplicates("_person")
    names = {person: f"P{place:06d}" for place, person in enumerate(once["_person"], start=1)}
    seen_at = pd.concat([order, visits])[["_person", "facility"]].drop_duplicates().sort_values("facility")
    known = seen_at.groupby("_person")["facility"].agg(" ".join)
    persons = once.assign(person_id=once["_person"].map(names), facilities=once["_person"].map(known))
    seen = visits.assign(person_id=visits["_person"].map(names))
    return {
        "persons": persons[["person_id", *WHO, "facilities"]].reset_index(drop=True),
        "encounters": seen[["person_id", "facility", "encounter_id", *WHEN]].reset_index(drop=True),
    }


def _owners(truth: Truth, plain: str) -> dict[tuple[str, str], int]:
    """Returns whose each record of a kind of table is, by facility and key."""
    records = truth.person_of_record
    found: dict[tuple[str, str], int] = {}
    for facility in TABLES[plain].facilities:
        own = records[records["table"] == _at(plain, facility)]
        found |= {(facility, n): int(p) for n, p in zip(own["record"], own["person"], strict=True)}
    return found


CHECKPOINTS: dict[str, Callable[[Tables, Truth], dict[str, pd.DataFrame]]] = {
    "l2_standardization": collected,
    "l3_sharing": standardized,
    "l4_privacy": linked,
}
"""What each lab that can begin from a checkpoint begins with."""
