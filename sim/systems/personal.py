"""What is true of a person wherever it is written down: blood group and allergies."""

import numpy as np
import pandas as pd

from sim.systems.recorder import Setting
from sim.systems.services import service_names

BLOOD_GROUPS = {
    "us": {
        "O+": 0.38,
        "A+": 0.34,
        "B+": 0.10,
        "O-": 0.07,
        "A-": 0.06,
        "AB+": 0.03,
        "B-": 0.015,
        "AB-": 0.005,
    },
    "cn": {
        "O+": 0.33,
        "A+": 0.29,
        "B+": 0.28,
        "AB+": 0.09,
        "O-": 0.004,
        "A-": 0.003,
        "B-": 0.002,
        "AB-": 0.001,
    },
}
"""Shares of the blood groups by country (assumed)."""


def blood_groups_of(setting: Setting) -> "pd.Series[str]":
    """Returns everybody's blood group, the same for every facility that asks; index = person number."""
    shares = BLOOD_GROUPS[setting.country]
    rng = setting.seeds.stream("blood groups")
    drawn = np.searchsorted(np.cumsum(list(shares.values())), rng.random(len(setting.people)), side="right")
    groups = np.array(list(shares), dtype=object)[drawn.clip(0, len(shares) - 1)]
    return pd.Series(groups, index=setting.people.index, dtype="str")


def allergies_of(setting: Setting) -> dict[str, str]:
    """Returns the allergies of whoever has any, in the country's words, by person id.

    Seasonal and lasting allergies alike, as they were first found, joined by a semicolon.
    """
    table = setting.records.tables.get("allergies")
    if table is None or table.empty:
        return {}
    names = service_names("allergen", setting.country)
    found = table[["PATIENT", "CODE"]].assign(name=table["CODE"].map(names)).dropna().drop_duplicates()
    told: dict[str, str] = {}
    for person, name in zip(found["PATIENT"], found["name"], strict=True):
        told[person] = f"{told[person]}; {name}" if person in told else name
    return told
