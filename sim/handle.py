"""A population in a folder, read table by table when it is looked at."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.records.layout import connect, find_tables
from sim.records.tables import TABLES


class Table:
    """One table of a population; nothing is read before it is asked for.

    Args:
        population: The population.
        name: Name of the table.
    """

    def __init__(self, population: "Population", name: str) -> None:
        """Remembers the place."""
        self._population, self.name = population, name

    def __len__(self) -> int:
        """Returns the number of rows."""
        if self.name not in self._population.files:
            return 0
        return int(self.duckdb().aggregate("count(*)").fetchall()[0][0])

    def arrow(self) -> pa.Table:
        """Reads the table as Arrow."""
        files = self._population.files[self.name]
        if files[0].suffix == ".parquet":
            return pa.concat_tables(pq.read_table(file, partitioning=None) for file in files)
        return self.duckdb().to_arrow_table()

    def pandas(self) -> pd.DataFrame:
        """Reads the table as pandas: texts are `str`, times datetime64 without zone, meaning UTC."""
        frame: pd.DataFrame = self.arrow().to_pandas()
        return frame

    def duckdb(self) -> Any:
        """Returns the table as a relation of DuckDB, of which further questions can be asked."""
        return self._population.database.sql(f'FROM "{self.name}"')

    def __repr__(self) -> str:
        """Says what the table is, and how long."""
        return f"<{self.name}: {len(self):,} rows; read it with .pandas(), .arrow() or .duckdb()>"


class Population:
    """A population with Synthea's 19 tables as attributes: `.patients`, `.conditions` and so on.

    Args:
        folder: Where its files are, or will be.
        fill: Makes the files; called when the population is first looked at.

    Example:
        >>> import sim; sim.generate(100)  # doctest: +ELLIPSIS
        <Population in ..., not generated yet>
    """

    def __init__(self, folder: Path | str, fill: Callable[[], object] | None = None) -> None:
        """Remembers the place; nothing is generated or read yet."""
        self.folder, self._fill = Path(folder), fill

    @classmethod
    def open(cls, folder: Path | str) -> "Population":
        """Opens a population that is there: hilab's, or Synthea's in CSV.

        Raises:
            HilabError: If the folder holds no population; said when it is first looked at.
        """
        return cls(folder)

    @cached_property
    def files(self) -> dict[str, list[Path]]:
        """The files of each table; generates the population if need be."""
        if self._fill is not None:
            self._fill()
        return find_tables(self.folder)

    @cached_property
    def database(self) -> Any:
        """A connection to DuckDB with one view a table; generates the population if need be."""
        assert self.files
        database = connect(self.folder)
        database.execute("SET preserve_insertion_order=true")
        return database

    def __getattr__(self, name: str) -> Table:
        """Returns a table."""
        if name in TABLES:
            return Table(self, name)
        raise AttributeError(f"A population has no {name!r}; its tables are {', '.join(TABLES)}.")

    def __dir__(self) -> list[str]:
        """Lists the tables, too."""
        return [*super().__dir__(), *TABLES]

    def __repr__(self) -> str:
        """Says what is there."""
        if "files" not in self.__dict__ and self._fill is not None:
            return f"<Population in {self.folder}, not generated yet>"
        rows = [f"  {name:20}{len(Table(self, name)):>12,} rows" for name in TABLES]
        return "\n".join([f"<Population in {self.folder}>", *rows])
