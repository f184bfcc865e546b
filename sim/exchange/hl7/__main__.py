"""Tells what a file of messages holds: `python -m sim.exchange.hl7 FILE`."""

import sys
from pathlib import Path

from sim.exchange.hl7.batch import read_all
from sim.exchange.hl7.errors import MessageError


def main(arguments: list[str]) -> int:
    """Prints a line for each message; returns 0 when all are well, 1 when one is not, 2 for a wrong call."""
    if len(arguments) != 1:
        print("Usage: python -m sim.exchange.hl7 FILE", file=sys.stderr)
        return 2
    try:
        content = Path(arguments[0]).read_bytes()
    except OSError as error:
        print(f"{arguments[0]}: expected a readable file ({error.strerror}).", file=sys.stderr)
        return 2
    received = read_all(content)
    for number, each in enumerate(received, start=1):
        if isinstance(each, MessageError):
            print(f"{number}: {each}")
        else:
            names = " ".join(segment.name for segment in each.segments)
            print(f"{number}: {'^'.join(filter(None, each.kind))} {each.header.text(10)}: {names}")
    return int(any(isinstance(each, MessageError) for each in received))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
