"""Counts what the tasks on people's own devices, true extremes and the register need."""

import pandas as pd

from sim.counters.base import District, counter, shared, truth_of
from sim.systems.extremes import BMI, HUNDRED

MMOL = {"mg/dL": 600.0, "mmol/L": 33.3}
"""Glucose from which a ketoacidosis counts as extreme, by unit."""

GLUCOSE, POTASSIUM = ("GLU", "GLUB"), ("K", "KB")
"""The large hospital's codes of both tests."""


def _devices_with(district: District, defect: str) -> int:
    return int(truth_of(district).defects(defect)["record"].nunique())


@counter
def shifted_devices(district: District) -> int:
    """Counts devices whose clock shows another time zone."""
    return _devices_with(district, "D18")


@counter
def shared_devices(district: District) -> int:
    """Counts devices that another of the household uses too."""
    return _devices_with(district, "D19")


@counter
def clock_resets(district: District) -> int:
    """Counts devices whose clock fell back to its factory date."""
    return _devices_with(district, "D20")


@counter
def devices_cut_off(district: District) -> int:
    """Counts devices with a gap and a burst."""
    return _devices_with(district, "D21")


@counter
def impossible_readings(district: District) -> int:
    """Counts readings that no living body gives."""
    return len(truth_of(district).defects("D22"))


def _right(district: District, table: str, key: str, field: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows in which nothing happened to a field."""
    ledger = truth_of(district).ledger
    wrong = ledger.loc[(ledger["table"] == table) & (ledger["field"] == field), "record"]
    return rows[~rows[key].isin(wrong)]


def _results(district: District, codes: tuple[str, ...]) -> pd.DataFrame:
    """Returns untouched results of some tests, with their value as a number."""
    results = district.tables["lis_results"]
    own = results["test_code"].isin(codes) & results["value"].notna()
    mine = results.loc[own, ["row_id", "value", "unit"]]
    right = _right(district, "lis_results", "row_id", "value", mine)
    return right.assign(number=pd.to_numeric(right["value"], errors="coerce"))


@counter
@shared
def extreme_glucose(district: District) -> int:
    """Counts true results of 600 mg/dL and more."""
    found = _results(district, GLUCOSE)
    return int((found["number"] >= found["unit"].map(MMOL)).sum())


@counter
@shared
def extreme_potassium(district: District) -> int:
    """Counts true results of 7.5 mmol/L and more."""
    return int((_results(district, POTASSIUM)["number"] >= 7.5).sum())


@counter
@shared
def extreme_bmi(district: District) -> int:
    """Counts adults with a body mass index of 55 and more."""
    return int((district.tables["diabetes_cohort"]["bmi"] >= BMI).sum())


@counter
@shared
def centenarians(district: District) -> int:
    """Counts living people of 100 years and more with their true date of birth."""
    patients = district.tables["his_patients"]
    last = f"{2025 - HUNDRED}-12-31"
    old = patients[(patients["birth_date"] <= last) & patients["deceased_on"].isna()]
    return len(_right(district, "his_patients", "mrn", "birth_date", old))


@counter
@shared
def extreme_pressure(district: District) -> int:
    """Counts true systolic pressures of 230 mmHg and more, measured at home."""
    readings = district.tables["app_readings"]
    high = readings[(readings["kind"] == "sbp") & (readings["value"] >= 230)]
    return len(_right(district, "app_readings", "reading_id", "value", high))


@counter
def extremes(district: District) -> int:
    """Counts true extremes of all five kinds."""
    kinds = (extreme_glucose, extreme_potassium, extreme_bmi, centenarians, extreme_pressure)
    return sum(kind(district) for kind in kinds)


@counter
def unique_in_sample_only(district: District) -> int:
    """Counts living patients alone in their year of birth, sex and area, but not alone in the register."""
    keys = ["year", "sex", "area"]
    patients, register = (
        table[["sex", "area"]].assign(year=table["birth_date"].str[:4])
        for table in (district.tables["his_patients"], district.tables["register"])
    )
    alive = district.tables["his_patients"]["deceased_on"].isna()
    alone = patients[alive].dropna()
    alone = alone[~alone.duplicated(keys, keep=False)]
    crowd = register[register.duplicated(keys, keep=False)][keys].drop_duplicates()
    return len(alone.merge(crowd, on=keys))
