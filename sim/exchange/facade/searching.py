"""Search requests: read strictly, then answered from a shelf."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from sim.exchange.facade.columns import Rows, Words
from sim.exchange.facade.parameters import PARAMETERS, Parameter
from sim.exchange.facade.refusals import bad
from sim.exchange.facade.shelves import Shelf

COUNT, MOST = 50, 500
"""Resources on a page: unless told otherwise, and at most."""

FURTHEST = 10_000_000
"""Largest number of resources that can be skipped."""

CRITERIA, CHOICES = 20, 200
"""Most criteria of a request, and most values of one."""

MODIFIERS = {"string": ("exact", "contains"), "token": (), "date": (), "reference": ()}
FORMATS = ("json", "application/json", "application/fhir+json")


@dataclass(frozen=True)
class Criterion:
    """One thing that must hold.

    Attributes:
        name: Parameter as it was written, such as "family:exact".
        parameter: What it is.
        modifier: What follows the colon.
        values: Values, of which one must fit.
    """

    name: str
    parameter: Parameter
    modifier: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Search:
    """A search request.

    Attributes:
        kind: Type of resource.
        criteria: What must hold.
        count: Resources on a page.
        offset: Resources to skip.
        counting: Whether only the number is wanted.
        asked: The criteria as they were written, for links.
    """

    kind: str
    criteria: tuple[Criterion, ...] = ()
    count: int = COUNT
    offset: int = 0
    counting: bool = False
    asked: tuple[tuple[str, str], ...] = field(default=())


def read_search(kind: str, pairs: Iterable[tuple[str, str]]) -> Search:
    """Reads a search request; whatever is not understood is refused, not skipped.

    Args:
        kind: Type of resource, one of `parameters.KINDS`.
        pairs: Names and values.

    Raises:
        Refusal: Something is malformed.

    Example:
        >>> read_search("Patient", [("family", "Li,Lin"), ("_count", "5")]).criteria[0].values
        ('Li', 'Lin')
    """
    criteria, asked, control = [], [], {"_count": COUNT, "_offset": 0}
    counting, seen = False, set()
    for name, value in pairs:
        if name.startswith("_") and name != "_id":
            if name in seen:
                raise bad(f"'{name}' stands twice in the request.")
            seen.add(name)
        if name in control:
            control[name] = _number(name, value)
        elif name == "_format":
            _format(value)
        elif name == "_summary":
            counting = _one_of(name, value, ("count", "false")) == "count"
            asked.append((name, value))
        elif name == "_total":
            _one_of(name, value, ("none", "estimate", "accurate"))
        else:
            criteria.append(_criterion(kind, name, value))
            asked.append((name, value))
    if len(criteria) > CRITERIA:
        raise bad(f"Expected at most {CRITERIA} criteria, found {len(criteria)}.", "too-costly")
    return Search(
        kind, tuple(criteria), min(control["_count"], MOST), control["_offset"], counting, tuple(asked)
    )


def _number(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) <= 9) or int(value) > FURTHEST:
        raise bad(f"{name}: expected a whole number from 0 to {FURTHEST}, found '{value}'.", "value")
    return int(value)


def _format(value: str) -> None:
    if value.replace(" ", "+").split(";")[0] not in FORMATS:
        raise bad(f"_format: the exchange speaks JSON only, found '{value}'.", "not-supported")


def _one_of(name: str, value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise bad(f"{name}: expected one of {', '.join(known)}, found '{value}'.", "not-supported")
    return value


def _criterion(kind: str, name: str, value: str) -> Criterion:
    plain, _, modifier = name.partition(":")
    known = PARAMETERS.get(kind, {})
    parameter = known.get(plain)
    if parameter is None:
        listed = ", ".join(known) or "nothing"
        raise bad(f"{kind} cannot be searched by '{plain}'; it can by {listed}.", "not-supported")
    if (modifier or ":" in name) and modifier not in MODIFIERS[parameter.form]:
        raise bad(f"'{plain}' cannot be searched with ':{modifier}'.", "not-supported")
    values = tuple(value.split(","))
    if not all(each.strip() for each in values):
        raise bad(f"{name}: expected a value.", "value")
    if len(values) > CHOICES:
        raise bad(f"{name}: expected at most {CHOICES} values.", "too-costly")
    return Criterion(name, parameter, modifier, values)


def find(shelf: Shelf, search: Search, offset: str) -> Rows:
    """Returns which rows of a shelf fit a search, whoever may see them.

    Args:
        shelf: The shelf of the search's type.
        search: The request.
        offset: Offset of the district's clocks.

    Raises:
        Refusal: A value is malformed.
    """
    rows: Rows = np.ones(len(shelf), dtype=bool)
    for criterion in search.criteria:
        hits: Rows = np.zeros(len(shelf), dtype=bool)
        for column in criterion.parameter.columns:
            if column in shelf.table:
                hits |= _fitting(shelf, column, criterion, offset)
        rows &= hits
    return rows


def _fitting(shelf: Shelf, column: str, criterion: Criterion, offset: str) -> Rows:
    form = criterion.parameter.form
    if form == "date":
        times = shelf.times(column)
        dated: Rows = np.logical_or.reduce([times.fitting(value, offset) for value in criterion.values])
        return dated
    words = shelf.words(column)
    if form == "string":
        return _string(words, criterion)
    if form == "reference":
        wanted = {_target(value) for value in criterion.values}
        return words.fitting(lambda text: text in wanted)
    wanted = set(criterion.values)
    systems = tuple(value for value in wanted if value.endswith("|"))
    bare = {value.lstrip("|") for value in wanted}
    return words.fitting(
        lambda text: text in wanted or _code(text) in bare or (bool(systems) and text.startswith(systems))
    )


def _string(words: Words, criterion: Criterion) -> Rows:
    if criterion.modifier == "exact":
        wanted = set(criterion.values)
        return words.fitting(lambda text: text in wanted)
    folded = tuple(value.strip().casefold() for value in criterion.values)
    if criterion.modifier == "contains":
        return words.fitting(lambda text: any(each in text for each in folded), folded=True)
    return words.fitting(lambda text: text.startswith(folded), folded=True)


def _code(text: str) -> str:
    """Returns the code of a token that may carry a system, as in "http://loinc.org|2345-7"."""
    return text.rpartition("|")[2]


def _target(value: str) -> str:
    """Returns the id that a reference names: "Patient/1", an address that ends so, or "1" alone."""
    return value.strip().rpartition("/")[2]
