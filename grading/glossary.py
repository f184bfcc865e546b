"""The words that the labs explain: `course/glossary.yaml` and what is made from it.

Each lab's list of words, `glossary()` in a notebook, and docs/glossary.md (`python -m grading.glossary`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from grading.catalogue import course_file
from grading.notice import Line, Notice
from grading.words import LANGUAGES, text
from sim.errors import HilabError

PAGE = Path(__file__).resolve().parent.parent / "docs" / "glossary.md"
MARK = "{words of this lab}"
"""Where a lab's text wants its list of words."""

_HEADS = {"en": ("word", "meaning"), "zh": ("词", "含义")}
_TITLES = {"en": "Words of the labs", "zh": "各实验的词汇"}
_INTRO = """# Glossary

Every word that a lab explains, by the lab in which it comes first. In a notebook,
`from grading.selfstudy import glossary`, then `glossary("MRN")` explains a word of this lab or of one before.
This page is written from `course/glossary.yaml` by `python -m grading.glossary`; a test holds them together.
"""


@dataclass(frozen=True)
class Entry:
    """A word, or words that belong together, and what it means.

    Attributes:
        lab: The lab in which it comes first.
        told: Word and meaning by language.
    """

    lab: str
    told: dict[str, tuple[str, str]]


def entries() -> list[Entry]:
    """Returns all words in the order of the labs.

    Raises:
        HilabError: The file cannot be read, or a word lacks its meaning in a language.
    """
    path = course_file("glossary.yaml")
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
        return [_entry(str(lab), row) for lab, rows in found.items() for row in rows]
    except (OSError, yaml.YAMLError) as error:
        raise HilabError(f"{path}: cannot be read as YAML ({type(error).__name__}).") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        wanted = " and ".join(f"'{language}: [word, meaning]'" for language in LANGUAGES)
        raise HilabError(f"{path}: every word needs {wanted} below its lab ({error}).") from error


def _entry(lab: str, row: dict[str, list[str]]) -> Entry:
    told = {}
    for language in LANGUAGES:
        word, meaning = row[language]
        told[language] = (str(word), str(meaning))
    return Entry(lab, told)


def with_words(source: str, lab: str, language: str) -> str:
    """Returns a text in which the mark `{words of this lab}` has become the lab's list of words.

    Example:
        >>> with_words("no mark", "l0_orientation", "en")
        'no mark'
    """
    return source.replace(MARK, table(lab, language)) if MARK in source else source


def table(lab: str, language: str) -> str:
    """Returns the words that come first in a lab, as a table in Markdown."""
    rows = [entry.told[language] for entry in entries() if entry.lab == lab]
    return "\n".join(f"| {' | '.join(row)} |" for row in (_HEADS[language], ("---", "---"), *rows))


def explained(word: str | None, lab: str | None, language: str) -> Notice:
    """Says what a word means, or all words up to a lab.

    Args:
        word: A word, or a part of it; all words if None.
        lab: The lab at hand; words of later labs are left out. All labs if None.
        language: The language.

    Raises:
        HilabError: No lab so far explains the word.
    """
    known = [entry.told for entry in entries() if lab is None or entry.lab <= lab]
    asked = (word or "").strip().casefold()
    found = [told[language] for told in known if any(asked in told[one][0].casefold() for one in LANGUAGES)]
    if not found:
        raise HilabError(text("study.no_word", language, word=word))
    lines = [Line("note", name, (meaning,)) for name, meaning in found]
    return Notice(_TITLES[language], lines, [], language)


def page() -> str:
    """Returns the text of docs/glossary.md."""
    return "\n".join([_INTRO, *_parts()])


def _parts() -> Iterator[str]:
    for language in LANGUAGES:
        yield f"## {_TITLES[language]}\n"
        for lab in dict.fromkeys(entry.lab for entry in entries()):
            yield f"### `{lab}`\n\n{table(lab, language)}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
