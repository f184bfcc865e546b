"""Written answers, scored by the learner: criteria, exemplars, and the distance from the marks these got."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.errors import HilabError
from sim.seeds import PUBLIC_KEY, Seeds

FILE = "written.json"
MINE = "mine"
"""The name of the learner's own answer in `score`."""

WORDS = 50
"""Fewest words of an own answer before exemplars open."""


@dataclass(frozen=True)
class Exemplar:
    """A written answer with the marks it was given.

    Attributes:
        name: Under which it is shown, A, B …
        kind: How good it is: strong, middling, weak.
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


def read_rubric(text: str, lab: str) -> Rubric:
    """Reads a `rubric.md`.

    Args:
        text: Its text: criteria below "Descriptors", answers below "Exemplars", each with its marks.
        lab: Decides the order of the exemplars.

    Raises:
        HilabError: It is not in this form.
    """
    _, _, rest = text.partition("## Descriptors")
    descriptors, _, answers = rest.partition("## Exemplars")
    criteria = {title: body for title, body in _sections(descriptors) if "* **0**" in body}
    found = []
    for title, body in _sections(answers):
        head = re.fullmatch(r"(\w+) \(([012](?:, [012])*) = (\d+)\)", title)
        quoted = "\n".join(line[1:].strip() for line in body.split("\n") if line.startswith(">"))
        if head and quoted:
            found.append((head[1], quoted, tuple(map(int, head[2].split(", "))), int(head[3])))
    if not criteria or not found or any(len(marks) != len(criteria) for _, _, marks, _ in found):
        raise HilabError(f"{lab}: the rubric was expected to hold criteria, and exemplars with their marks.")
    weight = max(points / sum(marks) for _, _, marks, points in found if sum(marks))
    order = Seeds(PUBLIC_KEY, "exemplars", lab).stream("order").permutation(len(found))
    named = [Exemplar(chr(65 + n), *found[int(place)][:3]) for n, place in enumerate(order)]
    return Rubric(criteria, tuple(named), weight)


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
