"""Runs the benchmarks one after the other: `make bench`, or `python -m benchmarks engine records`."""

import importlib
import os
import platform
import sys

NAMES = ("engine", "records", "world", "synthea", "grading", "exchange", "explore")
"""What `make bench` runs; `python -m benchmarks linkage` takes longer and writes a page of its own."""


def main(names: list[str]) -> None:
    """Describes the machine, then runs the named benchmarks; all of them if none is named."""
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for name in names or NAMES:
        print(f"\n== python -m benchmarks.bench_{name}", flush=True)
        importlib.import_module(f"benchmarks.bench_{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
