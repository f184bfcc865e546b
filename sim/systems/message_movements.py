"""Movements of patients as messages (ADT): who comes, whose data change, who leaves, what was a mistake."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.systems.dialects import Dialect
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

HOUR, MINUTE = pd.Timedelta(hours=1), pd.Timedelta(minutes=1)

Some = npt.NDArray[np.bool_]


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
    kind = encounters["class"].map(CLASSES).fillna("O")
    stay, told = (kind == "I").to_numpy(), (kind != "O").to_numpy() | (draws[0] < OTHERS_TOLD)
    late = told & (draws[1] < AMENDED)
    wrong = (kind == "E").to_numpy() & (draws[2] < MISTAKEN)
    long = encounters["discharged_at"] > encounters["admitted_at"] + 5 * HOUR
    early = stay & long.to_numpy() & (draws[3] < TAKEN_BACK)
    begin, end = encounters["admitted_at"], encounters["discharged_at"]
    rows = encounters.assign(kind=kind, end=pd.Series(pd.NaT, encounters.index, dtype=end.dtype))
    unknown = pd.Series(late, index=rows.index)
    opened = begin.mask(wrong, begin + 12 * MINUTE)
    opening = rows.assign(event=np.where(stay, "A01", "A04"), at=opened)
    opening = opening.assign(**{name: rows[name].mask(unknown) for name in ("dx_code", "dx_text")})
    parts = [
        opening[told],
        _some(rows, late, event="A08", at=begin + HOUR),
        _some(rows, wrong, event="A01", at=begin, kind="I", dx_code=None, dx_text=None),
        _some(rows, wrong, event="A11", at=begin + 10 * MINUTE, kind="I", dx_code=None, dx_text=None),
        _some(rows, early, event="A03", at=end - 3 * HOUR, end=end - 3 * HOUR),
        _some(rows, early, event="A13", at=end - 2 * HOUR),
        _some(rows, stay & end.notna().to_numpy(), event="A03", at=end, end=end),
    ]
    events = pd.concat([part.astype(rows.dtypes[["dx_code", "dx_text"]].to_dict()) for part in parts])
    kept: pd.DataFrame = events[events["at"].dt.year == year]
    return kept.sort_values(["at", "encounter_id", "event"], kind="stable", ignore_index=True)


def _some(rows: pd.DataFrame, which: Some, **columns: Any) -> pd.DataFrame:
    """Returns some of the rows with columns written anew."""
    changed: pd.DataFrame = rows.assign(**columns)[which]
    return changed


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
