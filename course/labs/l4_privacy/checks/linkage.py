"""Task 4.2: names found again in a file without names, by a list that anybody may read."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from grading.compare import close, is_number, precision_recall, ramp
from grading.tasks import REFERENCE, Case, Check, Kind, Symptom, Task
from grading.variants import new_ids, renamed, shuffled, widened
from sim.world import World

FILE = ["row_id", "birth_date", "sex", "area"]
NEAR = 0.0005

Pair = tuple[str, str]


# ---- Cases -------------------------------------------------------------------------------------------

_FILE = [
    ("R1", "1980-05-17", "F", "X0104"),
    ("R2", "1980-05-17", "F", "X0104"),
    ("R3", "1980-05-17", "M", "X0104"),
    ("R4", "1962-11-02", "M", "X0201"),
    ("R5", "1962-11-20", "M", "X0201"),
    ("R6", "1991-02-08", "F", None),
    ("R7", "1977-09-30", "F", "X0305"),
]
_MEMBERS = [
    ("S1", "Lena", "Ortiz", "1980-05-17", "F", "X0104"),
    ("S2", "Paul", "Adams", "1962-11-02", "M", "X0201"),
    ("S3", "Mia", "Chen", "1991-02-08", "F", "X0101"),
    ("S4", "Tom", "Baker", "1955-01-23", "M", "X0201"),
    ("S5", "Ana", "Silva", "1977-09-03", "F", "X0305"),
]


def _small() -> tuple[pd.DataFrame, pd.DataFrame]:
    names = ["member_no", "given_name", "family_name", "birth_date", "sex", "area"]
    return (
        pd.DataFrame(_FILE, columns=FILE).astype("str"),
        pd.DataFrame(_MEMBERS, columns=names).astype("str"),
    )


def fixtures() -> list[Case]:
    """Gives seven rows with five members, and five claims, worked out by hand."""
    true = [("S1", "R1"), ("S1", "R2"), ("S2", "R4")]
    asked = ((1, 1, 0.9, 1.0, True), (1, 4, 0.9, 0.25, False), (2, 2, 0.5, 0.5, True))
    none = ((0, 3, 0.0, 0.0, False), (1, 20, 0.05, 0.05, True))
    return [
        Case("reidentify", "seven rows, five members", _small(), expected={"true": true}),
        *(
            Case(
                "confidence",
                f"{rows} rows and {people} people fit",
                (rows, people, limit),
                expected={"confidence": share, "claim": claim},
            )
            for rows, people, limit, share, claim in (*asked, *none)
        ),
    ]


def district(world: World) -> list[Case]:
    """Gives the large hospital's file with the club's list, in two forms, and further claims."""
    file = world.tables["his_patients"].rename(columns={"mrn": "row_id"})[FILE]
    members = world.tables["club_members"]
    true = _true(world) if world.truth is not None else None
    new = new_ids(file["row_id"], "Q")
    other = widened(renamed(shuffled(file, "4.2"), {"row_id": new}))
    moved = None if true is None else [(member, new[row]) for member, row in true]
    return [
        _case("the hospital and the club", "district", file, members, true),
        _case("shuffled, renamed", "variant", other, shuffled(members, "4.2"), moved),
        *_claims(len(file), world.truth is not None),
    ]


def _case(name: str, kind: Kind, file: pd.DataFrame, members: pd.DataFrame, true: list[Pair] | None) -> Case:
    told = None if true is None else {"true": true}
    return Case("reidentify", name, (file.reset_index(drop=True), members), kind, told)


def _true(world: World) -> list[Pair]:
    """Returns which rows of the hospital are a member's."""
    assert world.truth is not None
    records = world.truth.person_of_record
    own = records.loc[records["table"] == "his_patients", ["record", "person"]]
    members = world.truth.facts["person_of_member"]
    found = members[members["person"] >= 0].merge(own, on="person")
    return list(zip(found["member_no"], found["record"], strict=True))


