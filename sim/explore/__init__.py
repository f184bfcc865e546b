"""Explorations: sliders and plots around pure functions from parameters to a table.

`explore("l1_collection")` shows one in JupyterLab. Who prefers plain cells calls `run` and `describe` of its
module, for example `sim.explore.collection`, and misses nothing.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import HilabError
from sim.words import said

if TYPE_CHECKING:
    from sim.explore.parts import Exploration

EXPLORATIONS = {
    "l0_orientation": "sim.explore.orientation",
    "l1_collection": "sim.explore.collection",
    "l2_standardization": "sim.explore.standardization",
    "l3_sharing": "sim.explore.sharing",
    "l4_privacy": "sim.explore.privacy",
}
"""The module of each lab's exploration."""


def explore(lab: str, own: Callable[..., Any] | None = None, district: Path | str = "district") -> Any:
    """Shows the exploration of a lab.

    Args:
        lab: The lab, for example `"l1_collection"`.
        own: Your function for the button "use my function"; looked for in the notebook if None.
        district: Folder of the district that the function runs on.

    Returns:
        A widget; a notebook shows it below the cell.

    Raises:
        HilabError: The lab has no exploration.
    """
    exploration = _find(lab)
    names = sys._getframe(1).f_globals if own is None else {exploration.function: own}
    from sim.explore.panel import Panel

    return Panel(exploration, names, Path(district)).widget


def explore_run(lab: str, **values: Any) -> None:
    """Runs an exploration without widgets and says in words what its plot would show.

    Args:
        lab: The lab, for example `"l1_collection"`.
        **values: Controls that differ from the first setting; names of assumptions work as well.

    Raises:
        HilabError: The lab has no exploration, or a name or value is impossible.

    Example:
        >>> explore_run("l1_collection", mandatory=1.0, load=6.0)  # doctest: +ELLIPSIS
        100 % mandatory: 2.2 wrong allergies per 1,000 at 3.0 min. Goal not reached
        This setting, 100 % of the fields mandatory. ...
    """
    exploration = _find(lab)
    figures = {each.name for each in exploration.assumptions}
    known = {lever.name for lever in exploration.levers} | figures
    if unknown := set(values) - known:
        told = "There is no '{name}' here; there are {names}."
        raise HilabError(said(told, name=min(unknown), names=", ".join(sorted(known))))
    controls = {name: value for name, value in values.items() if name not in figures}
    table = exploration.run(controls, {name: values[name] for name in values if name in figures})
    print(exploration.headline(controls, table))
    print(exploration.describe(table))


def _find(lab: str) -> "Exploration":
    """Returns an exploration.

    Example:
        >>> _find("l9")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ...
        sim.errors.HilabError: There is no exploration 'l9'; there are l0_orientation, ...
    """
    if lab not in EXPLORATIONS:
        told = "There is no exploration '{name}'; there are {names}."
        raise HilabError(said(told, name=lab, names=", ".join(EXPLORATIONS)))
    found: Exploration = import_module(EXPLORATIONS[lab]).EXPLORATION
    return found
