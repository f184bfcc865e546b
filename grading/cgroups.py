"""Limits on memory and processes by control groups, version 1 or 2, where they may be written."""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")


class Cgroup:
    """A group of processes with limits; without control groups it does nothing.

    Args:
        name: Name of the group, unique on this machine.
        memory: Most memory of all processes together, in bytes.
        processes: Most processes and threads.
    """

    def __init__(self, name: str, memory: int, processes: int) -> None:
        """Makes the group wherever that is allowed."""
        self._folders = [
            folder for parent in _parents() if (folder := _make(parent / name, memory, processes)) is not None
        ]

    @property
    def limits(self) -> set[str]:
        """What is limited: `memory`, `processes`, both or none."""
        found = set()
        for folder in self._folders:
            if (folder / "pids.max").is_file():
                found.add("processes")
            if (folder / "memory.max").is_file() or (folder / "memory.limit_in_bytes").is_file():
                found.add("memory")
        return found

    def add(self, pids: Iterable[int]) -> None:
        """Puts processes into the group."""
        for pid in pids:
            for folder in self._folders:
                with contextlib.suppress(OSError):
                    (folder / "cgroup.procs").write_text(str(pid), encoding="ascii")

    def remove(self) -> None:
        """Removes the group once its processes have ended."""
        for folder in self._folders:
            with contextlib.suppress(OSError):
                folder.rmdir()


def _parents() -> list[Path]:
    """Returns where groups may be made: the own group in version 2, the controllers in version 1."""
    if (_ROOT / "cgroup.controllers").is_file():
        lines = Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines()
        own = next((line.split("::", 1)[1] for line in lines if line.startswith("0::")), "/")
        here = _ROOT / own.strip("/")
        return [here.parent if here != _ROOT else here]
    return [_ROOT / "memory", _ROOT / "pids"]


def _make(folder: Path, memory: int, processes: int) -> Path | None:
    if not folder.parent.is_dir() or not os.access(folder.parent, os.W_OK):
        return None
    try:
        folder.mkdir()
    except OSError:
        return None
    limited = False
    for name, limit in (
        ("memory.max", memory),
        ("memory.swap.max", 0),
        ("memory.limit_in_bytes", memory),
        ("pids.max", processes),
    ):
        if (folder / name).is_file():
            with contextlib.suppress(OSError):
                (folder / name).write_text(str(limit), encoding="ascii")
                limited = True
    if not limited:
        folder.rmdir()
        return None
    return folder


def family(pid: int) -> list[int]:
    """Returns a process and all its descendants."""
    found = [pid]
    for member in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{member}/task").iterdir():
                found += map(int, (task / "children").read_text(encoding="ascii").split())
    return found
