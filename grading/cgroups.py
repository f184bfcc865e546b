"""Limits on memory and processes by control groups, version 1 or 2, where they may be written.

A group also gets no more than its share of the processors, so that a hand-in with many busy processes does
not make another one late.
"""

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_PREFIX = "hilab-"


class Cgroup:
    """A group of processes with limits; without control groups it does nothing.

    Args:
        number: Number of the group, unique in this process.
        memory: Most memory of all processes together, in bytes.
        processes: Most processes and threads.
    """

    def __init__(self, number: int, memory: int, processes: int) -> None:
        """Makes the group wherever that is allowed."""
        name = f"{_PREFIX}{os.getpid()}-{number}"
        made = (_make(parent / name, memory, processes) for parent in _parents())
        self._folders = [folder for folder in made if folder is not None]

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

    def remove(self) -> bool:
        """Removes the group if its processes have ended; returns whether it is gone."""
        for folder in list(self._folders):
            with contextlib.suppress(OSError):
                folder.rmdir()
                self._folders.remove(folder)
        return not self._folders


def groups() -> list[str]:
    """Returns the names of all groups of graders, `hilab-<number of the grader>-<number>`."""
    return sorted({folder.name for parent in _parents() for folder in parent.glob(f"{_PREFIX}*-*")})


def sweep() -> None:
    """Removes groups of graders that were killed."""
    for name in groups():
        if not Path("/proc", name.split("-")[1]).exists():
            for parent in _parents():
                with contextlib.suppress(OSError):
                    (parent / name).rmdir()


def _parents() -> list[Path]:
    """Returns where groups may be made: beside the own group in version 2, the controllers in version 1."""
    if (_ROOT / "cgroup.controllers").is_file():
        lines = Path("/proc/self/cgroup").read_text(encoding="ascii").splitlines()
        own = next((line.split("::", 1)[1] for line in lines if line.startswith("0::")), "/")
        here = _ROOT / own.strip("/")
        return [here.parent if here != _ROOT else here]
    return [_ROOT / "memory", _ROOT / "pids", _ROOT / "cpu"]


def _make(folder: Path, memory: int, processes: int) -> Path | None:
    if not folder.parent.is_dir() or not os.access(folder.parent, os.W_OK):
        return None
    for controller in ("memory", "pids", "cpu"):  # version 2 hands them down only when told so
        with contextlib.suppress(OSError):
            if (control := folder.parent / "cgroup.subtree_control").is_file():
                control.write_text(f"+{controller}", encoding="ascii")
    try:
        folder.mkdir()
    except OSError:
        return None
    limited = (folder / "cpu.shares").is_file()  # a group's share is that of one process outside
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
