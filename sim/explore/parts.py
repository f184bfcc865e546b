"""What an exploration is made of, without any widget."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pandas as pd

from sim.policy.assumptions import Assumption

Values = Mapping[str, Any]
"""Value of every lever by its name; further entries come from the learner's own function."""


@dataclass(frozen=True)
class Lever:
    """One thing that can be set.

    Attributes:
        name: Name of the parameter.
        label: What a person reads beside it, with its unit.
        low: Smallest value.
        high: Largest value.
        step: Distance of neighbouring values.
        value: Value at first; True or False makes it a box to tick.
        form: How a value is written.
        choices: The values it may have, each with its words; any value between low and high if empty.
    """

    name: str
    label: str
    low: float
    high: float
    step: float
    value: float | bool
    form: str = ".2f"
    choices: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Prediction:
    """What to guess before anything may be moved.

    Attributes:
        question: The question.
        answers: The answers to choose from.
        afterwards: What to try then, and where the easy insight fails.
    """

    question: str
    answers: tuple[str, ...]
    afterwards: str


class Plot(Protocol):
    """A figure that is made once and then only given new data."""

    figure: Any

    def update(self, table: pd.DataFrame, title: str, pins: Mapping[str, pd.DataFrame]) -> None:
        """Shows a table, and the pinned ones by their letter."""


@dataclass(frozen=True)
class Exploration:
    """One exploration.

    Attributes:
        title: Its name.
        introduction: What it is about and what the goal is.
        levers: What can be set.
        prediction: What to guess first.
        assumptions: The figures it rests on; each can be changed.
        run: From values and changed assumptions to a table.
        describe: The plot in words.
        headline: The state in one line, which is the plot's title.
        compare: The paired difference of two tables, in words.
        plot: Makes the figure.
        function: Name of the learner's function that can take the place of the built-in rule.
        own: From that function and a district's tables to further values and a sentence about them.
    """

    title: str
    introduction: str
    levers: Sequence[Lever]
    prediction: Prediction
    assumptions: Sequence[Assumption]
    run: Callable[[Values, Mapping[str, float]], pd.DataFrame]
    describe: Callable[[pd.DataFrame], str]
    headline: Callable[[Values, pd.DataFrame], str]
    compare: Callable[[pd.DataFrame, pd.DataFrame], str]
    plot: Callable[[], Plot]
    function: str
    own: Callable[[Callable[..., Any], Mapping[str, pd.DataFrame]], tuple[dict[str, float], str]]


def here(table: pd.DataFrame) -> tuple["pd.Series[Any]", pd.DataFrame]:
    """Returns the expected outcomes of the setting, and its replicates.

    Args:
        table: Rows with `here`, which tells the setting from others, and `replicate`, below 0 for means.
    """
    rows = table[table["here"]]
    return rows[rows["replicate"] < 0].iloc[0], rows[rows["replicate"] >= 0]
