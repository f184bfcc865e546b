"""Typing errors in names and dates of birth."""

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.defects import characters
from sim.defects.registration import BABIES
from sim.defects.registry import defect, write_ledger
from sim.systems.planting import choose

_KEYBOARD = dict(zip("abcdefghijklmnopqrstuvwxyz", "svxswdfgukjknbiowearybeztx", strict=True))
"""A neighbour of each key on a QWERTY keyboard."""

SWAPPED = 0.15
"""Share of name errors in which given and family name change places (assumed)."""

DEFAULT_DATE = "1900-01-01"


def _mistype(name: str, draw: float, way: int) -> str:
    """Makes one slip inside a name, not at its first letter.

    Args:
        name: A name; shorter than 3 letters it comes back with its last letter doubled.
        draw: 0 to 1, says where.
        way: 0 two letters change places, 1 one is left out, 2 one is doubled, 3 the key beside it.

    Example:
        >>> [_mistype("Miller", 0.1, way) for way in range(4)]
        ['Mliler', 'Mller', 'Miiller', 'Muller']
    """
    if len(name) < 3:
        return name + name[-1]
    at = 1 + int(draw * (len(name) - 2))
    before, letter, rest = name[:at], name[at], name[at + 1 :]
    slips = (rest[:1] + letter + rest[1:], rest, letter * 2 + rest, _KEYBOARD.get(letter, letter * 2) + rest)
    return before + slips[way]


SLIPS: dict[str, Callable[..., str]] = {"us": _mistype, "cn": characters.mistype}
"""How a name is mistyped, by country."""

_NAMELESS = {
    code: "|".join({words.replace("{mother}", "") for words in babies}) for code, babies in BABIES.items()
}
"""What stands in the name of a newborn without one, by country."""


@defect(
    "D02",
    "A name is mistyped, or given and family name change places",
    tables=("his_patients", "h2_his_patients", "h3_his_patients"),
    rate=0.06,
    minimum=100,
    limits="Two records of one person then differ in about 12 of 100 pairs. No nickname or cut-off name; in "
    "the US no sound-alike spelling, and the first letter always stands; errors do not depend on the name's "
    "origin; people who share name and address or name and birth date are spared.",
    local=True,
)
def mistype_names(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator, country: str = "us"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Mistypes names; never so that a record reads like another person's of the same birth date.

    Args:
        table: Working table of `his_patients`.
        rate: Share of registrations.
        minimum: Least number of registrations.
        rng: Stream to draw from.
        country: Code of the country; in China characters are mistaken for others of their sound or look.

    Returns:
        The table and the ledger, one row a changed field.
    """
    mistype = SLIPS[country]
    allowed = _tellable(table) & ~table["given_name"].str.contains(_NAMELESS[country])
    rows = choose(allowed, rate, minimum, rng)
    kind, where, way = rng.random(len(rows)), rng.random(len(rows)), rng.integers(0, 4, len(rows))
    given = table["given_name"].to_numpy(dtype=object).copy()
    family = table["family_name"].to_numpy(dtype=object).copy()
    people = set(zip(given, family, table["birth_date"], strict=True))
    mrns, dates = table["mrn"].tolist(), table["birth_date"].tolist()
    changes: list[tuple[str, str, str, str]] = []
    for row, k, at, how in zip(rows, kind, where, way, strict=True):
        old = (given[row], family[row])
        new = _slip(*old, k, partial(mistype, draw=at, way=int(how)))
        if (*new, dates[row]) in people:
            continue
        given[row], family[row] = new
        for field, clean, dirty in zip(("given_name", "family_name"), old, new, strict=True):
            if clean != dirty:
                changes.append((mrns[row], field, clean, dirty))
    ledger = pd.DataFrame(changes, columns=["record", "field", "clean", "dirty"], dtype="str")
    return table.assign(given_name=given, family_name=family), ledger


def _slip(given: str, family: str, kind: float, mistype: Callable[[str], str]) -> tuple[str, str]:
    if kind < SWAPPED:
        return family, given
    if kind < (1 + SWAPPED) / 2:
        return mistype(given), family
    return given, mistype(family)


@defect(
    "D03",
    "Day and month of the date of birth change places",
    tables=("his_patients", "h2_his_patients", "h3_his_patients"),
    rate=0.03,
    minimum=50,
    limits="Two records of one person then differ in about 6 of 100 pairs. Only dates that stay dates; "
    "twins and people who share name and address or name and birth date are spared.",
)
def swap_day_and_month(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Swaps day and month where both orders are dates and differ; arguments as for `mistype_names`."""
    month, day = table["birth_date"].str[5:7], table["birth_date"].str[8:10]
    rows = choose(_single(table) & (day <= "12") & (day != month), rate, minimum, rng)
    return _rewrite_dates(table, rows, table["birth_date"].str[:5] + day + "-" + month)


@defect(
    "D04",
    "An unknown date of birth is entered as 1900-01-01 or as 1 January of the year",
    tables=("his_patients",),
    rate=0.015,
    minimum=30,
    limits="Beside it stand true births on 1 January. Twins and people who share name and address or "
    "name and birth date are spared.",
)
def enter_default_date(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Replaces dates of birth by a default, half of each kind; arguments as for `mistype_names`."""
    rows = choose(_single(table) & ~table["birth_date"].str.endswith("-01-01"), rate, minimum, rng)
    dates = table["birth_date"].str[:5] + "01-01"
    dates.iloc[rows[rng.random(len(rows)) < 0.5]] = DEFAULT_DATE
    return _rewrite_dates(table, rows, dates)


def _tellable(table: pd.DataFrame) -> "pd.Series[bool]":
    """Whether somebody shares neither name and address nor name and birth date with another person."""
    fathers = table["_junior"][table["_junior"] >= 0]
    return (table["_namesake"] < 0) & (table["_junior"] < 0) & ~table["_person"].isin(fathers)


def _single(table: pd.DataFrame) -> "pd.Series[bool]":
    """Whether somebody is no twin besides: the birth date is what twins share."""
    return _tellable(table) & (table["_twin"] < 0)


def _rewrite_dates(
    table: pd.DataFrame, rows: npt.NDArray[np.intp], dates: "pd.Series[str]"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    clean, dirty = table["birth_date"].iloc[rows].to_numpy(), dates.iloc[rows].to_numpy()
    ledger = write_ledger(table["mrn"].iloc[rows].to_numpy(), "birth_date", clean, dirty)
    spoiled = table.copy()
    spoiled.loc[rows, "birth_date"] = dirty
    return spoiled, ledger
