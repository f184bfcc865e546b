"""What made-up records lack and bills, registry and forms need: prices, vaccines, allergies, infections."""

import numpy as np
import pandas as pd

from sim.records import Records

INFECTIONS = ("6142004", "25374005", "86406008")
"""Influenza, gastroenteritis, HIV."""


def with_care(records: Records) -> Records:
    """Returns the records with prices and further tables, drawn from streams of their own."""
    rng = np.random.default_rng(31)
    tables = dict(records.tables)
    encounters = tables["encounters"]
    tables["procedures"] = _some(encounters, 0.3, "29303009", rng).assign(BASE_COST=196.5)
    tables["immunizations"] = _vaccines(encounters, rng)
    tables["allergies"] = _allergies(records.people, rng)
    tables["conditions"] = pd.concat(
        [tables["conditions"], _infections(encounters, rng)], ignore_index=True
    ).astype({"START": "datetime64[s]", "STOP": "datetime64[s]", "ENCOUNTER": "str", "CODE": "str"})
    tables["observations"] = pd.concat([tables["observations"], _weights(encounters, rng)], ignore_index=True)
    done = pd.concat([tables["procedures"], tables["immunizations"]])
    further = done.groupby("ENCOUNTER")["BASE_COST"].sum().reindex(encounters["Id"]).fillna(0).to_numpy()
    nights = np.where(encounters["ENCOUNTERCLASS"] == "inpatient", 3600.0, 0.0)
    base = pd.Series(110.0, index=encounters.index)
    total = base + further + nights
    tables["encounters"] = encounters.assign(BASE_ENCOUNTER_COST=base, TOTAL_CLAIM_COST=total)
    return Records(tables, records.people)


def _some(encounters: pd.DataFrame, share: float, code: str, rng: np.random.Generator) -> pd.DataFrame:
    here = encounters[rng.random(len(encounters)) < share]
    return pd.DataFrame({"ENCOUNTER": here["Id"], "CODE": code}).astype("str").reset_index(drop=True)


def _vaccines(encounters: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    here = encounters[rng.random(len(encounters)) < 0.2]
    codes = rng.choice(["140", "150", "03", "208"], len(here))
    table = pd.DataFrame(
        {"DATE": here["START"], "PATIENT": here["PATIENT"], "ENCOUNTER": here["Id"], "CODE": codes}
    )
    return table.astype({"CODE": "str"}).reset_index(drop=True).assign(BASE_COST=40.0)


def _allergies(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    who = people[rng.random(len(people)) < 0.3]
    codes = rng.choice(["7984", "1191", "762952008"], len(who))
    began = who["birth_date"] + pd.Timedelta(days=400)
    table = pd.DataFrame({"START": began, "STOP": pd.NaT, "PATIENT": who["person_id"], "CODE": codes})
    return table.astype({"CODE": "str", "STOP": "datetime64[s]"}).reset_index(drop=True)


def _infections(encounters: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    here = encounters[rng.random(len(encounters)) < 0.1]
    began = here["START"].dt.normalize()
    return pd.DataFrame(
        {
            "START": began,
            "STOP": began + pd.Timedelta(days=9),
            "PATIENT": here["PATIENT"],
            "ENCOUNTER": here["Id"],
            "CODE": rng.choice(INFECTIONS, len(here), p=[0.5, 0.4, 0.1]),
        }
    )


def _weights(encounters: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    here = encounters[rng.random(len(encounters)) < 0.8]
    values = pd.Series(rng.normal(75, 12, len(here)).round(1), index=here.index).astype("str")
    columns = {"DATE": here["START"], "PATIENT": here["PATIENT"], "ENCOUNTER": here["Id"]}
    return pd.DataFrame({**columns, "CODE": "29463-7", "VALUE": values}).astype({"CODE": "str"})
