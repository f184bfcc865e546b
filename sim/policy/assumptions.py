"""The figures that a what-if model rests on: named, sourced and changeable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sim.errors import HilabError
from sim.words import said

HIGHEST = 1000.0
"""No figure is larger; shares end at 1."""


@dataclass(frozen=True)
class Assumption:
    """A figure the model rests on.

    Attributes:
        name: Its name in the formulas.
        value: What it is unless a learner changes it.
        unit: Its unit.
        meaning: What it says.
        source: Where it is from, or "assumed".
    """

    name: str
    value: float
    unit: str
    meaning: str
    source: str


def changed(assumptions: Sequence[Assumption], changes: Mapping[str, float] | None) -> dict[str, float]:
    """Returns a model's figures by name, some of them changed.

    Raises:
        HilabError: A name is unknown, or a figure is negative or a share above 1.

    Example:
        >>> changed([Assumption("seen", 0.5, "share", "", "assumed")], {"seen": 0.7})
        {'seen': 0.7}
    """
    units = {each.name: each.unit for each in assumptions}
    figures = {each.name: each.value for each in assumptions}
    for name, value in (changes or {}).items():
        if name not in figures:
            unknown = "There is no assumption '{name}'; there are {names}."
            raise HilabError(said(unknown, name=name, names=", ".join(figures)))
        highest = 1.0 if units[name] == "share" else HIGHEST
        if not 0 <= value <= highest:
            outside = "The assumption '{name}' must lie between {low} and {high}."
            raise HilabError(said(outside, name=name, low=0, high=f"{highest:g}"))
        figures[name] = float(value)
    return figures
