"""A replay of readings through a broker, at a chosen speed."""

import asyncio
import contextlib
import threading
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from amqtt.client import MQTTClient
from amqtt.mqtt.constants import QOS_1

from sim.errors import HilabError
from sim.exchange.mqtt.broker import HOST, PATIENCE, LocalBroker
from sim.exchange.mqtt.messages import Message

GATEWAY = "hilab-gateway"
"""Name of the client that sends the readings, as the desk's own gateway would."""


class Stream:
    """A broker that replays readings to whoever subscribes.

    The replay begins with the first subscription, so that nothing is missed. Every message is sent with
    quality of service 1 and one after the other: the order is kept.

    Args:
        messages: What to send, in order of time.
        port: A port of this computer; 0 for one that is free.
        speed: How many seconds of the district pass in one of ours; None sends without a pause.

    Attributes:
        sent: How many messages the broker has taken.
        port: The port at which the broker listens.

    Example:
        ::

            with world.stream(speed=86_400) as stream:
                client.connect("127.0.0.1", stream.port)
                client.subscribe("district/#", qos=1)
                stream.wait()
    """

    def __init__(self, messages: Iterable[Message], port: int = 1883, speed: float | None = 3600.0) -> None:
        """Starts nothing yet.

        Raises:
            HilabError: Port or speed cannot be.
        """
        if speed is not None and not speed > 0:
            raise HilabError(f"The speed of a replay is a number above 0, not {speed}.")
        self._messages, self._speed = messages, speed
        self._broker = LocalBroker(port)
        self._over, self._whole = threading.Event(), False
        self.port = self._broker.port
        self.sent = 0

    def __enter__(self) -> Self:
        """Starts the broker; the replay begins with the first subscription.

        Raises:
            HilabError: The port is in use.
        """
        self._broker.start()
        self._broker.begin(self._replay())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stops replay and broker."""
        self._broker.stop()
        self._over.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Waits until everything is sent; returns whether it is.

        Args:
            seconds: How long to wait at most.
        """
        return self._over.wait(seconds) and self._whole

    async def _replay(self) -> None:
        try:
            while not self._broker.subscriptions:
                await asyncio.sleep(0.02)
            client = await self._gateway()
            clock, first = asyncio.get_running_loop().time, None
            begun = clock()
            for message in self._messages:
                first = message.at if first is None else first
                if self._speed is not None:
                    await asyncio.sleep(max(0.0, begun + (message.at - first) / self._speed - clock()))
                client = await self._send(client, message)
                self.sent += 1
            self._whole = True
            with contextlib.suppress(Exception):
                await client.disconnect()
        finally:
            self._over.set()

    async def _gateway(self) -> MQTTClient:
        client = MQTTClient(client_id=GATEWAY, config={"auto_reconnect": False})
        await asyncio.wait_for(client.connect(f"mqtt://{HOST}:{self.port}"), PATIENCE)
        return client

    async def _send(self, client: MQTTClient, message: Message) -> MQTTClient:
        """Sends a message, over a new connection if the old one does not answer; returns the one that did."""
        try:
            await asyncio.wait_for(client.publish(message.topic, message.payload, qos=QOS_1), PATIENCE)
        except Exception:
            client = await self._gateway()
            await asyncio.wait_for(client.publish(message.topic, message.payload, qos=QOS_1), PATIENCE)
        return client
