"""Writes docs/district.md: one person of district s001 as every system knows them.

Run: `python docs/follow.py`.
"""

from pathlib import Path

import pandas as pd

from sim.countries import country
from sim.systems.catalogue import RECORDER_OF, TABLES
from sim.systems.facilities import FACILITIES
from sim.truth import Truth
from sim.world import World, make_world

IDENT = "s001"
ROWS, COLUMNS, WIDTH = 3, 9, 44
"""How much of each table is shown."""

SHOWN_BYTES = 700
"""How much of each message is shown."""

_HEAD = """# A district, followed through one person

Written by `python docs/follow.py` from district {ident} (`hilab world {ident} --out A`). What stands in the
tables is what a student sees. What the person is really called and what went wrong is known only to the owner
of the simulation.

## The six facilities

| code | name | what it is |
|---|---|---|
{facilities}

## The person

{person}

Known to {count} tables of {all}: {names}.
"""


def choose(truth: Truth) -> int:
    """Returns the living person who is known to the most tables; of several the first."""
    living = truth.people.index[truth.people["alive"]]
    records = truth.person_of_record[truth.person_of_record["person"].isin(living)]
    return int(records.groupby("person")["table"].nunique().idxmax())


def describe(person: "pd.Series[object]") -> str:
    """Returns who the person really is."""
    born = pd.Timestamp(str(person["birth_date"])).date()
    ills = [flag for flag in ("diabetes", "hypertension", "asthma", "kidney_disease", "copd") if person[flag]]
    return (
        f"{person['given']} {person['surname']}, sex {person['sex']}, born {born}, {person['address']}, "
        f"area {person['area']}, telephone {person['phone']}, identifier {person['verified_id']}. "
        f"HbA1c {person['hba1c']:.1f} %, systolic pressure {person['sbp']:.0f} mmHg. "
        f"Has: {', '.join(ills).replace('_', ' ') or 'no chronic illness'}."
    )


def cell(value: object) -> str:
    """Returns a cell of a Markdown table."""
    text = "" if pd.isna(value) else str(value).replace("|", "\\|").replace("\n", " ").replace("\r", " ")
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


def markdown(rows: pd.DataFrame) -> str:
    """Returns the first columns of some rows as a Markdown table."""
    names = list(rows.columns)[:COLUMNS]
    lines = ["| " + " | ".join(f"`{name}`" for name in names) + " |", "|" + "---|" * len(names)]
    lines += [
        "| " + " | ".join(cell(value) for value in row) + " |" for row in rows[names].to_numpy(dtype=object)
    ]
    return "\n".join(lines)


def section(world: World, truth: Truth, name: str, records: "pd.Series[str]") -> str:
    """Tells what one table knows of the person, and what went wrong in those rows."""
    kind, (recorder, facility) = TABLES[name], RECORDER_OF[name]
    head = f"### {name}\n\nSystem `{recorder.system}`, facility {facility}. {kind.about} "
    head += f"{len(records):,} of the person's records.\n"
    parts = [head]
    if name in world.tables and not kind.key.startswith("_"):
        table = world.tables[name]
        parts.append(markdown(table[table[kind.key].isin(records)].tail(ROWS)) + "\n")
    wrong = truth.ledger[(truth.ledger["table"] == name) & truth.ledger["record"].isin(records)]
    if len(wrong):
        some = wrong[["record", "field", "clean", "dirty", "defect"]].drop_duplicates("defect").head(ROWS)
        parts.append(f"What went wrong ({len(wrong):,} entries in the ledger):\n\n" + markdown(some) + "\n")
    return "\n".join(parts)


def messages(world: World, numbers: list[str]) -> str:
    """Shows one message or line of every further file that names the person."""
    parts = []
    for name, content in world.files.items():
        ending = b"\r\r" if name.endswith(".hl7") else b"\n"
        found = [piece for piece in content.split(ending) if any(n.encode() in piece for n in numbers)]
        if found and name.startswith("messages/"):
            text = found[0].decode("utf-8", "replace").replace("\r", "\n").strip()[:SHOWN_BYTES]
            parts.append(f"### {name}\n\n```\n{text}\n```\n")
    return "\n".join(parts)


def page() -> str:
    """Returns the whole page."""
    world = make_world(IDENT)
    truth = world.truth
    assert truth is not None
    person = choose(truth)
    records = truth.person_of_record[truth.person_of_record["person"] == person]
    tables = list(dict.fromkeys(records["table"]))
    names = country("us").facilities
    head = _HEAD.format(
        ident=IDENT,
        facilities="\n".join(f"| {f.code} | {names[f.code]} | {f.about} |" for f in FACILITIES.values()),
        person=describe(truth.people.loc[person]),
        count=len(tables),
        all=len(TABLES),
        names=", ".join(f"`{name}`" for name in tables),
    )
    told = [section(world, truth, name, records.loc[records["table"] == name, "record"]) for name in tables]
    numbers = list(records.loc[records["table"].str.endswith("his_patients"), "record"])
    return "\n".join([head, "## What each system knows\n", *told, "## Messages\n", messages(world, numbers)])


if __name__ == "__main__":
    Path(__file__).with_name("district.md").write_text(page().rstrip() + "\n", encoding="utf-8", newline="\n")
