"""What a table of a district is: its columns, who keeps it and how it is shipped."""

from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

Kind = Literal["text", "time", "number", "flag"]
"""Text; a point in time to the second; a number; true or false."""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        name: Its name.
        kind: What it holds.
        meaning: What a value says, with unit and range.
    """

    name: str
    kind: Kind
    meaning: str


@dataclass(frozen=True)
class Table:
    """A kind of table that one or several facilities keep.

    Attributes:
        name: Its plain name, such as "lis_results".
        about: What one row is, in a sentence.
        key: The column that names a record in the ledger; one with an underscore where no column does.
        columns: The columns that leave the simulator, in order.
        facilities: Who keeps one. The first one's table has the plain name, the others' the facility's code
            in front: "h2_lis_results".
        parquet: Whether it is shipped as Parquet; if not, its recorder writes it into a file.
    """

    name: str
    about: str
    key: str
    columns: tuple[Column, ...]
    facilities: tuple[str, ...] = ("H1",)
    parquet: bool = True

    def name_at(self, facility: str) -> str:
        """Returns the full name of a facility's table.

        Example:
            >>> results = Table("lis_results", "", "row_id", (), ("H1", "H2"))
            >>> results.name_at("H1"), results.name_at("H2")
            ('lis_results', 'h2_lis_results')
        """
        return self.name if facility == self.facilities[0] else f"{facility.lower()}_{self.name}"


def publish(table: pd.DataFrame, kind: Table) -> pd.DataFrame:
    """Returns the columns that leave the simulator, in order and of their declared kinds.

    Args:
        table: A working table; columns with an underscore are dropped.
        kind: What it is.
    """
    told = {column.name: _of_kind(table[column.name], column.kind).array for column in kind.columns}
    return pd.DataFrame(told, copy=False)


def _of_kind(cells: "pd.Series[Any]", kind: Kind) -> "pd.Series[Any]":
    if kind == "text":
        return cells.astype("str")
    return cells.astype("datetime64[s]") if kind == "time" else cells
