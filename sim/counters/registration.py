"""Counts what the tasks on registrations and visits need."""

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from sim.counters.base import District, counter, shared, truth_of


@counter
def duplicates(district: District) -> int:
    """Counts persons with two registrations."""
    return len(truth_of(district).duplicates)


def _lookalikes(district: District, kind: str, equal: list[str]) -> int:
    """Counts pairs of persons of a kind with equal fields in some pair of registrations."""
    patients = district.tables["his_patients"].set_index("mrn")[equal]
    lookalikes, person = truth_of(district).lookalikes, _person_of(district)
    pairs = lookalikes[lookalikes["kind"] == kind]
    one, other = (patients.loc[pairs[name]].reset_index(drop=True) for name in ("mrn_a", "mrn_b"))
    same = pairs[(one == other).all(axis=1).to_numpy()]
    return len({frozenset((person[a], person[b])) for a, b in zip(same["mrn_a"], same["mrn_b"], strict=True)})


@shared
def _person_of(district: District) -> "pd.Series[int]":
    """Returns the person of every record number of the large hospital."""
    records = truth_of(district).person_of_record
    return records[records["table"] == "his_patients"].set_index("record")["person"]


@counter
def twins(district: District) -> int:
    """Counts pairs of twins."""
    return _lookalikes(district, "twin", ["sex", "birth_date", "address"])


@counter
def namesakes(district: District) -> int:
    """Counts pairs of namesakes."""
    return _lookalikes(district, "namesake", ["given_name", "family_name", "birth_date"])


@counter
def juniors(district: District) -> int:
    """Counts fathers and sons of one name."""
    return _lookalikes(district, "junior", ["given_name", "family_name", "address"])


@counter
def newborns(district: District) -> int:
    """Counts newborns registered twice."""
    return int((truth_of(district).duplicates["cause"] == "newborn").sum())


@counter
def changed_surnames(district: District) -> int:
    """Counts people registered under two surnames."""
    return int((truth_of(district).duplicates["cause"] == "surname").sum())


@counter
def inseparable(district: District) -> int:
    """Counts pairs of different persons that a cautious rule would merge."""
    patients, truth = district.tables["his_patients"], truth_of(district)
    true = set(zip(truth.duplicates["mrn_a"], truth.duplicates["mrn_b"], strict=True))
    found = set()
    for field in ("verified_id", "phone", "address"):
        keys = ["given_name", "family_name", "birth_date", "sex", field]
        same = patients[["mrn", *keys]].dropna()
        same = same[same.duplicated(keys, keep=False)]
        pairs = same.merge(same, on=keys)
        found |= {(a, b) for a, b in zip(pairs["mrn_x"], pairs["mrn_y"], strict=True) if a < b}
    return len(found - true)


@counter
def dead(district: District) -> int:
    """Counts dead patients."""
    return int(district.tables["his_patients"]["deceased_on"].notna().sum())


def _with_diagnosis(district: District, prefix: str) -> "pd.Series[str]":
    encounters = district.tables["his_encounters"]
    return encounters.loc[encounters["dx_code"].str.startswith(prefix, na=False), "mrn"].drop_duplicates()


@cache
def _recall() -> dict[str, Any]:
    purposes = yaml.safe_load(Path(__file__).parents[1].joinpath("purposes.yaml").read_text(encoding="utf-8"))
    recall: dict[str, Any] = next(purpose for purpose in purposes if purpose["name"] == "diabetes_recall")
    return recall | {"windows": {need["field"]: need.get("window_days") for need in recall["required"]}}


def _cut(field: str) -> pd.Timestamp:
    return pd.Timestamp(_recall()["as_of"]) - pd.Timedelta(days=_recall()["windows"][field])


@counter
def old_hba1c(district: District) -> int:
    """Counts recallable patients whose latest HbA1c is too old."""
    patients, results = district.tables["his_patients"], district.tables["lis_results"]
    there = patients["deceased_on"].isna() & patients["moved_away_on"].isna()
    recallable = patients.loc[there & patients["mrn"].isin(_with_diagnosis(district, "E11")), "mrn"]
    tests = results[
        (results["test_code"] == "A1C") & (results["status"] != "X") & results["mrn"].isin(recallable)
    ]
    latest = tests.groupby("mrn")["collected_at"].max().dt.normalize()
    return int((latest < _cut("hba1c")).sum())


@counter
def unverified_phones(district: District) -> int:
    """Counts registrations whose telephone is not known to be right."""
    checked = pd.to_datetime(district.tables["his_patients"]["phone_verified_on"])
    return int((checked.isna() | (checked < _cut("phone"))).sum())


@counter
def gestational_only(district: District) -> int:
    """Counts patients with gestational and without type 2 diabetes."""
    return len({*_with_diagnosis(district, "O24")} - {*_with_diagnosis(district, "E11")})


@counter
def moved(district: District) -> int:
    """Counts patients who moved away."""
    return int(district.tables["his_patients"]["moved_away_on"].notna().sum())


@counter
def default_births(district: District) -> int:
    """Counts dates of birth replaced by a default."""
    return len(truth_of(district).defects("D04"))


@counter
def new_year_births(district: District) -> int:
    """Counts registrations of people truly born on 1 January."""
    patients, ledger = district.tables["his_patients"], truth_of(district).defects("D04")
    january = patients["birth_date"].str.endswith("-01-01") & ~patients["mrn"].isin(ledger["record"])
    return int(january.sum())


@counter
def early_discharges(district: District) -> int:
    """Counts visits that end before they begin."""
    visits = district.tables["his_encounters"]
    return int((visits["discharged_at"] < visits["admitted_at"]).sum())


@counter
def placeholders(district: District) -> int:
    """Counts identifiers that stand for none."""
    return len(truth_of(district).defects("D07"))


def _known_to(district: District, people: "pd.Series[int] | None" = None) -> "pd.Series[int]":
    """Returns for each person with a registration the number of hospitals that have one."""
    records = truth_of(district).person_of_record
    known = records[records["table"].str.endswith("his_patients")]
    known = known if people is None else known[known["person"].isin(people)]
    return known.groupby("person")["table"].nunique()


@counter
def in_several_sources(district: District) -> int:
    """Counts persons registered in two hospitals and more."""
    return int((_known_to(district) >= 2).sum())
