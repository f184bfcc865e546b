"""Residents of our invented county who live the recorded lives of another population's patients.

Names, families, twins, namesakes and addresses are our own (`sim.population`); visits, diagnoses, drugs and
measurements are the source's, in Synthea's columns: Synthea's, or any other population's in that layout.
"""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.countries import country as find_country
from sim.engine.kinds import FLAGS, VITALS
from sim.errors import HilabError
from sim.handle import Population
from sim.population import SNAPSHOT, populate
from sim.records.lives import HORIZON, moments
from sim.records.patients import patients as patients_table
from sim.records.payers import PAYERS
from sim.records.tables import Records, table, to_pandas
from sim.seeds import Seeds
from sim.synthea.borrowing import borrow, newest, takes, told
from sim.synthea.matching import bury, match

CONDITIONS = {name: name for name in FLAGS} | {"diabetes_diagnosed": "diabetes", "anemia": "anaemia"}
CONDITIONS |= {"hypertension_diagnosed": "hypertension"}
"""Concept (sim/validation/concepts.yaml) that a flag stands for, where it is a condition."""

DRUGS = {
    "on_diabetes_drug": "antidiabetic",
    "on_hypertension_drug": "antihypertensive",
    "on_statin": "lipid_lowering",
    "on_antidepressant": "antidepressant",
}
"""Concept that a flag stands for, where it is a drug."""

OBSERVATIONS = {name: name for name in VITALS} | {"hba1c": "a1c"}
"""Concept that a vital sign stands for."""

DRIFT = {"hba1c": 0.2, "bmi": 0.5}
"""Standard deviation of the change since the last measurement, so that residents who live the same life
differ (assumed)."""

HEALTHY = (5.45, 0.35)
"""Mean and standard deviation of HbA1c (%) in people without diabetes in whom none was measured (assumed)."""

DIABETIC = (7.2, 1.1)
"""The same with diabetes that is known; a quarter are below 6.5 (assumed)."""

UNKNOWN = 0.03
"""Share of adults never measured who have diabetes without knowing (assumed)."""

WEIGHT = (28.5, 6.0, 17.0, 2.5)
"""Mean and standard deviation of the body mass index of adults and of children never measured (assumed)."""


def fingerprint(source: Population) -> str:
    """Returns the checksum of a source's patients, by which a district says where it comes from."""
    rows = source.database.execute("SELECT * FROM patients ORDER BY Id, BIRTHDATE").fetchall()
    return hashlib.sha256("\n".join(map(repr, rows)).encode("utf-8")).hexdigest()


def settle(
    source: Population | Path | str, n: int, seeds: Seeds, history: float = 10, country: str = "us"
) -> Records:
    """Makes the records of a county whose residents live the lives of a source's patients.

    Each resident lives the life of a patient of the same sex who is at least as old (`sim.synthea.matching`):
    all times are moved by whole days so that birth dates agree, and nothing after the snapshot is kept. The
    dead come from the source's dead. What was never measured of HbA1c and body mass index is drawn.

    Args:
        source: A population, or its folder.
        n: How many people are alive on the snapshot day.
        seeds: Random streams.
        history: Years of visits and measurements that are kept.
        country: Where the residents live.

    Raises:
        HilabError: If nobody in the source is alive, or its tables cannot be read.
    """
    source = source if isinstance(source, Population) else Population.open(source)
    patients = source.database.execute(
        "SELECT Id, BIRTHDATE, DEATHDATE, CASE WHEN upper(GENDER) LIKE 'F%' THEN 'F' ELSE 'M' END AS GENDER "
        "FROM patients WHERE BIRTHDATE IS NOT NULL ORDER BY Id"
    ).df()
    alive = patients[patients["DEATHDATE"].isna()].reset_index(drop=True)
    if alive.empty:
        raise HilabError(f"{source.folder}: expected a population with somebody alive.")
    people = populate(n, seeds, country=country)
    end = _end(source, patients)
    named, buried = bury(people, patients[patients["DEATHDATE"].notna()], len(alive), end, seeds, country)
    everybody = pd.concat([people, named], ignore_index=True).assign(
        alive=np.arange(n + len(named)) < n, attempt=np.repeat([1, 0], [n, len(named)])
    )
    lives = pd.concat([match(people, alive, end, seeds), buried], ignore_index=True)
    return _records(source, everybody, lives, seeds, history, country)


