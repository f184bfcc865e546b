"""Lives a second of Synthea and of our engine, which runs Synthea's own modules from Synthea's jar.

Run: `python -m benchmarks.bench_synthea [--people 20] [--ours 2000] [--history 10]`

Same machine, same run, same modules, same years of history, one worker each, both write CSV. A life is one
person, dead or alive. Left out on both sides: fetching programs, compiling and starting up. Our engine
compiles and reads the modules in a warm-up run in the same process. Synthea's time counts from its first
finished person on: before it Java starts, the modules are read and the facilities made. Its whole time stands
beside. Without Java nothing is measured, and a line says so.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sim.errors import HilabError
from sim.synthea import Options, Program, find_program
from sim.synthea.running import PERSON

_OURS = """
import sys, time
from pathlib import Path
from sim.generator import write

modules, people, history, out = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), Path(sys.argv[4])
write(20, 1, out / "warm", "csv", modules, history=history)
begin = time.perf_counter()
write(people, 2, out / "measured", "csv", modules, history=history)
print(time.perf_counter() - begin)
"""


@dataclass(frozen=True)
class Row:
    """One measurement.

    Attributes:
        what: What was measured.
        lives: Lives simulated.
        seconds: Time.
    """

    what: str
    lives: int
    seconds: float

    @property
    def speed(self) -> float:
        """Lives a second."""
        return self.lives / self.seconds


def synthea(program: Program, people: int, history: int, folder: Path) -> list[Row]:
    """Measures Synthea on one thread: from its first person on, and from its start."""
    options = Options(people, seed=1, history=history)
    command = [*program.command("2g"), *options.words(folder)]
    told: list[float] = []
    begin = time.perf_counter()
    with subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        told += [time.perf_counter() for line in process.stdout if PERSON.match(line.rstrip())]
    end = time.perf_counter()
    if process.returncode or len(told) < 2:
        raise HilabError(f"Synthea ended with code {process.returncode} after {len(told)} people.")
    return [
        Row("Synthea, after its first person", len(told) - 1, end - told[0]),
        Row("Synthea, all in all", len(told), end - begin),
    ]


def ours(modules: Path, people: int, history: int, folder: Path) -> Row:
    """Measures our engine on one process, after a warm-up."""
    script = folder / "run.py"
    script.write_text(_OURS, encoding="utf-8")
    root = str(Path(__file__).resolve().parent.parent)
    arguments = [str(modules), str(people), str(history), str(folder)]
    done = subprocess.run(
        [sys.executable, str(script), *arguments],
        env={**os.environ, "PYTHONPATH": root, "NUMBA_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    with (folder / "measured" / "patients.csv").open(encoding="utf-8") as file:
        lives = sum(1 for _ in file) - 1
    return Row("hilab, Synthea's modules", lives, float(done.stdout.split()[-1]))


def table(rows: list[Row]) -> str:
    """Returns the measurements as Markdown; the first row is what the others are compared with."""
    lines = ["| | lives | seconds | lives/s | times |", "|---|---:|---:|---:|---:|"]
    lines += [
        f"| {row.what} | {row.lives:,} | {row.seconds:.1f} | {row.speed:,.2f} | "
        f"{row.speed / rows[0].speed:,.1f} |"
        for row in rows
    ]
    return "\n".join(lines)


def modules_of(program: Program) -> Path:
    """Returns the jar in which Synthea's modules are."""
    if program.jars.is_file():
        return program.jars
    return program.jars / f"synthea-{program.version}.jar"


def main() -> None:
    """Prints the table, or what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=20, help="people of Synthea")
    parser.add_argument("--ours", type=int, default=2000, help="people of our engine")
    parser.add_argument("--history", type=int, default=10, help="years of history")
    asked = parser.parse_known_args()[0]
    try:
        program = find_program()
    except HilabError as error:
        print(f"NOT SHOWN: real Synthea. {error}")
        return
    with tempfile.TemporaryDirectory() as place:
        folders = [Path(place, name) for name in ("synthea", "ours")]
        for folder in folders:
            folder.mkdir()
        rows = synthea(program, asked.people, asked.history, folders[0])
        rows.append(ours(modules_of(program), asked.ours, asked.history, folders[1]))
    print(table(rows))


if __name__ == "__main__":
    main()
