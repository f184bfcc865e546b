"""What people's own devices measure: hours of steps, pulse, nights of sleep, pressure and glucose at home."""

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

KINDS = ("steps", "heart_rate", "sleep", "sbp", "dbp", "glucose")
"""What a reading measures; a reading's `_kind` is the position in this list."""

STEPS, HEART_RATE, SLEEP, SBP, DBP, GLUCOSE = range(len(KINDS))

UNITS = {
    "us": ("steps/h", "beats/min", "h", "mmHg", "mmHg", "mg/dL"),
    "cn": ("steps/h", "beats/min", "h", "mmHg", "mmHg", "mmol/L"),
}
"""Unit of each of the `KINDS`, by country."""

MG_PER_MMOL = 18.016
"""mg/dL of glucose in one mmol/L (180.16 g/mol)."""

HOME = {"us": -6, "cn": 8}
"""Hours by which a clock in the district is ahead of UTC; there is no summer time in the window."""

DAYS = 58
"""Days for which readings are kept, the last being the day before the district is looked at."""

HOUR = 3600
DAY = 24 * HOUR

RHYTHM = np.array([0] * 6 + [2, 6, 9, 6, 5, 5, 8, 6, 5, 5, 6, 9, 8, 6, 4, 3, 2, 0]) / 95
"""Share of a day's steps in each hour that begins at 0, 1, ... 23 o'clock (assumed)."""

PULSE_HOURS, PULSE_FACTORS = (3, 9, 15, 21), (0.84, 1.0, 1.06, 0.95)
"""When the pulse is kept, and how it stands to the person's usual one then (assumed)."""

NIGHT_WORKERS = 0.04
"""Share of wearers who live by night; their rhythm looks like a wrong time zone and is none (assumed)."""

TRAVELLERS = 12
"""How many wearers spend some days in another time zone, which their device states (planted)."""

ELSEWHERE = {"us": (-3, -2, -1, 1, 2, 6, 7, 9), "cn": (-8, -7, -5, -2, -1, 1, 2, 3)}
"""Hours by which a traveller's zone is ahead of home, by country."""

LEAST_STEPS = 25
"""An hour with fewer steps gives no reading."""

CRISIS = (231, 252)
"""Systolic pressure, mmHg, of a true hypertensive crisis at home."""