def _end(source: Population, patients: pd.DataFrame) -> pd.Timestamp:
    """Returns the day after the newest visit of the living, or after the newest birth."""
    newest = source.database.execute("SELECT max(START) FROM encounters").fetchall()[0][0]
    last = patients["BIRTHDATE"].max() if newest is None else pd.Timestamp(newest)
    return pd.Timestamp(last).normalize() + pd.Timedelta(days=1)


def _records(
    source: Population,
    everybody: pd.DataFrame,
    lives: pd.DataFrame,
    seeds: Seeds,
    history: float,
    country: str,
) -> Records:
    """Moves the source's records to the residents, and sums up how they are."""
    horizon = moments(np.array([HORIZON]))[0]
    since = moments(np.array([HORIZON - history * 365.25]))[0]
    death = everybody["death_date"] + pd.Timedelta(days=1)
    handed = lives.assign(
        person=np.arange(len(lives)),
        resident=everybody["person_id"].to_numpy(dtype=object),
        until=death.fillna(pd.Timestamp(horizon)).to_numpy(),
    )
    tables, payers = borrow(source.database, handed, pd.Timestamp(since))
    database = source.database
    count = len(everybody)
    flags = pd.DataFrame(0.0, index=range(count), columns=list(FLAGS))
    for flag, concept in CONDITIONS.items():
        flags.loc[told(database, concept), flag] = 1.0
    for flag, concept in DRUGS.items():
        drugs = takes(database, concept)
        flags.loc[drugs.index, flag] = drugs
    vitals = pd.DataFrame(
        {vital: newest(database, concept).reindex(range(count)) for vital, concept in OBSERVATIONS.items()}
    )
    _complete(vitals, flags, everybody, seeds)
    ids = pa.array(everybody["person_id"].to_numpy(dtype=object), pa.string())
    nothing = np.zeros(count, dtype=np.int64)
    columns = patients_table(everybody, ids, nothing, nothing, seeds, country)
    tables["patients"] = to_pandas(table("patients", columns))
    payer = payers.reindex(range(count)).fillna(PAYERS[-1].name).map(find_country(country).payers)
    people = pd.concat([everybody, vitals, flags], axis=1).assign(payer=payer)
    return Records(tables, people)


def _complete(vitals: pd.DataFrame, flags: pd.DataFrame, people: pd.DataFrame, seeds: Seeds) -> None:
    """Draws HbA1c and body mass index where none was measured, and says who has diabetes."""
    rng = seeds.stream("synthea/measurements")
    count = len(people)
    luck, noise = rng.random(count), rng.normal(size=(4, count))
    until = people["death_date"].fillna(pd.Timestamp(SNAPSHOT))
    age = (until - people["birth_date"]).dt.days.to_numpy() / 365.25
    known = (flags["diabetes_diagnosed"] + flags["on_diabetes_drug"]).to_numpy() > 0
    hidden = (luck < UNKNOWN) & (age >= 18)
    drawn = np.where(known, DIABETIC[0] + DIABETIC[1] * noise[0], HEALTHY[0] + HEALTHY[1] * noise[0])
    drawn = np.where(hidden & ~known, 6.5 + np.abs(noise[0]), drawn)
    adult, spread, child, narrow = WEIGHT
    weight = np.where(age >= 18, adult + spread * noise[1], child + narrow * noise[1])
    for row, (vital, guess) in enumerate((("hba1c", drawn), ("bmi", weight)), start=2):
        measured = vitals[vital] + DRIFT[vital] * noise[row]
        vitals[vital] = measured.fillna(pd.Series(guess)).clip(*_BOUNDS[vital])
    flags["diabetes"] = (known | (vitals["hba1c"].to_numpy() >= 6.5)).astype("float64")


_BOUNDS: dict[str, Any] = {"hba1c": (4.0, 15.0), "bmi": (12.0, 60.0)}
