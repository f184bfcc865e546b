"""A synthetic release of the diabetes cohort: invented people like the real ones, and some who are.

"Synthetic" sounds like "about nobody". Most rows here are: each column, or group of columns that belong
together, is drawn from the real people of one class, apart from the others, and blurred. But careless
generators remember: a share of the rows, `leaked`, are real rows passed through nearly unchanged, and nothing
in the release says which.

So a synthetic release is to be attacked before it is given away (Stadler, Oprisanu and Troncoso 2022, USENIX
Security, "Synthetic data: anonymisation groundhog day"). Whoever knows a person's row looks how near the
nearest released row lies. Are people of the cohort nearer than people like them who were not in it?
"""

import numpy as np
import pandas as pd

from sim.errors import HilabError
from sim.seeds import PUBLIC_KEY, Seeds
from sim.words import said

CLASS = ("sex", "dx_diabetes")
"""What makes a class: within it all else is drawn."""

TOGETHER = (("age",), ("bmi",), ("thirst",), ("on_drug", "hba1c"))
"""Columns that are drawn together, so that they keep what they say of each other."""

BLUR = {"age": 2.0, "bmi": 1.2, "hba1c": 0.25}
"""Standard deviation of the noise on each number."""

COPIED = {"bmi": 0.1}
"""Half width of the change that a copied row keeps."""

BOUNDS = {"age": (18.0, 110.0), "bmi": (12.0, 80.0), "hba1c": (3.5, 18.0)}
"""What a release may hold."""

COLUMNS = (*CLASS, *(name for group in TOGETHER for name in group))
"""Columns of a release, without any record number."""


def synthesise(
    cohort: pd.DataFrame, leaked: float = 0.1, rows: int | None = None, seeds: Seeds | None = None
) -> pd.DataFrame:
    """Makes a synthetic release of a cohort.

    Args:
        cohort: A table such as `diabetes_cohort`.
        leaked: Share of the released rows that are real rows, nearly unchanged (0 to 1).
        rows: Rows of the release; as many as the cohort's if None.
        seeds: Where the random numbers come from; always the same if None.

    Returns:
        `release_id` (which carries no order) and the `COLUMNS`; numbers rounded as in the cohort.

    Raises:
        HilabError: A column is missing, the cohort is empty, the share lies elsewhere, or more rows
            would have to be copied than there are.

    Example:
        >>> one = pd.DataFrame({"sex": ["F"], "age": [50], "bmi": [27.5], "thirst": [False],
        ...                     "dx_diabetes": [True], "on_drug": [True], "hba1c": [7.1]})
        >>> synthesise(one, leaked=1)[["sex", "age", "hba1c"]].to_numpy().tolist()
        [['F', 50, 7.1]]
    """
    wanted = len(cohort) if rows is None else rows
    copied = _check(cohort, leaked, wanted)
    stream = (seeds or Seeds(PUBLIC_KEY, "policy", "synthetic")).stream("release")
    known = cohort.loc[:, list(COLUMNS)].reset_index(drop=True)
    invented = _invent(known, wanted - copied, stream)
    through = known.iloc[stream.permutation(len(known))[:copied]].copy()
    for name, width in COPIED.items():
        through[name] += stream.uniform(-width, width, copied)
    release = pd.concat([invented, through], ignore_index=True)
    release = _rounded(release.iloc[stream.permutation(wanted)].reset_index(drop=True))
    release.insert(0, "release_id", [f"S{number:06d}" for number in range(1, wanted + 1)])
    return release


def _check(cohort: pd.DataFrame, leaked: float, rows: int) -> int:
    """Returns how many rows are to be copied."""
    for name in COLUMNS:
        if name not in cohort:
            raise HilabError(said("The cohort lacks the column '{column}'.", column=name))
    if not 0 <= leaked <= 1:
        raise HilabError(said("The share of 'leaked' rows must lie between 0 and 1."))
    if not len(cohort) or rows < 0:
        empty = "A release needs a cohort that is not empty and a number of rows of 0 or more."
        raise HilabError(said(empty))
    copied = round(leaked * rows)
    if copied > len(cohort):
        many = "A cohort of {rows} rows has no {copied} rows that could leak."
        raise HilabError(said(many, rows=len(cohort), copied=copied))
    return copied


def _invent(known: pd.DataFrame, rows: int, stream: np.random.Generator) -> pd.DataFrame:
    """Draws people class by class, in classes of the sizes that chance gives them."""
    drawn = known.iloc[stream.integers(0, len(known), rows)].reset_index(drop=True)
    parts = []
    for _, members in drawn.groupby(list(CLASS)):
        mine = known[(known[list(CLASS)] == members[list(CLASS)].iloc[0]).all(axis=1)]
        part = members.copy()
        for group in TOGETHER:
            part[list(group)] = mine[list(group)].iloc[stream.integers(0, len(mine), len(part))].to_numpy()
        parts.append(part)
    people = pd.concat(parts, ignore_index=True) if parts else drawn
    people = people.astype(dict(known.dtypes))
    for name, width in BLUR.items():
        people[name] = people[name].astype("float64") + stream.normal(0, width, len(people))
    return people


def _rounded(release: pd.DataFrame) -> pd.DataFrame:
    """Keeps numbers within their bounds and writes them as the cohort does."""
    for name, (low, high) in BOUNDS.items():
        release[name] = release[name].astype("float64").clip(low, high).round(0 if name == "age" else 1)
    return release.astype({"age": "int64"})
