"""Task 4.4: a file in which everybody is like at least k - 1 others, at the smallest loss."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from grading.compare import is_whole, ramp
from grading.tasks import REFERENCE, Case, Check, Kind, Symptom, Task
from grading.variants import new_ids, renamed, shuffled, widened
from sim.policy.released import list_patients
from sim.world import World

QIDS = ["age", "sex", "area"]
CAP = 0.05
"""Largest share of rows that may be left out."""

SLACK = 1.1
WORST = 0.6
"""Loss that earns nothing."""

CUTS = (2, 3)
"""Characters of an area that name its zone and its town."""


# ---- Cases -------------------------------------------------------------------------------------------

_SMALL = [
    (31, "F", "X0101"), (33, "F", "X0101"), (38, "F", "X0102"), (35, "M", "X0101"), (36, "M", "X0102"),
    (39, "M", "X0102"), (42, "F", "X0201"), (44, "F", "X0201"), (47, "F", "X0202"), (41, "M", "X0201"),
    (45, "M", "X0202"), (48, "M", "X0201"), (61, "F", "X0101"), (64, "F", "X0102"), (66, "F", "X0102"),
    (62, "M", None), (63, "M", None), (69, "M", None), (34, "F", "X0102"), (97, "M", "X1101"),
]  # fmt: skip
_RELEASED = [
    ("R1", "20-39", "F", "X0"), ("R2", "20-39", "F", "X0"), ("R3", "40-59", "M", "X01"),
    ("R4", "60-79", "F", "X01"), ("R5", "60-79", "*", "*"), ("R6", "70-89", "M", ""),
    ("R7", "*", "F", "X12"), ("R8", "66-66", "F", "X0104"),
]  # fmt: skip


def _small() -> pd.DataFrame:
    table = pd.DataFrame(_SMALL, columns=QIDS).astype({"sex": "str", "area": "str"})
    table.insert(0, "row_id", [f"R{number:02d}" for number in range(1, len(table) + 1)])
    return table


def fixtures() -> list[Case]:
    """Gives twenty patients with and without their areas, and six questions to a released file, by hand.

    Without the areas, three women and four men are older than 59. So for k = 5 every age becomes a star:
    half of what the two columns hold.
    """
    small = _small()
    released = pd.DataFrame(_RELEASED, columns=["row_id", *QIDS]).astype("str")
    asked = (
        ((60, 79), "X0", 2, 2, 6, False),
        ((20, 39), "X0", 2, 2, 4, True),
        ((66, 120), None, 0, 2, 5, False),
        ((0, 120), "X1", 0, 1, 3, False),
        ((0, 120), None, 0, 8, 8, True),
        ((0, 19), "X02", 1, 0, 1, False),
    )
    return [
        Case("anonymise", "twenty patients, k = 3", (small, QIDS, 3), expected={"loss": 0.1581}),
        Case(
            "anonymise",
            "twenty patients without their areas, k = 5",
            (small.drop(columns="area"), QIDS[:2], 5),
            expected={"loss": 0.5},
        ),
        *(
            Case(
                "bounds",
                f"aged {ages[0]} to {ages[1]} in {place or 'the county'}, {left_out} left out",
                (released, left_out, {"ages": list(ages), "place": place}, 0.5),
                expected={"least": least, "most": most, "usable": usable},
            )
            for ages, place, left_out, least, most, usable in asked
        ),
    ]


def district(world: World) -> list[Case]:
    """Gives the large hospital's patients with k of 5 and 11, and questions to a release of them."""
    known = world.truth is not None
    patients = list_patients(world.tables["his_patients"]).rename(columns={"mrn": "row_id"})
    file = patients[["row_id", *QIDS]]
    other = widened(renamed(shuffled(file, "4.4"), {"row_id": new_ids(file["row_id"], "Q")}))
    cases = [
        _case("k = 5", "district", file, QIDS, 5, known),
        _case("k = 11", "district", file, QIDS, 11, known),
        _case("shuffled, without sex, k = 5", "variant", other, ["age", "area"], 5, known),
    ]
    return cases + _questions(file, known)


def _case(name: str, kind: Kind, file: pd.DataFrame, qids: list[str], k: int, known: bool) -> Case:
    return Case("anonymise", name, (file, list(qids), k), kind, REFERENCE if known else None)


