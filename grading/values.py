"""How arguments and answers cross the border between the judge and a student's code.

Arguments go in as one package: a JSON head and, behind it, tables as Arrow streams and raw bytes. Answers
come out as size-capped JSON of plain data and nothing else, and are checked strictly before use. What JSON
cannot say is an object with the key `$`: `{"$": "tuple", "v": [1, 2]}`.
"""

import datetime as dt
import json
import math
import mmap
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa

from grading.plainjson import DEPTH, LIMIT, SIZE, NotPlain, parse

__all__ = ["DEPTH", "LIMIT", "NotPlain", "decode", "encode", "pack", "plain", "same", "snapshot", "unpack"]

_WHOLE = 20_000
"""Most rows of a table that is faster compared whole than looked at column by column."""


def encode(value: Any) -> bytes:
    """Writes an answer as JSON, where the student's code runs.

    Plain data are None, True and False, numbers, text, dates and times, lists, tuples, sets,
    dictionaries, pandas tables and columns, and plotly figures (their data and layout). The index of a table
    is not part of it.

    Raises:
        NotPlain: The answer is something else, or larger than `LIMIT`.

    Example:
        >>> encode({"a": (1, 2.5), "b": float("nan")})
        b'{"a":{"$":"tuple","v":[1,2.5]},"b":{"$":"float","v":"nan"}}'
    """
    data = _json(_Writer(None).plain(value, DEPTH // 2 - 2))
    if len(data) > LIMIT:
        raise NotPlain(f"The answer is too large: {len(data):,} bytes, at most {LIMIT:,} are allowed.")
    return data


def decode(data: bytes) -> Any:
    """Reads an answer, trusting nothing.

    Raises:
        NotPlain: The bytes are not what `encode` writes.

    Example:
        >>> decode(encode({"a": (1, 2.5), "b": {3}}))
        {'a': (1, 2.5), 'b': {3}}
    """
    tree = parse(data)
    try:
        return _Reader([]).value(tree)
    except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise NotPlain("The answer is not in the agreed form.") from error


def plain(value: Any) -> Any:
    """Returns an answer as the judge would see it: encoded and decoded.

    Raises:
        NotPlain: The answer is not plain data.
    """
    return decode(encode(value))


def pack(value: Any) -> bytes:
    """Packs trusted values (arguments, prepared cases): tables as Arrow streams, bytes as they are.

    Example:
        >>> unpack(pack([b"raw", {"a": 1}]))
        [b'raw', {'a': 1}]
    """
    blobs: list[bytes] = []
    tree = _Writer(blobs).plain(value, 100)
    head = _json({"tree": tree, "sizes": [len(blob) for blob in blobs]})
    return b"".join([SIZE.pack(len(head)), head, *blobs])


def unpack(data: bytes | bytearray | mmap.mmap) -> Any:
    """Reads what `pack` wrote. Only for bytes of the trusted side.

    Tables may share memory with the data, as far as Arrow and pandas can do without a copy.
    """
    (length,) = SIZE.unpack_from(data)
    at = SIZE.size + length
    head = json.loads(bytes(data[SIZE.size : at]))
    blobs = []
    whole = memoryview(data)
    for size in head["sizes"]:
        blobs.append(whole[at : at + size])
        at += size
    return _Reader(blobs).value(head["tree"])


def snapshot(value: Any) -> Any:
    """Returns a copy of an argument that stays as it is whatever is done to the argument itself.

    Tables and columns are not copied: pandas copies them as soon as one of the two is changed. Only columns
    of Python objects are, for an object can be changed in place.

    Example:
        >>> import pandas as pd
        >>> table = pd.DataFrame({"a": [1, 2]})
        >>> before = snapshot([table])
        >>> table.loc[0, "a"] = 5
        >>> same([table], before), before[0]["a"].tolist()
        (False, [1, 2])
    """
    if isinstance(value, pd.DataFrame):
        kept = value.copy(deep=False)
        for at, dtype in enumerate(value.dtypes):
            if pd.api.types.is_object_dtype(dtype):
                kept.isetitem(at, snapshot(value.iloc[:, at]))
        return kept
    if isinstance(value, pd.Series):
        if not pd.api.types.is_object_dtype(value.dtype):
            return value.copy(deep=False)
        return pd.Series([snapshot(item) for item in value], value.index, object, value.name)
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, dict):
        return {key: snapshot(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return type(value)(map(snapshot, value))
    return value


def same(left: Any, right: Any) -> bool:
    """Whether two arguments are still alike: how a changed argument is noticed."""
    if type(left) is not type(right):
        return False
    if isinstance(left, pd.DataFrame):
        if list(left.columns) != list(right.columns):
            return False
        if len(left) <= _WHOLE and not any(map(_of_objects, left.dtypes)):
            return bool(left.equals(right))
        return bool(left.index.equals(right.index)) and all(
            _column_same(a, b) for (_, a), (_, b) in zip(left.items(), right.items(), strict=True)
        )
    if isinstance(left, pd.Series):
        return bool(left.index.equals(right.index)) and _column_same(left, right)
    if isinstance(left, np.ndarray):
        return bool(np.array_equal(left, right, equal_nan=left.dtype.kind in "fc"))
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right) or (left != left and right != right)


def _of_objects(dtype: Any) -> bool:
    return isinstance(dtype, np.dtype) and dtype.kind == "O"


def _column_same(left: pd.Series, right: pd.Series) -> bool:
    """Whether two columns are alike; those that share their memory need not be compared."""
    if left.dtype != right.dtype or len(left) != len(right):
        return False
    if isinstance(left.dtype, np.dtype):
        if left.dtype.kind == "O":
            return all(map(same, left, right))
        one, other = left.to_numpy(), right.to_numpy()
        if (
            one.__array_interface__["data"] == other.__array_interface__["data"]
            and one.strides == other.strides
        ):
            return True
    elif isinstance(left.dtype, pd.StringDtype | pd.ArrowDtype) and hasattr(left.array, "__arrow_array__"):
        one, other = left.array.__arrow_array__(), right.array.__arrow_array__()
        if one is other:
            return True
    return bool(left.equals(right))


def _json(tree: Any) -> bytes:
    text = json.dumps(tree, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", errors="surrogatepass")


class _Writer:
    """Turns values into what JSON can say; with `blobs`, tables and bytes are put aside there."""

    def __init__(self, blobs: list[bytes] | None) -> None:
        self.blobs = blobs
        self._placed: dict[int, tuple[pd.DataFrame, int]] = {}

    def plain(self, value: Any, depth: int) -> Any:
        """Returns the value for JSON; `depth` more levels are allowed."""
        if depth < 0:
            raise NotPlain("The answer is nested too deeply.")
        if value is None or value is pd.NA or value is pd.NaT:
            return None
        if isinstance(value, np.generic) and value.dtype.kind not in "mM":
            value = value.item()
        if isinstance(value, bool | int | float | str):
            return _scalar(value)
        if isinstance(value, pd.DataFrame):
            return self._table(value, depth)
        if isinstance(value, pd.Series | pd.Index):
            return {"$": "series", **self._column(pd.Series(value), depth)}
        if isinstance(value, np.ndarray) and value.ndim > 0:
            value = list(value) if value.dtype.kind in "mM" else value.tolist()
        if isinstance(value, list | tuple | set | frozenset | dict):
            return self._collection(value, depth - 1)
        if type(value).__module__.startswith("plotly.") and hasattr(value, "to_plotly_json"):
            return {"$": "figure", "v": self.plain(_figure(value), depth - 1)}
        if isinstance(value, bytes) and self.blobs is not None:
            return {"$": "bytes", "i": self._put(value)}
        return _moment(value)

    def _collection(self, value: Any, depth: int) -> Any:
        if isinstance(value, dict):
            if all(type(key) is str for key in value) and "$" not in value:
                return {key: self.plain(item, depth) for key, item in value.items()}
            pairs = [[self.plain(key, depth), self.plain(item, depth)] for key, item in value.items()]
            return {"$": "dict", "v": pairs}
        items = [self.plain(item, depth) for item in value]
        if isinstance(value, list):
            return items
        if isinstance(value, tuple):
            return {"$": "tuple", "v": items}
        return {"$": "set", "v": sorted(items, key=_json)}

    def _put(self, blob: bytes) -> int:
        assert self.blobs is not None
        self.blobs.append(blob)
        return len(self.blobs) - 1

    def _table(self, table: pd.DataFrame, depth: int) -> Any:
        names = list(table.columns)
        if odd := [name for name in names if not isinstance(name, str)]:
            raise NotPlain(f"A column of the table is called {odd[0]!r}; column names must be text.")
        if len(set(names)) < len(names):
            raise NotPlain("Two columns of the table have the same name.")
        if self.blobs is not None:
            if id(table) not in self._placed:  # the same table may stand in many cases
                self._placed[id(table)] = table, self._put(_to_arrow(table))
            return {"$": "arrow", "i": self._placed[id(table)][1]}
        columns = [
            {"name": str(name), **self._column(table.iloc[:, i], depth)} for i, name in enumerate(names)
        ]
        return {"$": "table", "rows": len(table) if names else 0, "columns": columns}

    def _column(self, column: pd.Series, depth: int) -> dict[str, Any]:
        if isinstance(column.dtype, pd.CategoricalDtype):
            column = column.astype(column.dtype.categories.dtype)
        dtype, gone = column.dtype, column.isna().tolist()
        if pd.api.types.is_float_dtype(dtype):
            floats = column.to_numpy(dtype=float, na_value=np.nan).tolist()
            return {"type": "float", "v": [None if item != item else _scalar(item) for item in floats]}
        if isinstance(dtype, np.dtype) and dtype.kind == "M":
            return {"type": "time", "v": _moments(column)}
        items = column.tolist()
        if pd.api.types.is_bool_dtype(dtype):
            return {"type": "bool", "v": _with_none(items, gone, bool)}
        if pd.api.types.is_integer_dtype(dtype):
            return {"type": "int", "v": _with_none(items, gone, int)}
        if all(missing or isinstance(item, str) for item, missing in zip(items, gone, strict=True)):
            return {"type": "text", "v": _with_none(items, gone, str)}
        return {"type": "object", "v": [self.plain(item, depth - 1) for item in items]}


def _with_none(items: list[Any], gone: list[bool], form: Any) -> list[Any]:
    return [None if missing else form(item) for item, missing in zip(items, gone, strict=True)]


def _moments(column: pd.Series) -> list[str | None]:
    """Returns times as ISO texts; whole seconds, which most are, all at once."""
    gone, times = column.isna().to_numpy(), column.to_numpy()
    whole = times.astype("datetime64[s]")
    if (gone | (whole == times)).all():
        return _with_none(np.datetime_as_string(whole).tolist(), gone.tolist(), str)
    return _with_none(column.tolist(), gone.tolist(), pd.Timestamp.isoformat)


def _scalar(value: bool | int | float | str) -> Any:
    if isinstance(value, bool):
        return value is True
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"$": "float", "v": repr(float(value))}
    return str(value)


def _figure(value: Any) -> Any:
    """Returns the data and the layout of a plotly figure, without the template of colours and fonts."""
    whole = value.to_plotly_json()
    layout = {key: item for key, item in whole["layout"].items() if key != "template"}
    return {"data": whole["data"], "layout": layout}


def _moment(value: Any) -> Any:
    if isinstance(value, dt.timedelta | np.timedelta64):
        return {"$": "duration", "v": pd.Timedelta(value).isoformat()}
    if isinstance(value, dt.datetime | np.datetime64):
        return {"$": "time", "v": pd.Timestamp(value).isoformat()}
    if isinstance(value, dt.date):
        return {"$": "date", "v": value.isoformat()}
    raise NotPlain(f"The answer contains a {type(value).__name__}, which is not plain data.")


def _to_arrow(table: pd.DataFrame) -> bytes:
    bare = table.copy(deep=False)
    bare.attrs = {}
    arrow = pa.Table.from_pandas(bare, preserve_index=False, nthreads=1)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, arrow.schema) as writer:
        writer.write_table(arrow)
    return bytes(sink.getvalue())


class _Reader:
    """Turns what JSON said into values again."""

    def __init__(self, blobs: Sequence[bytes | memoryview]) -> None:
        self.blobs = blobs
        self._tables: dict[int, pd.DataFrame] = {}

    def value(self, tree: Any) -> Any:
        """Returns the value that a tree stands for."""
        if isinstance(tree, list):
            return [self.value(item) for item in tree]
        if not isinstance(tree, dict):
            return tree
        if "$" not in tree:
            return {key: self.value(item) for key, item in tree.items()}
        return self._tagged(tree["$"], tree)

    def _tagged(self, kind: str, tree: dict[str, Any]) -> Any:
        match kind:
            case "tuple":
                return tuple(self.value(tree["v"]))
            case "set":
                return set(self.value(tree["v"]))
            case "dict":
                return {self.value(key): self.value(item) for key, item in tree["v"]}
            case "float":
                return float({"nan": "nan", "inf": "inf", "-inf": "-inf"}[tree["v"]])
            case "time":
                return pd.Timestamp(tree["v"])
            case "date":
                return dt.date.fromisoformat(tree["v"])
            case "duration":
                return pd.Timedelta(tree["v"])
            case "series":
                return self._column(tree)
            case "table":
                return self._table(tree)
            case "figure":
                return self.value(tree["v"])
            case "bytes":
                return bytes(self.blobs[tree["i"]])
            case "arrow":
                return self._arrow(tree["i"])
        raise NotPlain("The answer is not in the agreed form.")

    def _arrow(self, place: int) -> pd.DataFrame:
        """Returns a table; each time a copy, for one may be changed and the others stay."""
        if place not in self._tables:
            with pa.ipc.open_stream(pa.py_buffer(self.blobs[place])) as reader:
                self._tables[place] = reader.read_all().to_pandas(use_threads=False)
        return cast(pd.DataFrame, snapshot(self._tables[place]))

    def _table(self, tree: dict[str, Any]) -> pd.DataFrame:
        rows, columns = tree["rows"], tree["columns"]
        names = [column["name"] for column in columns]
        if any(type(name) is not str for name in names) or len(set(names)) < len(names):
            raise NotPlain("The table's column names are not in the agreed form.")
        lengths = {len(column["v"]) for column in columns} or {0}
        if type(rows) is not int or lengths != {rows}:
            raise NotPlain("The columns of the table differ in length.")
        return pd.DataFrame({column["name"]: self._column(column) for column in columns})

    def _column(self, tree: dict[str, Any]) -> pd.Series:
        items = tree["v"]
        blank = None in items
        match tree["type"]:
            case "bool":
                _only(items, bool)
                return pd.Series(items, dtype="boolean" if blank else "bool")
            case "int":
                _only(items, int)
                return pd.Series(items, dtype="Int64" if blank else "int64")
            case "float":
                floats = [np.nan if item is None else self.value(item) for item in items]
                return pd.Series([float(item) for item in floats], dtype="float64")
            case "text":
                _only(items, str)
                return pd.Series(items, dtype="str")
            case "time":
                _only(items, str)
                return pd.Series(pd.to_datetime(pd.Series(items, dtype="str"), format="ISO8601"))
            case "object":
                return pd.Series([self.value(item) for item in items], dtype=object)
        raise NotPlain("The answer is not in the agreed form.")


def _only(items: list[Any], kind: type) -> None:
    if not set(map(type, items)) <= {kind, type(None)}:
        raise NotPlain("A column of the table mixes kinds of values.")
