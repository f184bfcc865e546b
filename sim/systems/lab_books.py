"""The code books of the hospitals' laboratories: what a local code means, and from when to when.

Codes of H1 are fixed words; the other two number their tests, in every district anew. On one day, also drawn,
each laboratory gives some tests other codes, and some codes other meanings (D09).

The truth says how each row stands to the one concept that fits it best, in the words of FHIR R4, in which
"wider" means that the TARGET is wider than the source:

* equivalent: analyte, property (by the unit), kind of specimen and method agree, or neither names a method;
* wider: the book names a method or a moment, such as fasting, that the concept leaves open;
* narrower: the concept names a method, or a kind, that the book leaves open;
* unmatched: no concept has that analyte, property and specimen. Serum and plasma count as one specimen.
"""

import csv
from functools import cache
from typing import Any

import pandas as pd

from sim.paths import datasets
from sim.systems import lab_concepts, lab_words
from sim.systems.facilities import HOSPITALS
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table

LAB_CODES = Table(
    name="lab_codes",
    about="One entry of the laboratory's code book: what a code means in some span of time. Many of the "
    "tests are never asked for.",
    key="entry_id",
    facilities=HOSPITALS,
    columns=(
        Column("entry_id", "text", "Number of the entry"),
        Column("test_code", "text", "The laboratory's own code; may mean something else at another time"),
        Column("test_name", "text", "The test as it is printed"),
        Column("specimen", "text", "What is examined; blank where nothing is"),
        Column("method", "text", "Method, or the moment of taking; blank where the book leaves it open"),
        Column("unit", "text", "Unit of the values; blank where there is none"),
        Column("valid_from", "text", "First day of this meaning, YYYY-MM-DD, by the day of taking"),
        Column("valid_to", "text", "Last day of this meaning; blank while it lasts"),
    ),
)

OPENED, RETIRED = "2009-01-01", "2018-12-31"
"""First day of the books, and last day of entries that were given up when a laboratory went over to SI."""

CHANGED_BEFORE = (9, 19)
"""The codes changed on the first of a month that lies so many months back (assumed)."""

SPECIMENS = {
    "serum": "血清",
    "plasma": "血浆",
    "citrated plasma": "枸橼酸血浆",
    "blood": "全血",
    "capillary blood": "毛细血管血",
    "urine": "尿液",
    "stool": "粪便",
    "sweat": "汗液",
    "dialysis fluid": "透析液",
    "drain fluid": "引流液",
    "control material": "质控物",
}
"""Specimens in Chinese."""


Entry = dict[str, Any]
"""An entry of a code book."""


@cache
def entries(hospital: str, country: str) -> tuple[Entry, ...]:
    """Returns a hospital's entries with the columns of one country, in the order of the file.

    As `read_book`, without the codes and the days that are drawn for a district.
    """
    language = "zh" if country == "cn" else "en"
    with datasets("codes", "lab_codes.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            {
                "slot": row["slot"],
                "era": row["era"],
                "test_name": row[f"name_{language}"],
                "specimen": SPECIMENS.get(row["specimen"], "") if country == "cn" else row["specimen"],
                "method": row[f"method_{language}"],
                "unit": row[f"unit_{country}"],
                "loinc": row[f"loinc_{country}"],
                "equivalence": row["equivalence"],
                "records": tuple(row["records"].split("|")) if row["records"] else (),
                "decimals": int(row[f"decimals_{country}"]),
                "section": "B" if row["specimen"] == "blood" and row["records"] != "4548-4" else "S",
            }
            for row in csv.DictReader(file)
            if row["hospital"] == hospital
        )


def change_day(setting: Setting) -> pd.Timestamp:
    """Returns the first day on which the laboratory's changed codes hold."""
    months = int(setting.stream("lab version").integers(*CHANGED_BEFORE))
    return (setting.today - pd.DateOffset(months=months)).replace(day=1).normalize()


def _draw_codes(slots: list[str], setting: Setting) -> dict[str, str]:
    """Returns the code of each slot."""
    patterns = {"H2": "{0:04d}", "H3": "K{0:04d}"}
    if setting.facility.code not in patterns:
        return {slot: slot for slot in slots}
    numbers = setting.stream("lab codes").permutation(8999)[: len(slots)] + 1000
    pattern = patterns[setting.facility.code]
    return {slot: pattern.format(number) for slot, number in zip(slots, numbers.tolist(), strict=True)}


def read_book(setting: Setting) -> list[Entry]:
    """Returns the code book of a hospital's laboratory.

    Returns:
        Entries in the order of the codes: the columns of `lab_codes` (blanks as empty text); and slot
        (entries of one slot share a code), era (all, old, new or retired), loinc (empty where no concept
        fits), equivalence, records (LOINC codes of the clean records that it files), decimals and section
        (B blood count, S all else, HbA1c too).
    """
    hospital = setting.facility.code
    known = entries(hospital, setting.country)
    codes = _draw_codes(list(dict.fromkeys(entry["slot"] for entry in known)), setting)
    day = change_day(setting)
    first, last = f"{day:%Y-%m-%d}", f"{day - pd.Timedelta(days=1):%Y-%m-%d}"
    ends = {"old": last, "retired": RETIRED}
    book = [
        {
            **entry,
            "test_code": codes[entry["slot"]],
            "valid_from": first if entry["era"] == "new" else OPENED,
            "valid_to": ends.get(entry["era"], ""),
        }
        for entry in known
    ]
    book.sort(key=lambda entry: (entry["test_code"], entry["valid_from"]))
    return [{**entry, "entry_id": f"{hospital}L{number:03d}"} for number, entry in enumerate(book, 1)]


def _record(setting: Setting) -> dict[str, pd.DataFrame]:
    book = pd.DataFrame(read_book(setting))
    blank = ["specimen", "method", "unit", "valid_to", "loinc"]
    return {"lab_codes": book.assign(**{name: book[name].mask(book[name] == "") for name in blank})}


def tell_concepts(setting: Setting, tables: Tables) -> dict[str, pd.DataFrame]:
    """Returns the truth about the codes: `concept_of_code`.

    Columns: entry_id, code, valid_from, valid_to (missing while it lasts), loinc (missing where no concept
    fits) and equivalence (R4: equivalent, wider, narrower, unmatched; "wider" means a wider target).
    """
    book = tables["lab_codes"].rename(columns={"test_code": "code"})
    columns = ["entry_id", "code", "valid_from", "valid_to", "loinc", "equivalence"]
    return {"concept_of_code": book[columns]}


def _files(setting: Setting, tables: Tables) -> dict[str, bytes]:
    """Ships the list of concepts and the glossary once."""
    if setting.facility.code != HOSPITALS[0]:
        return {}
    known = [entry for hospital in HOSPITALS for entry in entries(hospital, setting.country)]
    return {lab_concepts.FILE: lab_concepts.describe(), lab_words.FILE: lab_words.describe(known)}


RECORDERS = (Recorder("lis", (LAB_CODES,), _record, files=_files, facts=tell_concepts),)
