"""Every system of a district and every table it keeps."""

from sim.errors import HilabError
from sim.systems import (
    access,
    beds,
    billing,
    bundles,
    clinic,
    club,
    cohort,
    conformance,
    consents,
    covers,
    devices,
    disclosures,
    emr,
    genomics,
    his,
    imaging,
    intake,
    lab_books,
    lis,
    messages,
    notes,
    pharmacy,
    public_health,
    register,
    staff,
    supervision,
    telemedicine,
)
from sim.systems.recorder import Recorder
from sim.systems.schema import Table

RECORDERS: tuple[Recorder, ...] = (
    *his.RECORDERS,
    *lis.RECORDERS,
    *lab_books.RECORDERS,
    *cohort.RECORDERS,
    *clinic.RECORDERS,
    *intake.RECORDERS,
    *devices.RECORDERS,
    *emr.RECORDERS,
    *covers.RECORDERS,
    *notes.RECORDERS,
    *pharmacy.RECORDERS,
    *billing.RECORDERS,
    *public_health.RECORDERS,
    *supervision.RECORDERS,
    *register.RECORDERS,
    *club.RECORDERS,
    *consents.RECORDERS,
    *disclosures.RECORDERS,
    *staff.RECORDERS,
    *access.RECORDERS,
    *messages.RECORDERS,
    *bundles.RECORDERS,
    *conformance.RECORDERS,
    *imaging.RECORDERS,
    *genomics.RECORDERS,
    *telemedicine.RECORDERS,
    *beds.RECORDERS,
)
"""Whoever records, in the order in which tables are listed."""

TABLES: dict[str, Table] = {
    table.name_at(facility): table
    for recorder in RECORDERS
    for table in recorder.tables
    for facility in table.facilities
}
"""What each table of a district is, by its full name."""

RECORDER_OF: dict[str, tuple[Recorder, str]] = {
    table.name_at(facility): (recorder, facility)
    for recorder in RECORDERS
    for table in recorder.tables
    for facility in table.facilities
}
"""Who makes a table, and the facility that keeps it, by the table's full name."""

SYSTEMS: dict[str, tuple[str, ...]] = {
    system: tuple(name for name, (recorder, _) in RECORDER_OF.items() if recorder.system == system)
    for system in dict.fromkeys(recorder.system for recorder in RECORDERS)
}
"""The tables of each system, by full name."""


def find_table(name: str) -> Table:
    """Returns what a table is.

    Raises:
        HilabError: There is no such table.
    """
    if name not in TABLES:
        raise HilabError(f"There is no table '{name}'. The tables are: {', '.join(TABLES)}.")
    return TABLES[name]
