"""What goes wrong while recording: pure functions with a ledger, one stream each."""

from sim.defects import (
    clinic_file,
    devices,
    messages,
    missing,
    notes,
    placeholders,
    registration,
    results,
    typing_errors,
)
from sim.defects.registry import DEFECTS, Defect, spoil

__all__ = [
    "DEFECTS",
    "Defect",
    "clinic_file",
    "devices",
    "messages",
    "missing",
    "notes",
    "placeholders",
    "registration",
    "results",
    "spoil",
    "typing_errors",
]
