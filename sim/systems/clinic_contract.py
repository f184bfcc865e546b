"""What each clinic's contract says of the file that it sends: the description that a reader works from."""

from typing import Any

from sim.errors import HilabError
from sim.systems.clinic_dialects import FIRST, SECOND, Dialect

CLINICS = {"C1": FIRST, "C2": SECOND}
"""The clinics by code."""

_FIELDS = {
    "C1": {
        "PatNo": "patient_no",
        "Name": "name",
        "DOB": "birth_date",
        "SexCode": "sex",
        "VisitDate": "visit_date",
        "Complaint": "complaint",
        "BP": "blood_pressure",
        "HbA1c": "hba1c",
        "Phone": "phone",
        "Area": "area",
    },
    "C2": {
        "card": "patient_no",
        "last_name": "surname",
        "first_name": "given_name",
        "sex": "sex",
        "born": "birth_date",
        "seen_on": "visit_date",
        "diagnosis": "complaint",
        "weight": "weight",
        "temp": "temperature",
        "tel": "phone",
        "district": "area",
    },
}
"""Columns of each clinic's file, in their order, and what the district calls them."""

_NUMBERS = ("HbA1c", "weight", "temp")

_ENCODINGS = {"cp1252": "windows-1252", "gb18030": "GB18030", "utf-16": "UTF-16"}
"""How a contract calls an encoding: names registered with IANA, which Python knows, too."""

_DATES = {
    "{day.month:02}/{day.day:02}/{day.year}": "%m/%d/%Y",
    "{day.year}年{day.month:02}月{day.day:02}日": "%Y年%m月%d日",
    "{day.day} {month} {day.year}": "%d %b %Y",
    "{day.year}-{day.month}-{day.day}": "%Y-%m-%d",
}
"""How a date is written and, in the words of Python's `strptime`, read."""

_SEXES = {"F": "female", "M": "male"}

_MEANINGS = {
    "not known": "unknown",
    "not applicable": "not-applicable",
    "not recorded": "not-stated",
    "未知的性别": "unknown",
    "未说明的性别": "not-stated",
    "未填写": "not-stated",
}
"""What a code means that tells no sex, in the district's words."""


def contract_of(clinic: str, country: str) -> dict[str, Any]:
    """Returns what a clinic's contract says of its file.

    Args:
        clinic: "C1" or "C2".
        country: Code of the country.

    Returns:
        `file`, `encoding` and `delimiter`, and `columns`: for each column of the file, in order, its name
        (`column`), what the district calls it (`field`) and its `type`: "text", "number", "date" with
        `format` (as for `strptime`), or "code" with `codes` (what each code means). A column that may be
        blank has `blanks`: all texts that stand for one. In other columns the same texts are values.

    Raises:
        HilabError: There is no such clinic or country.

    Example:
        >>> contract = contract_of("C1", "us")
        >>> contract["encoding"], contract["columns"][2]
        ('windows-1252', {'column': 'DOB', 'field': 'birth_date', 'type': 'date', 'format': '%m/%d/%Y'})
        >>> contract_of("C2", "cn")["columns"][3]["codes"]
        {'女': 'female', '男': 'male', '未填': 'not-stated'}
    """
    if clinic not in CLINICS or country not in CLINICS[clinic]:
        raise HilabError(f"No clinic '{clinic}' of country '{country}' has a contract; C1 and C2 have one.")
    dialect = CLINICS[clinic][country]
    return {
        "file": dialect.file,
        "encoding": _ENCODINGS[dialect.encoding],
        "delimiter": dialect.delimiter,
        "columns": [_described(name, field, dialect) for name, field in _FIELDS[clinic].items()],
    }


def _described(name: str, field: str, dialect: Dialect) -> dict[str, Any]:
    told: dict[str, Any] = {"column": name, "field": field, "type": "text"}
    if name in dialect.dates:
        told.update(type="date", format=_DATES[dialect.date])
    elif name == dialect.sex:
        sexes = {code: _SEXES[sex] for sex, code in dialect.sexes.items()}
        told.update(type="code", codes=sexes | {c: _MEANINGS[why] for c, why in dialect.withheld.items()})
    elif name in _NUMBERS:
        told["type"] = "number"
    if name in dialect.blanks:
        told["blanks"] = list(dialect.tokens)
    return told
