"""The county's demographic register: everybody's date of birth, sex and area, and nothing about health."""

import numpy as np
import pandas as pd

from sim.population.ages import draw_ages
from sim.population.places import areas, draw_areas

REGISTERED = 50_000
"""How many people live in the county, of whom a district's are a sample."""

STRANGER = -1
"""Person number of somebody in the register who is not among the district's people."""


def list_residents(
    people: pd.DataFrame, rng: np.random.Generator, country: str = "us", count: int = REGISTERED
) -> pd.DataFrame:
    """Lists everybody who lives in the county on the day of the snapshot.

    Those who are not among the district's people are drawn from the same ages, sexes and areas. They form no
    households, and nobody among them shares a twin's birth date and home.

    Args:
        people: The district's people; the living are registered. The index is the person number.
        rng: A stream at its beginning.
        country: "us" or "cn".
        count: How many are registered; the living of the district if they are more.

    Returns:
        One row a person, sorted by number: register_no ("N" and seven digits, which carry no order),
        birth_date (YYYY-MM-DD), sex, area, and `_person`, `STRANGER` for those outside the district.

    Example:
        >>> nobody = pd.DataFrame({"alive": [], "birth_date": [], "sex": [], "area": []})
        >>> list_residents(nobody.astype({"alive": bool}), np.random.default_rng(1), count=3).shape
        (3, 5)
    """
    living = people[people["alive"]]
    others = max(0, count - len(living))
    born, sex = draw_ages(others, rng, country)
    home = areas(country)["area"].to_numpy(dtype=object)[draw_areas(others, rng, country)]
    days = np.concatenate(
        [living["birth_date"].to_numpy().astype("datetime64[D]"), born.astype("datetime64[D]")]
    )
    everybody = pd.DataFrame(
        {
            "birth_date": np.datetime_as_string(days),
            "sex": np.concatenate([living["sex"].to_numpy(dtype=object), sex]),
            "area": np.concatenate([living["area"].to_numpy(dtype=object), home]),
            "_person": np.concatenate([living.index.to_numpy(dtype=np.int64), np.full(others, STRANGER)]),
        }
    )
    mixed = everybody.take(rng.permutation(len(everybody))).reset_index(drop=True)
    numbers = np.sort(rng.choice(9_000_000, len(mixed), replace=False)) + 1_000_000
    return mixed.assign(register_no="N" + pd.Series(numbers).astype("str"))
