"""The tables of a population: Synthea's columns, in Arrow and in pandas."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.records.columns import blank
from sim.records.layout import schema

TABLES = (
    *("patients", "encounters", "conditions", "observations", "medications", "procedures"),
    *("immunizations", "allergies", "careplans", "devices", "imaging_studies", "supplies"),
    *("claims", "claims_transactions", "payer_transitions", "patient_expenses"),
    *("organizations", "providers", "payers"),
)
"""Names of the tables, which are also the names of Synthea's files."""

DAYS = {
    "patients": ("BIRTHDATE", "DEATHDATE"),
    "conditions": ("START", "STOP"),
    "allergies": ("START", "STOP"),
    "careplans": ("START", "STOP"),
    "supplies": ("DATE",),
}
"""Columns that hold a day; every other time is a day and a time of day."""

_PLAIN = pd.StringDtype("pyarrow", na_value=np.nan)


def columns(table: str) -> tuple[str, ...]:
    """Returns the columns of one of Synthea's files, in order.

    Args:
        table: Name without extension.

    Example:
        >>> columns("procedures")[:4]
        ('START', 'STOP', 'PATIENT', 'ENCOUNTER')
    """
    return schema()[table]


def table(name: str, content: Mapping[str, Any]) -> pa.Table:
    """Puts columns into Synthea's order; a column that is lacking is left blank."""
    if unknown := set(content) - set(columns(name)):
        raise KeyError(f"{name} has no columns {sorted(unknown)}")
    rows = len(next(iter(content.values())))
    arrays = [content.get(column, blank(rows)) for column in columns(name)]
    return pa.table([_array(array) for array in arrays], names=list(columns(name)))


def columns_of(frame: pd.DataFrame) -> dict[str, Any]:
    """Returns the columns of a frame by name."""
    return {str(name): column.to_numpy() for name, column in frame.items()}


def _array(values: Any) -> Any:
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values
    if isinstance(values, list) and all(value is None for value in values):
        return blank(len(values))
    return pa.array(values, from_pandas=True)


def to_pandas(content: pa.Table) -> pd.DataFrame:
    """Returns a table as pandas: texts are `str`, times datetime64[s] without zone, meaning UTC."""
    plain = {
        column.name: column.type.value_type
        if pa.types.is_dictionary(column.type)
        else pa.timestamp("s")
        if pa.types.is_timestamp(column.type)
        else column.type
        for column in content.schema
    }
    frame: pd.DataFrame = content.cast(pa.schema(plain)).to_pandas(types_mapper={pa.string(): _PLAIN}.get)
    return frame


@dataclass
class Records:
    """Everything recorded about a small population, in memory and without any mistake.

    Attributes:
        tables: For each name of `TABLES`, or those that were asked for, a table with Synthea's columns.
            Times are datetime64[s] without zone and mean UTC; codes and values are texts; money is dollars.
        people: Everybody, the dead included; the index is the person number. Columns: those of
            `sim.population.people.COLUMNS`, alive, death_date, attempt, payer, and the vital signs and
            flags at death or, for the living, on the snapshot day. `person_id` is `patients.Id`.
    """

    tables: dict[str, pd.DataFrame]
    people: pd.DataFrame
