"""Task 2.5: FHIR resources that are valid, refer to each other, and say what the tables say."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd

from grading.compare import close
from grading.tasks import Case, Check, Symptom, Task
from sim.world import World

LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
CLASSES = {"inpatient": "IMP", "emergency": "EMER"}
STATUSES = {"F": "final", "C": "corrected", "X": "cancelled"}
SEXES = {"F": "female", "M": "male"}
CODES = {
    "A1C": "4548-4",
    "GLU": "2345-7",
    "CREA": "2160-0",
    "HB": "718-7",
    "K": "2823-3",
    "NA": "2951-2",
}
"""LOINC codes of some of the laboratory's tests; the others have none here, as if nobody had mapped them."""

KEPT = {
    "his_patients": ("mrn", "given_name", "family_name", "sex", "birth_date", "phone", "deceased_on"),
    "his_encounters": ("encounter_id", "mrn", "class", "admitted_at", "discharged_at"),
    "lis_results": ("row_id", "mrn", "test_code", "test_name", "value", "unit", "status", "collected_at"),
}
"""Columns that the profile has a place for."""

EACH = 6
MOST = 2000

Resource = dict[str, Any]


# ---- Cases -------------------------------------------------------------------------------------------


def fixtures() -> list[Case]:
    """Gives two invented patients and three lists of columns."""
    ana = _person("E1", "Ana", "Torres", "F", "1980-03-04", None, "555-0101")
    leo = _person("E2", "Leo", "Lund", None, None, "2025-06-02", None)
    stay = _visit("V1", "E1", "inpatient", "2025-06-01 10:30:00", "2025-06-03 09:00:00")
    open_visit = _visit("V2", "E2", "emergency", "2025-06-02 23:50:00", None)
    results = [
        _result("R1", "K", "Potassium", "2823-3", "4.1", "mmol/L", "F"),
        _result("R2", "GLU", "Glucose, serum", "2345-7", "<20", "mg/dL", "C"),
        _result("R3", "XYZ", "House test", None, "cloudy", None, "F"),
        _result("R4", "NA", "Sodium", "2951-2", None, "mmol/L", "X", "error"),
    ]
    home = {"facility": "E", "offset": "-06:00"}
    lists = [
        ["mrn", "ward", "payer"],
        ["row_id", "received_at", "message_id", "unit"],
        ["mrn", "sex", "area"],
    ]
    return [
        _build("Ana Torres", ana, [stay], results, home),
        _build("Leo Lund, of whom little is known", leo, [open_visit], [], home),
        *(_lost(f"columns {number}", columns) for number, columns in enumerate(lists, 1)),
    ]


def _person(
    mrn: str, given: str, family: str, sex: str | None, birth: str | None, dead: str | None, phone: str | None
) -> Resource:
    return {
        "mrn": mrn,
        "given_name": given,
        "family_name": family,
        "sex": sex,
        "birth_date": birth,
        "deceased_on": dead,
        "phone": phone,
    }


def _visit(ident: str, mrn: str, kind: str, begin: str, end: str | None) -> Resource:
    return {"encounter_id": ident, "mrn": mrn, "class": kind, "admitted_at": begin, "discharged_at": end}


def _result(
    row: str, code: str, name: str, loinc: str | None, value: str | None, unit: str | None, status: str,
    reason: str | None = None,
) -> Resource:  # fmt: skip
    words = {
        "row_id": row,
        "test_code": code,
        "test_name": name,
        "loinc": loinc,
        "value": value,
        "unit": unit,
    }
    return {**words, "status": status, "collected_at": "2025-06-02 08:00:00", "absent_reason": reason}


def _build(
    name: str, person: Resource, visits: list[Resource], results: list[Resource], home: Resource
) -> Case:
    return Case("to_fhir", name, (person, visits, results, home), expected="valid and true")


def _lost(name: str, columns: list[str], kind: Any = "fixture") -> Case:
    known = {column for kept in KEPT.values() for column in kept}
    return Case("lost_fields", name, (columns,), kind, sorted(set(columns) - known))


