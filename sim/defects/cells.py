"""Changes of cells in working tables, with what the ledger says of them."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.systems.lab_rows import written


def replaced(table: pd.DataFrame, rows: npt.NDArray[np.intp], **columns: object) -> pd.DataFrame:
    """Returns a table with other contents in some rows of some columns.

    Args:
        table: The table; it stays as it is.
        rows: Positions.
        **columns: New contents of these rows, one for each or one for all, by column.

    Example:
        >>> table = pd.DataFrame({"unit": ["%", "%"]})
        >>> replaced(table, np.array([1]), unit="mmol/mol")["unit"].tolist()
        ['%', 'mmol/mol']
    """
    new = {}
    for name, values in columns.items():
        plain = table[name].dtype.kind in "bif"
        whole = table[name].to_numpy(dtype=None if plain else object, copy=True)
        whole[rows] = values
        new[name] = pd.Series(whole, index=table.index, dtype=table[name].dtype)
    return table.assign(**new)


def refiled(
    table: pd.DataFrame, rows: npt.NDArray[np.intp], way: str, fields: tuple[str, ...]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Files some results as they would be otherwise.

    Args:
        table: Working table of `lis_results`.
        rows: Positions of the results.
        way: "_next" (as the book says after its codes have changed) or "_other" (in the other unit).
        fields: Published columns that change.

    Returns:
        The table, and ledger rows (record, field, clean, dirty) of every cell that now holds something else.
    """
    clean = table.iloc[rows]
    number = clean["_number"] * clean[f"{way}_slope"] + clean[f"{way}_offset"]
    moved = ((clean[f"{way}_slope"] != 1) | (clean[f"{way}_offset"] != 0)).to_numpy()
    value = np.where(moved, written(number, clean[f"{way}_decimals"]), clean["value"])
    new = {
        "test_code": clean[f"{way}_code"],
        "test_name": clean[f"{way}_name"],
        "unit": clean[f"{way}_unit"],
        "_unit": clean[f"{way}_unit"],
        "_concept": clean[f"{way}_loinc"],
        "_decimals": clean[f"{way}_decimals"],
        "_number": number,
        "_touched": clean["_touched"] | moved,
        "value": value,
    }
    if "test_code" in fields:
        new["_loinc"] = clean[f"{way}_loinc"]
    changed = replaced(table, rows, **{name: np.asarray(values) for name, values in new.items()})
    ledgers = []
    for name in fields:
        before, after = (each[name].iloc[rows].to_numpy(dtype=object) for each in (table, changed))
        differs = np.asarray(before != after, dtype=bool)
        cells = {"clean": before[differs], "dirty": after[differs]}
        ledgers.append(pd.DataFrame({"record": clean["row_id"].to_numpy()[differs], "field": name, **cells}))
    return changed, pd.concat(ledgers, ignore_index=True).astype("str")
