"""The laboratory information system: specimens, results and the messages that carry them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.systems.planting import choose, scaled
from sim.systems.recorder import Recorder, Setting
from sim.systems.schema import Column, Table

LIS_RESULTS = Table(
    name="lis_results",
    about="One row that the laboratory sent: a version of a result.",
    key="row_id",
    columns=(
        Column("row_id", "text", "Number of the row, in the order of arrival"),
        Column("message_id", "text", "Number of the message that brought it"),
        Column("mrn", "text", "Record number printed on the request"),
        Column("specimen_id", "text", "Number of the tube"),
        Column("test_code", "text", "The laboratory's own code"),
        Column("test_name", "text", "The test in words"),
        Column("value", "text", "The result as text; blank when cancelled"),
        Column("unit", "text", "Unit of the value"),
        Column("collected_at", "time", "When the specimen was taken"),
        Column("reported_at", "time", "When the laboratory released this version of the result"),
        Column("received_at", "time", "When the row arrived"),
        Column("status", "text", "F final, C corrected, X cancelled"),
    ),
)

YEARS = 2
"""How far back results are kept."""

VERSION = ["specimen_id", "test_code", "reported_at"]
"""What names one version of a result; versions of one result share the first two."""


@dataclass(frozen=True)
class Test:
    """One test of the district's laboratory.

    Attributes:
        code: The laboratory's own code.
        name: Its name on reports.
        unit: Unit of its values.
        decimals: Decimal places it reports.
        drift: Standard deviation of the change within some hours, as a share of the value (assumed).
    """

    code: str
    name: str
    unit: str
    decimals: int
    drift: float


TESTS = {
    "4548-4": Test("A1C", "Haemoglobin A1c", "%", 1, 0.01),
    "2345-7": Test("GLU", "Glucose, serum", "mg/dL", 0, 0.15),
    "2339-0": Test("GLUB", "Glucose, blood", "mg/dL", 0, 0.15),
    "2160-0": Test("CREA", "Creatinine, serum", "mg/dL", 2, 0.06),
    "38483-4": Test("CREB", "Creatinine, blood", "mg/dL", 2, 0.06),
    "33914-3": Test("EGFR", "Estimated glomerular filtration rate", "mL/min/1.73m2", 0, 0.05),
    "718-7": Test("HB", "Haemoglobin", "g/dL", 1, 0.03),
    "2093-3": Test("CHOL", "Cholesterol, total", "mg/dL", 0, 0.03),
    "2571-8": Test("TRIG", "Triglycerides", "mg/dL", 0, 0.10),
    "18262-6": Test("LDL", "LDL cholesterol", "mg/dL", 0, 0.04),
    "2085-9": Test("HDL", "HDL cholesterol", "mg/dL", 0, 0.04),
    "2823-3": Test("K", "Potassium", "mmol/L", 1, 0.06),
    "6298-4": Test("KB", "Potassium, blood", "mmol/L", 1, 0.06),
    "2951-2": Test("NA", "Sodium", "mmol/L", 0, 0.01),
}
"""The tests by the LOINC code of the clean records. The code of sodium reads like a missing value."""

REPEATED, LEAST_REPEATED = 0.025, 200
"""Share and least count of results that are measured once more on the same day (assumed, planted)."""

LATEST_REPEAT = 22 * 3600
"""Nothing is repeated after this second of the day."""


def analyse(
    observations: pd.DataFrame,
    filed: pd.DataFrame,
    since: pd.Timestamp,
    today: pd.Timestamp,
    least: int,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Turns observations into the laboratory's results, all right and each sent once.

    Args:
        observations: Clean records in Synthea's columns.
        filed: For encounter ids (the index) the columns `mrn` and `_person`.
        since: Nothing collected before this time is kept.
        today: Nothing of this day or later is kept.
        least: Least number of same-day repeats.
        rng: A stream at its beginning.

    Returns:
        A working table of `lis_results` with the further columns `_person`, `_number` (the value as a
        number), `_decimals`, `_drift` and `_fate` ("valid"; defects change it). `row_id` is provisional.
    """
    kept = (
        observations["CODE"].isin(list(TESTS))
        & (observations["DATE"] >= since)
        & (observations["DATE"] < today)
    )
    found = observations[kept & observations["ENCOUNTER"].isin(filed.index)]
    found = found.drop_duplicates(["ENCOUNTER", "DATE", "CODE"])
    tests = pd.DataFrame.from_dict({loinc: vars(test) for loinc, test in TESTS.items()}, orient="index")
    test = tests.loc[found["CODE"]].reset_index(drop=True)
    tube, _ = pd.factorize(found["ENCOUNTER"] + found["DATE"].dt.strftime("%Y%m%d%H%M%S"))
    wait = rng.integers(120, 2400, len(found))[tube]
    visit = filed.loc[found["ENCOUNTER"]].reset_index(drop=True)
    results = pd.DataFrame(
        {
            "mrn": visit["mrn"],
            "_person": visit["_person"],
            "_tube": tube,
            "test_code": test["code"],
            "test_name": test["name"],
            "unit": test["unit"],
            "status": "F",
            "_fate": "valid",
            "collected_at": found["DATE"].reset_index(drop=True) + pd.to_timedelta(wait, unit="s"),
            "_number": found["VALUE"].reset_index(drop=True).astype("float64"),
            "_decimals": test["decimals"],
            "_drift": test["drift"],
        }
    )
    return _report(_repeat(results, least, rng), rng)


