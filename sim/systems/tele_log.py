"""What the platform for remote visits logs: every step of a visit, outages, and what is delivered late."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.systems.planting import scaled
from sim.systems.recorder import Setting
from sim.systems.schema import Column, Table

TELE_LOG = Table(
    "tele_log",
    "A line in the log of the platform for remote visits. What happens during an outage is kept where it "
    "happens and delivered afterwards.",
    "line_id",
    (
        Column("line_id", "text", 'Number of the line, "T" and seven digits, in the order of receipt'),
        Column("event_id", "text", 'Number of the event, "V" and seven digits; the same if delivered twice'),
        Column("received_at", "time", "When the line was received"),
        Column("at", "time", "When it happened"),
        Column("request_id", "text", "The request it belongs to; blank for the platform's own events"),
        Column("device_id", "text", "The device at home that connected"),
        Column("source", "text", "patient, clinician, platform or device"),
        Column(
            "event",
            "text",
            "invited, waiting, admitted, lost, resumed, ended, converted; outage, restored, connected",
        ),
        Column("latency_ms", "number", "Time that a packet took then, in milliseconds"),
    ),
)

OUTAGES, STORMS = 12, 4
"""Outages in a year, and how many of them are followed by a storm of devices that connect again (assumed)."""

OUTAGE_MINUTES = (8, 120)
"""How long an outage lasts, at least and at most (assumed)."""

STORM_DEVICES, STORM_SECONDS = 60, 45
"""How many devices connect at once in a storm, and within how many seconds (assumed)."""

LOST = 0.09
"""Share of remote visits whose connection is lost by itself (assumed)."""

WAIT_MINUTES = 7.0
"""How long patients wait for the clinician on average (assumed)."""

Times = npt.NDArray[np.int64]
"""Seconds since 1970."""


def log_events(setting: Setting, remote: pd.DataFrame) -> pd.DataFrame:
    """Logs a year.

    Args:
        setting: The hospital; its `devices` are read.
        remote: The remote visits, rows of `tele_requests`.

    Returns:
        A working table of `tele_log` in the order of events, with provisional numbers of lines.
    """
    rng = setting.stream("telemedicine log")
    begins, ends = _outages(setting, rng)
    parts = _visits(remote, begins, ends, rng)
    parts += [_events(begins, "platform", "outage"), _events(ends, "platform", "restored")]
    parts += _storms(setting, ends, rng)
    log = pd.concat(parts, ignore_index=True).sort_values(["at", "event", "request_id"], kind="stable")
    log = log.reset_index(drop=True)
    at = log["at"].to_numpy(dtype=np.int64)
    received = at + rng.integers(0, 3, len(log))
    # What happens during an outage arrives after it, in a row.
    place = np.searchsorted(begins, at, side="right") - 1
    during = (place >= 0) & (at < np.append(ends, 0)[place]) if len(begins) else np.zeros(len(at), dtype=bool)
    received = np.where(during, np.append(ends, 0)[place] + rng.integers(1, 90, len(log)), received)
    latency = np.round(rng.lognormal(4.2, 0.5, len(log)))
    return log.assign(
        line_id=[f"w{number}" for number in range(len(log))],
        event_id=[f"V{number:07d}" for number in range(1, len(log) + 1)],
        at=at.view("datetime64[s]"),
        received_at=received.view("datetime64[s]"),
        latency_ms=np.where(log["source"].isin(["patient", "device"]), latency, np.nan),
    )


def _outages(setting: Setting, rng: np.random.Generator) -> tuple[Times, Times]:
    """Draws outages on different days, in the hours of the clinic."""
    count = scaled(OUTAGES, setting.size)
    days = np.sort(rng.choice(360, count, replace=False))
    begin = setting.today.normalize() - pd.Timedelta(days=364)
    first = int(begin.timestamp()) + days * 86_400 + rng.integers(8 * 3600, 16 * 3600, count)
    return first, first + rng.integers(OUTAGE_MINUTES[0] * 60, OUTAGE_MINUTES[1] * 60, count)


def _visits(remote: pd.DataFrame, begins: Times, ends: Times, rng: np.random.Generator) -> list[pd.DataFrame]:
    """Logs the steps of every remote visit."""
    draws, count = rng.random((5, len(remote))), len(remote)
    start = remote["_start"].to_numpy().astype("datetime64[s]").astype(np.int64)
    asked = remote["asked_at"].to_numpy().astype("datetime64[s]").astype(np.int64)
    waiting = start - (draws[0] * 480).astype(np.int64)
    admitted = np.maximum(waiting, start) + rng.exponential(WAIT_MINUTES * 60, count).astype(np.int64)
    length = (360 + draws[1] * 900).astype(np.int64)
    lost = admitted + (length * (0.2 + 0.6 * draws[2])).astype(np.int64)
    cut = draws[3] < LOST
    back = lost + 40 + (draws[4] * 200).astype(np.int64)
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        hit = (admitted < begin) & (begin < admitted + length)
        lost, back, cut = np.where(hit, begin, lost), np.where(hit, end + 60, back), cut | hit
    ended = admitted + length + np.where(cut, back - lost, 0)
    request = remote["request_id"].to_numpy(dtype=object)
    converted = (remote["became"] == "converted").to_numpy()
    return [
        _events(np.minimum(asked + 300, waiting - 60), "platform", "invited", request),
        _events(waiting, "patient", "waiting", request),
        _events(admitted, "clinician", "admitted", request),
        _events(lost[cut], "platform", "lost", request[cut]),
        _events(back[cut], "patient", "resumed", request[cut]),
        _events(ended, "clinician", "ended", request),
        _events(ended[converted] + 30, "clinician", "converted", request[converted]),
    ]


def _storms(setting: Setting, ends: Times, rng: np.random.Generator) -> list[pd.DataFrame]:
    """Lets many devices connect at once after some outages."""
    devices = setting.tables["devices"]["device_id"].to_numpy(dtype=object)
    parts = []
    for end in rng.permutation(ends)[: scaled(STORMS, setting.size)].tolist():
        chosen = rng.permutation(devices)[:STORM_DEVICES]
        at = end + rng.integers(0, STORM_SECONDS, len(chosen))
        parts.append(_events(at, "device", "connected").assign(device_id=chosen))
    return parts


def _events(
    at: Times, source: str, event: str, request: "npt.NDArray[np.object_] | None" = None
) -> pd.DataFrame:
    told = np.full(len(at), None, dtype=object) if request is None else request
    table = pd.DataFrame({"at": at, "request_id": told, "source": source, "event": event})
    return table.assign(device_id=None).astype({"request_id": "str", "device_id": "str"})


def number_lines(name: str, table: pd.DataFrame, ledger: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Numbers the lines of the log in the order of receipt, and the ledger with it; other tables stay."""
    if name != TELE_LOG.name:
        return table, ledger
    order = table.sort_values(["received_at", "event_id", "line_id"], kind="stable", ignore_index=True)
    final = [f"T{number:07d}" for number in range(1, len(order) + 1)]
    names = dict(zip(order["line_id"], final, strict=True))
    return order.assign(line_id=final), ledger.assign(record=ledger["record"].map(names))
