"""Why a system does not isolate, and what to do: one sentence for each kind of system.

Nothing here is guessed from the outside alone: the facts are read from the system, the complaint is what
bubblewrap or the kernel said. Sources: Ubuntu's notes on AppArmor and user namespaces, bubblewrap's
README.Debian and its issues 284 and 505, Docker's and Podman's references of `--security-opt`.
"""

import contextlib
import os
import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

_PROFILE = (
    "abi <abi/4.0>,\ninclude <tunables/global>\n"
    "profile bwrap /usr/bin/bwrap flags=(unconfined) {\n  userns,\n}\n"
)


@dataclass(frozen=True)
class Facts:
    """What decides which remedy helps.

    Attributes:
        system: Linux, Darwin or Windows.
        release: The kernel's release.
        bubblewrap: Whether the program bwrap is installed.
        apparmor: Whether AppArmor takes rights away in user namespaces of programs without a profile.
        most_namespaces: Most user namespaces; None if unknown.
        allowed: Whether users without privileges may make namespaces, as some kernels can be told.
        container: docker, podman, kubernetes or another name; empty outside of containers.
        hub: Whether this is somebody's server of a JupyterHub.
    """

    system: str = "Linux"
    release: str = ""
    bubblewrap: bool = True
    apparmor: bool = False
    most_namespaces: int | None = None
    allowed: bool = True
    container: str = ""
    hub: bool = False


def read_facts() -> Facts:
    """Reads the facts of this computer."""
    return Facts(
        system=platform.system(),
        release=platform.release(),
        bubblewrap=shutil.which("bwrap") is not None,
        apparmor=_number("kernel/apparmor_restrict_unprivileged_userns") == 1,
        most_namespaces=_number("user/max_user_namespaces"),
        allowed=_number("kernel/unprivileged_userns_clone") != 0,
        container=_container(),
        hub="JUPYTERHUB_USER" in os.environ,
    )


def _number(name: str) -> int | None:
    with contextlib.suppress(OSError, ValueError):
        return int(Path("/proc/sys", name).read_text(encoding="ascii"))
    return None


def _container() -> str:
    if Path("/run/.containerenv").exists():
        return "podman"
    if "KUBERNETES_SERVICE_HOST" in os.environ:
        return "kubernetes"
    if Path("/.dockerenv").exists():
        return "docker"
    return os.environ.get("container", "")  # noqa: SIM112 (systemd writes it so)


def remedy(complaint: str, facts: Facts) -> str:
    """Returns what to do about a sandbox that does not start or isolate.

    Args:
        complaint: What bubblewrap or the kernel said; may be empty.
        facts: What is known of the system.

    Example:
        >>> remedy("", Facts(bubblewrap=False))
        "bubblewrap is not installed: install the package 'bubblewrap' (apt, dnf or pacman)."
    """
    if facts.system != "Linux":
        return _other_system(facts.system)
    if facts.release.endswith("-Microsoft"):
        return (
            "This is WSL 1, which has no namespaces. In Windows run 'wsl --list' and "
            "'wsl --set-version NAME 2', then grade here again."
        )
    if not facts.bubblewrap:
        return "bubblewrap is not installed: install the package 'bubblewrap' (apt, dnf or pacman)."
    said = " ".join(complaint.split())[-200:]
    reason = f" ({said})" if said else ""
    return f"The sandbox cannot isolate{reason}. {_how(facts)}"


def _other_system(system: str) -> str:
    if system == "Darwin":
        return (
            "Grading needs Linux, whose namespaces isolate code. On macOS start a virtual machine with Linux "
            "(with Lima: 'limactl start', then 'limactl shell default'), install hilab and bubblewrap in it, "
            "and grade there."
        )
    return (
        "Grading needs Linux, whose namespaces isolate code. On Windows install WSL2 ('wsl --install -d "
        "Debian'), install hilab and bubblewrap in it, and grade there."
    )


def _how(facts: Facts) -> str:
    if facts.hub:
        return (
            "A JupyterHub gives everybody a closed container as a rule: grade on a Linux machine outside of "
            "it that reaches the course folder, or ask who runs the hub to allow what follows. "
            + _in_container(facts.container)
        )
    if facts.most_namespaces == 0:
        return (
            "User namespaces are switched off here: run 'sudo sysctl -w user.max_user_namespaces=15000', and "
            "put the line user.max_user_namespaces=15000 into /etc/sysctl.d/60-hilab.conf."
        )
    if not facts.allowed:
        return (
            "User namespaces are switched off for people without privileges: run "
            "'sudo sysctl -w kernel.unprivileged_userns_clone=1', and put the line "
            "kernel.unprivileged_userns_clone=1 into /etc/sysctl.d/60-hilab.conf."
        )
    if facts.container:
        return _in_container(facts.container)
    if facts.apparmor:
        return (
            "AppArmor (Ubuntu 23.10 and later) lets only programs with a profile isolate. Write these lines "
            "into /etc/apparmor.d/bwrap, then run 'sudo apparmor_parser -r /etc/apparmor.d/bwrap':\n"
            + _PROFILE
        )
    return (
        "Neither AppArmor nor a container nor a setting explains it: ask who runs this computer whether "
        "unprivileged user namespaces are allowed, or grade on another Linux machine."
    )


def _in_container(kind: str) -> str:
    if kind == "podman":
        return "Start the container with 'podman run --security-opt unmask=ALL'."
    if kind == "kubernetes":
        return (
            "Give the pod 'hostUsers: false' and the container 'procMount: Unmasked' and "
            "'seccompProfile: {type: Unconfined}', or grade on a machine outside the cluster."
        )
    return (
        "Start the container with 'docker run --security-opt seccomp=unconfined --security-opt "
        "apparmor=unconfined --security-opt systempaths=unconfined', or grade outside of it."
    )
