"""Task 1.3: which row of the laboratory's stream is the result, and which rows only look like it."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any

import pandas as pd

from grading.compare import is_whole, ramp, weaker, with_label
from grading.once import once
from grading.tasks import REFERENCE, Case, Check, Symptom, Task
from grading.variants import new_ids, renamed, shuffled, widened
from sim.world import World

LABELS = ("current", "superseded", "resend", "repeat", "cancelled")
CAUSES = (*LABELS, "none")
_TEST_OF_SPECIMEN = ["specimen_id", "test_code"]
_SHOWN = ("current", "repeat")


# ---- Cases -------------------------------------------------------------------------------------------


def facts(lis: pd.DataFrame, labels: Mapping[str, str]) -> dict[str, list[str]]:
    """Picks the rows on which a misunderstanding shows, given their true labels.

    Returns:
        `late`: copies of an outdated version that arrived after the newest one; `corrected`: results
        that count and are corrections; `withdrawn`: results whose newest version is a cancellation.
    """
    newest_first = lis.sort_values(["reported_at", "received_at"], ascending=[False, True])
    newest = newest_first.drop_duplicates(_TEST_OF_SPECIMEN)
    newest = newest[[*_TEST_OF_SPECIMEN, "reported_at", "received_at", "status"]]
    rows = lis.merge(newest, on=_TEST_OF_SPECIMEN, suffixes=("", "_newest"))
    label = rows["row_id"].map(labels)
    outdated = rows["reported_at"] < rows["reported_at_newest"]
    after = rows["received_at"] > rows["received_at_newest"]
    chosen = {
        "late": (label == "resend") & outdated & after,
        "corrected": label.isin(_SHOWN) & (rows["status"] == "C"),
        "withdrawn": (label == "superseded") & (rows["status_newest"] == "X"),
    }
    return {name: list(rows.loc[mask, "row_id"]) for name, mask in chosen.items()}


def _case(name: str, kind: Any, lis: pd.DataFrame, labels: Mapping[str, str] | None) -> Case:
    truth = facts(lis, labels) if labels is not None else {}
    return Case("copies", name, (lis,), kind, labels, truth)


_PEOPLE = {"S1": "H0000001", "S2": "H0000001", "S3": "H0000001", "S4": "H0000002", "S5": "H0000002"}
_PEOPLE |= {"S6": "H0000003", "S7": "H0000001", "S8": "H0000003", "S9": "H0000003"}
_PEOPLE |= {"S10": "H0000004", "S11": "H0000004"}
_DRAWN = {"S1": "08:00", "S2": "08:05", "S3": "18:00", "S4": "09:00", "S5": "09:30"}
_DRAWN |= {"S6": "08:00", "S7": "07:00", "S8": "10:00", "S9": "06:30", "S10": "08:00", "S11": "08:00"}


def _example(rows: list[tuple[str, ...]]) -> pd.DataFrame:
    """Builds a small laboratory table of one day, 4 March 2025.

    Args:
        rows: row_id, specimen, test, value ("" for none), status, reported and received as HH:MM.
    """
    day = "2025-03-04 "
    made = {
        "row_id": [r[0] for r in rows],
        "message_id": [f"M{number:04d}" for number, _ in enumerate(rows, start=1)],
        "mrn": [_PEOPLE[r[1]] for r in rows],
        "specimen_id": [r[1] for r in rows],
        "test_code": [r[2] for r in rows],
        "test_name": [{"K": "Potassium", "GLU": "Glucose", "CREA": "Creatinine"}[r[2]] for r in rows],
        "value": [r[3] or None for r in rows],
        "unit": [{"K": "mmol/L", "GLU": "mg/dL", "CREA": "mg/dL"}[r[2]] for r in rows],
        "collected_at": [day + _DRAWN[r[1]] for r in rows],
        "reported_at": [day + r[5] for r in rows],
        "received_at": [day + r[6] for r in rows],
        "status": [r[4] for r in rows],
    }
    table = pd.DataFrame(made)
    times = ["collected_at", "reported_at", "received_at"]
    table[times] = table[times].apply(pd.to_datetime).astype("datetime64[s]")
    texts = [column for column in table if column not in times]
    return table.astype(dict.fromkeys(texts, "str"))


_DAY = [
    # row    spec  test    value   st   reported received  label
    ("R01", "S1", "K", "4.1", "F", "09:10", "09:11", "current"),
    ("R02", "S1", "K", "4.1", "F", "09:10", "09:41", "resend"),
    ("R03", "S1", "K", "4.10", "F", "09:10", "13:05", "resend"),
    ("R04", "S2", "GLU", "98", "F", "09:00", "09:01", "superseded"),
    ("R05", "S2", "GLU", "89", "C", "11:00", "11:02", "superseded"),
    ("R06", "S2", "GLU", "79", "C", "12:00", "12:01", "current"),
    ("R07", "S2", "GLU", "98", "F", "09:00", "15:30", "resend"),
    ("R08", "S3", "GLU", "141", "F", "19:00", "19:02", "repeat"),
    ("R09", "S4", "CREA", "1.1", "F", "10:00", "10:01", "superseded"),
    ("R10", "S4", "CREA", "", "X", "10:40", "10:41", "cancelled"),
    ("R11", "S5", "K", "7.9", "F", "10:05", "10:06", "superseded"),
    ("R12", "S5", "K", "", "X", "10:30", "10:31", "cancelled"),
    ("R13", "S5", "K", "4.4", "F", "11:30", "11:31", "current"),
    ("R14", "S6", "K", "3.9", "F", "09:10", "09:12", "current"),
]
_ODD_ARRIVALS = [
    ("R21", "S7", "CREA", "0.9", "C", "10:00", "10:05", "current"),
    ("R22", "S7", "CREA", "1.9", "F", "09:00", "12:00", "superseded"),
    ("R23", "S8", "GLU", "", "X", "11:00", "13:00", "cancelled"),
    ("R24", "S8", "GLU", "105", "F", "12:00", "12:01", "repeat"),
    ("R25", "S9", "GLU", "105", "F", "08:00", "08:01", "current"),
    ("R26", "S9", "K", "4.0", "F", "08:00", "08:01", "current"),
    ("R27", "S9", "K", "4.00", "F", "08:00", "08:31", "resend"),
]
_SAME_SECOND = [
    ("R45", "S1", "K", "4.1", "F", "09:10", "09:11", "current"),
    ("R41", "S1", "K", "4.10", "F", "09:10", "09:40", "resend"),
    ("R44", "S6", "K", "3.90", "F", "09:10", "09:12", "resend"),
    ("R43", "S6", "K", "3.9", "F", "09:10", "09:12", "current"),
    ("R47", "S11", "GLU", "95", "F", "09:20", "09:21", "repeat"),
    ("R46", "S10", "GLU", "96", "F", "09:20", "09:25", "current"),
    ("R52", "S7", "CREA", "0.9", "C", "10:00", "10:05", "current"),
    ("R53", "S7", "CREA", "1.9", "F", "09:00", "12:00", "superseded"),
    ("R55", "S5", "K", "7.9", "F", "09:50", "10:06", "superseded"),
    ("R54", "S5", "K", "4.4", "F", "10:05", "10:06", "current"),
    ("R57", "S4", "CREA", "", "X", "11:00", "13:00", "cancelled"),
    ("R56", "S4", "CREA", "1.1", "F", "12:00", "12:01", "current"),
]


def fixtures() -> list[Case]:
    """Gives one ordinary day, one on which messages overtook each other, one of arrivals in one second."""
    day, odd, tied = _example(_DAY), _example(_ODD_ARRIVALS), _example(_SAME_SECOND)
    quiet = _example([row for row in _DAY if row[1] in ("S1", "S4", "S5", "S6")])
    return [
        _case("one day, 14 rows", "fixture", day, {row[0]: row[7] for row in _DAY}),
        _case("overtaking messages, 7 rows", "fixture", odd, {row[0]: row[7] for row in _ODD_ARRIVALS}),
        _case("arrivals in one second, 12 rows", "fixture", tied, {row[0]: row[7] for row in _SAME_SECOND}),
        Case("screen_errors", "one day, 14 rows", (day,), expected={"wrong": 1, "cause": "resend"}),
        Case(
            "screen_errors",
            "overtaking messages, 7 rows",
            (odd,),
            expected={"wrong": 2, "cause": "cancelled"},
        ),
        Case(
            "screen_errors",
            "arrivals in one second, 12 rows",
            (tied,),
            expected={"wrong": 3, "cause": "superseded"},
        ),
        Case("screen_errors", "a day that went well", (quiet,), expected={"wrong": 0, "cause": "none"}),
    ]


def district(world: World) -> list[Case]:
    """Gives the district's table, the same under other ids in another order, and one with slow messages."""
    lis = world.tables["lis_results"]
    labels = _labels(world)
    names = {
        column: new_ids(lis[column], prefix)
        for column, prefix in (("row_id", "N"), ("message_id", "Q"), ("mrn", "P"), ("specimen_id", "T"))
    }
    other = widened(shuffled(renamed(lis, names), "1.3"))
    other_labels = {names["row_id"][row]: label for row, label in labels.items()} if labels else None
    cases = [
        _case("the laboratory's table", "district", lis, labels),
        _case("other ids, other order, one more column", "variant", other, other_labels),
        Case("screen_errors", "the laboratory's table", (lis,), "district", REFERENCE if labels else None),
    ]
    return [*cases, *_overtaken(lis, labels)] if labels else cases