def _claims(number: int, known: bool) -> list[Case]:
    cases = []
    for k in range(12):
        rows, people = (number + k) % 3, (number * (k + 1)) % 9 + 3
        limit = ((number + 5 * k) % 10 + 1) / 20
        args = (rows, people, limit)
        cases.append(Case("confidence", f"claim {k + 1}", args, "district", REFERENCE if known else None))
    return cases


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "confidence":
        right = isinstance(value, dict) and is_number(value.get("confidence"))
        told = 'confidence() must return {"confidence": a number, "claim": True or False}.'
        return None if right and isinstance(value.get("claim"), bool) else told
    if not isinstance(value, list | tuple) or not all(_is_pair(each) for each in value):
        return "reidentify() must return a list of pairs [member_no, row_id]."
    file, members = case.args
    rows, numbers = set(file["row_id"]), set(members["member_no"])
    if any(member not in numbers or row not in rows for member, row in value):
        return "reidentify(): a pair names a member or a row that is not there."
    return None


def _is_pair(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(v, str) for v in value)


# ---- Scores ------------------------------------------------------------------------------------------


def _pairs(value: Iterable[Any]) -> set[Pair]:
    return {(member, row) for member, row in value}


def _measures(case: Case, value: Any) -> tuple[float, float]:
    """Returns precision of the claims and recall of the members who have a row."""
    found, true = _pairs(value), set(case.expected["true"])
    precision, _ = precision_recall(found, true)
    members = {member for member, _ in true}
    return precision, len({member for member, _ in found & true}) / len(members)


def _example(case: Case, value: Any) -> float:
    """One third for each true pair that is claimed and for no false one."""
    true, found = set(case.expected["true"]), _pairs(value)
    return max(0, len(true & found) - len(found - true)) / len(true)


def _recall(case: Case, value: Any) -> float:
    precision, recall = _measures(case, value)
    return ramp(recall, zero_at=0.2, full_at=0.6) if precision >= 0.5 else 0.0


def _precision(case: Case, value: Any) -> float:
    precision, recall = _measures(case, value)
    return ramp(precision, zero_at=0.6, full_at=0.95) if recall >= 0.3 else 0.0


def _same(case: Case, value: Any) -> float:
    share = close(value["confidence"], case.expected["confidence"], NEAR)
    return (share + (share and value["claim"] is case.expected["claim"])) / 2


# ---- Misconceptions ----------------------------------------------------------------------------------


def _everybody(case: Case, value: Any) -> bool:
    """Whether nearly every member got a row."""
    return len({member for member, _ in value}) >= 0.95 * len(case.args[1]) and len(value) > 0


def _false_claims(case: Case, value: Any) -> bool:
    return len(value) > 0 and _measures(case, value)[0] < 0.8


def _rows_only(case: Case, value: Any) -> bool:
    rows, people, _ = case.args
    return bool(0 < rows < people and close(value["confidence"], 1 / rows, NEAR))


LINKAGE = Task(
    id="4.2",
    title="Linkage",
    functions=("reidentify", "confidence"),
    checks=(
        Check(
            "4.2.example",
            "The example list",
            1.5,
            "reidentify",
            _example,
            ("fixture",),
            expected="Every row that is a member's, and no other.",
        ),
        Check(
            "4.2.recall",
            "Members found",
            3.0,
            "reidentify",
            _recall,
            expected="At least 60 % of the members who have a row.",
        ),
        Check(
            "4.2.precision",
            "Claims that are right",
            3.0,
            "reidentify",
            _precision,
            expected="At least 95 % of the claims.",
        ),
        Check(
            "4.2.claim_example",
            "The example claims",
            1.0,
            "confidence",
            _same,
            ("fixture",),
            expected="How sure the attacker may be, and whether that is enough.",
        ),
        Check(
            "4.2.claim",
            "Other claims",
            1.5,
            "confidence",
            _same,
            expected="How sure the attacker may be, and whether that is enough.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC137", "reidentify", _everybody),
        Symptom("MC62", "reidentify", _false_claims),
        Symptom("MC137", "confidence", _rows_only),
    ),
    hints=(
        "Take member S1 of the example and go through the seven rows. Which can be hers, and why no other?",
        "A claim needs everything that both tables hold to agree. Who fits no row is not in the file, and "
        "that is an answer.",
        "Join the two tables on the date of birth, the sex and the area. How sure you may be depends on how "
        "many people of the county fit, not on how many rows.",
    ),
)
