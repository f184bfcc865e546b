"""Lets the learner's own choice of two thresholds link the records at the emergency door."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from sim.errors import HilabError
from sim.explore.asking import ask
from sim.policy.linking import Linking, assumed
from sim.policy.review import review_sample
from sim.words import said

FUNCTION = "thresholds"
"""What the learner's function is called in task 3.4."""

ANSWERS = ("treatment", "statistics")
"""What it must tell: the points for treatment, and for statistics."""

_FIELDS = {"given": "given_name", "family": "family_name", "phone": "phone", "area": "area"}


def measured(patients: pd.DataFrame) -> dict[str, float]:
    """Returns the figures of the model that a hospital's own registrations tell.

    Args:
        patients: A table such as `his_patients`.

    Returns:
        `same_given`, `same_family`, `same_phone` and `same_area`: how often two registrations agree where
        both are filled; `blank_phone` and `blank_area`.

    Example:
        >>> two = pd.DataFrame({"given_name": ["Ada", "Ada"], "family_name": ["Li", "Wu"],
        ...                     "phone": ["1", None], "area": ["X0101", "X0101"]})
        >>> measured(two)["same_given"], measured(two)["same_phone"], measured(two)["blank_phone"]
        (1.0, 0.0, 0.5)
    """
    found = {}
    for name, column in _FIELDS.items():
        counts = patients[column].value_counts().to_numpy(dtype="float64")
        pairs = counts.sum() * (counts.sum() - 1)
        found[f"same_{name}"] = float((counts * (counts - 1)).sum() / pairs) if pairs else 0.0
    return found | {f"blank_{name}": float(patients[name].isna().mean()) for name in ("phone", "area")}


def own_thresholds(
    function: Callable[..., Any], tables: Mapping[str, pd.DataFrame]
) -> tuple[dict[str, float], str]:
    """Runs `thresholds(sample)` on a sample of pairs like those of a district.

    The truth is not in a student's files. So the sample comes from the model, with names, telephones and
    areas as frequent, and identifiers as often blank, as in the district.

    Args:
        function: The learner's function; it gets a table with score, match, stratum and stands_for.
        tables: The tables of a district.

    Returns:
        Values for `threshold` and `review`, and a sentence that says what was found.

    Raises:
        HilabError: The function fails, takes too long, or its answer has another form.
    """
    patients = tables["his_patients"]
    missing = min(0.6, float(patients["verified_id"].isna().mean()))
    sample = review_sample(Linking(missing=missing), assumed(measured(patients)))
    answer, seconds = ask(function, sample)
    treatment, statistics = (_points(answer, name) for name in ANSWERS)
    values = {
        "threshold": min(50.0, max(-10.0, treatment)),
        "review": min(30.0, max(0.0, treatment - statistics)),
    }
    told = said(
        "Your function took {seconds:.1f} s on {pairs} pairs like those of your district, where "
        "{missing:.0%} of the registrations lack a checked identifier. It links from {treatment:.1f} "
        "points for treatment and from {statistics:.1f} points for statistics. At the door pairs from "
        "{threshold:.1f} points are linked, and those up to {review:.1f} points below are shown to a "
        "clerk.",
        seconds=seconds,
        pairs=len(sample),
        missing=missing,
        treatment=treatment,
        statistics=statistics,
        **values,
    )
    return values, told


def _points(answer: Any, name: str) -> float:
    value = answer.get(name) if isinstance(answer, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        wanted = "Your function must return a dictionary whose '{part}' is a number."
        raise HilabError(said(wanted, part=name))
    return float(value)
