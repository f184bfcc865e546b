"""The tables of a population, in memory and as files."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.errors import HilabError
from sim.paths import datasets

TABLES = (
    *("patients", "encounters", "conditions", "observations"),
    *("medications", "procedures", "organizations", "providers"),
)
"""Names of the tables, which are also the names of Synthea's files."""

FORMATS = ("parquet", "csv")
"""Kinds of files that records can be written as."""

DAYS = {"patients": ("BIRTHDATE", "DEATHDATE"), "conditions": ("START", "STOP")}
"""Columns that hold a day; every other time is a day and a time of day."""

_ROWS_AT_ONCE = 100_000


@cache
def columns(table: str) -> tuple[str, ...]:
    """Returns the columns of one of Synthea's files, in order.

    Args:
        table: Name without extension.

    Example:
        >>> columns("procedures")[:4]
        ('START', 'STOP', 'PATIENT', 'ENCOUNTER')
    """
    schema = pd.read_csv(datasets("codes", "synthea_csv_schema.tsv"), sep="\t", encoding="utf-8")
    rows = schema[schema["file"] == f"{table}.csv"].sort_values("position")
    return tuple(rows["column"])


@dataclass
class Records:
    """Everything recorded about a population, without any mistake.

    Attributes:
        tables: For each name of `TABLES` a table with Synthea's columns. Times are datetime64[s] without
            zone and mean UTC; codes and values are texts; money is dollars.
        people: Everybody, the dead included; the index is the person number. Columns: those of
            `sim.population.people.COLUMNS`, alive, death_date, attempt, payer, and the vital signs and
            flags at death or, for the living, on the snapshot day. `person_id` is `patients.Id`.
    """

    tables: dict[str, pd.DataFrame]
    people: pd.DataFrame

    def write(self, folder: Path | str, format: str = "parquet") -> list[Path]:
        """Writes one file a table; a file appears under its name only when it is complete.

        Args:
            folder: Where to; made if it is not there.
            format: "parquet", or "csv" as Synthea writes it.

        Returns:
            The files written.

        Raises:
            HilabError: If the format is unknown or the folder cannot be written.
        """
        if format not in FORMATS:
            raise HilabError(f"The format of records is parquet or csv, not {format!r}.")
        folder = Path(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return [_write(self.tables[name], name, folder, format) for name in TABLES]
        except OSError as error:
            raise HilabError(
                f"{folder}: cannot write the records here ({error.strerror or error})."
            ) from error


def conform(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Puts a table into Synthea's columns; a column that the frame lacks is left blank."""
    frame = frame.reset_index(drop=True)
    blank = {name: pd.array([None] * len(frame), dtype="str") for name in columns(table) if name not in frame}
    frame = frame.assign(**blank)[list(columns(table))]
    loose = [name for name in frame if pd.api.types.is_object_dtype(frame[name])]
    return frame.astype(dict.fromkeys(loose, "str"))


def _write(frame: pd.DataFrame, name: str, folder: Path, format: str) -> Path:
    target = folder / f"{name}.{format}"
    draft = folder / f".{name}.{format}.part"
    try:
        if format == "parquet":
            _write_parquet(frame, draft)
        else:
            _write_csv(frame, name, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return target


def _chunks(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    for start in range(0, max(len(frame), 1), _ROWS_AT_ONCE):
        yield frame.iloc[start : start + _ROWS_AT_ONCE]


def _write_parquet(frame: pd.DataFrame, draft: Path) -> None:
    schema = pa.Schema.from_pandas(frame, preserve_index=False).remove_metadata()
    with pq.ParquetWriter(draft, schema, compression="zstd") as writer:
        for chunk in _chunks(frame):
            writer.write_table(pa.Table.from_pandas(chunk, schema, preserve_index=False))


def _write_csv(frame: pd.DataFrame, name: str, draft: Path) -> None:
    with draft.open("w", encoding="utf-8", newline="") as file:
        for number, chunk in enumerate(_chunks(frame)):
            _as_text(chunk, name).to_csv(file, index=False, header=number == 0, lineterminator="\n")


def _as_text(chunk: pd.DataFrame, name: str) -> pd.DataFrame:
    """Writes days as 2021-03-04 and times as 2021-03-04T10:22:00Z."""
    shown = {}
    for column in chunk.select_dtypes("datetime").columns:
        unit: Literal["D", "s"] = "D" if column in DAYS.get(name, ()) else "s"
        texts = pd.Series(
            np.datetime_as_string(chunk[column].to_numpy(dtype="datetime64[s]"), unit=unit), index=chunk.index
        )
        shown[column] = (texts if unit == "D" else texts + "Z").mask(chunk[column].isna())
    return chunk.assign(**shown)
