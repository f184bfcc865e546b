"""Stays and emergencies as FHIR R4 bundles, one a visit, in a file a hospital."""

import json
from typing import Any

import pandas as pd

from sim.systems.dialects import DIALECTS, Dialect
from sim.systems.lis import TESTS
from sim.systems.messages import CLASSES, KEPT, YEAR
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table

BUNDLES = Table(
    "bundles",
    "A stay or emergency that ended in 2025 as a FHIR R4 bundle, a line of "
    "messages/<facility>_bundles.ndjson: patient, visit, diagnosis, results and report. The columns tell "
    "what the file holds; no table is shipped.",
    "bundle_id",
    (
        Column("bundle_id", "text", "Identity of the bundle (Bundle.id)"),
        Column("facility", "text", "Who sent it"),
        Column("mrn", "text", "Record number of the patient"),
        Column("encounter_id", "text", "Number of the visit"),
        Column("sent_at", "time", "When it was sent, local time (Bundle.timestamp)"),
        Column("text", "text", "The bundle"),
    ),
    KEPT,
    parquet=False,
)

OFFSETS = {"us": "-06:00", "cn": "+08:00"}
"""The hospitals' clocks against universal time, summer and winter (assumed)."""

SENT_AFTER = pd.Timedelta(days=1)
"""From the end of a visit to its bundle (assumed); results are then there."""

LOCAL = "urn:hilab:{}:tests"
DIAGNOSES = {"us": "http://hl7.org/fhir/sid/icd-10-cm", "cn": "http://hl7.org/fhir/sid/icd-10"}
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
ACTS = {"I": "IMP", "E": "EMER"}
STATUSES = {"F": "final", "C": "corrected", "X": "cancelled"}
LOINC = {test.code: loinc for loinc, test in TESTS.items()}
UCUM = {"mL/min/1.73m2": "mL/min/{1.73_m2}"}
"""Units of which UCUM has another spelling."""

Resource = dict[str, Any]


def record(setting: Setting) -> dict[str, pd.DataFrame]:
    """Writes a bundle for every stay and emergency of the year that has an end."""
    visits = setting.tables["his_encounters"]
    patients = setting.tables["his_patients"].set_index("mrn", drop=False)
    ended = visits["class"].isin(list(CLASSES)) & (visits["discharged_at"].dt.year == YEAR)
    chosen = visits[ended & visits["mrn"].isin(patients.index)]
    chosen = chosen[~(chosen["discharged_at"] < chosen["admitted_at"])]
    chosen = chosen.sort_values(["discharged_at", "encounter_id"], kind="stable", ignore_index=True)
    results = _results_of(chosen, setting.tables["lis_results"])
    people = patients.loc[chosen["mrn"].drop_duplicates()].to_dict("index")
    writer = _Writer(setting, DIALECTS[setting.facility.code])
    texts = [
        writer.bundle(
            f"{setting.facility.code}B{number:05d}", people[visit["mrn"]], visit, results.get(place, [])
        )
        for number, (place, visit) in enumerate(zip(chosen.index, chosen.to_dict("records"), strict=True), 1)
    ]
    table = pd.DataFrame(
        {
            "bundle_id": [f"{setting.facility.code}B{number:05d}" for number in range(1, len(chosen) + 1)],
            "facility": setting.facility.code,
            "mrn": chosen["mrn"],
            "encounter_id": chosen["encounter_id"],
            "sent_at": chosen["discharged_at"] + SENT_AFTER,
            "text": pd.Series(texts, dtype="str"),
            "_person": chosen["_person"],
        }
    )
    return {"bundles": table}


def _results_of(visits: pd.DataFrame, results: pd.DataFrame) -> dict[int, list[Resource]]:
    """Returns the results that were taken during each visit, by its place."""
    spans = visits[["mrn", "admitted_at", "discharged_at"]].reset_index(names="place")
    results = results.drop_duplicates(["specimen_id", "test_code", "reported_at"])
    found = results.merge(spans, on="mrn")
    during = found["collected_at"].between(found["admitted_at"], found["discharged_at"])
    found = found[during]
    columns = ["row_id", "test_code", "test_name", "value", "unit", "status", "collected_at", "reported_at"]
    rows: dict[int, list[Resource]] = {}
    for place, row in zip(found["place"], found[columns].to_dict("records"), strict=True):
        rows.setdefault(place, []).append({str(name): value for name, value in row.items()})
    return rows


