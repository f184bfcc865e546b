"""Given names and surnames: census frequencies, with accented names among them."""

from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.paths import datasets

Texts = npt.NDArray[np.object_]
Ints = npt.NDArray[np.int64]

ACCENTED_SURNAMES = 0.10
"""Share of households whose surname is not plain ASCII (assumed; US counties differ widely)."""

ACCENTED_GIVEN = 0.06
"""Share of people whose given name is not plain ASCII (assumed)."""


@cache
def _plain(kind: str) -> tuple[Texts, npt.NDArray[np.float64]]:
    table = pd.read_csv(
        datasets("reference", "name_frequencies.csv"), keep_default_na=False, encoding="utf-8"
    )
    table = table[(table["locale"] == "en_US") & (table["kind"] == kind)]
    weight = table["freq_pct"].astype(float).to_numpy()
    return table["name"].to_numpy(dtype=object), np.cumsum(weight) / weight.sum()


@cache
def _accented(kind: str) -> Texts:
    table = pd.read_csv(datasets("codes", "names_accented.csv"), keep_default_na=False, encoding="utf-8")
    return table.loc[table["kind"] == kind, "name"].to_numpy(dtype=object)


def draw_names(kind: str, count: int, rng: np.random.Generator, accented: float = 0.0) -> Texts:
    """Draws names of one kind.

    Args:
        kind: "surname", "given_male" or "given_female".
        count: How many.
        rng: Stream to draw from.
        accented: Share of names taken from the list of accented names; exact but for rounding up.

    Returns:
        Object array of `count` names, each representable in Windows-1252.
    """
    names, edges = _plain(kind)
    drawn = names[np.searchsorted(edges, rng.random(count), side="right").clip(0, len(names) - 1)]
    special = _accented(kind)
    chosen = rng.permutation(count)[: int(np.ceil(accented * count))]
    drawn[chosen] = special[rng.integers(0, len(special), len(chosen))]
    return np.asarray(drawn, dtype=object)


def given_names(sex: Texts, rng: np.random.Generator, accented: float = ACCENTED_GIVEN) -> Texts:
    """Draws a given name for each person by sex.

    Args:
        sex: "M" or "F" for each person.
        rng: Stream to draw from.
        accented: Share of accented names.

    Returns:
        Object array as long as `sex`.
    """
    drawn = np.empty(len(sex), dtype=object)
    for letter, kind in (("M", "given_male"), ("F", "given_female")):
        here = sex == letter
        drawn[here] = draw_names(kind, int(here.sum()), rng, accented)
    return drawn
