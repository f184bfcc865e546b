"""The comparison as one page of HTML, or as a summary in Markdown.

The page stands alone: no script, no network, no time stamp; the same comparison gives the same bytes.
"""

from collections.abc import Callable, Collection, Mapping
from html import escape
from pathlib import Path

import pandas as pd

from sim.errors import HilabError
from sim.validation.method import DEFINITION, definition_rows, method, rule
from sim.validation.plots import legend, scatter
from sim.validation.text import chance, describe, number, verdict
from sim.validation.validation import ENOUGH, ENOUGH_IN_DOMAIN, Validation

WORDS = {"ok": "within", "high": "too high", "low": "too low", "missing": "not recorded"}
"""Verdicts as they are printed."""

STYLE = """
body{font:1rem/1.5 system-ui,sans-serif;max-width:72rem;margin:0 auto;padding:1rem;color:#111;background:#fff}
table{border-collapse:collapse;width:100%}caption{text-align:left;padding:.3rem 0}
th,td{border-bottom:1px solid #bbb;padding:.2rem .5rem;text-align:left;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}thead th{background:#eee}
.wide{overflow:auto;max-height:80vh}.wide:focus,a:focus{outline:3px solid #0072B2}
.plots{display:flex;flex-wrap:wrap;gap:1rem}figure{flex:1 1 20rem;max-width:30rem;margin:0}
figcaption{font-size:.9rem}svg text{font:11px system-ui,sans-serif;fill:#111}svg .small{font-size:8px}
.frame{fill:none;stroke:#555}.grid{stroke:#ddd}.line{stroke:#111}.band{fill:#56B4E9;fill-opacity:.25}
.legend{display:flex;gap:1.5rem;list-style:none;padding:0}
.key{width:1rem;height:1rem;vertical-align:-.15em;margin-right:.3rem}
.skip{position:absolute;left:-99rem}.skip:focus{position:static}
"""


def write(validation: Validation, path: Path) -> Path:
    """Writes the report; it appears under its name only when it is complete.

    Args:
        validation: What `validate` returned.
        path: A file ending in `.html` or `.md`.

    Raises:
        HilabError: If the ending is another or the file cannot be written.
    """
    return save(path, {".html": lambda: html(validation), ".md": lambda: markdown(validation)})


def save(path: Path, makers: Mapping[str, Callable[[], str]]) -> Path:
    """Writes a page of one of several kinds; it appears under its name only when it is complete.

    Args:
        path: The file.
        makers: What makes the page, by ending.

    Raises:
        HilabError: If the ending is another or the file cannot be written.
    """
    if path.suffix not in makers:
        known, ending = " or ".join(makers), path.suffix or "without ending"
        raise HilabError(f"{path}: a report is written as {known}, not {ending!r}.")
    draft = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(makers[path.suffix](), encoding="utf-8", newline="\n")
        draft.replace(path)
    except OSError as error:
        raise HilabError(f"{path}: the report cannot be written ({error.strerror or error}).") from error
    finally:
        draft.unlink(missing_ok=True)
    return path


def verdict_sentence(validation: Validation) -> str:
    """Says in one sentence how the population did."""
    total = validation.score.loc["all of priority 1"]
    word = "Enough targets agree" if validation.passed else "Not enough targets agree"
    return (
        f"{word}: {total['within']:.0f} of {total['targets']:.0f} of priority 1 ({total['share']:.1%}); "
        f"asked for are {ENOUGH:.0%} of all and {ENOUGH_IN_DOMAIN:.0%} in each domain. {chance(validation)}"
    )


def html(validation: Validation) -> str:
    """Returns the page."""
    table = validation.table
    plots = [scatter(str(name), part[part["is_fact"]]) for name, part in table.groupby("domain", sort=False)]
    who = f"{validation.people:,} living people, records to {validation.end}, country {validation.country}"
    return "\n".join(
        [
            '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>Generated against published figures</title><style>{STYLE}</style></head><body>",
            '<a class="skip" href="#targets">Skip to the table of all targets</a>',
            "<main><h1>Generated against published figures</h1>",
            f"<p>{escape(validation.folder)}: {escape(who)}.</p>",
            f"<p><strong>{escape(verdict_sentence(validation))}</strong></p><p>{escape(rule())}</p>",
            "<h2>Summary by domain</h2>",
            table_html("Targets that agree, by domain", _SCORE, _score_rows(validation)),
            "<h2>Summary by priority</h2>",
            table_html("Targets that agree, by domain and priority", _PRIORITY, _priority_rows(table)),
            "<h2>How it is measured</h2>",
            *(f"<p>{escape(text)}</p>" for text in method()),
            f'<h2>Plots</h2>{legend()}<div class="plots">',
            *plots,
            '</div><h2 id="targets">All targets</h2>',
            '<div class="wide" tabindex="0" role="region" aria-label="All targets">',
            table_html("Every target, generated against published", _ALL, _all_rows(table)),
            "</div><h2>Definitions</h2>",
            '<div class="wide" tabindex="0" role="region" aria-label="Definitions">',
            table_html("What each measure is", DEFINITION, definition_rows()),
            "</div></main></body></html>\n",
        ]
    )


