"""Task 1.5: rules that find what cannot be, and leave alone what is only rare."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from grading.compare import close, is_number, precision_recall, ramp
from grading.tasks import REFERENCE, Case, Check, Symptom, Task
from grading.variants import new_ids, renamed, shuffled, widened
from sim.world import World

LEVELS = ("value", "record", "relation", "device")
SEVERITIES = ("error", "query")
KEYS = ("rule_id", "level", "field", "predicate", "severity")
LEAST_RULES = 12
MOST_FLAGS = 50_000
WINDOW = pd.Timedelta(days=28)
BORN_ON_NEW_YEAR = 6
CLASSES = ("default_birth", "early_discharge", "placeholder", "shifted_clock", "reset_clock", "impossible")
TABLES = ("his_patients", "his_encounters", "lis_results", "diabetes_cohort", "devices", "app_readings")
DECISIONS = ("error", "query", "drop")
REASONS = ("safe", "hits-the-sick", "finds-nothing")
BIRTH = "his_patients.birth_date"
DISCHARGE = "his_encounters.discharged_at"
TAKEN = "app_readings.taken_at"


# ---- Cases -------------------------------------------------------------------------------------------


def example() -> dict[str, pd.DataFrame]:
    """Returns small tables in the form of the district's, with one fault of each class."""
    time = pd.Timestamp("2025-06-02 08:00:00")
    patients = pd.DataFrame(
        {
            "mrn": ["E1", "E2", "E3", "E4", "E5"],
            "birth_date": ["1900-01-01", "1923-08-30", "1967-01-01", "1990-05-05", "2001-02-28"],
            "sex": ["F", "F", "M", "M", "F"],
            "verified_id": ["900000101", None, "900000103", "999999999", "900000105"],
            "registered_at": [time] * 5,
        }
    ).astype({"verified_id": "str"})
    encounters = pd.DataFrame(
        {
            "encounter_id": ["V1", "V2", "V3"],
            "mrn": ["E2", "E3", "E4"],
            "class": ["inpatient", "emergency", "inpatient"],
            "admitted_at": [time, time, time],
            "discharged_at": [time + pd.Timedelta(days=3), time - pd.Timedelta(hours=5), pd.NaT],
        }
    )
    results = pd.DataFrame(
        {
            "row_id": ["R1", "R2", "R3"],
            "mrn": ["E2", "E3", "E5"],
            "test_code": ["GLU", "K", "K"],
            "value": ["812", "8.1", "4.1"],
            "unit": ["mg/dL", "mmol/L", "mmol/L"],
            "collected_at": [time] * 3,
            "status": ["F"] * 3,
        }
    )
    cohort = pd.DataFrame({"mrn": ["E3", "E4"], "age": [58, 35], "bmi": [61.5, 24.0]})
    return {
        "his_patients": patients,
        "his_encounters": encounters,
        "lis_results": results,
        "diabetes_cohort": cohort,
        "devices": pd.DataFrame({"device_id": ["D1", "D2", "D3", "D4"], "type": ["wearable"] * 4}),
        "app_readings": _example_readings(),
    }


def _example_readings() -> pd.DataFrame:
    """Returns readings of a right clock, a traveller's, a shifted one and one that fell back."""
    hours = pd.date_range("2025-06-01 00:30", periods=24, freq="1h")
    parts = []
    for device, shift, offset in (("D1", 0, -6), ("D2", 8, 2), ("D3", 7, -6), ("D4", 0, -6)):
        taken = hours + pd.Timedelta(hours=shift)
        part = pd.DataFrame({"device_id": device, "taken_at": taken, "uploaded_at": hours.ceil("6h")})
        parts.append(part.assign(utc_offset=f"{offset:+03d}:00", kind="heart_rate", value=66.0))
    readings = pd.concat(parts, ignore_index=True)
    fallen = readings["device_id"] == "D4"
    readings.loc[fallen, "taken_at"] -= pd.Timestamp("2025-06-01") - pd.Timestamp("2000-01-01")
    night = (readings["device_id"] == "D1") & (readings["taken_at"].dt.hour < 5)
    readings.loc[night, "value"] = 104.0
    readings.loc[3, "value"] = 999.0
    readings.insert(0, "reading_id", [f"A{number:03d}" for number in range(len(readings))])
    return readings.assign(unit="beats/min")


