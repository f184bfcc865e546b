"""Drugs handed out, allergies, claims and consents."""

import json

import pandas as pd

from sim.exchange.facade.consent import Consents
from sim.exchange.fhir.systems import DIAGNOSES, LOINC
from sim.holdings.writing import ORGANIZATION, constant, prefixed, resource, subject, times, token
from sim.systems.bundle_pieces import piece
from sim.systems.intake_form import NO_ALLERGY

PRODUCTS = "urn:hilab:{}:products"
CHARGES = "urn:hilab:charges"
PURPOSES = "urn:hilab:purposes"
CURRENCIES = {"us": "USD", "cn": "CNY"}


def dispenses(code: str, rows: pd.DataFrame, country: str) -> pd.DataFrame:
    """Writes drugs that were handed out: rows of `pharmacy_dispenses`."""
    idents, system, size = prefixed(code, rows["dispense_id"]), PRODUCTS.format(code), len(rows)
    text = resource(
        "MedicationDispense",
        idents,
        constant(',"status":"completed"', size),
        piece(
            rows["drug_code"], f',"medicationCodeableConcept":{{"coding":[{{"system":"{system}","code":%s}}]'
        ),
        piece(rows["drug_text"], ',"text":%s'),
        constant("}", size),
        subject(rows["mrn"]),
        constant(f',"performer":[{{"actor":{{"reference":"{ORGANIZATION.format(code)}"}}}}]', size),
        _number(rows["quantity"], ',"quantity":{"value":%s}'),
        _number(rows["days_supply"], ',"daysSupply":{"value":%s,"unit":"d"}'),
        times(rows["dispensed_at"], country, ',"whenHandedOver":"%s"'),
    )
    return pd.DataFrame(
        {
            "id": idents,
            "text": text,
            "patient": rows["mrn"].to_numpy(dtype=object),
            "code": token(system, rows["drug_code"]),
            "date": rows["dispensed_at"].to_numpy(),
            "organization": code,
        }
    )


def allergies(code: str, covers: pd.DataFrame, country: str) -> pd.DataFrame:
    """Writes the allergies on the covers of charts: rows of `emr_covers`."""
    told = covers[covers["allergy"].notna() & (covers["allergy"] != NO_ALLERGY[country])]
    told = told.reset_index(drop=True)
    idents = prefixed(code, told["mrn"]) + "-allergy"
    text = resource(
        "AllergyIntolerance",
        idents,
        piece(told["allergy"], ',"code":{"text":%s}'),
        subject(told["mrn"], "patient"),
        piece(told["made_on"], ',"recordedDate":%s'),
    )
    patient, words = told["mrn"].to_numpy(dtype=object), told["allergy"].to_numpy(dtype=object)
    return pd.DataFrame({"id": idents, "text": text, "patient": patient, "code": words})


def claims(code: str, lines: pd.DataFrame, country: str) -> pd.DataFrame:
    """Writes every line that was sent to a payer as a claim: rows of `claims`."""
    idents, size = prefixed(code, lines["line_id"]), len(lines)
    visit = prefixed(code, lines["encounter_id"])
    status = lines["kind"].eq("void").map({True: "cancelled", False: "active"})
    currency = CURRENCIES[country]
    text = resource(
        "Claim",
        idents,
        piece(lines["claim_id"], f',"identifier":[{{"system":"urn:hilab:{code}:claims","value":%s}}]'),
        piece(status, ',"status":%s'),
        piece(lines["kind"], ',"type":{"text":%s},"use":"claim"'),
        subject(lines["mrn"], "patient"),
        piece(lines["submitted_on"], ',"created":%s'),
        constant(
            f',"provider":{{"reference":"{ORGANIZATION.format(code)}"}},"priority":{{"text":"normal"}}', size
        ),
        piece(
            lines["payer"].fillna("unknown"),
            ',"insurance":[{"sequence":1,"focal":true,"coverage":{"display":%s}}]',
        ),
        piece(
            lines["dx_code"],
            ',"diagnosis":[{"sequence":1,"diagnosisCodeableConcept":{"coding":[{"system":"'
            + DIAGNOSES[country]
            + '","code":%s}]}}]',
        ),
        piece(
            lines["code"].fillna("unknown"),
            f',"item":[{{"sequence":1,"productOrService":{{"coding":[{{"system":"{CHARGES}","code":%s}}]',
        ),
        piece(lines["service"], ',"text":%s'),
        '},"encounter":[{"reference":"Encounter/' + visit + '"}]',
        _number(lines["amount"], f',"net":{{"value":%s,"currency":"{currency}"}}'),
        constant("}]", size),
    )
    return pd.DataFrame(
        {
            "id": idents,
            "text": text,
            "patient": lines["mrn"].to_numpy(dtype=object),
            "encounter": visit,
            "created": lines["submitted_on"].to_numpy(dtype=object),
            "organization": code,
        }
    )


def consents(code: str, book: Consents) -> pd.DataFrame:
    """Writes patients' answers as they stand now, revoked ones included.

    Args:
        code: The hospital's code.
        book: The answers.
    """
    rows = [(f"{code}-{answer['consent_id']}", answer) for answer in book.answers()]
    return pd.DataFrame(
        [
            {
                "id": ident,
                "text": _consent(ident, answer),
                "patient": answer["mrn"],
                "date": answer["given_on"],
                "purpose": f"{PURPOSES}|{answer['purpose']}",
                "recipient": answer["recipient"],
            }
            for ident, answer in rows
        ],
        columns=["id", "text", "patient", "date", "purpose", "recipient"],
        dtype=object,
    )


def _consent(ident: str, answer: dict[str, str | None]) -> str:
    revoked = answer["revoked_on"] if isinstance(answer["revoked_on"], str) else None
    period = {"start": answer["given_on"]} | ({"end": revoked} if revoked else {})
    system = "http://terminology.hl7.org/CodeSystem/consentscope"
    content = {
        "resourceType": "Consent",
        "id": ident,
        "status": "inactive" if revoked else "active",
        "scope": {"coding": [{"system": system, "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": LOINC, "code": "59284-0"}]}],
        "patient": {"reference": f"Patient/{answer['mrn']}"},
        "dateTime": answer["given_on"],
        "policyRule": {"text": "The rules of the hospital"},
        "provision": {
            "type": answer["decided"],
            "period": period,
            "actor": [{"role": {"text": "recipient"}, "reference": {"display": answer["recipient"]}}],
            "purpose": [{"system": PURPOSES, "code": answer["purpose"]}],
        },
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _number(column: "pd.Series[float]", template: str) -> "pd.Series[str]":
    """Writes numbers into a template with %s; nothing where there is none."""
    codes, unique = pd.factorize(column)
    texts = [template % json.dumps(number.item() if hasattr(number, "item") else number) for number in unique]
    return pd.Series([*texts, ""], dtype=object).iloc[codes].reset_index(drop=True)
