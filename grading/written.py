"""Written answers, scored by the learner: criteria, exemplars, and the distance from the marks these got."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grading.words import LANGUAGES
from grading.words import text as said
from sim.errors import HilabError
from sim.seeds import PUBLIC_KEY, Seeds

FILE = "written.json"
MINE = "mine"
"""The name of the learner's own answer in `score`."""

WORDS = 50
"""Fewest words of an own answer before exemplars open."""

KINDS = ("strong", "middling", "weak")
"""How good an exemplar is; the words for it stand in the string files under `rubric`."""

_EXEMPLAR = re.compile(r"(\w+) ?[(（]([012](?:, [012])*) = (\d+)[)）]")


@dataclass(frozen=True)
class Exemplar:
    """A written answer with the marks it was given.

    Attributes:
        name: Under which it is shown, A, B …
        kind: How good it is, one of `KINDS`.
        text: The answer, as Markdown.
        marks: 0, 1 or 2 for each criterion.
    """

    name: str
    kind: str
    text: str
    marks: tuple[int, ...]


@dataclass(frozen=True)
class Rubric:
    """How a written question is marked.

    Attributes:
        criteria: Each criterion with its descriptors, as Markdown.
        exemplars: In the order in which they are shown, which says nothing about their marks.
        weight: Points of one step.
    """

    criteria: Mapping[str, str]
    exemplars: tuple[Exemplar, ...]
    weight: float

    @property
    def points(self) -> float:
        """Points of an answer with 2 in every criterion."""
        return 2 * len(self.criteria) * self.weight


def rubric_name(language: str) -> str:
    """Returns how the file of a rubric in a language is called.

    Example:
        >>> rubric_name("en"), rubric_name("zh")
        ('rubric.md', 'rubric.zh.md')
    """
    return "rubric.md" if language == LANGUAGES[0] else f"rubric.{language}.md"


def read_rubric(text: str, lab: str) -> Rubric:
    """Reads the rubric of a lab; its headings say in which language it is.

    Args:
        text: Its text: criteria below "Descriptors", answers below "Exemplars", each with its kind and marks.
        lab: Decides the order of the exemplars, which is the same in all languages.

    Raises:
        HilabError: It is not in this form.
    """
    descriptors, answers, kinds = _parts(text)
    criteria = {title: body for title, body in _sections(descriptors) if "* **0**" in body}
    found = [_exemplar(title, body, kinds) for title, body in _sections(answers)]
    read = [each for each in found if each is not None and len(each[0].marks) == len(criteria)]
    if not criteria or not read or len(read) < len(found):
        raise HilabError(f"{lab}: the rubric was expected to hold criteria, and exemplars with their marks.")
    weight = max(points / sum(one.marks) for one, points in read if sum(one.marks))
    order = Seeds(PUBLIC_KEY, "exemplars", lab).stream("order").permutation(len(read))
    named = [replace(read[int(place)][0], name=chr(65 + n)) for n, place in enumerate(order)]
    return Rubric(criteria, tuple(named), weight)


def _parts(text: str) -> tuple[str, str, dict[str, str]]:
    """Returns descriptors and exemplars, and which word of the headings' language means which kind."""
    for language in LANGUAGES:
        heads = "|".join(re.escape(said(f"rubric.{part}", language)) for part in ("descriptors", "exemplars"))
        parts = re.split(rf"^## (?:{heads})$", text, flags=re.MULTILINE)
        if len(parts) == 3:
            return parts[1], parts[2], {said(f"rubric.{kind}", language): kind for kind in KINDS}
    return "", "", {}


def _exemplar(title: str, body: str, kinds: Mapping[str, str]) -> tuple[Exemplar, int] | None:
    """Returns an exemplar that has no name yet, and its points; None if it is not in the form of one."""
    head = _EXEMPLAR.fullmatch(title)
    quoted = "\n".join(line[1:].strip() for line in body.split("\n") if line.startswith(">"))
    if not head or not quoted or head[1] not in kinds:
        return None
    return Exemplar("", kinds[head[1]], quoted, tuple(map(int, head[2].split(", ")))), int(head[3])


def _sections(text: str) -> list[tuple[str, str]]:
    parts = re.split(r"^### ", text, flags=re.MULTILINE)[1:]
    heads = [part.partition("\n") for part in parts]
    return [(title.strip(), body.strip()) for title, _, body in heads]


class Scores:
    """The learner's own marks, kept in the folder of the lab."""

    def __init__(self, folder: Path) -> None:
        """Reads the marks, if there are any; a damaged file counts as none."""
        self._path = folder / FILE
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            self.marks = {str(name): tuple(map(int, marks)) for name, marks in found.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            self.marks = {}

    def give(self, name: str, marks: Sequence[int]) -> None:
        """Remembers marks. The first marks of an exemplar stand: they were given without knowing."""
        if name == MINE or name not in self.marks:
            self.marks[name] = tuple(marks)
        part = self._path.with_name(FILE + ".part")
        part.write_text(json.dumps(self.marks, sort_keys=True) + "\n", encoding="utf-8", newline="\n")
        part.replace(self._path)

    def open(self, rubric: Rubric) -> list[str]:
        """Returns the exemplars that have no marks yet."""
        return [one.name for one in rubric.exemplars if len(self.marks.get(one.name, ())) != len(one.marks)]

    def distance(self, rubric: Rubric) -> tuple[float, float]:
        """Returns how far the marks lie from the given ones, in steps a criterion, and to which side.

        Returns:
            The mean distance, and the mean difference: below 0 if the learner marks more strictly.
        """
        pairs = [
            (mine, theirs)
            for one in rubric.exemplars
            for mine, theirs in zip(self.marks.get(one.name, ()), one.marks, strict=False)
        ]
        count = max(1, len(pairs))
        return sum(abs(a - b) for a, b in pairs) / count, sum(a - b for a, b in pairs) / count
