"""Counts what the tasks on units, missing units and local codes need."""

import pandas as pd

from sim.counters.base import District, counter, shared, truth_of
from sim.errors import HilabError
from sim.systems.facilities import HOSPITALS
from sim.systems.lab_books import LAB_CODES
from sim.systems.lab_concepts import concepts
from sim.systems.lis import LIS_RESULTS, VERSION
from sim.systems.units import read_unit

INSIDE = {"haemoglobin": (7, 11), "urea nitrogen": (5, 35)}
"""Between which values a result may be in either of its two units: g/dL or mmol/L, mg/dL or mmol/L."""

COMPARATORS = ("<", ">", "<=", ">=")


@shared
def _results(district: District) -> pd.DataFrame:
    """Returns every hospital's results with their truth (unit_of_result) and analyte, if there is a value."""
    tables = [district.tables[LIS_RESULTS.name_at(code)].assign(facility=code) for code in HOSPITALS]
    truth = truth_of(district).facts["unit_of_result"].rename(columns={"unit": "true_unit"})
    truth = truth.drop(columns="batch_id")
    rows = pd.concat(tables, ignore_index=True).merge(truth, on=["facility", "row_id"])
    rows["analyte"] = rows["loinc"].map(concepts()["analyte"]).fillna("")
    return rows[rows["value"].notna()]


@shared
def _books(district: District) -> pd.DataFrame:
    """Returns every hospital's code book with its truth (concept_of_code) and the parts of the concept."""
    tables = [district.tables[LAB_CODES.name_at(code)].assign(facility=code) for code in HOSPITALS]
    truth = truth_of(district).facts["concept_of_code"][["facility", "entry_id", "loinc", "equivalence"]]
    rows = pd.concat(tables, ignore_index=True).merge(truth, on=["facility", "entry_id"])
    parts = concepts()[["component", "property", "specimen", "method"]].add_prefix("target_")
    return rows.merge(parts, left_on="loinc", right_index=True, how="left")


def _known(text: str) -> bool:
    try:
        read_unit(text)
    except HilabError:
        return False
    return True


def _shown(district: District, analyte: str) -> int:
    """Counts the results of an analyte whose unit is shown, in the rarer of its two properties."""
    rows = _results(district)
    mine = rows[(rows["analyte"] == analyte) & rows["shown"]]
    counts = mine["loinc"].map(concepts()["property"]).value_counts()
    return int(counts.min()) if len(counts) > 1 else 0


@counter
def hba1c_in_both_units(district: District) -> int:
    """Counts results of HbA1c in the rarer of % and mmol/mol."""
    return _shown(district, "HbA1c")


@counter
def haemoglobin_in_both_units(district: District) -> int:
    """Counts results of haemoglobin in the rarer of mass and substance."""
    return _shown(district, "haemoglobin")


@counter
def urea_in_both_units(district: District) -> int:
    """Counts results of urea nitrogen or urea in the rarer of mass and substance."""
    return _shown(district, "urea nitrogen")


@counter
def glucose_in_both_units(district: District) -> int:
    """Counts results of glucose in the rarer of mass and substance."""
    return _shown(district, "glucose")


@counter
def creatinine_in_both_units(district: District) -> int:
    """Counts results of creatinine in the rarer of mass and substance."""
    return _shown(district, "creatinine")


@counter
def comparators(district: District) -> int:
    """Counts results with the rarest of the four comparators."""
    found = _results(district)["value"].str.extract(r"^([<>]=?)", expand=False).value_counts()
    return int(found.reindex(COMPARATORS, fill_value=0).min())


@counter
def unknown_units(district: District) -> int:
    """Counts results whose unit nobody knows."""
    printed = _results(district)["unit"].dropna()
    known = {unit: _known(unit) for unit in printed.unique()}
    return int((~printed.map(known).astype(bool)).sum())


@counter
def units_written_three_ways(district: District) -> int:
    """Counts results in the third most frequent spelling of the unit that is written in most ways."""
    printed = _results(district)["unit"].dropna().value_counts()
    spellings = printed[[_known(str(unit)) for unit in printed.index]]
    ways: dict[str, list[int]] = {}
    for unit, count in zip(spellings.index, spellings.tolist(), strict=True):
        ways.setdefault(read_unit(str(unit)), []).append(count)
    return max(sorted([*counts, 0, 0, 0])[-3] for counts in ways.values()) if ways else 0


