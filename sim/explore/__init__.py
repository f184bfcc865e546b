"""Explorations: sliders and plots around pure functions from parameters to a table.

`explore("l1_collection")` shows one in JupyterLab. Who prefers plain cells calls `run` and `describe` of its
module, for example `sim.explore.collection`, and misses nothing.
"""

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from sim.errors import HilabError

EXPLORATIONS = {"l1_collection": "sim.explore.collection"}
"""The module of each lab's exploration."""


def explore(lab: str, namespace: Mapping[str, Any] | None = None, district: Path | str = "district") -> Any:
    """Shows the exploration of a lab.

    Args:
        lab: The lab, for example `"l1_collection"`.
        namespace: Where "use my function" looks for it; the notebook's own names if None.
        district: Folder of the district that the function runs on.

    Returns:
        A widget; a notebook shows it below the cell.

    Raises:
        HilabError: The lab has no exploration.

    Example:
        >>> explore("l9")
        Traceback (most recent call last):
        ...
        sim.errors.HilabError: There is no exploration 'l9'; there are l1_collection.
    """
    if lab not in EXPLORATIONS:
        raise HilabError(f"There is no exploration '{lab}'; there are {', '.join(EXPLORATIONS)}.")
    names = namespace if namespace is not None else sys._getframe(1).f_globals
    from sim.explore.panel import Panel

    return Panel(import_module(EXPLORATIONS[lab]).EXPLORATION, names, Path(district)).widget
