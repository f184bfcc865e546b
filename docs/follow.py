"""Writes docs/district.md: one person of district s001 as every system knows them.

Run: `python docs/follow.py`.
"""

import json
from pathlib import Path

import pandas as pd
from follow_files import chapter

from sim.countries import country
from sim.exchange.hl7 import acknowledge, parse, read_all, read_movements, read_results, split
from sim.systems.catalogue import RECORDER_OF, SYSTEMS, TABLES
from sim.systems.dialects import DIALECTS, Dialect
from sim.systems.facilities import FACILITIES, HOSPITALS
from sim.truth import Truth
from sim.world import World, make_world

IDENT = "s001"
ROWS, COLUMNS, WIDTH = 3, 9, 44
"""How much of each table is shown."""

SHOWN_SIGNS = 1400
"""How much of each message and note is shown."""

LONG = 200
"""A text of this many signs is shown below its table, not in it."""

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

Of everybody alive, this is the person whom most systems know; of several, the one whom most tables know, then
the one with most mistakes. {known} of {systems} systems and {count} of {all} tables do{unknown}.

| system | table | facility | records | mistakes |
|---|---|---|---|---|
{summary}
"""


_MESSAGES = """## What the hospitals tell each other

Every hospital has its own way: other separators, names the other way round, other code systems. Below stand
the first message of each kind about the person and what a reader makes of it.
"""


def choose(truth: Truth) -> int:
    """Returns the living person known to most systems.

    Of several it is the one known to most tables, then the one with most entries in the ledger.
    """
    living = truth.people.index[truth.people["alive"]]
    records = truth.person_of_record[truth.person_of_record["person"].isin(living)]
    wrong = truth.ledger.groupby(["table", "record"]).size().rename("wrong")
    counted = records.join(wrong, on=["table", "record"]).groupby("person")
    known = counted.agg(systems=("system", "nunique"), tables=("table", "nunique"), wrong=("wrong", "sum"))
    return int(known.sort_values(["systems", "tables", "wrong"], ascending=False, kind="stable").index[0])


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


def rows_of(world: World, truth: Truth, name: str) -> pd.DataFrame:
    """Returns a table, be it shipped as Parquet or within a file."""
    return world.tables[name] if name in world.tables else truth.texts[name].rename(columns={"_row": "line"})


def mistakes(truth: Truth, name: str, records: pd.DataFrame) -> pd.DataFrame:
    """Returns the ledger of a person's rows in a table; a whole device's stands under the device."""
    near = [table for table in records["table"].unique() if together(table) == together(name)]
    own = records.loc[records["table"].isin(near), "record"]
    return truth.ledger[(truth.ledger["table"] == name) & truth.ledger["record"].isin(own)]


def together(name: str) -> tuple[str, str]:
    """Returns system and facility of a table."""
    recorder, facility = RECORDER_OF[name]
    return recorder.system, facility


def summary(truth: Truth, records: pd.DataFrame) -> str:
    """Returns a line for every table that knows the person."""
    lines = []
    for name, own in records.groupby("table", sort=False):
        recorder, facility = RECORDER_OF[str(name)]
        wrong = len(mistakes(truth, str(name), records))
        lines.append(f"| {recorder.system} | `{name}` | {facility} | {len(own):,} | {wrong:,} |")
    return "\n".join(lines)


def first_sentence(text: str) -> str:
    """Returns the first sentence of a text."""
    return text.split(". ")[0].rstrip(".") + "."


def section(world: World, truth: Truth, name: str, records: pd.DataFrame) -> str:
    """Tells what one table knows of the person, and what went wrong in those rows."""
    kind, (recorder, facility) = TABLES[name], RECORDER_OF[name]
    own = records.loc[records["table"] == name, "record"]
    head = f"### {name}\n\nSystem `{recorder.system}`, facility {facility}. {first_sentence(kind.about)} "
    head += f"{len(own):,} of the person's records.\n"
    table = rows_of(world, truth, name)
    key = "line" if kind.key == "_row" else kind.key
    shown = table[table[key].isin(own)].tail(ROWS)
    long = [c for c in shown if shown[c].dtype == "str" and shown[c].str.len().max() > LONG]
    parts = [head, markdown(shown.drop(columns=long)) + "\n"]
    if not kind.name.endswith(("messages", "bundles")):  # these have a chapter of their own
        parts += [f"`{column}` of the last:\n\n" + code(str(shown[column].iloc[-1])) for column in long]
    wrong = mistakes(truth, name, records)
    if len(wrong):
        some = wrong[["record", "field", "clean", "dirty", "defect"]].drop_duplicates("defect").head(ROWS)
        parts.append(f"What went wrong ({len(wrong):,} entries in the ledger):\n\n" + markdown(some) + "\n")
    return "\n".join(parts)


def code(text: str) -> str:
    """Returns a piece of a message as a block, segments or lines one below the other."""
    lines = text.replace("\r", "\n").strip()
    shown = lines if len(lines) <= SHOWN_SIGNS else lines[:SHOWN_SIGNS] + " …"
    return f"```\n{shown}\n```\n"


def told_of(world: World, start: str, numbers: set[str]) -> bytes | None:
    """Returns the first message with one of some control ids (MSH-10) in the files that begin so."""
    for name, content in world.files.items():
        for message in split(content) if name.startswith(start) else ():
            if message.split(b"|")[9].decode("ascii", "replace") in numbers:
                return message
    return None


def bundle_of(world: World, hospital: str, numbers: set[str]) -> str | None:
    """Returns the first of a hospital's bundles with one of some identities, a resource a line."""
    lines = world.files.get(f"messages/{hospital.lower()}_bundles.ndjson", b"").decode("utf-8").splitlines()
    for line in lines:
        bundle = json.loads(line)
        if bundle["id"] in numbers:
            resources = (json.dumps(each["resource"], ensure_ascii=False) for each in bundle["entry"])
            return "\n".join(resources)
    return None


