"""Misconceptions and competencies: what codes in labs and feedback stand for."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sim.errors import HilabError


@dataclass(frozen=True)
class Misconception:
    """A way of thinking that leads to a certain wrong answer.

    Attributes:
        code: Its code; codes are never used again.
        statement: What somebody who thinks so believes, in one sentence.
        hints: Three hints, each saying a little more.
        language: The language of its texts.
    """

    code: str
    statement: str
    hints: tuple[str, ...]
    language: str = "en"


def course_file(name: str) -> Path:
    """Returns a file of `course/`, in a checkout or in an installed wheel."""
    shipped = Path(__file__).resolve().parent / "_course"
    root = shipped if shipped.is_dir() else Path(__file__).resolve().parent.parent / "course"
    return root / name


@cache
def misconceptions(language: str = "en") -> dict[str, Misconception]:
    """Returns all misconceptions by their code; in English those that a language lacks.

    Raises:
        HilabError: The catalogue is missing or an entry lacks its statement or hints.
    """
    known = misconceptions() if language != "en" else {}
    path = course_file("misconceptions.yaml" if language == "en" else f"i18n/misconceptions.{language}.yaml")
    try:
        own = {str(code): _read(str(code), entry, language) for code, entry in _entries(path)}
        return {**known, **own}
    except (KeyError, TypeError, AttributeError) as error:
        raise HilabError(f"{path}: every code needs a 'statement' and 'hints' ({error}).") from error


def competencies() -> set[str]:
    """Returns the codes of the competencies that a lab may refer to."""
    return set(competency_entries())


def competency_texts() -> dict[str, str]:
    """Returns the wording of each competency by its code."""
    return {code: str(entry.get("text", "")) for code, entry in competency_entries().items()}


def competency_entries() -> dict[str, dict[str, Any]]:
    """Returns what competencies.yaml says of each code: text, framework, source, status."""
    found = _entries(course_file("competencies.yaml"))
    return {str(code): entry if isinstance(entry, dict) else {} for code, entry in found}


def _entries(path: Path) -> list[tuple[Any, Any]]:
    """Reads a catalogue, whether it is a mapping by code or a list of entries with their `code`."""
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise HilabError(f"{path}: cannot be read as YAML ({type(error).__name__}).") from error
    if isinstance(found, dict):
        return list(found.items())
    if isinstance(found, list) and all(isinstance(entry, dict) and "code" in entry for entry in found):
        return [(entry["code"], entry) for entry in found]
    raise HilabError(f"{path}: a list of entries by code was expected.")


def _read(code: str, entry: Any, language: str) -> Misconception:
    hints = tuple(str(hint).strip() for hint in entry["hints"])
    return Misconception(code, str(entry["statement"]).strip(), hints, language)
