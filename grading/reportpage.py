"""The instructor's report as a page: headings, tables with captions, readable by keyboard and by ear."""

import html
from collections.abc import Sequence
from pathlib import Path

Section = tuple[str, str, list[str], list[list[str]]]
"""Title, how to read it, headings, rows."""

_STYLE = """
main { max-width: 62rem; } td.bar { font-family: monospace; letter-spacing: -.1em; white-space: nowrap; }
td.number, th.number { text-align: right; white-space: nowrap; } .indent { padding-left: 1.6rem; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
"""
_NUMBER = " class='number'"


def page(title: str, summary: str, sections: Sequence[Section]) -> str:
    """Returns a report as HTML without scripts.

    Args:
        title: Title of the lab.
        summary: Lines of text.
        sections: Its tables.
    """
    style = Path(__file__).with_name("feedback.css").read_text(encoding="utf-8") + _STYLE
    head = f"Report: {_e(title)}"
    links = "".join(f"<li><a href='#{_anchor(one[0])}'>{_e(one[0])}</a></li>" for one in sections)
    policy = "default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;"
    return (
        f"<!doctype html>\n<html lang='en'><head><meta charset='utf-8'><title>{head}</title>"
        f"<meta http-equiv='Content-Security-Policy' content='{policy}'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<style>{style}</style></head><body><main><h1>{head}</h1>"
        f"{''.join(f'<p>{_e(line)}</p>' for line in summary.splitlines())}"
        f"<nav aria-label='Contents'><ul>{links}</ul></nav>"
        f"{''.join(map(_section, sections))}</main></body></html>\n"
    )


def _section(section: Section) -> str:
    title, how, head, rows = section
    told = f"<p>{_e(how)}</p>" if how else ""
    body = _table(title, head, rows) if rows else "<p>None.</p>"
    return f"<section><h2 id='{_anchor(title)}'>{_e(title)}</h2>{told}{body}</section>"


def _table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    columns = "".join(_column(n, name, rows) for n, name in enumerate(head))
    body = "".join(f"<tr>{''.join(_cell(n, cell) for n, cell in enumerate(row))}</tr>" for row in rows)
    return (
        f"<table><caption>{_e(title)}</caption><thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table>"
    )


def _column(place: int, name: str, rows: Sequence[Sequence[str]]) -> str:
    """Returns the head of a column; that of numbers stands above them."""
    numbers = place > 0 and all(_is_number(row[place]) for row in rows)
    return f"<th scope='col'{_NUMBER if numbers else ''}>{_e(name)}</th>" if name else "<td></td>"


def _is_number(text: str) -> bool:
    return text[:1].isdigit() and len(text) < 8


def _cell(place: int, text: str) -> str:
    if place == 0:
        indent = " class='indent'" if text.startswith(" ") else ""
        return f"<th scope='row'{indent}>{_e(text.strip())}</th>"
    if text and not text.strip("█"):
        return f"<td class='bar' aria-hidden='true'>{text}</td>"
    return f"<td{_NUMBER if _is_number(text) else ''}>{_e(text)}</td>"


def _anchor(title: str) -> str:
    return "-".join(title.lower().split())


def _e(words: object) -> str:
    return html.escape(str(words), quote=True)
