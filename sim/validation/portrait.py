"""One population in figures that need no published ones beside them, so that two can be set side by side."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from sim.errors import HilabError
from sim.records.layout import connect, reason, schema
from sim.validation.cohort import build

CONDITIONS = (
    *("hypertension", "diabetes", "prediabetes", "lipid_disorder", "coronary_disease", "heart_failure"),
    *("atrial_fibrillation", "stroke", "kidney_disease", "copd", "asthma", "arthritis", "depression"),
    *("anxiety", "dementia", "breast_cancer", "colorectal_cancer", "prostate_cancer", "lung_cancer"),
)
"""The concepts (concepts.yaml) whose prevalence is looked at."""

AGES = (0, 18, 45, 65, 130)
"""Borders of the age bands of prevalence, in years."""

SPANS = (0, 1, 15, 25, 35, 45, 55, 65, 75, 85, 130)
"""Borders of the age bands of the life table, in years."""

CODED = ("conditions", "medications", "observations", "procedures", "immunizations", "encounters")
"""Tables whose codes are counted."""


@dataclass(frozen=True)
class Portrait:
    """What one population is like.

    Attributes:
        folder: As it was named.
        end: The day after the last that its records cover.
        lives: Everybody in it, dead or alive.
        living: How many of them live.
        records: Rows a life, by table.
        prevalence: Per cent of the living who were ever told, by condition and group.
        groups: How many living people each group has.
        visits: Visits and stays a person and year, by class, over the last three years.
        deaths: By age band: years lived over the last ten, deaths, and q, the probability of dying in it.
        codes: Rows a thousand lives, by table, code and description.
    """

    folder: str
    end: date
    lives: int
    living: int
    records: dict[str, float]
    prevalence: dict[tuple[str, str], float]
    groups: dict[str, int]
    visits: dict[str, float]
    deaths: pd.DataFrame
    codes: "pd.Series[float]"


def portray(folder: Path | str, progress: bool = False) -> Portrait:
    """Counts what is in a population.

    Args:
        folder: Tables in Synthea's layout: hilab's or Synthea's.
        progress: Show a bar.

    Raises:
        HilabError: If the folder holds no population or a table cannot be read.
    """
    import duckdb

    database = connect(folder)
    try:
        end, _ = build(database, progress=progress)
        lives, living = _one(database, "SELECT count(*), count(*) FILTER (death IS NULL) FROM patient")
        groups, prevalence = _prevalence(database)
        return Portrait(
            str(folder),
            end,
            lives,
            living,
            _records(database, lives),
            prevalence,
            groups,
            _visits(database),
            _deaths(database),
            _codes(database, lives),
        )
    except duckdb.Error as error:
        raise HilabError(f"{folder}: the tables are not as Synthea writes them ({reason(error)}).") from error
    finally:
        database.close()


def bands(borders: tuple[int, ...]) -> Iterator[tuple[int, int, str]]:
    """Yields age bands with their names.

    Example:
        >>> [name for _, _, name in bands((0, 1, 15, 130))]
        ['0', '1-14', '15 and over']
    """
    for low, high in pairwise(borders):
        last = "" if high - low == 1 else f"-{high - 1}"
        yield low, high, f"{low} and over" if high == borders[-1] else f"{low}{last}"


def _one(database: Any, question: str) -> tuple[Any, ...]:
    answer: tuple[Any, ...] = database.execute(question).fetchone()
    return answer


def _records(database: Any, lives: int) -> dict[str, float]:
    return {name: _one(database, f'SELECT count(*) FROM "{name}"')[0] / lives for name in schema()}


def _prevalence(database: Any) -> tuple[dict[str, int], dict[tuple[str, str], float]]:
    """Returns the sizes of the groups and the per cent of each that has each condition."""
    sums = ", ".join(f"avg(has_{name}::INT)" for name in CONDITIONS)
    groups, prevalence = {}, {}
    for low, high, name in bands(AGES):
        for sex, female in (("women", "female"), ("men", "NOT female")):
            question = f"SELECT count(*), {sums} FROM person WHERE age >= {low} AND age < {high} AND {female}"
            people, *shares = _one(database, question)
            groups[f"{sex} {name}"] = people
            for condition, share in zip(CONDITIONS, shares, strict=True):
                prevalence[condition, f"{sex} {name}"] = math.nan if share is None else 100 * share
    return groups, prevalence


def _visits(database: Any) -> dict[str, float]:
    years = _one(database, "SELECT sum(years) FROM lived_3")[0] or math.nan
    rows = database.execute("SELECT class, count(*) FROM visit GROUP BY class ORDER BY class").fetchall()
    return {name: count / years for name, count in rows}


def _deaths(database: Any) -> pd.DataFrame:
    """Returns the life table of the last ten years; q is 1 - exp(-n m) over a band of n years."""
    rows = {}
    for low, high, name in bands(SPANS):
        within = f"WHERE age >= {low} AND age < {high}"
        years = _one(database, f"SELECT coalesce(sum(years), 0) FROM lived_10 {within}")[0]
        died = _one(database, f"SELECT count(*) FROM death {within}")[0]
        last = high == SPANS[-1]
        q = (1.0 if last else 1 - math.exp(-(high - low) * died / years)) if years else math.nan
        rows[name] = (low, float(years), int(died), q)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["from", "years", "deaths", "q"])


def _codes(database: Any, lives: int) -> "pd.Series[float]":
    parts = [
        f"SELECT '{name}' AS place, CODE AS code, min(DESCRIPTION) AS text, count(*) AS rows "
        f"FROM {name} WHERE CODE IS NOT NULL GROUP BY CODE"
        for name in CODED
    ]
    counts = database.execute(" UNION ALL ".join(parts) + " ORDER BY place, code").df()
    found: pd.Series[float] = counts.set_index(["place", "code", "text"])["rows"] * 1000 / lives
    return found
