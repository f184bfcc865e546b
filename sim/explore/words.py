"""What explorations say alike: whether a goal is reached, and by how much two settings differ."""

from collections.abc import Mapping

import pandas as pd

from sim.words import said

UNWRITTEN = "Your function is not written yet."
STOPPED = "Your function stopped with {kind}: {error}"


def goal(reached: bool) -> str:
    """Says whether the goal is reached.

    Example:
        >>> goal(False)
        'Goal not reached'
    """
    return said("Goal reached") if reached else said("Goal not reached")


def differences(first: pd.DataFrame, second: pd.DataFrame, labels: Mapping[str, str]) -> str:
    """Says by how much outcomes differ, replicate by replicate: the mean and the range of each.

    Args:
        first: Replicates of one setting.
        second: As many of another, in the same order.
        labels: What each outcome is called, by its column.

    Example:
        >>> one = pd.DataFrame({"cost": [1.0, 2.0]})
        >>> differences(one, one + 1, {"cost": "cost a year"})
        'cost a year +1.0 (+1.0 to +1.0)'
    """
    part = "{label} {mean:+.1f} ({low:+.1f} to {high:+.1f})"
    gaps = {name: second[name].to_numpy() - first[name].to_numpy() for name in labels}
    parts = [
        said(part, label=said(labels[name]), mean=gap.mean(), low=gap.min(), high=gap.max())
        for name, gap in gaps.items()
    ]
    return said("; ").join(parts)
