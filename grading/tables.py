"""Shows tables and values in Markdown, for pages that people read."""

from typing import Any

import pandas as pd

_ROWS = 20
_CELL = 60
_VALUE = 600
_WIDE = 7


def markdown(table: pd.DataFrame, rows: int = _ROWS) -> str:
    r"""Returns a table in Markdown; a wide one of few rows is turned, one line a column.

    Args:
        table: Any table.
        rows: Most rows that are shown.

    Example:
        >>> print(markdown(pd.DataFrame({"bed": ["B|1", None], "used": [1, 0]})))
        | bed | used |
        |---|---|
        | B\|1 | 1 |
        |  | 0 |
    """
    shown = table.head(rows)
    names = [_cell(name) for name in shown.columns]
    body = [[_cell(value) for value in row] for row in shown.itertuples(index=False, name=None)]
    if len(names) > _WIDE and len(body) <= _WIDE:
        turned = [[name, *(row[place] for row in body)] for place, name in enumerate(names)]
        names, body = ["column", *(f"row {number}" for number in range(1, len(body) + 1))], turned
    lines = [f"| {' | '.join(names)} |", "|" + "---|" * len(names)]
    lines += [f"| {' | '.join(row)} |" for row in body]
    more = len(table) - len(shown)
    return "\n".join(lines) + (f"\n\nand {more:,} more rows" if more else "")


def _cell(value: Any) -> str:
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and value != value):
        return ""
    text = " ".join(str(value).split()).replace("|", "\\|")
    return text if len(text) <= _CELL else text[: _CELL - 1] + "…"


def short(value: Any) -> str:
    """Returns a value as Python writes it, cut off if it is long.

    Example:
        >>> short({"wrong": 3})
        "{'wrong': 3}"
    """
    text = " ".join(repr(value).split()).replace("`", "'")
    return text if len(text) <= _VALUE else text[: _VALUE - 1] + "…"
