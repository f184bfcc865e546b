"""DICOM files as bytes, written from templates."""

from sim.exchange.dicom.elements import (
    LONG,
    PIXEL_DATA,
    Slot,
    Template,
    Value,
    element,
    file_of,
    header_of,
    short,
)

__all__ = ["LONG", "PIXEL_DATA", "Slot", "Template", "Value", "element", "file_of", "header_of", "short"]