def messages(world: World, records: pd.DataFrame) -> str:
    """Shows what each hospital sends about the person, what a reader makes of it, and how it answers."""
    numbers = set(records.loc[records["table"].str.endswith(("messages", "bundles")), "record"])
    parts, cut = [], None
    for hospital in HOSPITALS:
        for kind, what in (("adt", "a movement"), ("oru", "a result")):
            message = told_of(world, f"messages/{hospital.lower()}_{kind}_", numbers)
            if message is not None:
                cut = cut or message
                charset = parse(message).encoding
                parts.append(f"### {hospital} sends {what} (HL7 v2.5.1, {charset})\n")
                parts.append(code(message.decode(charset)))
                parts.append(understood(message, DIALECTS[hospital]))
        bundle = bundle_of(world, hospital, numbers)
        if bundle is not None:
            parts.append(f"### {hospital} sends a visit (FHIR R4, a resource a line)\n\n" + code(bundle))
    if cut is not None:
        torn = read_all(cut[: cut.index(b"ORU" if b"ORU" in cut else b"ADT")])[0]
        parts.append("### The first of these messages, cut off in its header, and the answer\n")
        parts.append(f"{torn}\n\n" + code(acknowledge(torn)))
    return "\n".join(parts)


def understood(message: bytes, dialect: Dialect) -> str:
    """Shows a message as a table, as a reader finds it."""
    found = read_results(message)
    found = found if len(found) else read_movements(message)
    if not len(found):
        return "The message is refused: " + str(read_all(message)[0]) + "\n"
    columns = (
        "mrn",
        "event",
        "given_name",
        "family_name",
        "specimen_id",
        "test_code",
        "value",
        "unit",
        "status",
    )
    columns += ("visit_id", "ward", "admitted_at", "dx_code")
    rows = dialect.understood(found).dropna(axis="columns", how="all")
    return markdown(rows[[name for name in columns if name in rows]].head(ROWS)) + "\n"


def page() -> str:
    """Returns the whole page."""
    world = make_world(IDENT)
    truth = world.truth
    assert truth is not None
    person = choose(truth)
    records = truth.person_of_record[truth.person_of_record["person"] == person]
    tables = list(dict.fromkeys(records["table"]))
    strangers = [name for name in SYSTEMS if name not in set(records["system"])]
    names = country("us").facilities
    head = _HEAD.format(
        ident=IDENT,
        facilities="\n".join(f"| {f.code} | {names[f.code]} | {f.about} |" for f in FACILITIES.values()),
        person=describe(truth.people.loc[person]),
        known=len(SYSTEMS) - len(strangers),
        systems=len(SYSTEMS),
        count=len(tables),
        all=len(TABLES),
        unknown=f"; not {', '.join(strangers)}" if strangers else "",
        summary=summary(truth, records),
    )
    told = [section(world, truth, name, records) for name in tables]
    sent = [_MESSAGES, messages(world, records), chapter(world, records)]
    return "\n".join([head, "## What each system knows\n", *told, *sent])


if __name__ == "__main__":
    Path(__file__).with_name("district.md").write_text(page().rstrip() + "\n", encoding="utf-8", newline="\n")
