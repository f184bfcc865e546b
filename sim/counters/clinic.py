"""Counts what task 1.1 needs to find in the first clinic's file."""

import csv
import io

import numpy as np
import pandas as pd

from sim.counters.base import District, counter, shared, truth_of
from sim.countries import country as find_country
from sim.systems.clinic_dialects import FIRST, Dialect


def _country(district: District) -> str:
    return str(district.manifest["country"])


def _dialect(district: District) -> Dialect:
    return FIRST[_country(district)]


def _text(district: District) -> str:
    dialect = _dialect(district)
    return district.files[dialect.file].decode(dialect.encoding)


@shared
def _rows(district: District) -> pd.DataFrame:
    """Reads the file as text, cell by cell, as it was shipped."""
    head, *rows = csv.reader(io.StringIO(_text(district), newline=""), delimiter=_dialect(district).delimiter)
    return pd.DataFrame(rows, columns=head, dtype="str")


@counter
def names_outside_ascii(district: District) -> int:
    """Counts names with a character that is not plain ASCII."""
    return int((~_rows(district)["Name"].map(str.isascii)).sum())


@counter
def treacherous_bytes(district: District) -> int:
    """Counts what simple software misreads: bytes 0x80 to 0x9F in the US, four-byte characters in China."""
    if _country(district) == "us":
        shipped = np.frombuffer(district.files[_dialect(district).file], dtype=np.uint8)
        return int(((shipped >= 0x80) & (shipped <= 0x9F)).sum())
    return sum(len(one.encode("gb18030")) == 4 for one in _text(district))


@counter
def blank_surnames(district: District) -> int:
    """Counts the visits of people whose surname reads like a blank; of several, the rarest surname."""
    names, between = _rows(district)["Name"], {"us": ", ", "cn": ""}[_country(district)]
    surnames = find_country(_country(district)).blank_names
    return min(int(names.str.startswith(surname + between).sum()) for surname in surnames)


def _coded(district: District, code: str) -> int:
    return int((_rows(district)["SexCode"] == code).sum())


@counter
def sex_not_known(district: District) -> int:
    """Counts visits with the sex code 0."""
    return _coded(district, "0")


@counter
def sex_not_told(district: District) -> int:
    """Counts visits with the sex code 9."""
    return _coded(district, "9")


@counter
def dates_both_ways(district: District) -> int:
    """Counts birth dates that are another date with day and month exchanged."""
    ledger = truth_of(district).defects("D15")
    born = ledger.loc[(ledger["table"] == "clinic_visits") & (ledger["field"] == "DOB"), "clean"]
    return int(((born.str[8:10] <= "12") & (born.str[8:10] != born.str[5:7])).sum())
