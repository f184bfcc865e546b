"""Values of observations as text, with the number of decimals in which they are reported."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sim.engine.tables import TEXT_BASE
from sim.population.numbers import Ints
from sim.records.columns import Days, lookup
from sim.records.story import Rows, Story

DECIMALS = {"2160-0": 2, "38483-4": 2, "8867-4": 0, "9279-1": 0, "8480-6": 0, "8462-4": 0}
"""Decimals of a value by LOINC code; one for all others."""

_PLACES = 10
"""Numbers are told apart by a table of places if it has no more than this many for each, else by sorting."""


def measured(story: Story, rows: Rows) -> tuple[pa.Array, npt.NDArray[np.bool_]]:
    """Returns the column VALUE, and whether each value is a number; a value that is unknown is none.

    Args:
        story: The events.
        rows: Observations; their value is a number, or the concept that their state names.
    """
    lexicon = story.lexicon
    concept = [state.value_code.display if state.value_code else "" for state in lexicon.states]
    words = [text for text in dict.fromkeys(concept) if text]
    place = {text: number for number, text in enumerate(words)}
    index = np.array([place.get(text, -1) for text in concept] or [-1], dtype=np.int64)[rows.state]
    numeric = (index < 0) & (rows.value < TEXT_BASE)
    said = np.flatnonzero((index < 0) & (rows.value >= TEXT_BASE))
    if len(said):
        told = lexicon.states[rows.state[said[0]]].words
        different, which = np.unique(rows.value[said], return_inverse=True)
        texts = [told[int(value - TEXT_BASE)] for value in different]
        index[said] = np.array([place.setdefault(text, len(place)) for text in texts])[which]
    words = list(place)
    decimals = lexicon.numbers("decimals", rows.state, lambda state: DECIMALS.get(state.code, 1))
    for count in np.unique(decimals[numeric]):
        here = np.flatnonzero(numeric & (decimals == count))
        texts, back = number_texts(rows.value[here], int(count))
        index[here] = np.where(back < 0, -1, len(words) + back)
        words += texts
    return lookup(pa.array(words, pa.string()), index), numeric


def number_texts(value: Days, decimals: int) -> tuple[list[str], Ints]:
    """Writes numbers with a fixed number of decimals.

    Returns:
        The different texts, and for each number the place of its text, -1 for NaN.

    Example:
        >>> texts, place = number_texts(np.array([7.125, float("nan"), 7.0, 7.12]), 1)
        >>> [texts[i] if i >= 0 else None for i in place]
        ['7.1', None, '7.0', '7.1']
    """
    known = np.isfinite(value)
    steps = np.rint(np.where(known, value, 0.0) * 10**decimals).astype(np.int64)
    low, high = int(steps.min(initial=0)), int(steps.max(initial=0))
    if high - low < _PLACES * len(steps) + 1000:
        there = np.zeros(high - low + 1, dtype=bool)
        there[steps - low] = True
        different = np.flatnonzero(there) + low
        place = (np.cumsum(there) - 1)[steps - low]
    else:
        different, place = np.unique(steps, return_inverse=True)
    texts = [f"{step / 10**decimals:.{decimals}f}" for step in different.tolist()]
    return texts, np.where(known, place, -1)
