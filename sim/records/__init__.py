"""Clean clinical tables in Synthea's columns, decoded from what happened to the people.

Decoding needs the engine, and the engine numba. Whoever only opens a district need not have it, so what
stands here is loaded when asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.records.decoding import Part, decode, decode_part
    from sim.records.payers import PAYERS
    from sim.records.tables import TABLES, Records

__all__ = ["PAYERS", "TABLES", "Part", "Records", "decode", "decode_part"]

_HOMES = {
    **dict.fromkeys(("Part", "decode", "decode_part"), "sim.records.decoding"),
    **dict.fromkeys(("TABLES", "Records"), "sim.records.tables"),
    "PAYERS": "sim.records.payers",
}


def __getattr__(name: str) -> Any:
    """Loads what stands at the door on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sim.records' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
