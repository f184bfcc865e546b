"""Lindenmoor County: invented areas, towns and street addresses."""

from functools import cache

import numpy as np
import pandas as pd

from sim.paths import datasets
from sim.population.numbers import Ints, Texts, scatter

COUNTY = "Lindenmoor County"
"""The county; invented, like everything in it."""

STATE = "Lindenmark"
"""The state the county belongs to; invented."""

_TREES = ("Willow", "Cedar", "Foxglove", "Bramble", "Juniper", "Orchard", "Harvest")
_THINGS = ("Heron", "Lantern", "Miller", "Chapel", "Quarry", "Swallow", "Copper")
_KINDS = ("Lane", "Street", "Avenue", "Court", "Road", "Way", "Terrace", "Drive")
STREETS = tuple(f"{first} {kind}" for first in _TREES + _THINGS for kind in _KINDS)
"""Invented street names."""

_LEAST_HOUSES = 400


@cache
def areas() -> pd.DataFrame:
    """Reads the areas: columns area ("X0104"), zone ("X0"), town, weight (inhabitants of 50,000), source."""
    return pd.read_csv(datasets("codes", "areas_us.csv"), encoding="utf-8")


def draw_areas(count: int, rng: np.random.Generator) -> Ints:
    """Draws rows of `areas()` in proportion to the inhabitants.

    Args:
        count: How many.
        rng: Stream to draw from.

    Returns:
        Row numbers of `areas()`.
    """
    edges = np.cumsum(areas()["weight"].to_numpy(dtype=float))
    return np.asarray(np.searchsorted(edges, rng.random(count) * edges[-1], side="right"), dtype=np.int64)


def addresses(household: Ints, count: int, rng: np.random.Generator) -> Texts:
    """Gives each household a house of its own.

    Args:
        household: Household numbers, each in 0 .. count - 1.
        count: How many households there are.
        rng: A stream at its beginning.

    Returns:
        Texts like "12 Heron Lane"; different where the household differs.
    """
    houses = max(_LEAST_HOUSES, -(-count * 3 // (2 * len(STREETS))))
    street, house = np.divmod(scatter(household, (len(STREETS), houses), rng), houses)
    return np.array([f"{h + 1} {STREETS[s]}" for s, h in zip(street, house, strict=True)], dtype=object)
