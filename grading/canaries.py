"""Looks whether a student's code changed what comparisons rest on, where that code runs.

Nothing is compared there, so such a change gains nothing; it is a sign that somebody tried. This module is
imported before any student's code runs, and remembers the functions as they were.
"""

import builtins
import json
import math
import operator
from typing import Any

import numpy as np
import pandas as pd

from grading import values

_BUILT_IN = (
    "abs", "all", "any", "bool", "dict", "float", "getattr", "int", "isinstance", "len", "list", "max", "min",
    "round", "set", "sorted", "str", "sum", "tuple", "type", "zip",
)  # fmt: skip

_WATCHED: dict[str, tuple[tuple[Any, tuple[str, ...]], ...]] = {
    "a built-in function": ((builtins, _BUILT_IN),),
    "pandas": (
        (pd.DataFrame, ("__eq__", "__ne__", "all", "any", "equals")),
        (pd.Series, ("__eq__", "__ne__", "all", "any", "equals")),
        (pd.testing, ("assert_frame_equal", "assert_series_equal")),
    ),
    "numpy": ((np, ("all", "allclose", "any", "array_equal", "isclose")), (np.testing, ("assert_allclose",))),
    "math, json or operator": (
        (math, ("isclose", "isnan")),
        (json, ("dumps", "loads")),
        (operator, ("eq", "ne")),
    ),
    "the look at changed arguments": ((values, ("encode", "same", "snapshot")),),
}


def _code(function: Any) -> Any:
    """Returns what a function runs: it can be exchanged while the function stays the same object."""
    return getattr(function, "__code__", None)


_REMEMBERED = tuple(
    (what, holder, name, getattr(holder, name), _code(getattr(holder, name)))
    for what, places in _WATCHED.items()
    for holder, names in places
    for name in names
)


def changed() -> str:
    """Returns what was changed in words, or an empty text.

    Example:
        >>> import math
        >>> before, math.isclose = math.isclose, lambda *given: True
        >>> changed()
        'math, json or operator was changed'
        >>> math.isclose = before
        >>> changed()
        ''
    """
    for what, holder, name, function, code in _REMEMBERED:
        now = getattr(holder, name, None)
        if now is not function or _code(now) is not code:
            return f"{what} was changed"
    return ""
