"""What districts and explorations say to a learner, in the language of the kit: English stands in the code.

Chinese stands in the `zh.yaml` of each room that speaks, as pairs of the English text and its translation.
"""

import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CHINESE = "zh"
LANGUAGE = "HILAB_LANGUAGE"
"""The environment variable that overrules the kit's language."""

ROOMS = ("policy", "explore")
"""The rooms that speak to learners."""


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


@cache
def translations(language: str) -> Mapping[str, str]:
    """Returns the texts of a language by their English; none for English and languages that are not here."""
    return {english: told for room in ROOMS for english, told in of_room(room, language).items()}


@cache
def of_room(room: str, language: str) -> Mapping[str, str]:
    """Returns the texts of one room in a language by their English; none where it has none."""
    path = Path(__file__).parent / room / f"{CHINESE}.yaml"
    if language != CHINESE or not path.is_file():  # where answers are marked there are no explorations
        return {}
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
