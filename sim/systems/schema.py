"""The tables of a district, column by column: names, kinds and meanings."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

Kind = Literal["text", "time", "number", "flag"]
"""Text; a point in time to the second; a number; true or false."""


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Attributes:
        name: Its name.
        kind: What it holds.
        meaning: What a value says, with unit and range.
    """

    name: str
    kind: Kind
    meaning: str


HIS_PATIENTS = (
    Column("mrn", "text", 'Record number of one registration, "H" and seven digits; carries no order'),
    Column("given_name", "text", "Given name, as typed at registration"),
    Column("family_name", "text", "Family name, as typed at registration"),
    Column("sex", "text", '"F" or "M"'),
    Column("birth_date", "text", "Date of birth, YYYY-MM-DD, as typed"),
    Column("phone", "text", "Telephone number"),
    Column("address", "text", "House number and street"),
    Column("area", "text", 'Area of residence, five characters such as "X0104"; may be blank'),
    Column(
        "verified_id", "text", "Invented personal identifier that was checked against a card; may be blank"
    ),
    Column("registered_at", "time", "When the registration was made"),
    Column("deceased_on", "text", "Date of death, YYYY-MM-DD; blank if not known to be dead"),
    Column(
        "moved_away_on", "text", "Date of leaving the district, YYYY-MM-DD; blank if not known to have left"
    ),
    Column(
        "phone_verified_on", "text", "Date on which somebody last answered that telephone; blank if never"
    ),
)
HIS_ENCOUNTERS = (
    Column("encounter_id", "text", "Number of the visit or stay"),
    Column("mrn", "text", "Record number under which it was filed"),
    Column("ward", "text", "Ward or clinic of the hospital"),
    Column("class", "text", "inpatient, emergency, outpatient, ambulatory, urgentcare or wellness"),
    Column("admitted_at", "time", "Begin"),
    Column("discharged_at", "time", "End; blank while the patient is still there"),
    Column("dx_code", "text", "Main diagnosis, ICD-10-CM"),
    Column("dx_text", "text", "The diagnosis in words"),
    Column("payer", "text", "Who pays; blank if not entered"),
)
LIS_RESULTS = (
    Column("row_id", "text", "Number of the row, in the order of arrival"),
    Column("message_id", "text", "Number of the message that brought it"),
    Column("mrn", "text", "Record number printed on the request"),
    Column("specimen_id", "text", "Number of the tube"),
    Column("test_code", "text", "The laboratory's own code"),
    Column("test_name", "text", "The test in words"),
    Column("value", "text", "The result as text; blank when cancelled"),
    Column("unit", "text", "Unit of the value"),
    Column("collected_at", "time", "When the specimen was taken"),
    Column("reported_at", "time", "When the laboratory released this version of the result"),
    Column("received_at", "time", "When the row arrived"),
    Column("status", "text", "F final, C corrected, X cancelled"),
)
DIABETES_COHORT = (
    Column("mrn", "text", "Record number of the person's first registration"),
    Column("age", "number", "Age in whole years at the end of 2025, 18 or more"),
    Column("sex", "text", '"F" or "M"'),
    Column("bmi", "number", "Body mass index, kg/m²"),
    Column("thirst", "flag", "Whether the patient complained of thirst"),
    Column("dx_diabetes", "flag", "Whether diabetes has been diagnosed"),
    Column("on_drug", "flag", "Whether the patient takes a drug against diabetes"),
    Column("hba1c", "number", "HbA1c, NGSP %; blank when it was not ordered"),
    Column("p_ordered", "number", "Probability of an order by the supplied ordering model, 0 to 1"),
)
CLINIC_VISITS = (
    Column("PatNo", "text", "The clinic's own patient number"),
    Column("Name", "text", '"Last, First"'),
    Column("DOB", "text", "Date of birth, MM/DD/YYYY"),
    Column("SexCode", "text", "1 male, 2 female, 0 not known, 9 not applicable"),
    Column("VisitDate", "text", "Day of the visit, MM/DD/YYYY"),
    Column("Complaint", "text", "Reason for the visit, in the nurse's words"),
    Column("BP", "text", "Blood pressure, systolic/diastolic, mmHg"),
    Column("HbA1c", "text", "HbA1c, NGSP %"),
    Column("Phone", "text", "Telephone number"),
    Column("Area", "text", "Area of residence"),
)

TABLES: dict[str, tuple[Column, ...]] = {
    "his_patients": HIS_PATIENTS,
    "his_encounters": HIS_ENCOUNTERS,
    "lis_results": LIS_RESULTS,
    "diabetes_cohort": DIABETES_COHORT,
    "clinic_visits": CLINIC_VISITS,
}
"""Every table of a district. `clinic_visits` is shipped as a CSV file, the others as Parquet."""

KEYS = {
    "his_patients": "mrn",
    "his_encounters": "encounter_id",
    "lis_results": "row_id",
    "diabetes_cohort": "mrn",
    "clinic_visits": "_row",
}
"""The column that names a record in the ledger; for the clinic's file the number of its line."""

SYSTEMS = {
    "his": ("his_patients", "his_encounters"),
    "lis": ("lis_results",),
    "cohort": ("diabetes_cohort",),
    "clinic": ("clinic_visits",),
}
"""Which tables each system keeps."""


def publish(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Returns the columns that leave the simulator, in order and of their declared kinds.

    Args:
        table: A working table; columns with an underscore are dropped.
        name: Its name in `TABLES`.
    """
    dtypes = {"text": "str", "time": "datetime64[s]"}
    columns = TABLES[name]
    kinds = {c.name: dtypes[c.kind] for c in columns if c.kind in dtypes}
    return table[[c.name for c in columns]].astype(kinds).reset_index(drop=True)
