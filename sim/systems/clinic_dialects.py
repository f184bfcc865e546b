"""How each clinic writes its file in each country: encoding, dates, words for sex and for nothing."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Dialect:
    """How one clinic writes.

    Attributes:
        file: Name of its file.
        delimiter: What stands between two cells of a line.
        encoding: Encoding of the file, in Python's words.
        words: The fields in which names and free text stand.
        dates: The fields that hold a date.
        date: How a date is written: a format of `day` (a `datetime.date`) and `month` (three letters).
        sex: The field that holds the sex.
        sexes: How F and M are written.
        withheld: What is written instead when the sex is not told, each with its meaning.
        blanks: The fields that may be blank.
        tokens: How a blank is written.
    """

    file: str
    delimiter: str
    encoding: str
    words: tuple[str, ...]
    dates: tuple[str, ...]
    date: str
    sex: str
    sexes: Mapping[str, str]
    withheld: Mapping[str, str]
    blanks: tuple[str, ...]
    tokens: tuple[str, ...]

    def write_date(self, iso: str) -> str:
        """Writes a date.

        Args:
            iso: The date as YYYY-MM-DD.

        Example:
            >>> FIRST["us"].write_date("2025-03-12"), SECOND["us"].write_date("2025-03-12")
            ('03/12/2025', '12 Mar 2025')
            >>> FIRST["cn"].write_date("2025-03-12"), SECOND["cn"].write_date("2025-03-12")
            ('2025年03月12日', '2025-3-12')
        """
        day = date.fromisoformat(iso)
        return self.date.format(day=day, month=MONTHS[day.month - 1])


_FIRST: dict[str, Any] = {
    "file": "clinic_visits.csv",
    "delimiter": ",",
    "words": ("Name", "Complaint"),
    "dates": ("DOB", "VisitDate"),
    "sex": "SexCode",
    "sexes": {"M": "1", "F": "2"},
    "blanks": ("BP", "HbA1c", "Phone", "Area"),
}

FIRST = {
    "us": Dialect(
        **_FIRST,
        encoding="cp1252",
        date="{day.month:02}/{day.day:02}/{day.year}",
        withheld={"0": "not known", "9": "not applicable"},
        tokens=("", "NA", "unk", "-9"),
    ),
    "cn": Dialect(
        **_FIRST,
        encoding="gb18030",
        date="{day.year}年{day.month:02}月{day.day:02}日",
        withheld={"0": "未知的性别", "9": "未说明的性别"},
        tokens=("", "无", "不详", "-9"),
    ),
}
"""The community clinic C1. Codes for sex are those of ISO/IEC 5218 (us) and GB/T 2261.1 (cn)."""

_SECOND: dict[str, Any] = {
    "file": "clinic2_visits.txt",
    "delimiter": "\t",
    "encoding": "utf-16",
    "words": ("first_name", "last_name", "diagnosis"),
    "dates": ("born", "seen_on"),
    "sex": "sex",
    "blanks": ("weight", "temp", "tel", "district"),
}

SECOND = {
    "us": Dialect(
        **_SECOND,
        date="{day.day} {month} {day.year}",
        sexes={"F": "female", "M": "male"},
        withheld={"not recorded": "not recorded"},
        tokens=("", "NULL", "n/a", "?"),
    ),
    "cn": Dialect(
        **_SECOND,
        date="{day.year}-{day.month}-{day.day}",
        sexes={"F": "女", "M": "男"},
        withheld={"未填": "未填写"},
        tokens=("", "无", "未查", "——"),
    ),
}
"""The second clinic C2, whose program saves "Unicode text": UTF-16 with a byte order mark."""


def dialect_of(table: pd.DataFrame, country: str) -> Dialect:
    """Returns how a clinic's working table is written in a country."""
    return next(d[country] for d in (FIRST, SECOND) if d[country].sex in table.columns)


def write(table: pd.DataFrame, dialect: Dialect) -> bytes:
    """Writes a clinic's file.

    Args:
        table: A working table; columns with an underscore stay out, and `_encoding` says how to encode.
        dialect: What stands between cells.

    Returns:
        Delimited text with a header, lines ended by CR LF; missing cells are empty. UTF-16 is little-endian
        with a byte order mark, on every machine.
    """
    columns = [name for name in table.columns if not name.startswith("_")]
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=dialect.delimiter, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(table[columns].astype(object).where(table[columns].notna(), "").itertuples(index=False))
    encoding = str(table["_encoding"].iloc[0]) if len(table) else "utf-8"
    if encoding == "utf-16":
        return ("\ufeff" + text.getvalue()).encode("utf-16-le")
    return text.getvalue().encode(encoding)


def measured(visits: pd.DataFrame, observations: pd.DataFrame, code: str) -> "pd.Series[float]":
    """Returns what was measured at visits; missing where it was not.

    Args:
        visits: The visits, index = visit id.
        observations: Clean records in Synthea's columns.
        code: LOINC code of the measurement.
    """
    found = observations[observations["CODE"] == code].drop_duplicates("ENCOUNTER")
    return found.set_index("ENCOUNTER")["VALUE"].reindex(visits.index).astype("float64")


def decimals(numbers: "pd.Series[float]") -> "pd.Series[str]":
    """Writes numbers with one decimal place; missing ones stay missing."""
    return numbers.map("{:.1f}".format, na_action="ignore").astype("str")


def wordings(
    codes: "pd.Series[str]",
    draws: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    words: Mapping[str, tuple[str, ...]],
) -> list[str]:
    """Returns what somebody writes for each diagnosis code.

    Args:
        codes: Diagnosis codes.
        draws: A number from 0 to below 1 for each, which chooses the wording.
        words: Wordings by the beginning of the code; those under "" are for all other codes.
    """
    known = {code: next(w for start, w in words.items() if code.startswith(start)) for code in codes.unique()}
    return [known[code][int(draw * len(known[code]))] for code, draw in zip(codes, draws, strict=True)]
