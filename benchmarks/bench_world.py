"""How long a district of 2,000 people takes: the first on a new installation, and every later one.

Run: `python -m benchmarks.bench_world`. The first run compiles the engine into an empty cache.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_SCRIPT = """
import sys, time
from sim.world import make_world
for ident in sys.argv[1:]:
    begin = time.perf_counter()
    make_world(ident)
    print(time.perf_counter() - begin)
"""


def measure() -> tuple[float, float]:
    """Returns seconds for the first district of a new installation, and the median of five later ones."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "XDG_CACHE_HOME": cache}
        begin = time.perf_counter()
        _run(environment, "first")
        first = time.perf_counter() - begin
        later = _run(environment, *(f"s{k:03}" for k in range(6)))
    return first, sorted(later[1:])[2]


def _run(environment: dict[str, str], *idents: str) -> list[float]:
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *idents],
        env=environment,
        cwd=Path(__file__).resolve().parent.parent,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return [float(line) for line in done.stdout.split()]


def main() -> None:
    """Prints the table."""
    first, later = measure()
    print("District of 2,000 people                     seconds   ratio")
    print(f"first on a new installation (with compiling) {first:7.1f} {first / later:7.1f}")
    print(f"every later one                              {later:7.2f} {1.0:7.1f}")


if __name__ == "__main__":
    main()
