"""One district: what its systems hold, as files, and the truth behind them."""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from sim import WORLD_VERSION, archive, checkpoints
from sim.countries import COUNTRIES
from sim.countries import country as find_country
from sim.defects.registry import check_rates
from sim.errors import HilabError
from sim.population import SNAPSHOT
from sim.seeds import PUBLIC_KEY, Seeds
from sim.situations import shortage
from sim.systems.catalogue import SYSTEMS, TABLES
from sim.systems.schema import publish
from sim.truth import Truth

if TYPE_CHECKING:
    from sim.exchange.facade.server import Running
    from sim.exchange.mqtt import Stream
    from sim.handle import Population
    from sim.records import Records

__all__ = [
    "COUNTRIES",
    "SIZES",
    "SNAPSHOT",
    "Truth",
    "World",
    "make_world",
]

Size = Literal["demo", "lab", "big"]

SIZES: dict[str, int] = {"demo": 300, "lab": 2000, "big": 50_000}
"""Living people of a district."""

HISTORY = 4
"""Years of visits and measurements that a district's systems are made from; they keep at most three."""

DRAWS = 10
"""How often a district is drawn until it holds what every task needs."""


@dataclass
class World:
    """One district.

    Attributes:
        tables: `his_patients`, `his_encounters`, `lis_results`, `diabetes_cohort`; columns in
            datasets/README.md.
        files: Further files by name: `clinic_visits.csv`, `purposes.yaml`, `ordering_model.yaml`.
        manifest: term, id (keyed), world_version, country, size and the checksum of everything; source, the
            checksum of the patients whose lives were taken, where they were not our own.
        truth: The truth; None for a district that was loaded from files.
        draws: How often it was drawn until it held what the tasks need.
    """

    tables: dict[str, pd.DataFrame]
    files: dict[str, bytes]
    manifest: dict[str, Any]
    truth: Truth | None = field(default=None, repr=False)
    draws: int = 1

    def save(self, folder: Path) -> None:
        """Writes tables, files and manifest, never the truth; an older district there is replaced.

        Raises:
            HilabError: The folder holds something else, or cannot be written.
        """
        archive.write(folder, self.tables, self.files, self.manifest)

    @classmethod
    def load(cls, folder: Path | str) -> "World":
        """Reads a district that `save` has written.

        Raises:
            HilabError: The folder holds no district, or a file has changed since.
        """
        return cls(*archive.read(Path(folder)))

    def checkpoint(self, lab: str) -> dict[str, pd.DataFrame]:
        """Returns the tables from which a lab can begin, so that none needs the one before.

        See `sim.checkpoints` for what they hold. They are made from the truth; a district that was read from
        files has those that were shipped with it.

        Args:
            lab: Id of the lab: "l2_standardization", "l3_sharing" or "l4_privacy".

        Raises:
            HilabError: No lab of that name begins from a checkpoint, none was shipped, or the district lacks
                a table it needs.
        """
        checkpoints.check(lab)
        if self.truth is not None:
            return checkpoints.build(lab, self.tables, self.truth)
        return checkpoints.unpack(lab, self.files)

    def serve(self, port: int = 0, path: Path | str | None = None, log: Path | None = None) -> "Running":
        """Starts an exchange over the district's hospitals, in this process and for this computer only.

        Args:
            port: Port on loopback; 0 takes a free one.
            path: Path of a unix socket, instead of a port.
            log: A new file for the log of the exchange.

        Returns:
            What runs; `exchange_client()` finds it, `.stop()` ends it.

        Raises:
            HilabError: The port is taken, the district has no hospital, or the log's file is there.

        Example:
            ::

                exchange = world.serve()
                exchange_client().search("Patient", family="Li")
        """
        from sim.holdings.opening import open_exchange

        return open_exchange(self.tables, self.files, self.manifest["country"], port, path, log)

    def stream(self, port: int = 1883, speed: float | None = 3600.0) -> "Stream":
        """Replays the devices' readings through an MQTT broker on this computer.

        What is sent is what stands in `app_readings`, in the order in which it reached the telehealth desk.
        Use it as a context manager (`with world.stream() as stream:`); see `sim.exchange.mqtt.Stream`.

        Args:
            port: A port of this computer; 0 for one that is free.
            speed: How many seconds of the district pass in one of ours; None sends without a pause.

        Raises:
            HilabError: The district has no devices, or port or speed cannot be.
        """
        # The broker is asked for here only: a district can be opened without it.
        from sim.exchange.mqtt import Stream, write_messages

        if "app_readings" not in self.tables:
            raise HilabError("This district has no table app_readings; make it with the system 'devices'.")
        return Stream(write_messages(self.tables["app_readings"]), port, speed)

    def with_checkpoint(self, lab: str) -> "World":
        """Returns the district with a lab's checkpoint among its files, as a kit ships it.

        Raises:
            HilabError: As `checkpoint`.
        """
        files = dict(sorted({**self.files, **checkpoints.pack(lab, self.checkpoint(lab))}.items()))
        manifest = self.manifest | archive.checksums(self.tables, files)
        return replace(self, files=files, manifest=manifest)


