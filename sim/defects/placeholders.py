"""Entries that cannot be right: a discharge before the admission, an identifier that is nobody's."""

import numpy as np
import pandas as pd

from sim.countries import country as find_country
from sim.defects.registry import defect, write_ledger
from sim.systems.planting import choose


@defect(
    "D06",
    "The discharge is entered before the admission",
    tables=("his_encounters",),
    rate=0.003,
    minimum=20,
    limits="Only the end is wrong, by one hour to thirty days; the large hospital only.",
)
def discharge_too_early(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Puts the end of some visits before their begin.

    Args:
        table: Working table of `his_encounters`.
        rate: Share of visits.
        minimum: Least number of visits.
        rng: Stream to draw from.

    Returns:
        The table and the ledger.
    """
    known = table["discharged_at"].notna() & table["admitted_at"].notna()
    early = table["admitted_at"] - pd.to_timedelta(rng.integers(60, 30 * 1440, len(table)), unit="min")
    rows = choose(known, rate, minimum, rng)
    spoiled = table.copy()
    spoiled.loc[rows, "discharged_at"] = early.iloc[rows]
    times = (t["discharged_at"].iloc[rows].astype("str").to_numpy() for t in (table, spoiled))
    return spoiled, write_ledger(table["encounter_id"].iloc[rows].to_numpy(), "discharged_at", *times)


@defect(
    "D07",
    "An unknown identifier is entered as a row of nines",
    tables=("his_patients",),
    rate=0.015,
    minimum=25,
    limits="Only where nothing had been checked; people who share name and birth date, or name and address, "
    "are spared, so that no pair is beyond telling apart.",
    local=True,
)
def enter_placeholder(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator, country: str = "us"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fills blank identifiers with the country's placeholder.

    Args:
        table: Working table of `his_patients`.
        rate: Share of registrations.
        minimum: Least number of registrations.
        rng: Stream to draw from.
        country: Code of the country.

    Returns:
        The table and the ledger.
    """
    fathers = table["_junior"][table["_junior"] >= 0]
    alike = (table["_namesake"] >= 0) | (table["_junior"] >= 0) | table["_person"].isin(fathers)
    rows = choose(table["verified_id"].isna() & ~alike, rate, minimum, rng)
    nines = find_country(country).no_identifier
    spoiled = table.copy()
    spoiled.loc[rows, "verified_id"] = nines
    return spoiled, write_ledger(table["mrn"].iloc[rows].to_numpy(), "verified_id", None, [nines] * len(rows))