def _questions(file: pd.DataFrame, known: bool) -> list[Case]:
    decade = file["age"] // 10 * 10
    told = pd.DataFrame(
        {
            "row_id": file["row_id"],
            "age": decade.astype("str") + "-" + (decade + 9).astype("str"),
            "sex": file["sex"],
            "area": file["area"].str[:3].fillna(""),
        }
    )
    # One table of several grains: the old by twenties, one town by its areas.
    twenty = file["age"] // 20 * 20
    told["age"] = told["age"].mask(
        file["age"] >= 60, twenty.astype("str") + "-" + (twenty + 19).astype("str")
    )
    told["area"] = told["area"].mask(file["age"] < 20, file["area"].str[:2].fillna("*"))
    kept = told[: int(len(told) * 0.97)]
    left_out = len(told) - len(kept)
    towns = sorted(file["area"].dropna().str[:3].unique())
    asked = [
        ((65, 120), None), ((60, 79), towns[0][:2]), ((18, 64), towns[1]), ((0, 17), towns[0][:2]),
        ((30, 39), towns[-1]), ((0, 120), towns[2]), ((50, 59), None), ((45, 54), None),
    ]  # fmt: skip
    return [
        Case(
            "bounds",
            f"aged {ages[0]} to {ages[1]} in {place or 'the county'}",
            (kept, left_out, {"ages": list(ages), "place": place}, 0.3),
            "district",
            REFERENCE if known else None,
        )
        for ages, place in asked
    ]


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "bounds":
        right = isinstance(value, dict) and all(is_whole(value.get(name)) for name in ("least", "most"))
        told = 'bounds() must return {"least": a whole number, "most": one, "usable": True or False}.'
        return None if right and isinstance(value.get("usable"), bool) else told
    file, qids, _ = case.args
    if not isinstance(value, pd.DataFrame) or not {"row_id", *qids} <= set(value.columns):
        return f"anonymise() must return a DataFrame with the columns row_id, {', '.join(qids)}."
    if more := sorted(set(value.columns) - {"row_id", *qids}):
        return f"anonymise() must return no other columns; {more[0][:20]} could give a patient away."
    rows = value["row_id"]
    if rows.duplicated().any() or not set(rows) <= set(file["row_id"]):
        return "anonymise() must return each row_id of the file at most once, and no other."
    for column in qids:
        if not all(isinstance(cell, str) for cell in value[column]):
            return f"anonymise(): the column {column} must hold text; a blank is the empty text."
    if "age" in qids and (odd := [cell for cell in value["age"] if cell != "*" and span(cell) is None]):
        return f"anonymise(): an age is written as '40-49' or '*', not as '{odd[0][:20]}'."
    return None


def span(cell: str) -> tuple[int, int] | None:
    """Returns the two ends of a range of ages, or None.

    Example:
        >>> span("40-49"), span("45"), span("old")
        ((40, 49), (45, 45), None)
    """
    ends = re.fullmatch(r"(\d{1,3})(?:-(\d{1,3}))?", cell)
    return (int(ends[1]), int(ends[2] or ends[1])) if ends else None


# ---- Scores ------------------------------------------------------------------------------------------


def _joined(case: Case, released: pd.DataFrame) -> pd.DataFrame:
    file, qids, _ = case.args
    return file[["row_id", *qids]].merge(released[["row_id", *qids]], on="row_id", suffixes=("", "_told"))


def _true(name: str, cell: Any, told: str) -> bool:
    """Whether a cell that was told covers the original one."""
    if told == "*":
        return True
    if name == "age":
        ends = span(told)
        return ends is not None and ends[0] <= cell <= ends[1]
    if not isinstance(cell, str):
        return told == ""
    return told == cell or (name == "area" and told in {cell[:cut] for cut in CUTS})


def smallest(released: pd.DataFrame, qids: Sequence[str]) -> int:
    """Returns how many rows the smallest class of a release has: the k that it holds."""
    return int(released.groupby(list(qids), dropna=False).size().min()) if len(released) else 0


def loss_of(case: Case, released: pd.DataFrame) -> float:
    """Returns the mean loss of a release's rows, rows that were left out counting 1."""
    file, qids, _ = case.args
    grains = {column: _grain(file, column) for column in qids}
    parts = [released[column].map({cell: grains[column](cell) for cell in released[column].unique()})
             for column in qids]  # fmt: skip
    kept = sum(part.sum() for part in parts) / len(qids)
    return float((kept + len(file) - len(released)) / len(file))