def district(world: World) -> list[Case]:
    """Gives patients of the district with visits and results, and the columns of its tables."""
    told = None if world.truth is None else "valid and true"
    cases = [Case("to_fhir", each[0]["mrn"], each, "district", told) for each in _patients(world)]
    tables = [
        _lost(name, sorted(world.tables[name].columns), "district")
        for name in (*KEPT, "pharmacy_dispenses")
        if name in world.tables
    ]
    return [*cases, *(replace(table, expected=table.expected if told else None) for table in tables)]


def _patients(world: World) -> Iterator[tuple[Resource, list[Resource], list[Resource], Resource]]:
    """Yields patients: some with a cancelled result, some dead, some of unknown telephone."""
    results, visits = world.tables["lis_results"], world.tables["his_encounters"]
    people = world.tables["his_patients"].set_index("mrn", drop=False)
    cancelled = results.loc[results["status"] == "X", "mrn"].drop_duplicates()
    inside = visits[visits["class"].isin(list(CLASSES)) & ~(visits["discharged_at"] < visits["admitted_at"])]
    known = [mrn for mrn in cancelled if mrn in people.index and (inside["mrn"] == mrn).any()]
    home = {"facility": "H1", "offset": "-06:00" if world.manifest.get("country") == "us" else "+08:00"}
    for mrn in known[: 2 * EACH]:
        person = _plain(people.loc[[mrn], [*_person("", "", "", "", "", "", "")]])[0]
        stays = inside.loc[inside["mrn"] == mrn, [*_visit("", "", "", "", "")]].head(5)
        rows = results[results["mrn"] == mrn].drop_duplicates(["specimen_id", "test_code", "reported_at"])
        rows = rows.assign(
            loinc=rows["test_code"].map(CODES),
            absent_reason=rows["value"].isna().map({True: "error", False: None}),
        )
        yield person, _plain(stays), _plain(rows[[*_result("", "", "", "", "", "", "")]].tail(25)), home


def _plain(table: pd.DataFrame) -> list[Resource]:
    """Returns the rows as plain data: times as text, None where nothing stands."""
    texts = table.astype(object).where(table.notna(), None)
    rows = texts.to_dict("records")
    return [{str(k): None if v is None else str(v) for k, v in row.items()} for row in rows]


# ---- Form --------------------------------------------------------------------------------------------


def contract(case: Case, value: Any) -> str | None:
    """Says what is wrong with the form of an answer, or None."""
    if case.function == "lost_fields":
        right = isinstance(value, list) and all(isinstance(name, str) for name in value)
        return None if right else "lost_fields() must return a list of names of columns."
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value) or len(value) > MOST:
        return "to_fhir() must return a list of resources, each a dictionary."
    if not all(
        isinstance(each.get("resourceType"), str) and isinstance(each.get("id"), str) for each in value
    ):
        return 'to_fhir(): every resource needs the texts "resourceType" and "id".'
    return None


# ---- Scores ------------------------------------------------------------------------------------------


def _by_id(value: Any, kind: str) -> dict[str, Resource]:
    return {each["id"]: each for each in value if each["resourceType"] == kind}


@cache
def _validator(kind: str) -> Any:
    from sim.exchange.fhir.schema import validator

    return validator(kind)


def _valid(case: Case, value: Any) -> float:
    """Scores the share of resources that the official schema accepts; all wanted ones must be there."""
    _, visits, results, _ = case.args
    if len(value) != 1 + len(visits) + len(results):
        return 0.0
    known = {"Patient", "Encounter", "Observation"}
    good = [
        each["resourceType"] in known and _validator(each["resourceType"]).is_valid(each) for each in value
    ]
    return sum(good) / len(good)


def _each(judged: Callable[[Case, Any], list[bool]]) -> Callable[[Case, Any], float]:
    """Scores the share of things that are right, with a quarter as nothing."""

    def score(case: Case, value: Any) -> float:
        right = judged(case, value)
        if not value:
            return 0.0
        return max(0.0, (sum(right) / len(right) - 0.25) / 0.75) if right else 1.0

    return score


