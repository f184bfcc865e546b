"""Streams the readings of a district's files: `python -m sim.exchange.mqtt FOLDER [PORT [SPEED]]`.

FOLDER is what `hilab world` has written. PORT is 1883 unless another is given, SPEED the number of the
district's seconds that pass in one of ours, 3600 unless given. Then, in another window, for example
`mosquitto_sub -t 'district/#' -v`. The program ends when everything is sent.
"""

import sys
import threading
from pathlib import Path

import pandas as pd

from sim.errors import HilabError
from sim.exchange.mqtt.messages import FIELDS, ROOT, write_messages
from sim.exchange.mqtt.stream import Stream

USAGE = "Usage: python -m sim.exchange.mqtt FOLDER [PORT [SPEED]]"


def main(arguments: list[str]) -> int:
    """Streams until all is sent; returns 0, or 2 where something is wrong with the call."""
    try:
        folder, port, speed = _read(arguments)
        readings = _readings(folder)
        with Stream(write_messages(readings), port, speed) as stream:
            print(f"{len(readings):,} readings wait at 127.0.0.1:{stream.port} for a subscriber to {ROOT}/#.")
            sys.stdout.flush()
            stream.wait()
            # Subscribers may still be reading what was sent last.
            threading.Event().wait(0.5)
    except HilabError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 0
    print(f"{stream.sent:,} readings sent.")
    return 0


def _read(arguments: list[str]) -> tuple[Path, int, float]:
    if not 1 <= len(arguments) <= 3 or arguments[0].startswith("-"):
        raise HilabError(USAGE)
    try:
        port, speed = [*arguments[1:], *("1883", "3600")[len(arguments) - 1 :]]
        return Path(arguments[0]), int(port), float(speed)
    except ValueError:
        raise HilabError(f"Port and speed are numbers. {USAGE}") from None


def _readings(folder: Path) -> pd.DataFrame:
    path = folder / "app_readings.parquet"
    try:
        return pd.read_parquet(path, columns=list(FIELDS))
    except FileNotFoundError:
        raise HilabError(f"{path} is missing: expected the folder of a district.") from None
    except (OSError, ValueError) as error:
        raise HilabError(f"{path} is not the table app_readings of a district.") from error


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
