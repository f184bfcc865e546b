"""Works out one measure for one group of people: its value, its standard error, and on how many it rests.

Kinds of measure: a `share` of people, a `statistic` of a value (mean, sd, p5, p50, p95), `odds` ratios, a
`rate` per years lived, shares and means over visits (`visit_share`, `visit_mean`), the `structure` of ages,
and `death_probability` and `life_expectancy` from deaths per year lived.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.validation.concepts import optional
from sim.validation.definitions import Question, define
from sim.validation.statistics import Floats, age_bands, life_expectancy, spread, statistic
from sim.validation.windows import LONG

ALIKE = 8
"""So many cells in a row are alike: where nobody of one was measured, the measured of the others stand in."""

UNLIKE = 0.2
"""The measured cannot speak for a group of which more than this share is like nobody who was measured."""

Definition = dict[str, Any]


@dataclass(frozen=True)
class Estimate:
    """What a population says about one target.

    Attributes:
        value: In the unit of the target; NaN where it cannot be worked out.
        error: Standard error of the value, from the number of people it rests on.
        people: How many people, visits or years lived it rests on.
        missing: Why there is no value; else blank.
    """

    value: float
    error: float = math.nan
    people: float = 0
    missing: str = ""


NOTHING = Estimate(math.nan, missing="nobody of this group in the records")


class Measures:
    """Answers questions from the tables that `sim.validation.cohort.build` made."""

    def __init__(self, database: Any, found: set[str]) -> None:
        """Takes the database and the concepts that its records know."""
        self.database = database
        self.found = found | optional()

    def ask(self, question: Question) -> Estimate:
        """Works out one measure.

        Returns:
            The estimate; without value, and with the reason, where the records do not hold what is asked for.
        """
        definition = define(question.measure)
        if unknown := sorted(question.needs() - self.found):
            return Estimate(math.nan, missing=f"not recorded: {', '.join(unknown)}")
        if unlike := self._unlike(question, definition):
            return Estimate(math.nan, missing=unlike)
        way: Callable[[Question, Definition], Estimate] = getattr(self, f"_{definition['kind']}")
        return way(question, definition)

    def _unlike(self, question: Question, definition: Definition) -> str:
        """Says why the measured cannot speak for the group; blank where they can."""
        if "measured" not in definition:
            return ""
        cells = self._cells(question, definition, "true", ())
        alike = cells.groupby(cells["cell"] // ALIKE)[["everybody", "measured"]].sum()
        share = alike.loc[alike["measured"] == 0, "everybody"].sum() / max(alike["everybody"].sum(), 1)
        return f"{share:.0%} of the group are unlike anybody measured" if share > UNLIKE else ""

    # people

    def _share(self, question: Question, definition: Definition) -> Estimate:
        parts = []
        for low, high, weight in _bands(question, definition):
            share, draws, people = self._band(question, definition, low, high)
            if people:
                parts.append((weight, share, draws, people))
        if not parts:
            return NOTHING
        total = sum(part[0] for part in parts)
        share = sum(weight / total * share for weight, share, _, _ in parts)
        floor = question.published / 100
        variance = sum(
            (weight / total) ** 2 * spread(share, floor) / draws for weight, share, draws, _ in parts
        )
        return Estimate(100 * share, 100 * math.sqrt(variance), sum(part[3] for part in parts))

    def _band(
        self, question: Question, definition: Definition, low: int, high: int
    ) -> tuple[float, float, int]:
        """Returns the share in one age band, how many equal draws it is worth, and the number of people."""
        of = definition.get("denominator", "true")
        counted = (of, f"({of}) AND ({definition['numerator']})")
        cells = self._cells(question, definition, f"age BETWEEN {low} AND {high}", counted)
        weight = _weights(cells)
        people, having = cells[["c0", "c1"]].to_numpy(dtype=float).T
        total = float((weight * people).sum())
        if total == 0:
            return math.nan, 0.0, 0
        draws = total**2 / float((weight**2 * people).sum())
        return float((weight * having).sum()) / total, draws, int(people.sum())

    def _cells(
        self, question: Question, definition: Definition, within: str, counted: tuple[str, ...]
    ) -> pd.DataFrame:
        """Counts by cell everybody, those measured, and those of them for whom each condition holds."""
        measured = " AND ".join(f"{name} IS NOT NULL" for name in definition.get("measured", [])) or "true"
        counts = [f"count(*) FILTER (({measured}) AND ({text})) AS c{n}" for n, text in enumerate(counted)]
        columns = ["cell", "count(*) AS everybody", f"count(*) FILTER ({measured}) AS measured", *counts]
        return self._frame(
            f"SELECT {', '.join(columns)} FROM person WHERE {question.where()} AND {within} "
            f"AND ({definition.get('among', 'true')}) GROUP BY cell ORDER BY cell"
        )

    def _statistic(self, question: Question, definition: Definition) -> Estimate:
        column = definition["value"]
        frame = self._frame(
            f"SELECT {column} AS value, cell FROM person WHERE {question.where()} AND {column} IS NOT NULL "
            "ORDER BY value, cell"
        )
        if len(frame) < 2:
            return NOTHING
        cells = self._cells(question, definition, "true", ())
        weights = pd.Series(_weights(cells), cells["cell"])
        weight = np.asarray(weights.loc[frame["cell"]], dtype=np.float64)
        value = np.asarray(frame["value"], dtype=np.float64)
        return Estimate(*statistic(definition["statistic"], value, weight), len(value))

    def _odds(self, question: Question, definition: Definition) -> Estimate:
        a, b = f"({definition['a']})", f"({definition['b']})"
        four = (f"{a} AND {b}", f"{a} AND NOT {b}", f"NOT {a} AND {b}", f"NOT {a} AND NOT {b}")
        cells = self._cells(question, definition, "true", four)
        counts = cells[["c0", "c1", "c2", "c3"]].to_numpy(dtype=float)
        both, first, second, neither = (_weights(cells)[:, None] * counts).sum(axis=0)
        if min(both, first, second, neither) == 0:
            return Estimate(math.nan, missing="too few people with both")
        ratio = float(both * neither / (first * second))
        return Estimate(ratio, ratio * math.sqrt((1 / counts.sum(axis=0)).sum()), counts.sum())

    def _structure(self, question: Question, definition: Definition) -> Estimate:
        here, everybody = self._row(f"SELECT count(*) FILTER ({question.where()}), count(*) FROM person")
        return _proportion(here, everybody, question.published)

    # events per year lived

    def _rate(self, question: Question, definition: Definition) -> Estimate:
        parts = []
        for low, high, weight in _bands(question, definition):
            events, years, variance = self._events(question, definition, low, high)
            if years:
                parts.append((weight, events, years, variance))
        if not parts:
            return NOTHING
        total, per = sum(part[0] for part in parts), definition["per"]
        rate = sum(weight / total * events / years for weight, events, years, _ in parts)
        variance = sum((weight / total / years) ** 2 * spread for weight, _, years, spread in parts)
        years = sum(part[2] for part in parts)
        expected = question.published / per / years
        error = math.sqrt(max(variance, expected if math.isfinite(expected) else 0.0))
        return Estimate(rate * per, error * per, years)

    def _events(
        self, question: Question, definition: Definition, low: int, high: int
    ) -> tuple[float, float, float]:
        """Returns events, years lived, and the variance of the events where each person is one draw."""
        group = f"{question.where()} AND age BETWEEN {low} AND {high}"
        lived, where = f"lived_{definition['years']}", definition.get("where", "true")
        y, t, yy, yt, tt = self._row(
            f"""WITH lived AS (SELECT who, sum(years) AS t FROM {lived} WHERE {group} GROUP BY who),
            events AS (SELECT who, count(*) AS y FROM {definition["of"]}
                       WHERE {group} AND ({where}) GROUP BY who)
            SELECT coalesce(sum(y), 0)::DOUBLE, coalesce(sum(t), 0), coalesce(sum(y * y), 0)::DOUBLE,
            coalesce(sum(y * t), 0), coalesce(sum(t * t), 0) FROM lived LEFT JOIN events USING (who)"""
        )
        rate = y / t if t else 0.0
        return y, t, max(yy - 2 * rate * yt + rate**2 * tt, 0.0)

    # visits

    def _visit_share(self, question: Question, definition: Definition) -> Estimate:
        group = question.where(ages=not definition.get("all_ages"))
        having, of = self._row(
            f"SELECT count(*) FILTER ({definition['numerator']}), count(*) FROM visit "
            f"WHERE {group} AND ({definition['denominator']})"
        )
        return _proportion(having, of, question.published)

    def _visit_mean(self, question: Question, definition: Definition) -> Estimate:
        value = definition["value"]
        mean, deviation, visits = self._row(
            f"SELECT avg({value}), stddev_samp({value}), count({value}) FROM visit "
            f"WHERE {question.where()} AND ({definition['denominator']})"
        )
        if not visits:
            return NOTHING
        return Estimate(float(mean), float(deviation or 0) / math.sqrt(visits), visits)

    # deaths

    def _death_probability(self, question: Question, definition: Definition) -> Estimate:
        deaths, years = self._mortality(question)
        age = int(question.ages)
        if years[age] == 0:
            return NOTHING
        rate, inside = float(deaths[age] / years[age]), 0.1 if age == 0 else 0.5
        q = rate / (1 + (1 - inside) * rate)
        floor = question.published if math.isfinite(question.published) else 0.0
        return Estimate(q, math.sqrt(max(q, floor) / years[age]), float(years[age]))

    def _life_expectancy(self, question: Question, definition: Definition) -> Estimate:
        deaths, years = self._mortality(question)
        value, error = life_expectancy(deaths, years)
        return Estimate(value, error, float(years.sum())) if math.isfinite(value) else NOTHING

    def _mortality(self, question: Question) -> tuple[Floats, Floats]:
        """Returns deaths and years lived by single age, 0 to 130."""
        group = question.where(ages=False)
        deaths = f"SELECT age, count(*) FROM death WHERE {group} GROUP BY age"
        years = f"SELECT age, sum(years) FROM lived_{LONG} WHERE {group} GROUP BY age"
        return self._by_age(deaths), self._by_age(years)

    def _by_age(self, sql: str) -> Floats:
        sums = np.zeros(131)
        for age, number in self.database.execute(sql).fetchall():
            sums[min(age, 130)] += number
        return sums

    def _not_recorded(self, question: Question, definition: Definition) -> Estimate:
        return Estimate(math.nan, missing=definition["note"])

    def _frame(self, sql: str) -> pd.DataFrame:
        frame: pd.DataFrame = self.database.execute(sql).df()
        return frame

    def _row(self, sql: str) -> tuple[Any, ...]:
        row: tuple[Any, ...] = self.database.execute(sql).fetchone()
        return row


def _proportion(having: int, of: int, published: float) -> Estimate:
    if not of:
        return NOTHING
    share = having / of
    return Estimate(100 * share, 100 * math.sqrt(spread(share, published / 100) / of), of)


def _bands(question: Question, definition: Definition) -> list[tuple[int, int, float]]:
    return age_bands(question.ages) if definition.get("adjusted") else [(0, 130, 1.0)]


def _weights(cells: pd.DataFrame) -> Floats:
    """Says for how many people each measured one of a cell stands; alike cells share out what one lacks."""
    measured = cells["measured"].to_numpy(dtype=float)
    everybody = cells["everybody"].to_numpy(dtype=float)
    alike = cells["cell"] // ALIKE
    total = pd.Series(everybody).groupby(alike).transform("sum").to_numpy(dtype=float)
    reached = pd.Series(everybody * (measured > 0)).groupby(alike).transform("sum").to_numpy(dtype=float)
    some = measured > 0
    weights: Floats = np.zeros(len(cells))
    weights[some] = everybody[some] / measured[some] * total[some] / reached[some]
    return weights
