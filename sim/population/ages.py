"""Ages and sexes of a country: the United States of 2019 or China of 2020, on the day of the snapshot."""

from datetime import date
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.paths import datasets

SNAPSHOT = date(2025, 12, 31)
"""The day a district is looked at. Simulated history ends here."""

_OLDEST = 109
_YEAR = 365.2425

Days = npt.NDArray[np.int64]


@cache
def structure(country: str = "us") -> pd.DataFrame:
    """Reads the share of each sex and single year of age.

    That of the US is the Census Bureau's of 2019 (CENSUS_V2019), that of China the United Nations' of 2020
    (WPP2019) in groups of five years, within which every year is alike. Open age groups of 100 and over are
    spread over the ages 100 to 109 as the survivors of the US life table of 2019 (SURV_SURVEXP).

    Args:
        country: "us" or "cn".

    Returns:
        Columns sex ("M"/"F"), age (0-109), share (summing to 1).
    """
    people = _single_years_cn() if country == "cn" else _single_years_us()
    table = pd.read_csv(datasets("reference", "life_table_us_single_age.csv"), encoding="utf-8")
    table = table[(table["year"] == 2019) & (table["age"] >= 100) & (table["age"] <= _OLDEST)]
    survivors = table.assign(part=table["lx"] / table.groupby("sex")["lx"].transform("sum"))
    oldest = survivors.merge(people[people["open_ended"] == 1][["sex", "population"]], on="sex")
    oldest["population"] = oldest["population"] * oldest["part"]
    whole = pd.concat([people[people["open_ended"] == 0], oldest])[["sex", "age", "population"]]
    whole["sex"] = whole["sex"].map({"male": "M", "female": "F"})
    whole["share"] = whole["population"] / whole["population"].sum()
    return whole.sort_values(["sex", "age"])[["sex", "age", "share"]].reset_index(drop=True)


def _single_years_us() -> pd.DataFrame:
    people = pd.read_csv(datasets("reference", "us_population_single_age_sex.csv"), encoding="utf-8")
    return people[people["year"] == 2019]


def _single_years_cn() -> pd.DataFrame:
    """Spreads groups of five years evenly; columns as in the table of the US."""
    groups = pd.read_csv(datasets("reference", "population_by_age5_sex.csv"), encoding="utf-8")
    groups = groups[(groups["country"] == "China") & (groups["year"] == 2020)]
    groups = groups.assign(open_ended=(groups["age_lo"] == 100).astype(int))
    spread = groups.loc[groups.index.repeat(np.where(groups["open_ended"] == 1, 1, 5))]
    width = spread.groupby(level=0)["population"].transform("size")
    age = spread["age_lo"] + spread.groupby(level=0).cumcount()
    return spread.assign(age=age, population=spread["population"] / width).reset_index(drop=True)


def draw_ages(n: int, rng: np.random.Generator, country: str = "us") -> tuple[Days, npt.NDArray[np.object_]]:
    """Draws birth dates and sexes for `n` people alive on the snapshot day.

    One person is drawn from each n-th part of the age structure, so that a small district has nearly
    the structure of the country.

    Args:
        n: How many people.
        rng: Stream to draw from.
        country: Whose age structure.

    Returns:
        Birth dates in days since 1970-01-01, and sexes ("M"/"F"), both of length n.
    """
    cells = structure(country)
    edges = np.cumsum(cells["share"].to_numpy())
    at = (rng.permutation(n) + rng.random(n)) / max(n, 1)
    cell = np.minimum(np.searchsorted(edges, at, side="right"), len(cells) - 1)
    age = cells["age"].to_numpy()[cell] + rng.random(n)
    return snapshot_day() - np.floor(age * _YEAR).astype(np.int64), cells["sex"].to_numpy(dtype=object)[cell]


def snapshot_day() -> int:
    """Returns the snapshot in days since 1970-01-01."""
    return (SNAPSHOT - date(1970, 1, 1)).days


def years_between(earlier: Days, later: Days | int) -> npt.NDArray[np.float64]:
    """Returns the time between two days in years."""
    return np.asarray((later - earlier) / _YEAR, dtype=np.float64)
