"""The two community clinics: small practices with forms, words and a file format of their own."""

import pandas as pd

from sim.systems.clinic_dialects import decimals, dialect_of, measured, wordings, write
from sim.systems.clinic_words import COMPLAINTS, DIAGNOSES
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table
from sim.systems.texts import among

CLINIC_VISITS = Table(
    name="clinic_visits",
    about="One visit to the first clinic; shipped as clinic_visits.csv: commas, lines ended by CR LF, "
    "Windows-1252 (in China GB18030).",
    key="_row",
    columns=(
        Column("PatNo", "text", "The clinic's own patient number"),
        Column("Name", "text", '"Last, First"; in China surname and given name without a blank'),
        Column("DOB", "text", "Date of birth, MM/DD/YYYY; in China YYYY年MM月DD日"),
        Column("SexCode", "text", "1 male, 2 female, 0 not known, 9 not applicable (in China: not stated)"),
        Column("VisitDate", "text", "Day of the visit, written like DOB"),
        Column("Complaint", "text", "Reason for the visit, in the nurse's words"),
        Column("BP", "text", "Blood pressure, systolic/diastolic, mmHg"),
        Column("HbA1c", "text", "HbA1c, NGSP %"),
        Column("Phone", "text", "Telephone number"),
        Column("Area", "text", "Area of residence"),
    ),
    facilities=("C1",),
    parquet=False,
)

CLINIC2_VISITS = Table(
    name="clinic2_visits",
    about="One visit to the second clinic; shipped as clinic2_visits.txt: tabs, CR LF, UTF-16.",
    key="_row",
    columns=(
        Column("card", "text", "Number of the patient's card, \"K\" and five digits; the clinic's own"),
        Column("last_name", "text", "Family name"),
        Column("first_name", "text", "Given name"),
        Column("sex", "text", "female, male or not recorded; in China 女, 男 or 未填"),
        Column("born", "text", "Date of birth, as in 5 Mar 1980; in China as in 1980-3-5"),
        Column("seen_on", "text", "Day of the visit, written like born"),
        Column("diagnosis", "text", "What it was, in the nurse's shorthand"),
        Column("weight", "text", "Body weight, pounds; in China kg"),
        Column("temp", "text", "Body temperature, degrees Fahrenheit; in China Celsius"),
        Column("tel", "text", "Telephone number"),
        Column("district", "text", "Area of residence"),
    ),
    facilities=("C2",),
    parquet=False,
)

NO_PHONE, NO_AREA, NO_PRESSURE = 0.10, 0.06, 0.05
"""Shares of visits to the first clinic whose telephone, area or blood pressure nobody asked for (assumed)."""

NO_TEL, NO_DISTRICT, NO_WEIGHT = 0.18, 0.12, 0.10
"""The same for telephone, area and weight at the second clinic (assumed)."""

SYSTOLIC, DIASTOLIC, HBA1C = "8480-6", "8462-4", "4548-4"
WEIGHT, TEMPERATURE = "29463-7", "8310-5"

BETWEEN_NAMES = {"us": ", ", "cn": ""}
"""What stands between family and given name in the first clinic's file, by country."""

POUNDS = 2.20462
"""Pounds in a kilogram."""


def see(setting: Setting) -> dict[str, pd.DataFrame]:
    """Lists the first clinic's visits as clean text in the clinic's own columns.

    Args:
        setting: The clinic.

    Returns:
        A working table of `clinic_visits`: dates as YYYY-MM-DD, sex as F or M, blanks missing; with
        `_person`, `_row` (number of the line in the file, the header being line 1) and `_encoding`.
    """
    rng = setting.stream("visits")
    numbers = pd.Series(rng.permutation(len(setting.people)) + 10_000, index=setting.people.index)
    here, who, observations = _visits(setting)
    draws = rng.random((4, len(here)))
    table = pd.DataFrame(
        {
            "PatNo": "C" + here["person"].map(numbers).astype("str"),
            "Name": who["surname"] + BETWEEN_NAMES[setting.country] + who["given"],
            "DOB": who["birth_date"].dt.strftime("%Y-%m-%d"),
            "SexCode": who["sex"],
            "VisitDate": here["start"].dt.strftime("%Y-%m-%d"),
            "Complaint": wordings(here["dx_code"], draws[0], COMPLAINTS[setting.country]),
            "BP": _pressure(here, observations).mask(draws[1] < NO_PRESSURE),
            "HbA1c": decimals(measured(here, observations, HBA1C)),
            "Phone": who["phone"].mask(draws[2] < NO_PHONE),
            "Area": who["area"].mask(draws[3] < NO_AREA),
            "_person": here["person"],
        }
    )
    return {"clinic_visits": _numbered(table)}


def see_second(setting: Setting) -> dict[str, pd.DataFrame]:
    """Lists the second clinic's visits; as `see`, a working table of `clinic2_visits`."""
    rng = setting.stream("visits")
    numbers = pd.Series(rng.permutation(len(setting.people)) + 20_000, index=setting.people.index)
    here, who, observations = _visits(setting)
    draws = rng.random((4, len(here)))
    weight, temperature = (measured(here, observations, code) for code in (WEIGHT, TEMPERATURE))
    if setting.country == "us":
        weight, temperature = weight * POUNDS, temperature * 1.8 + 32
    table = pd.DataFrame(
        {
            "card": "K" + here["person"].map(numbers).astype("str"),
            "last_name": who["surname"],
            "first_name": who["given"],
            "sex": who["sex"],
            "born": who["birth_date"].dt.strftime("%Y-%m-%d"),
            "seen_on": here["start"].dt.strftime("%Y-%m-%d"),
            "diagnosis": wordings(here["dx_code"], draws[0], DIAGNOSES[setting.country]),
            "weight": decimals(weight).mask(draws[1] < NO_WEIGHT),
            "temp": decimals(temperature),
            "tel": who["phone"].mask(draws[2] < NO_TEL),
            "district": who["area"].mask(draws[3] < NO_DISTRICT),
            "_person": here["person"],
        }
    )
    return {"clinic2_visits": _numbered(table)}


def _visits(setting: Setting) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Returns the clinic's visits, whose each is, and what was measured at them."""
    here, observations = setting.here, setting.records.tables["observations"]
    who = setting.people.loc[here["person"]].set_index(here.index)
    there = among(observations["ENCOUNTER"], here.index)
    return here, who, observations.loc[there, ["ENCOUNTER", "CODE", "VALUE"]]


def _numbered(table: pd.DataFrame) -> pd.DataFrame:
    lines = [str(line) for line in range(2, len(table) + 2)]
    return table.reset_index(drop=True).assign(_row=lines, _encoding="utf-8")


def _pressure(visits: pd.DataFrame, observations: pd.DataFrame) -> "pd.Series[str]":
    upper, lower = (measured(visits, observations, code) for code in (SYSTOLIC, DIASTOLIC))
    text = upper.round().astype("Int64").astype("str") + "/" + lower.round().astype("Int64").astype("str")
    return text.mask(upper.isna() | lower.isna())


def _files(setting: Setting, tables: Tables) -> dict[str, bytes]:
    (table,) = tables.values()
    dialect = dialect_of(table, setting.country)
    return {dialect.file: write(table, dialect)}


RECORDERS = (
    Recorder("clinic", (CLINIC_VISITS,), see, files=_files),
    Recorder("clinic", (CLINIC2_VISITS,), see_second, files=_files),
)
