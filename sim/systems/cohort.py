"""The diabetes cohort: every adult of the district once, with what a record says about diabetes."""

from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml

from sim.systems.outcomes import potential_outcomes
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table
from sim.systems.visits import number_book

Numbers = npt.NDArray[np.float64]

DIABETES_COHORT = Table(
    name="diabetes_cohort",
    about="One adult of the district.",
    key="mrn",
    columns=(
        Column("mrn", "text", "Record number of the person's first registration"),
        Column("age", "number", "Age in whole years at the end of 2025, 18 or more"),
        Column("sex", "text", '"F" or "M"'),
        Column("bmi", "number", "Body mass index, kg/m²"),
        Column("thirst", "flag", "Whether the patient complained of thirst"),
        Column("dx_diabetes", "flag", "Whether diabetes has been diagnosed"),
        Column("on_drug", "flag", "Whether the patient takes a drug against diabetes"),
        Column("hba1c", "number", "HbA1c, NGSP %; blank when it was not ordered"),
        Column("p_ordered", "number", "Probability of an order by the supplied ordering model, 0 to 1"),
    ),
)

THRESHOLD = 6.5
"""HbA1c, NGSP %, from which a result counts as positive."""

LEAST, MOST = 0.05, 0.95
"""Bounds of the probability of an order; they keep weights at 20 or less."""

WEIGHTS = {"age": 0.02, "bmi": 0.06, "thirst": 1.2, "dx_diabetes": 1.9, "on_drug": 0.5}
"""The supplied ordering model: change of the log odds for each year, kg/m² or yes (assumed)."""

CENTRES = {"age": 50.0, "bmi": 28.0, "thirst": 0.0, "dx_diabetes": 0.0, "on_drug": 0.0}
"""What is taken off each feature before it is weighed."""

AVOIDANCE = 1.0
"""How much the log odds of an order fall in people who avoid doctors (assumed; in no record)."""

AVOIDING, AVOIDING_UNDIAGNOSED = 0.15, 0.50
"""Share of people who avoid doctors: in general, and among undiagnosed people with diabetes (assumed)."""


def enrol(
    people: pd.DataFrame, first: "pd.Series[str]", today: date, rng: np.random.Generator
) -> pd.DataFrame:
    """Lists the living adults with their features and the HbA1c that a test would show.

    Args:
        people: Everybody; the index is the person number.
        first: For person numbers the record number of the first registration.
        today: The day the district is looked at.
        rng: A stream at its beginning.

    Returns:
        A working table of `diabetes_cohort`, sorted by record number, with everybody's HbA1c and
        `p_ordered` missing; and `_person`, `_avoids`, `_diabetes` (diagnosed, treated or HbA1c of 6.5 %
        or more).
    """
    age = _whole_years(people["birth_date"], today)
    adults = people[people["alive"] & (age >= 18)]
    hba1c = adults["hba1c"].astype("float64").round(1)
    diagnosed = adults["diabetes_diagnosed"].astype(bool)
    treated = adults["on_diabetes_drug"].astype(bool)
    hidden = (hba1c >= THRESHOLD) & ~diagnosed & ~treated
    rows = len(adults)
    table = pd.DataFrame(
        {
            "mrn": first.reindex(adults.index),
            "age": age[adults.index],
            "sex": adults["sex"],
            "bmi": adults["bmi"].astype("float64").round(1),
            "thirst": rng.random(rows) < _expit(-3.0 + 0.8 * (hba1c.to_numpy() - 5.5)),
            "dx_diabetes": diagnosed,
            "on_drug": treated,
            "hba1c": hba1c,
            "p_ordered": np.nan,
            "_person": adults.index,
            "_avoids": rng.random(rows) < np.where(hidden, AVOIDING_UNDIAGNOSED, AVOIDING),
            "_diabetes": diagnosed | treated | (hba1c >= THRESHOLD),
        }
    )
    return table.sort_values("mrn", ignore_index=True)


def _whole_years(born: "pd.Series[pd.Timestamp]", today: date) -> "pd.Series[int]":
    later = (born.dt.month * 100 + born.dt.day) > today.month * 100 + today.day
    return today.year - born.dt.year - later.astype("int64")


def _expit(logit: npt.NDArray[Any]) -> Numbers:
    chance: Numbers = 1 / (1 + np.exp(-logit))
    return chance


def probability(logit: Numbers) -> Numbers:
    """Returns the probability of an order from its log odds, kept between `LEAST` and `MOST`."""
    return LEAST + (MOST - LEAST) * _expit(logit)


def solve(logit: Numbers, orders: int) -> float:
    """Returns what to add to the log odds so that the probabilities add up to the number of orders.

    Args:
        logit: Log odds of every person.
        orders: Expected number of orders; the bounds of `probability` limit what can be met.
    """
    low, high = -40.0, 40.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if probability(logit + middle).sum() < orders else (low, middle)
    return low


def ordering_model(table: pd.DataFrame, orders: int) -> dict[str, float]:
    """Returns the supplied ordering model: `intercept` and the weight of every feature.

    Args:
        table: Table of the cohort.
        orders: How many orders it must lead one to expect.
    """
    zero = {"intercept": 0.0, **WEIGHTS}
    return {"intercept": round(solve(linear_predictor(table, zero), orders), 4), **WEIGHTS}


def linear_predictor(table: pd.DataFrame, model: dict[str, float]) -> Numbers:
    """Returns everybody's log odds of an order under a model."""
    parts = (model[name] * (table[name].to_numpy(dtype=float) - CENTRES[name]) for name in WEIGHTS)
    total: Numbers = model["intercept"] + np.sum(list(parts), axis=0)
    return total


def describe(table: pd.DataFrame) -> bytes:
    """Writes the supplied ordering model of a finished cohort as YAML."""
    model = ordering_model(table, int(table["hba1c"].notna().sum()))
    content = {
        "formula": "p_ordered = least + (most - least) / (1 + exp(-z))",
        "z": "intercept + sum of weight x (feature - centre)",
        "least": LEAST,
        "most": MOST,
        "intercept": model["intercept"],
        "weights": WEIGHTS,
        "centres": CENTRES,
        "note": "Fitted by the laboratory on recorded features; what is on no record it cannot know.",
    }
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100).encode("utf-8")


def _record(setting: Setting) -> dict[str, pd.DataFrame]:
    first = number_book(setting.tables["his_patients"])["first"]
    return {"diabetes_cohort": enrol(setting.people, first, setting.today.date(), setting.stream("cohort"))}


def _files(setting: Setting, tables: Tables) -> dict[str, bytes]:
    return {"ordering_model.yaml": describe(tables["diabetes_cohort"])}


def _facts(setting: Setting, tables: Tables) -> dict[str, pd.DataFrame]:
    outcomes = potential_outcomes(setting.people, setting.today, setting.stream("outcomes"))
    return {"potential_outcomes": outcomes}


RECORDERS = (
    Recorder("cohort", (DIABETES_COHORT,), _record, reads=("his_patients",), files=_files, facts=_facts),
)
