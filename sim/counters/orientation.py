"""Counts what lab 0 needs."""

from sim.counters.base import District, counter


@counter
def filled_tables(district: District) -> int:
    """Counts tables with rows."""
    return sum(len(table) > 0 for table in district.tables.values())


@counter
def registrations(district: District) -> int:
    """Counts registrations."""
    return len(district.tables["his_patients"])
