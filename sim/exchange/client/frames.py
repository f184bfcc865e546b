"""Resources as tables: for each type the columns that people ask for."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd

from sim.exchange.vocabulary import LOINC

Resource = Mapping[str, Any]
Look = Callable[[Resource], Any]


def _at(*path: str | int) -> Look:
    """Returns what looks at a place in a resource; nothing where there is no such place."""

    def look(resource: Resource) -> Any:
        found: Any = resource
        for step in path:
            try:
                found = found[step]
            except (KeyError, IndexError, TypeError):
                return None
        return found

    return look


def _named(*path: str | int) -> Look:
    """Returns what looks at a reference and tells the id that it names."""
    at = _at(*path, "reference")
    return lambda resource: str(at(resource) or "").rpartition("/")[2] or None


def _loinc(resource: Resource) -> Any:
    """Returns the LOINC code of a result, where the hospital gives one."""
    codings = _at("code", "coding")(resource) or []
    return next((coding.get("code") for coding in codings if coding.get("system") == LOINC), None)


_CODE = {"code": _at("code", "coding", 0, "code"), "text": _at("code", "text")}

COLUMNS: Mapping[str, Mapping[str, Look]] = {
    "Patient": {
        "hospital": _named("managingOrganization"),
        "family": _at("name", 0, "family"),
        "given": _at("name", 0, "given", 0),
        "gender": _at("gender"),
        "birth_date": _at("birthDate"),
        "deceased": _at("deceasedDateTime"),
        "phone": _at("telecom", 0, "value"),
        "address": _at("address", 0, "line", 0),
        "area": _at("address", 0, "postalCode"),
        "verified_id": _at("identifier", 1, "value"),
    },
    "Encounter": {
        "hospital": _named("serviceProvider"),
        "patient": _named("subject"),
        "class": _at("class", "code"),
        "type": _at("type", 0, "text"),
        "start": _at("period", "start"),
        "end": _at("period", "end"),
        "ward": _at("location", 0, "location", "display"),
        "status": _at("status"),
    },
    "Condition": {
        "patient": _named("subject"),
        "encounter": _named("encounter"),
        **_CODE,
        "category": _at("category", 0, "coding", 0, "code"),
        "status": _at("clinicalStatus", "coding", 0, "code"),
        "onset": _at("onsetDateTime"),
        "recorded": _at("recordedDate"),
    },
    "Observation": {
        "hospital": _named("performer", 0),
        "patient": _named("subject"),
        "code": _at("code", "coding", 0, "code"),
        "loinc": _loinc,
        "name": _at("code", "coding", 0, "display"),
        "value": _at("valueQuantity", "value"),
        "unit": _at("valueQuantity", "unit"),
        "sign": _at("valueQuantity", "comparator"),
        "text": _at("valueString"),
        "date": _at("effectiveDateTime"),
        "status": _at("status"),
    },
    "MedicationDispense": {
        "hospital": _named("performer", 0, "actor"),
        "patient": _named("subject"),
        "code": _at("medicationCodeableConcept", "coding", 0, "code"),
        "text": _at("medicationCodeableConcept", "text"),
        "quantity": _at("quantity", "value"),
        "days": _at("daysSupply", "value"),
        "date": _at("whenHandedOver"),
    },
    "AllergyIntolerance": {
        "patient": _named("patient"),
        "text": _at("code", "text"),
        "recorded": _at("recordedDate"),
    },
    "Claim": {
        "hospital": _named("provider"),
        "patient": _named("patient"),
        "encounter": _named("item", 0, "encounter", 0),
        "claim": _at("identifier", 0, "value"),
        "status": _at("status"),
        "type": _at("type", "text"),
        "created": _at("created"),
        "payer": _at("insurance", 0, "coverage", "display"),
        "diagnosis": _at("diagnosis", 0, "diagnosisCodeableConcept", "coding", 0, "code"),
        "service": _at("item", 0, "productOrService", "text"),
        "amount": _at("item", 0, "net", "value"),
    },
    "Consent": {
        "patient": _named("patient"),
        "status": _at("status"),
        "decided": _at("provision", "type"),
        "purpose": _at("provision", "purpose", 0, "code"),
        "recipient": _at("provision", "actor", 0, "reference", "display"),
        "given_on": _at("dateTime"),
        "revoked_on": _at("provision", "period", "end"),
    },
    "Organization": {"name": _at("name")},
    "AuditEvent": {
        "at": _at("recorded"),
        "client": _at("agent", 0, "who", "display"),
        "purpose": _at("agent", 0, "purposeOfUse", 0, "text"),
        "action": _at("subtype", 0, "code"),
        "target": _at("entity", 0, "name"),
        "outcome": _at("outcomeDesc"),
        "previous": _at("extension", 0, "valueString"),
        "hash": _at("extension", 1, "valueString"),
    },
}
"""The columns of each type after `id`."""


def frame(kind: str, resources: Iterable[Resource]) -> pd.DataFrame:
    """Returns resources of one type as a table, a row each.

    Args:
        kind: The type.
        resources: The resources.

    Example:
        >>> frame("Organization", [{"id": "H1", "name": "General"}]).to_dict("records")
        [{'id': 'H1', 'name': 'General'}]
    """
    columns = {"id": _at("id"), **COLUMNS.get(kind, {})}
    rows = [{name: look(resource) for name, look in columns.items()} for resource in resources]
    return pd.DataFrame(rows, columns=list(columns))
