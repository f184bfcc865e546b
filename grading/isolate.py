"""Namespaces of its own for one hand-in, made inside the sandbox by a process without privileges.

`grading/forkserver.py` uses it. The kernel's calls are taken from the C library, for Python 3.11 lacks them.
"""

import ctypes
import os
import platform
from collections.abc import Sequence
from pathlib import Path

_NAMESPACES = {
    "mount": 0x00020000,
    "cgroup": 0x02000000,
    "host name": 0x04000000,
    "ipc": 0x08000000,
    "user": 0x10000000,
    "process": 0x20000000,
    "network": 0x40000000,
}
_NO_SUID, _NO_DEVICES, _NO_EXEC, _BIND, _RECURSIVE = 2, 4, 8, 0x1000, 0x4000
_DUMPABLE, _DROP_FROM_BOUND, _SUBREAPER, _NO_NEW_PRIVILEGES = 4, 24, 36, 38
_CAPABILITIES = 0x20080522
_KEYCTL = {"x86_64": 250, "aarch64": 219}
_JOIN_SESSION_KEYRING = 1

NOBODY = 65534
"""The user inside, who owns nothing."""

FILES = 20_000
"""Most files in each scratch folder."""

_libc = ctypes.CDLL(None, use_errno=True)


def unshare() -> None:
    """Moves this process into new namespaces; its next child is the first process there.

    Raises:
        OSError: The kernel or its security module does not allow it.
    """
    outside = os.getuid(), os.getgid()
    _unshare(*_NAMESPACES)
    _become(0, *outside)


def furnish(scratch: int, keep: Sequence[str]) -> None:
    """Gives the first process of new namespaces its own /proc, terminals and scratch folders.

    Args:
        scratch: Bytes of each scratch folder; they live in memory.
        keep: Folders below /tmp that stay visible.

    Raises:
        OSError: The kernel or its security module does not allow it.
    """
    _mount("proc", "/proc", _NO_SUID | _NO_DEVICES | _NO_EXEC)
    _mount("devpts", "/dev/pts", _NO_SUID | _NO_EXEC, "newinstance,ptmxmode=0666,mode=0620")
    _scratch(scratch, keep)


def confine(scratch: int, keep: Sequence[str]) -> None:
    """Readies the child that runs an answer: empty scratch folders, and no right over anything.

    Mounts and ipc objects of its own end with it. It becomes nobody in a last user namespace, under which
    there can be no further one, and keeps no capability: the mounts belong to the namespace around, so it
    cannot change them. Where the key ring may not be changed, keys cannot be read either.

    Args:
        scratch: Bytes of each scratch folder.
        keep: Folders below /tmp that stay visible.

    Raises:
        OSError: The kernel or its security module does not allow it.
    """
    guard(False)  # or this process could not write its own maps
    _unshare("mount", "ipc")
    _scratch(scratch, keep)
    _unshare("user")
    _become(NOBODY, 0, 0)
    Path("/proc/sys/user/max_user_namespaces").write_text("0", encoding="ascii")
    if (keyctl := _KEYCTL.get(platform.machine())) is not None:
        _libc.syscall(keyctl, _JOIN_SESSION_KEYRING, None)
    capability = 0
    while not _libc.prctl(_DROP_FROM_BOUND, capability, 0, 0, 0):
        capability += 1
    head, none = (ctypes.c_uint32 * 2)(_CAPABILITIES, 0), (ctypes.c_uint32 * 6)()
    _must(_libc.capset(head, none), "dropping capabilities")
    _must(_libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0), "giving up new privileges")
    guard(False)
    Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def rehearse(scratch: int, keep: Sequence[str]) -> None:
    """Lets a child try `confine`, so that a system that refuses it is known before an answer needs it.

    Args:
        scratch: Bytes of each scratch folder.
        keep: Folders below /tmp that stay visible.

    Raises:
        OSError: It is refused.
    """
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            confine(scratch, keep)
        except OSError as error:
            os.write(tell, str(error).encode("utf-8"))
        finally:
            os._exit(0)
    os.close(tell)
    complaint = os.read(told, 400).decode("utf-8", errors="replace")
    os.close(told)
    os.waitpid(child, 0)
    if complaint:
        raise OSError(complaint)


def guard(on: bool) -> None:
    """Says whether other processes of the same user are kept from looking into this one."""
    _libc.prctl(_DUMPABLE, int(not on), 0, 0, 0)


def adopt_orphans() -> None:
    """Makes this process the parent of descendants whose own parent ends."""
    _must(_libc.prctl(_SUBREAPER, 1, 0, 0, 0), "adopting orphans")


def _unshare(*names: str) -> None:
    _must(_libc.unshare(sum(_NAMESPACES[name] for name in names)), f"new namespaces ({', '.join(names)})")


def _scratch(size: int, keep: Sequence[str]) -> None:
    """Covers the scratch folders with empty ones; Python itself may be installed below one of them."""
    kept = [(folder, os.open(folder, os.O_PATH)) for folder in keep]
    for folder in ("/tmp", "/dev/shm"):
        _mount("tmpfs", folder, _NO_SUID | _NO_DEVICES, f"size={size},nr_inodes={FILES},mode=0777")
    for folder, handle in kept:
        Path(folder).mkdir(parents=True)
        source = f"/proc/self/fd/{handle}".encode("ascii")
        _must(_libc.mount(source, os.fsencode(folder), None, _BIND | _RECURSIVE, None), f"keeping {folder}")
        os.close(handle)


def _mount(kind: str, folder: str, flags: int, options: str = "") -> None:
    name = kind.encode("ascii")
    _must(
        _libc.mount(name, folder.encode("ascii"), name, flags, options.encode("ascii")), f"mounting {folder}"
    )


def _become(inside: int, user: int, group: int) -> None:
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{inside} {user} 1"),
        ("gid_map", f"{inside} {group} 1"),
    ):
        Path("/proc/self", name).write_text(line, encoding="ascii")


def _must(failed: int, what: str) -> None:
    if failed:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
