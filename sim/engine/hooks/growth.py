"""Height, body mass index, waist and head, from birth to old age."""
# mypy: disable-error-code="no-any-return"

import math

import numpy as np
from numpy.typing import NDArray

from sim.engine.hooks.surveys import share_below
from sim.engine.jit import njit

GROWN = 20.0
"""Age in years from which height falls only."""
_HEIGHT_AGE = np.array(
    [*(0, 0.25, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 7, 8), *(9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20.0)]
)
_BOYS = (
    *(49.9, 61.4, 67.6, 75.7, 82.3, 87.1, 96.1, 103.3, 110.0, 116.0, 122.1, 128.1),
    *(133.7, 139.0, 144.0, 149.6, 156.5, 164.0, 169.8, 173.2, 175.0, 175.9, 176.5),
)
_GIRLS = (
    *(49.1, 59.8, 65.7, 74.0, 80.7, 85.7, 95.1, 102.7, 109.4, 115.3, 121.6, 127.8),
    *(133.5, 138.8, 145.0, 151.6, 157.3, 160.4, 161.9, 162.5, 162.9, 163.1, 163.2),
)
_HEIGHT = np.array([_BOYS, _GIRLS])  # cm, medians of the WHO and CDC charts as the author knows them, rounded
_INFANT_AGE = np.array([0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 4.0])
_INFANT_BMI = np.array([13.4, 16.6, 17.2, 16.9, 16.3, 16.2, 16.2])  # kg/m2, likewise
_INFANT_SPREAD = 0.09
_CHART_AGE = np.array([2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 18.0, 20.0])
_CHART_MEDIAN = np.array(
    [
        [16.6, 16.0, 15.6, 15.4, 15.4, 15.8, 16.6, 17.8, 19.1, 20.5, 21.9, 23.0],
        [16.4, 15.7, 15.3, 15.2, 15.2, 15.8, 16.8, 18.1, 19.4, 20.6, 21.3, 21.7],
    ]
)
_CHART_HIGH = np.array(
    [
        [19.3, 18.2, 17.8, 17.9, 18.4, 20.0, 22.1, 24.2, 26.0, 27.5, 28.9, 30.6],
        [19.1, 18.3, 18.0, 18.3, 18.8, 20.7, 22.9, 25.2, 27.2, 28.9, 30.3, 31.8],
    ]
)  # kg/m2, median and 95th percentile of the CDC 2000 charts as the author knows them
_HEAD_AGE = np.array([0.0, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 18.0])
_HEAD_SIZE = np.array([34.4, 40.4, 43.2, 46.0, 48.1, 49.3, 50.6, 53.0, 56.8])  # cm, boys; girls 2.5 % less


@njit
def between(x: float, xs: NDArray[np.float64], ys: NDArray[np.float64]) -> float:
    """Returns the value at x on the broken line through (xs, ys), level outside it."""
    if x <= xs[0]:
        return ys[0]
    for i in range(1, xs.shape[0]):
        if x <= xs[i]:
            return ys[i - 1] + (ys[i] - ys[i - 1]) * (x - xs[i - 1]) / (xs[i] - xs[i - 1])
    return ys[-1]


@njit
def grown(age: float, sex: int) -> float:
    """Returns the share of the height as an adult that children of an age have."""
    return between(age, _HEIGHT_AGE, _HEIGHT[sex]) / _HEIGHT[sex, -1] if age < GROWN else 1.0


@njit
def bmi_at(rank: float, age: float, sex: int, surveyed: float) -> float:
    """Returns the body mass index of a rank in kg/m2; below four years by growth charts.

    Args:
        rank: Standard normal score among people of that age and sex.
        age: Age in years.
        sex: 0 man, 1 woman.
        surveyed: What the survey has at that rank; it begins to count at two years.
    """
    if age >= 4.0:
        return surveyed
    part = max(age - 2.0, 0.0) / 2.0
    infant = between(age, _INFANT_AGE, _INFANT_BMI) * math.exp(_INFANT_SPREAD * rank)
    return infant * (1.0 - part) + part * surveyed


@njit
def bmi_percentile(bmi: float, age: float, sex: int) -> float:
    """Returns the percentile of a body mass index in the US growth charts of 2000, 0 to 100.

    Between median and 95th percentile the charts are skewed as 1/BMI squared (an LMS curve with
    L = -2, near the charts' own). From 20 years on the chart of 20 is used.
    """
    median = between(age, _CHART_AGE, _CHART_MEDIAN[sex])
    high = between(age, _CHART_AGE, _CHART_HIGH[sex])
    score = 1.644854 * (1.0 - (median / bmi) * (median / bmi)) / (1.0 - (median / high) * (median / high))
    return 100.0 * share_below(score)


@njit
def waist_rank(bmi: float, own: float) -> float:
    """Returns the rank of the waist, which follows that of the body mass index (r = 0.9; assumed)."""
    return 0.9 * bmi + 0.43589 * own


@njit
def head(own: float, age: float, sex: int) -> float:
    """Returns the head circumference in cm."""
    size = between(age, _HEAD_AGE, _HEAD_SIZE) * (0.975 if sex == 1 else 1.0)
    return size * (1.0 + 0.028 * own)
