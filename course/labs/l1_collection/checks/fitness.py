"""Task 1.6: whether data are good enough, which depends on what for."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
import yaml

from grading.compare import close, is_number, is_whole
from grading.tasks import REFERENCE, Case, Check, Symptom, Task
from grading.variants import new_ids, renamed, shuffled, widened
from sim.world import World

REASONS = ("fit", "weak-field", "combination", "nobody")


# ---- Cases -------------------------------------------------------------------------------------------

_PATIENTS = """
mrn|sex|birth_date|phone|area|deceased_on|moved_away_on|phone_verified_on
P01|F|1960-05-01|555-0201|X0101|||2025-03-01
P02|M|1955-06-12|555-0202|X0101|||2025-05-05
P03|F|1971-01-30|555-0203|X0102|||2024-01-01
P04|M|1948-11-02|555-0204||||2025-06-30
P05|F|1939-02-17||X0103|||
P06|M|1944-08-08|555-0206|X0103|2025-04-20||2025-02-02
P07|F|1966-03-03|555-0207|X0104||2025-05-15|2025-01-15
P08|M|1959-09-21|555-0208|X0104||2024-12-01|2024-11-20
P09|F|1994-07-07|555-0209|X0101|||2025-04-04
P10|F|1997-10-10|555-0210|X0102|||2025-04-05
P11|F|1991-12-24|555-0211|X0103|||2025-04-06
P12|F|1999-04-19|555-0212|X0104|||2025-04-07
P13|M|1951-05-25|555-0213||||2025-06-01
"""
_ENCOUNTERS = """
encounter_id|mrn|ward|class|admitted_at|discharged_at|dx_code|payer
V01|P01|C1|outpatient|2025-01-10 09:00|2025-01-10 09:30|E11.9|Senior plan
V02|P02|C1|outpatient|2024-09-01 10:00|2024-09-01 10:20|E11.65|Self-pay
V03|P03|W1|inpatient|2025-06-02 14:00|2025-06-05 11:00|E11.9|Low-income plan
V04|P04|W1|inpatient|2025-06-20 20:15||E11.9|Senior plan
V05|P05|C1|outpatient|2023-07-01 08:00|2023-07-01 08:40|E11.22|Senior plan
V06|P06|W1|inpatient|2025-04-02 07:00|2025-04-20 04:00|E11.9|Senior plan
V07|P07|C1|outpatient|2024-02-02 09:00|2024-02-02 09:20|E11.9|Self-pay
V08|P08|C1|outpatient|2024-03-03 09:00|2024-03-03 09:20|E11.9|Self-pay
V09|P09|C2|outpatient|2025-02-11 13:00|2025-02-11 13:30|O24.419|Employer plan
V10|P10||inpatient|2025-05-31 23:50|2025-06-03 10:00|O24.419|Employer plan
V11|P11|C2|outpatient|2025-03-12 13:00|2025-03-12 13:30|O24.419|Employer plan
V12|P12|W2|inpatient|2025-05-30 12:00|2025-06-01 09:00|O24.419|Low-income plan
V13|P13|C1|outpatient|2021-01-20 10:00|2021-01-20 10:30|E11.9|Senior plan
V14|P06|W1|inpatient|2025-06-12 10:00|2025-06-13 10:00|I10|Senior plan
"""
_RESULTS = """
row_id|mrn|specimen_id|test_code|value|collected_at|reported_at|status
R01|P01|S01|A1C|7.1|2025-02-01 08:00|2025-02-01 12:00|F
R02|P02|S02|A1C|8.0|2023-05-01 08:00|2023-05-01 12:00|F
R03|P03|S03|A1C|9.9|2025-04-01 08:00|2025-04-01 12:00|F
R04|P03|S03|A1C|6.6|2025-04-01 08:00|2025-04-02 09:00|C
R05|P04|S04|A1C|7.7|2025-06-21 08:00|2025-06-21 12:00|F
R06|P04|S04|A1C||2025-06-21 08:00|2025-06-21 15:00|X
R07|P05|S05|A1C|7.0|2024-12-28 08:00|2024-12-28 12:00|F
R08|P06|S06|A1C|6.9|2025-04-03 08:00|2025-04-03 12:00|F
R09|P09|S07|A1C|5.6|2025-02-11 14:00|2025-02-11 17:00|F
R10|P05|S08|GLU|180|2025-06-01 08:00|2025-06-01 12:00|F
"""
_YOUNG = (
    """