_EXAMPLE_TRUTH = {
    "default_birth": ["E1"],
    "early_discharge": ["V2"],
    "placeholder": ["E4"],
    "shifted_clock": ["D3"],
    "reset_clock": ["D4"],
    "impossible": ["A003"],
    "spared": [[BIRTH, "E2"], [BIRTH, "E3"],
               ["lis_results.value", "R1"], ["lis_results.value", "R2"], ["diabetes_cohort.bmi", "E3"]],
}  # fmt: skip


def fixtures() -> list[Case]:
    """Gives small tables with one fault of each class, and four rules to judge."""
    return [
        Case("plausibility", "six small tables", (example(),), expected="found", truth=_EXAMPLE_TRUTH),
        _report("finds all, alarms nobody", (["a", "b", "c"], ["a", "b", "c"], ["x", "y"], 1), 1.0, 0, 0),
        _report(
            "finds half, alarms two of the sick", (["a", "x", "y"], ["a", "b"], ["x", "y", "z"], 1), 0.5, 2, 1
        ),
        _report("finds nothing", (["x"], ["a"], ["x"], 1), 0.0, 1, 2),
        _report("one of the sick is allowed", (["a", "x"], ["a"], ["x"], 1), 1.0, 1, 0),
    ]


def _report(name: str, args: tuple[Any, ...], caught: float, alarmed: int, decision: int) -> Case:
    answer = {
        "caught": caught,
        "alarmed": alarmed,
        "decision": DECISIONS[decision],
        "reason": REASONS[decision],
    }
    return Case("rule_report", name, args, "fixture", answer)


def district(world: World) -> list[Case]:
    """Gives the district's tables, the same with more born on 1 January and other numbers, rules to judge."""
    tables = _tables(world)
    truth = _truth(world, tables)
    born = tables | {"his_patients": _born_on_new_year(world, tables["his_patients"])}
    known = "found" if truth else None
    names = {
        key: new_ids(tables[table][key], prefix)
        for table, key, prefix in (
            ("his_patients", "mrn", "P"),
            ("his_encounters", "encounter_id", "V"),
            ("lis_results", "row_id", "L"),
            ("devices", "device_id", "G"),
            ("app_readings", "reading_id", "B"),
        )
    }
    other = {name: _changed(table, name, names) for name, table in born.items()}
    told = {old: new for changes in names.values() for old, new in changes.items()}
    other_truth = {
        name: [[each[0], told[each[1]]] if name == "spared" else told[each] for each in records]
        for name, records in _truth(world, born).items()
    }
    return [
        Case("plausibility", "the district's tables", (tables,), "district", known, truth),
        Case("plausibility", "other numbers, one more column", (other,), "variant", known, other_truth),
        *_reports(tables["his_patients"]["mrn"], REFERENCE if truth else None),
    ]


def _tables(world: World) -> dict[str, pd.DataFrame]:
    tables = {name: world.tables[name] for name in TABLES}
    uploaded = tables["app_readings"]["uploaded_at"]
    recent = tables["app_readings"][uploaded >= uploaded.max() - WINDOW].reset_index(drop=True)
    return tables | {"app_readings": recent}


def _changed(table: pd.DataFrame, name: str, names: Mapping[str, Mapping[str, str]]) -> pd.DataFrame:
    """Returns a table under other numbers; those of `devices.mrn` are numbers and stay."""
    columns = {key: new for key, new in names.items() if key in table.columns}
    if name == "devices":
        columns.pop("mrn", None)
    return widened(shuffled(renamed(table, columns), f"1.5 {name}"))


