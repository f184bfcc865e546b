"""Columns of Arrow tables, made without a Python object for each row."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sim.population.numbers import Ints, uuid_letters

Days = npt.NDArray[np.float64]

TEXT = pa.dictionary(pa.int32(), pa.string())
"""Type of a column of few different texts."""

DAY_MS = 86_400_000
_EPOCH_MS = -25_567 * DAY_MS


def words(texts: Sequence[str | None], index: Any) -> pa.DictionaryArray:
    """Looks up a word for each row.

    Args:
        texts: The words; None and "" are blanks.
        index: A position in the words for each row; -1 is a blank.

    Example:
        >>> words(["a", "b", None], np.array([1, 2, -1, 0])).to_pylist()
        ['b', None, None, 'a']
    """
    different: dict[str, int] = {}
    code = [different.setdefault(text, len(different)) if text else -1 for text in texts]
    return lookup(pa.array(list(different), pa.string()), np.array([*code, -1], dtype=np.int32)[index])


def lookup(values: pa.Array, index: Any) -> pa.DictionaryArray:
    """Returns a column of positions in an array of different values; -1 is a blank."""
    index = np.asarray(index, dtype=np.int32)
    blank = index < 0
    places = pa.array(index, mask=blank) if blank.any() else pa.array(index)
    return pa.DictionaryArray.from_arrays(places, values)


def references(ids: pa.Array, index: Ints) -> pa.Array:
    """Returns an id for each row: as words where ids repeat often, else as plain texts."""
    if len(index) > len(ids):
        return lookup(ids, index)
    return ids.take(pa.array(index))


def uuids(raw: npt.NDArray[np.uint8]) -> pa.StringArray:
    """Writes 16 bytes a row, shape (n, 16), as UUIDs.

    Example:
        >>> uuids(np.arange(16, dtype=np.uint8)[None])[0].as_py()
        '00010203-0405-0607-0809-0a0b0c0d0e0f'
    """
    return letters(uuid_letters(raw))


def letters(text: npt.NDArray[np.uint8]) -> pa.StringArray:
    """Makes texts of one length from their letters, shape (n, length), in ASCII."""
    rows, length = text.shape
    ends = np.arange(0, (rows + 1) * length, max(length, 1), dtype=np.int32)[: rows + 1]
    return pa.StringArray.from_buffers(rows, pa.py_buffer(ends), pa.py_buffer(np.ascontiguousarray(text)))


def digits(number: Ints, length: int) -> npt.NDArray[np.uint8]:
    """Writes the last digits of numbers as letters, shape (n, length), with leading zeros.

    Example:
        >>> letters(digits(np.array([42, 7]), 3)).to_pylist()
        ['042', '007']
    """
    powers = 10 ** np.arange(length - 1, -1, -1, dtype=np.int64)
    return ((np.asarray(number, dtype=np.int64)[:, None] // powers) % 10 + ord("0")).astype(np.uint8)


def join(parts: Sequence[str | npt.NDArray[np.uint8]], rows: int) -> npt.NDArray[np.uint8]:
    """Puts letters side by side; a plain text stands in every row."""
    fixed = {
        i: np.frombuffer(part.encode("ascii"), np.uint8)
        for i, part in enumerate(parts)
        if isinstance(part, str)
    }
    whole = [np.tile(fixed[i], (rows, 1)) if i in fixed else np.asarray(part) for i, part in enumerate(parts)]
    return np.concatenate(whole, axis=1)


def times(days: Days) -> pa.TimestampArray:
    """Returns points in time to the second; days count from 1900-01-01, NaN stays blank.

    Example:
        >>> print(times(np.array([0.5]))[0])
        1900-01-01 12:00:00
    """
    never = np.isnan(days)
    seconds = np.rint(np.where(never, 0.0, days) * 86_400).astype(np.int64)
    return pa.array(seconds * 1000 + _EPOCH_MS, mask=never).cast(pa.timestamp("ms"))


def dates(days: Days) -> pa.TimestampArray:
    """Returns the days alone, as times at midnight; NaN stays blank."""
    return times(np.floor(np.round(days * 86_400) / 86_400))


def constant(text: str, rows: int) -> pa.DictionaryArray:
    """Returns one text in every row."""
    return words([text], np.zeros(rows, dtype=np.int32))


def blank(rows: int, kind: pa.DataType = TEXT) -> pa.Array:
    """Returns a column without any value."""
    return pa.nulls(rows, kind)


def numbers(values: Ints, known: npt.NDArray[np.bool_] | None = None) -> pa.DictionaryArray:
    """Returns a column of few different small whole numbers, 0 or more, blank where they are not known.

    Example:
        >>> numbers(np.array([2, 0, 2]), np.array([True, True, False])).to_pylist()
        [2, 0, None]
    """
    index = np.asarray(values, dtype=np.int32)
    most = int(index.max(initial=0))
    return lookup(pa.array(np.arange(most + 1)), index if known is None else np.where(known, index, -1))


def dollars(cents: Any) -> pa.DoubleArray:
    """Returns amounts in dollars."""
    return pa.array(np.asarray(cents, dtype=np.float64) / 100.0)
