"""What can be searched: columns that answer which rows fit a value."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.exchange.facade.refusals import bad

Rows = npt.NDArray[np.bool_]

_TIME = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?)?)?"
)
PREFIXES = ("eq", "ne", "gt", "lt", "ge", "le", "sa", "eb")
"""Comparisons of dates that are understood."""


@dataclass(frozen=True)
class Words:
    """A column of texts; every question is asked of each different text once.

    Attributes:
        codes: For each row the place of its text in `values`, -1 where there is none.
        values: The different texts.
        folded: The same in small letters.
    """

    codes: npt.NDArray[np.intp]
    values: list[str]
    folded: list[str]

    @classmethod
    def of(cls, column: "pd.Series[Any]") -> "Words":
        """Reads a column."""
        codes, unique = pd.factorize(column)
        values = [str(value) for value in unique]
        return cls(codes, values, [value.casefold() for value in values])

    def fitting(self, fits: Callable[[str], bool], folded: bool = False) -> Rows:
        """Returns the rows whose text fits."""
        hits = np.array([*map(fits, self.folded if folded else self.values), False])
        rows: Rows = hits[self.codes]
        return rows


@dataclass(frozen=True)
class Times:
    """A column of times, each from a first to a last second, local time of the district.

    Attributes:
        first: First second; NaT where there is none.
        last: Last second.
    """

    first: npt.NDArray[np.datetime64]
    last: npt.NDArray[np.datetime64]

    @classmethod
    def of(cls, column: "pd.Series[Any]", ends: "pd.Series[Any] | None" = None) -> "Times":
        """Reads a column: times, or days as YYYY-MM-DD, which last a day; what is no time counts as none.

        Args:
            column: Begins.
            ends: Ends of periods; one that is missing has not ended.
        """
        days = column.dtype.kind != "M"
        begin = pd.to_datetime(column, errors="coerce") if days else column
        first = begin.to_numpy(dtype="datetime64[s]")
        if ends is not None:
            last = ends.fillna(pd.Timestamp("2200-01-01")).to_numpy(dtype="datetime64[s]")
        else:
            last = first + np.timedelta64(86_399 if days else 0, "s")
        return cls(first, last)

    def fitting(self, value: str, offset: str) -> Rows:
        """Returns the rows that fit a value such as "ge2025-03".

        Args:
            value: Comparison and date, as FHIR writes them.
            offset: Offset of the district's clocks, such as "-06:00".

        Raises:
            Refusal: The value is no date.
        """
        prefix = value[:2] if value[:2].isalpha() else "eq"
        if prefix not in PREFIXES:
            raise bad(
                f"'{prefix}' is no comparison of dates; expected one of {', '.join(PREFIXES)}.", "value"
            )
        low, high = time_range(value[2:] if value[:2].isalpha() else value, offset)
        inside = (self.first >= low) & (self.last <= high)
        if prefix in ("eq", "ne"):
            return inside if prefix == "eq" else ~inside & ~np.isnat(self.first)
        answers = {
            "gt": self.last > high,
            "lt": self.first < low,
            "ge": (self.last > high) | inside,
            "le": (self.first < low) | inside,
            "sa": self.first > high,
            "eb": self.last < low,
        }
        rows: Rows = answers[prefix] & ~np.isnat(self.first)
        return rows


def time_range(text: str, offset: str) -> tuple[np.datetime64, np.datetime64]:
    """Returns the first and last second of a date that may be incomplete.

    Args:
        text: A date as FHIR writes it.
        offset: Offset of the clocks in which the answer is told.

    Raises:
        Refusal: The text is no date.

    Example:
        >>> [str(each) for each in time_range("2025-02", "-06:00")]
        ['2025-02-01T00:00:00', '2025-02-28T23:59:59']
        >>> str(time_range("2025-02-01T06:00:00Z", "-06:00")[0])
        '2025-02-01T00:00:00'
    """
    found = _TIME.fullmatch(text) if text.isascii() else None
    try:
        if found is None:
            raise ValueError
        year, month, day, hour, minute, second, zone = found.groups()
        begin = datetime(
            int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0), int(second or 0)
        )
        if zone:
            begin -= _delta(zone) - _delta(offset)
        if second:
            end = begin
        elif minute:
            end = begin + timedelta(seconds=59)
        elif day:
            end = begin + timedelta(seconds=86_399)
        else:
            end = _next(begin, bool(month)) - timedelta(seconds=1)
    except (ValueError, OverflowError):
        raise bad(
            f"'{text}' is no date; expected one such as 2025, 2025-03, 2025-03-31 or 2025-03-31T08:30:00Z.",
            "value",
        ) from None
    return np.datetime64(begin, "s"), np.datetime64(end, "s")


def _next(begin: datetime, month: bool) -> datetime:
    """Returns the begin of the next month or year."""
    if not month or begin.month == 12:
        return begin.replace(year=begin.year + 1, month=1)
    return begin.replace(month=begin.month + 1)


def _delta(zone: str) -> timedelta:
    if zone == "Z":
        return timedelta()
    sign = -1 if zone[0] == "-" else 1
    offset = sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[4:]))
    return timezone(offset).utcoffset(None)
