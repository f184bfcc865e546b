"""Texts of many rows that are few words: looked up without making a Python object for each row."""

from collections.abc import Iterable
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api.extensions import ExtensionArray

_TEXT = pd.StringDtype("pyarrow", na_value=np.nan)


def pick(words: Iterable[str | None], index: Any) -> ExtensionArray:
    """Looks up a word for each row.

    Args:
        words: The words; None is a blank.
        index: A position in the words for each row.

    Returns:
        Array of dtype `str`.

    Example:
        >>> list(pick(["a", "b"], [1, 1, 0]))
        ['b', 'b', 'a']
    """
    chosen = pa.array(list(words), pa.large_string()).take(pa.array(index, pa.int64()))
    return cast(ExtensionArray, pd.array(chosen, dtype=_TEXT))
