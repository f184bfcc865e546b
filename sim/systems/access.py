"""The log of who opened whose chart in the large hospital: what treatment, registration and billing need."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.systems.curiosity import list_curious
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table
from sim.systems.staff import ON_WARDS

ACCESS_LOG = Table(
    "access_log",
    "One opening of a part of a patient's chart, in the last half year. Who opens it, when and which part is "
    "known; why, nobody entered.",
    "access_id",
    (
        Column("access_id", "text", 'Number of the entry, "L" and six digits, in the order of time'),
        Column("at", "time", "When the chart was opened"),
        Column("staff_id", "text", "Account that opened it"),
        Column("mrn", "text", "Record number of the chart"),
        Column("part", "text", "Part of the chart: registration, chart, results, drugs or claims"),
        Column("action", "text", "view, edit or print"),
    ),
)

LOG_DAYS = 180
"""The log is kept so long."""

NEEDS = (
    ("ward_clerk", "registration", 1.0, 1.0, (-0.2, 0.1)),
    ("ward_clerk", "registration", 0.6, 0.6, (-240.0, -4.0)),
    ("physician", "chart", 1.0, 3.0, (0.0, 1.0)),
    ("nurse", "chart", 1.0, 4.0, (0.0, 1.0)),
    ("laboratory", "results", 0.4, 1.5, (0.0, 1.0)),
    ("pharmacist", "drugs", 0.3, 1.0, (0.0, 1.0)),
    ("billing", "claims", 0.8, 1.0, (24.0, 300.0)),
)
"""Who opens what about a visit: role, part, times a visit and a stay, and when (all assumed). Hours from the
begin, but within the visit where they are 0 to 1."""

ENQUIRIES = 30
"""Charts that a ward clerk opens in a month because somebody calls, of patients with or without a visit
(assumed)."""


def log_accesses(setting: Setting) -> dict[str, pd.DataFrame]:
    """Logs what was opened for work.

    Returns:
        A working table of `access_log` with provisional numbers. Hidden columns: `_why` ("work"), and for the
        account `_left_on`, `_pattern` and `_victim`, the record number of whom it may be curious about.
    """
    rng, staff = setting.stream("access log"), setting.tables["staff"]
    since = setting.today - pd.Timedelta(days=LOG_DAYS)
    visits = setting.tables["his_encounters"]
    visits = visits[(visits["admitted_at"] >= since) & visits["mrn"].notna()].reset_index(drop=True)
    parts = [_for_visits(visits, staff, need, rng) for need in NEEDS]
    parts.append(_enquiries(setting.tables["his_patients"], staff, since, rng))
    log = pd.concat(parts, ignore_index=True)
    log = log[(log["at"] >= since) & (log["at"] < setting.today)]
    log = _by_staff_of_the_day(log, staff, rng)
    log["action"] = np.where(rng.random(len(log)) < 0.25, "edit", "view")
    log["access_id"] = [f"w{number}" for number in range(len(log))]
    curious = list_curious(setting, visits, log, rng)
    told = log.merge(curious, on="staff_id", how="left")
    return {"access_log": told.assign(_why="work")}


def _for_visits(
    visits: pd.DataFrame,
    staff: pd.DataFrame,
    need: tuple[str, str, float, float, tuple[float, float]],
    rng: np.random.Generator,
) -> pd.DataFrame:
    role, part, per_visit, per_stay, (first, last) = need
    stays = (visits["class"] == "inpatient").to_numpy()
    row = np.repeat(np.arange(len(visits)), rng.poisson(np.where(stays, per_stay, per_visit)))
    begin = visits["admitted_at"].to_numpy()[row].astype("datetime64[s]")
    end = visits["discharged_at"].fillna(visits["admitted_at"]).to_numpy()[row].astype("datetime64[s]")
    draw = rng.random(len(row))
    if (first, last) == (0.0, 1.0):
        room = np.maximum((end - begin).astype(np.int64), 900)
        at = begin + (draw * room).astype("timedelta64[s]")
    else:
        at = begin + ((first + draw * (last - first)) * 3600).astype("timedelta64[s]")
    unit = visits["ward"].to_numpy(dtype=object)[row] if role in ON_WARDS else role
    return pd.DataFrame(
        {"at": at, "role": role, "unit": unit, "mrn": visits["mrn"].to_numpy()[row], "part": part}
    )


def _enquiries(
    patients: pd.DataFrame, staff: pd.DataFrame, since: pd.Timestamp, rng: np.random.Generator
) -> pd.DataFrame:
    """Opens charts because somebody called: whoever is registered, in office hours."""
    clerks = int((staff["role"] == "ward_clerk").sum())
    count = clerks * ENQUIRIES * LOG_DAYS // 30
    day, minute = rng.integers(0, LOG_DAYS, count), rng.integers(8 * 60, 17 * 60, count)
    at = since.to_datetime64().astype("datetime64[s]") + (day * 86_400 + minute * 60).astype("timedelta64[s]")
    mrn = patients["mrn"].to_numpy(dtype=object)[rng.integers(0, len(patients), count)]
    return pd.DataFrame({"at": at, "role": "ward_clerk", "unit": None, "mrn": mrn, "part": "registration"})


def _by_staff_of_the_day(log: pd.DataFrame, staff: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Says which account opened each chart: of the role and ward, else of the role, who still works here."""
    draw = rng.random((2, len(log)))
    account = np.empty(len(log), dtype=object)
    left = staff.set_index("staff_id")["left_on"]
    log = log.reset_index(drop=True)
    kinds: dict[Any, Any] = log.groupby(["role", "unit"], dropna=False, sort=True).groups
    for (role, unit), rows in kinds.items():
        mine = staff[staff["role"] == role]
        there = mine[mine["unit"] == unit]
        account[rows] = _one_of(there if len(there) else mine, draw[0][rows])
    day = log["at"].dt.strftime("%Y-%m-%d").to_numpy(dtype=object)
    gone = left.reindex(account).fillna("9999").to_numpy(dtype=object) <= day
    for role, rows in log[gone].groupby("role").groups.items():
        mine = staff[(staff["role"] == role) & staff["left_on"].isna()]
        account[rows] = _one_of(mine if len(mine) else staff[staff["left_on"].isna()], draw[1][rows])
    return log.assign(staff_id=account)[["at", "staff_id", "mrn", "part"]]


