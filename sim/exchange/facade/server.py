"""Runs an exchange beside whatever else a process does: on loopback or behind a unix socket, nowhere else."""

import os
import socket
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from sim.errors import HilabError
from sim.exchange.facade.exchange import Exchange
from sim.exchange.vocabulary import RUNNING

LOOPBACK = "127.0.0.1"
"""The only address that is ever listened on."""

WAIT = 10.0
"""Seconds to wait for the beginning and the end."""


class Running:
    """An exchange that runs; use it in a `with`, or stop it.

    Attributes:
        exchange: The exchange.
        address: Where it is: "http://127.0.0.1:PORT", or "unix:PATH".
    """

    def __init__(self, exchange: Exchange, listener: socket.socket, address: str) -> None:
        """Begins to answer."""
        import uvicorn

        from sim.exchange.facade.app import make_app

        self.exchange, self.address = exchange, address
        exchange.root = "http://exchange" if address.startswith("unix:") else address
        config = uvicorn.Config(
            make_app(exchange),
            lifespan="off",
            log_level="critical",
            access_log=False,
            server_header=False,
            loop="asyncio",
            http="h11",
            ws="none",
            timeout_graceful_shutdown=1,
        )
        self._server, self._listener = uvicorn.Server(config), listener
        self._thread = threading.Thread(target=self._run, name="hilab exchange", daemon=True)
        self._thread.start()
        until = time.monotonic() + WAIT
        while not self._server.started and self._thread.is_alive() and time.monotonic() < until:
            time.sleep(0.002)
        if not self._server.started:
            raise HilabError(f"The exchange did not begin to answer at {address}.")
        RUNNING.append(self.address)

    def _run(self) -> None:
        self._server.run(sockets=[self._listener])

    def warm(self) -> None:
        """Fills all shelves in the background, so that nobody has to wait for them."""
        threading.Thread(target=self.exchange.store.fill, name="hilab shelves", daemon=True).start()

    def stop(self) -> None:
        """Ends; the port is free again."""
        self._server.should_exit = True
        self._thread.join(WAIT)
        self._listener.close()
        self.exchange.close()
        if self.address in RUNNING:
            RUNNING.remove(self.address)
        if self.address.startswith("unix:"):
            Path(self.address.removeprefix("unix:")).unlink(missing_ok=True)

    def __enter__(self) -> "Running":
        """Returns itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends."""
        self.stop()

    def __repr__(self) -> str:
        """Says where it is."""
        return f"<Exchange at {self.address}; stop it with .stop()>"


def serve(exchange: Exchange, port: int = 0, path: Path | str | None = None) -> Running:
    """Lets an exchange answer.

    Args:
        exchange: The exchange.
        port: Port on loopback; 0 takes a free one.
        path: Path of a unix socket, instead of a port.

    Raises:
        HilabError: The port is taken, or the path cannot be used.
    """
    return _at_path(exchange, Path(path)) if path is not None else _at_port(exchange, port)


def _at_port(exchange: Exchange, port: int) -> Running:
    if not 0 <= port <= 65_535:
        raise HilabError(f"Port {port}: expected a number from 0 to 65535; 0 takes a free one.")
    # Only where the protocol is named does asyncio send an answer's body at once, not after 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            # Elsewhere this would let two programs share a port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise HilabError(
            f"Port {port} cannot be used ({error.strerror}): another program may have it; choose another, "
            "or 0 for a free one."
        ) from None
    return Running(exchange, listener, f"http://{LOOPBACK}:{listener.getsockname()[1]}")


def _at_path(exchange: Exchange, path: Path) -> Running:
    if sys.platform == "win32":
        raise HilabError("There are no unix sockets on Windows; use a port.")
    listener: Any = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise HilabError(
            f"{path}: cannot be used as a socket ({error.strerror or error}): expected a short path (about "
            "100 characters) of a file that is not there, in a folder that is."
        ) from None
    return Running(exchange, listener, f"unix:{path}")