mrn|sex|birth_date|phone|area|deceased_on|moved_away_on|phone_verified_on
Q01|F|2007-06-30||X0101|||2025-06-01
Q02|M|2007-07-01|555-0302|X0102|||2025-06-02
Q03|F|2007-06-29|555-0303|X0102|||2025-06-03
Q04|M||555-0304|X0102|||2025-06-04
Q05|F|2001-01-31|555-0305|X0103|||2025-06-05
""",
    """
encounter_id|mrn|ward|class|admitted_at|discharged_at|dx_code|payer
V21|Q01|C1|outpatient|2025-02-14 10:00|2025-02-14 10:30|E11.9|Low-income plan
V22|Q02|C1|outpatient|2025-02-15 10:00|2025-02-15 10:30|E11.9|Employer plan
V23|Q03|C1|outpatient|2025-02-16 10:00|2025-02-16 10:30|E11.65|Self-pay
V24|Q04|C1|outpatient|2025-02-17 10:00|2025-02-17 10:30|E11.9|Self-pay
V25|Q05|C1|outpatient|2025-02-18 10:00|2025-02-18 10:30|E11.9|Self-pay
""",
    """
row_id|mrn|specimen_id|test_code|value|collected_at|reported_at|status
R21|Q01|S21|A1C|8.1|2025-05-01 08:00|2025-05-01 12:00|X
R22|Q03|S22|A1C||2025-06-01 08:00|2025-06-01 12:00|F
R23|Q05|S23|A1C|6.8|2025-06-01 08:00|2025-06-01 12:00|C
""",
)
"""Five people who are 18 on the day, a day short of it, or of unknown age; odd results."""

_RECALL = {
    "name": "recall_example",
    "title": "Call people with type 2 diabetes by telephone",
    "as_of": "2025-06-30",
    "table": "patients",
    "eligible": {
        "min_age": 18,
        "dx_prefix": ["E11"],
        "dx_window_days": 730,
        "exclude_deceased": True,
        "exclude_moved_away": True,
    },
    "required": [
        {"field": "phone", "source": "patients", "dated_by": "phone_verified_on", "window_days": 365},
        {
            "field": "hba1c",
            "source": "results",
            "test_code": "A1C",
            "dated_by": "collected_at",
            "window_days": 183,
        },
        {"field": "area", "source": "patients"},
    ],
}
_BEDS = {
    "name": "beds_example",
    "title": "Plan beds from last month's stays",
    "as_of": "2025-06-30",
    "table": "encounters",
    "eligible": {"class": ["inpatient"], "dated_by": "admitted_at", "window_days": 30},
    "required": [
        {"field": "ward", "source": "encounters"},
        {"field": "discharged_at", "source": "encounters"},
    ],
}


def _read(text: str, **more: str) -> pd.DataFrame:
    header, *lines = (line.split("|") for line in text.strip().split("\n"))
    table = pd.DataFrame([[cell or None for cell in line] for line in lines], columns=header, dtype="str")
    times = [column for column in header if column.endswith("_at") and not column.startswith("_")]
    for column in times:
        table[column] = pd.to_datetime(table[column]).astype("datetime64[s]")
    return table.assign(
        **{name: pd.Series([value] * len(table), dtype="str") for name, value in more.items()}
    )


def example() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Returns 13 patients, 14 encounters and 10 results, all invented."""
    return _hospital(_PATIENTS, _ENCOUNTERS, _RESULTS)


