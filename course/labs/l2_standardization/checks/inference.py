"""Task 2.2: units that were left out: inferred page by page for analysis, never for care, or not at all."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from grading.compare import ramp
from grading.tasks import REFERENCE, Case, Check, Kind, Symptom, Task
from grading.variants import new_ids, renamed, shuffled, widened
from sim.world import World

COLUMNS = ("row_id", "unit", "use")
LOST = {"haemoglobin": ("g/dL", "mmol/L"), "urea": ("mg/dL", "mmol/L")}
"""Analytes whose unit is asked for, and the two units in which the laboratory writes them."""

USES = ("analysis only", "care", "none")
HEAPS = ("use", "ask", "leave_out")
NAMES = {
    "haemoglobin": ("Hb", "血红蛋白"),
    "haematocrit": ("Hct", "压积"),
    "urea": ("BUN", "尿素"),
    "glucose": ("Gluc", "血糖"),
    "creatinine": ("Creat", "肌酐"),
}
"""What the third hospital prints, in both countries."""

ROW = ("row_id", "batch_id", "specimen_id", "analyte", "value", "collected_at")


# ---- Cases -------------------------------------------------------------------------------------------

_PAGES = [
    # page, true unit ("" for mixed), then analyte, values and the unit shown ("" for none)
    ("S1", "mg/dL", ("urea", "14 9 17 22", ""), ("glucose", "95 132 88 101", "mg/dL")),
    ("S2", "mmol/L", ("urea", "5.0 6.1 9.8 4.2", ""), ("glucose", "5.2 6.8 4.9 5.5", "mmol/L")),
    ("S3", "mg/dL", ("urea", "8 12 15 11", ""), ("glucose", "99 104 151 87", "")),
    ("S4", "", ("urea", "13 16 4.8 5.9", ""), ("glucose", "92 110", "mg/dL"), ("glucose", "5.1 6", "mmol/L")),
    ("B1", "g/dL", ("haemoglobin", "13.1 14.4 12.2 15.0", ""), ("haematocrit", "39 43 36 46", "%")),
    ("B2", "mmol/L", ("haemoglobin", "8.1 9.0 7.6 9.3", ""), ("haematocrit", "39 44 36 45", "%")),
    ("B3", "", ("haemoglobin", "13.8 14.1 8.6 8.9", ""), ("haematocrit", "41 42 42 43", "%")),
    ("B4", "g/dL", ("haemoglobin", "14.2 13.0 12.9 15.3", "g/dL"), ("haematocrit", "43 39 38 46", "%")),
    ("B5", "mmol/L", ("haemoglobin", "8.8 8.0 8.2 9.4", "mmol/L"), ("haematocrit", "43 38 40 45", "%")),
    ("S5", "mg/dL", ("urea", "16 12 14 21", "mg/dL")),
    ("S6", "mmol/L", ("urea", "5.3 4.4 6.0 4.9", "mmol/L")),
]  # fmt: skip


def _example() -> Case:
    """Builds eleven pages of a bench book, with four patients on each."""
    rows, told = [], {}
    for page, unit, *tests in _PAGES:
        place: Counter[str] = Counter()
        for analyte, values, shown in tests:
            for value in values.split():
                place[analyte] += 1
                name = f"{page}-{analyte}-{place[analyte]}"
                time = pd.Timestamp("2025-03-04 08:00") + pd.Timedelta(minutes=20 * place[analyte])
                rows.append((name, page, f"{page}-{place[analyte]}", analyte, value, time, shown or None))
                if analyte in LOST and not shown:
                    told[name] = unit or None
    table = pd.DataFrame(rows, columns=[*ROW, "unit"]).astype({"collected_at": "datetime64[s]"})
    asked = table["row_id"].isin(list(told))
    mixed = [name for name, unit in told.items() if unit is None]
    return Case(
        "infer_unit",
        "eleven pages",
        (_table(table[asked]).drop(columns="unit"), _table(table[~asked])),
        expected={name: unit or "" for name, unit in told.items()},
        truth={"mixed": mixed},
    )


def _table(rows: pd.DataFrame) -> pd.DataFrame:
    texts = [column for column in rows.columns if column != "collected_at"]
    return rows.astype(dict.fromkeys(texts, "str")).reset_index(drop=True)


def fixtures() -> list[Case]:
    """Gives eleven pages of a bench book, and five lists of results with their purposes."""
    rows = [
        ("a", "g/dL", "printed"),
        ("b", "g/dL", "inferred"),
        ("c", None, "abstained"),
        ("d", "mmol/L", "asked"),
    ]
    one = rows[1:2]
    return [
        _example(),
        _release("all four, for statistics", "a yearly report on anaemia", False, rows, "abd", "", "c"),
        _release("all four, for a transfusion", "transfusion on the ward", True, rows, "ad", "bc", ""),
        _release("inferred only, for research", "a study of last year's results", False, one, "b", "", ""),
        _release("inferred only, for a recall", "calling people in for a check", True, one, "", "b", ""),
        _release("nothing", "an alarm on the screen", True, [], "", "", ""),
    ]


def _release(name: str, purpose: str, reaches: bool, rows: list[Any], *heaps: str) -> Case:
    """Builds a list with its purpose; the rows of the three heaps are single letters, or the reference's."""
    listed = [{"row_id": row, "unit": unit, "how": how} for row, unit, how in rows]
    args = (listed, {"name": purpose, "reaches_a_patient": reaches})
    told = dict(zip(HEAPS, map(list, heaps), strict=True)) if heaps else REFERENCE
    kind: Kind = "fixture" if heaps else "district"
    inferred = [row for row, _, how in rows if how == "inferred"]
    return Case("release", name, args, kind, told, {"inferred": inferred})


