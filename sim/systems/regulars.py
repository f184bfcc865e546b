"""Which hospital somebody usually goes to, and the record number there."""

import numpy as np
import pandas as pd

from sim.systems.facilities import HOSPITALS
from sim.systems.recorder import Setting
from sim.systems.visits import FILED_ANEW, number_book


def usual_hospitals(setting: Setting) -> "pd.Series[str]":
    """Returns for each person who came to a hospital the one they came to most often; see `most_visited`."""
    return setting.once("usual hospitals", lambda: most_visited(setting.visits))


def most_visited(visits: pd.DataFrame) -> "pd.Series[str]":
    """Returns for each person who came to a hospital the one they came to most often.

    Args:
        visits: Every visit, in the form of `Setting.visits`.

    Returns:
        Index = person number. Of hospitals visited equally often the first of `HOSPITALS` counts.

    Example:
        >>> most_visited(pd.DataFrame({"person": [1, 1, 1, 2], "facility": ["H2", "H1", "H2", "C1"]}))
        person
        1    H2
        dtype: object
    """
    there = visits.loc[visits["facility"].isin(HOSPITALS), ["person", "facility"]]
    people, person = np.unique(there["person"].to_numpy(), return_inverse=True)
    counts = np.zeros((len(people), len(HOSPITALS)), dtype=np.int64)
    hospital = pd.Index(HOSPITALS).get_indexer(pd.Index(there["facility"].to_numpy(dtype=object)))
    np.add.at(counts, (person, hospital), 1)
    most = np.array(HOSPITALS, dtype=object)[counts.argmax(axis=1)]
    return pd.Series(most, index=pd.Index(people, name="person"), dtype=object)


def numbers_at(
    setting: Setting, people: "pd.Series[int]", when: "pd.Series[pd.Timestamp]", draw: "pd.Series[float]"
) -> "pd.Series[str]":
    """Returns the record number under which a hospital files something that is no visit.

    Args:
        setting: The hospital; its recorder reads `his_patients`.
        people: Person numbers.
        when: When it happened.
        draw: A number between 0 and 1 for each, which says whether a second record number is used.

    Returns:
        Missing where the hospital has no registration of that person.
    """
    book = number_book(setting.tables["his_patients"]).reindex(people).set_index(people.index)
    anew = (when >= book["second_at"]) & (draw < FILED_ANEW)
    return book["first"].mask(anew, book["second"])
