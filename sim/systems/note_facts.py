"""Opens a hospital's cases: looks up in the clean records what the writers of notes know."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import Any

import pandas as pd

from sim.systems.households import companions, family_histories
from sim.systems.note_cases import Case
from sim.systems.recorder import Setting
from sim.systems.texts import among, plain
from sim.systems.wording import drugs, icd_codes, lasting

VITALS = ("8480-6", "8462-4", "8867-4", "8310-5", "59408-5")
"""LOINC codes of systolic and diastolic pressure, heart rate, temperature, oxygen saturation."""

TESTS = {
    "4548-4": (("%", 1.0, 1), ("%", 1.0, 1)),
    "2345-7": (("mg/dL", 1.0, 0), ("mmol/L", 0.0555, 1)),
    "2160-0": (("mg/dL", 1.0, 2), ("umol/L", 88.4, 0)),
    "2823-3": (("mmol/L", 1.0, 1), ("mmol/L", 1.0, 1)),
    "718-7": (("g/dL", 1.0, 1), ("g/L", 10.0, 0)),
    "18262-6": (("mg/dL", 1.0, 0), ("mmol/L", 0.02586, 1)),
}
"""Tests that notes quote, by LOINC code: unit, factor and decimals as US laboratories and as others report
them. Factors are those of codes_labs_vitals.csv."""

COURSE = ["PATIENT", "ENCOUNTER", "CODE", "START", "STOP"]

MOST_LISTED = 4
"""At most so many conditions, drugs or results stand in one sentence (assumed)."""


def open_cases(setting: Setting, visits: pd.DataFrame) -> list[Case]:
    """Returns what is known at each visit, in their order.

    Args:
        setting: The hospital.
        visits: Visits in the form of `setting.visits`.
    """
    tables, keys = setting.records.tables, visits.index.tolist()
    who = setting.people.loc[visits["person"]].set_index(visits.index)
    found = _found(tables["conditions"], visits)
    history = _lasting(tables["conditions"], visits, who["person_id"])
    started, takes = _drugs(tables["medications"], visits, who["person_id"])
    vitals, results = _measured(tables["observations"], visits, units(setting))
    done = _at(tables["procedures"], visits, "CODE")
    relatives = setting.once("companions", lambda: companions(setting.people))
    families = setting.once("family histories", lambda: family_histories(setting))
    columns: tuple[Iterable[Any], ...] = (
        (visits["start"].dt.normalize() - who["birth_date"]).dt.days.tolist(),
        *(plain(who[name]) for name in ("sex", "given", "surname", "phone", "town")),
        [relatives.get(person) for person in visits["person"].tolist()],
        [families[person] for person in visits["person"].tolist()],
        plain(visits["dx_code"].fillna("")),
        plain(visits["dx_text"].fillna("")),
        _named(visits, setting.country),
        [found.get(visit, frozenset()) for visit in keys],
        *([known.get(visit, ()) for visit in keys] for known in (history, takes, started)),
        [vitals.get(visit, {}) for visit in keys],
        [tuple(results.get(visit, ())[:MOST_LISTED]) for visit in keys],
        [tuple(done.get(visit, ())) for visit in keys],
        visits["start"].dt.date.tolist(),
        visits["stop"].dt.date.tolist(),
    )
    return [Case(*row) for row in zip(*columns, strict=True)]


def _named(visits: pd.DataFrame, country: str) -> list[str | None]:
    """Returns the SNOMED CT code of each diagnosis; from its ICD code where the visit carries only that."""
    meant = {icd: snomed for snomed, icd in list(icd_codes(country).items())[::-1]}
    named = visits["snomed"].fillna(visits["dx_code"].map(meant)).astype(object)
    told: list[str | None] = named.where(named.notna(), None).tolist()
    return told


def units(setting: Setting) -> int:
    """Returns which of the units of `TESTS` this hospital's laboratory uses."""
    return 0 if setting.country == "us" and setting.facility.code != "H2" else 1


def _gather(keys: Iterable[Hashable], values: Iterable[Any]) -> dict[Hashable, list[Any]]:
    found: dict[Hashable, list[Any]] = defaultdict(list)
    for key, value in zip(keys, values, strict=True):
        found[key].append(value)
    return found


