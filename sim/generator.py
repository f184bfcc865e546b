"""A whole population and everything recorded about it, from a number and a seed."""

import hashlib
import os
import sys
from collections.abc import Collection
from dataclasses import replace
from functools import partial
from pathlib import Path

from tqdm import tqdm

from sim.engine.jit import is_new
from sim.engine.sources import open_source
from sim.handle import Population
from sim.parts import Job, count_rows, finish, live, load, write_part
from sim.population import populate
from sim.records import Records
from sim.records.decoding import decode_part, gather_records
from sim.seeds import Seeds
from sim.workers import run

DISTRICT = (
    *("patients", "encounters", "conditions", "observations"),
    *("medications", "procedures", "immunizations", "allergies", "organizations", "providers"),
)
"""The tables that a district is made of."""


def generate(
    n: int,
    seed: int | str = 1,
    modules: Path | str | None = None,
    history: float | None = 10,
    workers: int = 1,
    out: Path | str | None = None,
    progress: bool = True,
) -> Population:
    """Returns a population that is generated when it is first looked at.

    Args:
        n: How many people are alive on the snapshot day; those who died before come on top.
        seed: A number or a word; the same arguments give the same records.
        modules: Where clinical modules come from: a folder, a zip or jar, or an installed package; the
            package's own by default.
        history: Years that are kept; see `sim.records.story.Story`. None keeps everything.
        workers: How many processes; contents do not depend on it.
        out: Folder for the files; by default one in the user's cache.
        progress: Show a bar.

    Raises:
        HilabError: If an argument is out of range or a module is wrong.
    """
    job = _job(n, seed, out or Path(), "parquet", modules, history)
    if out is None:
        name = hashlib.sha256(repr(sorted(job.folder().arguments.items())).encode("utf-8")).hexdigest()
        job = replace(job, out=_cache() / name[:16])
    return Population(job.out, partial(fill, job, workers, progress))


def write(
    n: int,
    seed: int | str,
    out: Path | str,
    format: str = "parquet",
    modules: Path | str | None = None,
    workers: int = 1,
    history: float | None = 10,
    progress: bool = False,
) -> str:
    """Writes a population into a folder, or goes on where a run was ended: `hilab generate`.

    Args:
        n: How many people are alive on the snapshot day.
        seed: A number or a word.
        out: The folder.
        format: "parquet", "csv" or "fhir".
        modules: See `generate`.
        workers: How many processes; contents do not depend on it.
        history: Years that are kept; None keeps everything.
        progress: Show a bar.

    Returns:
        What was written, in a sentence.

    Raises:
        HilabError: If an argument is out of range, a module is wrong, or the folder holds something else or
            cannot be written.
    """
    job = _job(n, seed, out, format, modules, history)
    for note in load(job.modules)[0].notes:
        tqdm.write(note, file=sys.stderr)
    rows = fill(job, workers, progress)
    counts = ", ".join(f"{name} {count:,}" for name, count in rows.items())
    return f"Wrote {out}: {counts}."


def fill(job: Job, workers: int = 1, progress: bool = False) -> dict[str, int]:
    """Makes whatever is missing in a population's folder.

    Returns:
        The rows of each table, or the resources of each type.
    """
    folder = job.folder()
    if folder.open():
        manifest = folder.manifest()
        return count_rows([manifest, *manifest["parts"]])
    missing = list(folder.missing())
    if missing and is_new():
        _compile(job, progress)
    bar = tqdm(total=job.people, desc="people", unit="", disable=not progress)
    sizes = [min(job.slots, job.people - part * job.slots) for part in range(job.parts)]
    bar.update(sum(sizes) - sum(sizes[part] for part in missing))
    try:
        with bar:
            for part in run(partial(write_part, job), missing, min(workers, len(missing))):
                bar.update(sizes[part])
    finally:
        folder.discard()
    return finish(job)


def _job(
    n: int, seed: int | str, out: Path | str, format: str, modules: Path | str | None, history: float | None
) -> Job:
    source = open_source(modules)
    digest = hashlib.sha256()
    for files in (source.modules, source.tables, source.extras):
        for name, file in sorted(files.items()):
            digest.update(f"{name}\x1d{len(file.content)}\x1d".encode())
            digest.update(file.content)
    where = None if modules is None else str(modules)
    return Job(n, str(seed), Path(out), format, where, digest.hexdigest(), history)


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "hilab" / "populations"


def _compile(job: Job, progress: bool) -> None:
    """Compiles the engine once, before several processes need it."""
    seeds = job.seeds()
    live(load(job.modules)[0], populate(1, seeds, plants=False), seeds, progress=progress)


def recount(
    n: int,
    seeds: Seeds,
    modules: Path | str | None = None,
    plants: bool = True,
    threads: int | None = None,
    progress: bool = False,
    wanted: Collection[str] = DISTRICT,
    history: float | None = None,
    country: str = "us",
) -> Records:
    """Makes a small population in memory, in one part; a district begins here.

    Args:
        n: How many people are alive on the snapshot day.
        seeds: Random streams.
        modules: See `generate`.
        plants: Whether twins, namesakes and the like are planted.
        threads: How many threads; contents do not depend on it. All processors by default.
        progress: Show a bar.
        wanted: Which tables to make.
        history: Years that are kept; None keeps everything.
        country: Where they live.
    """
    program, lexicon = load(None if modules is None else str(modules))
    people = populate(n, seeds, plants, country=country)
    events = live(program, people, seeds, history, threads or os.cpu_count() or 1, progress)
    part = decode_part(events, lexicon, people, seeds, history=history, country=country)
    return gather_records(part, seeds, wanted, country)
