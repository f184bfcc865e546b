"""Task 2.4: results out of HL7 v2 messages, and what the chart shows afterwards."""

from dataclasses import replace
from typing import Any

import pandas as pd

from grading.tasks import REFERENCE, Case, Check, Symptom, Task, among
from sim.world import World

RESULT = ("mrn", "test_code", "value", "status")
ERROR = ("code", "segment", "field")
MOST = 200

REPEATS, ODD = "repeats", "odd_separators"
BROKEN = ("truncated_msh", "empty_file", "incomplete")
"""Situations of conformance files; the last three hold no message in order: their cases are variants."""


# ---- Cases -------------------------------------------------------------------------------------------

_HEAD = "MSH|^~\\&|LAB|E|HUB|COUNTY|20250601120000||ORU^R01^ORU_R01|X{}|P|2.5.1\r"
_WHO = "PID|1||E1^^^E^MR||Torres^Ana\rOBR|1||S1|LAB^Laboratory^E|||20250601110000\r"


def fixtures() -> list[Case]:
    """Gives twelve messages and five charts, worked out by hand."""
    plain = _HEAD.format(1) + _WHO + "OBX|1|NM|K^Potassium^E||4.1|mmol/L|||||F\r"
    odd = (
        "MSH:#*!%:LAB:E:HUB:COUNTY:20250601120000::ORU#R01#ORU_R01:X7:P:2.5.1\r"
        "PID:1::E2###E#MR::Lund#Eva\rOBR:1::S2:LAB#Laboratory#E:::20250601110000\r"
        "OBX:1:ST:GLU#Glucose#E::about 90!T! of !F! 100:mg/dL:::::F\r"
    )
    two = (
        _HEAD.format(3)
        + _WHO
        + "OBX|1|NM|NA^Sodium^E||140|mmol/L|||||C\rOBX|2|NM|K^Potassium^E|||mmol/L|||||X\r"
    )
    escaped = (
        _HEAD.format(4) + _WHO + "OBX|1|ST|K^Potassium^E||4\\F\\5 \\T\\ \\E\\ \\.br\\seen|mmol/L|||||F\r"
    )
    repeated = _HEAD.format(5) + _WHO + "OBX|1|ST|K^Potassium^E||4.1~4.2|mmol/L|||||F\r"
    null = _HEAD.format(6) + _WHO + 'OBX|1|NM|K^Potassium^E||""|mmol/L|||||F\r'
    return [
        _read("one result", plain, [_row("K", "4.1")]),
        _read("other separators", odd, [_row("GLU", "about 90% of : 100", mrn="E2")], situation=ODD),
        _read("corrected and cancelled", two, [_row("NA", "140", "C"), _row("K", None, "X")]),
        _read("escapes", escaped, [_row("K", "4|5 & \\ \nseen")]),
        _read("repeats", repeated, [_row("K", "4.1\n4.2")], situation=REPEATS),
        _read("the null value", null, [_row("K", '""')]),
        _read("nothing but line ends", "\r\n", error=("100", "MSH", None)),
        _read("cut after three letters", "MSH", error=("102", "MSH", "2")),
        _read("cut in its second field", "MSH|^~", error=("102", "MSH", "2")),
        _read("without its type", "MSH|^~\\&|LAB|E", error=("101", "MSH", "9")),
        _read("without its number", _HEAD.format("")[:-10] + "\r" + _WHO, error=("101", "MSH", "10")),
        _read(
            "without a patient",
            plain.replace("PID|1||E1^^^E^MR||Torres^Ana\r", ""),
            error=("100", "PID", None),
        ),
        *_charts(),
    ]


def _row(test: str, value: str | None, status: str = "F", mrn: str = "E1") -> dict[str, Any]:
    return {"mrn": mrn, "test_code": test, "value": value, "status": status}


def _read(
    name: str,
    text: str,
    results: list[dict[str, Any]] | None = None,
    error: tuple[str, str, str | None] | None = None,
    situation: str = "",
) -> Case:
    told = dict(zip(ERROR, error, strict=True)) if error else None
    expected = {"results": results or [], "error": told}
    return Case("parse_oru", name, (text,), expected=expected, situation=situation)


def _charts() -> list[Case]:
    before = {"K": "6.9", "NA": "140"}
    return [
        _chart("a new result", before, [_row("GLU", "95")], {**before, "GLU": "95"}, []),
        _chart("a correction", before, [_row("K", "4.3", "C")], {"K": "4.3", "NA": "140"}, ["K"]),
        _chart("a cancellation", before, [_row("K", None, "X")], {"NA": "140"}, ["K"]),
        _chart("null and nothing", before, [_row("K", '""'), _row("NA", None)], {"NA": "140"}, []),
        _chart("a correction that changes nothing", before, [_row("NA", "140", "C")], before, []),
    ]


