"""Counts what task 3.8 needs: requests of every kind, and consents that no longer hold."""

import pandas as pd

from sim.counters.base import District, counter, shared, truth_of
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
