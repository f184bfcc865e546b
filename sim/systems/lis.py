"""The laboratory information systems: specimens, results and the messages that carry them.

H1 reports what its country is used to. H2 reports in SI units. H3 enters by hand, page by page, and measures
haemoglobin and urea once more on the same day more often than others. Every result is first filed as the code
book stood before its codes changed; what changes, and what goes wrong, are defects (`sim.defects`).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.systems.facilities import HOSPITALS
from sim.systems.lab_books import change_day, read_book
from sim.systems.lab_rows import inherit, number_by_arrival, numbered, written
from sim.systems.lab_tests import ALTERNATIVE, list_tests
from sim.systems.planting import choose, scaled
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table

LIS_RESULTS = Table(
    name="lis_results",
    about="One row that the laboratory sent: a version of a result.",
    key="row_id",
    facilities=HOSPITALS,
    columns=(
        Column("row_id", "text", "Number of the row, in the order of arrival"),
        Column("message_id", "text", "Number of the message that brought it"),
        Column("mrn", "text", "Record number printed on the request"),
        Column("specimen_id", "text", "Number of the tube"),
        Column("test_code", "text", "The laboratory's own code, as in its book at the time"),
        Column("test_name", "text", "The test in words"),
        Column("value", "text", "The result as text; blank when cancelled; in h2 and h3 it may be a limit"),
        Column("unit", "text", "Unit of the value, as printed; in h3 as typed, or blank"),
        Column("collected_at", "time", "When the specimen was taken"),
        Column("reported_at", "time", "When the laboratory released this version of the result"),
        Column("received_at", "time", "When the row arrived"),
        Column("status", "text", "F final, C corrected, X cancelled"),
        Column("batch_id", "text", "Run of the analyser, a day's; in h3 the page on which it was written"),
    ),
)

VERSION = ["specimen_id", "test_code", "reported_at"]
"""What names one version of a result; versions of one result share the first two."""

OVERLAPPING = ("718-7", "3094-0")
"""Tests of H3, by LOINC code of the clean records, whose values look alike in both of their units:
haemoglobin and urea."""

PAGE = 12
"""Specimens with haemoglobin (or with urea) on a page of H3's bench book (assumed)."""

LATEST_REPEAT = 22 * 3600
"""Nothing is repeated after this second of the day."""


@dataclass(frozen=True)
class Habits:
    """How a laboratory works.

    Attributes:
        years: How far back it keeps results.
        repeated: Share of all results that are measured once more on the same day (assumed).
        least_repeated: Least count of these in a district of 2,000 people (planted).
        again: LOINC codes of the tests that are repeated; empty: all but HbA1c.
        by_hand: Whether results are written on pages by hand.
    """

    years: int
    repeated: float
    least_repeated: int
    again: tuple[str, ...] = ()
    by_hand: bool = False


HABITS = {
    "H1": Habits(2, 0.025, 200),
    "H2": Habits(2, 0.02, 60),
    "H3": Habits(3, 0.05, 200, OVERLAPPING, by_hand=True),
}
"""By hospital."""


