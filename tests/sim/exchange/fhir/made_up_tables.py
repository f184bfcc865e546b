"""Two patients with something in every table, by hand: what the FHIR queries are tried on."""

import csv
from datetime import datetime
from typing import Any

import pyarrow as pa

from sim.paths import datasets

A, B = "aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000002"
ENCOUNTER, LATER = "eeeeeeee-0000-4000-8000-000000000001", "eeeeeeee-0000-4000-8000-000000000002"
CLINIC, DOCTOR, PAYER = "clinic-1", "doctor-1", "payer-1"
MORNING, NOON, YEARS_AGO = datetime(2024, 3, 1, 8, 30), datetime(2024, 3, 1, 12), datetime(1980, 5, 17)

TIMES = ("START", "STOP", "DATE", "BIRTHDATE", "DEATHDATE", "START_DATE", "END_DATE", "CURRENTILLNESSDATE")
TIMES += ("SERVICEDATE", "LASTBILLEDDATE1", "LASTBILLEDDATE2", "LASTBILLEDDATEP", "FROMDATE", "TODATE")
NUMBERS = ("AMOUNT", "DISPENSES", "QUANTITY", "UNITS_COUNT", "PAYMENTS", "ADJUSTMENTS", "TRANSFERS")

AT = {"PATIENT": A, "ENCOUNTER": ENCOUNTER}
ROWS: dict[str, list[dict[str, Any]]] = {
    "patients": [
        {"Id": A, "BIRTHDATE": YEARS_AGO, "FIRST": "Zoë", "LAST": "O’Brien", "MAIDEN": "Núñez", "GENDER": "F"}
        | {
            "RACE": "asian",
            "ETHNICITY": "nonhispanic",
            "SSN": "999-11-2222",
            "MARITAL": "M",
            "ADDRESS": 'At "7"',
        },
        {"Id": B, "BIRTHDATE": YEARS_AGO, "DEATHDATE": NOON, "FIRST": "Al", "MIDDLE": "B", "LAST": "Null"}
        | {"GENDER": "M", "RACE": "other", "ETHNICITY": "hispanic", "ADDRESS": "8 \\ Road"},
    ],
    "encounters": [
        {
            "Id": ENCOUNTER,
            "START": MORNING,
            "STOP": NOON,
            "PATIENT": A,
            "ORGANIZATION": CLINIC,
            "PROVIDER": DOCTOR,
        }
        | {"PAYER": PAYER, "ENCOUNTERCLASS": "wellness", "CODE": "162673000", "DESCRIPTION": "Check-up"},
        {
            "Id": LATER,
            "START": MORNING,
            "PATIENT": B,
            "ORGANIZATION": CLINIC,
            "PROVIDER": DOCTOR,
            "PAYER": PAYER,
        }
        | {"ENCOUNTERCLASS": "inpatient", "CODE": "1", "DESCRIPTION": "Stay", "REASONCODE": "44054006"}
        | {"REASONDESCRIPTION": "Diabetes"},
    ],
    "conditions": [
        {
            **AT,
            "START": MORNING,
            "STOP": NOON,
            "SYSTEM": "SNOMED-CT",
            "CODE": "44054006",
            "DESCRIPTION": "Diabetes",
        },
        {**AT, "START": MORNING, "SYSTEM": "SNOMED-CT", "CODE": "44054006", "DESCRIPTION": "Diabetes"},
    ],
    "medications": [
        {**AT, "START": MORNING, "CODE": "860975", "DESCRIPTION": "Metformin", "DISPENSES": 3, "PAYER": PAYER}
        | {"REASONCODE": "44054006", "REASONDESCRIPTION": "Diabetes"},
        {**AT, "START": MORNING, "STOP": NOON, "CODE": "860975", "DESCRIPTION": "Metformin", "DISPENSES": 1},
    ],
    "observations": [
        {
            **AT,
            "DATE": MORNING,
            "CATEGORY": "vital-signs",
            "CODE": "8480-6",
            "VALUE": "131",
            "UNITS": "mm[Hg]",
        }
        | {"DESCRIPTION": "Systolic Blood Pressure", "TYPE": "numeric"},
        {**AT, "DATE": MORNING, "CATEGORY": "vital-signs", "CODE": "8462-4", "VALUE": "85", "UNITS": "mm[Hg]"}
        | {"DESCRIPTION": "Diastolic Blood Pressure", "TYPE": "numeric"},
        {**AT, "DATE": NOON, "CATEGORY": "vital-signs", "CODE": "8480-6", "VALUE": "129", "UNITS": "mm[Hg]"}
        | {"DESCRIPTION": "Systolic Blood Pressure", "TYPE": "numeric"},
        {**AT, "DATE": NOON, "CATEGORY": "laboratory", "CODE": "4548-4", "VALUE": "7.1", "UNITS": "%"}
        | {"DESCRIPTION": "Hemoglobin A1c", "TYPE": "numeric"},
        {**AT, "DATE": NOON, "CATEGORY": "social-history", "CODE": "72166-2", "TYPE": "text"}
        | {"VALUE": 'Never "smoked"', "DESCRIPTION": "Tobacco smoking status"},
        {"PATIENT": A, "DATE": NOON, "CODE": "QOLS", "VALUE": "0.9", "UNITS": "{score}", "TYPE": "numeric"}
        | {"DESCRIPTION": "QOLS"},
    ],
    "procedures": [
        {
            **AT,
            "START": MORNING,
            "STOP": NOON,
            "SYSTEM": "SNOMED-CT",
            "CODE": "430193006",
            "DESCRIPTION": "Review",
        }
    ],
    "immunizations": [{**AT, "DATE": MORNING, "CODE": "140", "DESCRIPTION": "Influenza"}] * 2,
    "allergies": [
        {
            **AT,
            "START": MORNING,
            "SYSTEM": "RxNorm",
            "CODE": "7984",
            "DESCRIPTION": "Penicillin V",
            "TYPE": "allergy",
        }
        | {"CATEGORY": "medication", "REACTION1": "247472004", "DESCRIPTION1": "Wheal", "SEVERITY1": "MILD"}
        | {"REACTION2": "267036007", "DESCRIPTION2": "Breathlessness", "SEVERITY2": "SEVERE"},
        {**AT, "START": MORNING, "CODE": "1", "DESCRIPTION": "Dust", "TYPE": "other"},
    ],
    "careplans": [{**AT, "Id": "plan-1", "START": MORNING, "CODE": "1", "DESCRIPTION": "Diet & <walks>"}],
    "devices": [
        {**AT, "START": MORNING, "CODE": "1", "DESCRIPTION": "Stent", "UDI": "(01)123(11)240301(21)987"},
        {**AT, "START": MORNING, "STOP": NOON, "CODE": "2", "DESCRIPTION": "Walker"},
    ],
    "supplies": [{**AT, "DATE": MORNING, "CODE": "1", "DESCRIPTION": "Test strips", "QUANTITY": 50}],
    "imaging_studies": [
        {**AT, "Id": "study-1", "DATE": MORNING, "SERIES_UID": f"1.2.{series}", "MODALITY_CODE": "DX"}
        | {"INSTANCE_UID": f"1.2.{series}.{instance}", "SOP_CODE": "1.2.840.10008.5.1.4.1.1.1.1"}
        | {"BODYSITE_CODE": "51185008", "BODYSITE_DESCRIPTION": "Chest", "PROCEDURE_CODE": "399208008"}
        for series, instance in ((1, 1), (1, 2), (2, 1))
    ],
    "payer_transitions": [
        {"PATIENT": A, "MEMBERID": "m-1", "START_DATE": YEARS_AGO, "END_DATE": MORNING, "PAYER": PAYER}
        | {"PLAN_OWNERSHIP": "Guardian"},
        {"PATIENT": A, "MEMBERID": "m-2", "START_DATE": MORNING, "PAYER": PAYER, "PLAN_OWNERSHIP": "Self"},
    ],
    "claims": [
        {
            "Id": "claim-1",
            "PATIENTID": A,
            "PROVIDERID": DOCTOR,
            "SERVICEDATE": NOON,
            "CURRENTILLNESSDATE": MORNING,
        }
        | {"DIAGNOSIS1": "44054006", "DIAGNOSIS2": "38341003", "HEALTHCARECLAIMTYPEID1": "1"},
        {
            "Id": "claim-2",
            "PATIENTID": B,
            "PROVIDERID": DOCTOR,
            "SERVICEDATE": NOON,
            "CURRENTILLNESSDATE": MORNING,
        }
        | {"HEALTHCARECLAIMTYPEID1": "2"},
    ],
    "claims_transactions": [
        {"ID": "t1", "CLAIMID": "claim-1", "TYPE": "CHARGE", "AMOUNT": 80.0, "FROMDATE": MORNING}
        | {"PROCEDURECODE": "1", "NOTES": "Visit"},
        {"ID": "t2", "CLAIMID": "claim-1", "TYPE": "CHARGE", "AMOUNT": 20.5, "FROMDATE": MORNING}
        | {"TODATE": NOON, "PROCEDURECODE": "2"},
        {"ID": "t3", "CLAIMID": "claim-1", "TYPE": "PAYMENT", "PAYMENTS": 100.5, "FROMDATE": NOON},
        {"ID": "t4", "CLAIMID": "claim-2", "TYPE": "CHARGE", "AMOUNT": 10.0, "FROMDATE": NOON},
    ],
    "organizations": [{"Id": CLINIC, "NAME": "Clinic", "CITY": "Lindenmoor"}],
    "providers": [
        {"Id": DOCTOR, "ORGANIZATION": CLINIC, "NAME": "Dr. Ann Lee", "GENDER": "F", "SPECIALITY": "GP"}
    ],
    "payers": [{"Id": PAYER, "NAME": "Mutual"}],
}


def columns() -> dict[str, list[str]]:
    """Returns the columns of Synthea's tables."""
    found: dict[str, list[str]] = {}
    with datasets("codes", "synthea_csv_schema.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            found.setdefault(row["file"].removesuffix(".csv"), []).append(row["column"])
    return found


def made_up_tables() -> dict[str, pa.Table]:
    """Returns the tables, every one with all its columns."""
    return {name: _table(columns()[name], rows) for name, rows in ROWS.items()}


def _table(names: list[str], rows: list[dict[str, Any]]) -> pa.Table:
    assert not {key for row in rows for key in row} - set(names)
    return pa.table({name: pa.array([row.get(name) for row in rows], _type(name)) for name in names})


def _type(name: str) -> pa.DataType:
    if name in TIMES:
        return pa.timestamp("s")
    return pa.float64() if name in NUMBERS else pa.string()
