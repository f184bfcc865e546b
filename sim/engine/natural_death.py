"""Which part of all deaths no module causes: `natural_death.csv` of a folder of modules."""

import csv
import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.errors import HilabError

FILE = "natural_death.csv"
"""Its name: columns sex (male, female), age (years) and share (0 to 1)."""


def weakened(living: NDArray[np.float64], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns a survival table in which only a share of each year's hazard is left.

    Args:
        living: f64[2, ages + 1], share alive at each birthday, falling from 1 to 0.
        shares: f64[2, ages], share of the hazard of each year of age.
    """
    lasting = living[:, 1:-1] / living[:, :-2]
    left = np.ones_like(living)
    left[:, 1:-1] = np.cumprod(lasting ** shares[:, : lasting.shape[1]], axis=1)
    left[:, -1] = 0.0
    return left


def read_shares(content: bytes, place: str, ages: int) -> NDArray[np.float64]:
    """Reads the shares: linear between the ages given, level outside them.

    Args:
        content: Contents of the file.
        place: Its name, for errors.
        ages: Years of age to fill; a year counts at its middle.

    Raises:
        HilabError: If a row is not a sex, an age and a share, or a sex is missing.
    """
    points: dict[str, dict[float, float]] = {"male": {}, "female": {}}
    text = io.StringIO(content.decode("utf-8-sig", errors="replace"), newline="")
    for line, row in enumerate(csv.DictReader(text), start=2):
        try:
            age, share = float(row["age"]), float(row["share"])
            points[row["sex"]][age] = share
        except (KeyError, TypeError, ValueError):
            raise HilabError(f"{place}, line {line}: expected sex (male or female), age and share.") from None
        if not (0.0 <= share <= 1.0 and age >= 0.0):
            raise HilabError(f"{place}, line {line}: expected a share from 0 to 1 and an age from 0 on.")
    if not all(points.values()):
        raise HilabError(f"{place}: expected rows for male and for female.")
    middles = np.arange(ages) + 0.5
    return np.stack([_line(middles, found) for found in points.values()])


def _line(ages: NDArray[Any], found: dict[float, float]) -> NDArray[np.float64]:
    known = sorted(found)
    return np.asarray(np.interp(ages, known, [found[age] for age in known]))
