"""Remote monitoring: alerts that readings at home raise, and what the desk did about them."""

import numpy as np
import pandas as pd

from sim.systems.recorder import Setting
from sim.systems.schema import Column, Table

TELE_ALERTS = Table(
    "tele_alerts",
    "An alert raised by a reading at home beyond a limit. The desk sees what the device sent, be it wrong, "
    "and takes it for the patient's to whom the device is registered.",
    "alert_id",
    (
        Column("alert_id", "text", 'Number of the alert, "N" and six digits, in the order of raising'),
        Column("reading_id", "text", "The reading, as in app_readings"),
        Column("device_id", "text", "The device"),
        Column("mrn", "text", "Record number of the patient to whom the device is registered"),
        Column("kind", "text", "sbp, dbp or glucose"),
        Column("value", "number", "What the device sent"),
        Column("raised_at", "time", "When the desk received it"),
        Column("seen_at", "time", "When somebody looked at it; blank if nobody did"),
        Column("staff_id", "text", "Account that looked at it"),
        Column("action", "text", "called, not reached, asked to come, dismissed or none"),
    ),
)

LIMITS = {
    "us": {"sbp": (85.0, 180.0), "dbp": (45.0, 110.0), "glucose": (60.0, 300.0)},
    "cn": {"sbp": (85.0, 180.0), "dbp": (45.0, 110.0), "glucose": (3.3, 16.7)},
}
"""Below the first and from the second value on an alert is raised, by country (assumed)."""

MOST = 3_000
"""The desk looks at the latest alerts only; it binds in a district of 50,000 (assumed)."""

ACTIONS = ("called", "not reached", "asked to come", "dismissed", "none")
SHARES = (0.4, 0.15, 0.2, 0.17, 0.08)
"""What was done, and how often (assumed)."""


def raise_alerts(setting: Setting) -> pd.DataFrame:
    """Lists the alerts.

    Returns:
        A working table of `tele_alerts` with `_person`, whose reading it really was.
    """
    rng = setting.stream("telemedicine alerts")
    readings = _beyond(setting)
    count = len(readings)
    action = rng.choice(ACTIONS, count, p=SHARES)
    seen = readings["uploaded_at"] + pd.to_timedelta(np.round(60 * rng.lognormal(3.6, 1.0, count)), unit="s")
    devices = setting.tables["devices"].set_index("device_id")["mrn"]
    table = pd.DataFrame(
        {
            "alert_id": [f"N{number:06d}" for number in range(1, count + 1)],
            "reading_id": readings["reading_id"],
            "device_id": readings["device_id"],
            "mrn": ("H" + devices.reindex(readings["device_id"]).astype("str")).to_numpy(),
            "kind": readings["kind"],
            "value": readings["value"],
            "raised_at": readings["uploaded_at"],
            "seen_at": seen.where(action != "none"),
            "staff_id": pd.Series(_nurses(setting, count, rng), dtype="str").where(action != "none"),
            "action": action,
            "_person": readings["_person"],
        }
    )
    return table.astype({"mrn": "str", "action": "str", "seen_at": "datetime64[s]"})


def _beyond(setting: Setting) -> pd.DataFrame:
    """Returns the readings beyond a limit, in the order in which the desk received them."""
    readings = setting.tables["app_readings"]
    kind, value = readings["kind"], readings["value"].to_numpy()
    wrong = np.zeros(len(readings), dtype=bool)
    for name, (low, high) in LIMITS[setting.country].items():
        wrong |= ((value < low) | (value >= high)) & (kind == name).to_numpy()
    found = readings[wrong].sort_values(["uploaded_at", "reading_id"], kind="stable")
    return found.tail(MOST).reset_index(drop=True)


def _nurses(setting: Setting, count: int, rng: np.random.Generator) -> list[str | None]:
    """Draws who looked at each alert."""
    staff = setting.tables.get("staff")
    draws = rng.random(count)
    if staff is None or not (staff["role"] == "nurse").any():
        return [None] * count
    nurses = staff.loc[staff["role"] == "nurse", "staff_id"].tolist()
    return [nurses[int(draw * len(nurses))] for draw in draws.tolist()]
