"""What goes wrong with people's own devices: clocks, sharing, contact, values that cannot be.

D18 to D21 happen to devices and not to readings: their rate is a share of the devices, and the ledger names
the device as the record. Its clean and dirty values are those of the first reading touched; for D18 and D20
their difference holds for all the others.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.defects.registry import defect, write_ledger
from sim.systems.planting import choose, first_of, how_many
from sim.systems.readings import KINDS, SLEEP

HOUR = np.timedelta64(3600, "s")
DAY = np.timedelta64(86_400, "s")

WRONG_ZONES = (-9, -7, -3, -2, 2, 3, 5, 8)
"""Hours by which the clock of a device is ahead of the zone that it states."""

FACTORY = np.datetime64("2000-01-01T00:00:00", "s")
"""Where a clock begins that has lost the time."""

SHARED_DAYS = 0.4
"""Share of the days on which the other person uses a shared device (assumed)."""

NEVER_SET = 0.3
"""Share of clocks that nobody sets right again (assumed)."""

IMPOSSIBLE = {
    "steps": (65_535.0, 48_000.0),
    "heart_rate": (0.0, 999.0),
    "sleep": (31.5, 47.0),
    "sbp": (0.0, 999.0),
    "dbp": (0.0, 888.0),
    "glucose": (0.0, 6553.0),
}
"""Two values of each kind that no living body gives."""

Pair = tuple[pd.DataFrame, pd.DataFrame]
Flags = npt.NDArray[np.bool_]


def _chosen(table: pd.DataFrame, fit: Any, rate: float, minimum: int, rng: np.random.Generator) -> Flags:
    """Draws among the devices with a fit reading; says for each device, by number, whether it was drawn."""
    numbers = table["_device"].to_numpy()
    count = _count(table)
    may = np.zeros(count, dtype=bool)
    may[numbers[np.asarray(fit)]] = True
    drawn = np.zeros(count, dtype=bool)
    drawn[choose(pd.Series(may).astype(bool), rate, minimum, rng)] = True
    return drawn


def _count(table: pd.DataFrame) -> int:
    return int(table["_device"].max()) + 1 if len(table) else 0


def _by_device(table: pd.DataFrame, touched: Flags, field: str, clean: Any, dirty: Any) -> pd.DataFrame:
    """Writes the ledger of a defect of whole devices: the first touched reading of each."""
    rows = np.flatnonzero(touched)
    _, first = np.unique(table["_device"].to_numpy()[rows], return_index=True)
    rows = rows[first]
    devices = table["device_id"].take(rows).to_numpy()
    return write_ledger(devices, field, pd.Series(clean).take(rows).array, pd.Series(dirty).take(rows).array)


def _days(table: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Returns on which day each reading was taken, the first of the table being day 0."""
    taken = table["taken_at"].to_numpy()
    first = taken.min().astype("datetime64[D]") if len(taken) else FACTORY
    days: npt.NDArray[np.int64] = (taken - first) // DAY
    return days


@defect(
    "D19",
    "A device registered to one person is also used by another of the household",
    tables=("app_readings",),
    rate=0.04,
    minimum=16,
    limits="The rate is a share of the devices. Two people share, in turn by whole days; the ledger shows "
    "the first value that is the other's, and the truth tells whose each reading is.",
)
def share_device(table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator) -> Pair:
    """Lets another member of the household use some devices on some days.

    Args:
        table: Working table of `app_readings`.
        rate: Share of the devices.
        minimum: Least number of devices.
        rng: Stream to draw from.

    Returns:
        The table and the ledger, one row a device.
    """
    fit = ((table["_other"] >= 0) & ~table["_extreme"]).to_numpy()
    drawn = _chosen(table, fit, rate, minimum, rng)
    day, device = _days(table), table["_device"].to_numpy()
    lent = rng.random((len(drawn), int(day.max(initial=0)) + 1)) < SHARED_DAYS
    touched = drawn[device] & fit & lent[device, day]
    clean = table["value"].to_numpy()
    places = np.where(np.isin(table["unit"], ["h", "mmol/L"]), 10, 1)
    value = np.where(touched, np.rint(clean * table["_ratio"].to_numpy() * places) / places, clean)
    person = np.where(touched, table["_other"], table["_person"])
    return table.assign(value=value, _person=person), _by_device(table, touched, "value", clean, value)


