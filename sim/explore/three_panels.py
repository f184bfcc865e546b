"""What the figures of all explorations do: outcomes left and in the middle, the goal on the right."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from sim.explore.drawing import GREEN, cloud, goal_traces, place, spots, threads


class ThreePanels:
    """A figure that is made once, with its whole layout, and then only given new numbers.

    Updates sent before a browser connects would be lost.

    Args:
        titles: What stands above the panels.
        lines: Empty lines, each with its panel, 1 to 3. Behind each a grey one is drawn for its replicates.
        lay_out: Gives the figure its axes, the lines of the setting and the box of the goal.
        replicates: What the replicates are called.
        path: What the line of all other settings beside the goal is called, if there is one.
        spacing: Share of the width between two panels.

    Attributes:
        figure: The widget.
    """

    def __init__(
        self,
        titles: Sequence[str],
        lines: Iterable[tuple[int, go.Scatter]],
        lay_out: Callable[[go.Figure], None],
        replicates: str,
        path: str | None = None,
        spacing: float = 0.08,
    ) -> None:
        """Makes the figure, without a single point."""
        base = make_subplots(rows=1, cols=3, subplot_titles=titles, horizontal_spacing=spacing)
        for column, drawn in lines:
            base.add_trace(cloud(f"{drawn.meta} runs"), row=1, col=column)
            base.add_trace(drawn, row=1, col=column)
        for trace in goal_traces(replicates, path):
            base.add_trace(trace, row=1, col=3)
        lay_out(base)
        self.figure: Any = go.FigureWidget(base)
        self._traces = {trace.meta: trace for trace in self.figure.data}

    def _draw(self, name: str, rows: pd.DataFrame, x: str, y: str) -> None:
        """Gives a line and its replicates new points; rows whose `replicate` is below 0 are the means."""
        runs, across, up = (rows[column].to_numpy("float64") for column in ("replicate", x, y))
        means, own = runs < 0, runs >= 0
        place(self._traces[name], across[means], up[means])
        place(self._traces[f"{name} runs"], *threads(runs[own], across[own], up[own]))

    def _aim(self, now: Any, runs: pd.DataFrame, pins: Mapping[str, Any], x: str, y: str) -> None:
        """Shows beside the goal where the setting lies, its replicates, and the pinned settings."""
        place(self._traces["runs"], runs[x], runs[y])
        place(self._traces["now"], [now[x]], [now[y]])
        for letter, spot in spots(pins, x, y).items():
            place(self._traces[letter], *spot)

    def _follow(self, along: pd.DataFrame, x: str, y: str) -> None:
        """Shows beside the goal where all other settings lie."""
        means = along[along["replicate"] < 0]
        place(self._traces["path"], means[x], means[y])

    def _mark(self, setting: float) -> None:
        """Moves the lines of the setting, the first two shapes."""
        for shape in self.figure.layout.shapes[:2]:
            shape.x0 = shape.x1 = float(setting)


def setting_lines(figure: go.Figure, at: float) -> None:
    """Draws a dotted line through each of the first two panels, where the setting lies."""
    for column in ("", "2"):
        figure.add_shape(
            type="line", xref=f"x{column}", yref=f"y{column} domain", x0=at, x1=at, y0=0, y1=1,
            line={"color": "#000000", "dash": "dot", "width": 1},
        )  # fmt: skip


def goal_box(figure: go.Figure, x: float, y: float) -> None:
    """Draws the box in which the goal is reached: from nothing to x and y."""
    figure.add_shape(
        type="rect", xref="x3", yref="y3", x0=0, x1=x, y0=0, y1=y,
        line={"color": GREEN, "width": 2, "dash": "dash"}, fillcolor="rgba(0, 158, 115, 0.15)",
    )  # fmt: skip
