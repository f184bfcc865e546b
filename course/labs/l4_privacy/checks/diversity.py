"""Task 4.5a: classes whose people are hidden and whose illness is not."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from grading.blurred import cost, is_true, misfit
from grading.compare import close, is_number, ramp, weaker
from grading.tasks import REFERENCE, Case, Check, Symptom, Task
from grading.variants import new_ids, renamed, shuffled, widened
from sim.policy.released import list_patients, with_diagnosis
from sim.seeds import PUBLIC_KEY, Seeds
from sim.world import World

QIDS = ["age", "sex", "area"]
K = 5
CAP = 0.05
SLACK = 1.25
PLANTED = 15
RARE = ("B20", "C50", "F20", "K70", "N18")
"""What the planted classes have, one illness each."""


# ---- Cases -------------------------------------------------------------------------------------------

_SMALL = [
    ("20-39", "F", "X01", ("E11", "I10", "J45")),
    ("20-39", "M", "X01", ("I10", "I10", "E11", "J06")),
    ("40-59", "F", "X01", ("C50", "C50", "C50")),
    ("40-59", "M", "X01", ("I10", "E11", "I10")),
    ("60-79", "F", "X02", ("F20", "I10", "F20")),
    ("60-79", "M", "X02", ("K70", "K70", "K70", "K70")),
    ("80-99", "M", "X02", ("I10", "N18", "I50", "I50")),
]


# Five of a hundred may go: one of the two that leak, not both.
_HUNDRED = [
    ("20-39", "F", "X01", ("I10", "J06") * 15),
    ("40-59", "F", "X01", ("C50",) * 3),
    ("40-59", "M", "X01", ("I10", "E11", "J45") * 11),
    ("60-79", "F", "X02", ("I10", "I50", "E11") * 10),
    ("60-79", "M", "X02", ("F20",) * 4),
]


def _table(classes: Sequence[tuple[str, str, str, tuple[str, ...]]]) -> pd.DataFrame:
    rows = [(age, sex, area, dx) for age, sex, area, many in classes for dx in many]
    table = pd.DataFrame(rows, columns=[*QIDS, "dx"]).astype("str")
    table.insert(0, "row_id", [f"R{number:02d}" for number in range(1, len(table) + 1)])
    return table


def fixtures() -> list[Case]:
    """Gives two releases with two leaking classes each, and five classes, worked out by hand.

    Of the hundred rows the plain way leaves the three women out, and joins the four men with thirty women.
    """
    small = _table(_SMALL)
    leaking = small.loc[small["dx"].isin(["C50", "K70"]), "row_id"].tolist()
    asked: tuple[tuple[dict[str, int], float, str, float, bool], ...] = (
        ({"C50": 12}, 0.9, "C50", 1.0, False),
        ({"I10": 4, "E11": 1}, 0.7, "I10", 0.8, False),
        ({"I10": 3, "E11": 2, "J45": 5}, 0.5, "J45", 0.5, True),
        ({"F20": 9, "I10": 11}, 0.6, "I10", 0.55, True),
        ({"B20": 30, "I10": 1}, 0.5, "B20", 30 / 31, False),
    )
    return [
        Case("leaks", "seven classes", (small, QIDS, "dx"), expected=leaking),
        Case("mend", "seven classes, k = 3", (small, QIDS, "dx", 3), expected={"cost": 13 / 72}),
        Case(
            "mend",
            "a hundred rows, k = 3",
            (_table(_HUNDRED), QIDS, "dx", 3),
            expected={"cost": (3 + 34 / 3) / 100},
        ),
        *(
            Case(
                "learns",
                ", ".join(f"{count} of {name}" for name, count in counts.items()),
                (counts, 5, limit),
                expected={"diagnosis": dx, "chance": chance, "protected": held},
            )
            for counts, limit, dx, chance, held in asked
        ),
    ]


def released(world: World) -> pd.DataFrame:
    """Returns a release of the large hospital in which every class has k rows, and illnesses as they are."""
    people = list_patients(world.tables["his_patients"])
    people = with_diagnosis(people, world.tables["his_encounters"])
    low = people["age"] // 20 * 20
    told = pd.DataFrame(
        {
            "row_id": people["mrn"],
            "age": low.astype("str") + "-" + (low + 19).astype("str"),
            "sex": people["sex"],
            "area": people["town"].fillna(""),
            "dx": people["dx"],
        }
    ).astype("str")
    return told[told.groupby(QIDS)["row_id"].transform("size") >= K].reset_index(drop=True)


def small_classes(table: pd.DataFrame, name: str) -> list[pd.Index]:
    """Returns the rows of each class of at most twice k rows, in an order that a name decides."""
    groups = [rows.index for _, rows in table.groupby(QIDS) if len(rows) <= 2 * K]
    order = Seeds(PUBLIC_KEY, "variant", name).stream("classes").permutation(len(groups))
    return [groups[place] for place in order]


def _planted(table: pd.DataFrame) -> pd.DataFrame:
    """Gives some small classes one rare illness each: a family, a ward, a factory."""
    told = table.copy()
    for number, rows in enumerate(small_classes(table, "4.5a")[:PLANTED]):
        told.loc[rows, "dx"] = RARE[number % len(RARE)]
    return told


def district(world: World) -> list[Case]:
    """Gives the large hospital's release with leaking classes, in two forms, and further classes."""
    known = world.truth is not None
    table = _planted(released(world))
    other = widened(renamed(shuffled(table, "4.5a"), {"row_id": new_ids(table["row_id"], "Q")}))
    answer = REFERENCE if known else None
    cases = [
        Case("leaks", "the hospital", (table, QIDS, "dx"), "district", answer),
        Case("leaks", "shuffled, renamed", (other, QIDS, "dx"), "variant", answer),
        Case("mend", "the hospital", (table, QIDS, "dx", K), "district", answer),
    ]
    number = len(table)
    for k in range(8):
        counts = {"I10": (number + 3 * k) % 9 + 5, "E11": (number * k) % 5, "J45": 1 + k % 4}
        counts |= {"C50": 40} if k % 3 == 0 else {}
        args = ({dx: count for dx, count in counts.items() if count}, K, (0.4, 0.6, 0.95)[k % 3])
        cases.append(Case("learns", f"class {k + 1}", args, "district", answer))
    return cases


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "learns":
        right = isinstance(value, dict) and isinstance(value.get("diagnosis"), str)
        right = right and is_number(value.get("chance")) and isinstance(value.get("protected"), bool)
        told = '{"diagnosis": a text, "chance": a number, "protected": True or False}'
        return None if right else f"learns() must return {told}."
    rows = set(case.args[0]["row_id"])
    if case.function == "leaks":
        right = isinstance(value, list) and all(isinstance(row, str) and row in rows for row in value)
        return None if right else "leaks() must return a list of row_ids of the release."
    return misfit("mend", case.args[0], value, QIDS, "dx")