def make_world(
    ident: str,
    term: str = "2026A",
    size: Size = "lab",
    country: str = "us",
    *,
    key: bytes = PUBLIC_KEY,
    systems: Sequence[str] | None = None,
    rates: Mapping[str, float] | None = None,
    source: "Population | Path | str | None" = None,
    threads: int | None = None,
    progress: bool = False,
) -> World:
    """Makes a district; the same arguments always give the same contents.

    Chance may leave a district short of something that a task needs (see `sim/situations.yaml`). Then it is
    drawn again from the next of its seeds. With `rates` given, the first draw is taken as it is.

    Args:
        ident: Whose district it is: a student's id or a hidden district's seed.
        term: Term of the class.
        size: "demo", "lab" or "big": 300, 2,000 or 50,000 living people.
        country: "us" or "cn".
        key: The public key, or the instructor's for hidden districts.
        systems: Which systems to make: "his", "lis", "cohort", "clinic"; all by default.
        rates: Rates of defects that differ from the documented ones, such as {"D05": 0.2}; 0 takes a
            defect away.
        source: A population, or its folder, whose patients' lives the residents live, such as
            `sim.synthea.run` returns; by default our own engine's. It need not be large: lives are lent to
            several residents. What a task needs of the lives themselves is then not asked for.
        threads: Threads of the engine, all processors by default; contents do not depend on it.
        progress: Whether to show a progress bar.

    Returns:
        The district with its truth.

    Raises:
        HilabError: An argument is unknown.
    """
    wanted = _check(ident, size, country, systems)
    check_rates(rates or {})
    for draw in range(DRAWS):
        seeds = Seeds(key, country, term, ident, *[str(draw)] * (draw > 0))
        with _uncollected():
            records, origin = _records(source, SIZES[size], seeds, country, threads, progress)
            world = _record(records, seeds, term, size, country, wanted, rates or {}, origin)
            missing = None if rates else shortage(world, SIZES[size], lent=source is not None)
        if missing is None:
            return replace(world, draws=draw + 1)
    raise HilabError(f"No district of {ident} holds what the tasks need: {missing}")


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keeps Python from searching for reference cycles: it would look through all tables again and again."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _records(
    source: "Population | Path | str | None",
    people: int,
    seeds: Seeds,
    country: str,
    threads: int | None,
    progress: bool,
) -> "tuple[Records, dict[str, str]]":
    """Makes clean records, and says where they are from if they are not our engine's."""
    # The engine brings numba; whoever only opens a district that was shipped need not have it.
    if source is None:
        from sim.generator import recount

        made = recount(people, seeds, threads=threads, progress=progress, history=HISTORY, country=country)
        return made, {}
    from sim.handle import Population
    from sim.synthea.residents import fingerprint, settle

    lenders = source if isinstance(source, Population) else Population.open(source)
    return settle(lenders, people, seeds, HISTORY, country), {"source": fingerprint(lenders)}


def _record(
    records: "Records",
    seeds: Seeds,
    term: str,
    size: Size,
    country: str,
    wanted: list[str],
    rates: Mapping[str, float],
    origin: Mapping[str, str],
) -> World:
    """Lets the district's systems record what happened."""
    from sim.district import District

    district = District(records, seeds, rates, SIZES[size], country)
    working = district.working(wanted)
    tables = {name: publish(table, TABLES[name]) for name, table in working.items() if TABLES[name].parquet}
    files = district.files(wanted)
    manifest = {
        "term": term,
        "id": seeds.token("district"),
        "world_version": WORLD_VERSION,
        "country": country,
        "size": size,
        **origin,
        **archive.checksums(tables, files),
    }
    return World(tables, files, manifest, district.truth(wanted))


def _check(ident: str, size: str, country: str, systems: Sequence[str] | None) -> list[str]:
    """Returns the systems to make, in their order.

    Raises:
        HilabError: An argument is unknown.
    """
    if not ident:
        raise HilabError("A district needs an id, for example s001; the id given is empty.")
    if size not in SIZES:
        raise HilabError(f"There is no size '{size}'. The sizes are: {', '.join(SIZES)}.")
    find_country(country)
    for system in systems or ():
        if system not in SYSTEMS:
            raise HilabError(f"There is no system '{system}'. The systems are: {', '.join(SYSTEMS)}.")
    return [system for system in SYSTEMS if systems is None or system in systems]
