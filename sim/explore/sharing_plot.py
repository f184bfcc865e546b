"""The figure of lab 3's exploration: both harms, who bears them, and the goal."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from sim.explore.drawing import BLUE, GREEN, LAYOUT, ORANGE, Style, line
from sim.explore.parts import here
from sim.explore.sharing import MISSED, WRONG
from sim.explore.three_panels import ThreePanels, goal_box, setting_lines
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


class SharingPlot(ThreePanels):
    """Both harms on the left, the groups in the middle, the goal on the right."""

    def __init__(self) -> None:
        """Makes the figure."""
        titles = (
            said("Allergies, per 1,000 visits"),
            said("Missed, per 1,000 visits of a group"),
            said("Goal: inside the box"),
        )
        lines = [(_COLUMN[name], line(name, style)) for name, style in _STYLE.items()]
        super().__init__(titles, lines, _lay_out, said("20 years"), said("All thresholds"), spacing=0.09)

    def update(self, table: pd.DataFrame, title: str, pins: Mapping[str, pd.DataFrame]) -> None:
        """Shows a table of `sharing.run`, and the pinned ones by their letter."""
        along = table[~table["here"]]
        now, years = here(table)
        with self.figure.batch_update():
            for name in _STYLE:
                self._draw(name, along, "threshold", name)
            self._follow(along, "missed_allergies", "wrong_allergies")
            pinned = {letter: here(other)[0] for letter, other in pins.items()}
            self._aim(now, years, pinned, "missed_allergies", "wrong_allergies")
            self._mark(now["threshold"])
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
    setting_lines(figure, 12)
    goal_box(figure, MISSED, WRONG)
