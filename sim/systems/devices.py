"""People's own devices: who has which, registered with the hospital's telehealth desk, and what they send."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.systems import readings
from sim.systems.planting import first_of, scaled
from sim.systems.recorder import Recorder, Setting
from sim.systems.schema import Column, Table
from sim.systems.visits import number_book

WEARABLE, PHONE = 0.13, 0.03
"""Shares of people with a wearable, and with the telephone's step counter only (assumed)."""

PRESSURE_METER, GLUCOSE_METER = 0.35, 0.5
"""Shares of people treated for hypertension, and known to have diabetes, with a meter at home (assumed)."""

PLACES = 800
"""The desk looks after this many devices of a type; it binds in a district of 50,000 only (assumed)."""

YOUNGEST = 14
"""Age in years from which somebody may have a device."""

CRISES = 10
"""How many true systolic pressures of 231 mmHg and more are planted (nature gives none at home)."""

PERIODS = {"phone": (1, 3, 6), "wearable": (1, 3, 6, 12)}
"""Hours between a device's contacts with the desk; meters send at once (assumed)."""

USUAL = {"heart_rate": 74.0, "sbp": 122.0, "dbp": 75.0, "glucose": 98.0}
"""What is taken for somebody in whom it is not known, as in lent lives (assumed)."""

DEVICES = Table(
    "devices",
    "A device that somebody brought to the telehealth desk of the large hospital.",
    "device_id",
    (
        Column("device_id", "text", 'Number of the device, "DV" and five digits'),
        Column("type", "text", "phone, wearable, pressure meter or glucose meter"),
        Column("mrn", "number", "Record number of the patient to whom it was registered, without its letter"),
        Column("phone", "number", "Telephone number of the patient's account, digits only"),
        Column("since", "text", "Day of its registration, YYYY-MM-DD"),
        Column("label_photo", "text", "Reference to the photograph of its label; the image is not shipped"),
    ),
)

APP_READINGS = Table(
    "app_readings",
    "A value of the last 58 days that a device sent to the telehealth desk. In the ledger a defect of a "
    "whole device (D18 to D21) stands once: its record is the device, its values are those of the first "
    "reading touched.",
    "reading_id",
    (
        Column("reading_id", "text", "Number of the reading, in each device's own order"),
        Column("device_id", "text", "Number of the device"),
        Column("kind", "text", "steps, heart_rate, sleep, sbp, dbp or glucose"),
        Column("taken_at", "time", "Time on the device's own clock; for steps the end of the hour"),
        Column("utc_offset", "text", 'Time zone that the device states, as "-06:00"'),
        Column("uploaded_at", "time", "When it reached the desk, in the district's own time"),
        Column("value", "number", "Steps in an hour, beats a minute, hours of sleep, pressure, or glucose"),
        Column("unit", "text", "Unit of the value, UCUM but for steps/h"),
    ),
)

_MINUTES = 60


def equip(setting: Setting) -> pd.DataFrame:
    """Lists the devices, each registered to the first record number of the person who has it.

    The desk's software keeps record and telephone numbers as numbers, which they are not.

    Returns:
        A working table of `devices`; beside the published columns `_person`; `_other`, another member of the
        household who is old enough, or -1; for each kind of reading the usual value of the person
        (`_steps`, ...) and of that other (`_other_steps`, ...); `_period`, seconds between contacts;
        `_travellers`, how many wearers travel.
    """
    rng = setting.stream("devices")
    people = setting.people
    levels = _levels(people, rng)
    age = (setting.today - people["birth_date"]).dt.days / 365.2425
    old_enough = (people["alive"] & (age >= YOUNGEST)).to_numpy()
    type_, rows = _choose(people, old_enough, age.to_numpy(), setting.size, rng)
    mate = _mates(people, old_enough)[rows]
    first = number_book(setting.tables["his_patients"])["first"]
    numbers = rng.permutation(90_000)[: len(rows)] + 10_000
    device = "DV" + pd.Series(numbers).astype("str")
    since = setting.today - pd.to_timedelta(rng.integers(70, 900, len(rows)), unit="D")
    table = pd.DataFrame(
        {
            "device_id": device,
            "type": pd.Series(type_, dtype="str"),
            "mrn": _digits(first.reindex(people.index[rows])),
            "phone": _digits(people["phone"].iloc[rows]),
            "since": since.strftime("%Y-%m-%d"),
            "label_photo": "photos/" + device.str.lower() + ".jpg",
            "_person": people.index[rows],
            "_other": np.where(mate < 0, -1, people.index.to_numpy()[mate]),
            "_period": _periods(type_, rng),
            "_travellers": scaled(readings.TRAVELLERS, setting.size),
        }
    )
    for column, kind in enumerate(readings.KINDS):
        table[f"_{kind}"] = levels[rows, column]
        table[f"_other_{kind}"] = levels[np.where(mate < 0, rows, mate), column]
    return table.sort_values("device_id", ignore_index=True)


