"""Rows of laboratory results: how values are written, how rows are numbered, what later versions inherit."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

INHERITED = ("test_code", "test_name", "unit")
"""Columns that all versions of a result share. Where a defect changes the value, there is one version."""

_MARKS = "CXFabn"
"""What the provisional numbers of later versions end with."""

PASSED_ON = ("D08", "D09", "D12", "D29", "D31", "D32", "D33")
"""Defects of a result that all of its versions share."""


def numbered(numbers: Iterable[int], digits: int) -> npt.NDArray[np.object_]:
    """Writes numbers with leading zeros.

    Example:
        >>> numbered([7, 12], 3).tolist()
        ['007', '012']
    """
    return np.array([f"{number:0{digits}d}" for number in numbers], dtype=object)


def written(numbers: "pd.Series[float]", decimals: "pd.Series[int]") -> list[str]:
    """Writes each number with its decimal places, as the laboratory does.

    Example:
        >>> written(pd.Series([7.08, 95.4]), pd.Series([1, 0]))
        ['7.1', '95']
    """
    return [f"{number:.{places}f}" for number, places in zip(numbers, decimals, strict=True)]


def number_by_arrival(results: pd.DataFrame, ledger: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Gives rows and messages their final numbers, in the order in which they arrived.

    Args:
        results: Working table with provisional numbers.
        ledger: Ledger whose column `record` holds provisional row numbers.

    Returns:
        Both with final numbers, the table sorted by arrival.
    """
    order = results.sort_values("received_at", kind="stable")
    rows = [f"R{number:07d}" for number in range(1, len(order) + 1)]
    final = dict(zip(order["row_id"], rows, strict=True))
    message, _ = pd.factorize(order["message_id"])
    done = order.assign(row_id=rows, message_id="M" + numbered(message + 1, 6)).reset_index(drop=True)
    return done, ledger.assign(record=ledger["record"].map(final))


def inherit(results: pd.DataFrame, ledger: pd.DataFrame) -> pd.DataFrame:
    """Adds to the ledger what later versions of a row have from it.

    A row whose unit was left out is corrected without a unit too. Resends are no versions: the ledger of D10
    names the row that each repeats.

    Args:
        results: Working table with provisional numbers: a row made from another begins with its digits.
        ledger: What the defects did.

    Returns:
        The ledger with one more entry for every such cell, before all others.
    """
    cells: dict[str, list[tuple[str, str, str]]] = {}
    passed = ledger[ledger["defect"].isin(PASSED_ON) & ledger["field"].isin(INHERITED)]
    told = (passed[name].to_numpy(dtype=object) for name in ("record", "field", "clean", "defect"))
    for record, field, clean, defect in zip(*told, strict=True):
        cells.setdefault(record, []).append((field, clean, defect))
    later = results[(results["row_id"].str.contains(r"\D") & ~results["row_id"].str.endswith("r")).to_numpy()]
    found = [
        (row["row_id"], field, clean, row[field], defect)
        for row in later[["row_id", *INHERITED]].to_dict("records")
        for field, clean, defect in cells.get(row["row_id"].rstrip(_MARKS), ())
    ]
    columns = ["record", "field", "clean", "dirty", "defect"]
    inherited = pd.DataFrame(found, columns=columns, dtype="str")
    return pd.concat([inherited, ledger], ignore_index=True)[ledger.columns.tolist()]