def analyse(
    observations: pd.DataFrame,
    filed: pd.DataFrame,
    tests: pd.DataFrame,
    habits: Habits,
    today: pd.Timestamp,
    least: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Turns observations into the laboratory's results, all right and each sent once.

    Args:
        observations: Clean records in Synthea's columns.
        filed: For encounter ids (the index) the columns `mrn` and `_person`.
        tests: What the laboratory does, by `sim.systems.lab_tests.list_tests`.
        habits: How it works.
        today: Nothing of this day or later is kept.
        least: Least number of same-day repeats.
        rng: A stream at its beginning.

    Returns:
        A working table of `lis_results` with provisional `row_id` and the further columns

        * `_person`, `_fate` ("valid"; defects change it), `_touched` (whether a defect changed the value);
        * `_number` (the value as a number), `_decimals`, `_drift`;
        * `_unit` and `_concept`, the true unit and LOINC code, and `_loinc`, that of the code in the book,
          missing if none is equivalent;
        * `_overlaps` (whether its values look alike in two units) and `_by_hand`;
        * `_mass_code`, `_mass_name` and `_mass_loinc` of the code for the same test in units of mass, blank
          if there is no other;
        * those of `ALTERNATIVE` after `_next` (after the codes change) and, where results are entered by
          hand, `_paired` (whether the test has another unit) and those after `_other` (in that unit).
    """
    since = today - pd.DateOffset(years=habits.years)
    rows, test, visit = _find(observations, filed, tests, since, today)
    found = observations.iloc[rows]
    tube, _ = pd.factorize(
        visit.astype(np.int64) * 10**11 + found["DATE"].to_numpy("datetime64[s]").astype(int)
    )
    wait = rng.integers(120, 2400, len(rows))[tube]
    filing = filed.iloc[visit].reset_index(drop=True)
    results = pd.DataFrame(
        {
            "mrn": filing["mrn"],
            "_person": filing["_person"],
            "_tube": tube,
            "_test": test,
            "collected_at": found["DATE"].reset_index(drop=True) + pd.to_timedelta(wait, unit="s"),
            "_number": found["VALUE"].to_numpy(dtype="float64"),
        }
    )
    repeated = _repeat(results, tests, habits, least, rng)
    return _report(_describe(repeated, tests, habits), habits, rng)


def _find(
    observations: pd.DataFrame,
    filed: pd.DataFrame,
    tests: pd.DataFrame,
    since: pd.Timestamp,
    today: pd.Timestamp,
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Returns positions of the observations that the laboratory made, of their test and of their visit."""
    rows = np.flatnonzero((observations["DATE"] >= since) & (observations["DATE"] < today))
    codes, unique = pd.factorize(observations["CODE"].iloc[rows])
    test = pd.Index(tests["record"]).get_indexer(pd.Index(unique))[codes]
    rows, test = rows[test >= 0], test[test >= 0]
    visit = filed.index.get_indexer(pd.Index(observations["ENCOUNTER"].iloc[rows]))
    rows, test, visit = rows[visit >= 0], test[visit >= 0], visit[visit >= 0]
    # One result of a code in a book for one moment of a visit, whichever record it comes from.
    moment = observations["DATE"].iloc[rows].to_numpy()
    keys = pd.DataFrame({"visit": visit, "moment": moment, "code": tests["test_code"].to_numpy()[test]})
    first = ~keys.duplicated().to_numpy()
    return rows[first], test[first], visit[first]


def _repeat(
    results: pd.DataFrame, tests: pd.DataFrame, habits: Habits, least: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Takes a second specimen of some patients later on the same day."""
    second = (results["collected_at"] - results["collected_at"].dt.normalize()).dt.total_seconds()
    record = tests["record"].to_numpy()[results["_test"]]
    may = np.isin(record, habits.again) if habits.again else record != "4548-4"
    rows = choose((second < LATEST_REPEAT) & may, habits.repeated, least, rng)
    again = results.iloc[rows]
    room = 86_000 - second.iloc[rows].to_numpy()
    later = 1800 + rng.random(len(rows)) * np.minimum(room - 1800, 8 * 3600)
    drift = 1 + tests["drift"].to_numpy()[again["_test"]] * rng.normal(0, 1, len(rows))
    again = again.assign(
        collected_at=again["collected_at"] + pd.to_timedelta(later.astype(int), unit="s"),
        _number=again["_number"] * drift.clip(min=0.5),
        _tube=(results["_tube"].max() if len(results) else 0) + 1 + np.arange(len(rows)),
    )
    return pd.concat([results, again], ignore_index=True)


def _describe(results: pd.DataFrame, tests: pd.DataFrame, habits: Habits) -> pd.DataFrame:
    """Gives results code, name and unit of the book, and what they would be called otherwise."""
    test = results["_test"].to_numpy()
    names = {"test_code": "test_code", "test_name": "test_name", "unit": "unit", "_unit": "unit"}
    names |= {f"_{name}": name for name in ("decimals", "drift", "section")}
    names |= {f"_mass_{name}": f"mass_{name}" for name in ("code", "name", "loinc")}
    names |= {"_concept": "loinc", "_loinc": "equivalent"}
    ways = ("next", "other") if habits.by_hand else ("next",)
    names |= {f"_{way}_{name}": f"{way}_{name}" for way in ways for name in ALTERNATIVE}
    columns = {name: tests[source].to_numpy()[test] for name, source in names.items()}
    if habits.by_hand:
        columns["_paired"] = (tests["other_unit"] != "").to_numpy()[test]
    slope, offset = tests["slope"].to_numpy()[test], tests["offset"].to_numpy()[test]
    return results.drop(columns="_test").assign(
        **columns,
        _number=results["_number"] * slope + offset,
        _overlaps=np.isin(tests["record"].to_numpy()[test], OVERLAPPING),
    )


def _report(results: pd.DataFrame, habits: Habits, rng: np.random.Generator) -> pd.DataFrame:
    """Numbers the specimens and says when each result was released and received."""
    tubes = int(results["_tube"].max()) + 1 if len(results) else 0
    specimen = numbered(rng.permutation(tubes) + 1, 6)[results["_tube"]]
    hours, minutes = rng.integers(1800, 20_000, tubes)[results["_tube"]], rng.integers(20, 900, len(results))
    reported = results["collected_at"] + pd.to_timedelta(hours, unit="s")
    pages = _pages(results) if habits.by_hand else "R" + results["collected_at"].dt.strftime("%Y%m%d")
    return results.drop(columns=["_tube", "_section"]).assign(
        specimen_id="S" + specimen,
        value=written(results["_number"], results["_decimals"]),
        reported_at=reported,
        received_at=reported + pd.to_timedelta(minutes, unit="s"),
        row_id=np.arange(len(results)).astype("U").astype(object),
        message_id="T" + specimen,
        batch_id=pages,
        status="F",
        _fate="valid",
        _touched=False,
        _by_hand=habits.by_hand,
    )


def _pages(results: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Returns the page of each row: specimens in the order of taking, blood counts apart from the rest."""
    page = np.full(len(results), "", dtype=object)
    for section in pd.unique(results["_section"]):
        mine = np.flatnonzero(results["_section"] == section)
        part = results.iloc[mine]
        tubes = part.groupby("_tube").agg(at=("collected_at", "first"), counts=("_overlaps", "max"))
        tubes = tubes.sort_values("at", kind="stable")
        number = ((tubes["counts"].cumsum() - tubes["counts"]) // PAGE + 1).reindex(part["_tube"])
        page[mine] = section + numbered(number, 3)
    return page


def _record(setting: Setting) -> dict[str, pd.DataFrame]:
    habits = HABITS[setting.facility.code]
    tests = list_tests(read_book(setting), habits.by_hand)
    least = scaled(habits.least_repeated, setting.size)
    observations = setting.records.tables["observations"]
    clean = analyse(observations, setting.filed, tests, habits, setting.today, least, setting.stream("lis"))
    return {"lis_results": clean.assign(_changes_on=change_day(setting))}


def _finish(name: str, table: pd.DataFrame, ledger: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    return number_by_arrival(table, inherit(table, ledger))


def tell_units(setting: Setting, tables: Tables) -> dict[str, pd.DataFrame]:
    """Returns the truth about every row: `unit_of_result`.

    Columns: row_id; loinc, what the value is (missing where no concept fits); unit, its true unit; shown,
    whether a unit was printed; batch_id; and mixed, whether values in two units of one test stand in that
    batch.
    """
    rows = tables["lis_results"]
    mixed = pd.Series(False, index=rows.index)
    if "_bench" in rows:
        pages = rows[rows["_paired"]].groupby("batch_id")["_bench"].nunique()
        mixed = rows["batch_id"].isin(pages.index[pages > 1])
    return {
        "unit_of_result": pd.DataFrame(
            {
                "row_id": rows["row_id"],
                "loinc": rows["_concept"].mask(rows["_concept"] == ""),
                "unit": rows["_unit"].mask(rows["_unit"] == ""),
                "shown": rows["unit"].notna(),
                "batch_id": rows["batch_id"],
                "mixed": mixed,
            }
        )
    }


RECORDERS = (
    Recorder("lis", (LIS_RESULTS,), _record, reads=("his_patients",), finish=_finish, facts=tell_units),
)
