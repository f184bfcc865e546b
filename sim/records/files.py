"""One table as a file: Parquet, or CSV as Synthea writes it."""

import hashlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sim.records.columns import lookup
from sim.records.tables import DAYS, columns
from sim.records.values import number_texts

DECIMALS = {"QOLS_AVG": 4}
"""Decimals of numbers that are no amounts of money, which have two."""

RANDOM = ("ENCOUNTER", "APPOINTMENTID")
"""Columns of drawn ids, which packing would hardly shrink but slow down."""

_ROWS_AT_ONCE = 50_000
_SPECIAL = r'[",\n\r]'
_DATE_AND_TIME = len("2021-03-04 10:22:00")


def write_parquet(content: pa.Table, path: Path) -> None:
    """Writes a table as Parquet; texts come back as plain texts, whatever reads them."""
    packed = {name: "none" if name in RANDOM else "zstd" for name in content.column_names}
    pq.write_table(
        content,
        path,
        compression=packed,
        compression_level={name: 1 for name, how in packed.items() if how == "zstd"},
        use_dictionary=[field.name for field in content.schema if pa.types.is_dictionary(field.type)],
        dictionary_pagesize_limit=2**26,
        data_page_version="2.0",
        store_schema=False,
        write_statistics=False,
    )


def write_csv(content: pa.Table, name: str, path: Path, header: bool = True) -> None:
    """Writes a table as CSV: days as 2021-03-04, times as 2021-03-04T10:22:00Z, blanks as nothing.

    Args:
        content: The table.
        name: Which of Synthea's tables it is.
        path: Where to.
        header: Whether the names of the columns come first.
    """
    with path.open("wb") as file:
        if header:
            file.write((",".join(columns(name)) + "\n").encode("utf-8"))
        for start in range(0, len(content), _ROWS_AT_ONCE):
            file.write(_lines(content.slice(start, _ROWS_AT_ONCE), name))


def _lines(content: pa.Table, name: str) -> pa.Buffer:
    """Returns the lines of a table as one text."""
    days = DAYS.get(name, ())
    texts = [
        _text(content[column].combine_chunks(), column in days, DECIMALS.get(column, 2))
        for column in content.column_names
    ]
    lines = pc.binary_join_element_wise(*texts, pa.scalar(","), null_handling="replace", null_replacement="")
    lines = pa.concat_arrays([lines, pa.array([""])])
    return pc.binary_join(pa.ListArray.from_arrays([0, len(lines)], lines), "\n")[0].as_buffer()


def _text(column: pa.Array, day: bool, decimals: int) -> pa.Array:
    """Returns a column as texts, quoted where they need it."""
    if pa.types.is_dictionary(column.type):
        few = _text(column.dictionary, day, decimals)
        return pa.DictionaryArray.from_arrays(column.indices, few).cast(pa.string())
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.date32()).cast(pa.string()) if day else _moments(column)
    if pa.types.is_floating(column.type) and column.null_count < len(column):
        texts, place = number_texts(column.to_numpy(zero_copy_only=False), decimals)
        return lookup(pa.array(texts, pa.string()), place).cast(pa.string())
    return _quoted(column) if pa.types.is_string(column.type) else column.cast(pa.string())


def _quoted(texts: pa.Array) -> pa.Array:
    special = pc.match_substring_regex(texts, _SPECIAL)
    if not pc.any(special).as_py():
        return texts
    doubled = pc.replace_substring(texts, '"', '""')
    return pc.if_else(special, pc.binary_join_element_wise('"', doubled, '"', ""), texts)


def _moments(column: pa.Array) -> pa.Array:
    """Writes times in the form 2021-03-04T10:22:00Z."""
    known = column.drop_null().cast(pa.timestamp("s")).cast(pa.string())
    letters = np.full((len(known), _DATE_AND_TIME + 1), ord("Z"), dtype=np.uint8)
    if len(known):
        whole = np.frombuffer(known.buffers()[2], np.uint8, len(known) * _DATE_AND_TIME)
        letters[:, :-1] = whole.reshape(-1, _DATE_AND_TIME)
    letters[:, 10] = ord("T")
    there = np.asarray(column.is_valid())
    ends = np.concatenate([[0], np.cumsum(there * (_DATE_AND_TIME + 1))]).astype(np.int32)
    return pa.StringArray.from_buffers(len(column), pa.py_buffer(ends), pa.py_buffer(letters))


def checksum(path: Path) -> str:
    """Returns the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
