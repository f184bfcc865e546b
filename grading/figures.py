"""Figures as plain data: what a plotly figure shows, without how it looks.

A figure crosses the border as JSON like any other answer. Nothing of it is trusted: unknown kinds of traces
are named and not read, and long ones are cut.
"""

import base64
import binascii
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

MOST_TRACES = 12
"""Most traces of a figure that are read."""

MOST_POINTS = 5_000
"""Most points of a trace that are read."""

KINDS = ("scatter", "scattergl", "bar", "histogram", "box", "violin")
"""Kinds of traces whose data are compared and drawn."""

Item = float | str


@dataclass(frozen=True)
class Trace:
    """One series of a figure.

    Attributes:
        kind: scatter, bar, histogram, box or violin; another kind is kept by name, without data.
        name: Its name in the legend.
        x: Values along x, numbers or words; times are numbers (seconds since 1970) if `times` says so.
        y: Values along y.
        mode: Of scatter: lines, markers, or both.
        horizontal: Whether bars lie.
        times: Whether x holds times.
    """

    kind: str
    name: str = ""
    x: tuple[Item, ...] = ()
    y: tuple[Item, ...] = ()
    mode: str = "markers"
    horizontal: bool = False
    times: bool = False


@dataclass(frozen=True)
class Figure:
    """What a figure shows.

    Attributes:
        title: Its title.
        x_title: Title of the x axis.
        y_title: Title of the y axis.
        traces: Its series.
    """

    title: str
    x_title: str
    y_title: str
    traces: tuple[Trace, ...]


def is_figure(value: Any) -> bool:
    """Whether an answer is a figure as it arrives at the judge.

    Example:
        >>> is_figure({"data": [], "layout": {}}), is_figure([1])
        (True, False)
    """
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("data"), list)
        and set(value) <= {"data", "layout"}
    )


def read_figure(value: Any) -> Figure | None:
    """Reads a figure from plain data; None if it is none.

    Example:
        >>> found = read_figure({"data": [{"type": "bar", "x": ["a"], "y": [2]}], "layout": {}})
        >>> found.traces[0].kind, found.traces[0].x, found.traces[0].y
        ('bar', ('a',), (2.0,))
    """
    if not is_figure(value):
        return None
    layout = value.get("layout")
    layout = layout if isinstance(layout, Mapping) else {}
    axes = [layout.get(name) for name in ("xaxis", "yaxis")]
    traces = tuple(_trace(trace) for trace in value["data"][:MOST_TRACES] if isinstance(trace, Mapping))
    return Figure(_title(layout), _title(axes[0]), _title(axes[1]), traces)


def plain_figure(figure: Figure) -> dict[str, Any]:
    """Returns a figure as plain data again, in the form that `read_figure` reads.

    Example:
        >>> figure = Figure("t", "a", "b", (Trace("scatter", "s", (1.0,), (2.0,)),))
        >>> read_figure(plain_figure(figure)) == figure
        True
    """
    data = [
        {
            "type": trace.kind,
            "name": trace.name,
            "mode": trace.mode,
            "orientation": "h" if trace.horizontal else "v",
            "x": [_moment(item) if trace.times else item for item in trace.x],
            "y": list(trace.y),
        }
        for trace in figure.traces
    ]
    axes = {"xaxis": {"title": figure.x_title}, "yaxis": {"title": figure.y_title}}
    return {"data": data, "layout": {"title": figure.title, **axes}}


def _title(holder: Any) -> str:
    found = holder.get("title") if isinstance(holder, Mapping) else ""
    if isinstance(found, Mapping):
        found = found.get("text")
    return found[:200] if isinstance(found, str) else ""


def _trace(trace: Mapping[str, Any]) -> Trace:
    kind = trace.get("type", "scatter")
    name = trace.get("name")
    name = name[:100] if isinstance(name, str) else ""
    if kind not in KINDS:
        return Trace(str(kind)[:40], name)
    kind = "scatter" if kind == "scattergl" else str(kind)
    x, y = _items(trace.get("x")), _items(trace.get("y"))
    if kind in ("scatter", "bar"):  # plotly counts from 0 where one side is not given
        x = x or [float(number) for number in range(len(y))]
        y = y or [float(number) for number in range(len(x))]
        shorter = min(len(x), len(y))
        x, y = x[:shorter], y[:shorter]
    moments = _times(x)
    mode = trace.get("mode")
    mode = mode if isinstance(mode, str) else "lines+markers" if len(x) < 20 else "lines"
    lies = trace.get("orientation") == "h"
    return Trace(kind, name, tuple(moments or x), tuple(y), mode[:40], lies, bool(moments))


def _items(values: Any) -> list[Item]:
    """Returns numbers and words; what is neither becomes NaN."""
    if isinstance(values, Mapping):
        values = _packed(values)
    if isinstance(values, pd.Series | np.ndarray):
        values = values.tolist()
    if not isinstance(values, list | tuple):
        return []
    return [_item(value) for value in values[:MOST_POINTS]]


def _item(value: Any) -> Item:
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, str):
        return value[:200]
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    return math.nan


def _packed(values: Mapping[str, Any]) -> list[Any]:
    """Reads plotly's packed numbers: the type of a number and its bytes in base64."""
    kind, data = values.get("dtype"), values.get("bdata")
    if kind not in ("f8", "f4", "i1", "i2", "i4", "u1", "u2", "u4") or not isinstance(data, str):
        return []
    try:
        raw = base64.b64decode(data, validate=True)
        found: list[Any] = np.frombuffer(raw, dtype=f"<{kind}")[:MOST_POINTS].tolist()
    except (ValueError, binascii.Error):
        return []
    return found


def _times(values: Sequence[Item]) -> list[Item]:
    """Returns ISO times as seconds since 1970; empty if one of the values is no time."""
    if not values or not all(isinstance(v, str) and len(v) >= 7 and v[4:5] == "-" for v in values):
        return []
    try:
        return [pd.Timestamp(value).timestamp() for value in values]
    except (ValueError, OverflowError):
        return []


def _moment(seconds: Item) -> str:
    return pd.Timestamp(float(seconds), unit="s").isoformat()


def points(trace: Trace) -> set[tuple[Item, Item]]:
    """Returns the points of a trace, lying bars turned upright."""
    pairs: Iterable[tuple[Item, Item]] = zip(trace.x, trace.y, strict=False)
    return {(y, x) for x, y in pairs} if trace.horizontal else set(pairs)
