"""HL7 v2.5.1: messages as trees and as text, errors and answers to them, and readers into tables."""

from sim.exchange.hl7.acknowledgement import acknowledge
from sim.exchange.hl7.batch import read_all, split
from sim.exchange.hl7.errors import MessageError
from sim.exchange.hl7.message import NULL, Message, Segment, parse
from sim.exchange.hl7.reading import latest, read_movements, read_patients, read_results, standing
from sim.exchange.hl7.separators import Separators
from sim.exchange.hl7.structure import check

__all__ = [
    "NULL",
    "Message",
    "MessageError",
    "Segment",
    "Separators",
    "acknowledge",
    "check",
    "latest",
    "parse",
    "read_all",
    "read_movements",
    "read_patients",
    "read_results",
    "split",
    "standing",
]
