"""Bundles as trees, the plain way: what the bundles that are put together from pieces must equal."""

import json

import pandas as pd

from sim.exchange.fhir.systems import ABSENT, ACT, BASE, DIAGNOSES, LOINC, UCUM
from sim.systems.bundle_pieces import OFFSETS, SPELT

STATUSES = {"F": "final", "C": "corrected", "X": "cancelled"}


def filled(**parts):
    """Leaves out what is missing."""
    return {name: part for name, part in parts.items() if isinstance(part, list | dict) or not pd.isna(part)}


def is_number(text):
    """Says whether JSON would read a text as a number."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


class Trees:
    """Writes the bundles of one hospital."""

    def __init__(self, code, country, both):
        self.code, self.country, self.both = code, country, both

    def time(self, time):
        return time.isoformat(timespec="seconds") + OFFSETS[self.country]

    def bundle(self, ident, person, visit, results, sent_at):
        observations = [self.observation(row, visit) for row in results]
        resources = [self.patient(person), self.encounter(visit)]
        if pd.notna(visit["dx_code"]):
            resources.append(self.condition(visit))
        resources += observations
        if observations:
            resources.append(self.report(visit, observations))
        base = BASE.format(self.code.lower())
        return {
            "resourceType": "Bundle",
            "id": ident,
            "type": "collection",
            "timestamp": self.time(sent_at),
            "entry": [
                {"fullUrl": f"{base}/{each['resourceType']}/{each['id']}", "resource": each}
                for each in resources
            ],
        }

    def patient(self, row):
        given = [] if pd.isna(row["given_name"]) else [row["given_name"]]
        name = filled(family=row["family_name"], **({"given": given} if given else {}))
        line = {} if pd.isna(row["address"]) else {"line": [row["address"]]}
        home = filled(**line, postalCode=row["area"])
        phone = {} if pd.isna(row["phone"]) else {"telecom": [{"system": "phone", "value": row["phone"]}]}
        return filled(
            resourceType="Patient",
            id=row["mrn"],
            identifier=[{"system": f"urn:hilab:{self.code}:mrn", "value": row["mrn"]}],
            name=[name],
            gender={"F": "female", "M": "male"}.get(row["sex"], "unknown"),
            birthDate=row["birth_date"],
            deceasedDateTime=row["deceased_on"],
            **({"address": [home]} if home else {}),
            **phone,
        )

    def encounter(self, visit):
        return {
            "resourceType": "Encounter",
            "id": visit["encounter_id"],
            "status": "finished",
            "class": {"system": ACT, "code": {"inpatient": "IMP", "emergency": "EMER"}[visit["class"]]},
            "subject": {"reference": f"Patient/{visit['mrn']}"},
            "period": {"start": self.time(visit["admitted_at"]), "end": self.time(visit["discharged_at"])},
        }

    def links(self, visit):
        return {
            "subject": {"reference": f"Patient/{visit['mrn']}"},
            "encounter": {"reference": f"Encounter/{visit['encounter_id']}"},
        }

    def condition(self, visit):
        coding = filled(system=DIAGNOSES[self.country], code=visit["dx_code"], display=visit["dx_text"])
        return {
            "resourceType": "Condition",
            "id": f"{visit['encounter_id']}-dx",
            "code": {"coding": [coding]},
            **self.links(visit),
        }

    def observation(self, row, visit):
        local = filled(system=f"urn:hilab:{self.code}:tests", code=row["test_code"], display=row["test_name"])
        loinc = [{"system": LOINC, "code": row["_loinc"]}] if self.both else []
        return {
            "resourceType": "Observation",
            "id": row["row_id"],
            "status": STATUSES[row["status"]],
            "code": {"coding": [local, *loinc]},
            **self.links(visit),
            "effectiveDateTime": self.time(row["collected_at"]),
            "issued": self.time(row["reported_at"]),
            **self.value(row),
        }

    def value(self, row):
        if pd.isna(row["value"]) or row["value"] == "":
            code = "not-performed" if row["status"] == "X" else "unknown"
            return {"dataAbsentReason": {"coding": [{"system": ABSENT, "code": code}]}}
        text, unit = row["value"], row["unit"]
        sign = text.rstrip("0123456789.")
        if sign not in ("", "<", ">", "<=", ">=", "≤", "≥") or not is_number(text.removeprefix(sign)):
            return {"valueString": text}
        compared = {"comparator": {"≤": "<=", "≥": ">="}.get(sign, sign)} if sign else {}
        # Numbers are compared as text, with their decimal places.
        quantity = {"value": text.removeprefix(sign), **compared}
        if pd.notna(unit):
            quantity |= {"unit": unit, "system": UCUM, "code": SPELT.get(unit, unit)}
        return {"valueQuantity": quantity}

    def report(self, visit, observations):
        return {
            "resourceType": "DiagnosticReport",
            "id": f"{visit['encounter_id']}-lab",
            "status": "final",
            "code": {"text": "Laboratory"},
            **self.links(visit),
            "result": [{"reference": f"Observation/{each['id']}"} for each in observations],
        }
