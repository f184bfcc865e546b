"""Calls a learner's own function and says in one sentence what went wrong with it."""

import time
from collections.abc import Callable
from typing import Any

import pandas as pd

from sim.errors import HilabError
from sim.explore.words import STOPPED, UNWRITTEN
from sim.words import said

SECONDS = 10.0
"""Longest time the function may take."""


def ask(function: Callable[..., Any], *arguments: Any) -> tuple[Any, float]:
    """Calls a function with copies of tables, and other arguments as they are.

    Args:
        function: The learner's function.
        *arguments: What it is given.

    Returns:
        Its answer, and the seconds it took.

    Raises:
        HilabError: It is not written, stops with an error or takes too long.

    Example:
        >>> ask(len, "four")[0]
        4
        >>> ask(int, "four")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        sim.errors.HilabError: Your function stopped with ValueError: invalid literal ...
    """
    given = [each.copy() if isinstance(each, pd.DataFrame) else each for each in arguments]
    start = time.perf_counter()
    try:
        answer = function(*given)
    except NotImplementedError as error:
        raise HilabError(said(UNWRITTEN)) from error
    except Exception as error:
        raise HilabError(said(STOPPED, kind=type(error).__name__, error=error)) from error
    seconds = time.perf_counter() - start
    if seconds > SECONDS:
        slow = "Your function took {seconds:.0f} s; here it may take {most:.0f} s."
        raise HilabError(said(slow, seconds=seconds, most=SECONDS))
    return answer, seconds
