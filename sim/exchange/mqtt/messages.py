"""Readings as MQTT messages: a topic for each device and kind, and a payload that holds the whole row."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

FIELDS = ("reading_id", "device_id", "kind", "taken_at", "utc_offset", "uploaded_at", "value", "unit")
"""Columns of `app_readings`, and keys of a payload."""

ROOT = "district/h1/devices"
"""What every topic begins with."""

TIMES = ("taken_at", "uploaded_at")


@dataclass(frozen=True)
class Message:
    """One reading on its way.

    Attributes:
        at: When it reached the desk, in seconds since 1970.
        topic: `ROOT`, then the device and the kind of reading.
        payload: The row as JSON in UTF-8; times in the form 2025-11-03T06:00:00.
    """

    at: int
    topic: str
    payload: bytes


def write_messages(readings: pd.DataFrame) -> Iterator[Message]:
    r"""Writes readings in the order in which they reached the desk.

    Args:
        readings: Rows of `app_readings`.

    Example:
        >>> row = ["A1", "DV1", "sbp", "2025-11-03 06:00", "-06:00", "2025-11-03 06:01", 131.0, "mmHg"]
        >>> table = pd.DataFrame([row], columns=FIELDS).astype(dict.fromkeys(TIMES, "datetime64[s]"))
        >>> message = next(write_messages(table))
        >>> message.topic, read_payload(message.payload)["value"]
        ('district/h1/devices/DV1/sbp', 131.0)
    """
    rows = readings[list(FIELDS)].sort_values(["uploaded_at", "reading_id"], kind="stable")
    texts = {name: rows[name].dt.strftime("%Y-%m-%dT%H:%M:%S").tolist() for name in TIMES}
    seconds = rows["uploaded_at"].to_numpy().astype("datetime64[s]").astype("int64").tolist()
    columns = [texts.get(name) or rows[name].tolist() for name in FIELDS]
    for at, cells in zip(seconds, zip(*columns, strict=True), strict=True):
        told = dict(zip(FIELDS, cells, strict=True))
        payload = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
        yield Message(at, f"{ROOT}/{told['device_id']}/{told['kind']}", payload)


def read_payload(payload: bytes) -> dict[str, Any]:
    """Reads a payload back into a row: times are pandas time stamps.

    Raises:
        ValueError: It is not such a payload.
    """
    told = json.loads(payload)
    if not isinstance(told, dict) or set(told) != set(FIELDS):
        raise ValueError(f"A payload has the keys {', '.join(FIELDS)}.")
    return told | {name: pd.Timestamp(told[name]) for name in TIMES}
