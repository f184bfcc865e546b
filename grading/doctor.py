"""Tests for real whether grading can isolate a stranger's code, and says what to do if not."""

import json
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grading.cgroups import Cgroup
from grading.sandbox import Limits, command
from sim.errors import HilabError

_PROBE = """
import json, os, socket
def can(act):
    try:
        act()
        return True
    except Exception:
        return False
def reach():
    socket.create_connection(("1.1.1.1", 53), 1).close()
def own_net():
    assert [name for _, name in socket.if_nameindex()] != ["lo"]
print(json.dumps({
    "network": can(reach) or can(own_net),
    "home": can(lambda: open(HOME).read()),
    "course": can(lambda: open(SECRET).read()),
    "processes": len([p for p in os.listdir("/proc") if p.isdigit()]) > 4,
    "usr": can(lambda: open("/usr/hilab-was-here", "w")),
    "root": os.getuid() == 0,
    "environment": "HILAB_PROBE" in os.environ,
}))
"""

_QUESTIONS = {
    "network": "the network",
    "home": "your home folder",
    "course": "files of the course",
    "processes": "other processes",
    "usr": "writing to /usr",
    "root": "being root",
    "environment": "your environment variables",
}


def doctor_grader() -> str:
    """Runs a probe in the sandbox and reports what it could not reach.

    Returns:
        One line a question.

    Raises:
        HilabError: The sandbox does not start, or something can be reached from inside it.
    """
    if platform.system() != "Linux":
        raise HilabError(
            "Grading needs Linux, for it isolates code with bubblewrap: use WSL2 on Windows, a virtual "
            "machine on macOS, or a Linux server."
        )
    found = probe()
    open_doors = [text for name, text in _QUESTIONS.items() if found.get(name, True)]
    if open_doors:
        raise HilabError(f"The sandbox does not isolate: code in it reaches {', '.join(open_doors)}.")
    lines = [f"✓ Code in the sandbox has no way to {text}." for text in _QUESTIONS.values()]
    return "\n".join([*lines, _limits()])


def probe() -> Mapping[str, Any]:
    """Returns what code in the sandbox can reach.

    Raises:
        HilabError: The sandbox does not start; the sentence says what to do.
    """
    with tempfile.TemporaryDirectory() as scratch, _at_home() as home:
        stage, secret = Path(scratch, "stage"), Path(scratch, "secret")
        stage.mkdir()
        secret.write_text("secret", encoding="utf-8")
        facts = f"HOME = {home.name!r}\nSECRET = {str(secret)!r}\n"
        try:
            done = subprocess.run(
                command(stage, ["-c", facts + _PROBE], Limits().scratch),
                capture_output=True,
                timeout=60,
                check=False,
                env={"HILAB_PROBE": "1"},
            )
        except subprocess.TimeoutExpired as error:
            raise HilabError("The sandbox did not answer within a minute.") from error
        if done.returncode:
            raise HilabError(remedy(done.stderr.decode("utf-8", errors="replace")))
        found: Mapping[str, Any] = json.loads(done.stdout)
        return found


def _at_home() -> Any:
    """Returns a file in the home folder for as long as it is open; elsewhere if there is no home."""
    try:
        return tempfile.NamedTemporaryFile(dir=Path.home(), prefix=".hilab-probe-")
    except (OSError, RuntimeError):
        return tempfile.NamedTemporaryFile(prefix="hilab-probe-")


def remedy(complaint: str) -> str:
    """Returns what to do about a complaint of bubblewrap.

    Example:
        >>> remedy("bwrap: setting up uid map: Permission denied")[-57:]
        'grants the permission userns, then reload AppArmor, once.'
    """
    said = " ".join(complaint.split())[-200:] or "no reason given"
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed: install the package 'bubblewrap' (apt, dnf or pacman)."
    if "uid map" in complaint or "namespace" in complaint:
        return (
            f"bubblewrap may not make namespaces ({said}). In a container start it with user namespaces "
            "allowed, or grade on the host. On Ubuntu 24.04 and later give /usr/bin/bwrap an AppArmor "
            "profile that grants the permission userns, then reload AppArmor, once."
        )
    return f"The sandbox does not start: {said}"


def _limits() -> str:
    group = Cgroup("hilab-doctor", 1 << 30, 64)
    found = group.limits
    group.remove()
    if found == {"memory", "processes"}:
        return "✓ Memory and processes are limited by control groups."
    missing = " and ".join(sorted({"memory", "processes"} - found))
    return (
        f"! No control group limits {missing}; the limits of each process hold instead. "
        "For stronger limits grade as root or in a delegated control group (systemd-run --user --scope)."
    )
