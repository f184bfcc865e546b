"""A glossary of the laboratories: which part of a concept a word of the code books stands for."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from sim.systems.lab_concepts import concepts

FILE = "lab_words.csv"

COLUMNS = ("axis", "local", "part", "relation")


def gather(entries: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Lists words and the parts of concepts that they stand for.

    A word that no concept knows is left out. A word for a specimen may stand for several parts.

    Args:
        entries: Entries of code books, by `sim.systems.lab_books.entries`.

    Returns:
        Columns axis (test, specimen or method), local (the word), part (the concept's component, specimen or
        method) and relation (equivalent, or narrower where the part says more than the word).
    """
    rows = set()
    for entry in entries:
        if not entry["loinc"]:
            continue
        concept = concepts().loc[entry["loinc"]]
        # What is narrower although the concept names no method must lie in the word for the test.
        says_more = entry["equivalence"] == "narrower" and not concept["method"]
        rows.add(
            ("test", entry["test_name"], concept["component"], "narrower" if says_more else "equivalent")
        )
        rows.add(("specimen", entry["specimen"], concept["specimen"], "equivalent"))
        if entry["method"] and entry["equivalence"] == "equivalent":
            rows.add(("method", entry["method"], concept["method"], "equivalent"))
    return pd.DataFrame(sorted(rows), columns=list(COLUMNS)).astype("str")


def describe(entries: Iterable[Mapping[str, Any]]) -> bytes:
    """Returns the glossary as it is shipped."""
    return gather(entries).to_csv(index=False, lineterminator="\n").encode("utf-8")
