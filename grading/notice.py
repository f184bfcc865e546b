"""What a student reads below a cell: headed lines, as HTML in JupyterLab and as plain text elsewhere."""

import html
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from grading.words import text

Mark = Literal["right", "partly", "wrong", "later", "note"]

SIGNS: dict[Mark, str] = {"right": "✓", "partly": "◐", "wrong": "✗", "later": "○", "note": "•"}


@dataclass(frozen=True)
class Line:
    """One finding.

    Attributes:
        mark: How it stands; told by a sign and a word, never by colour alone.
        text: What it is about.
        more: Sentences below it.
    """

    mark: Mark
    text: str
    more: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notice:
    """A short page of feedback.

    Attributes:
        title: The heading: the result in one line.
        lines: The findings.
        closing: Paragraphs at the end.
        language: Language of the words beside the signs.

    Example:
        >>> print(Notice("1.3 Copies", [Line("wrong", "A copy", ("Came back: 3",))], ["Hint 1: look twice."]))
        1.3 Copies
          ✗ not yet: A copy
              Came back: 3
        Hint 1: look twice.
    """

    title: str
    lines: Sequence[Line] = ()
    closing: Sequence[str] = ()
    language: str = "en"

    def __str__(self) -> str:
        """Returns plain text."""
        told = [self.title]
        for line in self.lines:
            told.append(f"  {_sign(line.mark, self.language)} {line.text}")
            told += [f"      {more}" for more in line.more]
        return "\n".join([*told, *self.closing])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Returns HTML for JupyterLab; everything in it is escaped, and nothing is a script."""
        items = "".join(f"<li>{_item(line, self.language)}</li>" for line in self.lines)
        paragraphs = "".join(
            f"<p style='margin:.4em 0;white-space:pre-wrap'>{html.escape(p)}</p>" for p in self.closing
        )
        return (
            f"<section class='hilab-notice' lang='{self.language}' "
            "style='border-left:4px solid currentColor;padding:.2em 1em;max-width:52em;line-height:1.5'>"
            f"<p style='margin:.3em 0'><strong>{html.escape(self.title)}</strong></p>"
            f"<ul style='list-style:none;padding:0;margin:.3em 0'>{items}</ul>{paragraphs}</section>"
        )


def _sign(mark: Mark, language: str) -> str:
    return SIGNS[mark] if mark == "note" else f"{SIGNS[mark]} {text(f'status.{mark}', language)}:"


def _item(line: Line, language: str) -> str:
    sign, _, word = _sign(line.mark, language).partition(" ")
    head = f"<span aria-hidden='true'>{sign}</span> <strong>{word}</strong> {html.escape(line.text)}"
    more = "".join(f"<div style='padding-left:1.6em'>{html.escape(m)}</div>" for m in line.more)
    return head + more


def show(notice: Notice) -> None:
    """Shows a notice below the cell, or prints it where there is no notebook."""
    if in_notebook():
        from IPython.display import display

        display(notice)  # type: ignore[no-untyped-call]
    else:
        print(notice)


def in_notebook() -> bool:
    """Whether the code runs in a Jupyter kernel."""
    return "ipykernel" in sys.modules and hasattr(sys.modules.get("IPython"), "get_ipython") and _kernel()


def _kernel() -> bool:
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")