@defect(
    "D21",
    "A device loses contact for days: some readings are lost, the rest arrives in one burst",
    tables=("app_readings",),
    rate=0.05,
    minimum=20,
    limits="The rate is a share of the devices, meters excepted. One loss of contact a device; its first "
    "half is lost for good. The ledger names the first lost reading; their numbers skip the others.",
)
def lose_contact(table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator) -> Pair:
    """Takes contact from some devices for 4 to 9 days; arguments as for `share_device`.

    Returns:
        The table and the ledger: for each device the first reading that was lost (field reading_id) and the
        first that came in the burst (field uploaded_at).
    """
    drawn = _chosen(table, table["_kind"] <= SLEEP, rate, minimum, rng)
    begin, length = rng.integers(5, 44, len(drawn)), rng.integers(4, 10, len(drawn))
    day, device = _days(table), table["_device"].to_numpy()
    since = day - begin[device]
    out = drawn[device] & (since >= 0) & (since < length[device])
    lost = out & (since < length[device] // 2)
    uploaded = table["uploaded_at"].to_numpy()
    back = np.full(len(drawn), uploaded.min() if len(uploaded) else FACTORY)
    np.maximum.at(back, device[out], uploaded[out])
    dirty = np.where(out, back[device], uploaded)
    ledgers = [
        _by_device(
            table, lost, "reading_id", table["reading_id"], pd.Series(None, index=table.index, dtype="str")
        ),
        _by_device(table, out & ~lost, "uploaded_at", uploaded, dirty),
    ]
    kept = table.assign(uploaded_at=dirty)[~lost].reset_index(drop=True)
    return kept, pd.concat(ledgers, ignore_index=True)


@defect(
    "D18",
    "The clock of a device shows another time zone than the one it states",
    tables=("app_readings",),
    rate=0.035,
    minimum=18,
    limits="The rate is a share of the devices. All readings of a device are shifted alike, by whole hours; "
    "a traveller's device that states the zone it is in has no defect, nor has somebody who lives by night.",
)
def shift_zone(table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator) -> Pair:
    """Shifts every reading of some devices by some hours; arguments as for `share_device`.

    Returns:
        The table and the ledger, one row a device.
    """
    drawn = _chosen(table, table["_clock_right"], rate, minimum, rng)
    hours = np.where(drawn, rng.choice(WRONG_ZONES, len(drawn)), 0)
    clean = table["taken_at"].to_numpy()
    touched = drawn[table["_device"].to_numpy()]
    dirty = clean + hours[table["_device"].to_numpy()] * HOUR
    spoiled = table.assign(taken_at=dirty, _clock_right=table["_clock_right"] & ~touched)
    return spoiled, _by_device(table, touched, "taken_at", clean, dirty)


@defect(
    "D20",
    "A device's clock falls back to its factory date, until somebody sets it",
    tables=("app_readings",),
    rate=0.035,
    minimum=18,
    limits="The rate is a share of the devices. The clock runs on from 2000-01-01 and falls back once; "
    "devices with a shifted zone are spared.",
)
def reset_clock(table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator) -> Pair:
    """Lets some clocks begin anew in the middle of the window; arguments as for `share_device`.

    Returns:
        The table and the ledger, one row a device.
    """
    drawn = _chosen(table, table["_clock_right"], rate, minimum, rng)
    device = table["_device"].to_numpy()
    clean = table["taken_at"].to_numpy()
    first = clean.min() if len(clean) else FACTORY
    begin = first + rng.integers(10 * 86_400, 40 * 86_400, len(drawn)).astype("timedelta64[s]")
    length = np.where(rng.random(len(drawn)) < NEVER_SET, 999, rng.integers(2, 15, len(drawn))) * DAY
    since = clean - begin[device]
    touched = drawn[device] & (since >= np.timedelta64(0, "s")) & (since < length[device])
    touched &= table["_clock_right"].to_numpy()
    dirty = np.where(touched, FACTORY + since, clean)
    spoiled = table.assign(taken_at=dirty, _clock_right=table["_clock_right"] & ~touched)
    return spoiled, _by_device(table, touched, "taken_at", clean, dirty)


@defect(
    "D22",
    "A device sends a value that no living body gives",
    tables=("app_readings",),
    rate=0.0003,
    minimum=36,
    limits="Single readings, of each kind its share; true extremes are spared. No drift, no value that is "
    "wrong and yet possible.",
)
def send_impossible(table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator) -> Pair:
    """Puts impossible values into readings.

    Args:
        table: Working table of `app_readings`.
        rate: Share of the readings of each kind.
        minimum: Least number of readings, a sixth of it of each kind.
        rng: Stream to draw from.

    Returns:
        The table and the ledger, one row a reading.
    """
    priority, way = rng.random(len(table)), rng.integers(0, 2, len(table))
    clean = table["value"].to_numpy()
    dirty = clean.copy()
    for kind, values in IMPOSSIBLE.items():
        fit = (table["_kind"] == KINDS.index(kind)).to_numpy() & ~table["_extreme"].to_numpy()
        rows = first_of(fit, priority, how_many(int(fit.sum()), rate, -(-minimum // len(IMPOSSIBLE))))
        dirty[rows] = np.array(values)[way[rows]]
    rows = np.flatnonzero(dirty != clean)
    ledger = write_ledger(table["reading_id"].take(rows).to_numpy(), "value", clean[rows], dirty[rows])
    return table.assign(value=dirty), ledger
