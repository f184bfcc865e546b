"""Task 0.3: which kind each column is of."""

from typing import Any

import pandas as pd

from grading.tasks import REFERENCE, Case, Check, Symptom, Task
from grading.variants import shuffled
from sim.world import World

KINDS = ("identifier", "quasi-identifier", "coded", "numeric", "free text", "time", "image")
POOR, ENOUGH = 0.6, 0.9
SHOWN = 400
"""Rows of each table that are shown: kinds do not need more."""

LEFT_OUT = {"app_readings": ["utc_offset"], "his_encounters": ["dx_text"]}
"""Columns about whose kind one may quarrel."""

TABLES = (
    "his_patients",
    "his_encounters",
    "lis_results",
    "devices",
    "app_readings",
    "emr_notes",
    "diabetes_cohort",
)


# ---- Cases -------------------------------------------------------------------------------------------


def example() -> pd.DataFrame:
    """Returns five invented X-ray requests."""
    return pd.DataFrame(
        {
            "request_no": [70012, 70013, 70014, 70015, 70016],
            "insurance_no": ["44-1801", "44-0920", "44-7713", "44-1801", "44-3306"],
            "year_of_birth": [1948, 1990, 2001, 1948, 1977],
            "region": ["North", "South", "South", "North", "East"],
            "body_part": ["CHEST", "KNEE", "KNEE", "CHEST", "HAND"],
            "dose_mgy": [0.12, 0.31, 0.28, 0.15, 0.05],
            "urgent": [True, False, False, True, False],
            "taken_at": pd.date_range("2025-03-01 10:00", periods=5, freq="7h"),
            "question": [
                "cough for three weeks, weight loss?",
                "fell on the stairs yesterday",
                "swollen since the match, cannot bend it",
                "control after pneumonia",
                "caught in a door, thumb hurts most",
            ],
            "file": ["a/70012.dcm", "a/70013.dcm", "a/70014.dcm", "a/70015.dcm", "a/70016.dcm"],
        }
    )


def fixtures() -> list[Case]:
    """Gives five invented X-ray requests."""
    kinds = {
        "request_no": "identifier",
        "insurance_no": "identifier",
        "year_of_birth": "quasi-identifier",
        "region": "quasi-identifier",
        "body_part": "coded",
        "dose_mgy": "numeric",
        "urgent": "coded",
        "taken_at": "time",
        "question": "free text",
        "file": "image",
    }
    return [Case("variety", "X-ray requests", (example(),), expected=kinds)]


def district(world: World) -> list[Case]:
    """Gives the district's tables one by one, columns and rows in another order."""
    expected = None if world.truth is None else REFERENCE
    return [
        Case("variety", name, (_shown(world.tables[name], name),), "district", expected)
        for name in TABLES
        if name in world.tables
    ]


def _shown(table: pd.DataFrame, name: str) -> pd.DataFrame:
    rows = shuffled(table.drop(columns=LEFT_OUT.get(name, [])), f"0.3 {name}").head(SHOWN)
    return rows[sorted(rows.columns)]


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if not isinstance(value, dict) or set(value) != set(case.args[0].columns):
        return "variety() must return a dictionary with one entry for each column of the table."
    unknown = sorted({str(kind) for kind in value.values()} - set(KINDS))
    if unknown:
        return f"variety(): '{unknown[0][:40]}' is none of the kinds {', '.join(KINDS)}."
    return None


# ---- Scores ------------------------------------------------------------------------------------------


def _share(case: Case, value: Any) -> float:
    right = [value[name] == kind for name, kind in case.expected.items()]
    return sum(right) / len(right)


def _mostly(case: Case, value: Any) -> float:
    return min(1.0, max(0.0, (_share(case, value) - POOR) / (ENOUGH - POOR)))


def _identifiers(case: Case, value: Any) -> float:
    """Scores whether just the identifiers are called so."""
    called, true = (
        {name for name, kind in kinds.items() if kind == "identifier"} for kinds in (value, case.expected)
    )
    return float(called == true)


# ---- Misconceptions ----------------------------------------------------------------------------------


def _number_is_quantity(case: Case, value: Any) -> bool:
    wrong = [n for n, kind in case.expected.items() if kind == "identifier" and value[n] == "numeric"]
    return bool(wrong)


def _code_is_text(case: Case, value: Any) -> bool:
    wrong = [n for n, kind in case.expected.items() if kind == "coded" and value[n] == "free text"]
    return len(wrong) >= 2


VARIETY = Task(
    id="0.3",
    title="Variety",
    functions=("variety",),
    checks=(
        Check(
            "0.3.example",
            "The X-ray requests",
            0.5,
            "variety",
            _share,
            ("fixture",),
            expected="The kind of each of the ten columns.",
        ),
        Check(
            "0.3.identifiers",
            "Identifiers of the district's tables",
            1.0,
            "variety",
            _identifiers,
            expected="In each table all identifiers, and nothing else, are called identifier.",
        ),
        Check(
            "0.3.kinds",
            "Kinds of the district's columns",
            1.5,
            "variety",
            _mostly,
            expected="At most one column in ten has another kind than the rules say.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(Symptom("MC03", "variety", _number_is_quantity), Symptom("MC168", "variety", _code_is_text)),
    hints=(
        "Ask of every column: would the mean of it mean anything? Could it lead to one person?",
        "How a column is stored says little. A telephone number stays one when it is stored as a number.",
        "Look at names of columns first (…_id, mrn, phone, …_at), then at values: few different ones are a "
        "code, long ones with blanks between words are text.",
    ),
)