def _person_right(case: Case, value: Any) -> list[bool]:
    row, *_, home = case.args
    found = _by_id(value, "Patient").get(row["mrn"], {})
    names = found.get("name") or [{}]
    system = f"urn:hilab:{home['facility']}:mrn"
    return [
        any(i.get("value") == row["mrn"] and i.get("system") == system for i in found.get("identifier", [])),
        names[0].get("family") == row["family_name"] and names[0].get("given") == [row["given_name"]],
        found.get("gender") == SEXES.get(row["sex"], "unknown"),
        found.get("birthDate") == row["birth_date"],
        found.get("deceasedDateTime") == row["deceased_on"],
        [t.get("value") for t in found.get("telecom", [])] == ([row["phone"]] if row["phone"] else []),
    ]


def _visits_right(case: Case, value: Any) -> list[bool]:
    _, visits, _, home = case.args
    found, right = _by_id(value, "Encounter"), []
    for row in visits:
        each = found.get(row["encounter_id"], {})
        kind, period = each.get("class") or {}, each.get("period") or {}
        end = row["discharged_at"]
        right += [
            kind.get("code") == CLASSES[row["class"]] and kind.get("system") == ACT,
            each.get("status") == ("finished" if end else "in-progress"),
            period.get("start") == _moment(row["admitted_at"], home),
            period.get("end") == (_moment(end, home) if end else None),
        ]
    return right


def _moment(time: str, home: Mapping[str, str]) -> str:
    return time.replace(" ", "T") + home["offset"]


def _codes_right(case: Case, value: Any) -> list[bool]:
    _, _, results, home = case.args
    found, right = _by_id(value, "Observation"), []
    for row in results:
        codings = ((found.get(row["row_id"], {}).get("code") or {}).get("coding")) or []
        told = {(c.get("system"), c.get("code")) for c in codings if isinstance(c, dict)}
        wanted = {(f"urn:hilab:{home['facility']}:tests", row["test_code"])}
        wanted |= {(LOINC, row["loinc"])} if row["loinc"] else set()
        right.append(told == wanted)
    return right


def _values_right(case: Case, value: Any) -> list[bool]:
    _, _, results, home = case.args
    found, right = _by_id(value, "Observation"), []
    for row in results:
        each = found.get(row["row_id"], {})
        right += [
            each.get("status") == STATUSES[row["status"]],
            each.get("effectiveDateTime") == _moment(row["collected_at"], home),
            _value_right(each, row),
        ]
    return right


def _value_right(each: Resource, row: Mapping[str, Any]) -> bool:
    reasons = [c.get("code") for c in (each.get("dataAbsentReason") or {}).get("coding", [])]
    text = row["value"]
    if text is None:
        return reasons == [row["absent_reason"]] and not any(key.startswith("value") for key in each)
    if reasons:
        return False
    comparator = next((sign for sign in ("<=", ">=", "<", ">") if text.startswith(sign)), None)
    try:
        number = float(text.removeprefix(comparator or ""))
    except ValueError:
        return each.get("valueString") == text
    quantity = each.get("valueQuantity") or {}
    unit = row["unit"]
    coded = [quantity.get(name) for name in ("unit", "code", "system")] == [unit, unit, UCUM]
    coded = coded or unit is None
    return coded and close(quantity.get("value"), number, 1e-9) and quantity.get("comparator") == comparator


def _references_right(case: Case, value: Any) -> list[bool]:
    """Every subject is the patient; nothing refers to what is not there."""
    here = {f"{each['resourceType']}/{each['id']}" for each in value}
    told = [
        (each.get("subject") or {}).get("reference") for each in value if each["resourceType"] != "Patient"
    ]
    return [reference in here and str(reference).startswith("Patient/") for reference in told]


def _listed(case: Case, value: Any) -> float:
    return float(sorted(set(value)) == case.expected)