def _labels(world: World) -> dict[str, str] | None:
    if world.truth is None:
        return None
    true = world.truth.result_labels
    return dict(zip(true["row_id"], true["label"], strict=True))


def _overtaken(lis: pd.DataFrame, labels: Mapping[str, str]) -> list[Case]:
    """Gives the table as it would be if every outdated result had arrived after the newest one."""
    newest = lis.sort_values("reported_at").drop_duplicates(_TEST_OF_SPECIMEN, keep="last")
    rows = lis.merge(
        newest[[*_TEST_OF_SPECIMEN, "reported_at"]], on=_TEST_OF_SPECIMEN, suffixes=("", "_newest")
    )
    label = rows["row_id"].map(labels)
    rows = rows[(label != "resend") | (rows["reported_at"] == rows["reported_at_newest"])]
    slow = rows["row_id"].map(labels) == "superseded"
    delay = rows["reported_at"] - rows["reported_at"].min()
    arrived = (lis["received_at"].max() + delay).astype("datetime64[s]")
    table = rows.assign(received_at=rows["received_at"].mask(slow, arrived))[list(lis.columns)]
    table = table.reset_index(drop=True)
    left = {row: labels[row] for row in table["row_id"]}
    name = "outdated results overtaken by newer ones"
    return [
        _case(name, "variant", table, left),
        Case("screen_errors", name, (table,), "variant", REFERENCE),
    ]


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    return _table_form(case, value) if case.function == "copies" else _screen_form(value)


