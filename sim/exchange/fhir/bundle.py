"""FHIR R4 bundles of visits read back into tables."""

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from sim.errors import HilabError
from sim.exchange.fhir.systems import LOINC

COLUMNS = {
    "his_patients": (
        *("mrn", "given_name", "family_name", "sex", "birth_date", "phone", "address", "area"),
        "deceased_on",
    ),
    "his_encounters": (
        *("encounter_id", "mrn", "class", "admitted_at", "discharged_at", "dx_code", "dx_text"),
    ),
    "lis_results": (
        *("mrn", "test_code", "test_name", "value", "unit", "collected_at", "reported_at", "status"),
        *("code_system", "loinc"),
    ),
}
"""Tables that are read and their columns, all text. A value keeps its decimal places; the signs ≤ and ≥ come
back as <= and >=, and the unit of a value that is no number is not kept."""

_SEX = {"female": "F", "male": "M"}
_CLASS = {"IMP": "inpatient", "EMER": "emergency"}
_STATUS = {"final": "F", "corrected": "C", "cancelled": "X"}


def read_bundle(content: bytes | str) -> dict[str, pd.DataFrame]:
    """Reads bundles, one a line.

    Args:
        content: The lines, in UTF-8.

    Returns:
        Tables by name with the columns of `COLUMNS`, all text; what a bundle does not say is missing. Times
        stand as sent, with their offset where there is one. A patient of several bundles is one row.

    Raises:
        HilabError: A line is not a bundle.
    """
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in COLUMNS}
    text = content.decode("utf-8", errors="replace") if isinstance(content, bytes) else content
    for number, line in enumerate(text.removesuffix("\n").split("\n") if text else (), start=1):
        _read_line(line, number, rows)
    tables = {name: pd.DataFrame(rows[name], columns=list(COLUMNS[name]), dtype="str") for name in COLUMNS}
    return tables | {"his_patients": tables["his_patients"].drop_duplicates(ignore_index=True)}


def _read_line(line: str, number: int, rows: dict[str, list[dict[str, Any]]]) -> None:
    try:
        bundle = json.loads(line, parse_float=str, parse_int=str)
        resources = [entry["resource"] for entry in bundle["entry"]]
        diagnosis = {
            resource["encounter"]["reference"]: resource["code"]["coding"][0]
            for resource in resources
            if resource["resourceType"] == "Condition"
        }
        for resource in resources:
            match resource["resourceType"]:
                case "Patient":
                    rows["his_patients"].append(_patient(resource))
                case "Encounter":
                    rows["his_encounters"].append(_encounter(resource, diagnosis))
                case "Observation":
                    rows["lis_results"].append(_result(resource))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        raise HilabError(f"Line {number}: expected a FHIR bundle of a visit.") from None


def _patient(resource: Mapping[str, Any]) -> dict[str, Any]:
    name, home = resource["name"][0], resource.get("address", [{}])[0]
    return {
        "mrn": resource["identifier"][0]["value"],
        "given_name": name.get("given", [None])[0],
        "family_name": name.get("family"),
        "sex": _SEX.get(resource.get("gender", "")),
        "birth_date": resource.get("birthDate"),
        "phone": resource.get("telecom", [{}])[0].get("value"),
        "address": home.get("line", [None])[0],
        "area": home.get("postalCode"),
        "deceased_on": resource.get("deceasedDateTime"),
    }


def _encounter(resource: Mapping[str, Any], diagnosis: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    coding = diagnosis.get(f"Encounter/{resource['id']}", {})
    return {
        "encounter_id": resource["id"],
        "mrn": resource["subject"]["reference"].removeprefix("Patient/"),
        "class": _CLASS.get(resource.get("class", {}).get("code")),
        "admitted_at": resource.get("period", {}).get("start"),
        "discharged_at": resource.get("period", {}).get("end"),
        "dx_code": coding.get("code"),
        "dx_text": coding.get("display"),
    }


def _amount(quantity: Mapping[str, Any]) -> str:
    """Returns a quantity's number, with its sign of comparison."""
    return f"{quantity.get('comparator', '')}{quantity['value']}"


def _result(resource: Mapping[str, Any]) -> dict[str, Any]:
    codings = resource["code"]["coding"]
    quantity = resource.get("valueQuantity", {})
    loinc = (coding["code"] for coding in codings if coding.get("system") == LOINC)
    return {
        "mrn": resource["subject"]["reference"].removeprefix("Patient/"),
        "test_code": codings[0]["code"],
        "test_name": codings[0].get("display"),
        "code_system": codings[0].get("system"),
        "loinc": next(loinc, None),
        "value": _amount(quantity) if quantity else resource.get("valueString"),
        "unit": quantity.get("unit"),
        "collected_at": resource.get("effectiveDateTime"),
        "reported_at": resource.get("issued"),
        "status": _STATUS.get(resource.get("status", "")),
    }
