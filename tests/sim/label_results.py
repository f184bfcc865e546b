"""The labels of laboratory rows by their definition, to hold against what the defects say they did."""

import pandas as pd

VERSION = ["specimen_id", "test_code", "reported_at"]


def label_results(results: pd.DataFrame) -> pd.DataFrame:
    """Labels every laboratory row.

    A row that is not the first of its version to arrive is a resend. Otherwise a cancelling row is
    cancelled; a row that is not the latest released version of its specimen and test is superseded; of
    the rows left, the earliest collected of a record number, test and day is current, the others repeat.

    Args:
        results: Rows with the columns of `lis_results`, in any order.

    Returns:
        Columns row_id and label, in the order of the rows.
    """
    rows = results.sort_values(["received_at", "row_id"], kind="stable")
    resend = rows.duplicated(VERSION)
    cancelled = ~resend & (rows["status"] == "X")
    latest = rows.groupby(VERSION[:2])["reported_at"].transform("max")
    superseded = ~resend & ~cancelled & (rows["reported_at"] < latest)
    valid = rows[~resend & ~cancelled & ~superseded].sort_values(
        ["collected_at", "specimen_id"], kind="stable"
    )
    days = valid.assign(_day=valid["collected_at"].dt.normalize())
    repeat = days.duplicated(["mrn", "test_code", "_day"])
    label = pd.Series("current", index=results.index, dtype="str")
    for name, chosen in (
        ("resend", resend),
        ("cancelled", cancelled),
        ("superseded", superseded),
        ("repeat", repeat),
    ):
        label.loc[chosen.index[chosen]] = name
    return pd.DataFrame({"row_id": results["row_id"], "label": label})
