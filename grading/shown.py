"""Students' text in the instructor's browser: Markdown becomes HTML, and what could act there stays text.

nbconvert cleans HTML only in its own templates. Formgrader and nbgrader's feedback have templates that put
the HTML of a cell into the page as it is, so a script in a written answer would run with the instructor's
rights. The course's configuration puts these two functions in the place of nbconvert's filters of the same
purpose.
"""

import re
from typing import Any

import bleach
from jinja2 import pass_context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

TAGS = frozenset(
    re.findall(
        r"\w+",
        "a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd li ol p pre "
        "s span strong sub summary sup table tbody td th thead tr u ul",
    )
)
"""What is shown as it is meant; of everything else the page shows the text."""

_COLOUR = re.compile(r"[a-z][a-z0-9]{0,2}")
"""Classes of code that is coloured. Others are the page's own, on which its buttons depend."""


@pass_context
def markdown(context: Any, source: str) -> str:
    r"""Returns the HTML of a text cell, cleaned.

    Args:
        context: Jinja's context; nothing in it is needed.
        source: Markdown, in which HTML may stand.

    Example:
        >>> markdown(None, "*Two* <b>twins</b> <script>steal()</script>")
        '<p><em>Two</em> <b>twins</b> &lt;script&gt;steal()&lt;/script&gt;</p>\n'
        >>> markdown(None, "# Ward")
        '<h1>Ward</h1>\n'
    """
    renderer = IPythonRenderer(escape=False, exclude_anchor_links=True)
    return clean(MarkdownWithMath(renderer=renderer).render(source))


def clean(source: Any) -> str:
    """Returns HTML in which nothing acts: no script, frame, picture, style, or name of the page's own.

    Example:
        >>> clean('<p id="crit_1" class="full-credit" onclick="x()"><a href="javascript:x()">Look</a></p>')
        '<p><a>Look</a></p>'
    """
    return str(bleach.clean(str(source), tags=TAGS, attributes=_kept))


def _kept(tag: str, name: str, value: str) -> bool:
    if name == "class":
        return tag == "span" and all(_COLOUR.fullmatch(part) for part in value.split())
    return (tag, name) in {("a", "href"), ("a", "title"), ("abbr", "title"), ("ol", "start")}
