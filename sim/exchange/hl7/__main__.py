"""Tells what a file of messages holds, or answers it.

`python -m sim.exchange.hl7 FILE` prints a line for each message: its kind, number and segments, or in one
sentence what is wrong with it. `python -m sim.exchange.hl7 --ack FILE` prints the answer to each message that
the standard prescribes (ACK, with an ERR segment where something is wrong), a segment a line.
"""

import sys
from pathlib import Path

from sim.exchange.hl7.acknowledgement import acknowledge
from sim.exchange.hl7.batch import read_all
from sim.exchange.hl7.errors import MessageError
from sim.exchange.hl7.message import Message


def main(arguments: list[str]) -> int:
    """Prints about each message; returns 0 when all are well, 1 when one is not, 2 for a wrong call."""
    answer = arguments[:1] == ["--ack"]
    names = arguments[1:] if answer else arguments
    if len(names) != 1 or names[0].startswith("--"):
        print("Usage: python -m sim.exchange.hl7 [--ack] FILE", file=sys.stderr)
        return 2
    try:
        content = Path(names[0]).read_bytes()
    except OSError as error:
        print(f"{names[0]}: expected a readable file ({error.strerror}).", file=sys.stderr)
        return 2
    received = read_all(content)
    for number, each in enumerate(received, start=1):
        print(acknowledge(each).replace("\r", "\n") if answer else f"{number}: {_told(each)}")
    return int(any(isinstance(each, MessageError) for each in received))


def _told(received: Message | MessageError) -> str:
    if isinstance(received, MessageError):
        return str(received)
    names = " ".join(segment.name for segment in received.segments)
    return f"{'^'.join(filter(None, received.kind))} {received.header.text(10)}: {names}"


if __name__ == "__main__":
    # A message may hold signs that the terminal lacks.
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(main(sys.argv[1:]))