def district(world: World) -> list[Case]:
    """Gives the third hospital's results without unit, with all that may help, under two sets of numbers."""
    table = world.tables["h3_lis_results"]
    analyte = {name: analyte for analyte, names in NAMES.items() for name in names}
    table = table.assign(analyte=table["test_name"].map(analyte))
    table = table.loc[table["analyte"].notna() & table["value"].notna(), [*ROW, "unit"]]
    asked = table["analyte"].isin(list(LOST)) & table["unit"].isna()
    results, context = _table(table[asked]).drop(columns="unit"), _table(table[~asked])
    told, mixed = _truth(world, results)
    ids = {c: new_ids(table[c], p) for c, p in (("row_id", "N"), ("batch_id", "P"), ("specimen_id", "T"))}
    others = [widened(shuffled(renamed(part, ids), "2.2")) for part in (results, context)]
    new = {ids["row_id"][row]: unit for row, unit in told.items()}
    facts = {"mixed": [ids["row_id"][row] for row in mixed]}
    known = world.truth is not None
    cases = [
        Case("infer_unit", "the third hospital's results", (results, context), "district",
             told if known else None, {"mixed": mixed}),
        Case("infer_unit", "other numbers", tuple(others), "variant", new if known else None, facts),
    ]  # fmt: skip
    return [*cases, *_purposes(results)] if known else cases


def _truth(world: World, results: pd.DataFrame) -> tuple[dict[str, str], list[str]]:
    """Returns the true unit of each row (blank on mixed pages), and the rows on mixed pages."""
    if world.truth is None:
        return {}, []
    units = world.truth.facts["unit_of_result"]
    mine = units[units["facility"] == "H3"].set_index("row_id").loc[results["row_id"]]
    mixed = mine["mixed"].astype(bool)
    told = mine["unit"].mask(mixed, "").to_dict()
    return {str(row): str(unit) for row, unit in told.items()}, [str(row) for row in mine.index[mixed]]


_PURPOSES = (
    ("dosing a drug", True),
    ("a table for the annual report", False),
    ("a letter to the family doctor", True),
    ("training a forecast of workload", False),
    ("a list of people to telephone", True),
    ("comparing two analysers over a year", False),
)


