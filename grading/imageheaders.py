"""What the headers of images say, as a table, and whether what must not be read in them still can be.

A header is a list of elements with a tag, a kind (VR), a name and a value (`sim/systems/imaging_files.py`).
"""

import io
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pandas as pd
import pydicom

COLUMNS = ["file", "tag", "vr", "name", "value"]
BORN, AGE, NAME, NUMBER, MODALITY = "00100030", "00101010", "00100010", "00100020", "00080060"

UIDS = ("00080018", "0020000D", "0020000E", "00200052")
"""Identifiers of an image, its study, its series and its frame of reference."""

OLD = 89
"""Ages above it point at somebody."""


class Secret(NamedTuple):
    """Something that must not be read in a header that goes out; a tuple, so that a course can store it.

    Attributes:
        file: Whose header.
        tag: Where it stands.
        pieces: What must not be read there; nothing, if any value tells.
        year: The one value that may stand there, if any.
    """

    file: str
    tag: str
    pieces: tuple[str, ...] = ()
    year: str = ""

    def still(self, told: Mapping[tuple[str, str], str]) -> bool:
        """Whether it can be read.

        Args:
            told: The values that went out, by file and tag (`values`).

        Example:
            >>> Secret("F1", NAME, ("Ortiz", "Lena")).still({("F1", NAME): "L. Ortiz"})
            True
        """
        now = told.get((self.file, self.tag), "")
        open_now = not self.pieces or any(reads(piece, now) for piece in self.pieces)
        return bool(now) and now != self.year and open_now


def elements(data: bytes) -> Iterator[tuple[str | None, ...]]:
    """Yields tag, vr, name and value of each element of a file, as text; None for nothing."""
    for one in pydicom.dcmread(io.BytesIO(data), stop_before_pixels=True):
        value = "\\".join(map(str, one.value)) if one.VM > 1 else str(one.value)
        yield f"{one.tag:08X}", one.VR, one.keyword or None, value or None


def values(table: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Returns the values of elements by file and tag; a blank is the empty text."""
    keys = zip(table["file"], table["tag"], strict=True)
    return dict(zip(keys, table["value"].fillna(""), strict=True))


def family(said: Mapping[tuple[str, str], str], file: str) -> str:
    """Returns the patient's family name, or a made-up one where there is none."""
    return said.get((file, NAME), "").lstrip("=").partition("^")[0] or "Weber"


def reads(piece: str, text: str) -> bool:
    """Whether a text holds a piece: as a word of its own, if it is in plain letters and digits.

    Example:
        >>> reads("Lee", "Call Lee"), reads("Lee", "asleep"), reads("李", "请致电李")
        (True, False, True)
    """
    if not piece.isascii():
        return piece in text
    return re.search(rf"(?<![^\W_]){re.escape(piece)}(?![^\W_])", text) is not None


def secrets(headers: pd.DataFrame, points: Mapping[str, set[tuple[str, str]]]) -> list[Secret]:
    """Returns what must go of headers, but for the identifiers that are replaced.

    Args:
        headers: Elements with `COLUMNS` and `facility`.
        points: Modality and tag of each element that points to a person, by facility.
    """
    said = values(headers)
    found = []
    for facility, file, tag, vr in headers[["facility", "file", "tag", "vr"]].itertuples(index=False):
        value = said[file, tag]
        old = int(said.get((file, AGE), "")[:-1] or 0) > OLD
        if value and (said[file, MODALITY], tag) in points[facility] and (tag != AGE or old):
            year = value[:4] if vr == "DA" and not (old and tag == BORN) else ""
            found.append(Secret(file, tag, _pieces(vr, value, family(said, file)), year))
    return [secret for secret in found if secret.tag not in UIDS]


def _pieces(vr: str, value: str, name: str) -> tuple[str, ...]:
    if vr in ("DA", "AS"):
        return ()
    if vr == "PN":
        return tuple(part for part in re.split(r"[\^=]", value) if part)
    return (name, *re.findall(r"\d[\d-]{6,}", value)) if vr == "LT" else (value,)
