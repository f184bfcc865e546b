"""Messages between systems: movements of patients (ADT) and results (ORU) in HL7 v2.5.1, a file a quarter."""

import pandas as pd

from sim.systems import his
from sim.systems.dialects import DIALECTS
from sim.systems.message_movements import list_events, write_movements
from sim.systems.message_results import group, write_results
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table

KEPT = tuple(code for code in DIALECTS if code in his.HIS_ENCOUNTERS.facilities)
"""Facilities that send messages: hospitals with a register and visits. Results are sent by those that have a
laboratory."""

MESSAGES = Table(
    "messages",
    "A message that the hospital sent in 2025, in messages/<facility>_<kind>_2025q<quarter>.hl7, in its own "
    "dialect of HL7 v2.5.1: movements (A01, A03, A04, A08; A11 and A13 take back an admission and a "
    "discharge) and results. H2 parts components with # and escapes with !; H3 writes the given name first "
    "and times to the minute; H1 adds a segment ZPV and writes `<0.1` as a structured number. H2 and H3 "
    "write in ISO 8859-1; a letter that it lacks becomes a question mark. The columns tell what the files "
    "hold; no table is shipped.",
    "message_id",
    (
        Column("message_id", "text", "Control id of the message (MSH-10)"),
        Column("facility", "text", "Who sent it (MSH-4)"),
        Column("kind", "text", "ADT or ORU (MSH-9)"),
        Column("mrn", "text", "Record number of the patient (PID-3)"),
        Column("sent_at", "time", "When it was sent (MSH-7)"),
        Column("text", "text", "The message; its segments end with a carriage return"),
    ),
    KEPT,
    parquet=False,
)

YEAR = 2025
"""The year whose messages are kept."""


def record(setting: Setting) -> dict[str, pd.DataFrame]:
    """Writes a hospital's messages of the year: movements first, each kind in the order of sending."""
    tables, code = setting.tables, setting.facility.code
    dialect = DIALECTS[code]
    patients = dialect.patients(tables["his_patients"], code)
    visits = tables["his_encounters"]
    events = list_events(_of(visits, patients), YEAR, setting.stream("movements"))
    idents = [f"{code}A{number:06d}" for number in range(1, len(events) + 1)]
    texts = write_movements(events, patients, idents, setting, dialect)
    sent = [_table(code, "ADT", idents, events.assign(sent_at=events["at"]), texts)]
    if "lis_results" in tables:
        results = tables["lis_results"]
        rows, starts = group(_of(results[results["received_at"].dt.year == YEAR], patients))
        idents = [f"{code}R{number:06d}" for number in range(1, len(starts) + 1)]
        texts = write_results(rows, starts, patients, idents, setting, dialect)
        first = rows.iloc[starts].assign(sent_at=rows["received_at"])
        sent.append(_table(code, "ORU", idents, first, texts))
    return {"messages": pd.concat(sent, ignore_index=True)}


def _of(rows: pd.DataFrame, patients: "pd.Series[str]") -> pd.DataFrame:
    """Returns the rows whose record number is registered."""
    return rows[patients.index.get_indexer(pd.Index(rows["mrn"].to_numpy(dtype=object))) >= 0]


def _table(code: str, kind: str, idents: list[str], rows: pd.DataFrame, texts: list[str]) -> pd.DataFrame:
    columns = {"message_id": idents, "facility": code, "kind": kind, "mrn": rows["mrn"].to_numpy()}
    sent, person = rows["sent_at"].to_numpy(dtype="datetime64[s]"), rows["_person"].to_numpy(dtype="int64")
    table = pd.DataFrame({**columns, "sent_at": sent, "text": texts, "_person": person})
    return table.astype(dict.fromkeys(("message_id", "facility", "kind", "mrn", "text"), "str"))


def write(setting: Setting, tables: Tables) -> dict[str, bytes]:
    """Writes the files: one for each kind and quarter, in the hospital's character set."""
    dialect, code = DIALECTS[setting.facility.code], setting.facility.code.lower()
    table = tables["messages"]
    parts = table.groupby([table["kind"].str.lower(), table["sent_at"].dt.quarter])
    return {
        f"messages/{code}_{kind}_{YEAR}q{quarter}.hl7": dialect.encode(part["text"], setting.country)
        for (kind, quarter), part in parts
    }


RECORDERS = (
    Recorder(
        "messages",
        (MESSAGES,),
        record,
        reads=("his_patients", "his_encounters"),
        may_read=("lis_results",),
        files=write,
    ),
)