def _truth(world: World, tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Returns the records of each class of faults, and what is rare and true."""
    if world.truth is None:
        return {}
    patients, readings = tables["his_patients"], tables["app_readings"]
    default = patients["birth_date"] == "1900-01-01"
    here = set(readings["device_id"])
    impossible = set(world.truth.defects("D22")["record"])
    return {
        "default_birth": sorted(patients.loc[default, "mrn"]),
        "early_discharge": sorted(set(world.truth.defects("D06")["record"])),
        "placeholder": sorted(set(world.truth.defects("D07")["record"])),
        "shifted_clock": sorted(set(world.truth.defects("D18")["record"]) & here),
        "reset_clock": sorted(set(readings.loc[readings["taken_at"].dt.year < 2020, "device_id"])),
        "impossible": sorted(impossible & set(readings["reading_id"])),
        "spared": _spared(world, tables, impossible),
    }


def _right(world: World, patients: pd.DataFrame) -> pd.DataFrame:
    """Returns the living whose date of birth is theirs."""
    assert world.truth is not None
    touched = world.truth.ledger
    wrong = touched.loc[(touched["table"] == "his_patients") & (touched["field"] == "birth_date"), "record"]
    return patients[~patients["mrn"].isin(wrong) & patients["deceased_on"].isna()]


def _born_on_new_year(world: World, patients: pd.DataFrame) -> pd.DataFrame:
    """Lets a few more be born on 1 January of their year: in some districts hardly anybody is."""
    if world.truth is None:
        return patients
    moved = patients["mrn"].isin(sorted(_right(world, patients)["mrn"])[:BORN_ON_NEW_YEAR])
    return patients.assign(
        birth_date=patients["birth_date"].mask(moved, patients["birth_date"].str[:4] + "-01-01")
    )


def _spared(world: World, tables: Mapping[str, pd.DataFrame], impossible: set[str]) -> list[list[str]]:
    """Lists true extremes and true births on 1 January, each with its field."""
    assert world.truth is not None
    cohort, touched = tables["diabetes_cohort"], world.truth.ledger
    right = _right(world, tables["his_patients"])
    old = right[(right["birth_date"] < "1926") | right["birth_date"].str.endswith("-01-01")]
    results = tables["lis_results"]
    measured = pd.to_numeric(results["value"], errors="coerce")
    spoiled = touched.loc[(touched["table"] == "lis_results") & (touched["field"] == "value"), "record"]
    glucose = results["test_code"].isin(["GLU", "GLUB"]) & (
        measured >= results["unit"].map({"mg/dL": 600.0, "mmol/L": 33.3})
    )
    potassium = results["test_code"].isin(["K", "KB"]) & (measured >= 7.5)
    extreme = results[(glucose | potassium) & ~results["row_id"].isin(spoiled)]
    readings = tables["app_readings"]
    crisis = readings[
        (readings["kind"] == "sbp")
        & readings["value"].between(230, 260)
        & ~readings["reading_id"].isin(impossible)
    ]
    listed = {
        BIRTH: old["mrn"],
        "lis_results.value": extreme["row_id"],
        "diabetes_cohort.bmi": cohort.loc[cohort["bmi"] >= 55, "mrn"],
        "app_readings.value": crisis["reading_id"],
    }
    return [[field, record] for field, records in listed.items() for record in sorted(records)]


def _reports(mrns: "pd.Series[str]", expected: Any) -> list[Case]:
    """Gives rules on both sides of every decision, with records of the district."""
    names = sorted(mrns)[:40]
    wrong, sick = names[:12], names[20:30]
    chosen = {
        "finds most": (wrong[:9], wrong, sick, 0),
        "alarms two": (wrong[:9] + sick[:2], wrong, sick, 1),
        "alarms two, two allowed": (wrong[:9] + sick[:2], wrong, sick, 2),
        "misses all": (sick + names[35:], wrong, sick, 3),
        "finds one of many": (wrong[:1] + names[30:34], wrong, sick, 0),
    }
    return [Case("rule_report", name, args, "district", expected) for name, args in chosen.items()]


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    return _report_form(value) if case.function == "rule_report" else _rules_form(value)


def _rules_form(value: Any) -> str | None:
    if not isinstance(value, dict) or not all(isinstance(value.get(key), list) for key in ("rules", "flags")):
        return 'plausibility() must return {"rules": [{…}, …], "flags": [[rule_id, record], …]}.'
    rules = value["rules"]
    if not all(isinstance(r, dict) and all(isinstance(r.get(key), str) for key in KEYS) for r in rules):
        return f"plausibility(): every rule is a dictionary with the texts {', '.join(KEYS)}."
    known = {rule["rule_id"] for rule in rules}
    if len(known) < max(LEAST_RULES, len(rules)):
        return f"plausibility(): at least {LEAST_RULES} rules with different ids are asked for."
    if not all(r["level"] in LEVELS and r["severity"] in SEVERITIES for r in rules):
        return f"plausibility(): levels are {', '.join(LEVELS)}; severities are {', '.join(SEVERITIES)}."
    if not all(r["field"].count(".") == 1 and r["predicate"].strip() for r in rules):
        return 'plausibility(): a field is written "table.column", and a predicate is never empty.'
    flags = value["flags"]
    if len(flags) > MOST_FLAGS:
        return f"plausibility() may return at most {MOST_FLAGS:,} flags; it returned {len(flags):,}."
    if not all(isinstance(f, (list, tuple)) and len(f) == 2 and f[0] in known for f in flags):
        return "plausibility(): every flag is a list of a rule's id and a record."
    return None


def _report_form(value: Any) -> str | None:
    if (
        not isinstance(value, dict)
        or not all(is_number(value.get(key)) for key in ("caught", "alarmed"))
        or value.get("decision") not in DECISIONS
        or value.get("reason") not in REASONS
    ):
        return (
            'rule_report() must return {"caught": a number, "alarmed": a number, "decision": one of '
            f'{", ".join(DECISIONS)}, "reason": one of {", ".join(REASONS)}}}.'
        )
    return None


# ---- Scores ------------------------------------------------------------------------------------------

FIELDS = {
    "default_birth": BIRTH,
    "early_discharge": DISCHARGE,
    "placeholder": "his_patients.verified_id",
    "shifted_clock": TAKEN,
    "reset_clock": TAKEN,
    "impossible": "app_readings.value",
}
"""The field in which each class of faults stands; a rule counts for the class if it names that field."""


def _errors(value: Any, field: str) -> set[str]:
    """Returns the records that rules on a field call an error."""
    ids = {r["rule_id"] for r in value["rules"] if r["field"] == field and r["severity"] == "error"}
    return {str(record) for rule, record in value["flags"] if rule in ids}


def _finds(name: str) -> Any:
    def score(case: Case, value: Any) -> float:
        return ramp(precision_recall(_errors(value, FIELDS[name]), set(case.truth[name]))[1], 0.5, 0.95)

    return score


def _shifted(case: Case, value: Any) -> float:
    """Scores devices with a wrong zone: recall, and no others but those whose clock fell back."""
    found = _errors(value, FIELDS["shifted_clock"]) - set(case.truth["reset_clock"])
    precision, recall = precision_recall(found, set(case.truth["shifted_clock"]))
    return ramp(min(precision, recall), 0.5, 0.9)


def _alarmed(case: Case, value: Any) -> int:
    return sum(record in _errors(value, field) for field, record in case.truth["spared"])


def _spares(case: Case, value: Any) -> float:
    """Scores false alarms; somebody who finds nothing alarms nobody and earns nothing."""
    found = [_finds(name)(case, value) > 0 for name in FIELDS if name != "shifted_clock"]
    return ramp(_alarmed(case, value), 4, 1) if sum(found) >= 3 else 0.0


def _all_found(case: Case, value: Any) -> float:
    scores = [
        _shifted(case, value),
        *(_finds(name)(case, value) for name in FIELDS if name != "shifted_clock"),
    ]
    return (sum(scores) + _spares(case, value)) / (len(scores) + 1)


def _decided(case: Case, value: Any) -> float:
    wanted = case.expected
    numbers = close(value["caught"], wanted["caught"], 0.001) and value["alarmed"] == wanted["alarmed"]
    words = all(value[key] == wanted[key] for key in ("decision", "reason"))
    return (numbers + words) / 2


# ---- Misconceptions ----------------------------------------------------------------------------------


def _deletes_the_sick(case: Case, value: Any) -> bool:
    sick = [(f, r) for f, r in case.truth["spared"] if f != BIRTH]
    return sum(record in _errors(value, field) for field, record in sick) >= max(2, len(sick) // 10)


def _january(case: Case, value: Any) -> bool:
    """Whether true births on 1 January are called errors."""
    born = [record for field, record in case.truth["spared"] if field == BIRTH]
    people = case.args[0]["his_patients"].set_index("mrn")["birth_date"]
    errors = _errors(value, BIRTH)
    new_year = [mrn for mrn in born if people[mrn].endswith("-01-01")]
    return sum(mrn in errors for mrn in new_year) >= max(1, len(new_year) // 2)


def _believes_1900(case: Case, value: Any) -> bool:
    return not set(case.truth["default_birth"]) & _errors(value, BIRTH)


def _night_is_wrong(case: Case, value: Any) -> bool:
    """Whether devices with a right clock are called wrong, as people awake at night or travellers are."""
    right = set(case.args[0]["devices"]["device_id"]) - set(case.truth["shifted_clock"])
    found = _errors(value, FIELDS["shifted_clock"]) & (right - set(case.truth["reset_clock"]))
    return bool(found)


def _fearless(case: Case, value: Any) -> bool:
    return bool(case.expected["decision"] == "query" and value["decision"] == "error")


PLAUSIBILITY = Task(
    id="1.5",
    title="Plausibility rules",
    functions=("plausibility", "rule_report"),
    checks=(
        Check(
            "1.5.example",
            "The six small tables",
            1.25,
            "plausibility",
            _all_found,
            ("fixture",),
            expected="The fault of each class is called an error, and nothing that is only rare.",
        ),
        *(
            Check(f"1.5.{name}", title, 0.75, "plausibility", _finds(name), expected=expected)
            for name, title, expected in (
                ("default_birth", "Births on 1900-01-01", "Nobody alive was born on that day."),
                ("early_discharge", "Discharges before admissions", "No stay ends before it begins."),
                ("placeholder", "Identifiers that stand for none", "No two people have one identifier."),
                (
                    "reset_clock",
                    "Clocks that fell back",
                    "No reading is older than the device's registration.",
                ),
                ("impossible", "Impossible readings", "No living body gives such a value."),
            )
        ),
        Check(
            "1.5.shifted_clock",
            "Devices in a wrong time zone",
            1.0,
            "plausibility",
            _shifted,
            expected="Each device whose clock differs from the one it states, and no other.",
        ),
        Check(
            "1.5.spared",
            "The sickest and the oldest are left alone",
            3.0,
            "plausibility",
            _spares,
            combine="worst",
            expected="At most one of the true extremes and births on 1 January is called an error.",
        ),
        Check(
            "1.5.report_example",
            "Reports on the example rules",
            1.0,
            "rule_report",
            _decided,
            ("fixture",),
            expected="What the rule catches, whom it alarms, and what follows.",
        ),
        Check(
            "1.5.report",
            "Reports on other rules",
            2.0,
            "rule_report",
            _decided,
            expected="What the rule catches, whom it alarms, and what follows.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC20", "plausibility", _deletes_the_sick),
        Symptom("MC171", "plausibility", _january),
        Symptom("MC170", "plausibility", _night_is_wrong),
        Symptom("MC172", "plausibility", _believes_1900),
        Symptom("MC173", "rule_report", _fearless),
    ),
    hints=(
        "Ask of every rule: could a living person break it? Then it is a query, not an error.",
        "A device tells two times: when it measured and when the reading reached us. On one common clock, "
        "nothing is received before it was measured.",
        "Turn taken_at into the district's own time with utc_offset, subtract it from uploaded_at, and look "
        "at the smallest delay of each device. For birth dates only 1900-01-01 is beyond doubt.",
    ),
)
