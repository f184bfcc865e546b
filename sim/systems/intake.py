"""The community clinic's intake forms, filled in at every check-up."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.systems.intake_form import (
    FIELDS,
    NO_ALLERGY,
    NOT_APPLICABLE,
    NOT_ASKED,
    NOT_DONE,
    Field,
    describe_form,
)
from sim.systems.personal import allergies_of
from sim.systems.planting import days
from sim.systems.recorder import Recorder, Setting, Tables
from sim.systems.schema import Column, Table
from sim.systems.texts import among

INTAKE_FORMS = Table(
    "intake_forms",
    "One form, filled in at a check-up. What is asked of whom, since when, and what the marks for blanks "
    "mean stands in `clinic_form.yaml`; everything is text, as it was entered.",
    "form_id",
    (
        Column("form_id", "text", 'Number of the form, "F" and six digits, in the order of filling in'),
        Column("PatNo", "text", "The clinic's own patient number"),
        Column("filled_on", "text", "Day of filling in, YYYY-MM-DD"),
        Column("sex", "text", '"F" or "M", as registered'),
        Column("age", "text", "Age in whole years on that day"),
        *(
            Column(field.name, "text", f"{field.question[0]}; blank or a mark if there is none")
            for field in FIELDS
        ),
    ),
    facilities=("C1",),
)

PREGNANCY = "72892002"
"""SNOMED CT code of a pregnancy in the clean records."""

WEIGHT, SYSTOLIC, DIASTOLIC, HBA1C = "29463-7", "8480-6", "8462-4", "4548-4"
"""LOINC codes of what is measured."""

DRINKING = (0.35, 0.72, 0.94)
"""Adults who never drink, drink monthly at most, weekly at most: cumulative shares (assumed)."""

FALLS = 0.35
"""Mean number of falls a year of people of 65 and more (assumed)."""

Texts = npt.NDArray[np.object_]


def fill_in(setting: Setting) -> dict[str, pd.DataFrame]:
    """Fills in a form at every check-up, with every question asked that the form asks.

    Returns:
        A working table of `intake_forms`, with `_person` and for each field `_why_...`: the reason of its
        blank, missing where there is an answer. What was not measured is marked as not performed.
    """
    visits = setting.here[setting.here["class"] == "wellness"]
    people = setting.people
    who = people.loc[visits["person"]].set_index(visits.index)
    numbers = setting.tables["clinic_visits"].drop_duplicates("_person").set_index("_person")["PatNo"]
    table = pd.DataFrame(
        {
            "form_id": [f"F{number:06d}" for number in range(1, len(visits) + 1)],
            "PatNo": numbers.reindex(visits["person"]).to_numpy(),
            "filled_on": days(visits["start"]).to_numpy(),
            "sex": who["sex"].to_numpy(),
            "age": _ages(who["birth_date"], visits["start"]),
            "_person": visits["person"].to_numpy(),
        }
    )
    answers = _answers(setting, visits, who)
    for field in FIELDS:
        table[field.name] = answers[field.name]
        _leave_blank(table, field, setting.country)
    return {"intake_forms": table.assign(age=table["age"].astype("str"))}


def _ages(born: "pd.Series[pd.Timestamp]", day: "pd.Series[pd.Timestamp]") -> npt.NDArray[np.int64]:
    before = (day.dt.month * 100 + day.dt.day) < (born.dt.month * 100 + born.dt.day)
    return np.asarray(day.dt.year - born.dt.year - before, dtype=np.int64)


def _leave_blank(table: pd.DataFrame, field: Field, country: str) -> None:
    """Blanks a field where it is not asked, and marks a measurement that was not done."""
    applies = holds(table, field, country).to_numpy()
    asked = applies & (table["filled_on"] >= field.since).to_numpy()
    answer = table[field.name].to_numpy(dtype=object).copy()
    why = np.full(len(table), None, dtype=object)
    why[~asked] = NOT_ASKED
    why[~applies] = NOT_APPLICABLE
    undone = asked & pd.isna(answer)
    why[undone] = NOT_DONE
    answer[~asked] = None
    answer[undone] = field.marks(country).get(NOT_DONE)
    table[field.name] = pd.Series(answer, index=table.index, dtype=object)
    table[f"_why_{field.name}"] = pd.Series(why, index=table.index, dtype=object)


def holds(table: pd.DataFrame, field: Field, country: str) -> "pd.Series[bool]":
    """Says for each form whether the conditions hold under which a field is asked.

    Args:
        table: Forms with sex, age (a number or its text) and the fields before this one.
        field: The field.
        country: Code of the country.
    """
    found = pd.Series(True, index=table.index)
    for name, wanted in field.asked_if:
        if name == "age":
            low, high = wanted
            found &= table["age"].astype("int64").between(low, 200 if high is None else high)
        else:
            found &= table[name] == wanted[country == "cn"]
    return found


def _answers(setting: Setting, visits: pd.DataFrame, who: pd.DataFrame) -> dict[str, Any]:
    """Returns every true answer, asked or not; a measurement that was not done is missing."""
    language = int(setting.country == "cn")
    yes, no = (("yes", "no"), ("是", "否"))[language]
    rng = setting.stream("intake")
    habits = _habits(setting, rng)
    position = setting.people.index.get_indexer(pd.Index(visits["person"]))
    habit = {name: values[position] for name, values in habits.items()}
    weeks = _weeks(setting, visits, who)
    known = who["diabetes_diagnosed"].to_numpy(dtype=bool)
    measured = _measured(setting, visits)
    return {
        "phone": who["phone"].to_numpy(),
        "smoking": habit["smoking"],
        "cigarettes_per_day": habit["cigarettes"],
        "alcohol": habit["alcohol"],
        "pregnant": np.where(weeks > 0, yes, no),
        "gestation_weeks": weeks.clip(min=1).astype(str),
        "allergy": _allergies(setting, who),
        "diabetes": np.where(known, yes, no),
        "falls_last_year": rng.poisson(FALLS, len(visits)).astype(str),
        **measured,
    }


def _habits(setting: Setting, rng: np.random.Generator) -> dict[str, Texts]:
    """Returns what each person smokes and drinks, by position; the same on all of their forms."""
    people, language = setting.people, int(setting.country == "cn")
    nobody = pd.Series(False, index=people.index)
    now, before, drinks = (
        people[name].to_numpy(dtype=bool) if name in people else nobody.to_numpy()
        for name in ("smoker", "former_smoker", "alcohol_disorder")
    )
    smoking = np.array([answer[language] for answer in FIELDS[1].answers], dtype=object)
    alcohol = np.array([answer[language] for answer in FIELDS[3].answers], dtype=object)
    often = np.searchsorted(np.array(DRINKING), rng.random(len(people)))
    cigarettes = (2 + rng.gamma(3.0, 4.5, len(people))).astype(int).clip(1, 60)
    return {
        "smoking": smoking[np.where(now, 2, np.where(before, 1, 0))],
        "alcohol": alcohol[np.where(drinks, 3, often)],
        "cigarettes": cigarettes.astype(str).astype(object),
    }


def _weeks(setting: Setting, visits: pd.DataFrame, who: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Returns the completed weeks of a pregnancy at each visit; 0 for none."""
    table = setting.records.tables["conditions"]
    found = table.loc[among(table["CODE"], [PREGNANCY]), ["PATIENT", "START", "STOP"]]
    asked = pd.DataFrame({"PATIENT": who["person_id"].to_numpy(), "day": visits["start"].to_numpy()})
    both = asked.assign(row=np.arange(len(asked))).merge(found, on="PATIENT")
    both = both[(both["START"] <= both["day"]) & ~(both["STOP"] < both["day"])]
    weeks = np.zeros(len(visits), dtype=np.int64)
    weeks[both["row"]] = ((both["day"] - both["START"]).dt.days // 7).clip(1, 42)
    return weeks


def _allergies(setting: Setting, who: pd.DataFrame) -> Texts:
    """Returns the allergies of each person in words, or the word for none."""
    known = allergies_of(setting)
    none = NO_ALLERGY[setting.country]
    told = [known.get(person, none) for person in who["person_id"].to_numpy(dtype=object)]
    return np.array(told, dtype=object)


def _measured(setting: Setting, visits: pd.DataFrame) -> dict[str, "pd.Series[str]"]:
    table = setting.records.tables["observations"]
    wanted = among(table["CODE"], [WEIGHT, SYSTOLIC, DIASTOLIC, HBA1C]) & among(
        table["ENCOUNTER"], visits.index
    )
    found = table.loc[wanted, ["ENCOUNTER", "CODE", "VALUE"]].drop_duplicates(["ENCOUNTER", "CODE"])
    values = found.pivot(index="ENCOUNTER", columns="CODE", values="VALUE").astype("float64")
    values = values.reindex(index=visits.index, columns=[WEIGHT, SYSTOLIC, DIASTOLIC, HBA1C])
    upper, lower = (values[code].round().astype("Int64").astype("str") for code in (SYSTOLIC, DIASTOLIC))
    pressure = (upper + "/" + lower).mask(values[[SYSTOLIC, DIASTOLIC]].isna().any(axis=1))
    tenths = {
        name: values[code].map("{:.1f}".format, na_action="ignore").astype("str")
        for name, code in (("hba1c", HBA1C), ("weight_kg", WEIGHT))
    }
    return {
        name: text.reset_index(drop=True) for name, text in {**tenths, "blood_pressure": pressure}.items()
    }


def tell_blanks(setting: Setting, tables: Tables) -> dict[str, pd.DataFrame]:
    """Returns the truth about blanks: `blank_reasons`, with the columns form_id, field and reason.

    One row a blank cell; reasons are codes of FHIR's data-absent-reason.
    """
    table = tables["intake_forms"]
    columns = {f"_why_{field.name}": field.name for field in FIELDS}
    told = table[["form_id", *columns]].rename(columns=columns)
    melted = told.melt("form_id", var_name="field", value_name="reason")
    return {"blank_reasons": melted[melted["reason"].notna()].reset_index(drop=True).astype("str")}


def _files(setting: Setting, tables: Tables) -> dict[str, bytes]:
    return {"clinic_form.yaml": describe_form(setting.country)}


RECORDERS = (
    Recorder("intake", (INTAKE_FORMS,), fill_in, reads=("clinic_visits",), files=_files, facts=tell_blanks),
)