@shared
def _without_unit(district: District) -> pd.DataFrame:
    """Returns the results without a unit of tests that look alike in both units, each once."""
    rows = _results(district)
    found = rows[rows["analyte"].isin(list(INSIDE)) & ~rows["shown"]].drop_duplicates(VERSION[:2])
    return found.assign(number=pd.to_numeric(found["value"], errors="coerce"))


@counter
def results_without_unit(district: District) -> int:
    """Counts results of haemoglobin and urea without a unit."""
    return len(_without_unit(district))


@counter
def inside_the_overlap(district: District) -> int:
    """Counts those whose value may be in either unit."""
    rows = _without_unit(district)
    inside = [rows["number"].between(*INSIDE[name]) & (rows["analyte"] == name) for name in INSIDE]
    return int(sum(each.sum() for each in inside))


@counter
def batches_without_unit(district: District) -> int:
    """Counts the batches in which a unit was left out."""
    return int(_without_unit(district)["batch_id"].nunique())


@counter
def mixed_batches_without_unit(district: District) -> int:
    """Counts those of them that hold values in both units of a test."""
    rows = _without_unit(district)
    return int(rows.loc[rows["mixed"].astype(bool), "batch_id"].nunique())


@shared
def _evidence(district: District) -> "pd.Series[bool]":
    """Says of each batch without units whether another row in it shows the unit of a test that has two."""
    alike = _without_unit(district)
    rows = _results(district)
    told = rows[rows["shown"] & rows["analyte"].isin(["glucose", "creatinine", "HbA1c", *INSIDE])]
    batches = pd.Series(alike["batch_id"].unique())
    telling = told.loc[told["facility"] == HOSPITALS[2], "batch_id"]
    return batches.isin(telling)


@counter
def batches_with_evidence(district: District) -> int:
    """Counts batches without units in which some row shows its unit."""
    return int(_evidence(district).sum())


@counter
def batches_without_evidence(district: District) -> int:
    """Counts batches without units in which no row shows the unit of a test that has two."""
    return int((~_evidence(district)).sum())


@counter
def code_entries(district: District) -> int:
    """Counts entries of the code books."""
    return len(_books(district))


@counter
def specimen_twins(district: District) -> int:
    """Counts tests of serum that the same book also has in urine."""
    rows = _books(district).dropna(subset=["loinc"])
    rows = rows.assign(test=rows["target_component"].str.removesuffix(" nitrogen"))
    urine = rows["target_specimen"] == "Urine"
    keys = ["facility", "test"]
    twins = rows.loc[urine, keys].drop_duplicates().merge(rows.loc[~urine, keys].drop_duplicates(), on=keys)
    return len(twins)


@counter
def method_variants(district: District) -> int:
    """Counts entries of whose test and specimen the same book has another method."""
    rows = _books(district).dropna(subset=["loinc"])
    rows = rows.assign(method=rows["method"].fillna(""))
    methods = rows.groupby(["facility", "target_component", "target_specimen"])["method"].transform("nunique")
    return int((methods > 1).sum())


@counter
def property_twins(district: District) -> int:
    """Counts entries in units of substance whose test the list of concepts also has in units of mass."""
    rows = _books(district).dropna(subset=["loinc"])
    listed = concepts()
    mass = listed[listed["property"].isin(["Mass/volume", "Mass fraction"])]
    parts = zip(mass["component"].str.removesuffix(" nitrogen"), mass["specimen"], strict=True)
    have = set(parts)
    molar = rows[rows["target_property"].isin(["Moles/volume", "Substance fraction"])]
    keys = zip(molar["target_component"].str.removesuffix(" nitrogen"), molar["target_specimen"], strict=True)
    return sum(key in have for key in keys)


@counter
def wrong_properties(district: District) -> int:
    """Counts results under the code of another property."""
    ledger = truth_of(district).defects("D29")
    return int(ledger[["table", "record"]].drop_duplicates().shape[0])


@counter
def codes_without_counterpart(district: District) -> int:
    """Counts entries that fit no concept."""
    return int((_books(district)["equivalence"] == "unmatched").sum())


@counter
def drifted_codes(district: District) -> int:
    """Counts entries of codes that mean different things at different times."""
    rows = _books(district)
    meanings = rows.assign(loinc=rows["loinc"].fillna("")).groupby(["facility", "test_code"])["loinc"]
    return int((meanings.transform("nunique") > 1).sum())


@counter
def wider_targets(district: District) -> int:
    """Counts entries whose target is wider."""
    return int((_books(district)["equivalence"] == "wider").sum())


@counter
def narrower_targets(district: District) -> int:
    """Counts entries whose target is narrower."""
    return int((_books(district)["equivalence"] == "narrower").sum())
