"""The patients table: who they are, and what their care has cost."""

import numpy as np
import pandas as pd

from sim.population.numbers import Texts, keyed_numbers
from sim.population.places import COUNTY, STATE
from sim.records.lives import Days
from sim.seeds import Seeds

_PASSPORTS = 0.4


def patients(people: pd.DataFrame, spent: Days, covered: Days, seeds: Seeds) -> pd.DataFrame:
    """Makes one row for each person, dead or alive.

    Latitude, longitude and the federal county number are blank: the county is on no map.

    Args:
        people: Everybody.
        spent: What each one's care has cost, in dollars.
        covered: What payers took of it.
        seeds: The population's seeds.
    """
    number = people["verified_id"]
    drivers, passport = _documents(people, seeds)
    changed = people["surname"] != people["birth_surname"]
    return pd.DataFrame(
        {
            "Id": people["person_id"],
            "BIRTHDATE": people["birth_date"],
            "DEATHDATE": people["death_date"].dt.floor("D"),
            "SSN": number.str[:3] + "-" + number.str[3:5] + "-" + number.str[5:],
            "DRIVERS": drivers,
            "PASSPORT": passport,
            "PREFIX": _prefix(people),
            "FIRST": people["given"],
            "MIDDLE": people["middle"],
            "LAST": people["surname"],
            "MAIDEN": people["birth_surname"].where(changed),
            "MARITAL": people["marital"],
            "RACE": people["race"],
            "ETHNICITY": people["ethnicity"],
            "GENDER": people["sex"],
            "BIRTHPLACE": people["town"] + ", " + STATE,
            "ADDRESS": people["address"],
            "CITY": people["town"],
            "STATE": STATE,
            "COUNTY": COUNTY,
            "ZIP": people["area"],
            "LAT": np.nan,
            "LON": np.nan,
            "HEALTHCARE_EXPENSES": np.round(spent - covered, 2),
            "HEALTHCARE_COVERAGE": np.round(covered, 2),
            "INCOME": people["income"],
        }
    )


def _prefix(people: pd.DataFrame) -> Texts:
    married = (people["marital"] == "M").to_numpy(dtype=bool)
    woman = np.where(married, "Mrs.", "Ms.")
    prefix = np.where(people["sex"] == "M", "Mr.", woman).astype(object)
    prefix[people["marital"].isna().to_numpy()] = None
    return prefix


def _documents(people: pd.DataFrame, seeds: Seeds) -> tuple[Texts, Texts]:
    """Numbers driving licences and passports; the words show that no country issued them."""
    key = seeds.word("records/documents") >> 1
    drawn = keyed_numbers(key, people["slot"].to_numpy(), people["attempt"].to_numpy())
    child = people["marital"].isna().to_numpy()
    drivers = np.array([f"S99{number % 10**6:06d}" for number in drawn], dtype=object)
    passport = np.array([f"X{number >> 20 & 0xFFFFFFF:08d}X"[:10] for number in drawn], dtype=object)
    drivers[child] = None
    passport[child | (drawn % 1000 >= 1000 * _PASSPORTS)] = None
    return drivers, passport
