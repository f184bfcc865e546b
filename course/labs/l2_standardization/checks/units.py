"""Task 2.1: results of three laboratories told in one unit each, and what must not be told."""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from typing import Any

import pandas as pd

from grading.compare import close, is_number, ramp
from grading.once import once
from grading.tasks import REFERENCE, Case, Check, Kind, Symptom, Task, among
from grading.variants import new_ids, renamed, shuffled, widened
from sim.errors import HilabError
from sim.systems.lab_concepts import concepts
from sim.systems.units import convert
from sim.world import World

COLUMNS = ("row_id", "value", "unit", "comparator", "error")
ERRORS = ("no-number", "no-unit", "bad-unit")
SIGNS = ("<=", ">=", "<", ">")
ANSWERS = ("rose", "fell", "same", "cannot-tell")
REASONS = ("unit", "limit", "numbers")
PLAIN_UNITS = ("g/dL", "g/L", "mg/dL", "mg/L", "mmol/L", "umol/L", "%", "mmol/mol")
SI = {
    **dict.fromkeys(("glucose", "urea", "cholesterol", "triglycerides", "calcium"), "mmol/L"),
    **dict.fromkeys(("creatinine", "urate", "bilirubin"), "umol/L"),
    "haemoglobin": "g/L",
    "HbA1c": "mmol/mol",
}
OLDER = dict.fromkeys(SI, "mg/dL") | {"haemoglobin": "g/dL", "HbA1c": "%"}
MOLAR = SI | {"haemoglobin": "mmol/L"}
"""Wanted units; the second list is the one of older books, the third differs in haemoglobin only."""

NITROGEN = {"urea": "urea nitrogen"}
"""Names of analytes that `sim.systems.units` calls otherwise."""

AGAIN = "there and back"
"""Situation of the case that is told in one list of units and then in another."""

MOST = 2500
HOSPITALS = {"H1": "lis_results", "H2": "h2_lis_results", "H3": "h3_lis_results"}


# ---- Cases -------------------------------------------------------------------------------------------

_EXAMPLE = [
    # row, analyte, value, unit; value, comparator and error in SI
    ("U01", "glucose", "126", "mg/dL", 6.994, "", ""),
    ("U02", "HbA1c", "6.5", "%", 47.53, "", ""),
    ("U03", "HbA1c", "42", "mmol/mol", 42.0, "", ""),
    ("U04", "creatinine", "<0.6", "mg/dL", 53.04, "<", ""),
    ("U05", "creatinine", ">= 500", "µmol/L", 500.0, ">=", ""),
    ("U06", "urea", "14", "MG/DL", 4.998, "", ""),
    ("U07", "haemoglobin", "8.7", "mmol/l", 140.2, "", ""),
    ("U08", "haemoglobin", "14.0", "g/dL", 140.0, "", ""),
    ("U09", "glucose", "5.5", "units", None, "", "bad-unit"),
    ("U10", "glucose", "95", None, None, "", "no-unit"),
    ("U11", "creatinine", None, "umol/L", None, "", "no-number"),
    ("U12", "cholesterol", "haemolysed", "mg/dL", None, "", "no-number"),
    ("U13", "HbA1c", "7.1", "mmol/L", None, "", "bad-unit"),
    ("U14", "triglycerides", "150", "mg/dL", 1.694, "", ""),
    ("U15", "urate", "60", "mg/L", 356.9, "", ""),
]
_BACK = [
    ("W01", "glucose", "7.0", "mmol/L", 126.1, "", ""),
    ("W02", "HbA1c", "48", "mmol/mol", 6.543, "", ""),
    ("W03", "creatinine", "<53", "umol/L", 0.5995, "<", ""),
    ("W04", "urea", "5.0", "MMOL/L", 14.01, "", ""),
    ("W05", "haemoglobin", "> 12", "mmol/L", 19.34, ">", ""),
    ("W06", "glucose", "100", "?", None, "", "bad-unit"),
]


def _example(rows: list[tuple[Any, ...]], name: str, wanted: Mapping[str, str]) -> Case:
    table = pd.DataFrame([row[:4] for row in rows], columns=["row_id", "analyte", "value", "unit"])
    answers = [
        (row, value, None if error else wanted[analyte], sign, error)
        for row, analyte, _, _, value, sign, error in rows
    ]
    told = pd.DataFrame(answers, columns=list(COLUMNS))
    return Case("to_canonical", name, (table.astype("str"), dict(wanted)), expected=told)


