"""Counting functions for sim/situations.yaml, by the part of the district they look at."""

from sim.counters import cohort, devices, laboratory, messages, notes, orientation, planning, registration
from sim.counters.base import COUNTERS, District, counter

__all__ = [
    "COUNTERS",
    "District",
    "cohort",
    "counter",
    "devices",
    "laboratory",
    "messages",
    "notes",
    "orientation",
    "planning",
    "registration",
]
