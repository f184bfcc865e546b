"""Warm sandboxes: one server for all hand-ins of a lab, kept while the grader runs.

Kernels with the same wheel, setup cell and limits share a server, whichever thread asks.
"""

import atexit
import threading
import weakref
from pathlib import Path

from grading.sandbox import Limits, Refused, Sandbox, Server

_KEPT = 2
"""Most servers at a time, unless more are busy; the one not used for longest is closed first."""


class Pool:
    """Opens hand-ins from a warm server, and starts the server anew if it has ended.

    Where the system does not allow namespaces inside the sandbox's, every question gets a server of its own,
    which takes a second more.

    Args:
        stage: Folder of the unpacked student wheel.
        setup: Source of the locked setup cell.
        limits: What each hand-in may use.

    Attributes:
        stage: Folder of the unpacked student wheel.
        slow: Why every question needs a server of its own; empty if it does not.
    """

    def __init__(self, stage: Path, setup: str, limits: Limits) -> None:
        """Remembers what to start."""
        self.stage, self._setup, self._limits = stage, setup, limits
        self._server: Server | None = None
        self._single: weakref.WeakSet[Server] = weakref.WeakSet()
        self._lock = threading.Lock()
        self.slow = ""

    def warm(self) -> Server:
        """Starts the server unless it runs, and returns it without waiting.

        Raises:
            HilabError: bubblewrap is missing.
        """
        with self._lock:
            if self._server is None or not self._server.alive:
                self._server = Server(self.stage, self._setup, self._limits)
            return self._server

    def open(self) -> Sandbox:
        """Opens a hand-in and runs the setup cell in it.

        Raises:
            HilabError: The sandbox cannot isolate or start, or the setup cell fails.
        """
        if not self.slow:
            try:
                return self.warm().open()
            except Refused as reason:
                self.slow = str(reason)
        alone = Server(self.stage, self._setup, self._limits)
        self._single.add(alone)
        return alone.open(alone=True)

    @property
    def busy(self) -> bool:
        """Whether a hand-in is open."""
        return self._server is not None and self._server.busy

    def close(self) -> None:
        """Ends the server and with it all hand-ins that are open."""
        with self._lock:
            if self._server is not None:
                self._server.close()
                self._server = None
            for alone in list(self._single):
                alone.close()


_pools: dict[tuple[str, str, Limits], Pool] = {}
_lock = threading.Lock()


def shared(stage: Path, setup: str, limits: Limits) -> Pool:
    """Returns the pool for a wheel, a setup cell and limits; it stays until the grader ends.

    Folders of equal wheels have equal names, so two courses share a pool.
    """
    with _lock:
        key = (stage.name, setup, limits)
        pool = _pools.pop(key, None) or Pool(stage, setup, limits)
        pool.stage = stage  # the other course's folder may be gone
        _pools[key] = pool  # the last one is the one used last
        for idle in [known for known, old in _pools.items() if old is not pool and not old.busy]:
            if len(_pools) > _KEPT:
                _pools.pop(idle).close()
        return pool


@atexit.register
def close_all() -> None:
    """Ends all servers."""
    with _lock:
        while _pools:
            _pools.popitem()[1].close()
