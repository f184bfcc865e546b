"""What the program says, by code: in English or Chinese, from `course/i18n/`.

Marks and notes are stored as codes with values, so that they can be told in any language later.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import yaml

from grading.catalogue import course_file
from sim.errors import HilabError

LANGUAGES = ("en", "zh")
"""The languages that there are string files for; the first is the one that is never incomplete."""


@dataclass(frozen=True)
class Said:
    """A sentence that is not yet in any language.

    Attributes:
        code: Its code in the string files, such as `note.deleted`.
        values: What stands in its places, by name.

    Example:
        >>> str(say("note.deleted", cell="mark_1_3"))
        'The cell mark_1_3 was deleted; it was put back.'
    """

    code: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Returns the sentence in English."""
        return self.told()

    def told(self, language: str = "en") -> str:
        """Returns the sentence in a language."""
        return text(self.code, language, **self.values)


def say(code: str, /, **values: object) -> Said:
    """Returns a sentence by its code."""
    return Said(code, {name: str(value) for name, value in values.items()})


def text(code: str, language: str = "en", /, **values: object) -> str:
    """Returns the text of a code in a language; in English where the language lacks it.

    Raises:
        HilabError: There is no such language.
        KeyError: There is no such code, or a place in it has no value.

    Example:
        >>> text("status.right", "en"), text("status.right", "zh")
        ('right', '正确')
    """
    found = strings(language).get(code)
    return (found if found is not None else strings("en")[code]).format_map(values)


@cache
def strings(language: str) -> Mapping[str, str]:
    """Returns all texts of a language by their codes.

    Raises:
        HilabError: There is no such language, or its file is not what it should be.
    """
    if language not in LANGUAGES:
        raise HilabError(f"There is no language '{language}'; there are {', '.join(LANGUAGES)}.")
    path = course_file(f"i18n/{language}.yaml")
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise HilabError(f"{path}: cannot be read as YAML ({type(error).__name__}).") from error
    if not isinstance(found, dict):
        raise HilabError(f"{path}: names with texts were expected.")
    return dict(_flat(found, ""))


def _flat(tree: Mapping[Any, Any], before: str) -> Iterator[tuple[str, str]]:
    for name, item in tree.items():
        if isinstance(item, dict):
            yield from _flat(item, f"{before}{name}.")
        else:
            yield f"{before}{name}", str(item)