def _purposes(results: pd.DataFrame) -> list[Case]:
    """Gives lists of the district's rows for six purposes."""
    hows = ("printed", "inferred", "abstained", "inferred", "asked")
    cases = []
    for number, (purpose, reaches) in enumerate(_PURPOSES):
        names = results["row_id"].iloc[7 * number : 7 * number + 12]
        rows = [
            (str(name), None if hows[(i + number) % 5] == "abstained" else "g/dL", hows[(i + number) % 5])
            for i, name in enumerate(names)
        ]
        cases.append(_release(purpose, purpose, reaches, rows))
    return cases


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    return _release_form(case, value) if case.function == "release" else _infer_form(case, value)


def _infer_form(case: Case, value: Any) -> str | None:
    if not isinstance(value, pd.DataFrame) or not set(COLUMNS) <= set(value.columns):
        return f"infer_unit() must return a DataFrame with the columns {', '.join(COLUMNS)}."
    if Counter(value["row_id"]) != Counter(case.args[0]["row_id"]):
        return "infer_unit() must return every row_id of results exactly once, and no other."
    if set(value["use"]) - set(USES):
        return f"infer_unit(): use is one of {', '.join(USES)}."
    analyte = dict(zip(case.args[0]["row_id"], case.args[0]["analyte"], strict=True))
    if any(unit and unit not in LOST[analyte[row]] for row, unit in _given(value).items()):
        return "infer_unit(): a unit is one of the two of its analyte, or missing."
    return None


def _release_form(case: Case, value: Any) -> str | None:
    if not isinstance(value, dict) or not all(isinstance(value.get(heap), list) for heap in HEAPS):
        return f"release() must return a dictionary with the lists {', '.join(HEAPS)}."
    listed = Counter(row for heap in HEAPS for row in value[heap])
    if listed != Counter(row["row_id"] for row in case.args[0]):
        return "release() must put every row_id into one of the three lists, once."
    return None


# ---- Scores ------------------------------------------------------------------------------------------


def _given(value: pd.DataFrame) -> dict[str, str]:
    """Returns the unit given to each row, blank where the answer abstains."""
    units = value["unit"].astype(object).where(value["unit"].notna(), "")
    return dict(zip(value["row_id"], units, strict=True))


def _counts(case: Case, value: Any) -> tuple[float, float]:
    """Returns the share of rows that were answered, and of these the share answered wrongly."""
    given = {row: unit for row, unit in _given(value).items() if unit}
    wrong = sum(unit != case.expected[row] for row, unit in given.items())
    return len(given) / len(case.expected), wrong / max(1, len(given))


def _units_right(case: Case, value: Any) -> float:
    answered, wrong = _counts(case, value)
    return ramp(wrong, zero_at=0.12, full_at=0.03) if answered >= 0.5 else 0.0


def _abstains_seldom(case: Case, value: Any) -> float:
    answered, wrong = _counts(case, value)
    return ramp(1 - answered, zero_at=0.40, full_at=0.25) if wrong < 0.3 else 0.0


def _mixed_left(case: Case, value: Any) -> float:
    """Scores the rows of mixed pages; only an answer that dares something elsewhere can earn it."""
    given, mixed = _given(value), case.truth["mixed"]
    left = sum(not given[row] for row in mixed) / len(mixed) if mixed else 1.0
    return ramp(left, zero_at=0.5, full_at=1.0) if _counts(case, value)[0] >= 0.5 else 0.0


def _use_right(case: Case, value: Any) -> float:
    given = _given(value)
    right = [use == (USES[0] if given[row] else USES[2])
             for row, use in zip(value["row_id"], value["use"], strict=True)]  # fmt: skip
    return sum(right) / len(right) if _counts(case, value)[0] >= 0.5 else 0.0


def _whole(case: Case, value: Any) -> float:
    given = _given(value)
    right = sum(given[row] == unit for row, unit in case.expected.items()) / len(given)
    return ramp(right, zero_at=0.4, full_at=1.0) * _use_right(case, value)


