"""The community clinic: a small practice with forms, words and a file format of its own."""

import csv
import io

import numpy as np
import pandas as pd

from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table

CLINIC_VISITS = Table(
    name="clinic_visits",
    about="One visit to the clinic; shipped as clinic_visits.csv, lines ended by CR LF.",
    key="_row",
    columns=(
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
    ),
    facilities=("C1",),
    parquet=False,
)

COMPLAINTS = {
    "J06": ("cough and runny nose, 3 days", "sore throat, can’t swallow well", "cold, fever last night"),
    "J45": ("wheezing at night", "asthma check, needs inhaler", "short of breath when running"),
    "E11": ("sugar check", "diabetes review, feet ok", "thirsty again, doesn’t take tablets daily"),
    "I10": ("blood pressure check", "pressure tablets, refill", "headache, worried about pressure"),
    "O24": ("pregnant, sugar high",),
    "Z00": ("check-up", "yearly check, nothing new", "wants a check, feels fine"),
    "S": ("fell, ankle swollen", "cut on the hand", "back pain since a fall"),
}
"""What the nurse writes, by the beginning of the diagnosis code."""

OTHER = ("not well", "see doctor’s note", "follow-up")

NO_PHONE, NO_AREA, NO_PRESSURE = 0.10, 0.06, 0.05
"""Shares of visits whose telephone, area or blood pressure nobody asked for (assumed)."""

SYSTOLIC, DIASTOLIC, HBA1C = "8480-6", "8462-4", "4548-4"


def see(
    visits: pd.DataFrame, observations: pd.DataFrame, people: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Lists the clinic's visits as clean text in the clinic's own columns.

    Args:
        visits: The visits of the last years.
        observations: Clean records in Synthea's columns.
        people: Everybody; the index is the person number.
        rng: A stream at its beginning.

    Returns:
        A working table of `clinic_visits`: dates as YYYY-MM-DD, sex as F or M, blanks missing; with
        `_person`, `_row` (number of the line in the file, the header being line 1) and `_encoding`.
    """
    numbers = pd.Series(rng.permutation(len(people)) + 10_000, index=people.index)
    here = visits[visits["facility"] == "C1"]
    observations = observations[observations["ENCOUNTER"].isin(here.index)]
    who = people.loc[here["person"]].set_index(here.index)
    draws = rng.random((4, len(here)))
    table = pd.DataFrame(
        {
            "PatNo": "C" + here["person"].map(numbers).astype("str"),
            "Name": who["surname"] + ", " + who["given"],
            "DOB": who["birth_date"].dt.strftime("%Y-%m-%d"),
            "SexCode": who["sex"],
            "VisitDate": here["start"].dt.strftime("%Y-%m-%d"),
            "Complaint": [
                _complaint(code, draw) for code, draw in zip(here["dx_code"], draws[0], strict=True)
            ],
            "BP": _pressure(here, observations, who).mask(draws[1] < NO_PRESSURE),
            "HbA1c": _value(here, observations, HBA1C).map("{:.1f}".format, na_action="ignore").astype("str"),
            "Phone": who["phone"].mask(draws[2] < NO_PHONE),
            "Area": who["area"].mask(draws[3] < NO_AREA),
            "_person": here["person"],
            "_encoding": "utf-8",
        }
    ).reset_index(drop=True)
    return table.assign(_row=[str(line) for line in range(2, len(table) + 2)])


def _complaint(code: str, draw: float) -> str:
    words = next((words for start, words in COMPLAINTS.items() if code.startswith(start)), OTHER)
    return words[int(draw * len(words))]


def _value(visits: pd.DataFrame, observations: pd.DataFrame, code: str) -> "pd.Series[float]":
    found = (
        observations[observations["CODE"] == code]
        .drop_duplicates("ENCOUNTER")
        .set_index("ENCOUNTER")["VALUE"]
    )
    return found.reindex(visits.index).astype("float64")


def _pressure(visits: pd.DataFrame, observations: pd.DataFrame, who: pd.DataFrame) -> "pd.Series[str]":
    upper, lower = (_value(visits, observations, code) for code in (SYSTOLIC, DIASTOLIC))
    text = upper.round().astype("Int64").astype("str") + "/" + lower.round().astype("Int64").astype("str")
    return text.mask(upper.isna() | lower.isna())


def write(table: pd.DataFrame) -> bytes:
    """Writes the clinic's file: CSV with a header, lines ended by CR LF, in the table's `_encoding`."""
    columns = [name for name in table.columns if not name.startswith("_")]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(table[columns].astype(object).where(table[columns].notna(), "").itertuples(index=False))
    encoding = str(table["_encoding"].iloc[0]) if len(table) else "utf-8"
    return text.getvalue().encode(encoding)


def _record(setting: Setting) -> dict[str, pd.DataFrame]:
    observations = setting.records.tables["observations"]
    return {"clinic_visits": see(setting.visits, observations, setting.people, setting.stream("visits"))}


def _files(setting: Setting, tables: Tables) -> dict[str, bytes]:
    return {"clinic_visits.csv": write(tables["clinic_visits"])}


RECORDERS = (Recorder("clinic", (CLINIC_VISITS,), _record, files=_files),)
