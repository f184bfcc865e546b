"""Holds a blurred release against the file from which it was made: whether it is true, and what it costs.

A cell may be told as it was, as `*`, as a wider range of age, or as the zone of a town.
"""

import re
from collections.abc import Sequence

import pandas as pd

ROW, AGE, AREA = "row_id", "age", "area"

ZONE = 2
"""Characters of an area that name its zone."""


def misfit(function: str, file: pd.DataFrame, told: object, qids: Sequence[str], kept: str) -> str | None:
    """Says what is wrong with the form of a release, or None.

    Args:
        function: Who made it.
        file: What it was made from.
        told: The release, if it is one.
        qids: The columns that may be blurred; all hold text.
        kept: The column that must stand beside them.
    """
    if not isinstance(told, pd.DataFrame) or not {ROW, *qids, kept} <= set(told.columns):
        return f"{function}() must return a DataFrame with the columns {ROW}, {', '.join(qids)}, {kept}."
    if told[ROW].duplicated().any() or not set(told[ROW]) <= set(file[ROW]):
        return f"{function}() must return each row_id of the release at most once, and no other."
    texts = all(isinstance(cell, str) for column in qids for cell in told[column])
    return None if texts else f"{function}(): age, sex and area must hold text; a blank is the empty text."


def is_true(file: pd.DataFrame, told: pd.DataFrame, qids: Sequence[str], kept: str) -> bool:
    """Whether every cell of a release covers what stood there, and the column `kept` is as it was."""
    rows = _paired(file, told, [*qids, kept])
    if (rows[kept] != rows[f"{kept}_told"]).any():
        return False
    cells = {(name, *pair) for name in qids for pair in zip(rows[name], rows[f"{name}_told"], strict=True)}
    return all(covers(*cell) for cell in cells)


def covers(column: str, before: str, after: str) -> bool:
    """Whether a cell of a release covers the cell that it was.

    Example:
        >>> covers("age", "40-49", "20-59"), covers("area", "X01", "X0"), covers("sex", "F", "M")
        (True, True, False)
    """
    if after in (before, "*"):
        return True
    if column == AGE:
        old, new = (re.fullmatch(r"(\d+)-(\d+)", cell) for cell in (before, after))
        return bool(old and new and int(new[1]) <= int(old[1]) and int(old[2]) <= int(new[2]))
    return column == AREA and len(after) == ZONE and before.startswith(after)


def cost(file: pd.DataFrame, told: pd.DataFrame, qids: Sequence[str]) -> float:
    """Returns the mean over all rows of 1 for one left out, else of the share of its cells that changed."""
    rows = _paired(file, told, qids)
    blurred = sum(int((rows[name] != rows[f"{name}_told"]).sum()) for name in qids)
    return (blurred / len(qids) + len(file) - len(rows)) / len(file)


def _paired(file: pd.DataFrame, told: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    return file.merge(told[[ROW, *columns]], on=ROW, suffixes=("", "_told"))