def _heaps_right(case: Case, value: Any) -> float:
    return sum(sorted(value[heap]) == sorted(case.expected[heap]) for heap in HEAPS) / len(HEAPS)


# ---- Misconceptions ----------------------------------------------------------------------------------


def _for_care(case: Case, value: Any) -> bool:
    return bool((value["use"] == USES[1]).any())


def _gives_up(case: Case, value: Any) -> bool:
    return _counts(case, value)[0] < 0.6


def _by_page(case: Case, value: Any) -> Mapping[str, set[str]]:
    """Returns the units given on each page that is not mixed, for one analyte at a time."""
    table, given, mixed = case.args[0], _given(value), set(case.truth["mixed"])
    pages: dict[str, set[str]] = {}
    for row, page, analyte in zip(table["row_id"], table["batch_id"], table["analyte"], strict=True):
        if row not in mixed and given[row]:
            pages.setdefault(f"{page} {analyte}", set()).add(given[row])
    return pages


def _each_alone(case: Case, value: Any) -> bool:
    """Whether both units were given on one page in five and more."""
    pages = _by_page(case, value)
    return sum(len(units) > 1 for units in pages.values()) > 0.2 * len(pages) > 0


def _one_unit_a_page(case: Case, value: Any) -> bool:
    given, mixed = _given(value), case.truth["mixed"]
    return bool(mixed) and sum(bool(given[row]) for row in mixed) > len(mixed) / 2


def _sends_guesses(case: Case, value: Any) -> bool:
    reaches = case.args[1]["reaches_a_patient"]
    return bool(reaches and set(case.truth["inferred"]) & set(value[HEAPS[0]]))


_PARTS: tuple[tuple[str, str, float, Callable[[Case, Any], float], str], ...] = (
    ("units", "The units inferred", 3.0, _units_right, "At most 3 % of the units given are wrong."),
    ("abstain", "How often you abstain", 1.0, _abstains_seldom, "At most a quarter of the rows."),
    ("use", "What the units may be used for", 1.0, _use_right, "Analysis only; none where you abstain."),
)

INFERENCE = Task(
    id="2.2",
    title="Missing units",
    functions=("infer_unit", "release"),
    checks=(
        Check(
            "2.2.example",
            "The eleven example pages",
            1.0,
            "infer_unit",
            _whole,
            ("fixture",),
            expected="The unit of every page that has one; mixed pages left alone.",
        ),
        *(
            Check(f"2.2.{name}", title, points, "infer_unit", score, expected=expected)
            for name, title, points, score, expected in _PARTS
        ),
        Check(
            "2.2.mixed",
            "Mixed pages",
            1.5,
            "infer_unit",
            _mixed_left,
            combine="worst",
            expected="No unit is given to a row of a page that holds both.",
        ),
        Check(
            "2.2.release_example",
            "The example lists",
            1.0,
            "release",
            _heaps_right,
            ("fixture",),
            expected="What may be used, what must be asked, what is left out.",
        ),
        Check(
            "2.2.release",
            "Other lists and purposes",
            1.5,
            "release",
            _heaps_right,
            expected="What may be used, what must be asked, what is left out.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC120", "infer_unit", _for_care),
        Symptom("MC197", "infer_unit", _gives_up),
        Symptom("MC32", "infer_unit", _each_alone),
        Symptom("MC194", "infer_unit", _one_unit_a_page),
        Symptom("MC120", "release", _sends_guesses),
    ),
    hints=(
        "One value of 9 tells nothing. What do the other values on its page tell?",
        "A page was written at one bench, or the bench changed halfway. The units shown on it, the values of "
        "glucose and creatinine, and haematocrit beside haemoglobin tell which bench it was.",
        "Let every piece of evidence on a page vote. All for one bench: infer. Both benches: abstain on the "
        "whole page. Learn from the rows with a unit where one bench ends and the other begins.",
    ),
)