def _hospital(people: str, visits: str, tests: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    patients = _read(people, given_name="Kim", family_name="Example", address="1 Mill Lane", verified_id="9")
    patients["registered_at"] = pd.Timestamp("2015-01-01").as_unit("s")
    encounters = _read(visits, dx_text="as coded")
    results = _read(tests, test_name="as coded", unit="%", message_id="M1")
    results["received_at"] = results["reported_at"]
    return patients, encounters, results


def fixtures() -> list[Case]:
    """Gives three purposes on two small hospitals, and verdicts, two of them at the limit."""
    recall = {"denominator": 5, "numerator": 1, "fields": {"phone": 3, "hba1c": 2, "area": 4}}
    beds = {"denominator": 4, "numerator": 2, "fields": {"ward": 3, "discharged_at": 3}}
    young = {"denominator": 3, "numerator": 1, "fields": {"phone": 2, "hba1c": 1, "area": 3}}
    from_18 = {**_RECALL, "name": "recall_young_example"}
    return [
        Case("fitness", "recall list, 13 patients", (*example(), _RECALL), "fixture", recall),
        Case("fitness", "bed planning, 14 encounters", (*example(), _BEDS), "fixture", beds),
        Case("fitness", "recall list, five young people", (*_hospital(*_YOUNG), from_18), "fixture", young),
        _verdict("a good table", _report(200, 190, phone=196, area=194), 0.9, 0.95, "fit"),
        _verdict("one bad field", _report(200, 110, phone=192, area=116), 0.9, 0.55, "weak-field"),
        _verdict("good fields, bad rows", _report(200, 160, phone=184, area=182), 0.9, 0.8, "combination"),
        _verdict("just enough", _report(200, 180, phone=196, area=180), 0.9, 0.9, "fit"),
        _verdict("a field just enough", _report(200, 150, phone=180, area=194), 0.9, 0.75, "combination"),
        _verdict("nobody is eligible", _report(0, 0, phone=0, area=0), 0.9, 0.0, "nobody"),
    ]


def _report(denominator: int, numerator: int, **fields: int) -> dict[str, Any]:
    return {"denominator": denominator, "numerator": numerator, "fields": fields}


def _verdict(name: str, report: Mapping[str, Any], need: float, share: float, reason: str) -> Case:
    answer = {"share": share, "use": reason == "fit", "reason": reason}
    return Case("verdict", name, (report, need), "fixture", answer)


def district(world: World) -> list[Case]:
    """Gives the district's purposes, the same with other dates, and changed tables with other numbers."""
    tables = tuple(world.tables[name] for name in ("his_patients", "his_encounters", "lis_results"))
    purposes = yaml.safe_load(world.files["purposes.yaml"].decode("utf-8"))
    expected = REFERENCE if world.truth is not None else None

    def case(kind: Any, name: str, held: tuple[pd.DataFrame, ...], purpose: Mapping[str, Any]) -> Case:
        return Case("fitness", f"{purpose['name']}{name}", (*held, purpose), kind, expected)

    other = _other_numbers(*tables)
    return [
        *(case("district", "", tables, purpose) for purpose in purposes),
        *(case("variant", ", other dates", tables, _earlier(purpose)) for purpose in purposes),
        case("variant", ", some results cancelled, other numbers and order", other, purposes[0]),
        *_reports(len(tables[0]), expected),
    ]


def _other_numbers(
    patients: pd.DataFrame, encounters: pd.DataFrame, results: pd.DataFrame
) -> tuple[pd.DataFrame, ...]:
    """Renames, shuffles and widens the tables, after some results have been cancelled."""
    names = {"mrn": new_ids(patients["mrn"], "P")}
    tables = (patients, encounters, _withdrawn(results))
    return tuple(widened(shuffled(renamed(table, names), "1.6")) for table in tables)


def _withdrawn(results: pd.DataFrame) -> pd.DataFrame:
    """Adds a cancellation to every third specimen in which HbA1c was measured."""
    chosen = results[results["test_code"] == "A1C"].drop_duplicates("specimen_id").iloc[::3]
    now = results[["reported_at", "received_at"]].max().max()
    cancelled = chosen.assign(
        row_id="W" + chosen["row_id"], value=None, status="X", reported_at=now, received_at=now
    )
    return pd.concat([results, cancelled.astype(results.dtypes)], ignore_index=True)


def _earlier(purpose: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the same purpose three months earlier, with windows that are a third shorter."""
    other = copy.deepcopy(dict(purpose))
    other["as_of"] = "2025-09-30"
    for part in (other["eligible"], *other["required"]):
        for key in ("window_days", "dx_window_days"):
            if key in part:
                part[key] = part[key] * 2 // 3
    return other


def _reports(rows: int, expected: Any) -> list[Case]:
    """Gives reports on both sides of every verdict, with numbers that vary with the district."""
    n = 300 + rows % 101
    chosen = {
        "fit": (_report(n, n * 9 // 10, phone=n * 19 // 20, area=n * 37 // 40), 0.85),
        "a weak field": (_report(n, n * 5 // 10, phone=n * 19 // 20, area=n * 6 // 10), 0.85),
        "good fields only": (
            _report(n, n * 7 // 10, phone=n * 9 // 10, area=n * 9 // 10, hba1c=n * 9 // 10),
            0.85,
        ),
        "two of three good": (_report(n, n * 6 // 10, phone=n * 9 // 10, area=n, hba1c=n * 7 // 10), 0.75),
        "nobody": (_report(0, 0, phone=0, area=0), 0.5),
    }
    return [Case("verdict", name, args, "district", expected) for name, args in chosen.items()]


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    return _counts_form(case, value) if case.function == "fitness" else _verdict_form(value)


def _counts_form(case: Case, value: Any) -> str | None:
    if (
        not isinstance(value, dict)
        or not is_whole(value.get("denominator"))
        or not is_whole(value.get("numerator"))
        or not isinstance(value.get("fields"), dict)
    ):
        return 'fitness() must return {"denominator": int, "numerator": int, "fields": {name: int, …}}.'
    wanted = {part["field"] for part in case.args[3]["required"]}
    if set(value["fields"]) != wanted or not all(is_whole(count) for count in value["fields"].values()):
        return "fitness(): fields must hold one whole number for each required field of the purpose."
    return None


def _verdict_form(value: Any) -> str | None:
    if (
        not isinstance(value, dict)
        or not is_number(value.get("share"))
        or not isinstance(value.get("use"), bool)
        or value.get("reason") not in REASONS
    ):
        return (
            'verdict() must return {"share": a number, "use": True or False, '
            f'"reason": one of {", ".join(REASONS)}}}.'
        )
    return None


# ---- Scores ------------------------------------------------------------------------------------------


def _equal(key: str) -> Callable[[Case, Any], float]:
    return lambda case, value: float(value[key] == case.expected[key])


def _fields_equal(case: Case, value: Any) -> float:
    wanted = case.expected["fields"]
    return sum(value["fields"][name] == count for name, count in wanted.items()) / len(wanted)


def _all_equal(case: Case, value: Any) -> float:
    return (
        _equal("denominator")(case, value) + _equal("numerator")(case, value) + _fields_equal(case, value)
    ) / 3


def _share_right(case: Case, value: Any) -> float:
    return float(close(value["share"], case.expected["share"], 0.005))


def _use_right(case: Case, value: Any) -> float:
    return float(all(value[key] == case.expected[key] for key in ("use", "reason")))


def _verdict_right(case: Case, value: Any) -> float:
    return (_share_right(case, value) + 3 * _use_right(case, value)) / 4


# ---- Misconceptions ----------------------------------------------------------------------------------
# They are recognised on the recall example, whose patients are counted out so that every mistake
# changes the numbers in its own way: 5 eligible, 1 dead, 2 gone, 4 with gestational diabetes only.


def _on_recall(shows: Callable[[dict[str, Any]], bool]) -> Callable[[Case, Any], bool]:
    return lambda case, value: case.args[3]["name"] == _RECALL["name"] and shows(value)


def _everybody(value: dict[str, Any]) -> bool:
    return bool(value["denominator"] == 13)


def _dead_or_gone(value: dict[str, Any]) -> bool:
    extra = value["denominator"] - 5
    return extra in (1, 2, 3) and value["fields"]["area"] == 4 + extra


def _gestational(value: dict[str, Any]) -> bool:
    return 4 <= value["denominator"] - 5 < 8


def _old_result(value: dict[str, Any]) -> bool:
    return value["denominator"] == 5 and value["fields"]["hba1c"] >= 4


def _cancelled_result(value: dict[str, Any]) -> bool:
    return value["denominator"] == 5 and value["fields"]["hba1c"] == 3


def _average(value: dict[str, Any]) -> bool:
    return value["denominator"] == 5 and value["numerator"] == 3


def _average_share(case: Case, value: Any) -> bool:
    report = case.args[0]
    if not report["denominator"]:
        return False
    mean = sum(report["fields"].values()) / len(report["fields"]) / report["denominator"]
    return close(value["share"], mean, 0.005) and not close(value["share"], case.expected["share"], 0.005)


FITNESS = Task(
    id="1.6",
    title="Good enough for what?",
    functions=("fitness", "verdict"),
    checks=(
        Check(
            "1.6.example",
            "The example purposes",
            1.0,
            "fitness",
            _all_equal,
            ("fixture",),
            expected="Denominator, numerator and the count of every field.",
        ),
        Check(
            "1.6.denominator",
            "Who is eligible",
            2.5,
            "fitness",
            _equal("denominator"),
            expected="The exact number of eligible units for every purpose.",
        ),
        Check(
            "1.6.numerator",
            "Who has everything that the purpose needs",
            2.5,
            "fitness",
            _equal("numerator"),
            expected="The exact number of eligible units with every required field, none of them too old.",
        ),
        Check(
            "1.6.fields",
            "Field by field",
            1.5,
            "fitness",
            _fields_equal,
            expected="For each required field the exact number of eligible units that have it.",
        ),
        Check(
            "1.6.verdict_example",
            "Verdicts on the examples",
            0.5,
            "verdict",
            _verdict_right,
            ("fixture",),
            expected="The share, whether to use the data, and the reason.",
        ),
        Check(
            "1.6.share",
            "The share that counts",
            0.5,
            "verdict",
            _share_right,
            expected="The share of complete units among the eligible.",
        ),
        Check(
            "1.6.use",
            "To use or not to use",
            1.5,
            "verdict",
            _use_right,
            expected="The decision and its reason.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC21", "fitness", _on_recall(_everybody)),
        Symptom("MC166", "fitness", _on_recall(_gestational)),
        Symptom("MC161", "fitness", _on_recall(_dead_or_gone)),
        Symptom("MC164", "fitness", _on_recall(_average)),
        Symptom("MC160", "fitness", _on_recall(_old_result)),
        Symptom("MC28", "fitness", _on_recall(_cancelled_result)),
        Symptom("MC164", "verdict", _average_share),
    ),
    hints=(
        "Before you count what is there, say aloud for whom it has to be there.",
        "Make one column of True and False for 'eligible' and one for each required field. Every number of "
        "the answer is a count of such columns joined by 'and'.",
        "Read every limit from the purpose: as_of, the windows, the prefixes, the classes. A field with "
        "dated_by counts only if that date lies at most window_days before as_of, and not after it.",
    ),
)
