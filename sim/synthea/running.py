"""Runs Synthea, shows how far it is, and stops it cleanly."""

import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from sim.errors import HilabError
from sim.synthea.options import Options
from sim.synthea.program import Program

LOG = "synthea.log"
"""What Synthea said, kept beside its output."""

PERSON = re.compile(r"^(\d+) -- .*?( DECEASED)? ?(\(\d+\))?$")
"""The line with which Synthea reports a finished person."""

PATIENCE = 20.0
"""Seconds that Synthea gets to stop by itself."""


def run_program(
    program: Program,
    options: Options,
    folder: Path,
    memory: str = "2g",
    timeout: float | None = None,
    progress: bool = False,
) -> None:
    """Runs Synthea until it is done.

    Args:
        program: What to run.
        options: What to ask of it.
        folder: An empty folder, where it writes and where its log is kept.
        memory: Largest heap of Java, for example "2g".
        timeout: Seconds after which it is stopped.
        progress: Show a bar.

    Raises:
        HilabError: If it fails or takes too long.
    """
    if not re.fullmatch(r"[1-9]\d*[kmgKMG]", memory):
        raise HilabError(f'Synthea: expected memory such as "2g" or "800m", found {memory!r}.')
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / LOG
    command = [*program.command(memory), *options.words(folder)]
    with (
        log.open("w", encoding="utf-8") as kept,
        _started(command, folder) as process,
        _alarm(process, timeout) as late,
    ):
        bar = tqdm(total=options.people, desc="people by Synthea", disable=not progress)
        with bar:
            for line in _lines(process):
                kept.write(line)
                found = PERSON.match(line.rstrip())
                if found and not found[2]:
                    bar.update()
        code = process.wait()
    if late.is_set():
        raise HilabError(f"Synthea was stopped after {timeout:.0f} seconds.")
    if code:
        raise HilabError(f"Synthea failed{_reason(log)}.")


@contextmanager
def _started(command: list[str], folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """Starts a program in a group of its own, and leaves none of it behind however we leave."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    try:
        yield process
    finally:
        _stop(process)


def _stop(process: "subprocess.Popen[str]") -> None:
    """Asks a program and its children to end, then makes them."""
    for sign, patience in ((signal.SIGTERM, PATIENCE), (signal.SIGKILL, None)):
        if process.poll() is not None:
            break
        os.killpg(process.pid, sign)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
    if process.stdout is not None:
        process.stdout.close()


@contextmanager
def _alarm(process: "subprocess.Popen[str]", seconds: float | None) -> Iterator[threading.Event]:
    """Stops the program after some time; says so by the event."""
    rung = threading.Event()

    def ring() -> None:
        rung.set()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)

    timer = threading.Timer(seconds, ring) if seconds else None
    if timer is not None:
        timer.daemon = True
        timer.start()
    try:
        yield rung
    finally:
        if timer is not None:
            timer.cancel()


def _lines(process: "subprocess.Popen[str]") -> Iterator[str]:
    assert process.stdout is not None
    yield from process.stdout


def _reason(log: Path) -> str:
    """Returns the line of the log that says what went wrong, in brackets, if there is one."""
    for line in log.read_text(encoding="utf-8").splitlines():
        if "Exception" in line or "Error" in line or line.startswith("Could not"):
            return f" ({' '.join(line.split())[:200]})"
    return ""
