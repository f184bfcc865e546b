"""Task 4.6: one patient's HIV status out of counts that are all large enough to be told."""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from grading.tasks import REFERENCE, Case, Check, Kind, Symptom, Task
from sim.policy.queries import QueryDesk
from sim.world import World

CODES = ("Z21", "B20")
LEAST = 5
MOST = 20
KEYS = {"diagnoses": str, "sex": str, "birth_years": int, "areas": str}
REASONS = ("small", "difference", None)


# ---- Cases -------------------------------------------------------------------------------------------

_SMALL = [
    # sex, birth year, area, how many, of them with Z21, of them with B20
    ("F", 1980, "X0101", 1, 1, 0),
    ("F", 1980, "X0102", 2, 0, 1),
    ("F", 1971, "X0101", 4, 1, 2),
    ("F", 1985, "X0103", 6, 3, 1),
    ("M", 1980, "X0101", 3, 1, 0),
    ("M", 1962, "X0102", 1, 0, 1),
    ("M", 1975, "X0102", 7, 2, 4),
    ("M", 1980, "X0103", 2, 0, 0),  # who leaves out his area asks for too few women
]


def _small() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns a little hospital's patients and their visits."""
    people, seen = [], []
    for sex, year, area, count, carriers, ill in _SMALL:
        for place in range(count):
            number = f"P{len(people):02d}"
            people.append((number, sex, f"{year}-06-01", area))
            code = "Z21" if place < carriers else "B20" if place < carriers + ill else "I10"
            seen.append((number, code))
    patients = pd.DataFrame(people, columns=["mrn", "sex", "birth_date", "area"]).astype("str")
    return patients, pd.DataFrame(seen, columns=["mrn", "dx_code"]).astype("str")


def _case(name: str, kind: Kind, mrn: str, patients: pd.DataFrame, visits: pd.DataFrame, known: bool) -> Case:
    """Gives a target, the list of patients without illnesses, and, for the judge only, the desk's tables."""
    listed = pd.DataFrame(
        {
            "sex": patients["sex"],
            "birth_year": pd.to_numeric(patients["birth_date"].str[:4]).astype("int64"),
            "area": patients["area"],
        }
    )
    row = listed[patients["mrn"] == mrn].iloc[0]
    target = {"sex": str(row["sex"]), "birth_year": int(row["birth_year"]), "area": str(row["area"])}
    truth = {"mrn": mrn, "patients": patients, "visits": visits}
    return Case(
        "plan",
        name,
        (target, listed.sort_values(["area", "birth_year", "sex"], ignore_index=True)),
        kind,
        "a difference that follows the status" if known else None,
        truth if known else {},
    )


def fixtures() -> list[Case]:
    """Gives two targets in a little hospital, and ten questions to an auditor, worked out by hand."""
    patients, visits = _small()
    a, b = (list("abcdefgh"), list("abcdefghi"))
    asked: tuple[tuple[str, list[list[str]], list[str], bool, str | None], ...] = (
        ("the first question", [], a, False, None),
        ("one person more", [a], b, True, "difference"),
        ("the same again", [b], b, False, None),
        ("three people", [], list("xyz"), True, "small"),
        ("quite other people", [a], list("pqrstuv"), False, None),
        ("two people less, two questions later", [b, list("pqrstuv")], list("abcdefg"), True, "difference"),
        ("one person", [], list("x"), True, "small"),
        ("five people", [], list("vwxyz"), False, None),
        ("nobody", [b], [], False, None),
        ("five people other", [b], list("abcdefghijklmn"), False, None),
    )
    return [
        _case("a woman with Z21", "fixture", "P00", patients, visits, True),
        _case("a man with B20", "fixture", "P16", patients, visits, True),
        *(
            Case("refuse", name, (told, new, LEAST), expected={"refuse": no, "because": why})
            for name, told, new, no, why in asked
        ),
    ]


def district(world: World) -> list[Case]:
    """Gives the large hospital's five targets, and further questions to an auditor."""
    known = world.truth is not None
    patients = world.tables["his_patients"][["mrn", "sex", "birth_date", "area"]].reset_index(drop=True)
    visits = world.tables["his_encounters"][["mrn", "dx_code"]].reset_index(drop=True)
    if world.truth is not None:
        targets = world.truth.facts["query_targets"]["mrn"].tolist()
    else:
        targets = patients.dropna(subset="area")["mrn"].head(5).tolist()
    return [
        *(_case(f"target {n}", "district", mrn, patients, visits, known) for n, mrn in enumerate(targets, 1)),
        *_audits(patients["mrn"].tolist(), known),
    ]


