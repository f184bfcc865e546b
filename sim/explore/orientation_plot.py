"""The figure of lab 0's exploration: volume, patients and the goal, each over the interval of readings."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from sim.explore.drawing import BLUE, GREEN, LAYOUT, ORANGE, Style, line
from sim.explore.orientation import ALARMS, MISSED, words
from sim.explore.parts import here
from sim.explore.three_panels import ThreePanels, goal_box, setting_lines
from sim.policy.monitoring import INTERVALS
from sim.words import said

_STYLE: dict[str, Style] = {
    "megabytes": ("Megabytes a day", BLUE, "solid", "circle"),
    "missed": ("Missed", ORANGE, "dash", "square"),
    "decisions": ("Changed decisions", GREEN, "dot", "diamond"),
}
_COLUMN = {"megabytes": 1, "missed": 2, "decisions": 2}


class OrientationPlot(ThreePanels):
    """Volume on the left, patients in the middle, the goal on the right."""

    def __init__(self) -> None:
        """Makes the figure."""
        titles = (
            said("Volume, megabytes a day"),
            said("Per 1,000 patient-days"),
            said("Goal: inside the box"),
        )
        lines = [(_COLUMN[name], line(name, style)) for name, style in _STYLE.items()]
        super().__init__(titles, lines, _lay_out, said("20 runs"), said("Other intervals"))

    def update(self, table: pd.DataFrame, title: str, pins: Mapping[str, pd.DataFrame]) -> None:
        """Shows a table of `orientation.run`, and the pinned ones by their letter."""
        along = table[~table["here"]]
        now, own = here(table)
        with self.figure.batch_update():
            for name in _STYLE:
                self._draw(name, along, "interval", name)
            self._follow(along, "alarms", "missed")
            pinned = {letter: here(other)[0] for letter, other in pins.items()}
            self._aim(now, own, pinned, "alarms", "missed")
            self._mark(now["interval"])
            most = float(along.loc[along["replicate"] < 0, "megabytes"].max())
            self.figure.layout.yaxis.range = [0, max(0.1, 1.05 * most)]
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
    setting_lines(figure, 240)
    goal_box(figure, ALARMS, MISSED)
