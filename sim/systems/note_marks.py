"""Marks in a note: what a stretch of text is about, kept inside the text until it is final.

While a note is written, misspelled and copied, each mention stands between control characters that say what
it means. Positions are counted once, when nothing changes any more, so they are right by construction. Marked
text never leaves the simulator.
"""

import re
from collections.abc import Iterable, Sequence

import pandas as pd

BEGIN, MIDDLE, END = "\x02", "\x03", "\x04"

KINDS = ("condition", "drug", "measurement", "name", "date", "phone", "place")
"""What a mention may be about."""

COLUMNS = ("note_id", "start", "end", "kind", "value", "negated", "whose", "certain")

_MARKS = re.compile(f"{BEGIN}[^{MIDDLE}]*{MIDDLE}|{END}")


def mark(
    kind: str,
    value: str,
    words: str,
    *,
    negated: bool = False,
    whose: str = "patient",
    certain: bool = True,
) -> str:
    """Returns words with the marks of a mention around them.

    Args:
        kind: One of `KINDS`.
        value: What is meant: a code, or the clean text.
        words: What stands in the note.
        negated: Whether the note says that it is absent.
        whose: "patient" or "family".
        certain: Whether the note is sure of it.

    Example:
        >>> strip("Denies " + mark("condition", "29857009", "chest pain", negated=True) + ".")
        'Denies chest pain.'
    """
    flags = ("n" if negated else "a") + whose[0] + ("c" if certain else "u")
    return f"{BEGIN}{kind};{flags};{value}{MIDDLE}{words}{END}"


def strip(marked: str) -> str:
    """Returns the text without marks."""
    return _MARKS.sub("", marked)


def spans(marked: str) -> list[tuple[str, int, int]]:
    """Returns what each mention means and from where to where it stands in the stripped text.

    Example:
        >>> spans("Takes " + mark("drug", "860975", "metformin") + ".")
        [('drug;apc;860975', 6, 15)]
    """
    first, *pieces = marked.split(BEGIN)
    at, found = len(first), []
    for piece in pieces:
        meaning, _, rest = piece.partition(MIDDLE)
        words, _, after = rest.partition(END)
        found.append((meaning, at, at + len(words)))
        at += len(words) + len(after)
    return found


def list_mentions(notes: Sequence[str], marked: Iterable[str]) -> pd.DataFrame:
    """Lists the mentions of notes.

    Args:
        notes: Number of each note.
        marked: Their marked texts.

    Returns:
        Columns `COLUMNS`, one row a mention, in the order of the text: `start` and `end` count characters
        of the stripped text, `end` is exclusive; `negated` and `certain` are true or false.
    """
    found = [(note, *span) for note, text in zip(notes, marked, strict=True) for span in spans(text)]
    table = pd.DataFrame(found, columns=["note_id", "meaning", "start", "end"])
    numbers, meanings = pd.factorize(table["meaning"])
    parts = pd.DataFrame([str(m).split(";", 2) for m in meanings], columns=["kind", "flags", "value"])
    flags = parts.pop("flags")
    parts = parts.assign(
        negated=flags.str[0] == "n",
        whose=flags.str[1].map({"p": "patient", "f": "family"}),
        certain=flags.str[2] == "c",
    )
    told = parts.take(numbers).reset_index(drop=True)
    listed = pd.concat([table.drop(columns="meaning"), told], axis=1)[list(COLUMNS)]
    return listed.astype({"start": "int64", "end": "int64", "negated": "bool", "certain": "bool"})