def _chart(
    name: str, before: dict[str, str], results: list[dict[str, Any]], after: dict[str, str], tell: list[str]
) -> Case:
    return Case("chart", name, (before, results), expected={"chart": after, "tell": tell})


def district(world: World) -> list[Case]:
    """Gives the thirty conformance files, and charts with results out of them."""
    names = sorted(name for name in world.files if name.startswith("conformance/"))
    told = None if world.truth is None else world.truth.facts["conformance_results"]
    cases = [_file(name, world.files[name].decode("utf-8"), told) for name in names]
    return [*cases, *_later_charts(world, None if told is None else REFERENCE)]


def _file(name: str, text: str, told: pd.DataFrame | None) -> Case:
    title = name.rpartition("/")[2].partition(".")[0]
    situation = title.partition("_")[2]
    case = Case(
        "parse_oru", title, (text,), "variant" if situation in BROKEN else "district", None, {}, situation
    )
    if told is None:
        return case
    rows = told[told["file"] == name]
    plain = rows.astype(object).where(rows.notna(), None).to_dict("records")
    if plain[0]["error"] is not None:
        error = {"code": plain[0]["error"], "segment": plain[0]["segment"], "field": plain[0]["field"]}
        return replace(case, expected={"results": [], "error": error})
    results = [{key: row[key] for key in RESULT} for row in plain]
    return replace(case, expected={"results": results, "error": None})


def _later_charts(world: World, expected: Any) -> list[Case]:
    """Gives charts of results of the district, to which corrections, cancellations and blanks come."""
    results = world.tables["lis_results"]
    rows = results[results["value"].notna()].drop_duplicates("test_code").head(6)
    values = list(zip(rows["test_code"], rows["value"], strict=True))
    before = dict(values[:4])
    (a, old), (b, _), (c, _), (d, _) = values[:4]
    new, number = values[4]
    story = [_row(a, f"{old}9", "C"), _row(b, None, "X"), _row(c, '""'), _row(d, None), _row(new, number)]
    back = [_row(a, f"{old}9", "C"), _row(a, old, "C"), _row(b, None, "X"), _row(b, number)]
    again = [_row(new, None, "X"), _row(new, number, "C"), _row(d, dict(values)[d])]
    stories = {"everything at once": story, "there and back": back, "nothing that was there": again}
    return [Case("chart", name, (before, rows), "district", expected) for name, rows in stories.items()]


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "chart":
        right = isinstance(value, dict) and isinstance(value.get("chart"), dict)
        right = right and isinstance(value.get("tell"), list)
        return None if right else 'chart() must return {"chart": {test_code: value}, "tell": [test_code, …]}.'
    if not isinstance(value, dict) or not isinstance(value.get("results"), list) or "error" not in value:
        return 'parse_oru() must return {"results": [{…}, …], "error": None or {…}}.'
    if len(value["results"]) > MOST:
        return f"parse_oru() may return at most {MOST} results of one message."
    if not all(isinstance(row, dict) and all(key in row for key in RESULT) for row in value["results"]):
        return f"parse_oru(): every result is a dictionary with {', '.join(RESULT)}."
    error = value["error"]
    if error is not None and not (isinstance(error, dict) and all(key in error for key in ERROR)):
        return f"parse_oru(): the error is None or a dictionary with {', '.join(ERROR)}."
    return None


# ---- Scores ------------------------------------------------------------------------------------------


def _reads(case: Case, value: Any) -> float:
    """Scores a message: results in order, or the error with its place."""
    wanted = case.expected
    if wanted["error"] is not None:
        return float(
            value["error"] is not None and all(value["error"][k] == wanted["error"][k] for k in ERROR)
        )
    got = [{key: row[key] for key in RESULT} for row in value["results"]]
    return float(value["error"] is None and got == wanted["results"])


def _shows(case: Case, value: Any) -> float:
    chart = value["chart"] == case.expected["chart"]
    return (chart + (sorted(map(str, value["tell"])) == case.expected["tell"])) / 2


# ---- Misconceptions ----------------------------------------------------------------------------------


def _right_but(case: Case, value: Any, change: Any) -> bool:
    """Whether an answer is what a right reader would give after a change to every value."""
    wanted = case.expected
    if wanted["error"] is not None or value["error"] is not None:
        return False
    changed = [{**row, "value": change(row["value"])} for row in wanted["results"]]
    got = [{key: row[key] for key in RESULT} for row in value["results"]]
    return changed != wanted["results"] and got == changed