class _Writer:
    """Writes the bundles of one hospital."""

    def __init__(self, setting: Setting, dialect: Dialect) -> None:
        self.code, self.country, self.dialect = setting.facility.code, setting.country, dialect

    def time(self, time: pd.Timestamp) -> str:
        return time.isoformat(timespec="seconds") + OFFSETS[self.country]

    def bundle(self, ident: str, person: Resource, visit: Resource, results: list[Resource]) -> str:
        observations = [self.observation(row, visit) for row in results]
        resources = [self.patient(person), self.encounter(visit), *observations]
        if pd.notna(visit["dx_code"]):
            resources.insert(2, self.condition(visit))
        if observations:
            resources.append(self.report(visit, observations))
        bundle = {
            "resourceType": "Bundle",
            "id": ident,
            "type": "collection",
            "timestamp": self.time(visit["discharged_at"] + SENT_AFTER),
            "entry": [{"fullUrl": _url(each), "resource": each} for each in resources],
        }
        return json.dumps(bundle, ensure_ascii=False, separators=(",", ":"))

    def patient(self, row: Resource) -> Resource:
        resource = {
            "resourceType": "Patient",
            "id": row["mrn"],
            "identifier": [{"system": f"urn:hilab:{self.code}:mrn", "value": row["mrn"]}],
            "name": [_filled({"family": row["family_name"], "given": [row["given_name"]]})],
            "gender": {"F": "female", "M": "male"}.get(row["sex"], "unknown"),
            "birthDate": row["birth_date"],
            "deceasedDateTime": row["deceased_on"],
        }
        home = _filled({"line": [row["address"]], "postalCode": row["area"]})
        if home:
            resource["address"] = [home]
        if pd.notna(row["phone"]):
            resource["telecom"] = [{"system": "phone", "value": row["phone"]}]
        return _filled(resource)

    def encounter(self, visit: Resource) -> Resource:
        act = ACTS[CLASSES[visit["class"]]]
        return {
            "resourceType": "Encounter",
            "id": visit["encounter_id"],
            "status": "finished",
            "class": {"system": ACT, "code": act},
            "subject": {"reference": f"Patient/{visit['mrn']}"},
            "period": {
                "start": self.time(visit["admitted_at"]),
                "end": self.time(visit["discharged_at"]),
            },
        }

    def condition(self, visit: Resource) -> Resource:
        coding = {"system": DIAGNOSES[self.country], "code": visit["dx_code"], "display": visit["dx_text"]}
        return {
            "resourceType": "Condition",
            "id": f"{visit['encounter_id']}-dx",
            "code": {"coding": [_filled(coding)]},
            "subject": {"reference": f"Patient/{visit['mrn']}"},
            "encounter": {"reference": f"Encounter/{visit['encounter_id']}"},
        }

    def observation(self, row: Resource, visit: Resource) -> Resource:
        local = {"system": LOCAL.format(self.code), "code": row["test_code"], "display": row["test_name"]}
        codings = [_filled(local)]
        if self.dialect.both_codes and row["test_code"] in LOINC:
            codings.append({"system": "http://loinc.org", "code": LOINC[row["test_code"]]})
        return {
            "resourceType": "Observation",
            "id": row["row_id"],
            "status": STATUSES[row["status"]],
            "code": {"coding": codings},
            "subject": {"reference": f"Patient/{visit['mrn']}"},
            "encounter": {"reference": f"Encounter/{visit['encounter_id']}"},
            "effectiveDateTime": self.time(row["collected_at"]),
            "issued": self.time(row["reported_at"]),
            **_value(row),
        }

    def report(self, visit: Resource, observations: list[Resource]) -> Resource:
        return {
            "resourceType": "DiagnosticReport",
            "id": f"{visit['encounter_id']}-lab",
            "status": "final",
            "code": {"text": "Laboratory"},
            "subject": {"reference": f"Patient/{visit['mrn']}"},
            "encounter": {"reference": f"Encounter/{visit['encounter_id']}"},
            "result": [{"reference": f"Observation/{each['id']}"} for each in observations],
        }


def _url(resource: Resource) -> str:
    return f"urn:hilab:{resource['resourceType']}:{resource['id']}"


def _filled(parts: Resource) -> Resource:
    """Leaves out what is missing."""
    return {name: part for name, part in parts.items() if not _missing(part)}


def _missing(part: Any) -> bool:
    if isinstance(part, list):
        return _missing(part[0])
    return not isinstance(part, dict) and bool(pd.isna(part))


def _value(row: Resource) -> Resource:
    """Writes a value: a quantity where it is a number, text where not, a reason where there is none."""
    if pd.isna(row["value"]) or row["value"] == "":
        reason = {"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "unknown"}
        return {"dataAbsentReason": {"coding": [reason]}}
    text, unit = str(row["value"]), row["unit"]
    if not text.replace(".", "", 1).isdigit():
        return {"valueString": text if pd.isna(unit) else f"{text} {unit}"}
    quantity: Resource = {"value": float(text) if "." in text else int(text)}
    if pd.notna(unit):
        quantity |= {"unit": unit, "system": "http://unitsofmeasure.org", "code": UCUM.get(unit, unit)}
    return {"valueQuantity": quantity}


def write(setting: Setting, tables: Tables) -> dict[str, bytes]:
    """Writes the file: one bundle a line, in UTF-8."""
    text = "".join(f"{line}\n" for line in tables["bundles"]["text"])
    return {f"messages/{setting.facility.code.lower()}_bundles.ndjson": text.encode("utf-8")}


RECORDERS = (
    Recorder(
        "messages", (BUNDLES,), record, reads=("his_patients", "his_encounters", "lis_results"), files=write
    ),
)
