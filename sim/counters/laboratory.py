"""Counts what the tasks on laboratory results need."""

import pandas as pd

from sim.counters.base import District, counter, truth_of
from sim.systems.lis import VERSION


def _labelled(district: District, label: str) -> pd.DataFrame:
    results, labels = district.tables["lis_results"], truth_of(district).result_labels
    return results.loc[(labels["label"] == label).to_numpy(), [*VERSION, "status", "received_at"]]


@counter
def resends(district: District) -> int:
    """Counts resends."""
    return len(_labelled(district, "resend"))


@counter
def corrections(district: District) -> int:
    """Counts corrected versions, each once."""
    results = district.tables["lis_results"]
    return len(results.loc[results["status"] == "C", VERSION].drop_duplicates())


@counter
def repeats(district: District) -> int:
    """Counts true same-day repeats."""
    return len(_labelled(district, "repeat"))


@counter
def late_resends(district: District) -> int:
    """Counts resends of superseded versions that arrive after the latest version has."""
    results = district.tables["lis_results"][[*VERSION, "received_at"]]
    latest = results.sort_values(["reported_at", "received_at"]).drop_duplicates(VERSION[:2], keep="last")
    newest = (
        latest.merge(results, on=VERSION, suffixes=("", "_any")).groupby(VERSION)["received_at_any"].min()
    )
    resent = _labelled(district, "resend").merge(
        newest.reset_index(), on=VERSION[:2], suffixes=("", "_newest")
    )
    late = (resent["reported_at"] < resent["reported_at_newest"]) & (
        resent["received_at"] > resent["received_at_any"]
    )
    return int(late.sum())


@counter
def cancellations(district: District) -> int:
    """Counts cancelling rows."""
    return len(_labelled(district, "cancelled"))


@counter
def measured_again(district: District) -> int:
    """Counts cancellations that a new result follows."""
    results = district.tables["lis_results"]
    final = results[results["status"] == "F"].groupby(VERSION[:2])["reported_at"].max().rename("final")
    cancelled = _labelled(district, "cancelled").join(final, on=VERSION[:2])
    return int((cancelled["final"] > cancelled["reported_at"]).sum())


@counter
def corrected_corrections(district: District) -> int:
    """Counts corrections that were corrected."""
    return int((_labelled(district, "superseded")["status"] == "C").sum())
