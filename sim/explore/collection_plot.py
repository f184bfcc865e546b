"""The figure of lab 1's exploration: three panels that are made once and then only given new numbers."""

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from sim.explore.collection import ALLERGIES, MINUTES
from sim.explore.drawing import BLUE, GREEN, LAYOUT, ORANGE, Style, line
from sim.explore.parts import here
from sim.explore.three_panels import ThreePanels, goal_box, setting_lines
from sim.words import said

_STYLE: dict[str, Style] = {
    "blanks": ("Blank fields", BLUE, "solid", "circle"),
    "junk": ("Invented entries", ORANGE, "dash", "square"),
    "missed_recalls": ("Missed recalls", GREEN, "dot", "diamond"),
    "wrong_patients": ("Wrong charts", ORANGE, "dashdot", "x"),
}
_COLUMN = {"blanks": 1, "junk": 1, "missed_recalls": 2, "wrong_patients": 2}
_TOP = {1: 220.0, 2: 40.0, 3: 6.0}


class CollectionPlot(ThreePanels):
    """Records on the left, patients in the middle, the goal on the right."""

    def __init__(self) -> None:
        """Makes the figure."""
        titles = (
            said("Records, per 1,000 fields"),
            said("Patients, per 1,000 registrations"),
            said("Goal: inside the box"),
        )
        lines = [(_COLUMN[name], line(name, style)) for name, style in _STYLE.items()]
        super().__init__(titles, lines, _lay_out, said("20 years"), said("Other shares"), spacing=0.07)

    def update(self, table: pd.DataFrame, title: str, pins: Mapping[str, pd.DataFrame]) -> None:
        """Shows a table of `collection.run`, and the pinned ones by their letter."""
        along = table[~table["here"]]
        now, years = here(table)
        with self.figure.batch_update():
            for name in _STYLE:
                self._draw(name, along, "mandatory", name)
            self._follow(along, "minutes", "wrong_allergies")
            pinned = {letter: here(other)[0] for letter, other in pins.items()}
            self._aim(now, years, pinned, "minutes", "wrong_allergies")
            self._mark(now["mandatory"])
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
    setting_lines(figure, 0.4)
    goal_box(figure, MINUTES, ALLERGIES)
