"""Counting functions for sim/situations.yaml, by the part of the district they look at."""

from sim.counters import (
    billing,
    clinic,
    cohort,
    devices,
    intake,
    laboratory,
    linkage,
    messages,
    notes,
    orientation,
    planning,
    privacy,
    public_health,
    registration,
    standards,
    supervision,
)
from sim.counters.base import COUNTERS, District, counter

__all__ = [
    "COUNTERS",
    "District",
    "billing",
    "clinic",
    "cohort",
    "counter",
    "devices",
    "intake",
    "laboratory",
    "linkage",
    "messages",
    "notes",
    "orientation",
    "planning",
    "privacy",
    "public_health",
    "registration",
    "standards",
    "supervision",
]
