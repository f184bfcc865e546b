"""`python -m sim.validation.deaths`: works out which part of all deaths the own modules cause.

Background mortality fills up what the modules leave of the life table. How much that is must be
measured: this command simulates people, counts the deaths that
modules cause by age and sex, and writes `natural_death.csv` beside the modules anew: `sex` (male,
female), `age` (years, the middle of a band; the engine draws lines between), `share` (0 to 1: the
part of the life table's hazard that no module causes). Run it again when a module that kills has
changed:

    python -m sim.validation.deaths --people 20000 --seed 1
"""

import argparse
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from sim.engine import RACES, Events, Kind, Program, load_program, simulate
from sim.engine.program import OWN_MODULES
from sim.errors import HilabError
from sim.paths import datasets
from sim.population import populate
from sim.seeds import PUBLIC_KEY, Seeds

Numbers = NDArray[np.float64]

People = tuple[Numbers, NDArray[np.int8], NDArray[np.int8], NDArray[np.int8]]
"""Birth days, sexes, races and socioeconomic categories."""

HORIZON = 46_021.0
"""Where history ends: 2026-01-01, in days since 1900-01-01."""

EDGES = np.array([0, 1, 5, 15, 25, 35, 45, 55, 65, 70, 75, 80, 85, 90, 95, 120], dtype=np.float64)
"""Borders of the age bands, in years."""

MOST = 0.98
"""Largest part of a hazard that is left to the modules: nobody is safe from everything else."""

_CHUNK = 1_000
_YEAR = 365.25


def measure(program: Program, people: int, seed: int) -> tuple[Numbers, Numbers]:
    """Simulates people and counts deaths by cause.

    All attempts at a life count: that a slot is tried until somebody lives does not bias deaths per
    person-year, for a slot stops being tried by what has happened, not by what will.

    Args:
        program: The modules.
        people: How many living people to simulate; with their dead it makes about 1.5 times as many.
        seed: For the people and for their lives.

    Returns:
        Deaths that modules caused, and years lived: each f64[2, bands], row 0 men, row 1 women.
    """
    deaths, years = np.zeros((2, len(EDGES) - 1)), np.zeros((2, len(EDGES) - 1))
    chunks = list(_people(people, seed))
    for number, (birth, sex, race, ses) in enumerate(tqdm(chunks, desc="people")):
        events = simulate(program, birth, sex, race, ses, HORIZON, seed=seed + number)
        lives = events.lives
        age = (np.fmin(lives.death_day, HORIZON) - birth[lives.slot]) / _YEAR
        caused = _caused_by_module(program, events)
        killed = caused[lives.slot, lives.attempt]
        for row in (0, 1):
            own = sex[lives.slot] == row
            deaths[row] += np.histogram(age[own & killed], EDGES)[0]
            for band, (low, high) in enumerate(pairwise(EDGES)):
                years[row, band] += np.clip(age[own] - low, 0.0, high - low).sum()
    return deaths, years


def _people(people: int, seed: int) -> Iterator[People]:
    """Yields people in chunks, with the ages, races and incomes of every population."""
    for begin in range(0, people, _CHUNK):
        seeds = Seeds(PUBLIC_KEY, "deaths", str(seed), str(begin))
        some = populate(min(_CHUNK, people - begin), seeds, plants=False)
        birth = (some["birth_date"] - pd.Timestamp("1900-01-01")) / pd.Timedelta(days=1)
        columns = (some["sex"] == "F", some["race"].map(RACES.index), some["ses"])
        sex, race, ses = (np.asarray(column, dtype=np.int8) for column in columns)
        yield np.asarray(birth, dtype=np.float64), sex, race, ses


def _caused_by_module(program: Program, events: Events) -> NDArray[np.bool_]:
    """Returns for every slot and attempt whether a module's Death state ended the life."""
    hook = np.array([state.module == "hook" for state in program.states])
    found = (events.kind == Kind.DEATH) & ~hook[events.state]
    caused = np.zeros((int(events.lives.slot.max()) + 1, int(events.lives.attempt.max()) + 1), dtype=np.bool_)
    caused[events.slot[found], events.attempt[found]] = True
    return caused


def hazard(country: str = "US", year: int = 2019) -> pd.DataFrame:
    """Reads the death rates of the life table: columns sex, age (whole years), hazard (per year)."""
    path = datasets("reference", "life_table_us_single_age.csv")
    table = pd.read_csv(path, encoding="utf-8")
    table = table[(table["country"] == country) & (table["year"] == year)]
    rate = -np.log1p(-table["qx"].clip(upper=0.99))
    return table.assign(hazard=rate)[["sex", "age", "hazard"]].sort_values(
        ["sex", "age"], ascending=[False, True]
    )


def shares(deaths: Numbers, years: Numbers) -> pd.DataFrame:
    """Works out the share of the life table's hazard that no module causes.

    Args:
        deaths: Deaths caused by modules, see `measure`.
        years: Years lived.

    Returns:
        Columns sex, age (the middle of a band, in years) and share.
    """
    table = hazard()
    middles = (EDGES[:-1] + np.minimum(EDGES[1:], 100.0)) / 2.0
    parts = []
    for row, sex in enumerate(("male", "female")):
        own = table[table["sex"] == sex]
        expected = np.interp(middles, own["age"] + 0.5, own["hazard"])
        part = np.clip(deaths[row] / np.maximum(years[row], 1.0) / expected, 0.0, MOST)
        parts.append(pd.DataFrame({"sex": sex, "age": middles, "share": (1.0 - part).round(4)}))
    return pd.concat(parts, ignore_index=True)


def write(table: pd.DataFrame, path: Path) -> None:
    """Writes the table; the old one stays until the new one is whole."""
    part = path.with_name(path.name + ".part")
    table.to_csv(part, index=False, encoding="utf-8", lineterminator="\n")
    part.replace(path)


def main(arguments: list[str] | None = None) -> int:
    """Runs the command.

    Args:
        arguments: As on the command line.

    Returns:
        Exit code: 0, or 2 when a module or a folder is wrong.
    """
    parser = argparse.ArgumentParser(
        prog="python -m sim.validation.deaths", description=__doc__.split("\n\n")[0]
    )
    parser.add_argument("--people", type=int, default=20_000, help="living people to simulate (20000)")
    parser.add_argument("--seed", type=int, default=1, help="seed (1)")
    parser.add_argument("--modules", type=Path, default=OWN_MODULES, help="folder of modules")
    options = parser.parse_args(arguments)
    try:
        if not options.modules.is_dir():
            raise HilabError(f"{options.modules}: expected a folder of modules.")
        deaths, years = measure(load_program(options.modules), options.people, options.seed)
    except HilabError as error:
        print(error, file=sys.stderr)
        return 2
    table = shares(deaths, years)
    write(table, options.modules / "natural_death.csv")
    print(_summary(deaths, years, table))
    return 0


def _summary(deaths: Numbers, years: Numbers, table: pd.DataFrame) -> str:
    """Returns the bands as text: deaths by modules per 1,000 years and the share left."""
    rows = ["age        men: deaths  per 1000  natural   women: deaths  per 1000  natural"]
    for band, (low, high) in enumerate(pairwise(EDGES)):
        words = [f"{low:3.0f}-{high:3.0f} "]
        for row, sex in enumerate(("male", "female")):
            left = table.loc[table["sex"] == sex, "share"].iloc[band]
            rate = 1000.0 * deaths[row, band] / max(years[row, band], 1.0)
            words.append(f"{deaths[row, band]:14.0f} {rate:9.2f} {left:8.2f}")
        rows.append(" ".join(words))
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
