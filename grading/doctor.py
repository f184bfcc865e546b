"""Tests for real whether grading can isolate a stranger's code, and says what to do if not.

The tests are two hand-ins in a warm pool as marks are made with: one tries to leave traces, the other tries
to find them and to reach everything else that it must not reach.
"""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grading.kernel import Call, Kernel
from grading.pool import shared
from grading.remedies import read_facts, remedy
from grading.sandbox import Limits
from grading.stage import stage
from grading.tasks import Case
from grading.words import LANGUAGES, text
from sim.errors import HilabError

LIMITS = Limits(memory=512 << 20, processes=40)
"""Limits of the trial hand-ins; smaller than real ones, so that reaching them is quick."""

_LEAVE = """
import socket, subprocess
held = []
def leave():
    for folder in ("/tmp", "/dev/shm", "/dev", "/var/tmp"):
        try:
            open(folder + "/hilab-was-here", "w").close()
        except OSError:
            pass
    held.append(socket.socket(socket.AF_UNIX)); held[0].bind("\\0hilab-was-here"); held[0].listen()
    held.append(subprocess.Popen(["sleep", "60"]))
    return 1
"""

_LOOK = """
import ctypes, os, socket, time
def can(act):
    try:
        return act() is not False
    except Exception:
        return False
def connect(family, address):
    with socket.socket(family) as s:
        s.settimeout(1); s.connect(address)
def trace_in(name):
    return "hilab-was-here" in os.listdir(name)
def writes(folder):
    return can(lambda: open(folder + "/hilab-was-here", "w"))
def look(home, course, grader):
    libc = ctypes.CDLL(None)
    folders = [f for f in ("/tmp", "/dev/shm", "/dev", "/var/tmp") if os.path.isdir(f)]
    return {
        "network": can(lambda: connect(socket.AF_INET, ("1.1.1.1", 53)))
        or [name for _, name in socket.if_nameindex()] != ["lo"],
        "home": can(lambda: open(home, "rb").read()),
        "course": can(lambda: open(course, "rb").read()),
        "processes": len([p for p in os.listdir("/proc") if p.isdigit()]) > 3
        or can(lambda: open(f"/proc/{grader}/environ", "rb").read()),
        "write": any(map(writes, ("/", "/usr", "/opt/hilab", "/dev"))),
        "rights": os.getuid() == 0 or libc.unshare(0x10000000) == 0 or libc.setuid(0) == 0,
        "environment": "HILAB_PROBE" in os.environ,
        "others": any(map(trace_in, folders))
        or can(lambda: connect(socket.AF_UNIX, "\\0hilab-was-here")),
    }
def fork():
    for made in range(200):
        try:
            if os.fork() == 0:
                time.sleep(60)
        except OSError:
            return made
    return 200
def eat():
    return len(b"x" * (600 << 20))
"""

_DOORS = ("network", "home", "course", "processes", "write", "rights", "environment", "others")
"""What must not be reached; the words for it stand in the string files under `isolation`."""


def doctor_grader(language: str = LANGUAGES[0]) -> str:
    """Runs two trial hand-ins and reports what they could not reach.

    Args:
        language: Language of the report.

    Returns:
        One line a question.

    Raises:
        HilabError: The sandbox does not start, or something can be reached from inside it; the sentence says
            what to do.
    """
    facts = read_facts()
    if facts.system != "Linux" or not facts.bubblewrap:
        raise HilabError(remedy("", facts, language))
    with tempfile.TemporaryDirectory() as scratch, _at_home() as home:
        secret = Path(scratch, "secret")
        secret.write_text("secret", encoding="utf-8")
        Path(scratch).chmod(0o755)
        staged = stage(Path(scratch, "cache"))
        try:
            found = probe(staged, Path(home.name), secret)
        except HilabError as error:
            raise HilabError(remedy(str(error), facts, language)) from error
        slow = shared(staged, "", LIMITS).slow
        shared(staged, "", LIMITS).close()
    return report(found, slow, language)


def report(found: Mapping[str, Any], slow: str, language: str = LANGUAGES[0]) -> str:
    """Puts what was found into lines.

    Args:
        found: What `probe` returned.
        slow: Why every question needs a sandbox of its own; empty if it does not.
        language: Language of the report.

    Raises:
        HilabError: Something can be reached.
    """

    def told(code: str, **values: object) -> str:
        return text(f"isolation.{code}", language, **values)

    if doors := [told(name) for name in _DOORS if found.get(name, True)]:
        raise HilabError(told("open", names=told("and").join(doors)))
    lines = [told("shut", what=told(name)) for name in _DOORS]
    holds = {"processes": found["forked"] <= LIMITS.processes, "memory": not found["eaten"]}
    lines += [told(f"limit_{what}" if held else f"no_limit_{what}") for what, held in holds.items()]
    repair = remedy("", read_facts(), language) if slow else ""
    return "\n".join([*lines, told("slow", reason=slow, remedy=repair) if slow else told("warm")])


def probe(staged: Path, home: Path, secret: Path) -> dict[str, Any]:
    """Returns what code of a hand-in can reach, and how far it gets with processes and memory.

    Args:
        staged: The unpacked student wheel.
        home: A file in the grader's home folder.
        secret: A file of the course.

    Raises:
        HilabError: The sandbox does not start.
    """
    os.environ["HILAB_PROBE"] = "1"
    try:
        with Kernel(staged, "", LIMITS) as one:
            _ask(one, _LEAVE, "leave")
        with Kernel(staged, "", LIMITS) as other:
            reached = _ask(other, _LOOK, "look", str(home), str(secret), os.getpid())
            forked, eaten = _ask(other, _LOOK, "fork"), _ask(other, _LOOK, "eat")
    finally:
        del os.environ["HILAB_PROBE"]
    doors = reached if isinstance(reached, dict) else {}
    return {**doors, "forked": forked if isinstance(forked, int) else 0, "eaten": eaten is not None}


def _ask(kernel: Kernel, source: str, name: str, *args: Any) -> Any:
    """Returns what a function of a trial hand-in answers; None if it does not."""
    (reply,) = kernel.ask(source, [Call.of(Case(name, "", args))], 20.0).replies
    return reply.value


def _at_home() -> Any:
    """Returns a file in the home folder for as long as it is open; elsewhere if there is no home."""
    try:
        return tempfile.NamedTemporaryFile(dir=Path.home(), prefix=".hilab-probe-")
    except (OSError, RuntimeError):
        return tempfile.NamedTemporaryFile(prefix="hilab-probe-")
