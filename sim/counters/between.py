"""Counts what tells hospitals' records of one person apart (tasks 3.1 to 3.3)."""

import pandas as pd

from sim.counters.base import District, counter, truth_of


def _ledger(district: District, *defects: str) -> pd.DataFrame:
    ledger = truth_of(district).ledger
    return ledger[ledger["defect"].isin(defects) & ledger["table"].str.endswith("his_patients")]


@counter
def mistyped_names(district: District) -> int:
    """Counts registrations with a typing error in a name, all hospitals together."""
    return len(_ledger(district, "D02").drop_duplicates(["table", "record"]))


@counter
def swapped_names(district: District) -> int:
    """Counts registrations whose given and family name stand in each other's place, those of D02 left out."""
    return len(_ledger(district, "D36").drop_duplicates(["table", "record"]))


@counter
def nicknames(district: District) -> int:
    """Counts registrations under a nickname."""
    return len(_ledger(district, "D35"))


@counter
def old_surnames(district: District) -> int:
    """Counts registrations under a surname that has changed since, in whatever hospital."""
    again = int((truth_of(district).duplicates["cause"] == "surname").sum())
    return len(_ledger(district, "D44")) + again


@counter
def shared_phones(district: District) -> int:
    """Counts people who share their telephone with another person of the large hospital."""
    truth, patients = truth_of(district), district.tables["his_patients"]
    records = truth.person_of_record
    person = records[records["table"] == "his_patients"].set_index("record")["person"]
    told = pd.DataFrame({"phone": patients["phone"], "person": patients["mrn"].map(person)})
    told = told.dropna().drop_duplicates()
    return int(told.loc[told.duplicated("phone", keep=False), "person"].nunique())


@counter
def old_contacts(district: District) -> int:
    """Counts registrations with an address or telephone from before a move."""
    return len(_ledger(district, "D42").drop_duplicates(["table", "record"]))


@counter
def charts_of_two(district: District) -> int:
    """Counts record numbers under which visits of two people are kept."""
    return len(truth_of(district).facts["merged_charts"])


@counter
def covers_in_conflict(district: District) -> int:
    """Counts covers of charts with a wrong birth date, blood group or allergy."""
    return len(truth_of(district).defects("D43").drop_duplicates(["table", "record"]))


@counter
def people_with_two_blood_groups(district: District) -> int:
    """Counts people whose blood group differs between two hospitals."""
    records = truth_of(district).person_of_record
    told = []
    for name in ("emr_covers", "h2_emr_covers", "h3_emr_covers"):
        person = records[records["table"] == name].set_index("record")["person"]
        cover = district.tables[name].dropna(subset=["blood_group"])
        told.append(pd.DataFrame({"person": cover["mrn"].map(person), "group": cover["blood_group"]}))
    return int((pd.concat(told).groupby("person")["group"].nunique() > 1).sum())
