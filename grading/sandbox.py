"""The sandbox: a fork server in bubblewrap, and the hand-ins that it opens.

The server holds installed wheels, scratch folders, and nothing else: its own user, mount, process, network
and ipc namespaces, no capability, no way to the course, the checkout, the gradebook. Every hand-in is a fork
of it in further namespaces of its own, under a control group of its own. Where the system does not allow
namespaces inside namespaces, every question gets a server of its own; where it cannot isolate at all, grading
refuses.
"""

import contextlib
import itertools
import json
import os
import platform
import re
import select
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from grading.cgroups import Cgroup, sweep
from grading.channel import Broken, Channel, Late
from sim.errors import HilabError
from sim.exchange.vocabulary import WHERE

_COUNT = itertools.count()
_CREDENTIALS = struct.Struct("3i")

STAGE = "/opt/hilab"
"""Where the unpacked student wheel stands inside."""

EXCHANGE, SOCKET = "/opt/exchange", "door"
"""Where an exchange's socket stands inside, and its name."""

START_SECONDS = 120.0
"""Longest time to import the libraries."""

OPEN_SECONDS = 60.0
"""Longest time to open a hand-in and run the setup cell."""

END_SECONDS = 10.0
"""Longest time to wait until everything in a hand-in is dead."""

_SYSTEM = (
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/etc/localtime",
)
_ENVIRONMENT = {
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "NUMBA_CACHE_DIR": "/tmp/numba",
    "MPLCONFIGDIR": "/tmp/matplotlib",
    "NBGRADER_EXECUTION": "autograde",
}

_STARTER = ThreadPoolExecutor(1, "sandbox")
"""Starts servers: bubblewrap dies with the thread that started it, and this one lives as long as we do."""


@dataclass(frozen=True)
class Limits:
    """What a hand-in may use.

    Attributes:
        memory: Bytes of all its processes together.
        processes: Processes and threads.
        scratch: Bytes of each scratch folder; they live in memory.
        question: Seconds for one question, all its calls together.
        door: Folder with the socket of an exchange (`grading.exchanges`); None where there is none to use.
    """

    memory: int = 2 << 30
    processes: int = 64
    scratch: int = 128 << 20
    question: float = 120.0
    door: Path | None = None


def command(stage: Path, program: list[str], scratch: int, door: Path | None = None) -> list[str]:
    """Returns the command that runs a Python program in bubblewrap with a staged wheel.

    Args:
        stage: Folder of the unpacked student wheel.
        program: Arguments after the interpreter.
        scratch: Bytes of each scratch folder.
        door: Folder with the socket of an exchange; it is all that leads outside.

    Raises:
        HilabError: bubblewrap is not installed.
    """
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise HilabError(
            "Grading needs bubblewrap, and it is not installed: install the package 'bubblewrap' "
            "(apt, dnf or pacman)."
        )
    words = [bwrap, "--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534"]
    words += ["--cap-drop", "ALL", "--clearenv", "--new-session", "--die-with-parent"]
    words += ["--hostname", "sandbox", "--ro-bind", "/usr", "/usr"]
    for name in ("bin", "lib", "lib32", "lib64", "sbin"):
        if Path("/", name).is_symlink():
            words += ["--symlink", str(Path("/", name).readlink()), f"/{name}"]
        elif Path("/", name).is_dir():
            words += ["--ro-bind", f"/{name}", f"/{name}"]
    for path in _SYSTEM:
        words += ["--ro-bind-try", path, path]
    words += ["--proc", "/proc", "--dev", "/dev"]
    words += ["--size", str(scratch), "--tmpfs", "/dev/shm", "--size", str(scratch), "--tmpfs", "/tmp"]
    words += ["--remount-ro", "/dev"]
    lent = {STAGE: str(stage), **{path: path for path in _python()}}
    environment = dict(_ENVIRONMENT)
    if door is not None:
        lent[EXCHANGE], environment[WHERE] = str(door), f"unix:{EXCHANGE}/{SOCKET}"
    folders, marks = list(lent.values()), [f"<folder {number}>" for number in range(len(lent))]
    for mark, inside in zip(marks, lent, strict=True):
        words += ["--ro-bind", mark, inside]
    words += ["--remount-ro", "/", "--chdir", "/tmp"]
    for name, value in {"PATH": f"{sys.prefix}/bin:/usr/bin:/bin", **environment}.items():
        words += ["--setenv", name, value]
    words += ["--", sys.executable, "-s", "-P", *program]
    if os.geteuid() == 0:
        helper = str(Path(__file__).with_name("unprivileged.py"))
        return [sys.executable, "-I", "-S", helper, json.dumps([folders, words, marks])]
    paths = dict(zip(marks, folders, strict=True))
    return [paths.get(word, word) for word in words]


