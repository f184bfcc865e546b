"""Visits, their diagnoses and the problem lists."""

import pandas as pd

from sim.exchange.fhir.systems import ACT, DIAGNOSES
from sim.holdings.writing import ORGANIZATION, constant, prefixed, resource, subject, times, token
from sim.systems.bundle_pieces import local_times, piece

ACTS = {
    "inpatient": "IMP",
    "emergency": "EMER",
    "outpatient": "AMB",
    "ambulatory": "AMB",
    "urgentcare": "AMB",
    "wellness": "AMB",
}
"""Classes of visits in FHIR's words."""

_CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"
_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"


def encounters(code: str, visits: pd.DataFrame, country: str) -> pd.DataFrame:
    """Writes visits.

    Args:
        code: The hospital's code.
        visits: Rows of `his_encounters`.
        country: Code of the country.
    """
    idents = prefixed(code, visits["encounter_id"])
    act = visits["class"].map(ACTS)
    status = visits["discharged_at"].isna().map({True: "unknown", False: "finished"})
    start = local_times(visits["admitted_at"], country)
    text = resource(
        "Encounter",
        idents,
        piece(status, ',"status":%s'),
        piece(act, f',"class":{{"system":"{ACT}","code":%s}}'),
        piece(visits["class"], ',"type":[{"text":%s}]'),
        subject(visits["mrn"]),
        ',"period":{"start":"' + start + '"',
        times(visits["discharged_at"], country, ',"end":"%s"'),
        constant("}", len(visits)),
        piece(visits["ward"], ',"location":[{"location":{"display":%s}}]'),
        constant(f',"serviceProvider":{{"reference":"{ORGANIZATION.format(code)}"}}', len(visits)),
    )
    return pd.DataFrame(
        {
            "id": idents,
            "text": text,
            "patient": visits["mrn"].to_numpy(dtype=object),
            "date": visits["admitted_at"].to_numpy(),
            "date.end": visits["discharged_at"].to_numpy(),
            "class": token(ACT, act),
            "status": status.to_numpy(dtype=object),
            "organization": code,
        }
    )


def diagnoses(code: str, visits: pd.DataFrame, country: str) -> pd.DataFrame:
    """Writes the diagnosis of each visit that has one.

    Args:
        code: The hospital's code.
        visits: Rows of `his_encounters`.
        country: Code of the country.
    """
    coded = visits[visits["dx_code"].notna()].reset_index(drop=True)
    visit = prefixed(code, coded["encounter_id"])
    idents = visit + "-dx"
    text = resource(
        "Condition",
        idents,
        constant(_category("encounter-diagnosis"), len(coded)),
        _code(coded["dx_code"], coded["dx_text"], country),
        subject(coded["mrn"]),
        ',"encounter":{"reference":"Encounter/' + visit + '"}',
        ',"recordedDate":"' + local_times(coded["admitted_at"], country) + '"',
    )
    return pd.DataFrame(
        {
            "id": idents,
            "text": text,
            "patient": coded["mrn"].to_numpy(dtype=object),
            "encounter": visit,
            "code": token(DIAGNOSES[country], coded["dx_code"]),
            "category": "encounter-diagnosis",
            "status": None,
            "onset": None,
            "recorded": coded["admitted_at"].to_numpy(),
        }
    )


def problems(code: str, entries: pd.DataFrame, country: str) -> pd.DataFrame:
    """Writes the entries of problem lists.

    Args:
        code: The hospital's code.
        entries: Rows of `emr_problems`.
        country: Code of the country.
    """
    idents = prefixed(code, entries["problem_id"])
    text = resource(
        "Condition",
        idents,
        piece(entries["status"], f',"clinicalStatus":{{"coding":[{{"system":"{_CLINICAL}","code":%s}}]}}'),
        constant(_category("problem-list-item"), len(entries)),
        _code(entries["code"], entries["problem"], country),
        subject(entries["mrn"]),
        piece(entries["onset_date"], ',"onsetDateTime":%s'),
        ',"recordedDate":"' + local_times(entries["entered_at"], country) + '"',
    )
    return pd.DataFrame(
        {
            "id": idents,
            "text": text,
            "patient": entries["mrn"].to_numpy(dtype=object),
            "encounter": None,
            "code": token(DIAGNOSES[country], entries["code"]),
            "category": "problem-list-item",
            "status": entries["status"].to_numpy(dtype=object),
            "onset": entries["onset_date"].to_numpy(dtype=object),
            "recorded": entries["entered_at"].to_numpy(),
        }
    )


def _category(name: str) -> str:
    return f',"category":[{{"coding":[{{"system":"{_CATEGORY}","code":"{name}"}}]}}]'


def _code(codes: "pd.Series[str]", words: "pd.Series[str]", country: str) -> "pd.Series[str]":
    parts = (
        piece(codes, f',"code":{{"coding":[{{"system":"{DIAGNOSES[country]}","code":%s')
        + constant("}]", len(codes))
        + piece(words, ',"text":%s')
        + constant("}", len(codes))
    )
    return pd.Series(parts, dtype=object)