def fixtures() -> list[Case]:
    """Gives two small tables and six pairs of results, worked out by hand."""
    return [
        _example(_EXAMPLE, "fifteen results, into SI", SI),
        _example(_BACK, "six results, into older units", OLDER),
        *(
            Case(
                "trend",
                f"{first[0]} {first[1]}, then {second[0]} {second[1]}",
                (_result(analyte, *first), _result(analyte, *second)),
                expected={"answer": answer, "reason": reason},
            )
            for analyte, first, second, answer, reason in (
                ("glucose", ("126", "mg/dL"), ("9.0", "mmol/L"), "rose", "numbers"),
                ("HbA1c", ("48", "mmol/mol"), ("6.5", "%"), "same", "numbers"),
                ("creatinine", ("<0.6", "mg/dL"), ("40", "umol/L"), "cannot-tell", "limit"),
                ("creatinine", ("<0.6", "mg/dL"), ("80", "umol/L"), "rose", "limit"),
                ("glucose", ("100", None), ("90", "mg/dL"), "cannot-tell", "unit"),
                ("haemoglobin", ("14.0", "g/dL"), ("7.0", "mmol/L"), "fell", "numbers"),
            )
        ),
    ]


def _result(analyte: str, value: str, unit: str | None) -> dict[str, str | None]:
    return {"analyte": analyte, "value": value, "unit": unit}


def district(world: World) -> list[Case]:
    """Gives results of the three laboratories, into two lists of units, and back; and pairs of results."""
    results = pool(world)
    known = world.truth is not None
    names = {"row_id": new_ids(results["row_id"], "N")}
    other = widened(shuffled(renamed(results, names), "2.1 other"))
    cases = [
        _case("results of three laboratories, into SI", "district", results, SI, known),
        _case("other numbers and order, into older units", "variant", other, OLDER, known),
    ]
    if not known:
        return cases
    # What was told in SI goes in again, and must come out in older units as it was.
    return [*cases, _again(results), *_pairs(results)]


