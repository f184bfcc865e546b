"""What a district's hospitals hold, as FHIR R4 resources for the exchange.

The resources are made from the tables as they were shipped, mistakes included, a column at a time. What the
hospitals sent as bundles takes the place of what the tables say where a bundle is wrong (`sent`): so the
exchange meets the same broken resources as whoever reads the files.
"""

from sim.holdings.gather import gather

__all__ = ["gather"]
