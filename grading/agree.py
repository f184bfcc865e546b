"""Whether two answers say the same, whatever the order of rows and pairs and the last digits of numbers."""

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

_DIGITS = 9


def agree(one: Any, other: Any) -> bool:
    """Says whether two answers mean the same.

    Rows of tables, and the items of lists that hold texts or lists, may stand in any order. Numbers may
    differ by a billionth of their size. An answer may hold more columns or fields than the first one.

    Args:
        one: The answer that is right; its columns and fields are looked at.
        other: The answer that is looked at.

    Example:
        >>> agree({"pairs": [["a", "b"], ["c", "d"]]}, {"pairs": [["d", "c"], ["a", "b"]], "more": 1})
        True
        >>> agree([0.1, 0.2], [0.2, 0.1]), agree(1, True), agree(float("nan"), None)
        (False, False, True)
    """
    if isinstance(one, pd.DataFrame):
        if not isinstance(other, pd.DataFrame) or not set(one.columns) <= set(other.columns):
            return False
        columns = list(one.columns)
        return len(one) == len(other) and _rows(one, columns) == _rows(other, columns)
    if isinstance(one, Mapping):
        known = isinstance(other, Mapping) and set(one) <= set(other)
        return known and all(agree(value, other[key]) for key, value in one.items())
    if isinstance(one, list | tuple):
        return isinstance(other, list | tuple) and _lists(one, other)
    return bool(form(one) == form(other))


def _rows(table: pd.DataFrame, columns: list[Any]) -> list[Any]:
    return sorted(
        (tuple(map(form, row)) for row in table[columns].itertuples(index=False, name=None)), key=repr
    )


def _lists(one: Any, other: Any) -> bool:
    if len(one) != len(other):
        return False
    if any(isinstance(item, Mapping | pd.DataFrame) for item in one):
        return all(map(agree, one, other))
    left, right = list(map(form, one)), list(map(form, other))
    if one and all(isinstance(item, str | list | tuple) for item in one):
        left, right = sorted(left, key=repr), sorted(right, key=repr)
    return left == right


def form(value: Any) -> Any:
    """Returns a form in which values that mean the same are equal; lists within lists lose their order."""
    if isinstance(value, bool):
        return ("truth", value)
    if isinstance(value, int | float):
        if not math.isfinite(value):
            return None if math.isnan(value) else repr(value)
        return float(f"{value:.{_DIGITS}g}")
    if isinstance(value, list | tuple | set | frozenset):
        return tuple(sorted(map(form, value), key=repr))
    if isinstance(value, Mapping):
        return tuple(sorted(((str(key), form(item)) for key, item in value.items()), key=repr))
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, dt.datetime | dt.date | pd.Timedelta):
        return str(value)
    return value
