"""What a laboratory does: for each test of the clean records the entry of its book, and how values change."""

from functools import cache

import numpy as np
import pandas as pd

from sim.paths import datasets
from sim.systems.lab_books import Entry
from sim.systems.lab_concepts import concepts
from sim.systems.units import line, read_unit

ALTERNATIVE = ("code", "name", "unit", "loinc", "decimals", "slope", "offset")
"""What tells how a result would be filed otherwise; slope and offset turn its value into that unit."""

DRIFTS = {
    "glucose": 0.15,
    "creatinine": 0.06,
    "haemoglobin": 0.03,
    "urea nitrogen": 0.08,
    "triglycerides": 0.10,
    "cholesterol": 0.04,
    "HbA1c": 0.01,
    "calcium": 0.02,
}
"""Standard deviation of the change within some hours, as a share of the value (assumed), by analyte."""

OTHER_DRIFTS = {"2951-2": 0.01, "2075-0": 0.01, "2823-3": 0.06, "6298-4": 0.06}
"""The same by LOINC code."""

OTHERWISE = 0.05
"""The same of all others."""

OTHER_UNIT = {
    "4548-4": ("59261-8", 0),
    "718-7": ("59260-0", 1),
    "59260-0": ("718-7", 1),
    "3094-0": ("22664-7", 1),
    "22664-7": ("3094-0", 0),
    "2345-7": ("14749-6", 1),
    "14749-6": ("2345-7", 0),
    "2160-0": ("14682-9", 0),
    "14682-9": ("2160-0", 2),
}
"""The concept, and the decimals, in which a second bench of H3 writes a test. The two benches differ in all
tests alike: one writes mass, the other substance; which of them is the book's is the country's habit. In `cn`
that is substance, for haemoglobin too, though others there write g/L (assumed: an imported analyser)."""

WITHOUT = {"code": "", "name": "", "unit": "", "loinc": "", "decimals": 0, "slope": 1.0, "offset": 0.0}


@cache
def clean_units() -> "pd.Series[str]":
    """Returns the unit of each observation of the clean records by LOINC code."""
    table = pd.read_csv(datasets("codes", "codes_labs_vitals.csv"), dtype="str", encoding="utf-8")
    given = table.dropna(subset=["ucum"]).set_index("loinc")["ucum"]
    units: pd.Series[str] = pd.concat([given, concepts()["ucum"]]).groupby(level=0).first()
    return units


def list_tests(book: list[Entry], by_hand: bool) -> pd.DataFrame:
    """Lists what a laboratory measures, as its book stood before its codes changed.

    Args:
        book: The code book, by `sim.systems.lab_books.read_book`.
        by_hand: Whether some tests are also written in another unit.

    Returns:
        One row for each LOINC code of the clean records that it files: record (that code), drift, slope and
        offset (from the unit of the clean records), what the book says, equivalent (the LOINC code if it is
        that, else missing), mass_code, mass_name and mass_loinc (of the entry for the same test in units of
        mass, blank if none), and those of `ALTERNATIVE` after `next_` and `other_`.
    """
    filing = [{**entry, "record": code} for entry in book for code in entry["records"]]
    later = {entry["record"]: entry for entry in filing if entry["era"] == "new"}
    mass = _mass_entries(book)
    rows = [
        {
            **entry,
            **_scaled("", str(clean_units()[entry["record"]]), entry),
            "drift": drift_of(entry["loinc"]),
            "equivalent": entry["loinc"] if entry["equivalence"] == "equivalent" else None,
            **_mass(_mass_entry(entry, mass)),
            **_next(entry, later.get(entry["record"])),
            **_other(entry, by_hand),
        }
        for entry in filing
        if entry["era"] != "new"
    ]
    kinds = {name: object if isinstance(rows[0][name], str | tuple) else None for name in rows[0]}
    columns = {
        name: np.array([row[name] for row in rows], kinds[name]) for name in rows[0] if name != "records"
    }
    return pd.DataFrame(columns, dtype=object).infer_objects()


def drift_of(loinc: str) -> float:
    """Returns how much a value changes within some hours.

    Example:
        >>> drift_of("2345-7"), drift_of("2951-2"), drift_of("1742-6")
        (0.15, 0.01, 0.05)
    """
    return DRIFTS.get(_analyte(loinc), OTHER_DRIFTS.get(loinc, OTHERWISE))


def _analyte(loinc: str) -> str:
    return _concepts()[loinc]["analyte"] if loinc else ""


def _scaled(before: str, unit: str, entry: Entry) -> Entry:
    """Returns slope and offset from a unit to that of an entry."""
    analyte = _analyte(entry["loinc"])
    slope, offset = line(analyte, unit, entry["unit"]) if entry["unit"] else (1.0, 0.0)
    return {f"{before}slope": slope, f"{before}offset": offset}


def _kind(loinc: str) -> tuple[str, ...]:
    """Returns what two concepts share that differ in property only."""
    concept = _concepts()[loinc]
    return (concept["component"].removesuffix(" nitrogen"), concept["specimen"], concept["method"])


@cache
def _concepts() -> dict[str, dict[str, str]]:
    rows = concepts().to_dict("index").items()
    return {str(code): {str(name): str(part) for name, part in parts.items()} for code, parts in rows}


def _mass_entries(entries: list[Entry]) -> dict[tuple[str, ...], list[Entry]]:
    """Returns the entries in units of mass by what they share with those in units of substance."""
    found: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        if entry["equivalence"] == "equivalent" and _concepts()[entry["loinc"]]["property"] == "Mass/volume":
            found.setdefault(_kind(entry["loinc"]), []).append(entry)
    return found


def _mass_entry(entry: Entry, mass: dict[tuple[str, ...], list[Entry]]) -> Entry:
    """Returns the entry of the same test in units of mass under a code of its own, or nothing."""
    if not entry["loinc"] or _concepts()[entry["loinc"]]["property"] != "Moles/volume":
        return {}
    others = mass.get(_kind(entry["loinc"]), [])
    return next((other for other in others if other["slot"] != entry["slot"]), {})


def _mass(entry: Entry) -> Entry:
    return _named("mass", entry) | {"mass_loinc": entry.get("loinc", "")}


def _named(before: str, entry: Entry) -> Entry:
    return {f"{before}_{name}": entry.get(f"test_{name}", "") for name in ("code", "name")}


def _next(entry: Entry, new: Entry | None) -> Entry:
    """Returns how a test is filed after the codes have changed."""
    if new is None:
        return {f"next_{name}": WITHOUT[name] for name in ALTERNATIVE}
    same = {f"next_{name}": new[name] for name in ("unit", "loinc", "decimals")}
    return _named("next", new) | same | _scaled("next_", entry["unit"], new)


def _other(entry: Entry, by_hand: bool) -> Entry:
    """Returns how a test is written in the other unit, under the same code."""
    if not by_hand or entry["loinc"] not in OTHER_UNIT:
        return {f"other_{name}": WITHOUT[name] for name in ALTERNATIVE}
    loinc, decimals = OTHER_UNIT[entry["loinc"]]
    other = {"unit": read_unit(_concepts()[loinc]["ucum"]), "loinc": loinc, "decimals": decimals}
    same = {f"other_{name}": value for name, value in other.items()}
    return _named("other", entry) | same | _scaled("other_", entry["unit"], other)
