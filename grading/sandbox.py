"""The sandbox: a process in bubblewrap that holds installed wheels, a scratch folder, and nothing else.

It has its own user, mount, process, network and ipc namespaces, no capability, and no way to the course,
the checkout, the gradebook or another hand-in. Where the system cannot isolate, grading refuses.
"""

import itertools
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from grading.cgroups import Cgroup, family
from grading.channel import Channel
from sim.errors import HilabError

_COUNT = itertools.count()

STAGE = "/opt/hilab"
"""Where the unpacked student wheel stands inside."""

_SYSTEM = (
    "/etc/ld.so.cache",
    "/etc/alternatives",
    "/etc/localtime",
)
_ENVIRONMENT = {
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUTF8": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "NUMBA_CACHE_DIR": "/tmp/numba",
    "MPLCONFIGDIR": "/tmp/matplotlib",
    "NBGRADER_EXECUTION": "autograde",
}


@dataclass(frozen=True)
class Limits:
    """What a sandbox may use.

    Attributes:
        memory: Bytes of all its processes together.
        processes: Processes and threads.
        scratch: Bytes of each scratch folder; they live in memory.
    """

    memory: int = 2 << 30
    processes: int = 64
    scratch: int = 128 << 20


def command(stage: Path, program: list[str], limits: Limits) -> list[str]:
    """Returns the bubblewrap command that runs a Python program with a staged wheel.

    Args:
        stage: Folder of the unpacked student wheel.
        program: Arguments after the interpreter.
        limits: What it may use.

    Raises:
        HilabError: bubblewrap is not installed.
    """
    bwrap = shutil.which("bwrap")
    if bwrap is None:
        raise HilabError(
            "Grading needs bubblewrap, and it is not installed: install the package 'bubblewrap' "
            "(apt, dnf or pacman)."
        )
    size = str(limits.scratch)
    words = [
        bwrap,
        "--unshare-all",
        "--unshare-user",
        "--uid",
        "65534",
        "--gid",
        "65534",
        "--cap-drop",
        "ALL",
    ]
    words += ["--clearenv", "--new-session", "--die-with-parent", "--hostname", "sandbox"]
    words += ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "lib", "lib32", "lib64", "sbin"):
        if Path("/", name).is_symlink():
            words += ["--symlink", str(Path("/", name).readlink()), f"/{name}"]
        elif Path("/", name).is_dir():
            words += ["--ro-bind", f"/{name}", f"/{name}"]
    for path in _SYSTEM:
        words += ["--ro-bind-try", path, path]
    words += ["--proc", "/proc", "--dev", "/dev"]
    words += ["--size", size, "--tmpfs", "/dev/shm", "--size", size, "--tmpfs", "/tmp"]
    for path in dict.fromkeys([sys.base_prefix, sys.prefix]):
        if not path.startswith("/usr/"):
            words += ["--ro-bind", path, path]
    words += ["--ro-bind", str(stage), STAGE]
    words += ["--remount-ro", "/", "--chdir", "/tmp"]
    for name, value in {"PATH": f"{sys.prefix}/bin:/usr/bin:/bin", **_ENVIRONMENT}.items():
        words += ["--setenv", name, value]
    return [*words, "--", sys.executable, "-I", *program]


class Sandbox:
    """A running sandbox and the line to it.

    Args:
        stage: Folder of the unpacked student wheel.
        limits: What it may use.

    Attributes:
        line: The judge's end of the line.

    Raises:
        HilabError: bubblewrap is missing or cannot start.
    """

    def __init__(self, stage: Path, limits: Limits | None = None) -> None:
        """Starts the process; the runner inside waits for its first frame."""
        limits = limits or Limits()
        program = [f"{STAGE}/grading/runner.py"]
        self._process = subprocess.Popen(
            command(stage, program, limits),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={},
            start_new_session=True,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self.line = Channel(self._process.stdout.fileno(), self._process.stdin.fileno())
        self._group = Cgroup(f"hilab-{os.getpid()}-{next(_COUNT)}", limits.memory, limits.processes)

    def confine(self) -> None:
        """Puts all its processes under the limits of a control group, before student code runs."""
        self._group.add(family(self._process.pid))

    def last_words(self) -> str:
        """Ends the sandbox and returns what it or bubblewrap complained about."""
        self._process.kill()
        _, complaint = self._process.communicate()
        return complaint.decode("utf-8", errors="replace").strip()[-400:]

    def close(self) -> None:
        """Kills everything in it."""
        self._process.kill()
        self._process.communicate()
        for _ in range(50):
            self._group.remove()
            if not self._group.limits:
                break
            time.sleep(0.01)

    def __enter__(self) -> "Sandbox":
        """Returns itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Kills everything in it."""
        self.close()
