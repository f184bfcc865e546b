"""Clean records of people who never lived in the engine: quick, and enough for systems and defects."""

import numpy as np
import pandas as pd

from sim.population import populate
from sim.records import PAYERS, Records
from sim.seeds import PUBLIC_KEY, Seeds
from sim.systems.wording import drugs

TESTS = {
    "2345-7": (0.5, 95),
    "2160-0": (0.5, 0.9),
    "718-7": (0.5, 14),
    "2823-3": (0.4, 4.2),
    "4548-4": (0.4, 6),
    "8480-6": (0.8, 130),
    "8462-4": (0.8, 80),
    "29463-7": (0.6, 74),
    "8310-5": (0.3, 37),
}
"""Share of visits with an observation, and its usual value, by LOINC code."""

CLASSES = ("wellness", "ambulatory", "outpatient", "emergency", "inpatient", "urgentcare")


def made_up_records(people: int = 700, country: str = "us") -> tuple[Records, Seeds]:
    """Returns records of that many living and some dead people, and the seeds they were made from."""
    seeds = Seeds(PUBLIC_KEY, "made up")
    rng = seeds.stream("made up")
    everybody = _everybody(populate(people, seeds, True, country=country), rng)
    encounters = _encounters(everybody, rng)
    known = everybody[everybody["diabetes_diagnosed"]]
    conditions = pd.DataFrame(
        {
            "START": pd.Timestamp("2015-01-01"),
            "PATIENT": known["person_id"],
            "ENCOUNTER": "",
            "CODE": "44054006",
        }
    ).assign(STOP=pd.Series(pd.NaT, index=known.index, dtype="datetime64[s]"))
    tables = {
        "encounters": encounters,
        "conditions": conditions.reset_index(drop=True),
        "observations": _observations(encounters, rng),
        "medications": _medications(encounters),
        "procedures": _procedures(encounters),
    }
    return Records(tables, everybody), seeds


def _everybody(living: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    dead = living.sample(len(living) // 20, random_state=1)
    links = dict.fromkeys(("twin_of", "namesake_of", "junior_of", "parent"), -1)
    dead = dead.assign(
        person_id="d" + dead["person_id"], given="Old", birth_date=pd.Timestamp("1930-05-17"), **links
    )
    people = pd.concat([living.assign(alive=True), dead.assign(alive=False)], ignore_index=True)
    people["death_date"] = pd.Series(pd.NaT, index=people.index, dtype="datetime64[s]").mask(
        ~people["alive"], pd.Timestamp("2024-03-01")
    )
    age = (pd.Timestamp("2025-12-31") - people["birth_date"]).dt.days / 365.25
    diabetes = rng.random(len(people)) < np.clip((age - 20) / 250, 0, 0.25)
    diagnosed = diabetes & (rng.random(len(people)) < 0.75)
    treated = diagnosed & (rng.random(len(people)) < 0.85)
    usual = np.where(
        diabetes, 6.6 + rng.gamma(2, 0.8, len(people)), rng.normal(5.4, 0.3, len(people)).clip(4, 6.4)
    )
    return people.assign(
        diabetes=diabetes,
        diabetes_diagnosed=diagnosed,
        on_diabetes_drug=treated,
        hba1c=usual - treated * rng.uniform(0, 2, len(people)),
        bmi=rng.normal(28, 5, len(people)),
        **_signs(age, diabetes),
    )


def _signs(age: "pd.Series[float]", diabetes: "pd.Series[bool]") -> dict[str, np.ndarray]:
    """Returns vital signs and what depends on them, from a stream of their own."""
    rng = np.random.default_rng(20)
    sbp = rng.normal(105 + 0.35 * age, 14)
    return {
        "sbp": sbp,
        "dbp": sbp * 0.62,
        "heart_rate": rng.normal(74, 10, len(age)),
        "glucose": np.where(diabetes, 150, 95) * rng.normal(1, 0.08, len(age)),
        "hypertension_diagnosed": sbp > 130,
        "on_hypertension_drug": sbp > 135,
        "kidney_disease": rng.random(len(age)) < 0.1,
        "coronary_disease": rng.random(len(age)) < 0.07,
        "heart_failure": rng.random(len(age)) < 0.03,
    }


def _encounters(people: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    who = people.loc[np.repeat(people.index.to_numpy(), rng.poisson(6, len(people)))].reset_index(drop=True)
    seconds = rng.integers(0, 3 * 365 * 86_400, len(who))
    start = pd.Series(pd.Timestamp("2023-01-01") + pd.to_timedelta(seconds, unit="s")).dt.as_unit("s")
    table = pd.DataFrame(
        {
            "Id": [f"e{number}" for number in range(len(who))],
            "START": start,
            "STOP": start + pd.Timedelta(hours=1),
            "PATIENT": who["person_id"],
            "PAYER": PAYERS[0].id,
            "ENCOUNTERCLASS": rng.choice(CLASSES, len(who), p=[0.3, 0.3, 0.15, 0.12, 0.03, 0.1]),
            "REASONCODE": pd.Series(np.where(rng.random(len(who)) < 0.2, "54150009", None), dtype="str"),
        }
    )
    lived = (start > who["birth_date"]) & ~(start > who["death_date"])
    return table[lived].reset_index(drop=True)


def _observations(encounters: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    parts = []
    for code, (share, usual) in TESTS.items():
        visits = encounters[rng.random(len(encounters)) < share]
        values = pd.Series((usual * rng.normal(1, 0.08, len(visits))).round(2), index=visits.index)
        columns = {"DATE": visits["START"], "PATIENT": visits["PATIENT"], "ENCOUNTER": visits["Id"]}
        parts.append(pd.DataFrame({**columns, "CODE": code, "VALUE": values.astype("str")}))
    return pd.concat(parts, ignore_index=True)


def _medications(encounters: pd.DataFrame) -> pd.DataFrame:
    """Returns drugs begun at visits, or long before; from a stream of their own."""
    rng = np.random.default_rng(7)
    here = encounters[rng.random(len(encounters)) < 0.3]
    old = rng.random(len(here)) < 0.3
    start = here["START"].mask(old, here["START"] - pd.Timedelta(days=1500))
    length = pd.to_timedelta(rng.choice([10, 400], len(here)), unit="D")
    end = (start + length).mask(rng.random(len(here)) < 0.3)
    today = pd.Timestamp("2025-12-31")
    last = end.where(end < today, today)
    days = (last - start).dt.total_seconds() / 86_400
    table = pd.DataFrame(
        {
            "START": start,
            "STOP": end,
            "PATIENT": here["PATIENT"],
            "ENCOUNTER": here["Id"].mask(old, ""),
            "CODE": rng.choice(drugs().index.tolist(), len(here)),
            "DISPENSES": np.maximum(1, np.ceil(days / 30)).astype(int),
        }
    )
    return table.astype({"START": "datetime64[s]", "STOP": "datetime64[s]", "CODE": "str"})


def _procedures(encounters: pd.DataFrame) -> pd.DataFrame:
    """Returns electrocardiograms at some visits; from a stream of their own."""
    rng = np.random.default_rng(8)
    here = encounters[rng.random(len(encounters)) < 0.1]
    return pd.DataFrame({"ENCOUNTER": here["Id"], "CODE": "29303009"}).astype("str")
