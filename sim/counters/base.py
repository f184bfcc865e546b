"""What a counting function is."""

from collections.abc import Callable
from typing import Any, Protocol

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


def truth_of(district: District) -> Truth:
    """Returns the district's truth.

    Raises:
        HilabError: It is not known.
    """
    if district.truth is None:
        raise HilabError("Situations can be counted only where the truth is known.")
    return district.truth
