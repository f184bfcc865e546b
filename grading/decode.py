"""Decodes a student's answers behind a disposable process.

The bytes first go to a process of their own with limits on memory and time. Only what it found harmless is
parsed here.
"""

import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from grading.plainjson import LIMIT, SIZE, NotPlain
from grading.values import decode

_PROGRAM = Path(__file__).with_name("plainjson.py")


class Decoder:
    """One disposable vetting process, restarted when an answer kills it.

    Args:
        seconds: Longest time to look at one answer.
    """

    def __init__(self, seconds: float = 10.0) -> None:
        """Remembers the limit; the process starts with the first answer."""
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts the process unless it runs, so that the first answer need not wait for it."""
        self._process = self._process or self._start()

    def decode(self, data: bytes) -> Any:
        """Returns the answer.

        Raises:
            NotPlain: It is not plain data in the agreed form.
        """
        if len(data) > LIMIT:
            raise NotPlain(f"The answer is too large: at most {LIMIT:,} bytes are allowed.")
        verdict = self._vet(data)
        if verdict:
            raise NotPlain(verdict)
        return decode(data)

    def close(self) -> None:
        """Ends the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def __enter__(self) -> "Decoder":
        """Returns itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the process."""
        self.close()

    def _vet(self, data: bytes) -> str:
        self.start()
        process = self._process
        assert process and process.stdin and process.stdout
        try:
            process.stdin.write(SIZE.pack(len(data)) + data)
            process.stdin.flush()
            line = _line(process.stdout.fileno(), time.monotonic() + self._seconds)
        except (OSError, TimeoutError):
            line = b""
        if not line.endswith(b"\n"):
            self.close()
            return "The answer could not be read: it is too large or nested too deeply."
        return line.decode("utf-8").strip()

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-I", "-S", str(_PROGRAM)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
        )


def _line(source: int, deadline: float) -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        ready, _, _ = select.select([source], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError
        part = os.read(source, 4096)
        if not part:
            break
        line += part
    return line
