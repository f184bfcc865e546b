"""Lets the learner's own anonymiser make the file that the health office releases."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.errors import HilabError
from sim.explore.asking import ask
from sim.policy.released import list_patients
from sim.policy.releasing import OUTCOMES, Reading, assumed, outcomes
from sim.words import said

FUNCTION = "anonymise"
"""What the learner's function is called in task 4.4."""

QIDS, K = ["age", "sex", "area"], 5
"""What an outsider may know of a patient, and how many rows a class must have."""

ERRORS = OUTCOMES[1:]
"""Outcomes that are measured on the learner's file; the risk depends on what the attacker knows."""


def own_file(
    function: Callable[..., Any], tables: Mapping[str, pd.DataFrame]
) -> tuple[dict[str, float], str]:
    """Runs `anonymise(df, qids, k)` on the patients of a district and reads its file as an outsider would.

    Args:
        function: The learner's function.
        tables: The tables of a district.

    Returns:
        Values `own_classes` (classes of the file for one patient) and one for each of the `ERRORS`, with
        "own_" before its name; and a sentence that says what was found.

    Raises:
        HilabError: The function fails, takes too long, or its answer has another form.
    """
    patients = list_patients(tables["his_patients"]).rename(columns={"mrn": "row_id"})
    answer, seconds = ask(function, patients[["row_id", *QIDS]], list(QIDS), K)
    released = _checked(answer, len(patients))
    sizes = released.groupby(QIDS, dropna=False).size()
    register = tables["register"]["area"] if "register" in tables else patients["area"]
    reading = _read(patients["area"].dropna(), released["area"], register.dropna())
    found = {name: float(values[0]) for name, values in outcomes(reading, assumed()).items()}
    values = {f"own_{name}": found[name] for name in ERRORS}
    values["own_classes"] = len(sizes) / len(patients)
    told = said(
        "Your function took {seconds:.1f} s. Of the {patients:,} patients of your district its file tells "
        "{rows:,}, in {classes:,} classes; the smallest class has {least} rows, where {k} are needed. A "
        "reader of the file is wrong by {error:.0%} about the smallest area, where {smallest} patients "
        "live, and a recall programme planned on it would miss {missed:.0f} of 1,000.",
        seconds=seconds, patients=len(patients), rows=len(released), classes=len(sizes), k=K,
        least=int(sizes.min()) if len(sizes) else 0, error=found["error_smallest"],
        smallest=int(reading.true.min()), missed=found["missed"],
    )  # fmt: skip
    return values, told


def _checked(answer: Any, most: int) -> pd.DataFrame:
    """Returns the file, or says what it lacks."""
    if not isinstance(answer, pd.DataFrame) or not set(QIDS) <= set(answer.columns):
        wanted = "Your function must return a table with the columns {columns}."
        raise HilabError(said(wanted, columns=", ".join(QIDS)))
    if len(answer) > most:
        raise HilabError(said("Your file has more rows than there are patients."))
    return answer


def _read(areas: "pd.Series[str]", told: "pd.Series[Any]", residents: "pd.Series[str]") -> Reading:
    """Reads a file: rows told with a larger place are shared out over its areas by residents.

    Rows whose place is blank are of no use to a reader who plans by place.
    """
    lived = residents.value_counts()
    true = areas.value_counts().sort_index()
    weight = np.asarray(lived.reindex(true.index).fillna(0.0), dtype=np.float64) + 1e-9
    names = true.index.to_series().reset_index(drop=True).astype("str")
    read = np.zeros(len(true))
    places = told.dropna().astype("str")
    for place, rows in places[places != ""].value_counts().items():
        inside = names.str.startswith(_beginning(str(place))).to_numpy()
        share = np.where(inside if inside.any() else True, weight, 0.0)
        read += rows * share / share.sum()
    zones = pd.factorize(names.str[:2])[0]
    counts = np.asarray(true.to_numpy(), dtype=np.int64)
    return Reading(counts[None], read[None], np.zeros(1), weight, zones, int(counts.argmin()))


def _beginning(place: str) -> str:
    """Returns what a place surely begins with: an area, or what is left of it before a mark such as a star.

    Example:
        >>> _beginning("X0104"), _beginning("X01**"), _beginning("*")
        ('X0104', 'X01', '')
    """
    return re.split(r"[^A-Za-z0-9]", place)[0]
