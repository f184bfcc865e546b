"""Works out one measure for one group of people: its value, its standard error, and on how many it rests.

Kinds of measure: a `share` of people, a statistic of a value (mean, sd, p5, p50, p95), `odds` ratios, a `rate`
per years lived, shares and means over visits (`visit_share`, `visit_mean`), the `structure` of ages, and
`death_probability` and `life_expectancy` from deaths per year lived.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.paths import datasets
from sim.validation.cohort import LONG, definitions
from sim.validation.concepts import concepts, optional

Floats = npt.NDArray[np.float64]

UNLIKE = 0.2
"""Where more of a group than this share a cell with nobody who was measured, the measured cannot speak for it."""


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


@dataclass(frozen=True)
class Question:
    """One target as a question to the tables.

    Attributes:
        measure: Name in `measures.yaml`, or "<value>:<statistic>".
        sex: "all", "male" or "female".
        ages: Age band as published, for example "18+", "20-39", "<1", "all".
        subgroup: Name among the subgroups of `measures.yaml`, or blank.
        published: Published value; the standard error of a share or count is never taken smaller than at this value.
    """

    measure: str
    sex: str = "all"
    ages: str = "all"
    subgroup: str = ""
    published: float = math.nan

    def where(self, ages: bool = True) -> str:
        """Says in SQL who belongs to the group."""
        parts = [age_range(self.ages)] if ages else []
        if self.sex != "all":
            parts.append("female" if self.sex == "female" else "NOT female")
        if self.subgroup:
            parts.append(f"({definitions()['subgroups'][self.subgroup]})")
        return " AND ".join(part for part in parts if part) or "true"


def age_range(ages: str) -> str:
    """Writes an age band as a condition on completed years; a band of other things is no condition.

    Example:
        >>> age_range("20-39"), age_range("60+"), age_range("<1"), age_range("all (crude)"), age_range("30")
        ('age BETWEEN 20 AND 39', 'age >= 60', 'age < 1', '', 'age = 30')
    """
    if found := re.fullmatch(r"(\d+)-(\d+)", ages):
        return f"age BETWEEN {found[1]} AND {found[2]}"
    if found := re.fullmatch(r"(\d+)\+", ages):
        return f"age >= {found[1]}"
    if found := re.fullmatch(r"<(\d+)", ages):
        return f"age < {found[1]}"
    return f"age = {ages}" if ages.isdigit() else ""


class Measures:
    """Answers questions from the tables that `sim.validation.cohort.build` made."""

    def __init__(self, database: Any, found: set[str]) -> None:
        """Takes the database and the concepts that its records know."""
        self.database = database
        self.found = found | optional()
        self.definitions: dict[str, dict[str, Any]] = definitions()["measures"]

    def ask(self, question: Question) -> Estimate:
        """Works out one measure.

        Returns:
            The estimate; without value, and with the reason, where the records do not hold what is asked for.
        """
        definition = self.define(question.measure)
        if unknown := sorted(self.needs(definition, question) - self.found):
            return Estimate(math.nan, missing=f"not recorded: {', '.join(unknown)}")
        way: Callable[[Question, dict[str, Any]], Estimate] = getattr(self, f"_{definition['kind']}")
        answer = way(question, definition)
        if math.isnan(answer.value) and not answer.missing:
            return Estimate(math.nan, missing="nobody of this group in the records")
        return answer

    def define(self, measure: str) -> dict[str, Any]:
        """Returns the definition of a measure; a statistic of a value needs none of its own."""
        if ":" not in measure:
            return self.definitions[measure]
        value, statistic = measure.split(":")
        return {"kind": "statistic", "value": value, "statistic": statistic, "measured": [value]}

    def needs(self, definition: dict[str, Any], question: Question) -> set[str]:
        """Names the concepts without which a measure cannot be worked out."""
        texts = [str(definition.get(key, "")) for key in _TEXTS] + list(definition.get("measured", []))
        needed = {word for text in texts + [question.where()] for word in _words(text)}
        return needed | {_concept(name) for name in definition.get("needs", [])}

    # shares and statistics of people

    def _share(self, question: Question, definition: dict[str, Any]) -> Estimate:
        bands = _bands(question, definition)
        if unseen := self._unseen(question, definition):
            return Estimate(math.nan, missing=unseen)
        parts = [(self._band(question, definition, low, high), weight) for low, high, weight in bands]
        parts = [(part, weight) for part, weight in parts if part is not None]
        if not parts:
            return Estimate(math.nan)
        total = sum(weight for _, weight in parts)
        p = sum(part[0] * weight for part, weight in parts) / total
        floor = question.published / 100
        variance = sum((weight / total) ** 2 * _spread(part[0], floor) / part[1] for part, weight in parts)
        return Estimate(100 * p, 100 * math.sqrt(variance), sum(part[2] for part, _ in parts))

    def _band(
        self, question: Question, definition: dict[str, Any], low: int, high: int
    ) -> tuple[float, float, int] | None:
        """Returns the share in one age band, the effective number of people and their number."""
        within = f"age BETWEEN {low} AND {high}"
        numerator, denominator = definition["numerator"], definition.get("denominator", "true")
        cells = self._cells(question, definition, within, (denominator, f"({denominator}) AND ({numerator})"))
        weight, (of, have) = _weights(cells), cells[["c0", "c1"]].to_numpy(dtype=float).T
        total = float((weight * of).sum())
        if total == 0:
            return None
        return float((weight * have).sum()) / total, total**2 / float((weight**2 * of).sum()), int(of.sum())

    def _cells(
        self, question: Question, definition: dict[str, Any], within: str, counted: tuple[str, ...]
    ) -> pd.DataFrame:
        """Counts by cell everybody, those measured, and those of them for whom each condition holds."""
        measured = _measured(definition)
        counts = [f"count(*) FILTER (({measured}) AND ({text})) AS c{n}" for n, text in enumerate(counted)]
        columns = ", ".join(["count(*) AS everybody", f"count(*) FILTER ({measured}) AS measured", *counts])
        return self._frame(
            f"SELECT {columns} FROM person "
            f"WHERE {question.where()} AND {within} AND ({definition.get('among', 'true')}) GROUP BY cell ORDER BY cell"
        )

    def _unseen(self, question: Question, definition: dict[str, Any]) -> str:
        """Says why the measured cannot speak for the group; blank where they can."""
        if "measured" not in definition:
            return ""
        cells = self._cells(question, definition, "true", ())
        unlike = cells.loc[cells["measured"] == 0, "everybody"].sum() / max(cells["everybody"].sum(), 1)
        return f"{unlike:.0%} of the group are unlike anybody measured" if unlike > UNLIKE else ""

    def _statistic(self, question: Question, definition: dict[str, Any]) -> Estimate:
        column = definition["value"]
        if unseen := self._unseen(question, definition):
            return Estimate(math.nan, missing=unseen)
        frame = self._frame(
            f"SELECT value, everybody / measured AS weight FROM (SELECT {column} AS value, "
            f"count(*) OVER cells AS everybody, count({column}) OVER cells AS measured FROM person "
            f"WHERE {question.where()} WINDOW cells AS (PARTITION BY cell)) WHERE value IS NOT NULL ORDER BY value, weight"
        )
        if len(frame) < 2:
            return Estimate(math.nan)
        value, weight = frame["value"].to_numpy(dtype=float), frame["weight"].to_numpy(dtype=float)
        result, error = statistic(definition["statistic"], value, weight)
        return Estimate(result, error, len(value))

    def _odds(self, question: Question, definition: dict[str, Any]) -> Estimate:
        a, b = f"({definition['a']})", f"({definition['b']})"
        if unseen := self._unseen(question, definition):
            return Estimate(math.nan, missing=unseen)
        four = (f"{a} AND {b}", f"{a} AND NOT {b}", f"NOT {a} AND {b}", f"NOT {a} AND NOT {b}")
        cells = self._cells(question, definition, "true", four)
        counts = cells[["c0", "c1", "c2", "c3"]].to_numpy(dtype=float)
        both, first, second, neither = (_weights(cells)[:, None] * counts).sum(axis=0)
        if min(both, first, second, neither) == 0:
            return Estimate(math.nan, missing="too few people with both")
        ratio = both * neither / (first * second)
        return Estimate(ratio, ratio * math.sqrt((1 / counts.sum(axis=0)).sum()), int(counts.sum()))

    def _structure(self, question: Question, definition: dict[str, Any]) -> Estimate:
        here, everybody = self._row(f"SELECT count(*) FILTER ({question.where()}), count(*) FROM person")
        if not everybody:
            return Estimate(math.nan)
        p = here / everybody
        return Estimate(100 * p, 100 * math.sqrt(_spread(p, question.published / 100) / everybody), everybody)

    # rates

    def _rate(self, question: Question, definition: dict[str, Any]) -> Estimate:
        bands = _bands(question, definition)
        parts = [(self._rate_in(question, definition, low, high), weight) for low, high, weight in bands]
        parts = [(part, weight) for part, weight in parts if part[1] > 0]
        if not parts:
            return Estimate(math.nan)
        total = sum(weight for _, weight in parts)
        rate = sum(weight / total * events / years for (events, years, _), weight in parts)
        variance = sum((weight / total / years) ** 2 * spread for (_, years, spread), weight in parts)
        years = sum(years for (_, years, _), _ in parts)
        expected = question.published / definition["per"] / years
        error = math.sqrt(max(variance, expected if math.isfinite(expected) else 0))
        return Estimate(rate * definition["per"], error * definition["per"], years)

    def _rate_in(
        self, question: Question, definition: dict[str, Any], low: int, high: int
    ) -> tuple[float, float, float]:
        """Returns events, years lived and the variance of the events, each person being one draw."""
        group = f"{question.where()} AND age BETWEEN {low} AND {high}"
        where, lived = definition.get("where", "true"), f"lived_{definition['years']}"
        frame = self._frame(
            f"""WITH lived AS (SELECT who, sum(years) AS t FROM {lived} WHERE {group} GROUP BY who),
            events AS (SELECT who, count(*) AS y FROM {definition["of"]} WHERE {group} AND ({where}) GROUP BY who)
            SELECT coalesce(sum(y), 0) AS y, coalesce(sum(t), 0) AS t, coalesce(sum(y * y), 0) AS yy,
            coalesce(sum(y * t), 0) AS yt, coalesce(sum(t * t), 0) AS tt
            FROM lived LEFT JOIN events USING (who)"""
        )
        y, t, yy, yt, tt = (float(number) for number in frame.iloc[0])
        if t == 0:
            return 0.0, 0.0, 0.0
        rate = y / t
        return y, t, max(yy - 2 * rate * yt + rate**2 * tt, 0.0)

    def _visit_share(self, question: Question, definition: dict[str, Any]) -> Estimate:
        group = question.where(ages=not definition.get("all_ages"))
        have, of = self._row(
            f"SELECT count(*) FILTER ({definition['numerator']}), count(*) FROM visit "
            f"WHERE {group} AND ({definition['denominator']})"
        )
        if not of:
            return Estimate(math.nan)
        return Estimate(100 * have / of, 100 * math.sqrt(_spread(have / of, question.published / 100) / of), of)

    def _visit_mean(self, question: Question, definition: dict[str, Any]) -> Estimate:
        mean, sd, number = self._row(
            f"SELECT avg({definition['value']}), stddev_samp({definition['value']}), count({definition['value']}) "
            f"FROM visit WHERE {question.where()} AND ({definition['denominator']})"
        )
        if not number:
            return Estimate(math.nan)
        return Estimate(float(mean), float(sd or 0) / math.sqrt(number), number)

    # mortality

    def _death_probability(self, question: Question, definition: dict[str, Any]) -> Estimate:
        deaths, years = self._mortality(question)
        age = int(question.ages)
        if years[age] == 0:
            return Estimate(math.nan)
        m, inside = deaths[age] / years[age], 0.1 if age == 0 else 0.5
        q = m / (1 + (1 - inside) * m)
        return Estimate(q, math.sqrt(max(q, question.published, 0) / years[age]), years[age])

    def _life_expectancy(self, question: Question, definition: dict[str, Any]) -> Estimate:
        deaths, years = self._mortality(question)
        return Estimate(*life_expectancy(deaths, years), float(years.sum()))

    def _mortality(self, question: Question) -> tuple[Floats, Floats]:
        """Returns deaths and years lived by single age, 0 to 130."""
        group = question.where(ages=False)
        sums = []
        for source in (
            f"SELECT age, count(*) FROM death WHERE {group} GROUP BY age",
            f"SELECT age, sum(years) FROM lived_{LONG} WHERE {group} GROUP BY age",
        ):
            by_age = np.zeros(131)
            for age, number in self.database.execute(source).fetchall():
                by_age[min(age, 130)] += number
            sums.append(by_age)
        return sums[0], sums[1]

    def _not_recorded(self, question: Question, definition: dict[str, Any]) -> Estimate:
        return Estimate(math.nan, missing=definition["note"])

    def _frame(self, sql: str) -> pd.DataFrame:
        frame: pd.DataFrame = self.database.execute(sql).df()
        return frame

    def _row(self, sql: str) -> tuple[Any, ...]:
        row: tuple[Any, ...] = self.database.execute(sql).fetchone()
        return row


_TEXTS = ("numerator", "denominator", "among", "a", "b", "where", "value")


def life_expectancy(deaths: Floats, years: Floats) -> tuple[float, float]:
    """Works out life expectancy at birth and its standard error from single ages (Chiang's method).

    Args:
        deaths: Deaths at each completed age.
        years: Years lived at each age; the last age with a death, at most 99, stands for all above it.

    Example:
        >>> value, error = life_expectancy(np.full(101, 1.0), np.full(101, 50.0))
        >>> round(value)
        50
    """
    last = next((age for age in range(min(len(years), 100) - 1, -1, -1) if deaths[age:].sum() > 0), -1)
    if last < 0 or (years[:last] <= 0).any():
        return math.nan, math.nan
    m = deaths[:last] / years[:last]
    inside = np.full(last, 0.5)
    inside[:1] = 0.1
    q = np.minimum(m / (1 + (1 - inside) * m), 1.0)
    alive = np.concatenate([[1.0], np.cumprod(1 - q)])
    lived = alive[1:] + inside * (alive[:-1] - alive[1:])
    rest = years[last:].sum() / deaths[last:].sum()
    after = np.concatenate([np.cumsum((lived)[::-1])[::-1] + alive[-1] * rest, [alive[-1] * rest]]) / alive.clip(1e-12)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where(deaths[:last] > 0, q**2 * (1 - q) / deaths[:last].clip(1), 0)
    spread = float((alive[:-1] ** 2 * ((1 - inside) + after[1:]) ** 2 * variance).sum())
    return float(after[0]), math.sqrt(spread)


def statistic(name: str, value: Floats, weight: Floats) -> tuple[float, float]:
    """Returns a weighted statistic and its standard error.

    Args:
        name: "mean", "sd", or a percentile such as "p5".
        value: Values in rising order.
        weight: How many people each stands for.

    Example:
        >>> [round(x, 2) for x in statistic("mean", np.array([1.0, 3.0]), np.array([1.0, 1.0]))]
        [2.0, 0.71]
    """
    share = weight / weight.sum()
    people = 1 / float((share**2).sum())
    mean = float((share * value).sum())
    moments = [float((share * (value - mean) ** power).sum()) for power in (2, 4)]
    sd = math.sqrt(moments[0])
    if name == "mean":
        return mean, sd / math.sqrt(people)
    if name == "sd":
        return sd, math.sqrt(max(moments[1] - moments[0] ** 2, 0) / people) / (2 * sd) if sd else 0.0
    return _percentile(float(name[1:]) / 100, value, share, people)


def _percentile(point: float, value: Floats, share: Floats, people: float) -> tuple[float, float]:
    """Reads a percentile off the middle of each person's share; its error from the percentiles beside it."""
    place = np.cumsum(share) - share / 2
    step = math.sqrt(point * (1 - point) / people)
    low, middle, high = np.interp([point - step, point, point + step], place, value)
    return float(middle), float(high - low) / 2


@cache
def standard_ages() -> list[tuple[int, int, float]]:
    """Returns the ages of the US population of 2000, as (from, to, weight)."""
    frame = pd.read_csv(datasets("reference", "us_standard_population_2000.csv"), encoding="utf-8")
    rows = zip(frame["age_from"], frame["age_to"], frame["weight"], strict=True)
    return [(int(low), int(high), float(weight)) for low, high, weight in rows]


def _bands(question: Question, definition: dict[str, Any]) -> list[tuple[int, int, float]]:
    """Returns the age bands to work out and weigh; a band that the group has only in part weighs less."""
    if not definition.get("adjusted"):
        return [(0, 130, 1.0)]
    found = re.fullmatch(r"(\d+)(?:-(\d+)|\+)", question.ages)
    first, last = (int(found[1]), int(found[2] or 130)) if found else (0, 130)
    parts = [(max(low, first), min(high, last), low, high, weight) for low, high, weight in standard_ages()]
    return [(a, b, weight * (b - a + 1) / (high - low + 1)) for a, b, low, high, weight in parts if a <= b]


def _weights(cells: pd.DataFrame) -> Floats:
    """How many people each measured one of a cell stands for."""
    measured = cells["measured"].to_numpy(dtype=float)
    everybody = cells["everybody"].to_numpy(dtype=float)
    return np.divide(everybody, measured, out=np.zeros(len(cells)), where=measured > 0)


def _measured(definition: dict[str, Any]) -> str:
    return " AND ".join(f"{name} IS NOT NULL" for name in definition.get("measured", [])) or "true"


def _spread(share: float, other: float) -> float:
    """Returns the variance of one draw; where hardly anybody is affected, that at the published share."""
    candidates = [each for each in (share, other) if math.isfinite(each) and 0 <= each <= 1]
    return max(each * (1 - each) for each in candidates)


@cache
def _known() -> dict[str, str]:
    """Maps each column that is made from a concept to that concept."""
    columns = {name: name for kind in ("observations", "answers") for name in concepts()[kind]}
    columns |= {f"{prefix}_{name}": name for prefix in ("has", "now") for name in concepts()["conditions"]}
    columns |= {f"takes_{name}": name for name in concepts()["drugs"]}
    columns |= {f"habit_{name}": name for name in concepts()["habits"]}
    columns |= {f"reason_{name}": f"reason:{name}" for name in concepts()["reasons"]}
    columns |= {f"doses_{name}": name for name in concepts()["vaccines"] if name != "hib_omp"}
    return columns | {"early_rotavirus": "rotavirus", "doses_hepb_birth": "hepb", "recent_colonoscopy": "colonoscopy"}


def _concept(column: str) -> str:
    return _known().get(column, column)


def _words(text: str) -> set[str]:
    """Names the concepts in a condition, through derived columns."""
    found: set[str] = set()
    for word in re.findall(r"[a-z_][a-z0-9_]*", text):
        if word in definitions()["derived"]:
            found |= _words(definitions()["derived"][word])
        elif word in _known():
            found.add(_known()[word])
    return found
