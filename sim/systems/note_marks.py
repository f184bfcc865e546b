"""Marks in a note: what a stretch of text is about, kept inside the text until it is final.

While a note is written, misspelled and copied, each mention stands between control characters that say what
it means. Positions are counted once, when nothing changes any more, so they are right by construction. Marked
text never leaves the simulator.
"""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd

BEGIN, MIDDLE, END = "\x02", "\x03", "\x04"

KINDS = ("condition", "drug", "measurement", "name", "date", "phone", "place")
"""What a mention may be about."""

COLUMNS = ("note_id", "start", "end", "kind", "value", "negated", "whose", "certain")

WHOSE = {"p": "patient", "f": "family"}

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


def spans(texts: Sequence[str]) -> pd.DataFrame:
    """Finds the mentions of marked texts.

    Returns:
        One row a mention: text (its place in `texts`), start and end in the stripped text, meaning.

    Example:
        >>> spans(["None.", "Takes " + mark("drug", "860975", "metformin") + "."])
           text  start  end          meaning
        0     1      6   15  drug;apc;860975
    """
    joined = "".join(texts)
    codes = np.frombuffer(joined.encode("utf-32-le"), dtype="<u4")
    begin, middle, end = (np.flatnonzero(codes == ord(sign)) for sign in (BEGIN, MIDDLE, END))
    signs = middle - begin + 1
    hidden = np.concatenate([[0], np.cumsum(signs + 1)])
    first = np.concatenate([[0], np.cumsum([len(text) for text in texts])])[:-1]
    text = np.searchsorted(first, begin, side="right") - 1
    shown_first = first - hidden[np.searchsorted(begin, first)]
    shift = hidden[:-1] + shown_first[text]
    meanings = [joined[a + 1 : b] for a, b in zip(begin.tolist(), middle.tolist(), strict=True)]
    return pd.DataFrame(
        {"text": text, "start": begin - shift, "end": end - shift - signs, "meaning": meanings}
    )


def list_mentions(notes: Sequence[str], marked: Sequence[str]) -> pd.DataFrame:
    """Lists the mentions of notes.

    Args:
        notes: Number of each note.
        marked: Their marked texts.

    Returns:
        Columns `COLUMNS`, one row a mention, in the order of the text: `start` and `end` count characters
        of the stripped text, `end` is exclusive; `negated` and `certain` are true or false.
    """
    table = spans(marked)
    numbers, meanings = pd.factorize(table["meaning"].to_numpy(dtype=object))
    kinds, flags, values = (
        zip(*(m.split(";", 2) for m in meanings), strict=True) if len(meanings) else [()] * 3
    )
    return pd.DataFrame(
        {
            "note_id": np.array(notes, dtype=object)[table["text"]],
            "start": table["start"],
            "end": table["end"],
            "kind": np.array(kinds, dtype=object)[numbers],
            "value": np.array(values, dtype=object)[numbers],
            "negated": np.array([flag[0] == "n" for flag in flags], dtype=bool)[numbers],
            "whose": np.array([WHOSE[flag[1]] for flag in flags], dtype=object)[numbers],
            "certain": np.array([flag[2] == "c" for flag in flags], dtype=bool)[numbers],
        }
    )[list(COLUMNS)].astype({"note_id": "str", "kind": "str", "value": "str", "whose": "str"})
