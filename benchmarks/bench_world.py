"""How long a district takes, what it weighs, and which system takes how much of it.

Run: `python -m benchmarks world`, with `--big` also for 50,000 people and with `--write` into
docs/benchmarks.md. The first district compiles the engine into an empty cache; every size is measured in a
process of its own.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.pages import put
from sim.systems.catalogue import SYSTEMS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"

_SCRIPT = """
import json, resource, sys, tempfile, time
from pathlib import Path
from sim.world import make_world
size, save, systems, *idents = sys.argv[1:]
wanted = systems.split(",") if systems else None
seconds = []
for ident in idents:
    begin = time.perf_counter()
    world = make_world(ident, size=size, systems=wanted)
    seconds.append(time.perf_counter() - begin)
weight = 0
if save == "save":
    with tempfile.TemporaryDirectory() as folder:
        world.save(Path(folder) / "A")
        weight = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"seconds": seconds, "peak": peak, "weight": weight}))
"""

_PARTS = """
import json, time
from sim.generator import recount
from sim.seeds import PUBLIC_KEY, Seeds
from sim.situations import count
from sim.systems.catalogue import SYSTEMS
from sim.district import District
from sim.world import HISTORY, make_world
make_world("warm", size="demo")
spent = {}
def clock(name, function):
    begin = time.perf_counter()
    result = function()
    spent[name] = spent.get(name, 0) + time.perf_counter() - begin
    return result
seeds = Seeds(PUBLIC_KEY, "us", "2026A", "s001")
records = clock("lives and clean records", lambda: recount(2000, seeds, history=HISTORY))
district = District(records, seeds, {}, 2000)
clock("visits", lambda: district.visits)
for system in SYSTEMS:
    clock(system, lambda: (district.working([system]), district.files([system])))
world = clock("truth", lambda: district.truth(list(SYSTEMS)))
print(json.dumps(spent))
"""


FROM_LAB_3 = ("club", "governance", "imaging", "genomics", "telemedicine", "beds")
"""Systems that only labs 3 and later read."""


def measure(
    size: str, *idents: str, cache: str | None = None, save: bool = True, systems: tuple[str, ...] = ()
) -> dict[str, object]:
    """Returns the seconds of each district, the peak memory in bytes and the bytes on disk of the last."""
    words = [_SCRIPT, size, "save" if save else "leave", ",".join(systems), *idents]
    return _run(words, {"XDG_CACHE_HOME": cache} if cache else {})


def parts() -> dict[str, float]:
    """Returns seconds of every system of one warm district of 2,000 people."""
    return _run([_PARTS], {})


def _run(words: list[str], environment: dict[str, str]) -> dict:
    done = subprocess.run(
        [sys.executable, "-c", *words],
        env={**os.environ, **environment},
        cwd=Path(__file__).resolve().parent.parent,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def main(arguments: list[str] | None = None) -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--big", action="store_true", help="also 50,000 people")
    parser.add_argument("--write", action="store_true", help="also into docs/benchmarks.md")
    chosen = parser.parse_known_args(arguments)[0]
    text = f"{_districts(chosen.big)}\n\n{_parts_of_one()}"
    print(text)
    if chosen.write:
        put("district", text, PAGE)


def _districts(big: bool) -> str:
    """Measures districts of every size, and returns the table."""
    with tempfile.TemporaryDirectory() as cache:
        first = measure("lab", "first", cache=cache, save=False)["seconds"][0]
    measure("demo", "compiles")  # into the usual cache, lest the compiler's memory be counted below
    alone = measure("lab", "s001")
    peak, weight = alone["peak"] / 1e6, alone["weight"] / 1e6
    idents = [f"s{k:03}" for k in range(6)]
    warm, early = (
        median(measure("lab", *idents, save=False, systems=systems)["seconds"][1:])
        for systems in ((), tuple(name for name in SYSTEMS if name not in FROM_LAB_3))
    )
    lines = [
        "| district | seconds | ratio | peak MB | MB on disk |\n|---|---:|---:|---:|---:|",
        f"| lab, first on a new installation (compiles) | {first:.1f} | {first / warm:.1f} | | |",
        f"| lab, every later one | {warm:.2f} | 1 | {peak:.0f} | {weight:.1f} |",
        f"| lab, without what only labs 3 and later read | {early:.2f} | {early / warm:.2f} | | |",
    ]
    if big:
        one = measure("big", "s001")
        seconds, peak, weight = one["seconds"][0], one["peak"] / 1e6, one["weight"] / 1e6
        lines.append(
            f"| big, in a new process | {seconds:.0f} | {seconds / warm:.1f} | {peak:.0f} | {weight:.0f} |"
        )
    return "\n".join(lines)


def _parts_of_one() -> str:
    """Measures every system of one district, and returns the table."""
    spent = parts()
    whole = sum(spent.values())
    head = "| part of a warm lab district | seconds | share |\n|---|---:|---:|\n"
    return head + "\n".join(
        f"| {name} | {seconds:.2f} | {seconds / whole:.0%} |" for name, seconds in spent.items()
    )


if __name__ == "__main__":
    main()
