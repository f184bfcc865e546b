"""The figure of lab 2's exploration: cost, patients and the goal."""

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
from sim.explore.standardization import WRONG, here
from sim.words import said

_STYLE: dict[str, Style] = {
    "hub": ("Hub", BLUE, "solid", "circle"),
    "pairs": ("Links in pairs", ORANGE, "dash", "square"),
}
_PANELS = {"cost": 1, "wrong_results": 2}


class StandardizationPlot:
    """Cost on the left, wrong results in the middle, the goal on the right."""

    def __init__(self) -> None:
        """Makes the figure with its whole layout; updates sent before a browser connects would be lost."""
        titles = (
            said("Cost, thousand a year"),
            said("Wrong results per 100,000"),
            said("Goal: inside the box"),
        )
        base = make_subplots(rows=1, cols=3, subplot_titles=titles, horizontal_spacing=0.08)
        for outcome, column in _PANELS.items():
            for shape, style in _STYLE.items():
                base.add_trace(cloud(f"{outcome} {shape} years"), row=1, col=column)
                drawn = line(f"{outcome} {shape}", style)
                drawn.showlegend = column == 1
                base.add_trace(drawn, row=1, col=column)
        for trace in goal_traces("years", said("20 years")):
            base.add_trace(trace, row=1, col=3)
        _lay_out(base)
        self.figure: Any = go.FigureWidget(base)
        self._traces = {trace.meta: trace for trace in self.figure.data}

    def update(self, table: pd.DataFrame, title: str, pins: Mapping[str, pd.DataFrame]) -> None:
        """Shows a table of `standardization.run`, and the pinned ones by their letter."""
        along = table[~table["here"]]
        now, years = here(table)
        with self.figure.batch_update():
            for outcome in _PANELS:
                for shape in _STYLE:
                    mine = along[along["shape"] == shape]
                    means, runs = mine[mine["replicate"] < 0], mine[mine["replicate"] >= 0]
                    place(self._traces[f"{outcome} {shape}"], means["partners"], means[outcome])
                    place(self._traces[f"{outcome} {shape} years"], *threads(runs, "partners", outcome))
            place(self._traces["years"], years["cost"], years["wrong_results"])
            place(self._traces["now"], [now["cost"]], [now["wrong_results"]])
            pinned = {letter: here(other)[0] for letter, other in pins.items()}
            for letter, spot in spots(pinned, "cost", "wrong_results").items():
                place(self._traces[letter], *spot)
            self._make_room(table, now)
            self.figure.layout.title.text = title

    def _make_room(self, table: pd.DataFrame, now: "pd.Series[Any]") -> None:
        """Moves the lines of the setting and the goal, and keeps everything inside the axes."""
        layout = self.figure.layout
        for shape in layout.shapes[:2]:
            shape.x0 = shape.x1 = float(now["partners"])
        layout.shapes[2].x1 = float(now["pairs"])
        layout.yaxis.range = [0, 1.05 * float(table["cost"].max())]
        top = max(20.0, 1.05 * float(table["wrong_results"].max()))
        layout.yaxis2.range = layout.yaxis3.range = [0, top]
        layout.xaxis3.range = [0, 1.3 * max(float(now["pairs"]), float(now["cost"]))]


def _lay_out(figure: go.Figure) -> None:
    axis = {"title": said("Partners"), "range": [1, 41]}
    figure.update_layout(
        **LAYOUT,
        xaxis=axis, xaxis2=axis, xaxis3={"title": said("Cost, thousand a year")},
        yaxis3={"title": said("Wrong results per 100,000"), "title_standoff": 4},
    )  # fmt: skip
    for column in ("", "2"):
        figure.add_shape(
            type="line", xref=f"x{column}", yref=f"y{column} domain", x0=10, x1=10, y0=0, y1=1,
            line={"color": "#000000", "dash": "dot", "width": 1},
        )  # fmt: skip
    figure.add_shape(
        type="rect", xref="x3", yref="y3", x0=0, x1=360, y0=0, y1=WRONG,
        line={"color": GREEN, "width": 2, "dash": "dash"}, fillcolor="rgba(0, 158, 115, 0.15)",
    )  # fmt: skip