def _escaped(text: str | None) -> str | None:
    """Writes a value with the usual escapes, as it stands in a message with the usual separators."""
    signs = {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "~": "\\R\\", "&": "\\T\\", "\n": "\\.br\\"}
    return None if text is None else "".join(signs.get(letter, letter) for letter in text)


def _keeps_escapes(case: Case, value: Any) -> bool:
    return case.situation != REPEATS and _right_but(case, value, _escaped)


def _first_of_repeats(case: Case, value: Any) -> bool:
    return case.situation == REPEATS and _right_but(case, value, lambda text: text and text.split("\n")[0])


def _null_is_blank(case: Case, value: Any) -> bool:
    return _right_but(case, value, lambda text: None if text == '""' else text)


def _usual_separators(case: Case, value: Any) -> bool:
    """Whether a message with other separators gave something else than its results."""
    return case.expected["error"] is None and case.situation == ODD


def _off_by_one(case: Case, value: Any) -> bool:
    """Whether a good header was found faulty, or a fault was placed one field away."""
    told, wanted = value["error"], case.expected["error"]
    if told is None or told.get("segment") != "MSH":
        return False
    if wanted is None:
        return not _usual_separators(case, value)
    fields = (told.get("field"), wanted["field"])
    return (
        wanted["segment"] == "MSH"
        and all(isinstance(f, str) and f.isdigit() for f in fields)
        and (abs(int(fields[0]) - int(fields[1])) == 1)
    )


def _correction_is_new(case: Case, value: Any) -> bool:
    """Whether nobody is told that a value on the chart was wrong."""
    return bool(case.expected["tell"]) and not value["tell"]


def _keeps_cancelled(case: Case, value: Any) -> bool:
    return bool(set(value["chart"]) - set(case.expected["chart"]))


_RESULTS = "Every result of the message, unescaped, with its status."
_ERRORS = "No result, and the code, segment and field of the first thing that is wrong."
_PARTS: tuple[tuple[str, str, float, tuple[str, ...], str], ...] = (
    ("plain", "Plain, corrected and cancelled results", 1.5, ("plain", "corrected", "cancelled"), _RESULTS),
    ("escapes", "Escapes", 1.0, ("escapes",), _RESULTS),
    ("repeats", "Repetitions and the null value", 1.0, (REPEATS, "null"), _RESULTS),
    ("separators", "Other separators", 1.0, (ODD,), _RESULTS),
    ("headers", "Headers that are cut off", 1.5, BROKEN[:1], _ERRORS),
    ("segments", "Empty files and missing segments", 1.5, BROKEN[1:], _ERRORS),
)


MESSAGES = Task(
    id="2.4",
    title="Read messages",
    functions=("parse_oru", "chart"),
    checks=(
        Check(
            "2.4.example",
            "The twelve example messages",
            1.5,
            "parse_oru",
            _reads,
            ("fixture",),
            expected="The results in order, or the error with its place.",
        ),
        *(
            Check(
                f"2.4.{name}",
                title,
                points,
                "parse_oru",
                _reads,
                ("district", "variant"),
                "mean",
                expected,
                only=among(*situations),
            )
            for name, title, points, situations, expected in _PARTS
        ),
        Check(
            "2.4.chart_example",
            "The example charts",
            1.0,
            "chart",
            _shows,
            ("fixture",),
            expected="What the chart shows, and which tests somebody must be told about.",
        ),
        Check(
            "2.4.chart",
            "Charts of the hidden districts",
            2.0,
            "chart",
            _shows,
            expected="What the chart shows, and which tests somebody must be told about.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC36", "parse_oru", _off_by_one),
        Symptom("MC126", "parse_oru", _keeps_escapes),
        Symptom("MC128", "parse_oru", _null_is_blank),
        Symptom("MC129", "parse_oru", _first_of_repeats),
        Symptom("MC175", "parse_oru", _usual_separators),
        Symptom("MC28", "chart", _keeps_cancelled),
        Symptom("MC127", "chart", _correction_is_new),
    ),
    hints=(
        "A message says in its first segment how it is to be read. Read the separators there, then nothing "
        "else is special.",
        "MSH-1 is the separator itself, so the second piece of a split header is MSH-2 and not MSH-1. "
        "Unescape after you have split, never before.",
        "Split by the segment end, then by fields, then repetitions, then components. Look for errors in the "
        "order of the text. Replace the escapes in one pass, the escape sign itself included.",
    ),
)
