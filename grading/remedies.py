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

from grading.words import LANGUAGES, text

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


def remedy(complaint: str, facts: Facts, language: str = LANGUAGES[0]) -> str:
    """Returns what to do about a sandbox that does not start or isolate.

    Args:
        complaint: What bubblewrap or the kernel said; may be empty.
        facts: What is known of the system.
        language: Language of the sentence.

    Example:
        >>> remedy("", Facts(bubblewrap=False))
        "bubblewrap is not installed: install the package 'bubblewrap' (apt, dnf or pacman)."
    """

    def told(code: str, **values: object) -> str:
        return text(f"remedy.{code}", language, **values)

    if facts.system != "Linux":
        return told("macos" if facts.system == "Darwin" else "windows")
    if facts.release.endswith("-Microsoft"):
        return told("wsl_1")
    if not facts.bubblewrap:
        return told("bubblewrap")
    said = " ".join(complaint.split())[-200:]
    how = " ".join(told(code) for code in _how(facts))
    profile = f"\n{_PROFILE}" if _how(facts) == ["apparmor"] else ""
    return told("because" if said else "cannot", reason=said, how=how) + profile


def _how(facts: Facts) -> list[str]:
    """Returns the codes of the sentences that say how a Linux system is made to isolate."""
    if facts.hub:
        return ["hub", _in_container(facts.container)]
    if facts.most_namespaces == 0:
        return ["no_namespaces"]
    if not facts.allowed:
        return ["not_allowed"]
    if facts.container:
        return [_in_container(facts.container)]
    return ["apparmor" if facts.apparmor else "unknown"]


def _in_container(kind: str) -> str:
    return kind if kind in ("podman", "kubernetes") else "docker"
