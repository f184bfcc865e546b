"""Clean clinical tables in Synthea's columns, decoded from what happened to the people."""

from sim.records.decoding import decode
from sim.records.payers import PAYERS
from sim.records.tables import TABLES, Records, columns

__all__ = ["PAYERS", "TABLES", "Records", "columns", "decode"]