def _repeat(results: pd.DataFrame, least: int, rng: np.random.Generator) -> pd.DataFrame:
    """Takes a second specimen of some patients later on the same day."""
    second = (results["collected_at"] - results["collected_at"].dt.normalize()).dt.total_seconds()
    rows = choose((second < LATEST_REPEAT) & (results["test_code"] != "A1C"), REPEATED, least, rng)
    again = results.iloc[rows]
    room = 86_000 - second.iloc[rows].to_numpy()
    later = 1800 + rng.random(len(rows)) * np.minimum(room - 1800, 8 * 3600)
    drift = 1 + again["_drift"] * rng.normal(0, 1, len(rows))
    again = again.assign(
        collected_at=again["collected_at"] + pd.to_timedelta(later.astype(int), unit="s"),
        _number=again["_number"] * drift.clip(lower=0.5),
        _tube=results["_tube"].max() + 1 + np.arange(len(rows)),
    )
    return pd.concat([results, again], ignore_index=True)


def _report(results: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Numbers the specimens and says when each result was released and received."""
    tubes = int(results["_tube"].max()) + 1 if len(results) else 0
    numbers = rng.permutation(tubes) + 1
    specimen = pd.Series(numbers[results["_tube"]], index=results.index).astype("str").str.zfill(6)
    hours, minutes = rng.integers(1800, 20_000, tubes)[results["_tube"]], rng.integers(20, 900, len(results))
    reported = results["collected_at"] + pd.to_timedelta(hours, unit="s")
    rows = np.arange(len(results)).astype("U")
    return results.drop(columns="_tube").assign(
        specimen_id="S" + specimen,
        value=written(results["_number"], results["_decimals"]),
        reported_at=reported,
        received_at=reported + pd.to_timedelta(minutes, unit="s"),
        row_id=rows,
        message_id="T" + specimen,
    )


def written(numbers: "pd.Series[float]", decimals: "pd.Series[int]") -> list[str]:
    """Writes each number with its decimal places, as the laboratory does.

    Example:
        >>> written(pd.Series([7.08, 95.4]), pd.Series([1, 0]))
        ['7.1', '95']
    """
    return [f"{number:.{places}f}" for number, places in zip(numbers, decimals, strict=True)]


def number_by_arrival(results: pd.DataFrame, ledger: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Gives rows and messages their final numbers, in the order in which they arrived.

    Args:
        results: Working table with provisional numbers.
        ledger: Ledger whose column `record` holds provisional row numbers.

    Returns:
        Both with final numbers, the table sorted by arrival.
    """
    order = results.sort_values(["received_at", "specimen_id", "test_code", "reported_at"], kind="stable")
    rows = [f"R{number:07d}" for number in range(1, len(order) + 1)]
    final = dict(zip(order["row_id"], rows, strict=True))
    message, _ = pd.factorize(order["message_id"])
    names = pd.Series(message + 1, index=order.index).astype("str").str.zfill(6)
    numbered = order.assign(row_id=rows, message_id="M" + names).reset_index(drop=True)
    return numbered, ledger.assign(record=ledger["record"].map(final))


def _record(setting: Setting) -> dict[str, pd.DataFrame]:
    since = setting.today - pd.DateOffset(years=YEARS)
    observations = setting.records.tables["observations"]
    least = scaled(LEAST_REPEATED, setting.size)
    clean = analyse(observations, setting.filed, since, setting.today, least, setting.stream("lis"))
    return {"lis_results": clean}


def _finish(name: str, table: pd.DataFrame, ledger: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    return number_by_arrival(table, ledger)


RECORDERS = (Recorder("lis", (LIS_RESULTS,), _record, reads=("his_patients",), finish=_finish),)
