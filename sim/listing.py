"""What the commands `hilab world` and `hilab ledger` say."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from sim.countries import country as find_country
from sim.defects import DEFECTS
from sim.errors import HilabError
from sim.systems.catalogue import RECORDER_OF, SYSTEMS
from sim.systems.facilities import FACILITIES
from sim.world import SIZES, Size, World, make_world


def read_rates(words: Sequence[str]) -> dict[str, float]:
    """Reads rates such as "D05=0.2".

    Raises:
        HilabError: A word is no such pair.

    Example:
        >>> read_rates(["D05=0.2", "D01=0"])
        {'D05': 0.2, 'D01': 0.0}
    """
    rates = {}
    for word in words:
        ident, _, share = word.partition("=")
        try:
            rates[ident] = float(share)
        except ValueError:
            raise HilabError(f"A rate is written like D05=0.2, not '{word}'.") from None
    return rates


def world_command(
    ident: str,
    term: str,
    size: Size,
    country: str,
    out: Path,
    source: Path | None = None,
    systems: Sequence[str] | None = None,
    rates: Mapping[str, float] | None = None,
) -> str:
    """Makes a district, writes the student's files and lists them: `hilab world`."""
    world = make_world(
        ident, term, size, country, systems=systems or None, rates=rates, source=source, progress=True
    )
    world.save(out)
    head = f"District of {ident}, term {term}, {SIZES[size]:,} people, written to {out}"
    return "\n".join([head, *_tables(world, country), *_files(world), _total(out)])


def _tables(world: World, country: str) -> list[str]:
    """Lists the tables by system, with the facility that keeps each."""
    names = find_country(country).facilities
    lines = []
    for system, tables in SYSTEMS.items():
        kept = [name for name in tables if name in world.tables]
        lines += [f"  {system}"] if kept else []
        for name in kept:
            facility = RECORDER_OF[name][1]
            rows = f"{len(world.tables[name]):>9,} rows"
            lines.append(f"    {name + '.parquet':<30}{rows}  {facility}  {names[facility]}")
    return lines


def _files(world: World) -> list[str]:
    """Lists the other files; those of one folder together."""
    folders: dict[str, list[bytes]] = {}
    for name, content in world.files.items():
        folders.setdefault(name.rpartition("/")[0] or name, []).append(content)
    lines = ["  further files"]
    for name, contents in folders.items():
        many = f", {len(contents)} files" if f"{name}/" in "".join(world.files) else ""
        lines.append(f"    {name:<30}{sum(map(len, contents)):>9,} bytes{many}")
    return lines


def _total(out: Path) -> str:
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    return f"Together {size / 1e6:.1f} MB. Facilities: {', '.join(FACILITIES)}; see datasets/README.md."


def ledger_command(
    ident: str, term: str, size: Size, country: str, rates: Mapping[str, float] | None = None
) -> str:
    """Says how often every defect happened in a district: `hilab ledger`."""
    truth = make_world(ident, term, size, country, rates=rates, progress=True).truth
    assert truth is not None
    found = truth.ledger.groupby("defect")["table"].agg(["size", "nunique"])
    lines = [f"District of {ident}, term {term}: entries in the ledger of defects"]
    for what in sorted(DEFECTS.values(), key=lambda d: d.id):
        entries, tables = found.loc[what.id] if what.id in found.index else (0, 0)
        lines.append(f"  {what.id}  {entries:>7,} in {tables} of {len(what.tables)} tables  {what.name}")
    return "\n".join(lines)
