"""The real Synthea (Java), run from Python; its output is a population like ours.

    >>> from pathlib import Path
    >>> from sim.synthea import Options
    >>> Options(50, seed=7).words(Path("out"))[:4]
    ['-p', '50', '-s', '7']

`run` needs Java 17 and either a jar of Synthea or Maven to fetch one. Our own engine needs neither, and
runs Synthea's module files by itself: `hilab generate 1000 --modules JAR --out DIR`.
"""

import hashlib
import os
from functools import partial
from pathlib import Path
from typing import Any

from sim.handle import Population
from sim.synthea.job import Job
from sim.synthea.options import Options
from sim.synthea.program import VERSION, VERSIONS, Program, find_program
from sim.synthea.running import run_program

__all__ = ["VERSION", "VERSIONS", "Job", "Options", "Program", "find_program", "run", "run_program", "write"]


def run(
    people: int,
    seed: int = 1,
    *,
    out: Path | str | None = None,
    jar: Path | str | None = None,
    version: str | None = None,
    memory: str = "2g",
    timeout: float | None = None,
    progress: bool = False,
    **asked: Any,
) -> Population:
    """Describes a population by Synthea; it is simulated when it is first looked at.

    Same arguments give the same tables, byte for byte, as long as Synthea runs on one thread. A folder that
    holds them already is not made again.

    Args:
        people: People alive at the end.
        seed: Same seed, same people.
        out: A new or empty folder; by default one in the user's cache. Tables are put in its folder `csv`.
        jar: A jar of Synthea with all it needs; else SYNTHEA_JAR, or else Maven.
        version: Which version to fetch through Maven, one of `VERSIONS`.
        memory: Largest heap of Java.
        timeout: Seconds after which it is stopped.
        progress: Show a bar.
        **asked: Any other field of `Options`.

    Returns:
        A handle like that of `sim.generate`.

    Raises:
        HilabError: If Java, Synthea or the folder is missing or wrong, now; or if Synthea fails, when the
            population is first looked at. One sentence says what.
    """
    options = Options(people, seed, **asked)
    program = find_program(None if jar is None else Path(jar), version)
    job = Job(program, options, Path(out or ""), memory, timeout)
    if out is None:
        job = job.into(_cache() / hashlib.sha256(repr(job.words()).encode("utf-8")).hexdigest()[:16])
    job.is_done()
    return Population(job.folder, partial(job.fill, progress))


def write(people: int, seed: int, out: Path | str, **asked: Any) -> str:
    """Lets Synthea simulate people and says what it wrote: `hilab synthea`.

    Args:
        people: People alive at the end.
        seed: Same seed, same people.
        out: A new or empty folder.
        **asked: See `run`.

    Raises:
        HilabError: See `run`.
    """
    population = run(people, seed, out=out, **asked)
    counts = ", ".join(f"{name} {len(getattr(population, name)):,}" for name in population.files)
    return f"Wrote {out}: {counts}."


def _cache() -> Path:
    home = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    return Path(home) / "hilab" / "populations"
