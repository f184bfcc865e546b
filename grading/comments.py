"""What the code of a lab says to people, in another language: comments, and what rules make of an example.

`code.zh.yaml` beside a lab's `scaffold.py` holds it by task. It stays with the lab's text, outside kits and
wheels, because it tells steps and ways of doing a task.
"""

import io
import tokenize
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from grading.words import LANGUAGES
from sim.errors import HilabError

OUTSIDE = "outside"
"""Under this name, in place of a task's number, stand the comments and words of cells that hold no answer."""

Comments = Mapping[str, Mapping[str, str]]
"""The comments of a lab: by the number of the task or `OUTSIDE`, English to another language."""


def comments_of(folder: Path, language: str) -> Comments:
    """Returns the comments of a lab in a language; none for English and where nothing is translated.

    Args:
        folder: The lab's folder.
        language: The language.

    Raises:
        HilabError: The file cannot be read.
    """
    return {str(task): known for task, known in _words(folder, language).get("comments", {}).items()}


def made_of_it(folder: Path, language: str, english: Mapping[str, str]) -> Mapping[str, str]:
    """Returns what each rule of a choice makes of the example, in a language; English where it lacks it."""
    return {**english, **_words(folder, language).get("made_of_it", {})}


@cache
def _words(folder: Path, language: str) -> Mapping[str, Any]:
    path = folder / f"code.{language}.yaml"
    if language == LANGUAGES[0] or not path.is_file():
        return {}
    try:
        return dict(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, ValueError) as error:
        raise HilabError(f"{path}: cannot be read as YAML ({type(error).__name__}).") from error


def commented(source: str, known: Mapping[str, str]) -> str:
    """Returns code with its comments in another language; one without a translation stays.

    Args:
        source: The code; text that is not Python comes back as it is.
        known: The comments, without their sign, and theirs in the other language.

    Example:
        >>> commented("x = '# 1'  # one", {"one": "一"})
        "x = '# 1'  # 一"
    """
    lines = source.split("\n")
    for line, column, told in comments(source):
        if told in known:
            lines[line - 1] = f"{lines[line - 1][:column]}# {known[told]}"
    return "\n".join(lines)


def comments(source: str) -> Iterator[tuple[int, int, str]]:
    """Gives the line, the column and the text of every comment of some code."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                yield *token.start, token.string.lstrip("# ")
    except (tokenize.TokenError, SyntaxError):
        return
