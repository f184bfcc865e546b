"""Counts what tasks on disclosing data and on who opened which chart need (3.8, 7.2)."""

import pandas as pd

from sim.counters.base import District, counter, shared, truth_of
from sim.defects.access import AFTER_LEAVING
from sim.systems.curiosity import PATTERNS
from sim.systems.disclosures import NOTES


@shared
def _decided(district: District) -> pd.DataFrame:
    decisions = truth_of(district).facts["request_decision"]
    return district.tables["disclosure_requests"].merge(decisions, on="request_id")


@counter
def requests_in_rarest_cell(district: District) -> int:
    """Counts the requests of the basis and jurisdiction that have fewest."""
    return int(_decided(district).groupby(["basis", "jurisdiction"]).size().min())


@counter
def disclosure_requests(district: District) -> int:
    """Counts all requests."""
    return len(_decided(district))


@counter
def refused_after_revocation(district: District) -> int:
    """Counts requests refused because the consent had been revoked by that day."""
    return int((_decided(district)["reason"] == "revoked").sum())


@counter
def given_before_revocation(district: District) -> int:
    """Counts requests that a consent allows which was revoked afterwards."""
    rows = _decided(district)
    forms = district.tables["consents"][["mrn", "purpose", "recipient", "given_on", "revoked_on"]].dropna()
    both = rows[rows["release"]].merge(forms, on=["mrn", "purpose", "recipient"])
    held = (both["given_on"] <= both["asked_on"]) & (both["asked_on"] < both["revoked_on"])
    return int(both.loc[held, "request_id"].nunique())


@counter
def requests_for_notes(district: District) -> int:
    """Counts requests for psychotherapy notes that are refused, or those that are not, whichever is less."""
    rows = _decided(district)
    told = rows.loc[rows["data"] == NOTES, "release"].value_counts()
    return int(told.reindex([False, True], fill_value=0).min())


@counter
def emergencies(district: District) -> int:
    """Counts requests that only the emergency allows."""
    return int((_decided(district)["reason"] == "emergency").sum())


@counter
def required_reports(district: District) -> int:
    """Counts requests that a law requires to be answered."""
    rows = _decided(district)
    return int((rows["release"] & (rows["basis"] == "required_by_law")).sum())


def _accounts(district: District, *reasons: str) -> int:
    told = truth_of(district).facts["access_reason"]
    return int(told.loc[told["reason"].isin(reasons), "staff_id"].nunique())


@counter
def snoopers(district: District) -> int:
    """Counts accounts that opened a chart out of curiosity."""
    return _accounts(district, *PATTERNS)


@counter
def rarest_curiosity(district: District) -> int:
    """Counts the accounts of the rarest kind of curiosity."""
    return min(_accounts(district, pattern) for pattern in PATTERNS)


@counter
def used_after_leaving(district: District) -> int:
    """Counts accounts that were used after their owner had left."""
    return _accounts(district, AFTER_LEAVING)


@counter
def busy_clerks(district: District) -> int:
    """Counts ward clerks without a fault who open more charts than three in four accounts do."""
    log, staff = district.tables["access_log"], district.tables["staff"]
    opened = log["staff_id"].value_counts()
    told = truth_of(district).facts["access_reason"]
    faulty = told.loc[told["reason"] != "work", "staff_id"]
    clerks = staff.loc[(staff["role"] == "ward_clerk") & ~staff["staff_id"].isin(faulty), "staff_id"]
    return int((opened.reindex(clerks, fill_value=0) >= opened.quantile(0.75)).sum())


@counter
def treated_by_namesakes(district: District) -> int:
    """Counts patients whose chart somebody of their surname opened for work."""
    log, staff = district.tables["access_log"], district.tables["staff"]
    told = truth_of(district).facts["access_reason"]
    work = log[(told["reason"] == "work").to_numpy()]
    surname = work["staff_id"].map(staff.set_index("staff_id")["family_name"])
    patients = district.tables["his_patients"].set_index("mrn")["family_name"]
    return int(work.loc[(surname == work["mrn"].map(patients)), "mrn"].nunique())
