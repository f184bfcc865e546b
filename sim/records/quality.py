"""Quality of life: what a year of somebody's life is worth, from 0 to 1.

Every condition takes a share of each year in which it is active: the quality of a year is the product of
1 - weight × share of the year over the conditions. Weights are those of `quality_of_life.csv`, assumed in the
range of published disability weights; a condition without a weight takes nothing.
"""

from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.engine.kinds import Kind
from sim.paths import datasets
from sim.population.numbers import Ints
from sim.records.story import Story

YEAR_ZERO = 1900


@cache
def weights() -> dict[str, float]:
    """Reads the weight of each condition by its SNOMED CT code."""
    table = pd.read_csv(
        datasets("reference", "quality_of_life.csv"), dtype={"snomed_code": "str"}, encoding="utf-8"
    )
    return dict(zip(table["snomed_code"], table["weight"], strict=True))


def new_year(year: Ints) -> npt.NDArray[np.float64]:
    """Returns the first of January of years, in days since 1900-01-01.

    Example:
        >>> new_year(np.array([1900, 2026]))
        array([    0., 46021.])
    """
    since = (np.asarray(year) - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    return np.asarray(since + 25_567, dtype=np.float64)


def years_of(day: npt.NDArray[np.float64]) -> Ints:
    """Returns the calendar years in which days fall.

    Example:
        >>> years_of(np.array([0.0, 46020.9]))
        array([1900, 2025])
    """
    date = (np.floor(day).astype(np.int64) - 25_567).astype("datetime64[D]")
    return np.asarray(date.astype("datetime64[Y]").astype(np.int64) + 1970)


def quality(story: Story, first: int, last: int) -> npt.NDArray[np.float64]:
    """Computes everybody's quality of life in each year.

    Args:
        story: The events.
        first: First year.
        last: Last year.

    Returns:
        From 0 to 1, shape (people, years).
    """
    rows = story.rows(Kind.CONDITION)
    weight = story.lexicon.numbers("weight", rows.state, lambda state: weights().get(state.code, 0.0))
    rows, weight = rows.take(weight > 0), weight[weight > 0]
    end = np.fmin(rows.stop, story.last(rows))
    years = np.arange(first, last + 1)
    lost = np.zeros((len(years), len(story.people)))
    for number, begin in enumerate(new_year(years)):
        share = np.clip((np.minimum(end, begin + 365.25) - np.maximum(rows.day, begin)) / 365.25, 0.0, 1.0)
        lost[number] = np.bincount(rows.person, np.log1p(-weight * share), len(story.people))
    return np.exp(lost).T