def _at(table: pd.DataFrame, visits: pd.DataFrame, column: str) -> dict[Hashable, list[Any]]:
    """Returns a column of what happened at each visit, without repeats."""
    there = table.loc[among(table["ENCOUNTER"], visits.index), ["ENCOUNTER", column]].drop_duplicates()
    return _gather(plain(there["ENCOUNTER"]), plain(there[column]))


def _found(conditions: pd.DataFrame, visits: pd.DataFrame) -> dict[Hashable, frozenset[str]]:
    return {visit: frozenset(codes) for visit, codes in _at(conditions, visits, "CODE").items()}


def _of_patients(table: pd.DataFrame, visits: pd.DataFrame, patients: "pd.Series[str]") -> pd.DataFrame:
    """Joins what patients have or take to each of their visits, if it had begun and not ended."""
    about = pd.DataFrame({"visit": visits.index, "PATIENT": patients.to_numpy()})
    about = about.assign(at=visits["start"].to_numpy(), main=visits["snomed"].to_numpy(dtype=object))
    kept = table[among(table["PATIENT"], patients.unique()) & ~(table["STOP"] < visits["start"].min())]
    joined = about.merge(kept, on="PATIENT", how="inner")
    return joined[(joined["START"] <= joined["at"]) & ~(joined["STOP"] < joined["at"])]


def _lasting(
    conditions: pd.DataFrame, visits: pd.DataFrame, patients: "pd.Series[str]"
) -> dict[Hashable, tuple[str, ...]]:
    """Lists what patients have had for long at each visit, the main diagnosis left out."""
    chronic = conditions.loc[among(conditions["CODE"], sorted(lasting())), COURSE]
    known = _of_patients(chronic, visits, patients)
    earlier = (known["ENCOUNTER"] != known["visit"]) & (known["CODE"] != known["main"])
    known = known[earlier].drop_duplicates(["visit", "CODE"])
    found = _gather(plain(known["visit"]), plain(known["CODE"]))
    return {visit: tuple(codes[:MOST_LISTED]) for visit, codes in found.items()}


def _drugs(
    medications: pd.DataFrame, visits: pd.DataFrame, patients: "pd.Series[str]"
) -> tuple[dict[Hashable, tuple[str, ...]], dict[Hashable, tuple[str, ...]]]:
    """Returns the drugs begun at each visit, and those that were taken already."""
    known = medications.loc[among(medications["CODE"], drugs().index), COURSE]
    begun = {visit: tuple(codes[:MOST_LISTED]) for visit, codes in _at(known, visits, "CODE").items()}
    taken = _of_patients(known, visits, patients)
    taken = taken[taken["ENCOUNTER"] != taken["visit"]].drop_duplicates(["visit", "CODE"])
    before = _gather(plain(taken["visit"]), plain(taken["CODE"]))
    return begun, {visit: tuple(codes[:MOST_LISTED]) for visit, codes in before.items()}


def _measured(
    observations: pd.DataFrame, visits: pd.DataFrame, system: int
) -> tuple[dict[Hashable, dict[str, float]], dict[Hashable, list[tuple[str, str, str]]]]:
    """Returns vital signs and test results of each visit."""
    recent = observations["DATE"] >= visits["start"].min()
    wanted = recent & among(observations["CODE"], [*VITALS, *TESTS])
    there = observations.loc[wanted, ["ENCOUNTER", "CODE", "VALUE"]]
    there = there[among(there["ENCOUNTER"], visits.index)].drop_duplicates(["ENCOUNTER", "CODE"])
    vitals: dict[Hashable, dict[str, float]] = defaultdict(dict)
    results: dict[Hashable, list[tuple[str, str, str]]] = defaultdict(list)
    numbers = there["VALUE"].astype("float64").tolist()
    for visit, code, number in zip(plain(there["ENCOUNTER"]), plain(there["CODE"]), numbers, strict=True):
        if code in TESTS:
            unit, factor, decimals = TESTS[code][system]
            results[visit].append((code, f"{number * factor:.{decimals}f}", unit))
        else:
            vitals[visit][code] = number
    return vitals, results
