"""What recording and writing a population costs on top of simulating it, and how that grows.

Run: `python -m benchmarks.bench_records [--people 1000 10000 100000] [--formats parquet csv]`

Every row is measured in a process of its own, after a warm-up, so that peaks of memory do not mix. A life is
one attempt: whoever died before the snapshot counts too. Seconds depend on the computer; ratios do less.
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
from sim.generator import fill
from sim.parts import Job, load, live
from sim.population import populate

def engine(job):
    program, _ = load(job.modules)
    lives = 0
    for part in range(job.parts):
        size = min(job.slots, job.people - part * job.slots)
        seeds = job.part_seeds(part)
        lives += len(live(program, populate(size, seeds, plants=False), seeds, job.history).lives.slot)
    return lives

if __name__ == "__main__":
    what, people, workers, out = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    engine(Job(20, "warm", out))
    begin = time.perf_counter()
    if what == "engine":
        lives = engine(Job(people, "1", out))
    else:
        lives = fill(Job(people, "1", out, what), workers)["patients"]
    seconds = time.perf_counter() - begin
    kinds = [resource.RUSAGE_SELF] + [resource.RUSAGE_CHILDREN] * (workers if workers > 1 else 0)
    peak = sum(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024
    print(json.dumps([lives, seconds, peak]))
"""


@dataclass(frozen=True)
class Row:
    """One measurement.

    Attributes:
        what: "engine", or the format that was written.
        people: Living people.
        workers: Processes.
        lives: Lives that were simulated.
        seconds: Time.
        peak: Most memory of all processes together, in MB.
        size: Bytes written.
    """

    what: str
    people: int
    workers: int
    lives: int
    seconds: float
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
        lives, seconds, peak = json.loads(done.stdout)
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    return Row(what, people, workers, lives, seconds, peak, size)


def table(sizes: list[int], formats: list[str]) -> str:
    """Measures and returns a table in Markdown."""
    lines = [
        "| people | what | processes | lives/s | of the engine alone | ms a person | peak MB | kB a person |",
        "|---:|---|---:|---:|---:|---:|---:|---:|",
    ]
    for people in sizes:
        alone = measure("engine", people)
        rows = [alone, *(measure(what, people) for what in formats)]
        rows += [measure("parquet", people, 2)] if people == max(sizes) else []
        lines += [_line(row, alone) for row in rows]
    return "\n".join(lines)


def _line(row: Row, alone: Row) -> str:
    what = "simulate only" if row.what == "engine" else f"simulate, record, write {row.what}"
    return (
        f"| {row.people:,} | {what} | {row.workers} | {row.speed:,.0f} | {row.speed / alone.speed:.0%} "
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
