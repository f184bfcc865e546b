"""The patients table: who they are, and what their care has cost."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sim.countries import country as find_country
from sim.population.numbers import Ints, Texts, keyed_numbers
from sim.records.columns import blank, constant, dates, digits, dollars, join, letters
from sim.records.lives import day_numbers
from sim.seeds import Seeds

_PASSPORTS = 0.4


PREFIXES = {"us": ("Mr.", "Mrs.", "Ms."), "cn": ("先生", "女士", "女士")}
"""How men, married women and other women are addressed, by country."""

BIRTHPLACES = {"us": "{town}, {state}", "cn": "{state}{town}"}
"""How a place of birth is written, by country."""


def patients(
    people: pd.DataFrame, ids: pa.Array, owed: Ints, paid: Ints, seeds: Seeds, country: str = "us"
) -> dict[str, Any]:
    """Returns the columns of the patients table: one row for each person, dead or alive.

    Latitude, longitude and the federal county number are blank: the county is on no map.

    Args:
        people: Everybody.
        ids: Everybody's id.
        owed: What each one's care has cost them, in cents.
        paid: What payers took of it.
        seeds: The population's seeds.
        country: Where they live.
    """
    number, count, here = people["verified_id"], len(people), find_country(country)
    if country == "us":
        number = number.str[:3] + "-" + number.str[3:5] + "-" + number.str[5:]
    born = {
        town: BIRTHPLACES[country].format(town=town, state=here.state) for town in people["town"].unique()
    }
    drivers, passport = _documents(people, seeds)
    changed = people["surname"] != people["birth_surname"]
    return {
        "Id": ids,
        "BIRTHDATE": dates(day_numbers(people["birth_date"])),
        "DEATHDATE": dates(day_numbers(people["death_date"])),
        "SSN": _texts(number),
        "DRIVERS": drivers,
        "PASSPORT": passport,
        "PREFIX": _few(_prefix(people, PREFIXES[country])),
        "FIRST": _few(people["given"]),
        "MIDDLE": _few(people["middle"]),
        "LAST": _few(people["surname"]),
        "MAIDEN": _few(people["birth_surname"].where(changed)),
        "MARITAL": _few(people["marital"]),
        "RACE": _few(people["race"]),
        "ETHNICITY": _few(people["ethnicity"]),
        "GENDER": _few(people["sex"]),
        "BIRTHPLACE": _few(people["town"].map(born)),
        "ADDRESS": _texts(people["address"]),
        "CITY": _few(people["town"]),
        "STATE": constant(here.state, count),
        "COUNTY": constant(here.county, count),
        "ZIP": _few(people["area"]),
        "LAT": blank(count, pa.float64()),
        "LON": blank(count, pa.float64()),
        "HEALTHCARE_EXPENSES": dollars(owed),
        "HEALTHCARE_COVERAGE": dollars(paid),
        "INCOME": people["income"].to_numpy(),
    }


def _texts(column: Any) -> pa.Array:
    """Returns a column of texts."""
    return pa.array(np.asarray(column, dtype=object), pa.string(), from_pandas=True)


def _few(column: Any) -> pa.Array:
    """Returns a column of few different texts."""
    return _texts(column).dictionary_encode()


def _prefix(people: pd.DataFrame, words: tuple[str, str, str]) -> Texts:
    man, wife, other = words
    married = (people["marital"] == "M").to_numpy(dtype=bool)
    woman = np.where(married, wife, other)
    prefix = np.where(people["sex"] == "M", man, woman).astype(object)
    prefix[people["marital"].isna().to_numpy()] = None
    return prefix


def _documents(people: pd.DataFrame, seeds: Seeds) -> tuple[pa.Array, pa.Array]:
    """Numbers driving licences and passports; the words show that no country issued them."""
    key = seeds.word("records/documents") >> 1
    drawn = keyed_numbers(key, people["slot"].to_numpy(), people["attempt"].to_numpy())
    child = people["marital"].isna().to_numpy()
    drivers = letters(join(["S99", digits(drawn % 10**6, 6)], len(people)))
    passport = letters(join(["X", digits(drawn >> 20 & 0xFFFFFFF, 8), "X"], len(people)))
    none = child | (drawn % 1000 >= 1000 * _PASSPORTS)
    return tuple(
        pc.if_else(pa.array(~gone), text, None) for gone, text in ((child, drivers), (none, passport))
    )
