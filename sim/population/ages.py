"""Ages and sexes as in the United States of 2019, seen on the day of the snapshot."""

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
def structure() -> pd.DataFrame:
    """Reads the share of each sex and single year of age.

    The population is the Census Bureau's of 2019 (CENSUS_V2019); its open age group of 100 and over is
    spread over the ages 100 to 109 as the survivors of the 2019 life table (SURV_SURVEXP).

    Returns:
        Columns sex ("M"/"F"), age (0-109), share (summing to 1).
    """
    people = pd.read_csv(datasets("reference", "us_population_single_age_sex.csv"), encoding="utf-8")
    table = pd.read_csv(datasets("reference", "life_table_us_single_age.csv"), encoding="utf-8")
    people = people[people["year"] == 2019]
    table = table[(table["year"] == 2019) & (table["age"] >= 100) & (table["age"] <= _OLDEST)]
    survivors = table.assign(part=table["lx"] / table.groupby("sex")["lx"].transform("sum"))
    oldest = survivors.merge(people[people["open_ended"] == 1][["sex", "population"]], on="sex")
    oldest["population"] = oldest["population"] * oldest["part"]
    whole = pd.concat([people[people["open_ended"] == 0], oldest])[["sex", "age", "population"]]
    whole["sex"] = whole["sex"].map({"male": "M", "female": "F"})
    whole["share"] = whole["population"] / whole["population"].sum()
    return whole.sort_values(["sex", "age"])[["sex", "age", "share"]].reset_index(drop=True)


def draw_ages(n: int, rng: np.random.Generator) -> tuple[Days, npt.NDArray[np.object_]]:
    """Draws birth dates and sexes for `n` people alive on the snapshot day.

    One person is drawn from each n-th part of the age structure, so that a small district has nearly
    the structure of the country.

    Args:
        n: How many people.
        rng: Stream to draw from.

    Returns:
        Birth dates in days since 1970-01-01, and sexes ("M"/"F"), both of length n.
    """
    cells = structure()
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
