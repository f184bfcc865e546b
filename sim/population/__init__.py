"""Who lives in the county, where, with whom and since when; nothing about their health.

`populate` makes everybody who is alive on the day a district is looked at, and `identify_dead` gives
names and addresses to those who died before it.
"""

from sim.population.ages import SNAPSHOT
from sim.population.people import ETHNICITIES, RACES, identify_dead, populate

__all__ = ["ETHNICITIES", "RACES", "SNAPSHOT", "identify_dead", "populate"]