def markdown(validation: Validation) -> str:
    """Returns a summary, with the command that makes it."""
    table = validation.table
    missed = table[table["is_fact"] & (table["priority"] == 1) & ~table["within"]]
    moved = table[table["moved_because"] != ""].groupby("moved_because", sort=False).size()
    return "\n".join(
        [
            "# Generated against published figures",
            "",
            f"Made by `hilab validate {validation.folder} --report FILE.md` "
            f"({validation.people:,} living people, records to {validation.end}).",
            "",
            verdict_sentence(validation),
            "",
            rule(),
            "",
            "## How it is measured",
            "",
            *(line for text in method() for line in (text, "")),
            "The definition of every measure stands in `sim/validation/measures.yaml`, the codes that mean "
            "each concept in `sim/validation/concepts.yaml`, the published figures with their sources in "
            "`datasets/reference/validation_targets.csv`.",
            "",
            "## By domain",
            "",
            *_md_table(_SCORE, _score_rows(validation)),
            "",
            "A domain without targets of priority 1 is judged by those of priority 2.",
            "",
            "## By priority",
            "",
            *_md_table(_PRIORITY, _priority_rows(table)),
            "",
            "## Priority 1 that do not agree",
            "",
            *(_md_table(_MISSED, _missed_rows(missed)) if len(missed) else ["None."]),
            "",
            "## Targets that were moved to priority 3",
            "",
            "Two figures of the same measure and group cannot both be met where their tolerances do not "
            "touch, and an older figure of a series says nothing that the newer does not say better. The "
            "newer is used; the other is still measured, but does not count.",
            "",
            *_md_table(("reason", "targets"), [(str(reason), str(count)) for reason, count in moved.items()]),
            "",
        ]
    )


_SCORE = ("domain", "targets", "agree", "agree strictly", "not recorded", "share that agrees")
_PRIORITY = ("domain", "priority", "targets", "agree", "not recorded", "share that agrees")
_MISSED = ("target", "what", "published", "generated", "tolerance", "verdict")
_ALL = (
    *("target", "priority", "what", "year", "unit", "published", "generated", "tolerance", "verdict"),
    *("rests on", "measure", "source", "remark"),
)
_NUMBERS = {
    "targets",
    "agree",
    "agree strictly",
    "not recorded",
    "share that agrees",
    "published",
    "generated",
    "tolerance",
    "rests on",
}

Rows = list[tuple[str, ...]]


def _score_rows(validation: Validation) -> Rows:
    names = ("targets", "within", "within_strictly", "not_recorded")
    return [
        (str(domain), *(f"{row[name]:.0f}" for name in names), f"{row['share']:.1%}")
        for domain, row in validation.score.iterrows()
    ]


def _priority_rows(table: pd.DataFrame) -> Rows:
    rows: Rows = []
    for (domain, priority), part in table[table["is_fact"]].groupby(["domain", "priority"], sort=True):
        missing = int((part["missing"] != "").sum())
        share = f"{part['within'].mean():.1%}"
        rows.append(
            (str(domain), str(priority), str(len(part)), str(int(part["within"].sum())), str(missing), share)
        )
    return rows


def _numbers(row: pd.Series) -> tuple[str, str, str]:
    return number(row["published_value"]), number(row["generated"]), number(row["tolerance"])


def _missed_rows(table: pd.DataFrame) -> Rows:
    return [
        (row["target_id"], describe(row), *_numbers(row), row["missing"] or WORDS[verdict(row)])
        for _, row in table.iterrows()
    ]


def _all_rows(table: pd.DataFrame) -> Rows:
    rows: Rows = []
    for _, row in table.iterrows():
        remarks = [row["missing"], row["moved_because"], row["note"]]
        if not row["is_fact"]:
            remarks.append("the published figure was only recalled: no fact, does not count")
        word = WORDS[verdict(row)] if row["is_fact"] else "-"
        first = (row["target_id"], str(row["priority"]), describe(row), row["as_of"], row["unit"])
        remark = "; ".join(text for text in remarks if text)
        rest = (word, number(row["people"]), row["measure_id"], row["source_id"], remark)
        rows.append((*first, *_numbers(row), *rest))
    return rows


def table_html(caption: str, head: tuple[str, ...], rows: Rows, numbers: Collection[str] = _NUMBERS) -> str:
    """Returns a table; the columns named in `numbers` are set to the right."""
    kinds = [' class="n"' if name in numbers else "" for name in head]
    cells = "".join(
        f'<th scope="col"{kind}>{escape(name)}</th>' for name, kind in zip(head, kinds, strict=True)
    )
    out = [f"<table><caption>{escape(caption)}</caption><thead><tr>{cells}</tr></thead><tbody>"]
    for row in rows:
        first = f'<th scope="row">{escape(row[0])}</th>'
        others = zip(row[1:], kinds[1:], strict=True)
        out.append(f"<tr>{first}{''.join(f'<td{kind}>{escape(text)}</td>' for text, kind in others)}</tr>")
    return "\n".join([*out, "</tbody></table>"])


def _md_table(head: tuple[str, ...], rows: Rows) -> list[str]:
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return lines + ["| " + " | ".join(text.replace("|", "/") for text in row) + " |" for row in rows]
