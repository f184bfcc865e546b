"""One part of a population, from its seeds to its files.

A population of any size is made in parts of 2,000 living people; larger parts need more memory and are no
faster. A part depends on the population's seed and its own number and on nothing else, so that neither the
number of processes nor a kill can change it.
"""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from sim.engine import RACES, Events, Program, load_program, simulate
from sim.errors import HilabError
from sim.population import populate
from sim.population.people import MOST
from sim.records.decoding import SHARED, Part, decode_part, shared_tables
from sim.records.files import write_csv, write_parquet
from sim.records.folder import WORK, Folder
from sim.records.lexicon import Lexicon
from sim.records.lives import HORIZON, first_day
from sim.records.tables import TABLES, columns
from sim.seeds import PUBLIC_KEY, Seeds

VERSION = "1"
"""Changes when the same arguments give other contents; a folder begun by another version is refused."""

SLOTS = 2_000
"""Living people of a part; the last part has fewer."""

FORMATS = ("parquet", "csv", "fhir")
"""Kinds of files that a population can be written as."""


@dataclass(frozen=True)
class Job:
    """A population to be written.

    Attributes:
        people: How many people are alive in the end.
        seed: Same seed, same people.
        out: The folder.
        format: One of `FORMATS`.
        modules: Where the clinical modules come from; the package's own by default.
        digest: Checksum of these modules.
        history: Years that are kept; None for all.
        slots: Living people of a part.
    """

    people: int
    seed: str
    out: Path
    format: str = "parquet"
    modules: str | None = None
    digest: str = ""
    history: float | None = 10
    slots: int = SLOTS

    def __post_init__(self) -> None:
        """Refuses what cannot be made."""
        if not 1 <= self.people <= MOST:
            raise HilabError(f"A population has 1 to {MOST:,} people, not {self.people:,}.")
        if self.format not in FORMATS:
            raise HilabError(f"The format of records is {', '.join(FORMATS)}, not {self.format!r}.")
        if self.history is not None and not self.history > 0:
            raise HilabError(f"The history that is kept is a number of years above 0, not {self.history}.")

    @property
    def parts(self) -> int:
        """The number of parts."""
        return -(-self.people // self.slots)

    def seeds(self) -> Seeds:
        """Returns the streams that all parts share."""
        return Seeds(PUBLIC_KEY, "generate", self.seed)

    def part_seeds(self, part: int) -> Seeds:
        """Returns the streams of one part."""
        return Seeds(PUBLIC_KEY, "generate", self.seed, f"part {part}")

    def folder(self) -> Folder:
        """Returns the folder and everything its contents depend on."""
        arguments = {
            "people": self.people,
            "seed": self.seed,
            "format": self.format,
            "modules": self.digest,
            "history": self.history,
            "slots": self.slots,
            "version": VERSION,
        }
        return Folder(self.out, arguments, self.parts)


def live(
    program: Program,
    people: pd.DataFrame,
    seeds: Seeds,
    history: float | None = None,
    threads: int = 1,
    progress: bool = False,
) -> Events:
    """Runs the modules for everybody until the end of the snapshot day.

    Args:
        program: The modules.
        people: The living.
        seeds: Their seeds.
        history: Years of which observations are kept; all by default.
        threads: How many threads.
        progress: Show a bar.
    """
    return simulate(
        program,
        birth_days(people),
        np.asarray(people["sex"] == "F", dtype=np.int8),
        np.asarray(people["race"].map({race: i for i, race in enumerate(RACES)}), dtype=np.int8),
        np.asarray(people["ses"], dtype=np.int8),
        HORIZON,
        seeds.word("engine"),
        threads=threads,
        progress=progress,
        keep_from=first_day(history),
    )


def birth_days(people: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Returns the birth dates in days since 1900-01-01."""
    days = (people["birth_date"] - pd.Timestamp("1900-01-01")) / pd.Timedelta(days=1)
    return np.asarray(days, dtype=np.float64)


@cache
def load(modules: str | None) -> tuple[Program, Lexicon]:
    """Loads the modules once in a process."""
    program = load_program(modules)
    return program, Lexicon(program.states)


def make_part(job: Job, number: int) -> Part:
    """Makes one part of a population in memory."""
    program, lexicon = load(job.modules)
    seeds, first = job.part_seeds(number), number * job.slots
    people = populate(
        min(job.slots, job.people - first), seeds, plants=False, county=job.seeds(), first=first
    )
    return decode_part(
        live(program, people, seeds, job.history), lexicon, people, seeds, job.seeds(), first, job.history
    )


def write_part(job: Job, number: int) -> None:
    """Makes one part and writes its files, then the record that says that it is done.

    Raises:
        HilabError: If the folder cannot be written.
    """
    folder = job.folder()
    try:
        part = make_part(job, number)
        files = dict(_write(folder, job.format, part.tables, number))
        folder.save(folder.record(number), {"files": files, "sums": part.sums})
    except OSError as error:
        raise folder.unwritable(error) from error


def finish(job: Job) -> dict[str, int]:
    """Writes what belongs to no single part, once all parts are done, and the manifest.

    Returns:
        The rows of each table, or the resources of each type.

    Raises:
        HilabError: If the folder cannot be written.
    """
    folder = job.folder()
    try:
        records = folder.records()
        tables = shared_tables(_add(record["sums"] for record in records), job.seeds())
        files = dict(_write(folder, job.format, tables, None))
        if job.format == "csv":
            files |= {f"{name}.csv": _join(folder, name, records) for name in TABLES if name not in SHARED}
        folder.close(files)
    except OSError as error:
        raise folder.unwritable(error) from error
    return count_rows([{"files": files}, *records])


def count_rows(records: list[dict[str, Any]]) -> dict[str, int]:
    """Adds up the rows of each table over all files of some records; pieces do not count."""
    rows: dict[str, int] = {}
    for record in records:
        for name, entry in record["files"].items():
            if not name.startswith(WORK):
                table = name.partition("/")[0].partition(".")[0]
                rows[table] = rows.get(table, 0) + int(entry["rows"])
    order = {name: place for place, name in enumerate(TABLES)}
    return dict(sorted(rows.items(), key=lambda item: (order.get(item[0], 0), item[0])))


def _add(parts: Iterator[Mapping[str, Mapping[str, list[float]]]]) -> dict[str, dict[str, list[float]]]:
    """Adds up the sums of parts, in order."""
    whole: dict[str, dict[str, list[float]]] = {}
    for part in parts:
        for table, sums in part.items():
            mine = whole.setdefault(table, {})
            for name, values in sums.items():
                before = mine.get(name, [0] * len(values))
                mine[name] = [a + b for a, b in zip(before, values, strict=True)]
    return whole


def _write(
    folder: Folder, format: str, tables: Mapping[str, pa.Table], part: int | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Writes tables and yields name and entry of each file; `part` is None for what all parts share."""
    if format == "fhir":
        yield from _write_fhir(folder, tables, part or 0)
        return
    for name, table in tables.items():
        if format == "parquet":
            target, draft = f"{name}/part-{part or 0:05d}.parquet", folder.draft(f"{name}.{part}")
            write_parquet(table, draft)
        else:
            target = f"{name}.csv" if part is None else f"{WORK}/{name}.{part:05d}.piece"
            draft = folder.draft(f"{name}.{part}")
            write_csv(table, name, draft, header=part is None)
        yield target, folder.place(draft, target, len(table))


def _write_fhir(
    folder: Folder, tables: Mapping[str, pa.Table], part: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    from sim.exchange.fhir.bulk import write_bulk

    drafts = folder.draft(f"fhir.{part}")
    write_bulk(dict(tables), drafts, part)
    for draft in sorted(drafts.iterdir()):
        with draft.open("rb") as file:
            lines = sum(1 for _ in file)
        yield draft.name, folder.place(draft, draft.name, lines)
    drafts.rmdir()


def _join(folder: Folder, name: str, records: list[dict[str, Any]]) -> dict[str, Any]:
    """Makes one CSV file of the pieces of all parts."""
    pieces = [f"{WORK}/{name}.{part:05d}.piece" for part in range(len(records))]
    draft = folder.draft(f"{name}.csv")
    with draft.open("wb") as whole:
        whole.write((",".join(columns(name)) + "\n").encode("utf-8"))
        for piece in pieces:
            with (folder.path / piece).open("rb") as file:
                shutil.copyfileobj(file, whole, 2**20)
    rows = sum(record["files"][piece]["rows"] for record, piece in zip(records, pieces, strict=True))
    return folder.place(draft, f"{name}.csv", rows)
