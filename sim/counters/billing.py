"""Counts what task 1.9 needs."""

import pandas as pd

from sim.counters.base import District, counter, shared, truth_of


@shared
def _fates(district: District) -> pd.DataFrame:
    """Returns the visit of every line of the large hospital's claims, and what became of the line."""
    fates = truth_of(district).facts["claim_line_fate"]
    here = fates.loc[fates["facility"] == "H1", ["line_id", "fate"]]
    return here.merge(district.tables["claims"][["line_id", "encounter_id"]], on="line_id")


def _lines(district: District, fate: str) -> pd.DataFrame:
    fates = _fates(district)
    return fates[fates["fate"] == fate]


@counter
def voided_lines(district: District) -> int:
    """Counts lines that take others back."""
    return len(_lines(district, "void"))


@counter
def adjusted_lines(district: District) -> int:
    """Counts adjustments of lines that stand."""
    return len(_lines(district, "adjustment"))


@counter
def replaced_lines(district: District) -> int:
    """Counts lines in whose place others stand."""
    return len(_lines(district, "replaced"))


@counter
def orphaned_credits(district: District) -> int:
    """Counts credits whose original is not there."""
    return len(_lines(district, "credit"))


@counter
def visits_billed_again(district: District) -> int:
    """Counts visits with a line taken back and another that stands."""
    gone = _lines(district, "voided")["encounter_id"]
    return int(_lines(district, "stands")["encounter_id"].drop_duplicates().isin(gone).sum())


@counter
def never_claimed(district: District) -> int:
    """Counts services outside the payer's coverage."""
    absent = truth_of(district).defects("D24")
    return int((absent["table"] == "claims").sum())
