"""What the figures of all explorations share: colours, clouds of replicates, pinned settings."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from sim.words import said

BLUE, ORANGE, GREEN, GREY = "#0072B2", "#D55E00", "#009E73", "#B8B8B8"
"""Okabe and Ito's colours; every line has its own dash and marker as well."""

LAYOUT: dict[str, Any] = {
    "height": 430, "width": 1030, "autosize": False,
    "margin": {"l": 50, "r": 20, "t": 90, "b": 110}, "template": "plotly_white", "font": {"size": 13},
    "legend": {"orientation": "h", "y": -0.28, "x": 0}, "title": {"text": "", "x": 0, "font": {"size": 17}},
}  # fmt: skip
"""How every figure is laid out, but for its axes."""

Style = tuple[str, str, str, str]
"""Label, colour, dash and marker of a line."""


def line(meta: str, style: Style) -> go.Scatter:
    """Returns an empty line with markers.

    Args:
        meta: The name under which it is found again.
        style: How it looks.
    """
    label, colour, dash, marker = style
    return go.Scatter(
        name=said(label), meta=meta, mode="lines+markers", x=[], y=[],
        line={"color": colour, "dash": dash, "width": 3}, marker={"symbol": marker, "size": 8},
    )  # fmt: skip


def cloud(meta: str) -> go.Scatter:
    """Returns an empty grey line for all replicates together."""
    return go.Scatter(
        meta=meta, mode="lines", x=[], y=[], line={"color": GREY, "width": 1}, opacity=0.6,
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip


def pin(letter: str, place: str) -> go.Scatter:
    """Returns the mark of a pinned setting, with its letter beside it."""
    return go.Scatter(
        name=said("Pinned {letter}", letter=letter), meta=letter, mode="markers+text", text=[letter],
        textposition=place,
        marker={"symbol": "circle-open", "size": 12, "color": "#000000"}, showlegend=False, x=[], y=[],
    )  # fmt: skip


def goal_traces(label: str, path: str | None = None) -> list[go.Scatter]:
    """Returns what stands beside a goal: one setting and its replicates, two pinned ones, and perhaps a path.

    Args:
        label: What the replicates are called. They are found again as "runs", the others as "now", "A", "B"
            and "path".
        path: What the line of all other settings is called, if there is one.
    """
    traces = [
        go.Scatter(name=label, meta="runs", mode="markers", marker={"color": GREY, "size": 6}),
        go.Scatter(
            name=said("This setting"), meta="now", mode="markers",
            marker={"symbol": "star", "size": 16, "color": ORANGE},
        ),
        pin("A", "top left"),
        pin("B", "top right"),
    ]  # fmt: skip
    if path is not None:
        dots = {"color": BLUE, "dash": "dot"}
        traces.insert(0, go.Scatter(name=path, meta="path", mode="lines", line=dots))
    for trace in traces:
        trace.x, trace.y = [], []
    return traces


def place(trace: Any, x: Any, y: Any) -> None:
    """Gives a trace new points; arrays go to the browser as they are, lists would be looked at one by one."""
    trace.x, trace.y = np.asarray(x, dtype="float64"), np.asarray(y, dtype="float64")


def threads(runs: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Strings the replicates into one line with gaps: one trace redraws faster than twenty.

    Args:
        runs: The replicate of each point.
        x: Where the points lie on the horizontal axis.
        y: Where they lie on the vertical one.

    Example:
        >>> threads(np.array([0, 1, 0]), np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0]))[0].tolist()
        [1.0, 3.0, nan, 2.0, nan]
    """
    order = np.argsort(runs, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(runs[order])) + 1, len(order))
    return np.insert(x[order], ends, np.nan), np.insert(y[order], ends, np.nan)


def spots(pins: Mapping[str, Any], x: str, y: str) -> dict[str, tuple[list[Any], list[Any]]]:
    """Returns for A and B where the pinned setting lies, or nothing where none is pinned.

    Args:
        pins: Outcomes of pinned settings, by letter: rows of a table or dictionaries.
        x: Outcome on the horizontal axis.
        y: Outcome on the vertical axis.

    Example:
        >>> spots({"A": {"minutes": 2.0, "cost": 3.0}}, "minutes", "cost")
        {'A': ([2.0], [3.0]), 'B': ([None], [None])}
    """
    nowhere = {x: None, y: None}
    chosen = {letter: pins.get(letter, nowhere) for letter in ("A", "B")}
    return {letter: ([spot[x]], [spot[y]]) for letter, spot in chosen.items()}