def _python() -> list[str]:
    """Returns the folders that Python and its packages lie in, but for those under /usr."""
    installed = str(Path(sys.executable).resolve().parent.parent)
    found = dict.fromkeys([sys.base_prefix, sys.prefix, installed])
    return [path for path in found if not f"{path}/".startswith("/usr/")]


class Refused(Exception):
    """The system does not let the server make namespaces for a hand-in."""


class Server:
    """A fork server in bubblewrap, warming up from the start.

    Args:
        stage: Folder of the unpacked student wheel.
        setup: Source of the locked setup cell.
        limits: What each hand-in may use.

    Attributes:
        proven: Whether a hand-in was opened and could isolate its questions.

    Raises:
        HilabError: bubblewrap is missing.
    """

    proven = False

    def __init__(self, stage: Path, setup: str, limits: Limits) -> None:
        """Starts the process and does not wait for it."""
        self._limits = limits
        self._ready = self._closed = False
        self._lock = threading.Lock()
        self._open: set[int] = set()
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the server)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        words = command(stage, [f"{STAGE}/grading/forkserver.py"], limits.scratch, limits.door)
        with theirs:
            self._process = _STARTER.submit(_start, words, theirs, self._words).result()
        self._tell({"setup": setup})
        sweep()

    @property
    def pid(self) -> int:
        """The number of bubblewrap's process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    @property
    def closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    @property
    def broken(self) -> bool:
        """Whether it has ended, whatever hand-ins were open."""
        return self._closed or not self.alive

    @property
    def busy(self) -> bool:
        """Whether a hand-in is open."""
        return bool(self._open)

    def wait(self) -> None:
        """Waits until it is warm.

        Raises:
            HilabError: It did not start.
        """
        with self._lock:
            if self._ready:
                return
            self._control.settimeout(START_SECONDS)
            with contextlib.suppress(OSError):
                self._ready = bool(self._control.recv(4096))
            if not self._ready:
                raise HilabError(
                    f"The sandbox did not start ({self._last_words() or 'no reason given'}): "
                    "'hilab doctor --grader' says what to do."
                )

    def open(self, alone: bool = False) -> "Sandbox":
        """Opens a hand-in and runs the setup cell in it.

        Args:
            alone: Whether the server itself becomes the hand-in, in no further namespaces; for one question.

        Raises:
            Refused: The system does not allow the namespaces.
            HilabError: The server does not start or has ended, or the setup cell fails.
        """
        self.wait()
        return Sandbox(self, self._limits, alone)

    def begin(self, order: dict[str, Any], line: socket.socket) -> None:
        """Hands a line to the server. Any thread may call it: a message goes out whole or not at all."""
        self._open.add(order["id"])
        try:
            socket.send_fds(self._control, [json.dumps(order).encode("utf-8")], [line.fileno()])
        except OSError as error:
            raise HilabError(f"The sandbox has ended ({self._last_words() or 'no reason given'}).") from error

    def end(self, ident: int) -> None:
        """Has the processes of a hand-in killed; does not wait for it."""
        self._open.discard(ident)
        with contextlib.suppress(OSError):
            self._tell({"do": "end", "id": ident})

    def close(self) -> None:
        """Kills everything in it."""
        self._closed = True
        self._process.kill()
        self._process.wait()
        self._control.close()
        self._words.close()

    def _tell(self, order: dict[str, Any]) -> None:
        self._control.send(json.dumps(order).encode("utf-8"))

    def _last_words(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
        self._words.seek(0)
        return self._words.read().decode("utf-8", errors="replace").strip()[-400:]


def _start(words: list[str], control: socket.socket, complaints: IO[bytes]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        words, stdin=control.fileno(), stdout=complaints, stderr=complaints, env={}, start_new_session=True
    )


class Sandbox:
    """One hand-in's processes and the line to them.

    Attributes:
        line: The judge's end of the line.
        alone: Whether it must be closed after one question.
        pid: Number of the first process, as the grader sees it.
        limited_by: What a control group limits: `memory`, `processes`, both or none.
    """

    def __init__(self, server: Server, limits: Limits, alone: bool) -> None:
        """Waits until the first process has run the setup cell, and puts it under a control group."""
        self._server, self.alone = server, alone
        self._id = next(_COUNT)
        self._group = Cgroup(self._id, limits.memory, limits.processes)
        self.limited_by = self._group.limits
        self._end, theirs = socket.socketpair()
        self._end.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self.line = Channel(self._end)
        order = {
            "do": "alone" if alone else "open",
            "id": self._id,
            "first": not server.proven,
            "scratch": 0 if alone else limits.scratch,
            "keep": [path for path in _python() if f"{path}/".startswith(("/tmp/", "/dev/shm/"))],
            "processes": 0 if "processes" in self.limited_by else _own_limit(limits.processes),
        }
        try:
            with theirs:
                server.begin(order, theirs)
            self._greet()
            server.proven = True
        except BaseException:
            self.close()
            raise

    @property
    def broken(self) -> bool:
        """Whether it ended for a reason that is not the student's code: the server ended, or was closed.

        A hand-in that is a server itself (`alone`) can end it.
        """
        return self._server.closed if self.alone else self._server.broken

    def close(self) -> None:
        """Kills everything in it and waits until it is gone."""
        if self._end.fileno() < 0:
            return
        if self.alone:
            self._server.close()
        else:
            self._server.end(self._id)
            if not _silent(self._end):
                self._server.close()  # something in it does not die: the rest of the server must
        self._end.close()
        for _ in range(50):
            if self._group.remove():
                break
            time.sleep(0.01)

    def _greet(self) -> None:
        deadline = time.monotonic() + OPEN_SECONDS
        try:
            self.pid = _sender(self._end, OPEN_SECONDS)
            ready = json.loads(self.line.receive(deadline))
        except (Broken, Late):
            raise HilabError(
                "A hand-in could not be opened in the sandbox: 'hilab doctor --grader' says what to do."
            ) from None
        if not ready["ready"]:
            raise Refused(ready["message"])
        if ready["message"]:
            raise HilabError(f"The lab's setup cell fails in the sandbox: {ready['message']}")
        self._group.add([self.pid])

    def __enter__(self) -> "Sandbox":
        """Returns itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Kills everything in it."""
        self.close()


def _sender(end: socket.socket, seconds: float) -> int:
    """Returns the number of the process that sends the next byte, as we see it; the kernel tells."""
    if not select.select([end], [], [], seconds)[0]:
        raise Late
    try:
        _, told, _, _ = end.recvmsg(1, socket.CMSG_SPACE(_CREDENTIALS.size), socket.MSG_PEEK)
    except OSError as error:
        raise Broken from error
    for _, kind, data in told:
        if kind == socket.SCM_CREDENTIALS:
            pid: int = _CREDENTIALS.unpack(data[: _CREDENTIALS.size])[0]
            return pid
    raise Broken


def _silent(end: socket.socket) -> bool:
    """Waits until no process holds the other end any more; returns whether that came to be."""
    deadline = time.monotonic() + END_SECONDS
    while (left := deadline - time.monotonic()) > 0:
        if not select.select([end], [], [], left)[0]:
            return False
        try:
            if not end.recv(1 << 20):
                return True
        except BlockingIOError:
            continue
        except OSError:
            return True
    return False


def _own_limit(processes: int) -> int:
    """Returns a limit on the user's processes, or 0 on kernels that would count the grader's with them."""
    version = [int(part) for part in re.findall(r"\d+", platform.release())[:2]]
    return processes if version >= [5, 14] else 0
