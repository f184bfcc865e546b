"""What goes wrong while recording: pure functions with a ledger, one stream each."""

from sim.defects import (
    between,
    blanks,
    claims,
    clinic_file,
    devices,
    lab_codes,
    messages,
    missing,
    notes,
    placeholders,
    registration,
    reporting,
    results,
    submissions,
    typing_errors,
    units,
)
from sim.defects.registry import DEFECTS, Defect, spoil

__all__ = [
    "DEFECTS",
    "Defect",
    "between",
    "blanks",
    "claims",
    "clinic_file",
    "devices",
    "lab_codes",
    "messages",
    "missing",
    "notes",
    "placeholders",
    "registration",
    "reporting",
    "results",
    "spoil",
    "submissions",
    "typing_errors",
    "units",
]
