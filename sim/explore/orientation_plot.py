"""The figure of lab 0's exploration: volume, patients and the goal, each over the interval of readings."""

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
from sim.explore.orientation import ALARMS, MISSED, here, words
from sim.policy.monitoring import INTERVALS
from sim.words import said

_STYLE: dict[str, Style] = {
    "megabytes": ("Megabytes a day", BLUE, "solid", "circle"),
    "missed": ("Missed", ORANGE, "dash", "square"),
    "decisions": ("Changed decisions", GREEN, "dot", "diamond"),
}
_COLUMN = {"megabytes": 1, "missed": 2, "decisions": 2}


class OrientationPlot:
    """Volume on the left, patients in the middle, the goal on the right."""

    def __init__(self) -> None:
        """Makes the figure with its whole layout; updates sent before a browser connects would be lost."""
        titles = (
            said("Volume, megabytes a day"),
            said("Per 1,000 patient-days"),
            said("Goal: inside the box"),
        )
        base = make_subplots(rows=1, cols=3, subplot_titles=titles, horizontal_spacing=0.08)
        for name, style in _STYLE.items():
            base.add_trace(cloud(f"{name} runs"), row=1, col=_COLUMN[name])
            base.add_trace(line(name, style), row=1, col=_COLUMN[name])
        for trace in goal_traces("runs", said("20 runs"), said("Other intervals")):
            base.add_trace(trace, row=1, col=3)
        _lay_out(base)
        self.figure: Any = go.FigureWidget(base)
        self._traces = {trace.meta: trace for trace in self.figure.data}

    def update(self, table: pd.DataFrame, title: str, pins: Mapping[str, pd.DataFrame]) -> None:
        """Shows a table of `orientation.run`, and the pinned ones by their letter."""
        along = table[~table["here"]]
        means, runs = along[along["replicate"] < 0], along[along["replicate"] >= 0]
        now, own = here(table)
        with self.figure.batch_update():
            for name in _STYLE:
                place(self._traces[name], means["interval"], means[name])
                place(self._traces[f"{name} runs"], *threads(runs, "interval", name))
            place(self._traces["path"], means["alarms"], means["missed"])
            place(self._traces["runs"], own["alarms"], own["missed"])
            place(self._traces["now"], [now["alarms"]], [now["missed"]])
            pinned = {letter: here(other)[0] for letter, other in pins.items()}
            for letter, spot in spots(pinned, "alarms", "missed").items():
                place(self._traces[letter], *spot)
            for shape in self.figure.layout.shapes[:2]:
                shape.x0 = shape.x1 = float(now["interval"])
            self.figure.layout.yaxis.range = [0, max(0.1, 1.05 * float(means["megabytes"].max()))]
            self.figure.layout.yaxis2.range = [0, max(10.5, 1.05 * float(table["missed"].max()))]
            self.figure.layout.xaxis3.range = [0, max(15.0, 1.2 * float(now["alarms"]))]
            self.figure.layout.title.text = title


def _lay_out(figure: go.Figure) -> None:
    marks = [minutes for minutes in INTERVALS if minutes not in (2, 30, 120, 480)]
    axis = {
        "type": "log", "title": said("From one reading to the next"),
        "tickvals": marks, "ticktext": [words(minutes) for minutes in marks],
    }  # fmt: skip
    figure.update_layout(
        **LAYOUT,
        xaxis=axis, xaxis2=axis, xaxis3={"title": said("Alarms in a nurse's shift"), "range": [0, 15]},
        yaxis={"range": [0, 10]}, yaxis2={"range": [0, 10.5]},
        yaxis3={"title": said("Missed per 1,000 patient-days"), "range": [0, 10.5], "title_standoff": 4},
    )  # fmt: skip
    for column in ("", "2"):
        figure.add_shape(
            type="line", xref=f"x{column}", yref=f"y{column} domain", x0=240, x1=240, y0=0, y1=1,
            line={"color": "#000000", "dash": "dot", "width": 1},
        )  # fmt: skip
    figure.add_shape(
        type="rect", xref="x3", yref="y3", x0=0, x1=ALARMS, y0=0, y1=MISSED,
        line={"color": GREEN, "width": 2, "dash": "dash"}, fillcolor="rgba(0, 158, 115, 0.15)",
    )  # fmt: skip
