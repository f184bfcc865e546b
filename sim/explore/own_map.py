"""Lets the learner's own map of local codes work on the learner's own district."""

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

import pandas as pd

from sim.countries import COUNTRIES
from sim.errors import HilabError
from sim.explore.asking import ask
from sim.systems import lab_concepts, lab_words
from sim.systems.facilities import HOSPITALS
from sim.systems.lab_books import LAB_CODES, entries
from sim.systems.lis import LIS_RESULTS
from sim.words import said

_WORDS = ["test_name", "specimen", "method", "unit"]
_ENTRY = ["facility", "test_code", "valid_from"]


def own_map(function: Callable[..., Any], tables: Mapping[str, pd.DataFrame]) -> tuple[int, int, int]:
    """Counts the results of a district that would get a wrong code.

    A result is wrong if the entry of its code on its day is missing from the map, or has another concept than
    the books' authors know (none, where none fits).

    Args:
        function: `map_codes(book, concepts, words)`.
        tables: The district's tables; its code books tell the country.

    Returns:
        Wrong results, all results, entries of the books.

    Raises:
        HilabError: The function fails or its answer has another form.
    """
    parts = [tables[LAB_CODES.name_at(code)].assign(facility=code) for code in HOSPITALS]
    book = pd.concat(parts, ignore_index=True)
    country = _country(book)
    known = [{**entry, "facility": code} for code in HOSPITALS for entry in entries(code, country)]
    concepts, words = (_read(content) for content in (lab_concepts.describe(), lab_words.describe(known)))
    told = _ask(function, book, concepts, words)
    true = _with_truth(book, known).merge(told, on=_ENTRY, how="left", suffixes=("", "_told"))
    blank = true["loinc_told"].isna() | (true["loinc_told"] == "")
    wrong = true["equivalence_told"].isna() | (true["loinc_told"].mask(blank, "") != true["loinc"])
    counts = _count(book, tables)
    return int(counts[wrong.to_numpy()].sum()), int(counts.sum()), len(book)


def _country(book: pd.DataFrame) -> str:
    """Returns the country whose books have these words."""
    names = set(book["test_name"])
    known = {country: {entry["test_name"] for code in HOSPITALS for entry in entries(code, country)}
             for country in COUNTRIES}  # fmt: skip
    return max(known, key=lambda country: len(known[country] & names))


def _read(content: bytes) -> pd.DataFrame:
    return pd.read_csv(BytesIO(content), dtype="str", encoding="utf-8")


def _ask(function: Callable[..., Any], *tables: pd.DataFrame) -> pd.DataFrame:
    answer, _ = ask(function, *tables)
    columns = [*_ENTRY, "loinc", "equivalence"]
    if not isinstance(answer, pd.DataFrame) or not set(columns) <= set(answer.columns):
        wanted = "Your function must return a table with the columns {columns}."
        raise HilabError(said(wanted, columns=", ".join(columns)))
    return answer[columns].drop_duplicates(_ENTRY)


def _with_truth(book: pd.DataFrame, known: list[dict[str, Any]]) -> pd.DataFrame:
    """Returns facility, code, first day, concept and equivalence of each entry, in the order of the book."""
    truth = {(entry["facility"], *(entry[word] for word in _WORDS)): entry for entry in known}
    keys = book[["facility", *_WORDS]].fillna("").itertuples(index=False, name=None)
    found = [truth[key] for key in keys]
    return book[_ENTRY].assign(
        loinc=[entry["loinc"] for entry in found], equivalence=[entry["equivalence"] for entry in found]
    )


def _count(book: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> pd.Series:
    """Counts the results of each entry, in the order of the book."""
    parts = [tables[LIS_RESULTS.name_at(code)].assign(facility=code) for code in HOSPITALS]
    results = pd.concat(parts, ignore_index=True)[["facility", "test_code", "collected_at"]]
    day = results["collected_at"].dt.strftime("%Y-%m-%d")
    seen = (
        results.assign(day=day).groupby(["facility", "test_code", "day"]).size().rename("count").reset_index()
    )
    rows = book.reset_index(names="entry").merge(seen, on=["facility", "test_code"])
    valid = (rows["valid_from"] <= rows["day"]) & (rows["day"] <= rows["valid_to"].fillna("9999"))
    return rows[valid].groupby("entry")["count"].sum().reindex(book.index, fill_value=0)
