"""Changes to a table that must not change a right answer: other order, other ids, another column.

They are the same at every call, so that equal code earns equal marks.
"""

from collections.abc import Iterable, Mapping

import pandas as pd

from sim.seeds import PUBLIC_KEY, Seeds


def shuffled(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Returns the rows in another order, with an index that counts from 0.

    Args:
        table: Any table.
        name: Names the order: another name, another order.
    """
    order = Seeds(PUBLIC_KEY, "variant", name).stream("rows").permutation(len(table))
    return table.iloc[order].reset_index(drop=True)


def widened(table: pd.DataFrame) -> pd.DataFrame:
    """Returns the table with a column in front that means nothing to any task."""
    wide = table.copy()
    wide.insert(0, "exported_by", "interface-7")
    return wide


def new_ids(ids: Iterable[str], prefix: str) -> dict[str, str]:
    """Returns a new id for every old one, in the same alphabetical order.

    Example:
        >>> new_ids(["b", "a", "b"], "N")
        {'a': 'N0000003', 'b': 'N0000010'}
    """
    old = sorted({i for i in ids if isinstance(i, str)})
    return {name: f"{prefix}{7 * rank + 3:07d}" for rank, name in enumerate(old)}


def renamed(table: pd.DataFrame, names: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    """Returns the table with other ids.

    Args:
        table: Any table.
        names: For each column the new id of every old one.
    """
    other = table.copy()
    for column, new in names.items():
        other[column] = other[column].map(new).astype(table[column].dtype)
    return other
