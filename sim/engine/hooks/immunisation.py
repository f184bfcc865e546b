"""Which vaccine is due at a check-up.

The schedule, the years in which a vaccine was given and the share of people who accept each dose
stand in `datasets/codes/codes_vaccines_cvx.csv`. A person who accepts many vaccines is the same for
life: acceptance is one trait, with a smaller part for each vaccine.
"""
# mypy: disable-error-code="no-any-return"

import csv
import math
from pathlib import Path
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.hooks.calendar import year_and_month
from sim.engine.jit import njit
from sim.engine.streams import normal
from sim.errors import HilabError
from sim.paths import datasets

MOST_DOSES = 5
"""The longest series by age."""

SHARED = 0.85
"""Share of the variance of acceptance that all vaccines have in common; assumed, so that about 70 %
of children have the seven-vaccine series by 24 months (NIS-Child, born 2018-2019: 70.1 %)."""

_MONTH = 365.25 / 12.0
_NEVER = 1e9
_YEARLY = 12.0


class Vaccine(NamedTuple):
    """A vaccine of the schedule.

    Attributes:
        key: Name of its row in the table; two rows may be the same product.
        code: CVX code.
        display: Name of the product.
    """

    key: str
    code: str
    display: str


def _number(text: str, otherwise: float) -> float:
    return float(text) if text else otherwise


def _schedule(path: Path) -> tuple[tuple[Vaccine, ...], NDArray[np.float64], NDArray[np.float64]]:
    """Reads the table of vaccines.

    Returns:
        The vaccines; f64[vaccines, 5] with the interval of repeats, the latest age (months), the
        first and last year and the number of doses; f64[vaccines, 2, MOST_DOSES] with the age in
        months and the rank of acceptance below which a person takes each dose.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    vaccines = tuple(Vaccine(row["key"], row["code"], row["display"]) for row in rows)
    rules = np.zeros((len(rows), 5))
    doses = np.zeros((len(rows), 2, MOST_DOSES))
    for i, row in enumerate(rows):
        months = [float(month) for month in row["at_months"].split("|")]
        shares = [float(share) for share in row["coverage"].split("|")]
        if len(months) != len(shares) or len(months) > MOST_DOSES:
            raise HilabError(f"{path}, row {row['key']}: expected as many shares in coverage as ages.")
        rules[i] = (
            _number(row["every_months"], 0.0),
            _number(row["latest_months"], _NEVER),
            _number(row["from_year"], 0.0),
            _number(row["until_year"], _NEVER),
            len(months),
        )
        doses[i, 0, : len(months)] = months
        doses[i, 1, : len(shares)] = [NormalDist().inv_cdf(share) for share in shares]
    return vaccines, rules, doses


VACCINES, _RULES, _DOSES = _schedule(datasets("codes", "codes_vaccines_cvx.csv"))


@njit
def lean(which: int, key: int) -> float:
    """Returns how far a person leans against a vaccine, standard normal: few accept at 2."""
    return math.sqrt(SHARED) * normal(key, 0) + math.sqrt(1.0 - SHARED) * normal(key, which + 1)


@njit
def accepts(which: int, dose: int, months: float, key: int) -> bool:
    """Returns whether a person of an age in months takes a dose (0 for the first) that is offered.

    Whoever missed a dose is offered it again: at the age of a later dose its share counts too.
    """
    planned = int(_RULES[which, 4])
    limit = _DOSES[which, 1, min(dose, planned - 1)]
    for later in range(dose + 1, planned):
        if months >= _DOSES[which, 0, later]:
            limit = max(limit, _DOSES[which, 1, later])
    return lean(which, key) < limit


@njit
def due_after(which: int, doses: int, age: float) -> float:
    """Returns the months that must lie between a person's last dose and the next.

    Series keep at least 80 % of the scheduled interval, and four weeks. Children who meet
    influenza vaccine for the first time get a second dose four weeks later.
    """
    every = _RULES[which, 0]
    if doses < int(_RULES[which, 4]):
        return max(0.8 * (_DOSES[which, 0, doses] - _DOSES[which, 0, doses - 1]), 28.0 / _MONTH)
    return 28.0 / _MONTH if every == _YEARLY and doses == 1 and age < 9.0 else 0.8 * every


@njit
def due(which: int, doses: int, age: float, last_age: float, day: float, key: int) -> bool:
    """Returns whether a vaccine is given at a check-up; influenza vaccine from August to March.

    Args:
        which: Index into `VACCINES`.
        doses: How many doses of it the person has had.
        age: Age in years.
        last_age: Age in years at the last dose; unused when there was none.
        day: Day of the check-up, in days since 1900-01-01.
        key: Key of the person's stream for immunisation.
    """
    every = _RULES[which, 0]
    planned = int(_RULES[which, 4])
    months = age * 12.0
    if (doses >= planned and every <= 0.0) or months > _RULES[which, 1] or months < _DOSES[which, 0, 0]:
        return False
    if doses < planned and months < _DOSES[which, 0, doses]:
        return False
    if doses > 0 and (age - last_age) * 12.0 < due_after(which, doses, age):
        return False
    year, month = year_and_month(day)
    if year < _RULES[which, 2] or year > _RULES[which, 3] or (every == _YEARLY and 4 <= month <= 7):
        return False
    return accepts(which, doses, months, key)
