"""Task 4.1: who is alone in a file, who is alone in the county, and what an attacker can make of it."""

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from grading.compare import close, is_number
from grading.tasks import REFERENCE, Case, Check, Kind, Symptom, Task
from grading.variants import new_ids, renamed, shuffled, widened
from sim.policy.released import list_patients, with_places
from sim.world import World

FIGURES = ("sample_unique", "population_unique", "prosecutor", "journalist")
NEAR = 0.0005
COLUMNS = ["birth_date", "birth_year", "sex", "area", "town", "zone"]
SETS = (
    ("birth_date", "sex", "area"),
    ("birth_year", "sex", "area"),
    ("birth_year", "sex", "town"),
    ("birth_year", "sex", "zone"),
)


# ---- Cases -------------------------------------------------------------------------------------------

_SAMPLE = [
    ("R1", "1950", "F", "X0101"),
    ("R2", "1950", "F", "X0101"),
    ("R3", "1961", "M", "X0101"),
    ("R4", "1961", "M", "X0102"),
    ("R5", "1990", "F", "X0102"),
    ("R6", "1990", "F", None),
]
_REGISTER = [
    *(("1950", "F", "X0101"),) * 4,
    ("1955", "F", "X0101"),
    ("1961", "M", "X0101"),
    *(("1972", "M", "X0101"),) * 2,
    *(("1961", "M", "X0102"),) * 2,
    ("1972", "M", "X0102"),
    *(("1990", "F", "X0102"),) * 5,
]


def _small() -> tuple[pd.DataFrame, pd.DataFrame]:
    names = ["birth_year", "sex", "area"]
    register = pd.DataFrame(_REGISTER, columns=names).astype("str")
    register.insert(0, "register_no", [f"N{number:02d}" for number in range(1, len(register) + 1)])
    return pd.DataFrame(_SAMPLE, columns=["row_id", *names]).astype("str"), register


def fixtures() -> list[Case]:
    """Gives a file of six rows in a county of sixteen people, and four decisions, worked out by hand."""
    small = _small()
    alone = {"sample_unique": 4 / 6, "prosecutor": 5 / 6}
    every = {**alone, "population_unique": 1 / 6, "journalist": 2.2 / 6}
    fewer = {**alone, "population_unique": 0.0, "journalist": 19 / 90}
    cases = [
        Case("uniqueness", "year, sex and area", (*small, ["birth_year", "sex", "area"]), expected=every),
        Case("uniqueness", "sex and area", (*small, ["sex", "area"]), expected=fewer),
    ]
    report = dict(zip(FIGURES, (0.62, 0.02, 0.79, 0.12), strict=True))
    asked = (
        ("a colleague who sat in the waiting room", True, 0.2, 0.79, False),
        ("a stranger with the register", False, 0.2, 0.12, True),
        ("a stranger, and a strict board", False, 0.05, 0.12, False),
        ("a neighbour, and a board that allows just that", True, 0.79, 0.79, True),
    )
    return cases + [
        Case(
            "may_release",
            name,
            (report, {"knows_who_is_inside": inside, "names_removed": True}, limit),
            expected={"risk": risk, "release": release},
        )
        for name, inside, limit, risk, release in asked
    ]


def district(world: World) -> list[Case]:
    """Gives the large hospital's file with four sets of columns, one of them with other rows and names."""
    known = world.truth is not None
    patients = list_patients(world.tables["his_patients"])
    sample = patients.rename(columns={"mrn": "row_id"})[["row_id", *COLUMNS]]
    register = with_places(world.tables["register"])[["register_no", *COLUMNS]]
    cases = [_case(" and ".join(qids), "district", sample, register, qids, known) for qids in SETS]
    other = widened(renamed(shuffled(sample, "4.1"), {"row_id": new_ids(sample["row_id"], "Q")}))
    cases.append(_case("shuffled, renamed", "variant", other, shuffled(register, "4.1"), SETS[1], known))
    return cases + _decisions(len(sample), known)


def _case(
    name: str, kind: Kind, sample: pd.DataFrame, register: pd.DataFrame, qids: tuple[str, ...], known: bool
) -> Case:
    return Case("uniqueness", name, (sample, register, list(qids)), kind, REFERENCE if known else None)


