"""Background mortality: the age at death follows the national life table."""
# mypy: disable-error-code="no-any-return"

import csv
import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sim.engine.jit import njit
from sim.errors import HilabError
from sim.paths import datasets

YEAR = 365.25
"""Days in a year of age."""


@cache
def survival(country: str = "US", year: int = 2019) -> NDArray[np.float64]:
    """Returns the share of newborns still alive at each birthday.

    Source: `datasets/reference/life_table_us_single_age.csv` (column qx).

    Returns:
        Array of shape (2, ages + 1), row 0 men, row 1 women, falling from 1 to 0.
    """
    path = datasets("reference", "life_table_us_single_age.csv")
    rates: dict[str, list[tuple[int, float]]] = {"male": [], "female": []}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["country"] == country and row["year"] == str(year):
                rates[row["sex"]].append((int(row["age"]), float(row["qx"])))
    if not rates["male"] or len(rates["male"]) != len(rates["female"]):
        raise HilabError(f"{path}: expected one row for each sex and age of {country} {year}.")
    table = np.ones((2, len(rates["male"]) + 1))
    for row_index, sex in enumerate(("male", "female")):
        for age, risk in sorted(rates[sex]):
            table[row_index, age + 1] = table[row_index, age] * (1.0 - risk)
        table[row_index, -1] = 0.0
    return table


@njit
def alive_share(age_days: float, living: NDArray[np.float64]) -> float:
    """Returns the share of newborns alive at an age: what `lifetime` turns back into that age."""
    age = math.floor(age_days / YEAR)
    if age >= living.shape[0] - 2:
        return living[-2] * max(living.shape[0] - 1.0 - age_days / YEAR, 1e-9)
    part = age_days / YEAR - age
    return living[age] * math.exp(part * math.log(living[age + 1] / living[age]))


@njit
def lifetime(u: float, living: NDArray[np.float64]) -> float:
    """Returns the age at death, in days, of a person at rank u of the life table.

    Args:
        u: Share of newborns who outlive this person, 0 < u <= 1.
        living: Share alive at each birthday, falling from 1 to 0 (see `survival`).
    """
    age = 0
    while age < living.shape[0] - 2 and living[age + 1] >= u:
        age += 1
    if living[age + 1] <= 0.0:
        return (age + 1.0 - u / living[age]) * YEAR
    return (age + math.log(u / living[age]) / math.log(living[age + 1] / living[age])) * YEAR
