"""An MQTT broker inside this program, for this computer only, in a thread of its own."""

import asyncio
import contextlib
import logging
import socket
import threading
from collections.abc import Coroutine
from typing import Any

from amqtt.broker import Broker
from amqtt.errors import BrokerError

from sim.errors import HilabError

HOST = "127.0.0.1"
"""Nobody outside this computer can reach the broker."""

PATIENCE = 10.0
"""Seconds to wait for the broker to start or to stop."""


class _Patient(Broker):  # type: ignore[misc]
    """A broker that closes the connection of whoever sends nonsense, and goes on."""

    async def stream_connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, listener_name: str
    ) -> None:
        """Serves a connection to its end, whatever is sent over it."""
        try:
            await super().stream_connected(reader, writer, listener_name)
        except Exception as error:
            # Whatever a stranger's bytes made go wrong is the stranger's trouble: the others stay connected.
            logging.getLogger(__name__).debug("A connection was closed: %r", error)
        finally:
            writer.close()


class LocalBroker:
    """A broker that runs until it is stopped.

    Args:
        port: A port of this computer; 0 for one that is free.

    Attributes:
        port: The port at which it listens.
    """

    def __init__(self, port: int = 1883) -> None:
        """Starts nothing yet."""
        if not 0 <= port <= 65_535:
            raise HilabError(f"A port is a number from 0 to 65535, not {port}.")
        self.port = port or _free_port()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="mqtt broker", daemon=True)
        self._broker: Broker | None = None

    def start(self) -> None:
        """Starts the broker.

        Raises:
            HilabError: The port is in use, or this program may not use it.
        """
        if _answers(self.port):
            raise HilabError(
                f"Port {self.port} of this computer is in use, perhaps by another broker; choose another."
            )
        # The library reports each malformed packet at length, which is no news here.
        logging.getLogger("amqtt").setLevel(logging.CRITICAL + 1)
        self._thread.start()
        try:
            self.run(self._begin())
        except BrokerError as error:
            self.stop()
            raise HilabError(f"The broker cannot listen at port {self.port}: {error.__cause__}.") from error

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Runs something in the broker's thread and returns what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def begin(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Future[Any]":
        """Begins something in the broker's thread; it is broken off when the broker stops."""

        async def start() -> "asyncio.Future[Any]":
            return asyncio.ensure_future(work)

        task: asyncio.Future[Any] = self.run(start())
        return task

    @property
    def subscriptions(self) -> set[str]:
        """What is subscribed to."""
        return set(self._broker.subscriptions) if self._broker else set()

    def stop(self) -> None:
        """Stops the broker and closes every connection."""
        if not self._thread.is_alive():
            return
        with contextlib.suppress(Exception):
            self.run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.set_exception_handler(lambda loop, context: None)
        self._loop.run_forever()
        self._loop.close()

    async def _begin(self) -> None:
        config = {
            "listeners": {"default": {"type": "tcp", "bind": f"{HOST}:{self.port}"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
        self._broker = _Patient(config)
        await self._broker.start()

    async def _end(self) -> None:
        if self._broker is not None:
            with contextlib.suppress(Exception):
                await asyncio.wait_for(self._broker.shutdown(), PATIENCE / 2)
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.wait(others, timeout=PATIENCE / 4) if others else None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    """Whether somebody listens at a port of this computer."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((HOST, port)) == 0
