"""What asks an exchange: for students in their notebooks, and for answers while they are marked.

It knows the exchange by its words only. Nothing here decides, so that an answer may find it where the rest
of the simulator is out of reach (`grading.stage`).
"""

from sim.exchange.client.client import Client, exchange_client
from sim.exchange.client.connection import Refused

__all__ = ["Client", "Refused", "exchange_client"]
