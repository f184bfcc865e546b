"""Keeps what several checks make of the same case or answer, for as long as that lives."""

import functools
import weakref
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def once(make: Callable[..., T]) -> Callable[..., T]:
    """Returns a function that does its work once for the same objects; they are told apart by identity.

    Args:
        make: What is to be done. Its arguments must be objects that nobody changes and that can be referred
            to weakly, such as cases and tables; what it returns must not hold them.

    Example:
        >>> import pandas as pd
        >>> counted = []
        >>> rows = once(lambda table: counted.append(1) or len(table))
        >>> table = pd.DataFrame({"bed": ["B1", "B2"]})
        >>> rows(table), rows(table), rows(table.copy()), len(counted)
        (2, 2, 2, 2)
    """
    known: dict[tuple[int, ...], T] = {}

    @functools.wraps(make)
    def kept(*given: Any) -> T:
        key = tuple(map(id, given))
        if key not in known:
            known[key] = make(*given)
            for each in given:
                weakref.finalize(each, known.pop, key, None).atexit = False
        return known[key]

    return kept
