"""The figure of lab 2's exploration: cost, patients and the goal."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from sim.explore.drawing import BLUE, LAYOUT, ORANGE, Style, line
from sim.explore.parts import here
from sim.explore.standardization import WRONG
from sim.explore.three_panels import ThreePanels, goal_box, setting_lines
from sim.words import said

_STYLE: dict[str, Style] = {
    "hub": ("Hub", BLUE, "solid", "circle"),
    "pairs": ("Links in pairs", ORANGE, "dash", "square"),
}
_PANELS = {"cost": 1, "wrong_results": 2}


class StandardizationPlot(ThreePanels):
    """Cost on the left, wrong results in the middle, the goal on the right."""

    def __init__(self) -> None:
        """Makes the figure."""
        titles = (
            said("Cost, thousand a year"),
            said("Wrong results per 100,000"),
            said("Goal: inside the box"),
        )
        lines = [
            (column, line(f"{outcome} {shape}", style).update(showlegend=column == 1))
            for outcome, column in _PANELS.items()
            for shape, style in _STYLE.items()
        ]
        super().__init__(titles, lines, _lay_out, said("20 years"))

    def update(self, table: pd.DataFrame, title: str, pins: Mapping[str, pd.DataFrame]) -> None:
        """Shows a table of `standardization.run`, and the pinned ones by their letter."""
        along = table[~table["here"]]
        now, years = here(table)
        with self.figure.batch_update():
            for outcome in _PANELS:
                for shape in _STYLE:
                    self._draw(f"{outcome} {shape}", along[along["shape"] == shape], "partners", outcome)
            pinned = {letter: here(other)[0] for letter, other in pins.items()}
            self._aim(now, years, pinned, "cost", "wrong_results")
            self._mark(now["partners"])
            self._make_room(table, now)
            self.figure.layout.title.text = title

    def _make_room(self, table: pd.DataFrame, now: "pd.Series[Any]") -> None:
        """Moves the goal, and keeps everything inside the axes."""
        layout = self.figure.layout
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
    setting_lines(figure, 10)
    goal_box(figure, 360, WRONG)
