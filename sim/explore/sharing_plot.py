"""The figure of lab 3's exploration: both harms, who bears them, and the goal."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sim.explore.drawing import (
    BLUE,
    GREEN,
    LAYOUT,
    ORANGE,
    Style,
    cloud,
    goal_traces,
    line,
    place,
    spots,
    threads,
)
from sim.explore.sharing import MISSED, WRONG, here
from sim.words import said

_STYLE: dict[str, Style] = {
    "wrong_allergies": ("Wrong allergies", ORANGE, "dash", "square"),
    "missed_allergies": ("Missed allergies", BLUE, "solid", "circle"),
    "missed_settled": ("Missed: kept name and place", BLUE, "dot", "circle-open"),
    "missed_renamed": ("Missed: changed name", GREEN, "dashdot", "diamond"),
    "missed_newcomers": ("Missed: came from elsewhere", ORANGE, "longdash", "x"),
}
_COLUMN = {name: 1 if name.endswith("allergies") else 2 for name in _STYLE}

TOP = 12.0
"""Where the axes end; more harm than that leaves the figure."""


class SharingPlot:
    """Both harms on the left, the groups in the middle, the goal on the right."""

    def __init__(self) -> None:
        """Makes the figure with its whole layout; updates sent before a browser connects would be lost."""
        titles = (
            said("Allergies, per 1,000 visits"),
            said("Missed, per 1,000 visits of a group"),
            said("Goal: inside the box"),
        )
        base = make_subplots(rows=1, cols=3, subplot_titles=titles, horizontal_spacing=0.09)
        for name, style in _STYLE.items():
            base.add_trace(cloud(f"{name} years"), row=1, col=_COLUMN[name])
            base.add_trace(line(name, style), row=1, col=_COLUMN[name])
        for trace in goal_traces("years", said("20 years"), said("All thresholds")):
            base.add_trace(trace, row=1, col=3)
        _lay_out(base)
        self.figure: Any = go.FigureWidget(base)
        self._traces = {trace.meta: trace for trace in self.figure.data}

    def update(self, table: pd.DataFrame, title: str, pins: Mapping[str, pd.DataFrame]) -> None:
        """Shows a table of `sharing.run`, and the pinned ones by their letter."""
        along = table[~table["here"]]
        means, runs = along[along["replicate"] < 0], along[along["replicate"] >= 0]
        now, years = here(table)
        with self.figure.batch_update():
            for name in _STYLE:
                place(self._traces[name], means["threshold"], means[name])
                place(self._traces[f"{name} years"], *threads(runs, "threshold", name))
            place(self._traces["path"], means["missed_allergies"], means["wrong_allergies"])
            place(self._traces["years"], years["missed_allergies"], years["wrong_allergies"])
            place(self._traces["now"], [now["missed_allergies"]], [now["wrong_allergies"]])
            pinned = {letter: here(other)[0] for letter, other in pins.items()}
            for letter, spot in spots(pinned, "missed_allergies", "wrong_allergies").items():
                place(self._traces[letter], *spot)
            for shape in self.figure.layout.shapes[:2]:
                shape.x0 = shape.x1 = float(now["threshold"])
            self.figure.layout.title.text = title


def _lay_out(figure: go.Figure) -> None:
    axis = {"title": said("Points from which records are linked"), "range": [-1, 41]}
    figure.update_layout(
        **LAYOUT,
        xaxis=axis, xaxis2=axis,
        xaxis3={"title": said("Missed allergies per 1,000 visits"), "range": [0, TOP]},
        yaxis={"range": [0, TOP]}, yaxis2={"range": [0, 2 * TOP]},
        yaxis3={"title": said("Wrong allergies per 1,000 visits"), "title_standoff": 4, "range": [0, 5]},
    )  # fmt: skip
    for column in ("", "2"):
        figure.add_shape(
            type="line", xref=f"x{column}", yref=f"y{column} domain", x0=12, x1=12, y0=0, y1=1,
            line={"color": "#000000", "dash": "dot", "width": 1},
        )  # fmt: skip
    figure.add_shape(
        type="rect", xref="x3", yref="y3", x0=0, x1=MISSED, y0=0, y1=WRONG,
        line={"color": GREEN, "width": 2, "dash": "dash"}, fillcolor="rgba(0, 158, 115, 0.15)",
    )  # fmt: skip
