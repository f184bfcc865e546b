"""Who came when and why: the visits of the last three years, as hospital and clinic share them out."""

from functools import cache

import numpy as np
import pandas as pd

from sim.countries import country as find_country
from sim.paths import datasets
from sim.records.payers import PAYERS
from sim.systems.care_places import share_out
from sim.systems.planting import LAB_PEOPLE, first_of
from sim.systems.wording import conditions, icd_codes

YEARS = 3
"""How far back visits are kept."""

CLINIC_PATIENTS = 0.25
"""Share of people whose ordinary visits go to the community clinic (assumed); planted besides: everybody
whose surname reads like a missing value."""

ORDINARY = ("wellness", "ambulatory", "urgentcare")
"""Classes of visits that the clinic can take; diabetes it leaves to the hospital."""

UNKNOWN_CLASSES = {"virtual": "ambulatory", "home": "outpatient", "snf": "inpatient", "hospice": "inpatient"}
"""Classes for which the hospital has no word of its own, and the one it uses instead."""

FILED_ANEW = 0.6
"""Share of later visits of a re-registered person that are filed under the new number (assumed)."""

DIABETES = "44054006"

CHRONIC = (DIABETES, "59621000", "195967001", "233678006")
"""Long-lasting conditions (SNOMED CT) that are coded at visits without another reason, the first first."""

CHRONIC_CODED = 0.6
"""Share of ordinary visits without a reason at which a long-lasting condition is coded (assumed)."""

GESTATIONAL = {
    "us": ("O24.419", "Gestational diabetes mellitus in pregnancy, unspecified control"),
    "cn": ("O24.400", "妊娠期发生的糖尿病"),
}
EXAM_ADULT = {
    "us": ("Z00.00", "Encounter for general adult medical examination without abnormal findings"),
    "cn": ("Z00.000", "一般性医学检查"),
}
EXAM_CHILD = {
    "us": ("Z00.129", "Encounter for routine child health examination without abnormal findings"),
    "cn": ("Z00.100", "常规儿童健康检查"),
}
UNSPECIFIED = {"us": ("R69", "Illness, unspecified"), "cn": ("R69.x00", "原因不明的疾病")}
"""Code and words, by country, of what the clean records give no code."""

LEAST_GESTATIONAL = 30
"""Least number of women with gestational diabetes only (planted: nature gives about 4 in 2,000 people)."""


HIV = {
    "us": (
        ("Z21", "Asymptomatic human immunodeficiency virus [HIV] infection status"),
        ("B20", "Human immunodeficiency virus [HIV] disease"),
    ),
    "cn": (
        ("Z21.x00", "无症状人类免疫缺陷病毒感染状态"),
        ("B20.900", "人类免疫缺陷病毒病造成未特指的传染病或寄生虫病"),
    ),
}
"""Code and words of infection without and with disease, by country."""

LEAST_HIV = (26, 20)
"""How many patients of the large hospital get either diagnosis. Planted: nature gives about three, too few to
be counted without naming them."""


@cache
def diagnoses(country: str = "us") -> pd.DataFrame:
    """Reads the diagnosis codes: index SNOMED CT code, columns code and text.

    ICD-10-CM with its own words in the US, the codes of the national edition of ICD-10 with the usual name
    in China.

    Example:
        >>> diagnoses("cn").loc["44054006"].tolist()
        ['E11.900', '2型糖尿病']
    """
    if country != "us":
        words, codes = conditions(country), icd_codes(country)
        texts = {code: words[code].plain for code in codes if code in words}
        return pd.DataFrame({"code": pd.Series(codes), "text": pd.Series(texts)}, dtype="str").dropna()
    table = pd.read_csv(datasets("codes", "codes_conditions.csv"), dtype="str", encoding="utf-8")
    table = table.dropna(subset=["snomed_code", "icd10cm_code"]).drop_duplicates("snomed_code")
    return table.set_index("snomed_code")[["icd10cm_code", "icd10cm_display"]].set_axis(
        ["code", "text"], axis=1
    )


