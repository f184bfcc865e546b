"""What recording and writing a population costs on top of simulating it, and how that grows.

Run: `python -m benchmarks.bench_records [--people 1000 10000 100000] [--formats parquet csv]`

Every row is measured in a process of its own, after a warm-up, so that peaks of memory do not mix. A life is
one attempt: whoever died before the snapshot counts too. The engine's speed and the whole speed are taken
from one run with one process, by summing up the time spent in the engine: their ratio holds on a busy
computer, too.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

_SCRIPT = """
import json, resource, sys, time
from pathlib import Path
from sim import parts
from sim.generator import fill

spent, live = [], parts.live

def timed(*arguments):
    begin = time.perf_counter()
    events = live(*arguments)
    spent.append(time.perf_counter() - begin)
    return events

if __name__ == "__main__":
    what, people, workers, out = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    parts.make_part(parts.Job(20, "warm", out), 0)
    parts.live = timed
    begin = time.perf_counter()
    lives = fill(parts.Job(people, "1", out, what), workers)["patients"]
    seconds = time.perf_counter() - begin
    kinds = [resource.RUSAGE_SELF] + [resource.RUSAGE_CHILDREN] * (workers if workers > 1 else 0)
    peak = sum(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024
    print(json.dumps([lives, seconds, sum(spent), peak]))
"""


@dataclass(frozen=True)
class Row:
    """One measurement.

    Attributes:
        what: The format that was written.
        people: Living people.
        workers: Processes.
        lives: Lives that were simulated.
        seconds: Time.
        engine: Part of it spent in the engine; 0 where that was in other processes.
        peak: Most memory of all processes together, in MB.
        size: Bytes written.
    """

    what: str
    people: int
    workers: int
    lives: int
    seconds: float
    engine: float
    peak: float
    size: int

    @property
    def speed(self) -> float:
        """Lives a second."""
        return self.lives / self.seconds


def measure(what: str, people: int, workers: int = 1) -> Row:
    """Measures one way of making one population."""
    with tempfile.TemporaryDirectory() as folder:
        script, out = Path(folder) / "run.py", Path(folder) / "population"
        script.write_text(_SCRIPT, encoding="utf-8")
        command = [sys.executable, str(script), what, str(people), str(workers), str(out)]
        root = Path(__file__).resolve().parent.parent
        done = subprocess.run(
            command,
            cwd=root,
            env={**os.environ, "PYTHONPATH": str(root)},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        lives, seconds, engine, peak = json.loads(done.stdout)
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    return Row(what, people, workers, lives, seconds, engine, peak, size)


def table(sizes: list[int], formats: list[str]) -> str:
    """Measures and returns a table in Markdown."""
    lines = [
        "| people | written as | processes | lives/s | engine alone | share | ms each | peak MB | kB each |",
        "|---:|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for people in sizes:
        rows = [measure(what, people) for what in formats]
        rows += [measure("parquet", people, 2)] if people == max(sizes) else []
        lines += [_line(row) for row in rows]
    return "\n".join(lines)


def _line(row: Row) -> str:
    alone, share = (
        (f"{row.lives / row.engine:,.0f}", f"{row.engine / row.seconds:.0%}") if row.engine else ("", "")
    )
    return (
        f"| {row.people:,} | {row.what} | {row.workers} | {row.speed:,.0f} | {alone} | {share} "
        f"| {1000 * row.seconds / row.people:.2f} | {row.peak:,.0f} | {row.size / row.people / 1000:.1f} |"
    )


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--formats", nargs="+", default=["parquet", "csv"])
    asked = parser.parse_known_args()[0]
    print(table(asked.people, asked.formats))


if __name__ == "__main__":
    main()
