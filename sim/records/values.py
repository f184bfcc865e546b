"""Values of observations as text, with the number of decimals in which they are reported."""

import numpy as np
import numpy.typing as npt
from pandas.api.extensions import ExtensionArray

from sim.population.numbers import Ints
from sim.records.lives import Days
from sim.records.story import Story
from sim.records.words import pick

DECIMALS = {"2160-0": 2, "38483-4": 2, "8867-4": 0, "9279-1": 0, "8480-6": 0, "8462-4": 0}
"""Decimals of a value by LOINC code; one for all others."""


def measured(story: Story, rows: Ints) -> tuple[ExtensionArray, npt.NDArray[np.bool_]]:
    """Returns the column VALUE, and whether each value is a number.

    Args:
        story: The events.
        rows: Observations; their value is a number, or the concept that their state names.
    """
    concepts = [state.value_code.display if state.value_code else None for state in story.states]
    numeric = story.look_up(lambda state: state.value_code is None, rows) > 0
    places = story.look_up(lambda state: DECIMALS.get(state.code, 1), rows)
    words, index = list(concepts), story.events.state[rows].astype(np.int64)
    for decimals in np.unique(places):
        here = numeric & (places == decimals)
        texts, back = number_texts(story.events.value[rows[here]], int(decimals))
        index[here] = len(words) + back
        words += texts
    return pick(words, index), numeric


def number_texts(value: Days, decimals: int) -> tuple[list[str | None], Ints]:
    """Writes numbers with a fixed number of decimals.

    Returns:
        The different texts, blank for NaN, and for each number the place of its text.

    Example:
        >>> texts, place = number_texts(np.array([7.125, float("nan"), 7.0, 7.12]), 1)
        >>> [texts[i] for i in place]
        ['7.1', None, '7.0', '7.1']
    """
    different, place = np.unique(np.round(value, decimals) + 0.0, return_inverse=True)
    return [None if np.isnan(each) else f"{each:.{decimals}f}" for each in different], place
