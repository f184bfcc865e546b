"""Where people go for care: a hospital of their own, another now and then, one of two clinics."""

import numpy as np
import pandas as pd

HOMES = {"H1": 0.62, "H2": 0.26, "H3": 0.12}
"""Share of households whose usual hospital is each (assumed)."""

ELSEWHERE = {"emergency": 0.20, "inpatient": 0.12}
"""Share of visits to another hospital than one's own, by class (assumed)."""

ELSEWHERE_OTHERWISE = 0.012
"""The same for every other class (assumed). Together they are set so that about as many adults use two and
more hospitals as BOURGEOIS2010 found, though in three years and not in five."""

DIABETES_CLINIC = 0.5
"""Share of visits for diabetes that go to the large hospital, whatever one's own is (assumed)."""

SECOND_CLINIC = 0.09
"""Share of people whose ordinary visits go to the second clinic (assumed)."""


def share_out(
    visits: pd.DataFrame, people: pd.DataFrame, clinic: "pd.Series[bool]", rng: np.random.Generator
) -> "pd.Series[str]":
    """Says at which facility each visit was.

    Households go to one hospital, their own; now and then somebody goes to another.

    Args:
        visits: The visits: person, class, dx_code and at_clinic (whether the first clinic has it).
        people: Everybody; the index is the person number.
        clinic: For each visit whether a clinic could have it.
        rng: A stream at its beginning.

    Returns:
        H1, H2, H3, C1 or C2 for each visit.
    """
    codes, shares = np.array(list(HOMES)), np.cumsum(list(HOMES.values()))
    household, _ = pd.factorize(people["household"])
    home = np.searchsorted(shares, rng.random(household.max() + 1), side="right").clip(0, 2)[household]
    own = pd.Series(home, index=people.index)
    second = pd.Series(rng.random(len(people)) < SECOND_CLINIC, index=people.index)
    away = rng.random(len(visits)) < visits["class"].map(ELSEWHERE).fillna(ELSEWHERE_OTHERWISE)
    step = np.where(away, rng.integers(1, 3, len(visits)), 0)
    place = codes[(visits["person"].map(own).to_numpy() + step) % 3]
    special = visits["dx_code"].str.startswith("E11") & (rng.random(len(visits)) < DIABETES_CLINIC)
    place = np.where(special, "H1", place)
    place = np.where(visits["person"].map(second) & clinic, "C2", place)
    return pd.Series(np.where(visits["at_clinic"], "C1", place), index=visits.index, dtype="str")