def list_visits(
    tables: dict[str, pd.DataFrame],
    people: pd.DataFrame,
    today: pd.Timestamp,
    least_gestational: int,
    rng: np.random.Generator,
    *,
    country: str = "us",
) -> pd.DataFrame:
    """Lists the visits of the last three years with their diagnosis.

    Args:
        tables: Clean records in Synthea's columns.
        people: Everybody; the index is the person number.
        today: The day the district is looked at.
        least_gestational: Least number of women whose only diabetes is gestational.
        rng: A stream at its beginning.
        country: Code of the country.

    Returns:
        One row a visit, index = encounter id, sorted by begin: person, start, stop, class, payer, dx_code,
        dx_text, snomed (missing where the diagnosis has none), facility, and draw, a number between 0 and 1
        that says under which number it is filed.
    """
    here, encounters = find_country(country), tables["encounters"]
    recent = encounters[encounters["START"] >= today - pd.DateOffset(years=YEARS)].set_index("Id")
    person_of = pd.Series(people.index, index=people["person_id"])
    visits = pd.DataFrame(
        {
            "person": recent["PATIENT"].map(person_of),
            "start": recent["START"],
            "stop": recent["STOP"],
            "class": recent["ENCOUNTERCLASS"].replace(UNKNOWN_CLASSES),
            "payer": recent["PAYER"].map({payer.id: here.payers[payer.name] for payer in PAYERS}),
        }
    )
    drawn = pd.Series(rng.random(len(people)) < CLINIC_PATIENTS, index=people.index)
    goes = drawn | people["surname"].isin(here.blank_names)
    ordinary = visits["class"].isin(ORDINARY) & (recent["REASONCODE"] != DIABETES)
    visits["at_clinic"] = visits["person"].map(goes) & ordinary
    visits["draw"] = rng.random(len(visits))
    found = tables["conditions"].assign(_person=tables["conditions"]["PATIENT"].map(person_of))
    visits = _diagnose(visits, recent["REASONCODE"], found, people, rng, country)
    visits = _plant_gestational(visits, people, least_gestational, rng, country)
    gestational = visits["dx_code"].str.startswith("O24")
    visits["facility"] = share_out(visits, people, ordinary & ~gestational, rng).mask(gestational, "H1")
    visits = _plant_hiv(visits.drop(columns="at_clinic"), people, rng, country)
    return visits.sort_values(["start", "person"], kind="stable")


def _diagnose(
    visits: pd.DataFrame,
    reason: "pd.Series[str]",
    found: pd.DataFrame,
    people: pd.DataFrame,
    rng: np.random.Generator,
    country: str,
) -> pd.DataFrame:
    """Gives each visit a main diagnosis: its reason, what was found, what lasts, or an examination."""
    known = diagnoses(country)
    coded = found[found["CODE"].isin(known.index)].drop_duplicates("ENCOUNTER").set_index("ENCOUNTER")["CODE"]
    snomed = reason.where(reason.isin(known.index)).fillna(coded.reindex(visits.index))
    routine = visits["class"].isin((*ORDINARY, "outpatient")).to_numpy() & (
        rng.random(len(visits)) < CHRONIC_CODED
    )
    snomed = snomed.fillna(_lasting(visits, found).where(routine))
    child = (visits["start"] - visits["person"].map(people["birth_date"])).dt.days < 18 * 365.25
    general = visits["class"].isin((*ORDINARY, "outpatient"))
    exams, other = (EXAM_CHILD[country], EXAM_ADULT[country]), UNSPECIFIED[country]
    codes, texts = (
        np.select([general & child, general], [exam[i] for exam in exams], other[i]) for i in (0, 1)
    )
    return visits.assign(
        dx_code=snomed.map(known["code"]).fillna(pd.Series(codes, index=visits.index)),
        dx_text=snomed.map(known["text"]).fillna(pd.Series(texts, index=visits.index)),
        snomed=snomed,
    )


def _lasting(visits: pd.DataFrame, found: pd.DataFrame) -> "pd.Series[str]":
    """Returns for each visit the first of the `CHRONIC` conditions that the person had then."""
    chronic = found[found["CODE"].isin(CHRONIC)]
    person_of = visits.reset_index()[["Id", "person", "start"]]
    patients = chronic.merge(person_of, left_on="_person", right_on="person")
    open_then = (patients["START"] <= patients["start"]) & ~(patients["STOP"] < patients["start"])
    patients = patients[open_then].assign(rank=lambda rows: rows["CODE"].map(CHRONIC.index))
    first = patients.sort_values(["Id", "rank"]).drop_duplicates("Id").set_index("Id")["CODE"]
    return first.reindex(visits.index)