def _audits(numbers: list[str], known: bool) -> Iterator[Case]:
    for k in range(10):
        start = 13 * k
        new = numbers[start : start + 30]
        asked = [numbers[start + 50 : start + 90], numbers[: start + 200 : 7]]
        if k % 5 == 1:
            asked.append(new[1:])
        elif k % 5 == 2:
            asked.insert(0, [*new, *numbers[-3:]])
        elif k % 5 == 3:
            new = new[:k]
        elif k % 5 == 4:
            asked.append([*new[2:], *numbers[-2:]])
        args = (asked, new, LEAST + k // 5)
        yield Case("refuse", f"question {k + 1}", args, "district", REFERENCE if known else None)


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "refuse":
        right = isinstance(value, dict) and isinstance(value.get("refuse"), bool)
        right = right and value.get("because") in REASONS
        return None if right else 'refuse() must return {"refuse": bool, "because": "small", ... or None}.'
    sides = [value.get(side) for side in ("plus", "minus")] if isinstance(value, dict) else []
    if len(sides) != 2 or not all(isinstance(side, list) and len(side) <= MOST for side in sides):
        return f'plan() must return {{"plus": a list, "minus": a list}} of at most {MOST} questions each.'
    return next((told for side in sides for question in side if (told := _odd(question))), None)


def _odd(question: Any) -> str | None:
    if not isinstance(question, dict) or (unknown := set(question) - set(KEYS)):
        told = "" if not isinstance(question, dict) else f" There is no '{min(map(str, unknown))}'."
        return f"plan(): a question is a dictionary with some of {', '.join(KEYS)}.{told}"
    for key, kind in KEYS.items():
        found = question.get(key)
        each = [found] if key == "sex" else found
        if found is not None and not (isinstance(each, list) and all(type(one) is kind for one in each)):
            return f"plan(): {key} must be {'a text' if key == 'sex' else f'a list of {kind.__name__}'}."
    return None


# ---- Scores ------------------------------------------------------------------------------------------


def _difference(case: Case, value: Any, visits: pd.DataFrame) -> int | None:
    """Returns what the answers come to on a desk, or None where one of them is withheld."""
    desk = QueryDesk(case.truth["patients"], visits)
    total = 0
    for side, sign in (("plus", 1), ("minus", -1)):
        for question in value[side]:
            told = desk.count(**question)
            if told is None:
                return None
            total += sign * told
    return total


def _other(case: Case) -> pd.DataFrame:
    """Returns the visits as they would be if the target had the other status."""
    visits, mrn = case.truth["visits"], case.truth["mrn"]
    mine = (visits["mrn"] == mrn) & visits["dx_code"].str.startswith(CODES, na=False)
    return visits[~mine]


def _follows(case: Case, value: Any) -> float:
    """Whether the difference is 1 as things are, and 0 if the target had no HIV."""
    now, then = (_difference(case, value, each) for each in (case.truth["visits"], _other(case)))
    return float(now == 1 and then == 0)


def _told(case: Case, value: Any) -> float:
    """Whether something is asked and all is answered, and the difference says yes or no."""
    return float(bool(value["plus"]) and _difference(case, value, case.truth["visits"]) in (0, 1))


def _same(case: Case, value: Any) -> float:
    wanted = case.expected
    right = value["refuse"] is wanted["refuse"]
    return (right + (right and value["because"] == wanted["because"])) / 2


# ---- Misconceptions ----------------------------------------------------------------------------------


def _gives_up(case: Case, value: Any) -> bool:
    return not value["plus"] and not value["minus"]


def _one_code(case: Case, value: Any) -> bool:
    """Whether only one of the two codes of HIV was asked for."""
    asked = {code for side in ("plus", "minus") for q in value[side] for code in q.get("diagnoses") or ()}
    return len([code for code in CODES if any(code.startswith(one) for one in asked)]) == 1


def _only_small(case: Case, value: Any) -> bool:
    return bool(case.expected["because"] == "difference" and not value["refuse"])


DIFFERENCING = Task(
    id="4.6",
    title="Differencing",
    functions=("plan", "refuse"),
    checks=(
        Check(
            "4.6.example",
            "Two targets in a little hospital",
            1.5,
            "plan",
            _follows,
            ("fixture",),
            expected="A difference of 1 if the target has HIV and of 0 if not, and no answer withheld.",
        ),
        Check(
            "4.6.told",
            "Only what is told",
            1.0,
            "plan",
            _told,
            expected="No answer is withheld, and the difference is 0 or 1.",
        ),
        Check(
            "4.6.targets",
            "Five targets",
            3.5,
            "plan",
            _follows,
            expected="A difference of 1 if the target has HIV and of 0 if not, and no answer withheld.",
        ),
        Check(
            "4.6.audit_example",
            "The example questions",
            0.5,
            "refuse",
            _same,
            ("fixture",),
            expected="Whether the question must be refused, and why.",
        ),
        Check(
            "4.6.audit",
            "Other questions",
            1.5,
            "refuse",
            _same,
            expected="Whether the question must be refused, and why.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC65", "plan", _gives_up),
        Symptom("MC134", "plan", _one_code),
        Symptom("MC65", "refuse", _only_small),
    ),
    hints=(
        "Two large groups may differ in one single person. Which two groups differ in your target only?",
        "Ask for everybody of that sex in some areas, once with all years of birth and once without the "
        "target's "
        "year. Who else would be missing the second time?",
        "Leave out of both questions the areas in which somebody else of this sex and year lives. Ask for "
        "all codes "
        "that mean HIV.",
    ),
)
