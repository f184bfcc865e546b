"""How many and which rows something happens to."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

LAB_PEOPLE = 2000
"""The size of district for which least counts are stated; smaller ones hold fewer in proportion."""


def scaled(count: int, people: int) -> int:
    """Returns a least count for a district of that many people, at least 2.

    Example:
        >>> scaled(150, 2000), scaled(150, 50_000), scaled(150, 300), scaled(10, 300)
        (150, 150, 22, 2)
    """
    return max(2, count * min(people, LAB_PEOPLE) // LAB_PEOPLE)


def how_many(rows: int, rate: float, minimum: int) -> int:
    """Returns how many of some rows to touch: a share of them or the least count, whichever is larger.

    Example:
        >>> how_many(1000, 0.02, 15), how_many(100, 0.02, 15), how_many(10, 0.02, 15)
        (20, 15, 10)
    """
    return min(rows, max(round(rows * rate), minimum))


def first_of(allowed: Any, priority: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.intp]:
    """Returns the positions of the `count` allowed rows of lowest priority, ascending.

    Args:
        allowed: For each row whether it may be taken.
        priority: A random number for each row.
        count: How many to take; fewer come back if fewer are allowed.
    """
    may = np.flatnonzero(np.asarray(allowed, dtype=bool))
    if count >= len(may):
        return may
    return np.sort(may[np.argpartition(priority[may], max(count - 1, 0))[: max(count, 0)]])


def choose(
    allowed: "pd.Series[bool]", rate: float, minimum: int, rng: np.random.Generator
) -> npt.NDArray[np.intp]:
    """Draws the rows that something happens to.

    Args:
        allowed: For each row whether it may be touched.
        rate: Share of all rows to touch.
        minimum: Least number of rows to touch.
        rng: Stream to draw from.

    Returns:
        Positions, ascending. Every row draws a priority, so a higher rate touches the same rows and more.
    """
    return first_of(allowed, rng.random(len(allowed)), how_many(len(allowed), rate, minimum))


def days(times: "pd.Series[pd.Timestamp]") -> "pd.Series[str]":
    """Writes days as YYYY-MM-DD, faster than `strftime`; missing ones stay missing.

    Example:
        >>> days(pd.Series(pd.to_datetime(["2025-03-01 10:00", None]))).tolist()
        ['2025-03-01', nan]
    """
    texts = np.datetime_as_string(times.to_numpy().astype("datetime64[D]"))
    return pd.Series(texts, index=times.index, dtype="str").mask(times.isna())