def _decisions(number: int, known: bool) -> list[Case]:
    """Gives twelve decisions whose figures follow the district's size."""
    cases = []
    for k in range(12):
        prosecutor = ((7 * number + 13 * k) % 80 + 10) / 100
        report = {
            "sample_unique": round(prosecutor * 0.8, 4),
            "population_unique": round(prosecutor * 0.05, 4),
            "prosecutor": prosecutor,
            "journalist": round(prosecutor / 4, 4),
        }
        attacker = {"knows_who_is_inside": k % 2 == 0, "names_removed": True}
        limit = round(prosecutor * (0.1, 0.5, 1.5)[k // 2 % 3], 3)
        expected = REFERENCE if known else None
        cases.append(
            Case("may_release", f"decision {k + 1}", (report, attacker, limit), "district", expected)
        )
    return cases


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "may_release":
        right = isinstance(value, dict) and is_number(value.get("risk"))
        told = 'may_release() must return {"risk": a number, "release": True or False}.'
        return None if right and isinstance(value.get("release"), bool) else told
    right = isinstance(value, dict) and all(is_number(value.get(name)) for name in FIGURES)
    return None if right else f"uniqueness() must return a dictionary with the numbers {', '.join(FIGURES)}."


# ---- Scores ------------------------------------------------------------------------------------------


def _every(case: Case, value: Any) -> float:
    return sum(close(value[name], case.expected[name], NEAR) for name in FIGURES) / len(FIGURES)


def _figure(name: str) -> Callable[[Case, Any], float]:
    def score(case: Case, value: Any) -> float:
        return float(close(value[name], case.expected[name], NEAR))

    return score


def _decision(case: Case, value: Any) -> float:
    risk = close(value["risk"], case.expected["risk"], NEAR)
    return (risk + (risk and value["release"] is case.expected["release"])) / 2


# ---- Misconceptions ----------------------------------------------------------------------------------


def _classes(case: Case, value: Any) -> bool:
    """Whether every different row was counted as one that is alone."""
    return bool(
        close(value["sample_unique"], case.expected["prosecutor"], NEAR)
        and not close(value["sample_unique"], case.expected["sample_unique"], 0.01)
    )


def _sample_is_population(case: Case, value: Any) -> bool:
    got, wanted = value["population_unique"], case.expected
    return bool(
        close(got, wanted["sample_unique"], NEAR) and not close(got, wanted["population_unique"], 0.01)
    )


def _nameless(case: Case, value: Any) -> bool:
    return bool(value["risk"] == 0 and value["release"] is True)


_FIGURES: tuple[tuple[str, str, float, str], ...] = (
    ("sample_unique", "Alone in the file", 1.0, "The share of rows that nobody in the file is like."),
    ("population_unique", "Alone in the county", 2.0, "The share of rows that one person fits."),
    ("prosecutor", "Risk if one knows who is inside", 1.0, "One divided by how many rows are alike."),
    ("journalist", "Risk if one does not", 2.0, "One divided by how many people fit."),
)  # fmt: skip
_SHARE: Mapping[str, Any] = {"expected": "Each of the four figures within .0005."}

UNIQUENESS = Task(
    id="4.1",
    title="Uniqueness",
    functions=("uniqueness", "may_release"),
    checks=(
        Check("4.1.example", "The example county", 1.5, "uniqueness", _every, ("fixture",), **_SHARE),
        *(
            Check(f"4.1.{name}", title, points, "uniqueness", _figure(name), expected=expected)
            for name, title, points, expected in _FIGURES
        ),
        Check(
            "4.1.release_example",
            "The example decisions",
            1.0,
            "may_release",
            _decision,
            ("fixture",),
            expected="The figure that fits the attacker, and whether it keeps the limit.",
        ),
        Check(
            "4.1.release",
            "Other decisions",
            1.5,
            "may_release",
            _decision,
            expected="The figure that fits the attacker, and whether it keeps the limit.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC60", "uniqueness", _classes),
        Symptom("MC130", "uniqueness", _sample_is_population),
        Symptom("MC61", "may_release", _nameless),
    ),
    hints=(
        "Take the six rows of the example and write beside each how many rows of the file are like it, and "
        "how many people of the county.",
        "Rows that are alike form a class. Each row has the size of its class in the file, and the size of "
        "the class of the same values in the register; the second may be 0.",
        "Group by the columns, blanks included, and give every row the size of its group. Alone is who has a "
        "size of 1. A risk is the mean over the rows of one divided by the size.",
    ),
)
