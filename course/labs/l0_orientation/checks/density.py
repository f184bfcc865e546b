"""Task 0.5: how small a part of the data answers a question."""

from typing import Any

import pandas as pd

from grading.compare import close, is_number
from grading.tasks import REFERENCE, Case, Check, Symptom, Task
from grading.variants import shuffled
from sim.world import World

QUESTIONS = ("recall", "beds", "pressure")
TABLES = ("his_patients", "his_encounters", "lis_results", "devices", "app_readings")
SPAN = pd.Timedelta(days=4)


# ---- Cases -------------------------------------------------------------------------------------------


def example() -> dict[str, pd.DataFrame]:
    """Returns tiny tables with the columns of a district."""
    time = pd.Timestamp("2025-06-01 10:00:00")
    return {
        "his_encounters": pd.DataFrame(
            {
                "encounter_id": ["E1", "E2"],
                "mrn": ["H1", "H2"],
                "ward": ["Surgery", None],
                "class": ["inpatient", "emergency"],
                "admitted_at": [time, time],
                "discharged_at": pd.Series([time, None], dtype="datetime64[s]"),
                "dx_code": ["E11.9", "J06.9"],
            }
        ),
        "lis_results": pd.DataFrame(
            {
                "row_id": ["R1"],
                "mrn": ["H1"],
                "test_code": ["A1C"],
                "value": ["7.1"],
                "collected_at": [time],
                "status": ["F"],
            }
        ),
        "devices": pd.DataFrame({"device_id": ["D1"], "mrn": [1], "type": ["pressure meter"]}),
        "app_readings": pd.DataFrame(
            {"device_id": ["D1"], "kind": ["sbp"], "value": [181.0], "taken_at": [time], "unit": ["mmHg"]}
        ),
    }


def fixtures() -> list[Case]:
    """Gives the tiny tables; only the shares are told, which were counted by hand."""
    # Bytes of all cells: encounters 100, results 30, devices 17, readings 33; together 180.
    shares = {"recall": 39 / 180, "beds": 82 / 180, "pressure": 32 / 180}
    return [
        Case("value_density", f"tiny tables: {question}", (example(), question), expected={"share": share})
        for question, share in shares.items()
    ]


def district(world: World) -> list[Case]:
    """Gives the three questions on the district's tables."""
    expected = None if world.truth is None else REFERENCE
    tables = _tables(world)
    half = {name: shuffled(table, f"0.5 {name}").head(len(table) // 3) for name, table in tables.items()}
    return [
        *(Case("value_density", f"the district: {q}", (tables, q), "district", expected) for q in QUESTIONS),
        Case("value_density", "a third of the rows: recall", (half, "recall"), "variant", expected),
    ]


def _tables(world: World) -> dict[str, pd.DataFrame]:
    tables = {name: world.tables[name] for name in TABLES}
    taken = tables["app_readings"]["taken_at"]
    recent = tables["app_readings"][taken >= taken.max() - SPAN].reset_index(drop=True)
    return tables | {"app_readings": recent}


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if (
        not isinstance(value, dict)
        or not isinstance(value.get("columns"), list)
        or not is_number(value.get("share"))
    ):
        return 'value_density() must return {"columns": ["table.column", …], "share": a number}.'
    known = {f"{name}.{column}" for name, table in case.args[0].items() for column in table.columns}
    strange = [str(name) for name in value["columns"] if name not in known]
    if strange:
        return f"value_density(): there is no column '{strange[0][:60]}'; write table.column."
    return None


# ---- Scores ------------------------------------------------------------------------------------------


def _columns(case: Case, value: Any) -> float:
    """Scores the set: each column that is missing or too many costs a third."""
    wrong = len(set(value["columns"]) ^ set(case.expected["columns"]))
    return max(0.0, 1 - wrong / 3)


def _share(case: Case, value: Any) -> float:
    return float(close(value["share"], case.expected["share"], 0.01))


# ---- Misconceptions ----------------------------------------------------------------------------------


def _whole_tables(case: Case, value: Any) -> bool:
    """Whether all columns of some table were taken, though the question needs few."""
    taken = {name.partition(".")[0] for name in value["columns"]}
    needed = set(case.expected.get("columns", []))
    for name in taken:
        every = {f"{name}.{column}" for column in case.args[0][name].columns}
        if every <= set(value["columns"]) and not every <= needed:
            return bool(needed)
    return False


def _one_for_all(case: Case, value: Any) -> bool:
    """Whether a share near that of another question, or of everything, was given."""
    return "columns" in case.expected and not _whole_tables(case, value) and _columns(case, value) == 0.0


DENSITY = Task(
    id="0.5",
    title="Value density",
    functions=("value_density",),
    checks=(
        Check(
            "0.5.example",
            "Shares in the tiny tables",
            0.5,
            "value_density",
            _share,
            ("fixture",),
            expected="For each question the share of bytes that stand in the columns it needs.",
        ),
        Check(
            "0.5.columns",
            "Columns that each question needs",
            1.5,
            "value_density",
            _columns,
            expected="Just the columns without which the question cannot be answered.",
        ),
        Check(
            "0.5.share",
            "Shares in the hidden districts",
            1.0,
            "value_density",
            _share,
            expected="The share of bytes, within one percentage point.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC167", "value_density", _whole_tables),
        Symptom("MC05", "value_density", _one_for_all),
    ),
    hints=(
        "Answer each question once by hand, with a pencil, and mark every column that you looked at.",
        "Which column says who, which says what, which says when? What could change the answer, and is in "
        "none of them?",
        "Add up the bytes of every cell of the needed columns; divide by those of all cells of all tables. "
        "Another question needs other columns.",
    ),
)
