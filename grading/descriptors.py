"""What each step of a criterion asks for, written into the criterion's own cell.

The question shows all criteria in one table, far above in formgrader. There a person marks one cell for each
criterion, in points; so each cell says what earns how many of them, in the language of the table.
"""

import re
from collections.abc import Mapping

_ROW = re.compile(r"^\| \*\*(?P<title>[^|*]+)\*\* \|(?P<steps>[^|\n]+\|[^|\n]+\|[^|\n]+)\|$", re.MULTILINE)
_TITLE = re.compile(r"\*(?P<title>[^*]+)\*")


def with_descriptors(texts: Mapping[str, str], points: Mapping[str, float]) -> dict[str, str]:
    r"""Returns the text cells of a lab, those of criteria with what each step asks for.

    Args:
        texts: The text cells in one language, by their ids.
        points: The points of each cell that is a criterion, by its id.

    Example:
        >>> texts = {"asked": "| **Harm** | none | named | followed |", "crit": "*Harm* (4 points)"}
        >>> print(with_descriptors(texts, {"crit": 4.0})["crit"])
        *Harm* (4 points)
        <BLANKLINE>
        * **0**: none
        * **2**: named
        * **4**: followed
    """
    rows = {
        found["title"]: [step.strip() for step in found["steps"].split("|")]
        for text in texts.values()
        for found in _ROW.finditer(text)
    }
    return {
        ident: _described(text, rows, points[ident]) if ident in points else text
        for ident, text in texts.items()
    }


def title_of(text: str) -> str:
    """Returns the title of a criterion's cell.

    Example:
        >>> title_of("*Path to harm* (4 points)"), title_of("*通向伤害的路径*（4 分）")
        ('Path to harm', '通向伤害的路径')
    """
    found = _TITLE.match(text.strip())
    return found["title"].strip() if found else ""


def _described(text: str, rows: Mapping[str, list[str]], points: float) -> str:
    steps = rows.get(title_of(text), [])
    told = [f"* **{points * number / 2:g}**: {step}" for number, step in enumerate(steps)]
    return "\n".join([text, "", *told]) if told else text
