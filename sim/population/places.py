"""Invented areas, towns and street addresses."""

from functools import cache

import numpy as np
import pandas as pd

from sim.paths import datasets
from sim.population.numbers import Ints, Texts, scatter

_TREES = ("Willow", "Cedar", "Foxglove", "Bramble", "Juniper", "Orchard", "Harvest")
_THINGS = ("Heron", "Lantern", "Miller", "Chapel", "Quarry", "Swallow", "Copper")
_KINDS = ("Lane", "Street", "Avenue", "Court", "Road", "Way", "Terrace", "Drive")
_SCENES = [
    "望潮",
    "霁月",
    "兰棹",
    "听雨",
    "采薇",
    "桐荫",
    "白鹭",
    "云帆",
    "枕流",
    "蓼花",
    "归雁",
    "星槎",
    "青萝",
    "沐风",
]
_WAYS = ["路", "街", "巷", "大道", "东路", "西路", "南街", "北街"]

STREETS = {
    "us": tuple(f"{first} {kind}" for first in _TREES + _THINGS for kind in _KINDS),
    "cn": tuple(first + kind for first in _SCENES for kind in _WAYS),
}
"""Invented street names."""

_HOUSES = {"us": "{house} {street}", "cn": "{street}{house}号"}
_PARTS = {"us": r"^(?P<house>\d+) (?P<street>.*)$", "cn": r"^(?P<street>\D+)(?P<house>\d+)号$"}

_LEAST_HOUSES = 400


@cache
def areas(country: str = "us") -> pd.DataFrame:
    """Reads the areas: columns area ("X0104"), zone ("X0"), town, weight (inhabitants of 50,000), source."""
    return pd.read_csv(datasets("codes", f"areas_{country}.csv"), encoding="utf-8")


def draw_areas(count: int, rng: np.random.Generator, country: str = "us") -> Ints:
    """Draws rows of `areas()` in proportion to the inhabitants.

    Args:
        count: How many.
        rng: Stream to draw from.
        country: "us" or "cn".

    Returns:
        Row numbers of `areas(country)`.
    """
    edges = np.cumsum(areas(country)["weight"].to_numpy(dtype=float))
    return np.asarray(np.searchsorted(edges, rng.random(count) * edges[-1], side="right"), dtype=np.int64)


def addresses(household: Ints, count: int, rng: np.random.Generator, country: str = "us") -> Texts:
    """Gives each household a house of its own.

    Args:
        household: Household numbers, each in 0 .. count - 1.
        count: How many households there are.
        rng: A stream at its beginning.
        country: "us" or "cn".

    Returns:
        Texts like "12 Heron Lane" or "白鹭路12号"; different where the household differs.
    """
    streets, shape = STREETS[country], _HOUSES[country]
    houses = max(_LEAST_HOUSES, -(-count * 3 // (2 * len(streets))))
    street, house = np.divmod(scatter(household, (len(streets), houses), rng), houses)
    return np.array(
        [shape.format(house=h + 1, street=streets[s]) for s, h in zip(street, house, strict=True)],
        dtype=object,
    )


def write_address(house: int, street: str, country: str = "us") -> str:
    """Writes one address.

    Example:
        >>> write_address(3, "Heron Lane"), write_address(3, "白鹭路", "cn")
        ('3 Heron Lane', '白鹭路3号')
    """
    return _HOUSES[country].format(house=house, street=street)


def join_addresses(houses: "pd.Series[str]", streets: "pd.Series[str]", country: str = "us") -> list[str]:
    """Returns addresses with the house numbers of the first and the streets of the second.

    Args:
        houses: Addresses as `addresses` writes them.
        streets: As many others.
        country: "us" or "cn".

    Example:
        >>> join_addresses(pd.Series(["白鹭路12号"]), pd.Series(["望潮街7号"]), "cn")
        ['望潮街12号']
    """
    house = houses.str.extract(_PARTS[country])["house"]
    street = streets.str.extract(_PARTS[country])["street"]
    return [_HOUSES[country].format(house=h, street=s) for h, s in zip(house, street, strict=True)]
