"""Where the tables of a population lie in a folder, and one database connection that reads them.

Three layouts are known: partitioned Parquet (`DIR/patients/part-00000.parquet`), one Parquet file a table
(`DIR/patients.parquet`), and CSV as Synthea writes it (`DIR/patients.csv` or `DIR/csv/patients.csv`).
"""

import csv
import re
import tempfile
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from sim.errors import HilabError
from sim.paths import datasets

TIMES = frozenset(
    (
        *("START", "STOP", "DATE", "BIRTHDATE", "DEATHDATE", "START_DATE", "END_DATE", "FROMDATE", "TODATE"),
        *("SERVICEDATE", "CURRENTILLNESSDATE", "LASTBILLEDDATE1", "LASTBILLEDDATE2", "LASTBILLEDDATEP"),
    )
)
"""Columns that hold a day or a time; both are read as TIMESTAMP."""

NUMBERS = frozenset(
    (
        *("LAT", "LON", "INCOME", "HEALTHCARE_EXPENSES", "HEALTHCARE_COVERAGE", "BASE_COST", "TOTALCOST"),
        *("BASE_ENCOUNTER_COST", "TOTAL_CLAIM_COST", "PAYER_COVERAGE", "DISPENSES", "QUANTITY", "REVENUE"),
        *("UTILIZATION", "ENCOUNTERS", "PROCEDURES", "AMOUNT", "UNITAMOUNT", "PAYMENTS", "ADJUSTMENTS"),
        *("TRANSFERS", "OUTSTANDING", "INSURANCE_COSTS", "COVERED_COSTS", "AMOUNT_COVERED"),
        *("COVERED_ENCOUNTERS", "UNCOVERED_ENCOUNTERS", "COVERED_MEDICATIONS", "UNCOVERED_MEDICATIONS"),
        *("COVERED_PROCEDURES", "UNCOVERED_PROCEDURES", "COVERED_IMMUNIZATIONS", "UNCOVERED_IMMUNIZATIONS"),
        *("AMOUNT_UNCOVERED", "UNIQUE_CUSTOMERS", "QOLS_AVG", "MEMBER_MONTHS", "YEAR"),
    )
)
"""Columns that hold a number, read as DOUBLE; all others are texts, codes too."""

MEMORY = "1GB"
"""Memory that the database may take before it spills to disk."""