def measure(
    devices: pd.DataFrame, country: str, today: pd.Timestamp, crises: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Lists every reading of the last `DAYS` days, all true, in each device's order.

    Args:
        devices: Working table of `devices`, with a level for each of the `KINDS` and what another member of
            the household would have (`_steps`, `_other_steps`, ...).
        country: Code of the country.
        today: The day the district is looked at; the last reading is of the day before.
        crises: How many true systolic pressures of 231 mmHg and more to plant.
        rng: A stream at its beginning.

    Returns:
        A working table of `app_readings`; beside the published columns `_person`; `_device`, the row of the
        device; `_kind`; `_extreme`, whether the reading is a planted crisis.
    """
    begin = int(today.timestamp()) - DAYS * DAY
    parts = [_movement(devices, begin, rng), _pulse_and_sleep(devices, begin, rng)]
    parts += [_pressures(devices, begin, crises, rng), _glucose(devices, begin, country, rng)]
    device, kind, taken, value = (np.concatenate([part[i] for part in parts]) for i in range(4))
    order = np.argsort(device * (DAYS * DAY * 4) + (taken - begin), kind="stable")
    device, kind, taken, value = device[order], kind[order], taken[order], value[order]
    ahead = _abroad(devices, device, taken, begin, ELSEWHERE[country], rng)
    uploaded = _uploads(device, taken, rng.integers(0, 2**31, len(devices)), devices["_period"].to_numpy())
    return pd.DataFrame(
        {
            "reading_id": "A" + pd.Series(np.arange(1, len(device) + 1)).astype("str").str.zfill(8),
            "device_id": devices["device_id"].take(device).reset_index(drop=True),
            "kind": _words(KINDS, kind),
            "taken_at": (taken + ahead * HOUR).view("datetime64[s]"),
            "utc_offset": _offsets(HOME[country] + ahead),
            "uploaded_at": uploaded.view("datetime64[s]"),
            "value": value,
            "unit": _words(UNITS[country], kind),
            "_person": devices["_person"].to_numpy()[device],
            "_device": device,
            "_kind": kind,
            "_extreme": (kind == SBP) & (value >= CRISIS[0]),
        }
    )


Part = tuple[Ints, Ints, Ints, Floats]
"""Rows of devices, kinds, seconds since 1970 in the district's time, values."""


def _movement(devices: pd.DataFrame, begin: int, rng: np.random.Generator) -> Part:
    """Steps of every hour in which the device was worn and moved, stamped with the hour's end."""
    rows = np.flatnonzero(devices["type"].isin(["wearable", "phone"]))
    shape = (len(rows), DAYS)
    night = rng.random(len(rows)) < NIGHT_WORKERS
    late = np.where(night, 11, rng.integers(-1, 3, len(rows)))
    rhythm = RHYTHM[(np.arange(24) - late[:, None]) % 24]
    worn = rng.random(shape) < rng.uniform(0.45, 0.9, (len(rows), 1))
    day = worn * rng.lognormal(0, 0.25, shape) * devices["_steps"].to_numpy()[rows][:, None]
    steps = np.rint(day[:, :, None] * rhythm[:, None, :] * rng.gamma(2, 0.5, (*shape, 24)))
    who, when, hour = np.nonzero(steps >= LEAST_STEPS)
    taken = begin + when * DAY + (hour + 1) * HOUR
    return rows[who], np.full(len(who), STEPS), taken, steps[who, when, hour]


def _pulse_and_sleep(devices: pd.DataFrame, begin: int, rng: np.random.Generator) -> Part:
    """The pulse four times a day, and the length of the night's sleep when the wearer gets up."""
    rows = np.flatnonzero(devices["type"] == "wearable")
    shape = (len(rows), DAYS, len(PULSE_HOURS) + 1)
    worn = rng.random(shape) < 0.88
    clock = np.array([*PULSE_HOURS, 7]) * HOUR + rng.integers(-40 * 60, 40 * 60, shape)
    levels = devices[["_heart_rate", "_sleep"]].to_numpy()[rows]
    pulse = levels[:, :1, None] * np.array(PULSE_FACTORS) + rng.normal(0, 3.5, (*shape[:2], 4))
    sleep = np.clip(levels[:, 1:, None] + rng.normal(0, 0.9, (*shape[:2], 1)), 2.5, 12)
    values = np.concatenate([np.rint(np.clip(pulse, 38, 190)), sleep.round(1)], axis=2)
    who, when, which = np.nonzero(worn)
    kind = np.where(which < len(PULSE_HOURS), HEART_RATE, SLEEP)
    return rows[who], kind, begin + when * DAY + clock[worn], values[worn]


def _pressures(devices: pd.DataFrame, begin: int, crises: int, rng: np.random.Generator) -> Part:
    """Upper and lower pressure, in the morning or the evening; and some true crises."""
    rows, when, taken = _now_and_then(devices, "pressure meter", (7, 19), 0.3, begin, rng)
    levels = devices[["_sbp", "_dbp"]].to_numpy()[rows]
    upper = np.clip(levels[:, 0] + 4 * (when == 0) + rng.normal(0, 8, len(rows)), 78, 212)
    lower = np.clip(levels[:, 1] + 0.4 * (upper - levels[:, 0]) + rng.normal(0, 4, len(rows)), 40, 128)
    lower = np.minimum(lower, upper - 15)
    worst = np.argsort(-upper, kind="stable")[:crises]
    upper[worst] = rng.uniform(*CRISIS, len(worst))
    lower[worst] = rng.uniform(118, 142, len(worst))
    kind = np.repeat([SBP, DBP], len(rows))
    return np.tile(rows, 2), kind, np.tile(taken, 2), np.rint(np.concatenate([upper, lower]))


def _glucose(devices: pd.DataFrame, begin: int, country: str, rng: np.random.Generator) -> Part:
    """Glucose before breakfast and, higher, before supper."""
    rows, when, taken = _now_and_then(devices, "glucose meter", (7, 18), 0.45, begin, rng)
    usual = devices["_glucose"].to_numpy()[rows]
    value = np.clip(usual * np.where(when == 0, 1, 1.15) * rng.lognormal(0, 0.14, len(rows)), 52, 480)
    value = np.rint(value) if UNITS[country][GLUCOSE] == "mg/dL" else (value / MG_PER_MMOL).round(1)
    return rows, np.full(len(rows), GLUCOSE), taken, value


def _now_and_then(
    devices: pd.DataFrame,
    kind: str,
    hours: tuple[int, int],
    share: float,
    begin: int,
    rng: np.random.Generator,
) -> tuple[Ints, Ints, Ints]:
    """Draws on which mornings (0) and evenings (1) a meter is used: devices, which of both, seconds."""
    rows = np.flatnonzero(devices["type"] == kind)
    used = rng.random((len(rows), DAYS, 2)) < share
    clock = np.array(hours) * HOUR + rng.integers(-3000, 3000, used.shape)
    who, day, when = np.nonzero(used)
    return rows[who], when, begin + day * DAY + clock[used]


def _abroad(
    devices: pd.DataFrame,
    device: Ints,
    taken: Ints,
    begin: int,
    zones: tuple[int, ...],
    rng: np.random.Generator,
) -> Ints:
    """Returns for each reading by how many hours the place where it was taken is ahead of home."""
    movable = np.flatnonzero(devices["type"].isin(["wearable", "phone"]))
    away = rng.permutation(movable)[: int(devices["_travellers"].iloc[0]) if len(devices) else 0]
    ahead, first, last = (np.zeros(len(devices), dtype=np.int64) for _ in range(3))
    ahead[away] = rng.choice(zones, len(away))
    first[away] = rng.integers(4, DAYS - 14, len(away))
    last[away] = first[away] + rng.integers(4, 12, len(away))
    day = (taken - begin) // DAY
    there = (day >= first[device]) & (day < last[device])
    return np.where(there, ahead[device], 0)


def _uploads(device: Ints, taken: Ints, salt: Ints, period: Ints) -> Ints:
    """Returns when each reading reached the desk: at its device's next contact, all of a batch together."""
    every = period[device]
    contact = -(-(taken - salt[device] % every) // every)
    wobble = (contact + salt[device]) * 2_654_435_761 % 1_000_003 % np.minimum(every // 3, 900)
    uploaded: Ints = contact * every + salt[device] % every + wobble
    return uploaded


def _words(words: tuple[str, ...], code: Ints) -> "pd.Series[str]":
    return pd.Series(words, dtype="str").take(code).reset_index(drop=True)


def _offsets(hours: Ints) -> "pd.Series[str]":
    """Writes offsets as ISO 8601 does: -6 as "-06:00"."""
    every = range(-12, 15)
    return _words(tuple(f"{'-' if hour < 0 else '+'}{abs(hour):02d}:00" for hour in every), hours + 12)
