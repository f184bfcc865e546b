"""Compares a population with the published figures."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from sim.errors import HilabError
from sim.records.layout import connect, reason
from sim.validation.cohort import build
from sim.validation.definitions import Question
from sim.validation.measures import Estimate, Measures
from sim.validation.targets import COUNTRIES, is_share, targets, tolerance

ENOUGH = 0.90
"""Share of the priority-1 targets that must agree."""

ENOUGH_IN_DOMAIN = 0.80
"""Share of them that must agree in each domain."""


@dataclass(frozen=True)
class Validation:
    """Generated against published figures.

    Attributes:
        table: One row a target, with the columns of the targets and generated, generated_error, people,
            missing, tolerance, within, and within_strictly: within even if the population were endless,
            so that no standard error of its own widens the tolerance.
        country: "US" or "CN".
        folder: The folder as it was named.
        people: How many living people were looked at.
        end: The day after the last that the records cover.
    """

    table: pd.DataFrame
    country: str
    folder: str
    people: int
    end: date

    @property
    def score(self) -> pd.DataFrame:
        """By domain: targets, agreeing, agreeing strictly, without value, and the share that agrees.

        The rows that count are those of priority 1; in a domain without any, those of priority 2.
        """
        rows = [_score(str(name), part) for name, part in counted(self.table).groupby("domain", sort=False)]
        return pd.DataFrame([*rows, self._total()]).set_index("domain")

    @property
    def passed(self) -> bool:
        """Whether enough targets agree, of all with priority 1 and in each domain."""
        total, domains = self.score.loc["all of priority 1"], self.score.drop(index="all of priority 1")
        return bool(total["share"] >= ENOUGH and (domains["share"] >= ENOUGH_IN_DOMAIN).all())

    @property
    def exit_code(self) -> int:
        """0 when enough targets agree, else 1."""
        return 0 if self.passed else 1

    def _total(self) -> dict[str, Any]:
        table = self.table
        return _score("all of priority 1", table[(table["priority"] == 1) & table["is_fact"]])


def validate(
    folder: Path | str,
    country: str = "US",
    report: Path | str | None = None,
    *,
    sample: int = 1,
    progress: bool = True,
) -> Validation:
    """Compares a population with the published figures of its country.

    Args:
        folder: Tables in Synthea's layout: what `hilab generate` wrote, or Synthea itself.
        country: "US" or "CN".
        report: Where to write a page that shows everything (`.html`) or a summary (`.md`); else none.
        sample: Look at one person in so many, for a quick answer.
        progress: Show bars.

    Returns:
        The comparison; its `table` and `score` are data frames.

    Raises:
        HilabError: If the folder holds no population, a table cannot be read, or the report not written.
    """
    if country not in COUNTRIES:
        raise HilabError(f"The country is one of {', '.join(COUNTRIES)}, not {country!r}.")
    import duckdb

    database = connect(folder)
    try:
        end, found = build(database, sample, progress)
        measures = Measures(database, found)
        published = targets()
        rows = published[published["country"] == COUNTRIES[country]].reset_index(drop=True)
        steps = tqdm(_rows(rows), total=len(rows), desc="targets", disable=not progress)
        answers = [measures.ask(_question(row)) for row in steps]
        people = database.execute("SELECT count(*) FROM person").fetchone()[0]
    except duckdb.Error as error:
        raise HilabError(f"{folder}: the tables are not as Synthea writes them ({reason(error)}).") from error
    finally:
        database.close()
    validation = Validation(compare(rows, answers), country, str(folder), int(people), end)
    if report is not None:
        from sim.validation.report import write

        write(validation, Path(report))
    return validation


def compare(rows: pd.DataFrame, answers: list[Estimate]) -> pd.DataFrame:
    """Puts the answers beside the targets and says which agree.

    A row whose published figure was only recalled is no fact: it has no published value here and does not
    count.
    """
    facts = ~rows["status"].str.startswith("recalled")
    table = rows.assign(
        is_fact=facts,
        published_value=rows["published_value"].where(facts),
        generated=[answer.value for answer in answers],
        generated_error=[answer.error for answer in answers],
        people=[float(answer.people) for answer in answers],
        missing=[answer.missing for answer in answers],
    )
    off = (table["generated"] - table["published_value"]).abs()
    table["tolerance"] = [_allowed(row, row.generated_error) for row in _rows(table)]
    strict = np.array([_allowed(row, float("nan")) for row in _rows(table)])
    return table.assign(within=off <= table["tolerance"], within_strictly=off <= strict)


def counted(table: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows that count for their domain: priority 1, or 2 where a domain has none."""
    table = table[table["is_fact"]]
    best = table.groupby("domain")["priority"].transform("min")
    return table[table["priority"] == best]


def _rows(table: pd.DataFrame) -> list[Any]:
    return list(table.itertuples())


def _question(row: Any) -> Question:
    return Question(row.measure_id, row.sex, row.age_band, row.subgroup, float(row.published_value))


def _allowed(row: Any, error: float) -> float:
    share = is_share(row.unit, row.domain)
    return tolerance(float(row.published_value), error, float(row.standard_error), share)


def _score(name: str, part: pd.DataFrame) -> dict[str, Any]:
    number = len(part)
    return {
        "domain": name,
        "targets": number,
        "within": int(part["within"].sum()),
        "within_strictly": int(part["within_strictly"].sum()),
        "not_recorded": int((part["missing"] != "").sum()),
        "share": float(part["within"].mean()) if number else float("nan"),
    }
