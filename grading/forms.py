"""What is said about the form of an answer, in another language than English.

Such sentences are made where no language is known: in the sandbox and in the labs' checks. So they are
stored in English, and told in another language by `course/i18n/forms.<language>.yaml`, which holds each
sentence with places for what differs.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import yaml

from grading.catalogue import course_file
from grading.words import LANGUAGES, text
from sim.errors import HilabError
from sim.words import of_room

_OF_FUNCTION = re.compile(r"(\w+\(\)): (.+)", re.DOTALL)
_AT_LINE = re.compile(r"(.+) \(line (\d+) of (?:the|your) cell(?:: (.+))?\)", re.DOTALL)
_OURS = "HilabError: "


@dataclass(frozen=True)
class Forms:
    """The sentences of a language.

    Attributes:
        sentences: What an English sentence looks like, and the sentence in the language.
        words: English words inside the description of a dictionary, and theirs.
    """

    sentences: Sequence[tuple[re.Pattern[str], str]]
    words: Mapping[str, str]


def form_in(sentence: str, language: str) -> str | None:
    """Returns an English sentence about the form of an answer in a language; None if it is not known there.

    Example:
        >>> form_in("copies() must return a DataFrame with the columns row_id and label.", "zh")
        'copies() 必须返回一个 DataFrame，列为 row_id、label。'
        >>> form_in("f(): The answer is nested too deeply.", "zh")
        'f()：答案嵌套太深。'
        >>> form_in("KeyError: 'mrn' (line 3 of the cell)", "zh")
        "KeyError: 'mrn'（单元格第 3 行）"
        >>> form_in("HilabError: The value of 'k' must be whole.", "zh")
        '“k”的值必须是整数。'
    """
    if language == LANGUAGES[0]:
        return sentence
    if found := _OF_FUNCTION.fullmatch(sentence):
        rest = form_in(found[2], language)
        return rest and f"{found[1]}：{rest}"
    if found := _AT_LINE.fullmatch(sentence):
        return _at_line(found, language)
    forms = _forms(language)
    sentence = sentence.removeprefix(_OURS)
    for pattern, told in forms.sentences:
        if found := pattern.fullmatch(sentence):
            parts = found.groupdict()
            said = {name: _worded(parts[name], forms.words) for name in ("shape", "names") if name in parts}
            return told.format_map(parts | said)
    return None


def _at_line(found: re.Match[str], language: str) -> str:
    """Returns an error with the line in which it arose; Python's own words stay English."""
    why = form_in(found[1], language) or found[1]
    return text(
        "came.at_code" if found[3] else "came.at_line", language, why=why, line=found[2], code=found[3]
    )


def _worded(shape: str, words: Mapping[str, str]) -> str:
    for english, word in words.items():
        shape = shape.replace(english, word)
    return shape


@cache
def _forms(language: str) -> Forms:
    path = course_file(f"i18n/forms.{language}.yaml")
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
        every = [*found["sentences"].items(), *of_room("policy", language).items()]
        sentences = [(_pattern(english), told) for english, told in every]
        return Forms(sentences, found["words"])
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, KeyError) as error:
        raise HilabError(f"{path}: cannot be read as YAML ({type(error).__name__}).") from error


def _pattern(english: str) -> re.Pattern[str]:
    """Returns what a sentence with places looks like; doubled braces stand for themselves.

    Example:
        >>> _pattern("{f}() took {n} s.").fullmatch("free() took 3 s.").groupdict()
        {'f': 'free', 'n': '3'}
    """
    parts = re.split(r"(\{\{|\}\}|\{\w+\})", english)
    made = (
        f"(?P<{part[1:-1]}>.+?)"
        if re.fullmatch(r"\{\w+\}", part)
        else re.escape(part[:1] * (len(part) // 2))
        if part in ("{{", "}}")
        else re.escape(part)
        for part in parts
    )
    return re.compile("".join(made), re.DOTALL)