def _table_form(case: Case, value: Any) -> str | None:
    if not isinstance(value, pd.DataFrame) or not {"row_id", "label"} <= set(value.columns):
        return "copies() must return a DataFrame with the columns row_id and label."
    if Counter(value["row_id"].tolist()) != Counter(case.args[0]["row_id"].tolist()):
        return "copies() must return every row_id of the table exactly once, and no other."
    odd = set(value["label"]) - set(LABELS)
    if odd:
        return f"copies() may use only the labels {', '.join(LABELS)}; it used {min(map(repr, odd))[:40]}."
    return None


def _screen_form(value: Any) -> str | None:
    if not isinstance(value, dict) or not is_whole(value.get("wrong")) or value.get("cause") not in CAUSES:
        causes = ", ".join(f'"{cause}"' for cause in CAUSES)
        return f'screen_errors() must return {{"wrong": a whole number, "cause": one of {causes}}}.'
    return None


# ---- Scores ------------------------------------------------------------------------------------------


@once
def _given(value: pd.DataFrame) -> dict[str, str]:
    return dict(zip(value["row_id"].tolist(), value["label"].tolist(), strict=True))


def _rows_right(case: Case, value: Any) -> float:
    given = _given(value)
    right = sum(given[row] == label for row, label in case.expected.items())
    return ramp(right / len(case.expected), zero_at=0.5, full_at=1.0)


def _agreement(label: str) -> Callable[[Case, Any], float]:
    def score(case: Case, value: Any) -> float:
        agreed = weaker(with_label(_given(value), label), with_label(case.expected, label))
        return ramp(agreed, zero_at=0.60, full_at=0.98)

    return score


def _cancelled_right(case: Case, value: Any) -> float:
    true = with_label(case.expected, "cancelled")
    wrong = len(with_label(_given(value), "cancelled") ^ true)
    return ramp(wrong, zero_at=max(2.0, 0.3 * len(true)), full_at=1.0)


def _late_copies_stay_out(case: Case, value: Any) -> float:
    """Scores the late copies; only an answer that finds most of the current results can earn it."""
    given = _given(value)
    _, found = _shares(with_label(given, "current"), with_label(case.expected, "current"))
    if found < 0.9:
        return 0.0
    return ramp(_share_shown(case, given, "late"), zero_at=0.2, full_at=0.0)


def _shares(found: set[str], true: set[str]) -> tuple[int, float]:
    return len(found), len(found & true) / len(true) if true else 1.0