# ---- Scores ------------------------------------------------------------------------------------------


def _found(case: Case, value: Any) -> float:
    return ramp(weaker(set(value), set(case.expected)), zero_at=0.5, full_at=1.0) if value else 0.0


def _holds(case: Case, value: pd.DataFrame) -> bool:
    """Whether the release is true, k-anonymous, diverse, and within the cap."""
    table, k = case.args[0], case.args[3]
    if len(value) < (1 - CAP) * len(table) - 1e-9 or not is_true(table, value, QIDS, "dx"):
        return False
    classes = value.groupby(QIDS)["dx"].agg(["size", "nunique"])
    return bool((classes["size"] >= k).all() and (classes["nunique"] >= 2).all())


def _diverse(case: Case, value: pd.DataFrame) -> float:
    return float(_holds(case, value))


def _cheap(case: Case, value: pd.DataFrame) -> float:
    table, wanted = case.args[0], case.expected
    best = wanted["cost"] if isinstance(wanted, Mapping) else cost(table, wanted, QIDS)
    return ramp(cost(table, value, QIDS), zero_at=4 * best, full_at=SLACK * best) * _holds(case, value)


def _same(case: Case, value: Any) -> float:
    wanted = case.expected
    right = value["diagnosis"] == wanted["diagnosis"], close(value["chance"], wanted["chance"], 0.0005)
    return (sum(right) + (all(right) and value["protected"] is wanted["protected"])) / 3


# ---- Misconceptions ----------------------------------------------------------------------------------


def _finds_none(case: Case, value: Any) -> bool:
    return len(value) == 0


def _k_protects(case: Case, value: Any) -> bool:
    return bool(value["protected"] and not case.expected["protected"] and sum(case.args[0].values()) >= K)


def _throws_away(case: Case, value: pd.DataFrame) -> bool:
    return len(value) < (1 - CAP) * len(case.args[0])


DIVERSITY = Task(
    id="4.5a",
    title="l-diversity",
    functions=("leaks", "mend", "learns"),
    checks=(
        Check(
            "4.5a.example",
            "Seven classes",
            0.5,
            "leaks",
            _found,
            ("fixture",),
            expected="All rows of the classes that have one diagnosis only.",
        ),
        Check(
            "4.5a.leaks",
            "The hospital's classes",
            1.0,
            "leaks",
            _found,
            expected="All rows of the classes that have one diagnosis only.",
        ),
        Check(
            "4.5a.diverse",
            "No class leaks",
            1.5,
            "mend",
            _diverse,
            ("fixture", "district"),
            expected="Two diagnoses in every class, k kept, at most 5 % left out, every cell true.",
        ),
        Check(
            "4.5a.cost",
            "The cost",
            1.5,
            "mend",
            _cheap,
            ("fixture", "district"),
            expected="At most 1.25 times what joining each leaking class with its cheapest neighbour costs.",
        ),
        Check(
            "4.5a.learns_example",
            "The example classes",
            0.5,
            "learns",
            _same,
            ("fixture",),
            expected="The likeliest diagnosis, its chance, and whether that is within the limit.",
        ),
        Check(
            "4.5a.learns",
            "Other classes",
            1.0,
            "learns",
            _same,
            expected="The likeliest diagnosis, its chance, and whether that is within the limit.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC64", "leaks", _finds_none),
        Symptom("MC132", "mend", _throws_away),
        Symptom("MC64", "learns", _k_protects),
    ),
    hints=(
        "You know that your neighbour is one of the three women of 40 to 59 in X01. What do you know then?",
        "Count the different diagnoses of each class. A class with one tells it of everybody in it. It needs "
        "company of another kind, or must go.",
        "Join a leaking class with the class that differs in fewest cells: both get the range, the zone or "
        "the "
        "star that covers the two. Compare what that costs with leaving the class out.",
    ),
)