def _grain(file: pd.DataFrame, name: str) -> Callable[[str], float]:
    """Returns how coarse a cell of a column is, from 0 to 1."""
    if name == "age":
        youngest, oldest = int(file["age"].min()), int(file["age"].max())
        return lambda cell: _width(cell, youngest, oldest)
    if name == "sex":
        return lambda cell: float(cell == "*")
    areas = list(file["area"].dropna().unique())
    most = max(1, len(areas) - 1)
    return lambda cell: _share(cell, areas, most)


def _width(cell: str, youngest: int, oldest: int) -> float:
    ends = span(cell) or (youngest, oldest)
    return max(0, min(ends[1], oldest) - max(ends[0], youngest)) / max(1, oldest - youngest)


def _share(cell: str, areas: Sequence[str], most: int) -> float:
    if cell == "":
        return 0.0
    return 1.0 if cell == "*" else (sum(area.startswith(cell) for area in areas) - 1) / most


def _kept(case: Case, value: pd.DataFrame) -> float:
    """Whether every class has k rows and every cell tells the truth."""
    _, qids, k = case.args
    rows = _joined(case, value)
    true = all(
        _true(column, cell, told)
        for column in qids
        for cell, told in set(zip(_plain(rows[column]), rows[f"{column}_told"], strict=True))
    )
    return float(true and smallest(value, qids) >= k)


def _plain(cells: pd.Series) -> list[Any]:
    return [None if pd.isna(cell) else cell for cell in cells]


def _dropped(case: Case, value: pd.DataFrame) -> float:
    return 1 - len(value) / len(case.args[0])


def _cap(case: Case, value: pd.DataFrame) -> float:
    return ramp(_dropped(case, value), zero_at=0.3, full_at=CAP) * _kept(case, value)


def _loss(case: Case, value: pd.DataFrame) -> float:
    best = case.expected["loss"] if isinstance(case.expected, Mapping) else loss_of(case, case.expected)
    if _dropped(case, value) > CAP + 1e-9:
        return 0.0
    return ramp(loss_of(case, value), zero_at=WORST, full_at=best * SLACK) * _kept(case, value)


def _bounds(case: Case, value: Any) -> float:
    return sum(value[name] == case.expected[name] for name in ("least", "most", "usable")) / 3


# ---- Misconceptions ----------------------------------------------------------------------------------


def _not_kept(case: Case, value: pd.DataFrame) -> bool:
    """Whether some class of the rows that were released is too small."""
    return len(value) > 0 and 0 < smallest(value, case.args[1]) < case.args[2]


def _dropping(case: Case, value: pd.DataFrame) -> bool:
    return _kept(case, value) == 1 and _dropped(case, value) > CAP


ANONYMITY = Task(
    id="4.4",
    title="k-anonymity",
    functions=("anonymise", "bounds"),
    checks=(
        Check(
            "4.4.example",
            "Twenty patients",
            1.5,
            "anonymise",
            _loss,
            ("fixture",),
            expected="k kept, at most 5 % left out, at most .158 × 1.1 lost; without areas .5 × 1.1.",
        ),
        Check(
            "4.4.k",
            "Everybody is hidden",
            3.0,
            "anonymise",
            _kept,
            combine="worst",
            expected="Every class of the rows that are released has k rows, and every cell is true.",
        ),
        Check(
            "4.4.cap",
            "Nobody is thrown away needlessly",
            1.5,
            "anonymise",
            _cap,
            expected="At most 5 % of the rows are left out.",
        ),
        Check(
            "4.4.loss",
            "The loss",
            4.5,
            "anonymise",
            _loss,
            expected="At most 1.1 times that of the best global recoding.",
        ),
        Check(
            "4.4.bounds_example",
            "The example questions",
            1.5,
            "bounds",
            _bounds,
            ("fixture",),
            expected="How many rows fit for certain, how many at most, and whether that is close enough.",
        ),
        Check(
            "4.4.bounds",
            "Other questions",
            2.0,
            "bounds",
            _bounds,
            expected="How many rows fit for certain, how many at most, and whether that is close enough.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC139", "anonymise", _not_kept),
        Symptom("MC132", "anonymise", _dropping),
    ),
    hints=(
        "Write the twenty patients on cards and lay them in heaps of at least three. What must you blur?",
        "Try every way to blur the columns: some widths of age, four grains of place, sex or no sex. For "
        "each, what is in heaps that are too small is left out.",
        "Keep the way with the smallest loss among those that leave out at most 5 %. Count the heaps once "
        "more on what you hand out, with all columns.",
    ),
)
