"""What an exploration says, in the language of the kit: English stands in the code, Chinese in `zh.yaml`."""

import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

CHINESE = "zh"
LANGUAGE = "HILAB_LANGUAGE"
"""The environment variable that overrules the kit's language."""

UNWRITTEN = "Your function is not written yet."
STOPPED = "Your function stopped with {kind}: {error}"


def said(english: str, /, **values: Any) -> str:
    """Returns a text in the language that is spoken here; one without a translation stays English.

    Args:
        english: The text, with places in braces as `str.format` fills them.
        **values: What stands in the places.

    Example:
        >>> said("Every {interval}", interval="4 h")
        'Every 4 h'
    """
    text = translations(spoken_here()).get(english, english)
    return text.format(**values) if values else text


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


@cache
def translations(language: str) -> Mapping[str, str]:
    """Returns the texts of a language by their English; none for English and languages that are not here."""
    if language != CHINESE:
        return {}
    path = Path(__file__).with_name(f"{CHINESE}.yaml")
    return {pair["en"]: pair[CHINESE] for pair in yaml.safe_load(path.read_text(encoding="utf-8"))}


def spoken_here() -> str:
    """Returns the language of the working folder: the environment's, the kit's, or English."""
    asked = os.environ.get(LANGUAGE, "")
    if asked:
        return asked
    kit = Path("kit.json").absolute()
    try:
        return _of_kit(kit, kit.stat().st_mtime_ns)
    except OSError:
        return "en"


@cache
def _of_kit(path: Path, _changed: int) -> str:
    """Reads the language of a kit once; a damaged one speaks English, for sliders need no kit."""
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["language"])
    except (ValueError, KeyError, TypeError):
        return "en"
