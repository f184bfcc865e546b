"""Writes tables as the files of a Bulk Data export: one resource a line, one file a type and part."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from sim.errors import HilabError

_QUERIES = Path(__file__).resolve().parent / "queries"

NEEDS: Mapping[str, tuple[str, ...]] = {
    "Patient": ("patients",),
    "Encounter": ("encounters",),
    "Condition": ("conditions",),
    "MedicationRequest": ("medications", "encounters"),
    "Observation": ("observations",),
    "Procedure": ("procedures",),
    "Immunization": ("immunizations",),
    "AllergyIntolerance": ("allergies",),
    "CarePlan": ("careplans",),
    "Device": ("devices",),
    "ImagingStudy": ("imaging_studies",),
    "SupplyDelivery": ("supplies",),
    "Coverage": ("payer_transitions",),
    "Claim": ("claims", "claims_transactions", "payer_transitions"),
    "ExplanationOfBenefit": ("claims_transactions", "claims", "payer_transitions"),
    "Organization": ("organizations",),
    "Payer": ("payers",),
    "Practitioner": ("providers",),
    "PractitionerRole": ("providers",),
}
"""The tables that each query reads, the one whose rows it turns into resources first."""

TYPES = tuple(name for name in NEEDS if name != "Payer")
"""The resource types of an export; payers are Organizations."""

LINES = 50_000
"""Resources written at a time."""


def write_bulk(tables: Mapping[str, pa.Table], folder: Path, part: int) -> dict[str, int]:
    """Writes every resource type for which the tables are there.

    Args:
        tables: Tables with Synthea's columns, by name; times are naive UTC. Give the institutions
            (organizations, providers, payers) once, the other tables of each part together.
        folder: Where the files `Type.00000.ndjson` go; it is made if need be.
        part: Number of this part.

    Returns:
        The number of resources of each query written.

    Raises:
        HilabError: If a file cannot be written.
    """
    with connect(tables) as database:
        written = {
            name: _write(database, name, folder, part)
            for name, needed in NEEDS.items()
            if all(table in tables for table in needed)
        }
    return written


def connect(tables: Mapping[str, pa.Table]) -> Any:
    """Returns a database in memory with the tables as views and the queries' words defined.

    Args:
        tables: Tables with Synthea's columns, by name.
    """
    database = duckdb.connect(config={"threads": 1, "autoinstall_known_extensions": False})
    database.execute(_query("macros"))
    for name, table in tables.items():
        database.register(name, table)
    return database


def resources(database: Any, name: str) -> Iterator[list[str]]:
    """Yields the resources of one query as JSON texts, some thousand at a time.

    Args:
        database: What `connect` returned.
        name: Name of the query, a key of `NEEDS`.
    """
    # A merge patch onto nothing drops what is null, at every depth of objects.
    query = f"""
        SELECT bare(resource) AS line FROM ({_query(name)}) ORDER BY row
    """
    for batch in database.sql(query).to_arrow_reader(LINES):
        yield batch.column("line").to_pylist()


def _write(database: Any, name: str, folder: Path, part: int) -> int:
    """Writes the resources of one query; payers and organizations have files of their own."""
    target = folder / f"{'Organization' if name == 'Payer' else name}.{_number(name, part)}.ndjson"
    unfinished = target.with_suffix(".tmp")
    count = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            for lines in resources(database, name):
                file.writelines(line + "\n" for line in lines)
                count += len(lines)
        if count:
            unfinished.replace(target)
    except OSError as error:
        raise HilabError(f"{target}: cannot be written ({error.strerror}).") from None
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def _number(name: str, part: int) -> str:
    return "payers" if name == "Payer" else f"{part:05d}"


@cache
def _query(name: str) -> str:
    return (_QUERIES / f"{name}.sql").read_text(encoding="utf-8")
