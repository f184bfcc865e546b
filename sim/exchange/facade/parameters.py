"""By what each type of resource can be searched, and in which columns of its shelf that is looked up."""

from dataclasses import dataclass
from typing import Literal

Form = Literal["string", "token", "date", "reference"]


@dataclass(frozen=True)
class Parameter:
    """A search parameter.

    Attributes:
        form: How values are written and compared, as FHIR has it.
        columns: Columns of the shelf; one that fits is enough.
        meaning: What it looks for, in a few words.
    """

    form: Form
    columns: tuple[str, ...]
    meaning: str


def _named(form: Form, meaning: str, *columns: str) -> Parameter:
    return Parameter(form, columns, meaning)


_PATIENT = {
    "patient": _named("reference", "whose it is", "patient"),
    "subject": _named("reference", "whose it is", "patient"),
}
_ID = {"_id": _named("token", "its id", "id")}
_VISIT = {"encounter": _named("reference", "during which visit", "encounter")}

PARAMETERS: dict[str, dict[str, Parameter]] = {
    "Patient": _ID
    | {
        "identifier": _named("token", "record number or national number", "identifier", "national"),
        "name": _named("string", "family or given name", "family", "given"),
        "family": _named("string", "family name", "family"),
        "given": _named("string", "given name", "given"),
        "birthdate": _named("date", "day of birth", "birthdate"),
        "gender": _named("token", "female, male or unknown", "gender"),
        "phone": _named("token", "telephone number", "phone"),
        "address-postalcode": _named("string", "area of residence", "area"),
        "organization": _named("reference", "hospital that registered them", "organization"),
    },
    "Encounter": _ID
    | _PATIENT
    | {
        "date": _named("date", "when", "date"),
        "class": _named("token", "kind of visit, such as IMP, EMER or AMB", "class"),
        "status": _named("token", "finished or in-progress", "status"),
        "service-provider": _named("reference", "at which hospital", "organization"),
    },
    "Condition": _ID
    | _PATIENT
    | _VISIT
    | {
        "code": _named("token", "the code of the diagnosis", "code"),
        "category": _named("token", "encounter-diagnosis or problem-list-item", "category"),
        "clinical-status": _named("token", "active or resolved", "status"),
        "onset-date": _named("date", "since when", "onset"),
        "recorded-date": _named("date", "when it was entered", "recorded"),
    },
    "Observation": _ID
    | _PATIENT
    | _VISIT
    | {
        "code": _named("token", "the test: the hospital's code or LOINC", "code", "loinc"),
        "date": _named("date", "when the specimen was taken", "date"),
        "status": _named("token", "final, corrected or cancelled", "status"),
        "performer": _named("reference", "at which hospital", "organization"),
    },
    "MedicationDispense": _ID
    | _PATIENT
    | {
        "code": _named("token", "the pharmacy's code of the product", "code"),
        "whenhandedover": _named("date", "when it was handed out", "date"),
        "performer": _named("reference", "at which hospital", "organization"),
    },
    "AllergyIntolerance": _ID | _PATIENT | {"code": _named("string", "the substance in words", "code")},
    "Claim": _ID
    | _PATIENT
    | _VISIT
    | {
        "created": _named("date", "when it was sent", "created"),
        "provider": _named("reference", "which hospital", "organization"),
    },
    "Consent": _ID
    | _PATIENT
    | {
        "date": _named("date", "when the form was signed", "date"),
        "purpose": _named("token", "what for", "purpose"),
        "actor": _named("string", "to whom the data may go", "recipient"),
    },
    "Organization": _ID | {"name": _named("string", "its name", "name")},
}
"""The types of resources that the exchange gives, and their parameters."""

KINDS = tuple(PARAMETERS)
"""The types of resources."""

IMPERSONAL = frozenset({"Organization"})
"""Types that tell nothing about anybody."""

DATA = {"Claim": "claims"}
"""What the rules call the data of a type; everything else is "record"."""
