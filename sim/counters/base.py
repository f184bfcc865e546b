"""What a counting function is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import pandas as pd

from sim.errors import HilabError
from sim.truth import Truth


class District(Protocol):
    """What is counted in: tables, files and what the district is, with their truth."""

    tables: dict[str, pd.DataFrame]
    files: dict[str, bytes]
    manifest: dict[str, Any]
    truth: Truth | None


COUNTERS: dict[str, Callable[[District], int]] = {}
"""The counting functions by name."""


def counter(function: Callable[[Any], int]) -> Callable[[Any], int]:
    """Registers a counting function under its name."""
    COUNTERS[function.__name__] = function
    return function


P = ParamSpec("P")
Found = TypeVar("Found")

_SHARED: ContextVar[dict[tuple[Any, ...], Any] | None] = ContextVar("_SHARED", default=None)
"""What was found in the district that is being counted, by function and arguments; None outside a count."""


@contextmanager
def sharing() -> Iterator[None]:
    """Lets `shared` functions remember what they found, until one district is counted."""
    token = _SHARED.set({})
    try:
        yield
    finally:
        _SHARED.reset(token)


def shared(
    function: Callable[Concatenate[District, P], Found],
) -> Callable[Concatenate[District, P], Found]:
    """Lets several counting functions share what one function finds; nobody may change it."""

    def once(district: District, /, *args: P.args, **kwargs: P.kwargs) -> Found:
        known = _SHARED.get()
        if known is None:
            return function(district, *args, **kwargs)
        key = (function, id(district), *args, *kwargs.items())
        if key not in known:
            known[key] = function(district, *args, **kwargs)
        found: Found = known[key]
        return found

    update_wrapper(once, function)
    return once


def truth_of(district: District) -> Truth:
    """Returns the district's truth.

    Raises:
        HilabError: It is not known.
    """
    if district.truth is None:
        raise HilabError("Situations can be counted only where the truth is known.")
    return district.truth