def pool(world: World) -> pd.DataFrame:
    """Returns results of all laboratories with their analyte: every odd one, and some ordinary ones."""
    parts = [
        world.tables[name].assign(row_id=facility + "-" + world.tables[name]["row_id"])
        for facility, name in HOSPITALS.items()
    ]
    rows = pd.concat(parts, ignore_index=True)
    rows["analyte"] = rows["test_name"].map(_analytes(world.files["lab_words.csv"]))
    rows = rows.loc[rows["analyte"].isin(list(SI)), ["row_id", "analyte", "value", "unit"]]
    ordinary = rows["unit"].isin(PLAIN_UNITS) & pd.to_numeric(rows["value"], errors="coerce").notna()
    odd, plain = shuffled(rows[~ordinary], "2.1 odd"), shuffled(rows[ordinary], "2.1 plain")
    # Of each analyte and unit as many, so that rare ones are there.
    plain = plain[plain.groupby(["analyte", "unit"]).cumcount() < 80]
    chosen = pd.concat([odd.head(MOST // 2), plain.head(MOST // 2)], ignore_index=True)
    return shuffled(chosen, "2.1").astype("str")


def _analytes(glossary: bytes) -> dict[str, str]:
    """Returns what tests are called here and there, by the name that a laboratory prints."""
    words = pd.read_csv(BytesIO(glossary), dtype="str", keep_default_na=False)
    of_component = concepts().set_index("component")["analyte"].groupby(level=0).first()
    tests = words[words["axis"] == "test"]
    found = tests["part"].map(of_component).replace({"urea nitrogen": "urea"})
    return dict(zip(tests["local"], found, strict=True))


def _case(name: str, kind: Kind, table: pd.DataFrame, wanted: Mapping[str, str], known: bool) -> Case:
    return Case("to_canonical", name, (table, dict(wanted)), kind, REFERENCE if known else None)


def _rows(table: pd.DataFrame) -> list[tuple[Any, ...]]:
    plain = table[["row_id", "analyte", "value", "unit"]].astype(object)
    return list(plain.where(plain.notna(), None).itertuples(index=False, name=None))


def split(value: str | None) -> tuple[str, float | None]:
    """Returns the sign before a number, and the number if it is one."""
    text = (value or "").strip()
    sign = next((each for each in SIGNS if text.startswith(each)), "")
    try:
        number = float(text[len(sign) :])
    except ValueError:
        return sign, None
    return sign, number if math.isfinite(number) else None


def _in_molar(analyte: str, value: str | None, unit: str | None) -> float | None:
    """Returns the number of a result in the unit of `MOLAR`, if there is a way."""
    number = split(value)[1]
    if number is None or unit is None:
        return None
    try:
        return convert(NITROGEN.get(analyte, analyte), number, unit, MOLAR[analyte])
    except HilabError:
        return None


def _again(results: pd.DataFrame) -> Case:
    """Gives the results as they are told in one list of units, to be told in another."""
    rows = []
    for row, analyte, value, unit in _rows(results):
        sign, _ = split(value)
        number = _in_molar(analyte, value, unit)
        if number is not None:
            rows.append((row, analyte, f"{sign}{number:.6g}", MOLAR[analyte]))
    table = pd.DataFrame(rows, columns=["row_id", "analyte", "value", "unit"]).astype("str")
    return replace(_case(AGAIN, "variant", table, OLDER, True), situation=AGAIN)


def _pairs(results: pd.DataFrame) -> list[Case]:
    """Gives pairs of results of one analyte: of one unit, of two, with limits, without unit."""
    left = {"one unit": 4, "two units": 8, "a limit": 8, "no usable unit": 4}
    cases = []
    ordered = results.sort_values("analyte", kind="stable")
    for (_, *first), (_, *second) in pairwise(_rows(ordered)):
        kind = _kind(first, second)
        if left.get(kind, 0) > 0:
            left[kind] -= 1
            both = (_result(*first), _result(*second))
            cases.append(Case("trend", f"{kind}, {left[kind]} more", both, "district", REFERENCE))
    return cases


def _kind(first: list[Any], second: list[Any]) -> str:
    """Returns what kind of pair two results (analyte, value, unit) are; blank where rounding could decide."""
    signs, numbers = zip(*(split(value) for _, value, _ in (first, second)), strict=True)
    if first[0] != second[0] or None in numbers:
        return ""
    before, after = (_in_molar(*each) for each in (first, second))
    if before is None or after is None:
        return "no usable unit"
    apart = abs(after - before) / max(abs(before), 1e-9)
    if any(signs):
        return "a limit" if apart > 0.02 else ""
    if 0.005 < apart < 0.03:
        return ""
    return "one unit" if first[2] == second[2] else "two units"


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "trend":
        right = isinstance(value, dict) and value.get("answer") in ANSWERS and value.get("reason") in REASONS
        told = f'{{"answer": one of {", ".join(ANSWERS)}, "reason": one of {", ".join(REASONS)}}}'
        return None if right else f"trend() must return {told}."
    if not isinstance(value, pd.DataFrame) or not set(COLUMNS) <= set(value.columns):
        return f"to_canonical() must return a DataFrame with the columns {', '.join(COLUMNS)}."
    if Counter(value["row_id"]) != Counter(case.args[0]["row_id"]):
        return "to_canonical() must return every row_id of the table exactly once, and no other."
    if not pd.api.types.is_numeric_dtype(value["value"]) and value["value"].notna().any():
        return "to_canonical(): the column value must hold numbers."
    odd = {word for word in value["error"] if not _blank(word)} - set(ERRORS)
    return f"to_canonical(): an error is blank or one of {', '.join(ERRORS)}." if odd else None


def _blank(cell: Any) -> bool:
    return cell is None or cell == "" or (not isinstance(cell, str) and bool(pd.isna(cell)))


# ---- Scores ------------------------------------------------------------------------------------------


@once
def _given(value: pd.DataFrame) -> dict[str, tuple[Any, ...]]:
    """Returns value, unit, comparator and error of each row as they are expected."""
    rows = value[list(COLUMNS)].astype(object).itertuples(index=False, name=None)
    return {row: tuple(("" if i > 1 else None) if _blank(c) else c for i, c in enumerate(rest))
            for row, *rest in rows}  # fmt: skip


def _wanted(case: Case) -> dict[str, tuple[Any, ...]]:
    return _given(case.expected)


def _right(got: tuple[Any, ...], wanted: tuple[Any, ...]) -> bool:
    if wanted[3]:
        return bool(got[3] == wanted[3]) and got[0] is None
    near = {"%": 0.05, "mmol/mol": 1.0}.get(wanted[1], 0.005 * abs(wanted[0]))
    return bool(
        not got[3] and got[1:3] == wanted[1:3] and is_number(got[0]) and close(got[0], wanted[0], near)
    )


@once
def _kinds(case: Case) -> dict[str, list[str]]:
    """Returns the rows of each kind that is looked at: by analyte what needs converting, and others."""
    kinds: dict[str, list[str]] = {}
    wanted = _wanted(case)
    for row, analyte, _, unit in _rows(case.args[0]):
        _, told, sign, error = wanted[row]
        if error:
            kinds.setdefault("error", []).append(row)
            continue
        plain = str(unit).replace("µ", "u").casefold()
        if plain != str(told).casefold():
            kinds.setdefault(f"convert {analyte}", []).append(row)
        if sign:
            kinds.setdefault("sign", []).append(row)
        if unit not in PLAIN_UNITS:
            kinds.setdefault("spelt", []).append(row)
    return kinds


def _share(case: Case, given: Mapping[str, tuple[Any, ...]], rows: list[str]) -> float:
    wanted = _wanted(case)
    return sum(_right(given[row], wanted[row]) for row in rows) / len(rows) if rows else 1.0


def _score(*wanted: str) -> Callable[[Case, Any], float]:
    """Scores the kinds of rows whose names begin so, each alike."""

    def score(case: Case, value: Any) -> float:
        given, kinds = _given(value), _kinds(case)
        mine = [rows for name, rows in kinds.items() if name.startswith(wanted)]
        shares = [ramp(_share(case, given, rows), zero_at=0.5, full_at=0.99) for rows in mine]
        return sum(shares) / len(shares) if shares else 0.0

    return score


def _errors(case: Case, value: Any) -> float:
    """Scores the errors; whoever calls more than one good result in fifty an error earns less."""
    given, wanted = _given(value), {row for row, told in _wanted(case).items() if told[3]}
    false = sum(bool(told[3]) for row, told in given.items() if row not in wanted)
    calm = ramp(false / max(1, len(given) - len(wanted)), zero_at=0.3, full_at=0.02)
    return ramp(_share(case, given, sorted(wanted)), zero_at=0.5, full_at=0.99) * calm


def _every(case: Case, value: Any) -> float:
    given = _given(value)
    return ramp(_share(case, given, list(given)), zero_at=0.4, full_at=0.99)


def _same(case: Case, value: Any) -> float:
    return sum((value["answer"] == case.expected["answer"], value == case.expected)) / 2


# ---- Misconceptions ----------------------------------------------------------------------------------


def _mostly(kind: str, shows: Callable[..., bool], *analytes: str) -> Callable[[Case, Any], bool]:
    """Asks whether a sign shows on more than half of the rows of a kind, and there are some."""

    def ask(case: Case, value: Any) -> bool:
        given, wanted = _given(value), _wanted(case)
        asked = {row for name, rows in _kinds(case).items() if name.startswith(kind) for row in rows}
        seen = [
            shows(given[row], wanted[row], split(text)[1])
            for row, analyte, text, _ in _rows(case.args[0])
            if row in asked and (not analytes or analyte in analytes)
        ]
        return bool(seen) and sum(seen) > len(seen) / 2

    return ask


def _ratio(got: tuple[Any, ...], wanted: tuple[Any, ...], number: float) -> bool:
    """Whether HbA1c was multiplied, without the offset."""
    slope = 0.09148
    alone = number * slope if wanted[1] == "%" else number / slope
    return bool(is_number(got[0]) and close(got[0], alone, 0.02 * alone))


def _other_mass(got: tuple[Any, ...], wanted: tuple[Any, ...], number: float) -> bool:
    """Whether a value differs by a factor, as with another molar mass."""
    if not is_number(got[0]) or not wanted[0]:
        return False
    factor = got[0] / wanted[0]
    return any(math.isclose(max(factor, 1 / factor), each, rel_tol=0.03) for each in (4.0, 60.06 / 28.014))


def _no_sign(got: tuple[Any, ...], wanted: tuple[Any, ...], number: float) -> bool:
    return is_number(got[0]) and not got[2]


def _silent(got: tuple[Any, ...], wanted: tuple[Any, ...], number: float | None) -> bool:
    return got[0] is None and not got[3]


def _letters(got: tuple[Any, ...], wanted: tuple[Any, ...], number: float) -> bool:
    return bool(got[3] == ERRORS[2])


def _bare_numbers(case: Case, value: Any) -> bool:
    """Whether two results were compared as if their units were one."""
    first, second = case.args
    if first["unit"] == second["unit"] or case.expected["reason"] == REASONS[1]:
        return False
    x, y = (split(each["value"])[1] or 0.0 for each in case.args)
    answer = ANSWERS[2] if x == y else ANSWERS[0 if y > x else 1]
    return bool(value["answer"] == answer != case.expected["answer"])


def _limit_as_value(case: Case, value: Any) -> bool:
    told = case.expected
    return bool(told["reason"] == REASONS[1] and told["answer"] == ANSWERS[3] != value["answer"])


_PARTS: tuple[tuple[str, str, float, Callable[[Case, Any], float], str], ...] = (
    ("hba1c", "HbA1c", 1.5, _score("convert HbA1c"), "Within .05 % or 1 mmol/mol."),
    ("others", "The other analytes", 2.5,
     _score(*(f"convert {name}" for name in SI if name != "HbA1c")), "Within .5 %, each analyte alike."),
    ("signs", "Comparators", 1.0, _score("sign"), "The sign is kept, the limit converted."),
    ("spellings", "Other spellings", 1.0, _score("spelt"), "A unit is known whatever its capitals."),
    ("errors", "What cannot be told", 1.0, _errors, "An error word in place of a value, and only there."),
)  # fmt: skip

UNITS = Task(
    id="2.1",
    title="Units",
    functions=("to_canonical", "trend"),
    checks=(
        Check(
            "2.1.example",
            "The example results",
            1.5,
            "to_canonical",
            _every,
            ("fixture",),
            expected="Each value in the unit wanted, with its sign, or an error.",
        ),
        *(
            Check(
                f"2.1.{name}",
                title,
                points,
                "to_canonical",
                score,
                ("district", "variant"),
                expected=expected,
                only=lambda case: case.situation != AGAIN,
            )
            for name, title, points, score, expected in _PARTS
        ),
        Check(
            "2.1.back",
            "There and back",
            0.5,
            "to_canonical",
            _every,
            ("variant",),
            expected="What was told in SI comes out in older units as it was.",
            only=among(AGAIN),
        ),
        Check(
            "2.1.trend_example",
            "The example pairs",
            1.0,
            "trend",
            _same,
            ("fixture",),
            expected="What can be said of the two results, and what allows to say so.",
        ),
        Check(
            "2.1.trend",
            "Other pairs",
            2.0,
            "trend",
            _same,
            expected="What can be said of the two results, and what allows to say so.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC30", "to_canonical", _mostly("convert HbA1c", _ratio)),
        Symptom("MC190", "to_canonical", _mostly("convert", _other_mass, "haemoglobin", "urea")),
        Symptom("MC31", "to_canonical", _mostly("sign", _no_sign)),
        Symptom("MC191", "to_canonical", _mostly("error", _silent)),
        Symptom("MC192", "to_canonical", _mostly("spelt", _letters)),
        Symptom("MC193", "trend", _bare_numbers),
        Symptom("MC31", "trend", _limit_as_value),
    ),
    hints=(
        "Take one row of each kind from the example table and work it out on paper.",
        "First part the sign from the number. Then read the unit whatever its capitals. Then ask whether the "
        "two units measure the same thing: mass, amount of substance, or a share.",
        "Bring mass to g/L and amounts to mol/L; the molar mass leads from one to the other. HbA1c has a "
        "line of its own, with an offset. What fits none of these is an error with its word.",
    ),
)