@cache
def schema() -> dict[str, tuple[str, ...]]:
    """Returns the columns of each of Synthea's tables, in order.

    Example:
        >>> schema()["immunizations"][:3]
        ('DATE', 'PATIENT', 'ENCOUNTER')
    """
    with datasets("codes", "synthea_csv_schema.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    tables: dict[str, list[str]] = {}
    for row in rows:
        tables.setdefault(row["file"].removesuffix(".csv"), []).append(row["column"])
    return {name: tuple(columns) for name, columns in tables.items()}


def find_tables(folder: Path | str) -> dict[str, list[Path]]:
    """Finds the files of each table.

    Args:
        folder: What `hilab generate` or Synthea wrote.

    Returns:
        For each table that is there its files in order: all Parquet or all CSV.

    Raises:
        HilabError: If the folder is not there or holds no table of patients.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "patients.csv").write_bytes(b"Id")
        >>> [path.name for path in find_tables(folder)["patients"]]
        ['patients.csv']
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise HilabError(f"{folder}: there is no such folder; expected one with the tables of a population.")
    found = {name: files for name in schema() if (files := _files(folder, name))}
    if "patients" not in found:
        raise HilabError(
            f"{folder}: no table of patients here; expected patients.parquet, patients/part-00000.parquet, "
            "patients.csv or csv/patients.csv."
        )
    return found


def connect(folder: Path | str, threads: int = 2) -> Any:
    """Opens a database with one view a table, in Synthea's columns.

    A table or column that the folder lacks is there without rows or values, so that older or partial
    exports can be read.

    Args:
        folder: What `hilab generate` or Synthea wrote.
        threads: Processor cores to use.

    Returns:
        A `duckdb.DuckDBPyConnection`. Days and times are TIMESTAMP, amounts DOUBLE, all else VARCHAR.

    Raises:
        HilabError: If the folder holds no population, or a file cannot be read.
    """
    import duckdb

    tables = find_tables(folder)
    database = duckdb.connect()
    spill = Path(tempfile.gettempdir()) / f"hilab-{uuid4().hex}"
    database.execute(f"SET memory_limit = '{MEMORY}'; SET temp_directory = {_text(str(spill))}")
    database.execute(f"SET threads = {threads}; SET preserve_insertion_order = false")
    for name, columns in schema().items():
        files = tables.get(name, [])
        try:
            database.execute(f'CREATE VIEW "{name}" AS {_select(database, files, columns)}')
        except duckdb.Error as error:
            raise HilabError(f"{files[0]}: cannot be read as the table {name} ({reason(error)}).") from error
    return database


def reason(error: Exception) -> str:
    r"""Returns what is wrong by the database's own word, with file and line where it names them.

    Example:
        >>> reason(ValueError("CSV Error on Line: 2\nError when converting\n\nHelp\n  file = a.csv\n"))
        'a.csv: CSV Error on Line: 2, Error when converting'
    """
    first, *rest = str(error).strip().split("\n\n")
    lines = [line.strip() for line in first.splitlines() if not line.startswith("Original Line")]
    file = re.search(r"^\s*file = (.+)$", "\n".join(rest), re.MULTILINE)
    return (f"{file[1]}: " if file else "") + ", ".join(lines).rstrip(".")


def _files(folder: Path, name: str) -> list[Path]:
    parts = sorted((folder / name).glob("part-*.parquet"))
    if parts:
        return parts
    places = (folder / f"{name}.parquet", folder / f"{name}.csv", folder / "csv" / f"{name}.csv")
    return [path for path in places if path.is_file()][:1]


def _select(database: Any, files: list[Path], columns: tuple[str, ...]) -> str:
    if not files:
        blanks = ", ".join(f'CAST(NULL AS {_type(column)}) AS "{column}"' for column in columns)
        return f"SELECT {blanks} WHERE false"
    source = _csv(files[0]) if files[0].suffix == ".csv" else _parquet(files)
    cursor = database.execute(f"DESCRIBE SELECT * FROM {source}")
    there = {row[0] for row in cursor.fetchall()}
    read = (_column(column, column in there) for column in columns)
    return f"SELECT {', '.join(read)} FROM {source}"


def _column(column: str, there: bool) -> str:
    value = f'"{column}"' if there else "NULL"
    return f'CAST({value} AS {_type(column)}) AS "{column}"'


def _type(column: str) -> str:
    if column in TIMES:
        return "TIMESTAMP"
    return "DOUBLE" if column in NUMBERS else "VARCHAR"


def _parquet(files: list[Path]) -> str:
    return f"read_parquet([{', '.join(_quoted(path) for path in files)}])"


def _csv(path: Path) -> str:
    """Says how to read a CSV file: every column as text, so that no code loses its leading zeros."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), [])
    except (OSError, UnicodeDecodeError) as error:
        raise HilabError(f"{path}: cannot be read as CSV in UTF-8 ({error}).") from error
    if not header:
        raise HilabError(f"{path}: the file is empty; expected a header row with Synthea's columns.")
    columns = ", ".join(f"{_text(name)}: 'VARCHAR'" for name in header)
    options = "header=true, auto_detect=false, delim=',', quote='\"', escape='\"', nullstr=''"
    return f"read_csv({_quoted(path)}, {options}, columns={{{columns}}})"


def _quoted(path: Path) -> str:
    """Quotes a path for SQL; the characters that would be a pattern stand for themselves."""
    return _text("".join(f"[{letter}]" if letter in "*?[" else letter for letter in str(path.resolve())))


def _text(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"
