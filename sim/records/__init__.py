"""Clean clinical tables in Synthea's columns, decoded from what happened to the people."""

from sim.records.decoding import Part, decode, decode_part
from sim.records.payers import PAYERS
from sim.records.tables import TABLES, Records, columns

__all__ = ["PAYERS", "TABLES", "Part", "Records", "columns", "decode", "decode_part"]
