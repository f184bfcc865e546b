"""A whole population and everything recorded about it, from a number and a seed."""

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.engine import RACES, load_program, simulate
from sim.population import populate
from sim.records import Records, decode
from sim.records.lives import HORIZON
from sim.seeds import PUBLIC_KEY, Seeds


def generate(
    n: int,
    seed: int | str = 1,
    modules: Path | str | None = None,
    *,
    plants: bool = False,
    threads: int | None = None,
    progress: bool = False,
) -> Records:
    """Simulates a population from birth to the snapshot day and decodes what was recorded.

    Args:
        n: How many people are alive on the snapshot day; those who died before come on top.
        seed: A number or a word; the same arguments give the same records.
        modules: Folder of clinical modules; the package's own by default.
        plants: Whether twins, namesakes and the like are planted, as in a district.
        threads: How many threads; contents do not depend on it. All processors by default.
        progress: Show a bar.

    Returns:
        Clean records. Write them with `Records.write`.

    Raises:
        HilabError: If `n` is out of range or a module is wrong.
    """
    return recount(n, Seeds(PUBLIC_KEY, "generate", str(seed)), modules, plants, threads, progress)


def recount(
    n: int,
    seeds: Seeds,
    modules: Path | str | None = None,
    plants: bool = True,
    threads: int | None = None,
    progress: bool = False,
) -> Records:
    """Does what `generate` does, with given random streams; a district begins here."""
    program = load_program(None if modules is None else Path(modules))
    people = populate(n, seeds, plants)
    events = simulate(
        program,
        birth_days(people),
        np.asarray(people["sex"] == "F", dtype=np.int8),
        np.asarray(people["race"].map({race: i for i, race in enumerate(RACES)}), dtype=np.int8),
        np.asarray(people["ses"], dtype=np.int8),
        HORIZON,
        seeds.word("engine"),
        threads=threads or os.cpu_count() or 1,
        progress=progress,
    )
    return decode(events, program, people, seeds)


def birth_days(people: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Returns the birth dates in days since 1900-01-01."""
    days = (people["birth_date"] - pd.Timestamp("1900-01-01")) / pd.Timedelta(days=1)
    return np.asarray(days, dtype=np.float64)
