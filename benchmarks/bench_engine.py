"""How much faster the machine is than plain Python, and what the own modules add up to.

    python benchmarks/bench_engine.py [--people 2000]

Both run in one process on the same people, so that the ratio holds on a busy computer; seconds
do not. The second table sets the population beside published figures.
"""

import argparse
from time import perf_counter

import numpy as np

from sim.engine import VITALS, Events, Program, load_program, simulate
from sim.population.ages import draw_ages

END = 46021.0
"""2026-01-01, in days since 1900-01-01."""

TO_1970 = 25_567.0
"""Days from 1900-01-01 to 1970-01-01."""


def people(n: int) -> tuple[np.ndarray, ...]:
    """Returns birth days, sexes, races and socioeconomic categories."""
    days, sexes = draw_ages(n, np.random.default_rng(1))
    zero = np.zeros(n, dtype=np.int8)
    return days + TO_1970, (sexes == "F").astype(np.int8), zero, zero + 1


def timed(program: Program, n: int, **how: bool | int) -> tuple[float, Events]:
    """Returns seconds and events of one simulation."""
    begin = perf_counter()
    events = simulate(program, *people(n), END, seed=1, **how)
    return perf_counter() - begin, events


def speed(program: Program, n: int) -> Events:
    """Prints the table of speeds."""
    first, _ = timed(program, 1)
    few = max(n // 20, 1)
    slow, told = timed(program, few, oracle=True)
    rows = [("plain Python", few, slow, len(told))]
    for threads in (1, 2):
        seconds, events = timed(program, n, threads=threads)
        rows.append((f"machine, {threads} thread{'s' * (threads > 1)}", n, seconds, len(events)))
    print(f"first call, with compiling or loading compiled code: {first:.1f} s")
    print(f"{'':24}{'people':>8}{'seconds':>9}{'people/s':>10}{'events/s':>11}{'times':>8}")
    for name, count, seconds, written in rows:
        ratio = (count / seconds) / (few / slow)
        print(f"{name:24}{count:8}{seconds:9.2f}{count / seconds:10.0f}{written / seconds:11.0f}{ratio:8.0f}")
    return events


def prevalences(events: Events, n: int) -> None:
    """Prints the table of prevalences in the living."""
    living = np.isnan(events.lives.death_day)
    adult = (END - people(n)[0]) / 365.25 >= 18
    has = {name: flags[living] for name, flags in events.flags.items()}
    vital = dict(zip(VITALS, events.lives.vitals[living].T, strict=True))
    diabetes, high = has["diabetes"] & adult, has["hypertension"] & adult
    treated = has["on_diabetes_drug"] & adult
    rows = [
        ("diabetes, of adults", diabetes[adult], "11-14 (target of the district)"),
        ("undiagnosed, of diabetics", ~has["diabetes_diagnosed"][diabetes], "about 25 (target)"),
        ("HbA1c below 6.5, of treated", vital["hba1c"][treated] < 6.5, "25 or more (target)"),
        ("hypertension, of adults", high[adult], "47.7 (NCHS Data Brief 511)"),
        ("aware, of hypertensives", has["hypertension_diagnosed"][high], "59.2 (NCHS Data Brief 511)"),
        ("treated, of hypertensives", has["on_hypertension_drug"][high], "51.2 (NCHS Data Brief 511)"),
        ("asthma, of all", has["asthma"], "7.7 (NHIS 2021)"),
        ("BMI 30 or more, of adults", vital["bmi"][adult] >= 30, "40.3 (NCHS Data Brief 508)"),
    ]
    print(f"\n{'per cent of the living':30}{'found':>7}   published or aimed at")
    for name, found, published in rows:
        print(f"{name:30}{100 * found.mean():7.1f}   {published}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=2000)
    n = parser.parse_known_args()[0].people
    prevalences(speed(load_program(), n), n)


if __name__ == "__main__":
    main()
