"""Values of observations as text, with the number of decimals in which a laboratory reports them."""

import numpy as np
import numpy.typing as npt

from sim.population.numbers import Ints
from sim.records.lives import Days
from sim.records.story import Story, Texts

DECIMALS = {"2160-0": 2, "38483-4": 2, "8867-4": 0, "9279-1": 0, "8480-6": 0, "8462-4": 0}
"""Decimals of a value by LOINC code; one for all others."""


def measured(story: Story, rows: Ints) -> tuple[Texts, npt.NDArray[np.bool_]]:
    """Returns the column VALUE, and whether each value is a number.

    Args:
        story: The events.
        rows: Observations; their value is a number, or the concept that their state names.
    """
    state = story.events.state[rows]
    value = story.events.value[rows]
    concepts = [each.value_code.display if each.value_code else None for each in story.states]
    texts = np.array(concepts, dtype=object)[state]
    numeric = texts == None  # noqa: E711  (elementwise)
    places = np.array([DECIMALS.get(each.code, 1) for each in story.states])[state]
    for decimals in np.unique(places):
        here = numeric & (places == decimals)
        texts[here] = number_texts(value[here], int(decimals))
    return texts, numeric


def number_texts(value: Days, decimals: int) -> Texts:
    """Writes numbers with a fixed number of decimals; blank for NaN.

    Example:
        >>> number_texts(np.array([7.125, float("nan"), 7.0]), 1).tolist()
        ['7.1', None, '7.0']
    """
    different, back = np.unique(np.round(value, decimals) + 0.0, return_inverse=True)
    texts = [None if np.isnan(each) else f"{each:.{decimals}f}" for each in different]
    return np.array(texts, dtype=object)[back]
