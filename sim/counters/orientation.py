"""Counts what lab 0 needs."""

import pandas as pd

from sim.counters.base import District, counter


@counter
def filled_tables(district: District) -> int:
    """Counts tables with rows."""
    return sum(len(table) > 0 for table in district.tables.values())


@counter
def registrations(district: District) -> int:
    """Counts registrations."""
    return len(district.tables["his_patients"])


@counter
def identifiers_as_numbers(district: District) -> int:
    """Counts columns of the devices that hold identifiers as if they were quantities."""
    columns = (district.tables["devices"][name] for name in ("mrn", "phone"))
    return sum(pd.api.types.is_integer_dtype(column.dtype) for column in columns)


@counter
def image_references(district: District) -> int:
    """Counts columns of the devices all of whose values name an image."""
    devices = district.tables["devices"]
    texts = [name for name in devices.columns if pd.api.types.is_string_dtype(devices[name].dtype)]
    return sum(bool(devices[name].str.endswith(".jpg").all()) for name in texts)


@counter
def empty_hours(district: District) -> int:
    """Counts hours without an arrival on days with one."""
    arrived = district.tables["his_encounters"]["admitted_at"].dropna()
    return int(24 * arrived.dt.floor("D").nunique() - arrived.dt.floor("h").nunique())
