"""Messages between systems: movements of patients (ADT) and results (ORU) in HL7 v2.5.1, a file a quarter."""

import numpy as np
import pandas as pd

from sim.systems import his, lis
from sim.systems.dialects import DIALECTS, Dialect
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table

KEPT = tuple(
    code for code in DIALECTS if code in his.HIS_ENCOUNTERS.facilities and code in lis.LIS_RESULTS.facilities
)
"""Facilities that send messages: hospitals with a register, visits and a laboratory."""

MESSAGES = Table(
    "messages",
    "A message that the hospital sent in 2025, in messages/<facility>_<kind>_2025q<quarter>.hl7, in its own "
    "dialect of HL7 v2.5.1. H2 parts components with # and escapes with !; H3 writes the given name first "
    "and times to the minute; H1 adds a segment ZPV. The columns tell what the files hold; no table is "
    "shipped.",
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
OTHERS_TOLD = 0.25
"""Share of visits that are neither stays nor emergencies and are told nevertheless (assumed)."""
AMENDED = 0.1
"""Share of told visits whose data are amended an hour later (assumed)."""

CLASSES = {"inpatient": "I", "emergency": "E"}
"""PV1-2 (HL7 table 0004); every other class is O, outpatient."""

STRUCTURES = {"A01": "ADT_A01", "A03": "ADT_A03", "A04": "ADT_A01", "A08": "ADT_A01"}
"""MSH-9.3 by event."""


def record(setting: Setting) -> dict[str, pd.DataFrame]:
    """Writes a hospital's messages of the year: movements first, each kind in the order of sending."""
    dialect = DIALECTS[setting.facility.code]
    patients = setting.tables["his_patients"].set_index("mrn", drop=False)
    patients = patients.assign(_pid=dialect.patients(patients, setting.facility.code))
    movements = _movements(setting.tables["his_encounters"], patients, setting, dialect)
    results = _results(setting.tables["lis_results"], patients, setting, dialect)
    return {"messages": pd.concat([movements, results], ignore_index=True)}


def _events(encounters: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Lists what is told: begin, end and amendments of stays, emergencies and some other visits."""
    draws = rng.random((2, len(encounters)))
    told = encounters["class"].isin(list(CLASSES)) | (draws[0] < OTHERS_TOLD)
    begin = np.where(encounters["class"] == "inpatient", "A01", "A04")
    start = encounters[told].assign(event=begin[told], at=encounters["admitted_at"])
    amended = encounters[told & (draws[1] < AMENDED)]
    amended = amended.assign(event="A08", at=amended["admitted_at"] + pd.Timedelta(hours=1))
    ended = encounters[told & encounters["discharged_at"].notna() & (encounters["class"] == "inpatient")]
    events = pd.concat([start, amended, ended.assign(event="A03", at=ended["discharged_at"])])
    order = ["at", "encounter_id", "event"]
    kept: pd.DataFrame = events[events["at"].dt.year == YEAR]
    return kept.sort_values(order, kind="stable", ignore_index=True)


def _movements(
    encounters: pd.DataFrame, patients: pd.DataFrame, setting: Setting, dialect: Dialect
) -> pd.DataFrame:
    """Writes the messages ADT."""
    events = _events(encounters[encounters["mrn"].isin(patients.index)], setting.stream("movements"))
    code, part = setting.facility.code, dialect.separators.component
    idents = [f"{code}A{number:06d}" for number in range(1, len(events) + 1)]
    times = dialect.times(events["at"])
    kinds = [f"ADT^{event}^{STRUCTURES[event]}" for event in events["event"]]
    ends = events["discharged_at"].where(events["event"] == "A03")
    columns = (
        dialect.headers(code, kinds, times, idents, setting.country),
        times,
        patients["_pid"].reindex(events["mrn"]),
        events["class"].map(CLASSES).fillna("O"),
        dialect.texts(events["ward"]),
        events["encounter_id"],
        dialect.times(events["admitted_at"]),
        dialect.times(ends),
        dialect.texts(events["dx_code"]),
        dialect.texts(events["dx_text"]),
        dialect.texts(events["class"]),
    )
    # Fields between the ward (PV1-3) and the visit number (PV1-19), and from there to the times (PV1-44).
    gap, later = "|" * 16, "|" * 25
    texts = [
        f"{head}EVN||{time}\r{pid}PV1|1|{kind}|{ward}{gap}{visit}{later}{begin}|{end}\r"
        + (f"DG1|1||{dx}{part}{words}{part}I10|||F\r" if dx else "")
        + (f"ZPV|1|{name}\r" if dialect.own_segment else "")
        for head, time, pid, kind, ward, visit, begin, end, dx, words, name in zip(*columns, strict=True)
    ]
    return _table(setting, "ADT", idents, events["mrn"], events["_person"], events["at"], texts)


def _results(
    results: pd.DataFrame, patients: pd.DataFrame, setting: Setting, dialect: Dialect
) -> pd.DataFrame:
    """Writes the messages ORU: one for each message of the laboratory and each time of report in it."""
    rows = results[(results["received_at"].dt.year == YEAR) & results["mrn"].isin(patients.index)]
    keys = ["received_at", "message_id", "specimen_id", "mrn", "reported_at"]
    rows = rows.sort_values(keys, kind="stable", ignore_index=True)
    group = rows.groupby(keys, sort=False).ngroup().to_numpy()
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    first = rows.iloc[starts].reset_index(drop=True)
    code = setting.facility.code
    idents = [f"{code}R{number:06d}" for number in range(1, len(first) + 1)]
    heads = dialect.headers(
        code, ["ORU^R01^ORU_R01"] * len(first), dialect.times(first["received_at"]), idents, setting.country
    )
    lines = _observations(rows, np.arange(len(rows)) - starts[group] + 1, dialect)
    ends = [*starts[1:], len(rows)]
    columns = (heads, patients["_pid"].reindex(first["mrn"]), _orders(first, dialect), starts, ends)
    texts = [
        head + pid + order + "".join(lines[begin:end])
        for head, pid, order, begin, end in zip(*columns, strict=True)
    ]
    return _table(setting, "ORU", idents, first["mrn"], first["_person"], first["received_at"], texts)


def _orders(first: pd.DataFrame, dialect: Dialect) -> list[str]:
    part = dialect.separators.component
    columns = (
        first["specimen_id"],
        dialect.times(first["collected_at"]),
        dialect.times(first["reported_at"]),
        first["status"],
    )
    panel = f"LAB{part}Laboratory{part}{dialect.codes}"
    return [
        f"OBR|1||{tube}|{panel}|||{taken}{'|' * 15}{reported}|||{status}\r"
        for tube, taken, reported, status in zip(*columns, strict=True)
    ]


def _observations(
    rows: pd.DataFrame, numbers: "np.ndarray[tuple[int], np.dtype[np.int64]]", dialect: Dialect
) -> list[str]:
    part = dialect.separators.component
    value = rows["value"].fillna("")
    kind = np.select([value == "", value.str.fullmatch(r"[+-]?\d+(\.\d+)?")], ["", "NM"], "ST")
    columns = (
        numbers,
        kind,
        dialect.texts(rows["test_code"]),
        dialect.texts(rows["test_name"]),
        dialect.texts(value),
        dialect.texts(rows["unit"]),
        rows["status"],
        dialect.times(rows["collected_at"]),
    )
    return [
        f"OBX|{number}|{kind}|{code}{part}{name}{part}{dialect.codes}||{value}|{unit}|||||{status}|||{taken}\r"
        for number, kind, code, name, value, unit, status, taken in zip(*columns, strict=True)
    ]


def _table(
    setting: Setting,
    kind: str,
    idents: list[str],
    mrn: "pd.Series[str]",
    person: "pd.Series[int]",
    at: "pd.Series[pd.Timestamp]",
    texts: list[str],
) -> pd.DataFrame:
    columns = {"message_id": idents, "facility": setting.facility.code, "kind": kind, "mrn": mrn.to_numpy()}
    return pd.DataFrame(
        {**columns, "sent_at": at.to_numpy(), "text": texts, "_person": person.to_numpy(dtype="int64")}
    )


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
        "messages", (MESSAGES,), record, reads=("his_patients", "his_encounters", "lis_results"), files=write
    ),
)
