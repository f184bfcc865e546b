"""Thirty files to prove a reader of messages on: in order, unusual or broken, and what is right for each."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from sim.exchange.hl7 import NULL, Message, Segment, Separators
from sim.exchange.hl7.message import VERSION, Field
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table

CONFORMANCE = Table(
    "conformance",
    "A file of one HL7 v2.5.1 message (or none) to prove a reader on, in conformance/. The columns tell what "
    "the files hold; no table is shipped.",
    "file",
    (
        Column("file", "text", "Name of the file"),
        Column("situation", "text", "What is unusual about it"),
        Column("mrn", "text", "Record number of the patient (PID-3)"),
        Column("text", "text", "What the file holds, in UTF-8"),
    ),
    parquet=False,
)

EACH = 3
"""Messages of each situation."""

ODD = (
    Separators("|", "#", "*", "!", "%"),
    Separators("$", "^", "~", "\\", "&"),
    Separators("|", "@", "+", "?", "_"),
)
"""Separators that few expect."""

TRICKY = ("seen 3|4 hours ago^late", "A&E \\ ward ~ 2", "first line\nsecond line")
"""Text that needs escapes: every separator, the escape sign, a line break."""

Expected = dict[str, Any]
Case = tuple[str, list[Expected]]
"""The text of a file, and what a right reader gets: a row for each result, or one for the error."""


def _field(*components: str) -> Field:
    return (tuple((component,) for component in components),)


def _segment(name: str, fields: dict[int, Field]) -> Segment:
    """Returns a segment of which only some fields, given by number, are filled."""
    return Segment(name, tuple(fields.get(number, _field("")) for number in range(1, max(fields) + 1)))


def _header(row: Expected, signs: Separators) -> Segment:
    texts = {3: "H1SYS", 4: "H1", 5: "HUB", 6: "DISTRICT", 7: row["sent"], 10: row["control"], 11: "P"}
    fields = {number: _field(text) for number, text in texts.items()}
    named = {1: _field(signs.field), 2: _field(signs.others), 9: _field("ORU", "R01", "ORU_R01")}
    return _segment("MSH", {**named, **fields, 12: _field(VERSION), 18: _field("UNICODE UTF-8")})


def _patient(row: Expected) -> Segment:
    name = _field(row["family_name"], row["given_name"])
    return _segment("PID", {1: _field("1"), 3: _field(row["mrn"], "", "", "H1", "MR"), 5: name})


def _order(row: Expected) -> Segment:
    panel = _field("LAB", "Laboratory", "H1LAB")
    return _segment("OBR", {1: _field("1"), 3: _field(row["specimen_id"]), 4: panel, 7: _field(row["taken"])})


def _result(
    row: Expected, values: tuple[str, ...], status: str = "F", kind: str = "NM", number: int = 1
) -> Segment:
    value = tuple(_field(value)[0] for value in values)
    named = {1: _field(str(number)), 3: _field(row["test_code"], row["test_name"], "H1LAB"), 5: value}
    if values != ("",):
        named[2] = _field(kind)
    return _segment("OBX", {**named, 6: _field(row["unit"]), 11: _field(status)})


def _right(row: Expected, value: str | None, status: str = "F") -> Expected:
    return {"mrn": row["mrn"], "test_code": row["test_code"], "value": value, "status": status}


def _wrong(code: int, segment: str, field: int | None) -> list[Expected]:
    return [{"error": str(code), "segment": segment, "field": None if field is None else str(field)}]


def _message(row: Expected, *results: Segment, signs: Separators | None = None) -> str:
    start = (_header(row, signs or Separators()), _patient(row), _order(row))
    return Message((*start, *results)).write()


def _plain(row: Expected, number: int) -> Case:
    return _message(row, _result(row, (row["value"],))), [_right(row, row["value"])]


def _truncated(row: Expected, number: int) -> Case:
    # Cut after the separators, within the sender, and before the control id.
    header = _message(row).split("\r")[0].split("|")
    cut = ("MSH|^~", "|".join(header[:4]), "|".join(header[:9]))[number]
    return cut, _wrong(*((102, "MSH", 2), (101, "MSH", 9), (101, "MSH", 10))[number])


def _escapes(row: Expected, number: int) -> Case:
    return _message(row, _result(row, (TRICKY[number],), kind="ST")), [_right(row, TRICKY[number])]


def _repeats(row: Expected, number: int) -> Case:
    values = tuple(f"{row['value']}{sign}" for sign in ("", " again", " once more")[: number % 2 + 2])
    return _message(row, _result(row, values, kind="ST")), [_right(row, "\n".join(values))]


def _corrected(row: Expected, number: int) -> Case:
    return _message(row, _result(row, (row["value"],), "C")), [_right(row, row["value"], "C")]


def _cancelled(row: Expected, number: int) -> Case:
    return _message(row, _result(row, ("",), "X")), [_right(row, None, "X")]


def _odd(row: Expected, number: int) -> Case:
    signs = ODD[number]
    text = f"about {row['value']}{signs.subcomponent}"
    return _message(row, _result(row, (text,), kind="ST"), signs=signs), [_right(row, text)]


def _empty(row: Expected, number: int) -> Case:
    return ("", "\r", "\r\n")[number], _wrong(100, "MSH", None)


def _incomplete(row: Expected, number: int) -> Case:
    lines = _message(row, _result(row, (row["value"],))).split("\r")
    lost = ("PID", "OBR", "OBX")[number]
    return "\r".join(line for line in lines if not line.startswith(lost)), _wrong(100, lost, None)


def _null(row: Expected, number: int) -> Case:
    second = _result(row, (row["value"],), number=2)
    expected = [_right(row, NULL), _right(row, row["value"])]
    return _message(row, _result(row, (NULL,)), second), expected


CASES: dict[str, Callable[[Expected, int], Case]] = {
    "plain": _plain,
    "truncated_msh": _truncated,
    "escapes": _escapes,
    "repeats": _repeats,
    "corrected": _corrected,
    "cancelled": _cancelled,
    "odd_separators": _odd,
    "empty_file": _empty,
    "incomplete": _incomplete,
    "null": _null,
}
"""The situations, each made three times of another result."""


def record(setting: Setting) -> dict[str, pd.DataFrame]:
    """Writes the files from results of the district's own patients, drawn anew for every district."""
    rows = _draw(setting)
    found = []
    for place, row in enumerate(rows):
        situation = list(CASES)[place // EACH]
        text, expected = CASES[situation](row, place % EACH)
        name = f"conformance/{place + 1:02d}_{situation}.hl7"
        found.append((name, situation, row["mrn"], text, row["_person"], expected))
    columns = ["file", "situation", "mrn", "text", "_person", "_expected"]
    return {"conformance": pd.DataFrame(found, columns=columns)}


def _draw(setting: Setting) -> list[Expected]:
    """Draws a result for each file, with its patient and times as HL7 writes them."""
    results, patients = setting.tables["lis_results"], setting.tables["his_patients"]
    numeric = results["value"].str.fullmatch(r"\d+(\.\d+)?").fillna(False).astype(bool)
    usable = results[numeric & results["unit"].notna() & results["mrn"].isin(patients["mrn"])]
    usable = usable.drop_duplicates(["specimen_id"])
    drawn = usable.sample(
        len(CASES) * EACH, random_state=setting.stream("conformance"), replace=len(usable) < 30
    )
    names = patients[["mrn", "family_name", "given_name"]].fillna("")
    rows = drawn.merge(names, on="mrn", how="left", validate="many_to_one").assign(
        sent=lambda table: table["received_at"].dt.strftime("%Y%m%d%H%M%S"),
        taken=lambda table: table["collected_at"].dt.strftime("%Y%m%d%H%M%S"),
        control=[f"CT{number:04d}" for number in range(1, len(drawn) + 1)],
    )
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def write(setting: Setting, tables: Tables) -> dict[str, bytes]:
    """Returns the files."""
    table = tables["conformance"]
    return {name: text.encode("utf-8") for name, text in zip(table["file"], table["text"], strict=True)}


def tell(setting: Setting, tables: Tables) -> dict[str, pd.DataFrame]:
    """Tells what a right reader gets: a row for each result, or one with the error (code of table 0357)."""
    table = tables["conformance"]
    rows = [
        {"file": name, "situation": situation, **expected}
        for name, situation, every in zip(table["file"], table["situation"], table["_expected"], strict=True)
        for expected in every
    ]
    columns = ["file", "situation", "error", "segment", "field", "mrn", "test_code", "value", "status"]
    return {"conformance_results": pd.DataFrame(rows, columns=columns, dtype="str")}


RECORDERS = (
    Recorder(
        "messages", (CONFORMANCE,), record, reads=("his_patients", "lis_results"), files=write, facts=tell
    ),
)
