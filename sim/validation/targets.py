"""The published figures, and when a generated one agrees with them."""

import math
from functools import cache

import pandas as pd

from sim.paths import datasets

COUNTRIES = {"US": "US", "CN": "China"}
"""Country as an option, and as it stands in the file."""

RELATIVE = 0.10
"""Share of the published value within which a generated one agrees."""

ERRORS = 2.0
"""Standard errors of the difference within which it agrees as well."""

POINTS = 0.5
"""Percentage points within which shares of people or visits agree as well."""


@cache
def targets() -> pd.DataFrame:
    """Returns all rows of `datasets/reference/validation_targets.csv`, numbers as numbers."""
    frame = pd.read_csv(
        datasets("reference", "validation_targets.csv"), dtype=str, keep_default_na=False, encoding="utf-8"
    )
    for name in ("published_value", "standard_error"):
        frame[name] = pd.to_numeric(frame[name])
    return frame.astype({"priority": int, "priority_original": int})


def is_share(unit: str, domain: str) -> bool:
    """Says whether a unit counts people or visits in a hundred; a percentage in blood is none.

    Example:
        >>> is_share("%", "prevalence/incidence"), is_share("%", "labs/vitals")
        (True, False)
    """
    return domain != "labs/vitals" and (unit.startswith("%") or unit.startswith("per 100 "))


def tolerance(published: float, error: float, published_error: float, share: bool) -> float:
    """Returns how far a generated value may lie from the published one.

    The widest of 10 % of the published value, two standard errors of the difference, and half a percentage
    point if it is a share.

    Args:
        published: The published value.
        error: Standard error of the generated value; NaN if unknown.
        published_error: Standard error of the published value; NaN if it was not published.
        share: Whether the unit is percent of people or visits.

    Example:
        >>> tolerance(40.0, 0.3, float("nan"), True), tolerance(2.0, 0.1, float("nan"), True)
        (4.0, 0.5)
    """
    errors = [each for each in (error, published_error) if math.isfinite(each)]
    ways = [RELATIVE * abs(published), ERRORS * math.hypot(*errors) if errors else 0.0]
    return max(*ways, POINTS if share else 0.0)
