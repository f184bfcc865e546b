"""Task 0.4: how fast data come, and how old the newest are."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pandas as pd

from grading.compare import close, is_number, ramp
from grading.tasks import REFERENCE, Case, Check, Symptom, Task
from grading.variants import shuffled
from sim.world import World

WIDTHS = ("1h", "1D", "15min")
NEWEST = 6
"""Readings of each device that a case of `newest` holds."""


# ---- Cases -------------------------------------------------------------------------------------------


def example() -> "pd.Series[pd.Timestamp]":
    """Returns seven arrivals on a quiet Sunday, one without a time."""
    times = ["08:05", "08:50", "09:10", None, "12:00", "12:30", "12:59"]
    return pd.Series(
        pd.to_datetime([f"2025-06-01 {time}" if time else None for time in times]), name="arrived"
    )


_SOURCES = {
    "ward": ["2025-06-01T10:30:00-06:00", "2025-06-01T11:00:00-06:00", "2025-06-01T12:40:00-06:00"],
    "laboratory": ["2025-06-01T17:45:00Z", "2025-05-31T09:00:00Z"],
    "traveller": ["2025-06-01T19:15:00+02:00"],
    "clinic": ["2025-06-01T09:00:00", "2025-06-01T11:15:00"],
    "scanner": ["2025-06-01T18:00:00-06:00"],
}


def fixtures() -> list[Case]:
    """Gives a quiet Sunday and five sources; worked out by hand."""
    starts = pd.to_datetime([f"2025-06-01 {hour:02}:00" for hour in range(8, 13)])
    counts = pd.DataFrame({"start": starts, "count": [2, 1, 0, 0, 3]})
    half = pd.date_range("2025-06-01 08:00", "2025-06-01 12:30", freq="30min")
    halves = pd.DataFrame({"start": half, "count": [1, 1, 1, 0, 0, 0, 0, 0, 1, 2]})
    ages = {"ward": 1.0, "laboratory": 0.25, "traveller": 0.75, "clinic": 0.75, "scanner": None}
    return [
        Case("arrival_rate", "a quiet Sunday by hours", (example(), "1h"), expected=counts),
        Case("arrival_rate", "the same by half hours", (example(), "30min"), expected=halves),
        Case("pace", "a quiet Sunday by hours", (example(), "1h"), expected=_pace(3, 6 / 5)),
        Case("newest", "five sources at noon", (_SOURCES, "2025-06-01T12:00:00-06:00"), expected=ages),
    ]


def _pace(peak: int, mean: float) -> dict[str, float]:
    return {"peak": float(peak), "mean": mean, "ratio": peak / mean}


def district(world: World) -> list[Case]:
    """Gives arrivals at the hospital and readings of devices at home and abroad."""
    expected = None if world.truth is None else REFERENCE
    arrived = shuffled(world.tables["his_encounters"], "0.4")["admitted_at"]
    last = arrived[arrived >= arrived.max() - pd.Timedelta(days=60)].reset_index(drop=True)
    nights = arrived[(arrived.dt.hour < 6) & (arrived.dt.year == arrived.max().year)].reset_index(drop=True)
    return [
        *(
            Case("arrival_rate", f"two months, {width}", (last, width), "district", expected)
            for width in WIDTHS
        ),
        Case("arrival_rate", "nights of a year", (nights, "1h"), "variant", expected),
        Case("pace", "two months by hours", (last, "1h"), "district", expected),
        Case("pace", "nights of a year by hours", (nights, "1h"), "variant", expected),
        Case("newest", "devices at home and abroad", _devices(world), "district", expected),
    ]


def _devices(world: World) -> tuple[dict[str, list[str]], str]:
    """Returns the last readings of some devices, travellers among them, and a moment to ask at.

    A device states its offset; the clinic, like all who never leave the county, states none.
    """
    readings = world.tables["app_readings"]
    home = readings["utc_offset"].mode().iloc[0]
    at_home = readings["utc_offset"] == home
    abroad = readings.loc[~at_home, "device_id"].drop_duplicates().head(8)
    others = readings.loc[at_home, "device_id"].drop_duplicates().head(12)
    sources: dict[str, list[str]] = {}
    for device in sorted({*abroad, *others}):
        mine = readings[readings["device_id"] == device]
        away = mine[mine["utc_offset"] != home]
        chosen = (away if len(away) else mine).tail(NEWEST)
        stamps = chosen["taken_at"].dt.strftime("%Y-%m-%dT%H:%M:%S") + chosen["utc_offset"]
        sources[device] = stamps.tolist()
    moments = sorted(datetime.fromisoformat(stamp) for stamps in sources.values() for stamp in stamps)
    zone = timezone(timedelta(hours=int(home[:3])))
    now = moments[-len(moments) // 10].astimezone(zone)
    sources["clinic"] = [(now - timedelta(hours=5)).replace(tzinfo=None).isoformat()]
    return sources, now.isoformat()


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "arrival_rate":
        right = isinstance(value, pd.DataFrame) and {*value.columns} == {"start", "count"}
        right = right and pd.api.types.is_datetime64_any_dtype(value["start"])
        return (
            None if right else "arrival_rate() must return a table with the columns start (times) and count."
        )
    if case.function == "pace":
        right = isinstance(value, dict) and all(
            is_number(value.get(name)) for name in ("peak", "mean", "ratio")
        )
        return None if right else 'pace() must return {"peak": …, "mean": …, "ratio": …}, three numbers.'
    if not isinstance(value, dict) or set(value) != set(case.args[0]):
        return "newest() must return a dictionary with one entry for each source."
    if not all(age is None or is_number(age) for age in value.values()):
        return "newest(): every age must be a number of hours, or None."
    return None


# ---- Scores ------------------------------------------------------------------------------------------


def _counted(case: Case, value: Any) -> float:
    got, wanted = map(_in_order, (value, case.expected))
    return float(got["start"].equals(wanted["start"]) and got["count"].tolist() == wanted["count"].tolist())


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Returns counts in the order of their times, which are all told in one unit."""
    starts = pd.to_datetime(table["start"]).dt.as_unit("us")
    return table.assign(start=starts).sort_values("start", ignore_index=True)


