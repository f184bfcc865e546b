"""What happens to laboratory results after they have been released: corrected, cancelled, sent again."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.defects.registry import defect, write_ledger
from sim.systems.lab_rows import written
from sim.systems.lis import LIS_RESULTS, VERSION
from sim.systems.planting import choose, first_of, how_many

TABLES = tuple(LIS_RESULTS.name_at(facility) for facility in LIS_RESULTS.facilities)

CORRECTED_TWICE = 0.2
"""Share of corrections that are themselves corrected (assumed)."""

MEASURED_AGAIN = 0.6
"""Share of cancellations that are followed by a new result (assumed)."""

LATE = 0.2
"""Share of resends that repeat a superseded version after its correction has arrived (assumed)."""

SETTLED = pd.Timedelta(days=18)
"""Nothing happens to results that are younger than this."""

REFORMATTED = 0.1
"""Share of resends that write the same value another way (assumed)."""


@defect(
    "D11",
    "A wrong result is released and corrected later",
    tables=TABLES,
    rate=0.02,
    minimum=170,
    limits="Only the value is corrected, never the patient, the test or the unit; no correction is missing.",
)
def correct_results(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Puts a wrong value into some final results and adds the corrected versions.

    Args:
        table: Working table of `lis_results`.
        rate: Share of results.
        minimum: Least number of results.
        rng: Stream to draw from.

    Returns:
        The table, and the ledger of every wrong value; the last correction shows the clean one.
    """
    rows = choose(_single(table), rate, minimum, rng)
    twice = rng.random(len(rows)) < CORRECTED_TWICE
    clean = table.iloc[rows]
    wrong = clean.assign(value=_wrong(clean, rng))
    first = _later_version(clean, clean, "C", rng, "a")
    first = first.assign(
        value=np.where(twice, _wrong(clean, rng), first["value"]),
        _fate=np.where(twice, "superseded", "valid"),
    )
    second = _later_version(clean[twice], first[twice], "C", rng, "b")
    spoiled = table.copy()
    spoiled.loc[rows, "value"] = wrong["value"]
    spoiled.loc[rows, "_fate"] = "superseded"
    ledgers = [_values(wrong, clean), _values(first[twice], clean[twice])]
    return pd.concat([spoiled, first, second], ignore_index=True), pd.concat(ledgers, ignore_index=True)


def _single(table: pd.DataFrame) -> "pd.Series[bool]":
    """Whether a result is final, has one version only and shows its value as it was measured."""
    single = (table["status"] == "F") & ~table.duplicated(VERSION[:2], keep=False) & ~table["_touched"]
    return single & _settled(table["reported_at"])


def _settled(moment: "pd.Series[pd.Timestamp]") -> "pd.Series[bool]":
    """Whether whatever may still happen to a row has happened before the day the district is looked at."""
    return moment < moment.max().floor("D") - SETTLED


def _wrong(clean: pd.DataFrame, rng: np.random.Generator) -> npt.NDArray[np.object_]:
    """Returns values that differ from the clean ones by 10 to 60 %, up or down."""
    factor = 1 + rng.uniform(0.1, 0.6, len(clean)) * rng.choice([-1, 1], len(clean))
    text = np.array(written(clean["_number"] * factor, clean["_decimals"]), dtype=object)
    same = text == clean["value"].to_numpy(dtype=object)
    more = np.array(written(clean["_number"] * factor + 1, clean["_decimals"]), dtype=object)
    return np.where(same, more, text)


def _later_version(
    result: pd.DataFrame, before: pd.DataFrame, status: str, rng: np.random.Generator, mark: str
) -> pd.DataFrame:
    """Returns a further version of results, released one hour to five days after the one before."""
    reported = before["reported_at"] + _seconds(rng.integers(3600, 5 * 86_400, len(before)))
    return result.assign(
        status=status,
        reported_at=reported,
        received_at=reported + _seconds(rng.integers(20, 900, len(before))),
        row_id=result["row_id"] + status + mark,
        message_id=result["message_id"] + result["test_code"] + status + mark,
    )


def _seconds(count: npt.NDArray[np.int64]) -> pd.TimedeltaIndex:
    return pd.to_timedelta(count, unit="s")


def _values(dirty: pd.DataFrame, clean: pd.DataFrame) -> pd.DataFrame:
    return write_ledger(
        dirty["row_id"].to_numpy(), "value", clean["value"].to_numpy(), dirty["value"].to_numpy()
    )


@defect(
    "D28",
    "A released result is cancelled, sometimes to be measured again",
    tables=TABLES,
    rate=0.006,
    minimum=50,
    limits="Single results are cancelled, not whole specimens; corrected results are never cancelled.",
)
def cancel_results(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Adds cancelling versions, and new final ones after some; arguments as for `correct_results`.

    Returns:
        The table, and the ledger: one row a cancellation, whose value is blank.
    """
    rows = choose(_single(table), rate, minimum, rng)
    again = rng.random(len(rows)) < MEASURED_AGAIN
    original = table.iloc[rows]
    cancelled = _later_version(original, original, "X", rng, "").assign(value=None, _fate="cancelled")
    fresh = _later_version(original[again], cancelled[again], "F", rng, "n")
    number = fresh["_number"] * (1 + rng.normal(0, 0.03, len(fresh)))
    fresh = fresh.assign(_number=number, value=written(number, fresh["_decimals"]))
    spoiled = table.copy()
    spoiled.loc[rows, "_fate"] = "superseded"
    return pd.concat([spoiled, cancelled, fresh], ignore_index=True), _values(cancelled, original)


@defect(
    "D10",
    "A result is sent again, under a new message number",
    tables=TABLES,
    rate=0.03,
    minimum=200,
    limits="Rows are sent again one by one, each at most once; an interface that fails for a day and then "
    "repeats everything is not modelled.",
)
def resend_results(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Repeats rows with a later arrival, superseded ones after their correction among them.

    Args:
        table: Working table of `lis_results`, with all its versions.
        rate: Share of rows.
        minimum: Least number of rows.
        rng: Stream to draw from.

    Returns:
        The table, and the ledger: the new row, and the row that it repeats as clean.
    """
    count = how_many(len(table), rate, minimum)
    last = table.groupby(VERSION[:2])["received_at"].transform("max")
    old = (table["received_at"] < last) & (table["status"] != "X")
    priority = rng.random(len(table))
    settled = _settled(table["received_at"])
    late = first_of(old & settled, priority, round(count * LATE))
    taken = np.isin(np.arange(len(table)), late)
    usual = first_of(~taken & settled, priority, count - len(late))
    rows = np.concatenate([late, usual])
    base = table.iloc[rows]
    after = last.iloc[rows].where(taken[rows], base["received_at"])
    other = rng.random(len(rows)) < REFORMATTED
    copies = base.assign(
        received_at=after + _seconds(rng.integers(600, 3 * 86_400, len(rows))),
        row_id=base["row_id"] + "r",
        message_id=base["row_id"] + "r",
        value=base["value"].mask(other, _reformatted(base["value"])),
        _fate="resend",
    )
    ledger = write_ledger(
        copies["row_id"].to_numpy(), "row_id", base["row_id"].to_numpy(), copies["row_id"].to_numpy()
    )
    return pd.concat([table, copies], ignore_index=True), ledger


def _reformatted(value: "pd.Series[str]") -> "pd.Series[str]":
    """Writes a value with one more decimal place: 7.1 as 7.10, 95 as 95.0."""
    return value + np.where(value.str.contains(".", regex=False, na=False), "0", ".0")
