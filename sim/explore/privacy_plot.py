"""The figure of lab 4's exploration: who pays, what is missed, and the goal."""

import math
from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from sim.explore.drawing import BLUE, LAYOUT, ORANGE, Style, line
from sim.explore.privacy import ERROR, RISK, here
from sim.explore.three_panels import ThreePanels, goal_box
from sim.words import said

_STYLE: dict[str, Style] = {
    "file": ("File of patients", BLUE, "solid", "circle"),
    "counts": ("Noisy counts", ORANGE, "dash", "square"),
}

_TICKS = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 36_000]


class PrivacyPlot(ThreePanels):
    """Errors by size of the area on the left, missed patients in the middle, the goal on the right."""

    def __init__(self) -> None:
        """Makes the figure."""
        titles = (
            said("Error by patients of the area, %"),
            said("Patients missed, per 1,000"),
            said("Goal: inside the box"),
        )
        lines = [
            (column, line(f"{part} {form}", style).update(showlegend=column == 1))
            for form, style in _STYLE.items()
            for column, part in enumerate(("groups", "missed", "goal"), start=1)
        ]
        super().__init__(titles, lines, _lay_out, said("20 districts"), spacing=0.09)

    def update(self, table: pd.DataFrame, title: str, pins: Mapping[str, pd.DataFrame]) -> None:
        """Shows a table of `privacy.run`, and the pinned ones by their letter."""
        shown = table.assign(risk=100 * table["risk"], error=100 * table["error_smallest"])
        now, districts = here(shown)
        with self.figure.batch_update():
            for form in _STYLE:
                mine = shown[shown["form"] == form]
                along, groups = mine[mine["part"] == "along"], mine[mine["part"] == "groups"]
                self._draw(f"groups {form}", groups, "size", "error")
                self._draw(f"missed {form}", along, "risk", "missed")
                self._draw(f"goal {form}", along, "risk", "error")
            pinned = {letter: _spot(other) for letter, other in pins.items()}
            self._aim(now, districts, pinned, "risk", "error")
            self._make_room(shown)
            self.figure.layout.title.text = title

    def _make_room(self, shown: pd.DataFrame) -> None:
        """Keeps everything inside the axes."""
        layout = self.figure.layout
        groups, along = shown[shown["part"] == "groups"], shown[shown["part"] == "along"]
        sizes = groups["size"].astype("float64")
        layout.xaxis.range = [math.log10(0.8 * sizes.min()), math.log10(1.2 * sizes.max())]
        means = groups[groups["replicate"] < 0]
        layout.yaxis.range = [0, max(20.0, 1.3 * float(means["error"].max()))]
        layout.xaxis2.range = layout.xaxis3.range = [0, max(10.0, 1.05 * float(shown["risk"].max()))]
        middle = along[along["replicate"] < 0]
        layout.yaxis2.range = [0, max(20.0, 1.3 * float(middle["missed"].max()))]
        layout.yaxis3.range = [0, max(20.0, 1.3 * float(middle["error"].max()))]


def _spot(table: pd.DataFrame) -> dict[str, float]:
    """Returns where a pinned setting lies, in percent."""
    means, _ = here(table)
    return {"risk": 100 * float(means["risk"]), "error": 100 * float(means["error_smallest"])}


def _lay_out(figure: go.Figure) -> None:
    axis = {"title": said("Patients found or told apart, %")}
    figure.update_layout(
        **LAYOUT,
        xaxis={"title": said("Patients of the area"), "type": "log", "tickvals": _TICKS},
        xaxis2=axis, xaxis3=axis,
        yaxis3={"title": said("Error in the smallest area, %"), "title_standoff": 4},
    )  # fmt: skip
    goal_box(figure, 100 * RISK, 100 * ERROR)