def _plant_gestational(
    visits: pd.DataFrame, people: pd.DataFrame, least: int, rng: np.random.Generator, country: str
) -> pd.DataFrame:
    """Turns routine examinations of some young women into antenatal visits with gestational diabetes."""
    age = (visits["start"] - visits["person"].map(people["birth_date"])).dt.days / 365.25
    women = (visits["person"].map(people["sex"]) == "F") & visits["person"].map(people["alive"])
    diabetic = visits["person"].map(people["diabetes"].astype(bool)) | visits["person"].isin(
        visits.loc[visits["dx_code"].str.startswith("E11"), "person"]
    )
    already = visits.loc[(visits["dx_code"] == GESTATIONAL[country][0]) & ~diabetic, "person"]
    allowed = women & ~diabetic & age.between(18, 45) & ~visits["at_clinic"]
    allowed &= visits["dx_code"] == EXAM_ADULT[country][0]
    allowed &= ~visits["person"].duplicated() & ~visits["person"].isin(already)
    rows = first_of(allowed, rng.random(len(visits)), least - already.nunique())
    planted = visits.copy()
    planted.loc[planted.index[rows], ["dx_code", "dx_text"]] = GESTATIONAL[country]
    return planted


def _plant_hiv(
    visits: pd.DataFrame, people: pd.DataFrame, rng: np.random.Generator, country: str
) -> pd.DataFrame:
    """Turns routine examinations of some grown people in the large hospital into visits for HIV."""
    age = (visits["start"] - visits["person"].map(people["birth_date"])).dt.days / 365.25
    allowed = (visits["dx_code"] == EXAM_ADULT[country][0]) & (visits["facility"] == "H1")
    allowed &= visits["person"].map(people["alive"]) & age.between(18, 75) & ~visits["person"].duplicated()
    already = visits.loc[visits["dx_code"].str.startswith(("B20", "B24", "Z21")), "person"]
    allowed &= ~visits["person"].isin(already)
    scale = min(len(people) / LAB_PEOPLE, 1.0)
    counts = [round(count * scale) for count in LEAST_HIV]
    priority = rng.random(len(visits))
    both = first_of(allowed, priority, sum(counts))
    both = both[np.argsort(priority[both], kind="stable")]
    planted = visits.copy()
    for rows, told in zip(np.split(both, [counts[0]]), HIV[country], strict=True):
        planted.loc[planted.index[rows], ["dx_code", "dx_text"]] = told
    return planted


def number_book(patients: pd.DataFrame) -> pd.DataFrame:
    """Returns one row per person: first and second record number and when the second was given.

    Args:
        patients: The working table after re-registration. Where two people are kept under one number, its
            column `_also` holds the person number of the second, or -1.

    Returns:
        Columns first, second, second_at (both missing for most); index = person number.
    """
    number, _ = pd.factorize(patients["mrn"], sort=True)
    person, at = patients["_person"].to_numpy(), patients["registered_at"].to_numpy()
    order = np.lexsort((number, at, person))
    who = person[order]
    first = np.flatnonzero(np.diff(who, prepend=who[:1] - 1))
    # The row after the first, where it is about the same person.
    after = np.minimum(first + 1, len(who) - 1)
    again = (who[after] == who[first]) & (after > first)
    numbers = patients["mrn"].iloc[order]
    index = pd.Index(who[first], name="_person")
    book = {
        "first": numbers.iloc[first].set_axis(index),
        "second": numbers.iloc[after].set_axis(index).where(again),
        "second_at": patients["registered_at"].iloc[order[after]].set_axis(index).where(again),
    }
    found = pd.DataFrame(book)
    if "_also" not in patients:
        return found
    shared = patients.loc[patients["_also"] >= 0, ["_person", "_also"]]
    others = found.loc[shared["_person"]].set_axis(pd.Index(shared["_also"], name="_person"))
    return pd.concat([found, others])


def file_under(visits: pd.DataFrame, book: pd.DataFrame) -> "pd.Series[str]":
    """Returns the record number under which the hospital files each visit.

    Args:
        visits: The visits.
        book: First and second record number of every registered person.
    """
    numbers = book.reindex(visits["person"]).set_index(visits.index)
    anew = (visits["start"] >= numbers["second_at"]) & (visits["draw"] < FILED_ANEW)
    return numbers["first"].mask(anew, numbers["second"])
