"""How well three ways of linking find the registrations of one person, and who is lost.

Run: `python -m benchmarks linkage`. It measures ten districts and writes docs/linkage.md. What a district
gave is kept in build/linkage, so a run that was stopped goes on.
"""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from benchmarks.linkage import HOSPITALS, METHODS, Pairs, gather, true_pairs
from benchmarks.linkage_page import ALIKE, GROUPS, OTHERS, Counts, page
from sim import WORLD_VERSION
from sim.world import Size, World, make_world

ROOT = Path(__file__).resolve().parents[1]
DISTRICTS = tuple(f"t{number}" for number in range(1, 11))


def measure(world: World) -> dict[str, dict[str, Counts]]:
    """Returns for each method how many true pairs there are and were found, by group, and its false links.

    Args:
        world: A district with his_patients, and its truth.
    """
    table, true = gather(world), true_pairs(world)
    person, kind, alike = _persons(world), _kinds(world), _lookalikes(world)
    group = {pair: _group(pair, person, kind) for pair in true}
    found = {name: method(table) for name, method in METHODS.items()}
    return {
        name: {
            "true": _count(group, true),
            "found": _count(group, links & true),
            "false": _false(links - true, person, alike),
        }
        for name, links in found.items()
    }


def _count(group: Mapping[tuple[str, str], str], pairs: Pairs) -> Counts:
    return {name: sum(group[pair] == name for pair in pairs) for name in GROUPS}


def _false(links: Pairs, person: Mapping[str, int], alike: Mapping[frozenset[int], str]) -> Counts:
    kinds = [alike.get(frozenset((person[a], person[b])), OTHERS) for a, b in links]
    return {kind: kinds.count(kind) for kind in (*ALIKE.values(), OTHERS)}


def _persons(world: World) -> dict[str, int]:
    """Returns whose each registration is."""
    assert world.truth is not None
    records = world.truth.person_of_record
    own = records[records["table"].isin(HOSPITALS)]
    return dict(zip(own["table"] + ":" + own["record"], own["person"], strict=True))


def _kinds(world: World) -> dict[str | int, str]:
    """Returns the hard group of a registration (by its name) or of a person (by number)."""
    assert world.truth is not None
    truth, kinds = world.truth, dict[str | int, str]()
    people = truth.people[truth.people["alive"]]
    of_slot = pd.Series(people.index, index=people["slot"])
    for name, column in (("father or son", "junior_of"), ("namesake", "namesake_of"), ("twin", "twin_of")):
        linked = people[people[column] >= 0]
        both = {*linked.index, *linked[column].map(of_slot)}
        kinds |= dict.fromkeys((int(number) for number in both), name)
    patients = world.tables["his_patients"].set_index("mrn")["registered_at"]
    for row in truth.duplicates.itertuples():
        first = min((row.mrn_a, row.mrn_b), key=lambda number: patients[number])
        if row.cause in ("surname", "newborn"):
            kinds[f"his_patients:{first}"] = {"surname": "changed name", "newborn": "newborn"}[str(row.cause)]
    return kinds


def _group(pair: tuple[str, str], person: Mapping[str, int], kind: Mapping[str | int, str]) -> str:
    told = {kind.get(pair[0]), kind.get(pair[1]), kind.get(person[pair[0]])}
    return next((name for name in GROUPS if name in told), "everybody else")


def _lookalikes(world: World) -> dict[frozenset[int], str]:
    """Returns the pairs of persons easily taken for one another, and why."""
    assert world.truth is not None
    people = world.truth.people[world.truth.people["alive"]]
    of_slot = pd.Series(people.index, index=people["slot"])
    found: dict[frozenset[int], str] = {}
    for column, kind in ALIKE.items():
        linked = people[people[column] >= 0]
        pairs = zip(linked.index, linked[column].map(of_slot), strict=True)
        found |= {frozenset((int(a), int(b))): kind for a, b in pairs}
    return found


def measured(ident: str, size: Size = "lab") -> dict[str, dict[str, Counts]]:
    """Measures a district, or reads what was measured."""
    path = ROOT / "build" / "linkage" / _fingerprint() / f"{size}-{ident}.json"
    if not path.is_file():
        found = measure(make_world(ident, size=size, systems=["his"]))
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.part")
        part.write_text(json.dumps(found), encoding="utf-8")
        part.replace(path)
    known: dict[str, dict[str, Counts]] = json.loads(path.read_text(encoding="utf-8"))
    return known


@cache
def _fingerprint() -> str:
    """Returns a hash of what decides a measurement."""
    sums = hashlib.sha256(WORLD_VERSION.encode("utf-8"))
    inside = [path for name in ("sim", "datasets") for path in (ROOT / name).rglob("*")]
    for path in sorted(path for path in inside if path.suffix in (".py", ".json", ".csv", ".yaml")):
        sums.update(path.read_bytes())
    for path in (Path(__file__), Path(__file__).with_name("linkage.py")):
        sums.update(path.read_bytes())
    return sums.hexdigest()[:16]


def main() -> None:
    """Measures ten districts and writes docs/linkage.md."""
    found: dict[str, Any] = {ident: measured(ident) for ident in tqdm(DISTRICTS, unit="district")}
    text = page(found)
    (ROOT / "docs" / "linkage.md").write_text(text, encoding="utf-8", newline="\n")
    print(text)


if __name__ == "__main__":
    main()
