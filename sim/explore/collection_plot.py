"""The figure of lab 1's exploration: three panels that are made once and then only given new numbers."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sim.explore.collection import ALLERGIES, MINUTES, here
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
from sim.words import said

_STYLE: dict[str, Style] = {
    "blanks": ("Blank fields", BLUE, "solid", "circle"),
    "junk": ("Invented entries", ORANGE, "dash", "square"),
    "missed_recalls": ("Missed recalls", GREEN, "dot", "diamond"),
    "wrong_patients": ("Wrong charts", ORANGE, "dashdot", "x"),
}
_COLUMN = {"blanks": 1, "junk": 1, "missed_recalls": 2, "wrong_patients": 2}
_TOP = {1: 220.0, 2: 40.0, 3: 6.0}


class CollectionPlot:
    """Records on the left, patients in the middle, the goal on the right."""

    def __init__(self) -> None:
        """Makes the figure with its whole layout; updates sent before a browser connects would be lost."""
        titles = (
            said("Records, per 1,000 fields"),
            said("Patients, per 1,000 registrations"),
            said("Goal: inside the box"),
        )
        base = make_subplots(rows=1, cols=3, subplot_titles=titles, horizontal_spacing=0.07)
        for name, style in _STYLE.items():
            column = _COLUMN[name]
            base.add_trace(cloud(f"{name} years"), row=1, col=column)
            base.add_trace(line(name, style), row=1, col=column)
        for trace in goal_traces("years", said("20 years"), said("Other shares")):
            base.add_trace(trace, row=1, col=3)
        _lay_out(base)
        self.figure: Any = go.FigureWidget(base)
        self._traces = {trace.meta: trace for trace in self.figure.data}

    def update(self, table: pd.DataFrame, title: str, pins: Mapping[str, pd.DataFrame]) -> None:
        """Shows a table of `collection.run`, and the pinned ones by their letter."""
        along = table[~table["here"]]
        means, years = along[along["replicate"] < 0], along[along["replicate"] >= 0]
        now, clouds = here(table)
        with self.figure.batch_update():
            for name in _STYLE:
                place(self._traces[name], means["mandatory"], means[name])
                place(self._traces[f"{name} years"], *threads(years, "mandatory", name))
            place(self._traces["path"], means["minutes"], means["wrong_allergies"])
            place(self._traces["years"], clouds["minutes"], clouds["wrong_allergies"])
            place(self._traces["now"], [now["minutes"]], [now["wrong_allergies"]])
            pinned = {letter: here(table)[0] for letter, table in pins.items()}
            for letter, spot in spots(pinned, "minutes", "wrong_allergies").items():
                place(self._traces[letter], *spot)
            for shape in self.figure.layout.shapes[:2]:
                shape.x0 = shape.x1 = float(now["mandatory"])
            self._make_room(table)
            self.figure.layout.title.text = title

    def _make_room(self, table: pd.DataFrame) -> None:
        """Keeps the axes as they are, so that changes can be seen, unless something would fall outside."""
        layout = self.figure.layout
        tops = {1: ["blanks", "junk"], 2: ["missed_recalls", "wrong_patients"], 3: ["wrong_allergies"]}
        for column, names in tops.items():
            top = max(_TOP[column], 1.05 * float(table[names].to_numpy().max()))
            layout["yaxis" if column == 1 else f"yaxis{column}"].range = [0, top]
        layout.xaxis3.range = [1.5, max(4.5, 1.05 * float(table["minutes"].max()))]


def _lay_out(figure: go.Figure) -> None:
    axis = {"title": said("Share of mandatory fields"), "tickformat": ".0%", "range": [-0.02, 1.02]}
    figure.update_layout(
        **LAYOUT,
        xaxis=axis, xaxis2=axis, xaxis3={"title": said("Minutes for one registration"), "range": [1.5, 4.5]},
        yaxis={"range": [0, _TOP[1]]}, yaxis2={"range": [0, _TOP[2]]},
        yaxis3={"title": said("Wrong allergies per 1,000"), "range": [0, _TOP[3]], "title_standoff": 4},
    )  # fmt: skip
    for column in ("", "2"):
        line = {"color": "#000000", "dash": "dot", "width": 1}
        figure.add_shape(
            type="line", xref=f"x{column}", yref=f"y{column} domain", x0=0.4, x1=0.4, y0=0, y1=1, line=line
        )
    box = {"color": GREEN, "width": 2, "dash": "dash"}
    figure.add_shape(
        type="rect", xref="x3", yref="y3", x0=0, x1=MINUTES, y0=0, y1=ALLERGIES, line=box,
        fillcolor="rgba(0, 158, 115, 0.15)",
    )  # fmt: skip
