"""Movements of patients as messages (ADT): who comes, whose data change, who leaves, what was a mistake."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.systems.dialects import Dialect, Texts
from sim.systems.recorder import Setting

OTHERS_TOLD = 0.25
"""Share of visits that are neither stays nor emergencies and are told nevertheless (assumed)."""

AMENDED = 0.1
"""Share of told visits whose diagnosis is not yet known at the begin and told an hour later (assumed)."""

MISTAKEN = 0.05
"""Share of emergencies that are first entered as a stay by mistake (assumed)."""

TAKEN_BACK = 0.05
"""Share of ends of stays that are told too early and taken back (assumed)."""

CLASSES = {"inpatient": "I", "emergency": "E"}
"""PV1-2 (HL7 table 0004); every other class is O, outpatient."""

STRUCTURES = {
    "A01": "ADT_A01",
    "A03": "ADT_A03",
    "A04": "ADT_A01",
    "A08": "ADT_A01",
    "A11": "ADT_A09",
    "A13": "ADT_A01",
}
"""MSH-9.3 by event: admitted, discharged, registered, data changed, admission or discharge cancelled."""

HOUR, MINUTE = np.timedelta64(3600, "s"), np.timedelta64(60, "s")

Some = npt.NDArray[np.bool_]
Times = npt.NDArray[Any]
"""For each visit whether, and when."""


def list_events(encounters: pd.DataFrame, year: int, rng: np.random.Generator) -> pd.DataFrame:
    """Lists what is told about visits, in the order in which it happens.

    Args:
        encounters: Rows of `his_encounters`.
        year: Only what happens in this year.
        rng: A stream at its beginning.

    Returns:
        The rows of the visits, with the further columns `event`, `at`, `kind` (PV1-2) and `end` (the end as
        it is told then). Where the diagnosis is not yet known, dx_code and dx_text are missing.
    """
    draws = rng.random((4, len(encounters)))
    kind = encounters["class"].map(CLASSES).fillna("O").to_numpy(dtype=object)
    begin, end = (encounters[name].to_numpy(dtype="M8[s]") for name in ("admitted_at", "discharged_at"))
    stay, spoken = kind == "I", (kind != "O") | (draws[0] < OTHERS_TOLD)
    late, wrong = spoken & (draws[1] < AMENDED), (kind == "E") & (draws[2] < MISTAKEN)
    early = stay & (end > begin + 5 * HOUR) & (draws[3] < TAKEN_BACK)
    told_of = (
        _part(spoken & stay, "A01", begin, kind, unknown=late),
        _part(spoken & ~stay, "A04", begin + 12 * MINUTE * wrong, kind, unknown=late),
        _part(late, "A08", begin + HOUR, kind),
        _part(wrong, "A01", begin, np.full_like(kind, "I"), unknown=wrong),
        _part(wrong, "A11", begin + 10 * MINUTE, np.full_like(kind, "I"), unknown=wrong),
        _part(early, "A03", end - 3 * HOUR, kind, end=end - 3 * HOUR),
        _part(early, "A13", end - 2 * HOUR, kind),
        _part(stay & ~np.isnat(end), "A03", end, kind, end=end),
    )
    events = pd.concat(told_of, ignore_index=True)
    events = events[events["at"].dt.year == year]
    events = events.sort_values(["at", "row", "event"], kind="stable", ignore_index=True)
    visits = encounters.iloc[events["row"].to_numpy()].reset_index(drop=True)
    known = ~events["unknown"]
    visits = visits.assign(dx_code=visits["dx_code"].where(known), dx_text=visits["dx_text"].where(known))
    told: pd.DataFrame = visits.assign(**{name: events[name] for name in ("event", "at", "kind", "end")})
    return told


def _part(
    which: Some, event: str, at: Times, kind: Texts, *, end: Times | None = None, unknown: Some | None = None
) -> pd.DataFrame:
    """Lists one kind of event; `row` is the place of the visit."""
    row = np.flatnonzero(which)
    return pd.DataFrame(
        {
            "row": row,
            "event": np.full(len(row), event, dtype=object),
            "at": at[row],
            "end": np.full(len(row), "NaT", dtype="M8[s]") if end is None else end[row],
            "kind": kind[row],
            "unknown": np.zeros(len(row), dtype=bool) if unknown is None else unknown[row],
        }
    )


def write_movements(
    events: pd.DataFrame, patients: "pd.Series[str]", idents: list[str], setting: Setting, dialect: Dialect
) -> list[str]:
    """Writes the messages.

    Args:
        events: What is told, of `list_events`.
        patients: The segments PID by record number.
        idents: Number of each message.
        setting: Who sends.
        dialect: How.
    """
    code, part = setting.facility.code, dialect.separators.component
    times = dialect.times(events["at"])
    kinds = np.array([f"ADT^{event}^{STRUCTURES[event]}" for event in events["event"].tolist()], dtype=object)
    columns = (
        dialect.headers(code, kinds, times, idents, setting.country),
        times,
        patients.reindex(events["mrn"].to_numpy(dtype=object)),
        events["kind"].tolist(),
        dialect.texts(events["ward"]),
        events["encounter_id"].tolist(),
        dialect.times(events["admitted_at"]),
        dialect.times(events["end"]),
        dialect.texts(events["dx_code"]),
        dialect.texts(events["dx_text"]),
        dialect.texts(events["class"]),
    )
    # Fields between the ward (PV1-3) and the visit number (PV1-19), and from there to the times (PV1-44).
    gap, later = "|" * 16, "|" * 25
    return [
        f"{head}EVN||{time}\r{pid}PV1|1|{kind}|{ward}{gap}{visit}{later}{begin}|{end}\r"
        + (f"DG1|1||{dx}{part}{words}{part}I10|||F\r" if dx else "")
        + (f"ZPV|1|{name}\r" if dialect.own_segment else "")
        for head, time, pid, kind, ward, visit, begin, end, dx, words, name in zip(*columns, strict=True)
    ]
