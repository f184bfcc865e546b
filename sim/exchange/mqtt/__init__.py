"""Readings of devices as a stream: a real MQTT broker inside this program, and a replay of what was recorded.

`Stream` does both; `python -m sim.exchange.mqtt FOLDER` does it for a district's files.
"""

from sim.exchange.mqtt.messages import Message, read_payload, write_messages
from sim.exchange.mqtt.stream import Stream

__all__ = ["Message", "Stream", "read_payload", "write_messages"]
