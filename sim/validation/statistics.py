"""Numbers from numbers: weighted statistics with their standard errors, life tables, standard ages."""

import math
import re
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.paths import datasets

Floats = npt.NDArray[np.float64]


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
    after = np.concatenate(
        [np.cumsum((lived)[::-1])[::-1] + alive[-1] * rest, [alive[-1] * rest]]
    ) / alive.clip(1e-12)
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


def age_bands(ages: str) -> list[tuple[int, int, float]]:
    """Returns the standard ages within a band as (from, to, weight); those it holds only in part weigh less.

    Example:
        >>> age_bands("18-34")
        [(18, 24, 97052.2), (25, 34, 135573.0)]
    """
    found = re.fullmatch(r"(\d+)(?:-(\d+)|\+)", ages)
    first, last = (int(found[1]), int(found[2] or 130)) if found else (0, 130)
    parts = [(max(low, first), min(high, last), low, high, weight) for low, high, weight in standard_ages()]
    return [(a, b, weight * (b - a + 1) / (high - low + 1)) for a, b, low, high, weight in parts if a <= b]


def spread(share: float, other: float) -> float:
    """Returns the variance of one draw; where hardly anybody is affected, that at the published share."""
    candidates = [each for each in (share, other) if math.isfinite(each) and 0 <= each <= 1]
    return max(each * (1 - each) for each in candidates)
