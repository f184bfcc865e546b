"""How far back is looked."""

from datetime import date
from typing import Any

RECENT = 3
"""Years of visits, and of measured values that are still held to be true."""

LONG = 10
"""Years of deaths, of new diagnoses and of colonoscopies."""


def years_before(end: date, years: int) -> date:
    """Returns the same day some years earlier.

    Example:
        >>> years_before(date(2024, 2, 29), 3)
        datetime.date(2021, 2, 28)
    """
    try:
        return end.replace(year=end.year - years)
    except ValueError:
        return end.replace(year=end.year - years, day=28)


def has_rows(database: Any, table: str) -> bool:
    """Says whether a table holds anything."""
    return bool(database.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall())
