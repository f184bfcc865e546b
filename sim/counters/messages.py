"""Counts what tasks 2.4 to 2.6 need: conformance files, spoiled messages, bundles."""

import pandas as pd

from sim.counters.base import District, counter, truth_of
from sim.exchange.fhir.bundle import COLUMNS


def _files(district: District, situation: str) -> int:
    told = truth_of(district).facts["conformance_results"]
    return int(told.loc[told["situation"] == situation, "file"].nunique())


@counter
def conformance_files(district: District) -> int:
    """Counts conformance files."""
    return sum(name.startswith("conformance/") for name in district.files)


@counter
def truncated_headers(district: District) -> int:
    """Counts files whose header is cut off."""
    return _files(district, "truncated_msh")


@counter
def escaped_texts(district: District) -> int:
    """Counts files with escape sequences in a value."""
    return _files(district, "escapes")


@counter
def repeated_values(district: District) -> int:
    """Counts files with repetitions of a value."""
    return _files(district, "repeats")


@counter
def corrected_observations(district: District) -> int:
    """Counts files with a corrected result."""
    return _files(district, "corrected")


@counter
def cancelled_observations(district: District) -> int:
    """Counts files with a cancelled result."""
    return _files(district, "cancelled")


@counter
def odd_separators(district: District) -> int:
    """Counts files with unusual separators."""
    return _files(district, "odd_separators")


@counter
def empty_files(district: District) -> int:
    """Counts files without a message."""
    return _files(district, "empty_file")


def _spoiled(district: District, defect: str, table: str) -> pd.DataFrame:
    ledger = truth_of(district).defects(defect)
    return ledger[ledger["table"].str.endswith(table)]


@counter
def spoiled_messages(district: District) -> int:
    """Counts HL7 messages with a fault."""
    return len(_spoiled(district, "D25", "messages"))


@counter
def local_times(district: District) -> int:
    """Counts visits in bundles whose times have no offset."""
    return int(_spoiled(district, "D41", "bundles")["record"].nunique())


@counter
def two_codings(district: District) -> int:
    """Counts results in bundles that have LOINC beside the local code."""
    lines = (content for name, content in district.files.items() if name.endswith("_bundles.ndjson"))
    return sum(content.count(b'"system":"http://loinc.org"') for content in lines)


@counter
def homeless_fields(district: District) -> int:
    """Counts columns of the hospital's tables that a bundle does not keep."""
    return sum(len({*district.tables[name].columns} - {*kept}) for name, kept in COLUMNS.items())