def _number_right(case: Case, value: Any) -> float:
    wanted = case.expected["wrong"]
    return ramp(abs(value["wrong"] - wanted) / max(wanted, 1), zero_at=0.2, full_at=0.0)


def _cause_right(case: Case, value: Any) -> float:
    return float(_number_right(case, value) >= 0.5 and value["cause"] == case.expected["cause"])


def _screen_right(case: Case, value: Any) -> float:
    return float(value == case.expected)


# ---- Misconceptions ----------------------------------------------------------------------------------


def _share_shown(case: Case, given: Mapping[str, str], fact: str) -> float:
    """Returns which share of the named rows stands on the chart."""
    return _share(case.truth[fact], given, _SHOWN)


def _share(rows: Collection[str], given: Mapping[str, str], labels: tuple[str, ...]) -> float:
    return sum(given[row] in labels for row in rows) / len(rows) if rows else 0.0


def _newest_arrival(case: Case, value: Any) -> bool:
    return _share_shown(case, _given(value), "late") >= 0.5


def _first_version(case: Case, value: Any) -> bool:
    return _share(case.truth["corrected"], _given(value), ("superseded",)) >= 0.5


def _cancelled_kept(case: Case, value: Any) -> bool:
    given = _given(value)
    empty = with_label(dict(case.expected), "cancelled")
    return _share_shown(case, given, "withdrawn") >= 0.5 or _share(empty, given, _SHOWN) >= 0.5


def _repeats_dropped(case: Case, value: Any) -> bool:
    repeats = with_label(dict(case.expected), "repeat")
    return _share(repeats, _given(value), ("resend", "superseded")) >= 0.5


def _copies_missed(case: Case, value: Any) -> bool:
    copied = with_label(dict(case.expected), "resend")
    return bool(copied) and _share(copied, _given(value), ("resend",)) < 0.95


COPIES = Task(
    id="1.3",
    title="Copies, corrections and repeats",
    functions=("copies", "screen_errors"),
    checks=(
        Check(
            "1.3.example",
            "The two example days",
            1.0,
            "copies",
            _rows_right,
            ("fixture",),
            expected="Every row of the examples with its label; half of them right earns nothing yet.",
        ),
        Check(
            "1.3.resend",
            "Copies of a version that had arrived before",
            2.0,
            "copies",
            _agreement("resend"),
            expected="Of the rows you call resend, and of the true ones, at least 98 % agree.",
        ),
        Check(
            "1.3.superseded",
            "Versions that a later one replaced",
            2.0,
            "copies",
            _agreement("superseded"),
            expected="Of the rows you call superseded, and of the true ones, at least 98 % agree.",
        ),
        Check(
            "1.3.repeat",
            "True repeats on the same day",
            2.0,
            "copies",
            _agreement("repeat"),
            expected="Of the rows you call repeat, and of the true ones, at least 98 % agree.",
        ),
        Check(
            "1.3.cancelled",
            "Cancellations",
            1.0,
            "copies",
            _cancelled_right,
            expected="At most one row called cancelled wrongly or missed.",
        ),
        Check(
            "1.3.late",
            "A late copy of an old value never becomes the result",
            1.0,
            "copies",
            _late_copies_stay_out,
            combine="worst",
            expected="No copy of an outdated version on the chart, however late it arrived.",
        ),
        Check(
            "1.3.screen_example",
            "Wrong screens on the example days",
            0.5,
            "screen_errors",
            _screen_right,
            ("fixture",),
            expected="The number of wrong screens and the label that caused most of them.",
        ),
        Check(
            "1.3.screen",
            "Wrong screens in a whole district",
            1.5,
            "screen_errors",
            _number_right,
            expected="The exact number of specimens and tests with a wrong value on the old screen.",
        ),
        Check(
            "1.3.cause",
            "What causes them",
            1.0,
            "screen_errors",
            _cause_right,
            expected="The label that most of the wrongly shown rows carry.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC27", "copies", _newest_arrival),
        Symptom("MC17", "copies", _first_version),
        Symptom("MC28", "copies", _cancelled_kept),
        Symptom("MC16", "copies", _repeats_dropped),
        Symptom("MC15", "copies", _copies_missed),
    ),
    hints=(
        "Take one specimen and one test, print its rows in the order of reported_at, and label them by hand "
        "before you write any code.",
        "Two clocks run here. reported_at says which version of a result a row is; received_at says only "
        "when the row travelled. Decide for each label which clock it needs.",
        "Work in three passes, each on what the one before left over: copies within a version, then versions "
        "within a specimen and test, then specimens within one patient, test and day.",
    ),
)
