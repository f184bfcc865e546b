"""Counts what task 1.9 needs."""

import pandas as pd

from sim.counters.base import District, counter, truth_of


def _lines(district: District, fate: str) -> pd.DataFrame:
    """Returns the lines of the large hospital's claims that became something."""
    fates = truth_of(district).facts["claim_line_fate"]
    lines = fates.loc[(fates["fate"] == fate) & (fates["facility"] == "H1"), "line_id"]
    claims = district.tables["claims"]
    return claims[claims["line_id"].isin(lines)]


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
