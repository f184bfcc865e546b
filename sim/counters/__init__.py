"""Counting functions for sim/situations.yaml, by the part of the district they look at."""

from sim.counters import cohort, laboratory, orientation, registration
from sim.counters.base import COUNTERS, District, counter

__all__ = ["COUNTERS", "District", "cohort", "counter", "laboratory", "orientation", "registration"]