def _levels(people: pd.DataFrame, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Returns everybody's usual value of each kind: steps a day, beats, hours, mmHg, mmHg, mg/dL."""
    count = len(people)
    age = (pd.Timestamp("2025-12-31") - people["birth_date"]).dt.days.to_numpy() / 365.2425
    pace = np.interp(age, (14, 30, 60, 75, 90), (9000, 7800, 6500, 4200, 2200))
    ill = people["heart_failure"].to_numpy(dtype=bool)
    steps = pace * np.where(ill, 0.6, 1.0) * rng.lognormal(0, 0.35, count)
    sleep = np.interp(age, (14, 20, 60, 90), (8.2, 7.3, 6.9, 6.6)) + rng.normal(0, 0.6, count)
    signs = people[list(USUAL)].astype("float64").fillna(USUAL).to_numpy()
    return np.column_stack([steps, 0.95 * signs[:, 0], sleep, *signs[:, 1:].T])


def _choose(
    people: pd.DataFrame,
    old_enough: npt.NDArray[np.bool_],
    age: npt.NDArray[np.float64],
    size: int,
    rng: np.random.Generator,
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int64]]:
    """Draws who has which device: types, and positions of people. The young more often have wearables."""
    draws = rng.exponential(size=(3, len(people)))
    young = np.interp(age, (20, 45, 65, 85), (1.3, 1.2, 0.7, 0.25))
    treated, known = (
        people[name].to_numpy(dtype=bool) for name in ("on_hypertension_drug", "diabetes_diagnosed")
    )
    walkers = np.argsort(np.where(old_enough, draws[0] / young, np.inf), kind="stable")
    wearers, phones = min(round(WEARABLE * size), PLACES), min(round(PHONE * size), PLACES)
    meters = [
        first_of(old_enough & patients, draw, min(round(share * (old_enough & patients).sum()), PLACES))
        for patients, draw, share in (
            (treated, draws[1], PRESSURE_METER),
            (known, draws[2], GLUCOSE_METER),
        )
    ]
    owners = (walkers[:wearers], walkers[wearers : wearers + phones], *meters)
    types = np.repeat(
        np.array(["wearable", "phone", "pressure meter", "glucose meter"], dtype=object),
        [len(rows) for rows in owners],
    )
    return types, np.concatenate(owners)


def _mates(people: pd.DataFrame, old_enough: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Returns for each position that of the next member of the household who is old enough, or -1."""
    rows = np.flatnonzero(old_enough)
    rows = rows[np.argsort(people["household"].to_numpy()[rows], kind="stable")]
    house = people["household"].to_numpy()[rows]
    begins = np.flatnonzero(np.diff(house, prepend=house[:1] - 1))
    ends = np.append(begins[1:], len(rows)) - 1
    following = np.arange(1, len(rows) + 1)
    following[ends] = begins
    mates = np.full(len(people), -1, dtype=np.int64)
    mates[rows] = np.where(following == np.arange(len(rows)), -1, rows[following])
    return mates


def _digits(numbers: "pd.Series[str]") -> npt.NDArray[np.int64]:
    """Keeps digits only, as the desk's software does, which takes every number for a quantity."""
    digits: npt.NDArray[np.int64] = numbers.str.replace(r"\D", "", regex=True).to_numpy().astype(np.int64)
    return digits


def _periods(types: npt.NDArray[np.object_], rng: np.random.Generator) -> npt.NDArray[np.int64]:
    periods = np.full(len(types), 3 * _MINUTES, dtype=np.int64)
    for kind, hours in PERIODS.items():
        mine = types == kind
        periods[mine] = rng.choice(hours, mine.sum()) * readings.HOUR
    return periods


def _record(setting: Setting) -> dict[str, pd.DataFrame]:
    devices = equip(setting)
    crises = scaled(CRISES, setting.size)
    sent = readings.measure(
        devices, setting.country, setting.today, crises, setting.stream("device readings")
    )
    links = devices["_other"].to_numpy()[sent["_device"]]
    return {
        "devices": devices,
        "app_readings": sent.assign(_other=links, _ratio=_ratios(devices, sent), _clock_right=True),
    }


def _ratios(devices: pd.DataFrame, sent: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Returns how the other's usual value stands to the owner's, for each reading."""
    own, other = (devices[[f"_{who}{kind}" for kind in readings.KINDS]].to_numpy() for who in ("", "other_"))
    ratios: npt.NDArray[np.float64] = (other / own)[sent["_device"], sent["_kind"]]
    return ratios


RECORDERS = (Recorder("devices", (DEVICES, APP_READINGS), _record, reads=("his_patients",)),)