def _whole(case: Case, value: Any) -> float:
    parts = (_person_right, _visits_right, _codes_right, _values_right, _references_right)
    return (_valid(case, value) + sum(_each(part)(case, value) for part in parts)) / (1 + len(parts))


# ---- Misconceptions ----------------------------------------------------------------------------------


def _no_system(case: Case, value: Any) -> bool:
    codings = [
        c
        for each in _by_id(value, "Observation").values()
        for c in (each.get("code") or {}).get("coding", [])
        if isinstance(c, dict)
    ]
    return bool(codings) and not any(c.get("system") for c in codings)


def _no_offset(case: Case, value: Any) -> bool:
    times = [each.get("effectiveDateTime") for each in _by_id(value, "Observation").values()]
    return any(isinstance(time, str) and len(time) == 19 for time in times)


def _name_as_code(case: Case, value: Any) -> bool:
    names = {row["test_name"] for row in case.args[2]}
    codings = (
        c
        for each in _by_id(value, "Observation").values()
        for c in (each.get("code") or {}).get("coding", [])
    )
    return any(isinstance(c, dict) and c.get("code") in names for c in codings)


def _loses_comparator(case: Case, value: Any) -> bool:
    found = _by_id(value, "Observation")
    signed = [row for row in case.args[2] if str(row["value"] or "").startswith(("<", ">"))]
    quantities = (found.get(row["row_id"], {}).get("valueQuantity") for row in signed)
    return any(quantity and not quantity.get("comparator") for quantity in quantities)


def _valid_is_enough(case: Case, value: Any) -> bool:
    return len(set(value)) < len(case.expected) and not value


_PARTS: tuple[tuple[str, str, float, Callable[[Case, Any], float], str], ...] = (
    ("valid", "The official schema", 2.0, _valid, "Every resource is valid, and all are there."),
    ("person", "The patient", 1.5, _each(_person_right), "Every field says what the table says."),
    ("visits", "The visits", 1.5, _each(_visits_right), "Class, status, begin and end, with the offset."),
    ("codes", "The codes", 1.5, _each(_codes_right), "Each code with its system, LOINC where it is known."),
    ("values", "The values", 1.5, _each(_values_right), "Status, time, and the value, its sign or why not."),
    ("references", "The references", 1.0, _each(_references_right), "Everything refers to the patient."),
)

RESOURCES = Task(
    id="2.5",
    title="Build FHIR",
    functions=("to_fhir", "lost_fields"),
    checks=(
        Check(
            "2.5.example",
            "The two example patients",
            1.5,
            "to_fhir",
            _whole,
            ("fixture",),
            expected="Valid resources that say what the tables say.",
        ),
        *(
            Check(f"2.5.{name}", title, points, "to_fhir", score, expected=expected)
            for name, title, points, score, expected in _PARTS
        ),
        Check(
            "2.5.lost_example",
            "What is lost in the example columns",
            1.0,
            "lost_fields",
            _listed,
            ("fixture",),
            expected="Just the columns that have no place in the profile.",
        ),
        Check(
            "2.5.lost",
            "What is lost of the district's tables",
            2.5,
            "lost_fields",
            _listed,
            expected="Just the columns that have no place in the profile.",
        ),
    ),
    contract=contract,
    fixtures=fixtures,
    district=district,
    symptoms=(
        Symptom("MC37", "to_fhir", _no_system),
        Symptom("MC176", "to_fhir", _no_offset),
        Symptom("MC177", "to_fhir", _name_as_code),
        Symptom("MC31", "to_fhir", _loses_comparator),
        Symptom("MC38", "lost_fields", _valid_is_enough),
    ),
    hints=(
        "Take one row and one resource of the example in the text and go through them field by field.",
        "A code means something only with the system it comes from; a time only with its offset; a missing "
        "value only with its reason.",
        "Build a dictionary and leave out what is missing. A number has valueQuantity, text has valueString, "
        "nothing has dataAbsentReason. Put the sign < or > into comparator.",
    ),
)