def _paced(case: Case, value: Any) -> float:
    right = [close(value[name], wanted, 0.001 * wanted) for name, wanted in case.expected.items()]
    return sum(right) / len(right)


def _aged(case: Case, value: Any) -> float:
    right = [_age(value[name], wanted) for name, wanted in case.expected.items()]
    return ramp(sum(right) / len(right), 0.5, 1.0)


def _age(got: Any, wanted: float | None) -> bool:
    return got is None if wanted is None else close(got, wanted, 0.01)


# ---- Misconceptions ----------------------------------------------------------------------------------


def _drops_empty(case: Case, value: Any) -> bool:
    filled = case.expected[case.expected["count"] > 0]
    return len(filled) < len(case.expected) and len(value) == len(filled)


def _mean_of_filled(case: Case, value: Any) -> bool:
    return bool(value["peak"] == case.expected["peak"] and value["mean"] > 1.001 * case.expected["mean"])


def _ignores_zones(case: Case, value: Any) -> bool:
    """Whether ages follow the clocks as they are read, without the offset."""
    sources, now = case.args
    read = datetime.fromisoformat(now).replace(tzinfo=None)
    alike = 0
    for name, stamps in sources.items():
        ages = [
            (read - datetime.fromisoformat(s).replace(tzinfo=None)).total_seconds() / 3600 for s in stamps
        ]
        past = [age for age in ages if age >= 0]
        naive = min(past) if past else None
        alike += not _age(naive, case.expected[name]) and _age(value[name], naive)
    return alike > 0


def _from_the_future(case: Case, value: Any) -> bool:
    return any(is_number(age) and age < 0 for age in value.values())


VELOCITY = Task(
    id="0.4",
    title="Velocity",
    functions=("arrival_rate", "pace", "newest"),
    checks=(
        Check(
            "0.4.example",
            "Arrivals of the quiet Sunday",
            0.25,
            "arrival_rate",
            _counted,
            ("fixture",),
            expected="One row for each interval from the first arrival to the last, the empty ones with 0.",
        ),
        Check(
            "0.4.rate",
            "Arrivals of the hidden districts",
            1.0,
            "arrival_rate",
            _counted,
            expected="Every interval from the first to the last, with the exact count.",
        ),
        Check(
            "0.4.pace",
            "Peak and mean",
            0.75,
            "pace",
            _paced,
            ("fixture", "district", "variant"),
            expected="The largest count, the mean over all intervals, and the first divided by the second.",
        ),
        Check(
            "0.4.newest_example",
            "Ages of the five sources",
            0.25,
            "newest",
            _aged,
            ("fixture",),
            expected="Hours since the newest item that is not later than the moment asked for.",
        ),
        Check(
            "0.4.newest",
            "Ages of devices at home and abroad",
            0.75,
            "newest",
            _aged,
            expected="Hours since the newest item, whatever the time zone, within 0.01.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC04", "arrival_rate", _drops_empty),
        Symptom("MC04", "pace", _mean_of_filled),
        Symptom("MC09", "newest", _ignores_zones),
        Symptom("MC169", "newest", _from_the_future),
    ),
    hints=(
        "Count the rows of your answer for the quiet Sunday. How many hours lie between 08:00 and 13:00?",
        "An hour without arrivals is an observation: it says 0. Two clocks can show one moment differently.",
        "Make the list of all intervals first and count into it. Turn every text into a moment with its "
        "offset before you subtract.",
    ),
)
