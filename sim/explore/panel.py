"""The thin shell of an exploration: widgets around pure functions; nothing is computed here."""

import html
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import ipywidgets as w
import pandas as pd

from sim.errors import HilabError
from sim.explore.parts import Exploration, Lever
from sim.words import said

_WIDE = {"description_width": "28em"}
_ROW, _FREE = {"width": "56em"}, {"width": "auto"}


class Panel:
    """Shows an exploration.

    Attributes:
        widget: What a notebook displays.
        levers: The sliders and boxes by their name; locked until a prediction is made.
        figure: The plot; its title carries the state.
        pins: The pinned tables by their letter.
    """

    def __init__(self, exploration: Exploration, namespace: Mapping[str, Any], district: Path) -> None:
        """Builds the widgets and shows the first state."""
        self._what, self._names, self._district = exploration, namespace, district
        self._own: dict[str, float] = {}
        self._changed: dict[str, float] = {}
        self.pins: dict[str, pd.DataFrame] = {}
        self.plot = exploration.plot()
        self.figure = self.plot.figure
        self.levers = {lever.name: self._lever(lever) for lever in exploration.levers}
        self.text, self.difference, self.told = (
            _words("hilab-text"),
            _words("hilab-difference"),
            _words("hilab-own"),
        )
        self.table = self._run()
        self.widget = w.VBox(self._parts(), layout={"max_width": "1150px"})
        self.widget.add_class("hilab-explore")
        self._show()

    def values(self) -> dict[str, Any]:
        """Returns what is set: a saved parameter set for the written answer."""
        return {name: lever.value for name, lever in self.levers.items()} | self._own

    def _parts(self) -> list[Any]:
        head = w.HTML(
            f"<h3>{html.escape(said(self._what.title))}</h3><p style='line-height:1.5'>"
            f"{html.escape(said(self._what.introduction))}</p>"
        )
        levers = w.VBox(list(self.levers.values()))
        figures = w.Accordion(
            [self._assumptions()], titles=[said("Assumptions: every figure can be changed")]
        )
        words = [self.text, self._buttons(), self.told, self.difference]
        return [head, self._predict(), levers, self.figure, *words, figures]

    def _lever(self, lever: Lever) -> Any:
        label = said(lever.label)
        if isinstance(lever.value, bool):
            box = w.Checkbox(lever.value, description=label, disabled=True, style=_WIDE, layout=_FREE)
        elif lever.choices:
            box = w.SelectionSlider(
                options=[(said(words), value) for words, value in lever.choices], value=lever.value,
                description=label, disabled=True,
                style=_WIDE, layout=_ROW,
            )  # fmt: skip
        else:
            box = w.FloatSlider(
                lever.value, min=lever.low, max=lever.high, step=lever.step, description=label,
                readout_format=lever.form, disabled=True, style=_WIDE, layout=_ROW,
            )  # fmt: skip
        box.add_class(f"hilab-lever-{lever.name}")
        box.observe(lambda _: self._refresh(), names="value")
        return box

    def _predict(self) -> Any:
        """The box that unlocks the levers."""
        ask = self._what.prediction
        first, asked = html.escape(said("Predict first.")), html.escape(said(ask.question))
        question = w.HTML(f"<p><strong>{first}</strong> {asked}</p>")
        answers = w.RadioButtons(
            options=[said(each) for each in ask.answers], value=None, layout={"width": "auto"}
        )
        keep = _button(said("Keep my prediction"), "hilab-predict")
        reply = _words("hilab-said")

        def unlock(_: Any) -> None:
            if answers.value is None:
                reply.value = _live(said("Choose an answer first; a guess is enough."))
                return
            answers.disabled = keep.disabled = True
            for lever in self.levers.values():
                lever.disabled = False
            told = said(
                "You predicted: {answer}. {afterwards}", answer=answers.value, afterwards=said(ask.afterwards)
            )
            reply.value = _live(told)

        keep.on_click(unlock)
        return w.VBox([question, answers, keep, reply])

    def _buttons(self) -> Any:
        pins = []
        for letter in ("A", "B"):
            button = _button(said("Pin as {letter}", letter=letter), f"hilab-pin-{letter.lower()}")
            button.on_click(partial(self._pin, letter))
            pins.append(button)
        use = said("Use my function {function}()", function=self._what.function)
        own = _button(use, "hilab-use-own")
        own.on_click(lambda _: self._use_own(own))
        back = _button(said("Back to the built-in rule"), "hilab-use-built-in")
        back.on_click(lambda _: self._set_own({}, said("The built-in rule is used.")))
        return w.HBox([*pins, own, back], layout={"flex_flow": "row wrap"})

    def _pin(self, letter: str, _: Any = None) -> None:
        self.pins[letter] = self.table
        if len(self.pins) == 2:
            self.difference.value = _live(self._what.compare(self.pins["A"], self.pins["B"]))
        else:
            told = "{letter} is pinned. Change something and pin the other letter."
            self.difference.value = _live(said(told, letter=letter))
        self._show()

    def _use_own(self, button: Any) -> None:
        """Runs the learner's function on the learner's district."""
        button.disabled = True
        self.told.value = _live(said("Your function is running, for at most 10 seconds …"))
        try:
            self._set_own(*self._ask_own())
        except HilabError as error:
            self.told.value = _live(str(error))
        finally:
            button.disabled = False

    def _ask_own(self) -> tuple[dict[str, float], str]:
        from sim.world import World

        function = self._names.get(self._what.function)
        if not callable(function):
            missing = "{function}() is not defined yet. Run your answer cell first."
            raise HilabError(said(missing, function=self._what.function))
        return self._what.own(function, World.load(self._district).tables)

    def _set_own(self, values: dict[str, float], told: str) -> None:
        self._own = values
        self.told.value = _live(told)
        self._refresh()

    def _assumptions(self) -> Any:
        rows = []
        for each in self._what.assumptions:
            label = said("{meaning} ({unit})", meaning=said(each.meaning), unit=said(each.unit))
            source = said("Source: {source}", source=said(each.source))
            figure = w.FloatText(each.value, description=label, style={"description_width": "30em"},
                                 layout={"width": "38em"}, step=0.01)  # fmt: skip
            figure.add_class(f"hilab-assumption-{each.name}")
            figure.observe(partial(self._assume, each.name), names="value")
            rows.append(w.HBox([figure, w.HTML(f"<span>{html.escape(source)}</span>")]))
        return w.VBox(rows)

    def _assume(self, name: str, change: Any) -> None:
        before = dict(self._changed)
        self._changed[name] = change["new"]
        try:
            self._refresh()
        except HilabError as error:
            self._changed = before
            self.text.value = _live(str(error))

    def _run(self) -> pd.DataFrame:
        return self._what.run(self.values(), self._changed)

    def _refresh(self) -> None:
        self.table = self._run()
        self._show()

    def _show(self) -> None:
        self.plot.update(self.table, self._what.headline(self.values(), self.table), self.pins)
        self.text.value = _live(self._what.describe(self.table))


def _button(label: str, name: str) -> Any:
    button = w.Button(description=label, layout={"width": "auto", "align_self": "flex-start"})
    button.add_class(name)
    return button


def _words(name: str) -> Any:
    words = w.HTML("")
    words.add_class(name)
    return words


def _live(text: str) -> str:
    """Wraps a sentence so that a screen reader reads it when it changes."""
    style = "line-height:1.5;max-width:70em"
    return f"<div role='status' aria-live='polite' style='{style}'>{html.escape(text)}</div>"
