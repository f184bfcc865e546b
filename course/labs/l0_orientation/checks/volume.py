"""Task 0.2: how much there is of what."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from grading.compare import close, is_number, is_whole
from grading.tasks import REFERENCE, Case, Check, Symptom, Task
from grading.variants import shuffled, widened
from sim.world import World

COLUMNS = ("table", "rows", "bytes", "rows_per_person")
MEASURES = COLUMNS[1:]
SPAN = pd.Timedelta(days=4)

INDEX = 132
"""Bytes that pandas counts for the index of a table in memory."""

PERSON = {
    "his_patients": "mrn",
    "his_encounters": "mrn",
    "lis_results": "mrn",
    "devices": "mrn",
}
"""The column of each table that names the person; `app_readings` names only the device."""


# ---- Cases -------------------------------------------------------------------------------------------


def example() -> dict[str, pd.DataFrame]:
    """Returns three small tables."""
    visits = pd.DataFrame(
        {
            "mrn": ["E1", "E1", "E2", "E1", "E3"],
            "ward": ["Medicine", "Medicine", "Surgery", None, "Day clinic"],
            "days": [3, 1, 12, 2, 1],
        }
    )
    notes = pd.DataFrame({"mrn": ["E1", "E2"], "note": ["Señora Núñez feels well", "Zoë’s wound is dry"]})
    pulses = pd.DataFrame({"device": ["D1"] * 4 + ["D2"] * 2, "pulse": [61, 64, 60, 88, 71, 70]})
    return {"visits": visits, "notes": notes, "pulses": pulses}


def fixtures() -> list[Case]:
    """Gives three small tables, and two reports to read; the bytes were counted by hand from the text."""
    report = pd.DataFrame(
        {
            "table": ["visits", "notes", "pulses"],
            "rows": [5, 2, 6],
            "bytes": [78, 64, 49],
            "rows_per_person": [5 / 3, 1.0, None],
        }
    )
    same = report.assign(rows=[6, 6, 6], bytes=[10, 30, 30], rows_per_person=[None, None, 2.0])
    return [
        Case("volume", "three small tables", (example(), {"visits": "mrn", "notes": "mrn"}), expected=report),
        Case(
            "largest", "the report of the example", (report,), expected=_largest("pulses", "visits", "visits")
        ),
        Case("largest", "tables of equal size", (same,), expected=_largest("notes", "notes", "pulses")),
    ]


def _largest(rows: str, size: str, person: str) -> dict[str, str]:
    return {"rows": rows, "bytes": size, "rows_per_person": person}


def district(world: World) -> list[Case]:
    """Gives five tables of the district, and the same ones with other rows and columns."""
    tables = _tables(world)
    expected = None if world.truth is None else REFERENCE
    other = {
        name: widened(shuffled(table, f"0.2 {name}").head(len(table) // 2)) for name, table in tables.items()
    }
    return [
        Case("volume", "five tables of the district", (tables, PERSON), "district", expected),
        Case("volume", "half of the rows, one more column", (other, PERSON), "variant", expected),
        *_reports(len(tables["his_patients"]), expected),
    ]


def _tables(world: World) -> dict[str, pd.DataFrame]:
    readings = world.tables["app_readings"]
    recent = readings[readings["taken_at"] >= readings["taken_at"].max() - SPAN].reset_index(drop=True)
    return {name: world.tables[name] for name in PERSON} | {"app_readings": recent}


def _reports(number: int, expected: Any) -> list[Case]:
    """Gives reports whose largest tables differ from measure to measure."""
    names = ["notes", "results", "steps", "visits"]
    report = pd.DataFrame(
        {
            "table": names,
            "rows": [number, 4 * number, 90 * number, 6 * number],
            "bytes": [9000 * number, 400 * number, 8100 * number, 500 * number],
            "rows_per_person": [1.5, 12.0 + number % 7, None, 6.0],
        }
    )
    turned = shuffled(report, "0.2 report")
    return [
        Case("largest", "four tables", (report,), "district", expected),
        Case("largest", "four tables in another order", (turned,), "variant", expected),
    ]


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "largest":
        right = isinstance(value, dict) and all(isinstance(value.get(name), str) for name in MEASURES)
        return (
            None
            if right
            else 'largest() must return {"rows": …, "bytes": …, "rows_per_person": …}, names of tables.'
        )
    if not isinstance(value, pd.DataFrame) or set(value.columns) != set(COLUMNS):
        return f"volume() must return a table with the columns {', '.join(COLUMNS)}."
    if sorted(map(str, value["table"])) != sorted(case.args[0]):
        return "volume() must return one row for each table that it was given."
    return None


# ---- Scores ------------------------------------------------------------------------------------------


def _by_table(report: pd.DataFrame, measure: str) -> Mapping[str, Any]:
    values = report[measure].astype(object).where(report[measure].notna(), None)
    return dict(zip(report["table"].astype(str), values, strict=True))


def _share(case: Case, value: Any, measure: str, tolerance: float) -> float:
    got, wanted = (_by_table(report, measure) for report in (value, case.expected))
    right = [_same(got[name], wanted[name], tolerance) for name in wanted]
    return sum(right) / len(right)


def _same(got: Any, wanted: Any, tolerance: float) -> bool:
    if wanted is None:
        return got is None
    return close(got, float(wanted), tolerance * float(wanted))


def _rows(case: Case, value: Any) -> float:
    return float(_share(case, value, "rows", 0) == 1)


def _bytes(case: Case, value: Any) -> float:
    return _share(case, value, "bytes", 0.01)


def _persons(case: Case, value: Any) -> float:
    return _share(case, value, "rows_per_person", 0.001)


def _whole(case: Case, value: Any) -> float:
    return (_rows(case, value) + _bytes(case, value) + _persons(case, value)) / 3


def _named(case: Case, value: Any) -> float:
    return sum(value[name] == case.expected[name] for name in MEASURES) / len(MEASURES)


# ---- Misconceptions ----------------------------------------------------------------------------------


def _eight_bytes(case: Case, value: Any) -> bool:
    tables, got = case.args[0], _by_table(value, "bytes")
    return all(got[name] in (8 * table.size, 8 * table.size + INDEX) for name, table in tables.items())


def _rows_are_persons(case: Case, value: Any) -> bool:
    known = [number for number in _by_table(value, "rows_per_person").values() if is_number(number)]
    return bool(known) and all(number == 1 for number in known)


def _counts_header(case: Case, value: Any) -> bool:
    tables, got = case.args[0], _by_table(value, "rows")
    return all(is_whole(got[name]) and got[name] == len(table) + 1 for name, table in tables.items())


VOLUME = Task(
    id="0.2",
    title="Volume",
    functions=("volume", "largest"),
    checks=(
        Check(
            "0.2.example",
            "The three small tables",
            0.5,
            "volume",
            _whole,
            ("fixture",),
            expected="Rows, bytes of the CSV text in UTF-8, and rows for each different person.",
        ),
        Check(
            "0.2.rows", "Rows", 0.5, "volume", _rows, expected="The exact number of rows, without the header."
        ),
        Check(
            "0.2.bytes", "Bytes", 0.75, "volume", _bytes, expected="The bytes of the CSV text, within 1 %."
        ),
        Check(
            "0.2.persons",
            "Rows for each person",
            0.5,
            "volume",
            _persons,
            expected="Rows divided by the number of different people; missing where no column names them.",
        ),
        Check(
            "0.2.largest_example",
            "The largest tables of the examples",
            0.25,
            "largest",
            _named,
            ("fixture",),
            expected="For each measure the table with the largest value.",
        ),
        Check(
            "0.2.largest",
            "The largest tables of other reports",
            0.5,
            "largest",
            _named,
            expected="For each measure the table with the largest value.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC01", "volume", _eight_bytes),
        Symptom("MC02", "volume", _rows_are_persons),
        Symptom("MC02", "volume", _counts_header),
    ),
    hints=(
        "Take the smallest table of the example and count by hand: rows, letters, people.",
        'Letters such as ñ take two bytes. Text becomes bytes by .encode("utf-8"). People who come twice '
        "count once.",
        "to_csv(index=False) gives the text of a table. nunique() counts what differs; a table without such "
        "a column has no number of people.",
    ),
)
