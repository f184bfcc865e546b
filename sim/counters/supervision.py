"""Counts what task 2.7 needs."""

import pandas as pd

from sim.counters.base import District, counter, truth_of


def _cells(district: District) -> "pd.Series[int]":
    return district.tables["submissions"].groupby(["facility", "quarter"]).size()


def _facilities(district: District) -> pd.DataFrame:
    """Returns the indicators of each facility over the year."""
    told = truth_of(district).facts["submission_indicators"]
    return told.groupby("submitter")[["conformance", "timeliness", "agreement"]].mean()


@counter
def supervised_cells(district: District) -> int:
    """Counts combinations of facility and quarter."""
    return len(_cells(district))


@counter
def messages_in_the_smallest_cell(district: District) -> int:
    """Counts messages of the facility and quarter that have fewest."""
    cells = _cells(district)
    return int(cells.min()) if len(cells) else 0


@counter
def gaming_facilities(district: District) -> int:
    """Counts facilities whose messages are all valid and mostly say nothing true."""
    told = _facilities(district)
    return int(((told["conformance"] == 1) & (told["agreement"] < 0.5)).sum())


@counter
def late_facilities(district: District) -> int:
    """Counts facilities that send fewer than two thirds of their messages in time."""
    return int((_facilities(district)["timeliness"] < 2 / 3).sum())


@counter
def records_read_again(district: District) -> int:
    """Counts events whose record an independent reader coded."""
    return int(district.tables["supervised_events"]["reread_code"].notna().sum())
