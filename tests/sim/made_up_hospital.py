"""A hospital's setting without the engine: visits, conditions and drugs that never happened."""

import numpy as np
import pandas as pd

from sim.records import Records
from sim.seeds import Seeds
from sim.systems.facilities import FACILITIES
from sim.systems.recorder import Setting
from sim.systems.wording import conditions, icd_codes, lasting

TODAY = pd.Timestamp("2025-12-31")

FACILITY_SHARES = {"H1": 0.5, "H2": 0.2, "H3": 0.15, "C1": 0.15}


def made_up_setting(
    made_up: tuple[Records, Seeds], hospital: str = "H1", country: str = "us", world: str = "a"
) -> Setting:
    """Returns the setting of one hospital; those of the same records, country and world fit together."""
    records, _ = made_up
    rng = np.random.default_rng(7)
    encounters = records.tables["encounters"]
    encounters = encounters[encounters["START"] < TODAY].sort_values("START")
    visits = _visits(encounters, records.people, country, rng)
    tables = records.tables | {
        "conditions": _conditions(encounters, visits, records.tables["conditions"], rng),
    }
    setting = Setting(
        Records(tables, records.people),
        visits,
        country,
        FACILITIES[hospital],
        len(records.people),
        Seeds(b"0" * 32, country, world),
        TODAY,
    )
    return Setting(**{**vars(setting), "tables": _registered(setting)})


def _visits(
    encounters: pd.DataFrame, people: pd.DataFrame, country: str, rng: np.random.Generator
) -> pd.DataFrame:
    codes, stay = icd_codes(country), (encounters["ENCOUNTERCLASS"] == "inpatient").astype(int)
    known = [code for code in conditions(country) if code in codes]
    snomed = pd.Series(rng.choice(known, len(encounters)), dtype="str").mask(
        rng.random(len(encounters)) < 0.2
    )
    return pd.DataFrame(
        {
            "person": encounters["PATIENT"]
            .map(pd.Series(people.index, index=people["person_id"]))
            .to_numpy(),
            "start": encounters["START"].to_numpy(),
            "stop": (encounters["STOP"] + pd.to_timedelta(3 * stay, unit="D")).to_numpy(),
            "class": encounters["ENCOUNTERCLASS"].to_numpy(),
            "payer": "Self-pay",
            "dx_code": snomed.map(codes).fillna("Z00.00").to_numpy(),
            "dx_text": snomed.map(lambda c: conditions(country)[c].plain, na_action="ignore").to_numpy(),
            "snomed": snomed.to_numpy(),
            "facility": rng.choice(list(FACILITY_SHARES), len(encounters), p=list(FACILITY_SHARES.values())),
            "draw": rng.random(len(encounters)),
        },
        index=pd.Index(encounters["Id"].to_numpy(), name="Id", dtype="str"),
    )


def _conditions(
    encounters: pd.DataFrame, visits: pd.DataFrame, old: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    found = visits["snomed"].notna().to_numpy() & (rng.random(len(visits)) < 0.4)
    began = encounters["START"].dt.normalize()[found]
    new = pd.DataFrame(
        {
            "START": began,
            "PATIENT": encounters["PATIENT"][found],
            "ENCOUNTER": encounters["Id"][found],
            "CODE": visits["snomed"].to_numpy()[found],
            "STOP": (began + pd.Timedelta(days=30)).mask(rng.random(int(found.sum())) < 0.5),
        }
    )
    who = encounters["PATIENT"].drop_duplicates().sample(frac=0.5, random_state=3)
    chronic = pd.DataFrame(
        {
            "START": pd.Timestamp("2012-05-01"),
            "PATIENT": who,
            "ENCOUNTER": "",
            "CODE": rng.choice(sorted(lasting()), len(who)),
            "STOP": pd.NaT,
        }
    )
    return pd.concat([old, chronic, new], ignore_index=True).astype(
        {
            "START": "datetime64[s]",
            "STOP": "datetime64[s]",
            "CODE": "str",
            "ENCOUNTER": "str",
            "PATIENT": "str",
        }
    )


def _registered(setting: Setting) -> dict[str, pd.DataFrame]:
    """Registers whoever came, every tenth person twice; numbers every visit."""
    code, here = setting.facility.code, setting.here
    people = setting.people.index if code == "H1" else pd.Index(here["person"].unique())
    first = pd.DataFrame(
        {
            "mrn": [f"{code}{n:05d}" for n in people],
            "_person": people,
            "registered_at": pd.Timestamp("2010-01-01"),
        }
    )
    again = first[::10].assign(mrn=first["mrn"][::10] + "b", registered_at=pd.Timestamp("2024-01-01"))
    numbers = [f"E{n:06d}" for n in range(1, len(here) + 1)]
    return {
        "his_patients": pd.concat([first, again], ignore_index=True),
        "his_encounters": pd.DataFrame({"encounter_id": numbers, "_encounter": here.index}),
    }
