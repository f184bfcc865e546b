"""Chinese names: a surname of one or two characters and a given name of one or two.

The characters of given names are drawn by their frequency in each sex (NGENDER_CHARFREQ), each by itself:
whether two of them go well together is not asked.
"""

from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.paths import datasets

Texts = npt.NDArray[np.object_]

SINGLE = 0.12
"""Share of given names of one character (assumed; more in people born around 1990)."""


@cache
def _surnames(kind: str) -> tuple[Texts, npt.NDArray[np.float64]]:
    table = pd.read_csv(datasets("codes", "names_cn.csv"), encoding="utf-8")
    table = table[table["kind"] == kind]
    weight = table["weight"].astype(float).to_numpy()
    return table["name"].to_numpy(dtype=object), np.cumsum(weight) / weight.sum()


@cache
def _characters(kind: str) -> tuple[Texts, npt.NDArray[np.float64]]:
    table = pd.read_csv(
        datasets("reference", "name_frequencies.csv"), keep_default_na=False, encoding="utf-8"
    )
    table = table[(table["locale"] == "zh_CN") & (table["kind"] == kind)]
    weight = table["freq_pct"].astype(float).to_numpy()
    return table["name"].to_numpy(dtype=object), np.cumsum(weight) / weight.sum()


def _draw(list_: tuple[Texts, npt.NDArray[np.float64]], count: int, rng: np.random.Generator) -> Texts:
    names, edges = list_
    drawn: Texts = names[np.searchsorted(edges, rng.random(count), side="right").clip(0, len(names) - 1)]
    return drawn


def draw_surnames(count: int, rng: np.random.Generator, rare: float = 0.0) -> Texts:
    """Draws surnames.

    Args:
        count: How many.
        rng: Stream to draw from.
        rare: Share of surnames that need four bytes in GB18030; exact but for rounding up.
    """
    drawn = _draw(_surnames("surname"), count, rng)
    chosen = rng.permutation(count)[: int(np.ceil(rare * count))]
    drawn[chosen] = _draw(_surnames("surname_rare"), len(chosen), rng)
    return drawn


def draw_given(sex: Texts, rng: np.random.Generator, rare: float = 0.0) -> Texts:
    """Draws a given name for each person by sex.

    Args:
        sex: "M" or "F" for each person.
        rng: Stream to draw from.
        rare: Share of names with a character that needs four bytes in GB18030; exact but for rounding up.
    """
    drawn = np.empty(len(sex), dtype=object)
    for letter, word in (("M", "male"), ("F", "female")):
        here = sex == letter
        drawn[here] = _given(word, int(here.sum()), rng, rare)
    return drawn


def _given(word: str, count: int, rng: np.random.Generator, rare: float) -> Texts:
    first, second = _draw(_characters(f"given_char_{word}"), 2 * count, rng).reshape(2, count)
    chosen = rng.permutation(count)[: int(np.ceil(rare * count))]
    second[chosen] = _draw(_surnames(f"given_rare_{word}"), len(chosen), rng)
    return np.asarray(np.where(rng.random(count) < SINGLE, "", first) + second, dtype=object)
