"""Writes docs/competencies.md from the labs' lab.yaml: `python -m grading.competencymap`."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from grading.catalogue import competency_entries
from grading.labfacts import read_facts
from grading.tasks import labs_folder

PAGE = Path(__file__).resolve().parent.parent / "docs" / "competencies.md"

_HEAD = """# Which lab teaches what

This page is written from every lab's `lab.yaml` and from `course/competencies.yaml` by
`python -m grading.competencymap`; a test holds them together. `hilab course build` refuses a lab that names
an unknown competency.
"""
_STATUS = """
● taught, ○ by an optional task only. How sure a wording is: *verified*, read in the source; *second-hand*,
read in a secondary source; *title-only*, the title is known and its wording was not checked.
"""


def page() -> str:
    """Returns the text of docs/competencies.md.

    Raises:
        HilabError: A lab.yaml or the catalogue cannot be read.
    """
    labs = _labs()
    lines = [_HEAD, *_matrix(labs), _STATUS]
    for lab, facts in labs.items():
        lines += _lab(lab, facts)
    return "\n".join(lines)


def _labs() -> dict[str, dict[str, Any]]:
    return {path.parent.name: read_facts(path.parent) for path in sorted(labs_folder().glob("*/lab.yaml"))}


def _matrix(labs: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """One row for each competency, one column for each lab."""
    short = [lab.partition("_")[0].upper() for lab in labs]
    yield f"| code | competency | framework | wording | {' | '.join(short)} |"
    yield "|" + "---|" * (4 + len(labs))
    for code, entry in competency_entries().items():
        marks = [_mark(code, facts) for facts in labs.values()]
        told = [str(entry.get(key, "")) for key in ("text", "framework", "status")]
        yield f"| {' | '.join([code, *told, *marks])} |"
    taught = {code for facts in labs.values() for code in facts["competencies"]}
    left = ", ".join(code for code in competency_entries() if code not in taught)
    yield f"\nTaught so far: {len(taught)} of {len(competency_entries())}. Not yet: {left or 'none'}."


def _mark(code: str, facts: Mapping[str, Any]) -> str:
    if code not in facts["competencies"]:
        return ""
    return "○" if code in facts.get("only_optional", []) else "●"


def _lab(lab: str, facts: Mapping[str, Any]) -> Iterator[str]:
    """What one lab says of itself."""
    points, hours = facts["points"], facts["hours"]
    yield f"## {facts['title']}\n"
    yield f"`{lab}`: {hours['it']:g} hours for an IT student, {hours['clinician']:g} for a clinician;"
    yield f"{points['automatic']:g} points by program, {points['manual']:g} by hand.\n"
    yield from (f"- {objective}" for objective in facts["objectives"])
    yield "\nBefore it: " + " ".join(facts["prerequisites"])
    yield "\nTracks: " + "; ".join(f"*{track}*: {told}" for track, told in facts["tracks"].items()) + "."
    yield "\nCompetencies: " + ", ".join(facts["competencies"]) + ".\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