def _one_of(accounts: pd.DataFrame, draw: npt.NDArray[np.float64]) -> npt.NDArray[np.object_]:
    found: npt.NDArray[np.object_] = accounts["staff_id"].to_numpy(dtype=object)[
        (draw * len(accounts)).astype(np.int64)
    ]
    return found


def finish(name: str, log: pd.DataFrame, ledger: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Numbers the log in the order of time, and the ledger with it."""
    order = log.sort_values(["at", "access_id"], kind="stable", ignore_index=True)
    final = [f"L{number:06d}" for number in range(1, len(order) + 1)]
    names = dict(zip(order["access_id"], final, strict=True))
    return order.assign(access_id=final), ledger.assign(record=ledger["record"].map(names))


def tell_reasons(setting: Setting, tables: Tables) -> dict[str, pd.DataFrame]:
    """Returns why each chart was opened: `access_reason`, with the columns access_id, staff_id and reason.

    `reason` is "work", one of `PATTERNS` (sim.systems.curiosity) or "after leaving".
    """
    told = tables["access_log"][["access_id", "staff_id", "_why"]].rename(columns={"_why": "reason"})
    return {"access_reason": told.astype("str")}


RECORDERS = (
    Recorder(
        "governance",
        (ACCESS_LOG,),
        log_accesses,
        reads=("his_patients", "his_encounters", "staff"),
        finish=finish,
        facts=tell_reasons,
    ),
)
