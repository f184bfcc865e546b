"""The attack reads most surnames from plain filters, and none from salted ones."""

from functools import cache

import pandas as pd
import pytest

from sim.exchange.linkage.attack import attack
from sim.exchange.linkage.bloom import bigrams, encode, flip
from sim.exchange.linkage.tokens import normalise
from sim.paths import datasets
from sim.population.names import draw_names
from sim.seeds import PUBLIC_KEY, Seeds

KEY = b"the linkage unit's secret"


@cache
def public_list() -> dict[str, float]:
    table = pd.read_csv(
        datasets("reference", "name_frequencies.csv"), keep_default_na=False, encoding="utf-8"
    )
    table = table[(table["locale"] == "en_US") & (table["kind"] == "surname")]
    return dict(zip(table["name"], table["freq_pct"].astype(float), strict=True))


def read(people: int, salted: bool = False, flipped: float = 0.0) -> tuple[float, float]:
    """Returns the share of records whose name is told rightly, and the share of told names that are right."""
    seeds = Seeds(PUBLIC_KEY, "test", "attack")
    names = draw_names("surname", people, seeds.stream("names"), 0.1)
    years = [str(year) for year in seeds.stream("years").integers(1930, 2020, people)]
    filters = encode(KEY, ({"family": name} for name in names), years if salted else None)
    told = attack(flip(filters, flipped, seeds.stream("flips")), public_list())
    right = sum(one == name for one, name in zip(told, names, strict=True))
    return right / people, right / max(1, sum(one is not None for one in told))


def test_most_names_are_read_from_plain_filters():
    found, right = read(2000)
    assert found > 0.65 and right > 0.85


def test_a_demo_district_is_enough():
    found, right = read(300)
    assert found > 0.5 and right > 0.8


@pytest.mark.parametrize("hardened", [{"salted": True}, {"flipped": 0.1}])
def test_hardened_filters_keep_their_names(hardened):
    assert read(800, **hardened)[0] < 0.04


def test_names_off_the_list_and_empty_filters_are_not_told():
    names = ["Smith", "Smith", "Xqzwkvjyplmntrdg", ""]
    told = attack(encode(KEY, ({"family": name} for name in names)), public_list())
    assert told[2:] == [None, None] and len(bigrams(normalise(names[2]))) > 14
