"""Two populations side by side, as text and as a page.

The page stands alone: no script, no network, no time stamp; the same populations give the same bytes.
"""

import math
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd

from sim.validation.curves import curves
from sim.validation.portrait import CODED, CONDITIONS, Portrait, portray
from sim.validation.report import STYLE, Rows, save, table_html
from sim.validation.text import number
from sim.validation.validation import Validation, validate

TOP = 8
"""How many of the most used codes of each population are shown, a table."""


@dataclass(frozen=True)
class Section:
    """One table of the comparison.

    Attributes:
        title: What it is about.
        note: How it is counted.
        head: Names of the columns.
        rows: Cells, all text.
    """

    title: str
    note: str
    head: tuple[str, ...]
    rows: Rows


def compare(
    one: Path | str, other: Path | str, report: Path | str | None = None, *, progress: bool = False
) -> str:
    """Sets two populations side by side: `hilab compare`.

    Args:
        one: Tables in Synthea's layout.
        other: Tables to set beside them.
        report: Where to write a page (`.html`); else none.
        progress: Show bars.

    Returns:
        The comparison as text.

    Raises:
        HilabError: If a folder holds no population, or the page cannot be written.
    """
    folders = (one, other)
    portraits = [portray(folder, progress) for folder in folders]
    sections = [*_sections(*portraits), _score(*(validate(folder, progress=progress) for folder in folders))]
    if report is not None:
        save(Path(report), {".html": lambda: page(portraits, sections)})
    return "\n".join([_who("A", portraits[0]), _who("B", portraits[1]), *map(_text, sections)])


def page(portraits: list[Portrait], sections: list[Section]) -> str:
    """Returns the comparison as a page of HTML."""
    parts = []
    for section in sections:
        parts += [f"<h2>{escape(section.title)}</h2><p>{escape(section.note)}</p>"]
        if section.title == SURVIVAL:
            parts.append(curves(portraits))
        parts.append(
            '<div class="wide" tabindex="0" role="region" ' + f'aria-label="{escape(section.title)}">'
        )
        parts += [table_html(section.title, section.head, section.rows, set(section.head[-3:])), "</div>"]
    who = "".join(f"<li>{escape(_who(name, it))}</li>" for name, it in zip("AB", portraits, strict=True))
    return "\n".join(
        [
            '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>Two populations side by side</title><style>{STYLE}</style></head><body>",
            f"<main><h1>Two populations side by side</h1><ul>{who}</ul>",
            *parts,
            "</main></body></html>\n",
        ]
    )


SURVIVAL = "Survival"


def _who(name: str, portrait: Portrait) -> str:
    return (
        f"{name}: {portrait.folder}, {portrait.lives:,} lives, {portrait.living:,} living, "
        f"records to {portrait.end}"
    )


def _sections(one: Portrait, other: Portrait) -> list[Section]:
    return [
        Section("Records a life", "Rows of each table, for everybody dead or alive.", ("table", *_AB),
                _pairs(one.records, other.records)),
        Section("Visits a person and year", "The last three years, by class.", ("class", *_AB),
                _pairs(one.visits, other.visits)),
        _prevalence(one, other),
        _survival(one, other),
        _in_common(one, other),
        _top(one, other),
    ]  # fmt: skip


_AB = ("A", "B", "B / A")


def _pairs(one: dict[str, float], other: dict[str, float]) -> Rows:
    names = [*one, *(name for name in other if name not in one)]
    return [(name, *_beside(one.get(name, 0.0), other.get(name, 0.0))) for name in names]


def _beside(one: float, other: float) -> tuple[str, str, str]:
    ratio = other / one if one else math.nan
    return number(one), number(other), number(ratio)


def _prevalence(one: Portrait, other: Portrait) -> Section:
    rows: Rows = []
    for condition in CONDITIONS:
        for group, people in one.groups.items():
            if people or other.groups[group]:
                sizes = f"{people:,} and {other.groups[group]:,}"
                shares = (it.prevalence[condition, group] for it in (one, other))
                rows.append((condition.replace("_", " "), group, sizes, *_beside(*shares)))
    note = "Per cent of the living who were ever told. Small groups say little: their size stands beside."
    return Section("Prevalence by age and sex", note, ("condition", "group", "people", *_AB), rows)


def _survival(one: Portrait, other: Portrait) -> Section:
    a, b = one.deaths, other.deaths
    rows: Rows = [
        (str(band), f"{a['deaths'][band]} and {b['deaths'][band]}", *_beside(a["q"][band], b["q"][band]))
        for band in a.index
    ]
    note = (
        "Probability q of dying within the age band, from deaths a year lived in the last ten years: "
        "q = 1 - exp(-n m) over n years."
    )
    return Section(SURVIVAL, note, ("age", "deaths", *_AB), rows)


def _in_common(one: Portrait, other: Portrait) -> Section:
    rows: Rows = []
    for table in CODED:
        a, b = (_by_code(it, table) for it in (one, other))
        both = a.index.intersection(b.index)
        shares = [100 * it[both].sum() / it.sum() if it.sum() else math.nan for it in (a, b)]
        rows.append((table, str(len(a)), str(len(b)), str(len(both)), *map(number, shares)))
    head = ("table", "codes in A", "codes in B", "in both", "% of A's rows", "% of B's rows")
    note = "Codes that each uses, and how many of its rows bear a code that both use."
    return Section("Codes in common", note, head, rows)


def _by_code(portrait: Portrait, table: str) -> "pd.Series[float]":
    rows: pd.Series[float] = portrait.codes[portrait.codes.index.get_level_values("place") == table]
    return rows.groupby(level="code").sum()


def _top(one: Portrait, other: Portrait) -> Section:
    rows: Rows = []
    texts = {(place, code): text for it in (other, one) for place, code, text in it.codes.index}
    for table in CODED:
        a, b = (_by_code(it, table) for it in (one, other))
        shown = sorted({*a.nlargest(TOP).index, *b.nlargest(TOP).index}, key=lambda code: -a.get(code, 0.0))
        rows += [
            (table, code, str(texts[table, code]), *_beside(a.get(code, 0.0), b.get(code, 0.0)))
            for code in shown
        ]
    note = f"Rows a thousand lives of the {TOP} most used codes of each population."
    return Section("Codes most used", note, ("table", "code", "text", *_AB), rows)


def _score(one: Validation, other: Validation) -> Section:
    a, b = one.score, other.score
    rows: Rows = [
        (
            str(domain),
            f"{a.loc[domain, 'targets']:.0f}",
            *(f"{it.loc[domain, 'within']:.0f} ({it.loc[domain, 'share']:.0%})" for it in (a, b)),
        )
        for domain in a.index
    ]
    note = "Published figures that agree (hilab validate). A small population agrees more easily by chance."
    return Section("Validation score", note, ("domain", "targets", "A", "B"), rows)


def _text(section: Section) -> str:
    """Writes a section in columns: numbers to the right, long texts cut."""
    cells = [section.head, *(tuple(cell[:44] for cell in row) for row in section.rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    figures = 3 if len(section.head) > 3 else 2
    lines = [
        "  ".join(
            cell.rjust(width) if place >= len(row) - figures else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
    return "\n".join(["", section.title, section.note, *lines])
