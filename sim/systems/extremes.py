"""True extremes: the sickest and the oldest, whom no rule of plausibility may take for mistakes.

Nature gives a district of 2,000 people about ten adults with a body mass index of 55 and more, but hardly
anybody of 100 years, and none of the other values below within two years. So they are planted in fitting
patients, in the clean records, before anybody records anything.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.records import Records
from sim.systems.planting import first_of, scaled

EACH = 12
"""How many of each are planted in a district of 2,000 people."""

HUNDRED = 100
"""Age in years of the youngest whom the register of true extremes names."""

OLD = 84
"""Somebody of fewer years is not made a centenarian."""

YEARS = 2
"""How far back planted values lie at most; laboratories keep two years."""


@dataclass(frozen=True)
class Extreme:
    """A true value that looks like a mistake.

    Attributes:
        name: What it is.
        codes: LOINC codes of the observations that show it.
        least: Value from which it counts.
        range: Between which planted values lie, in the unit of the clean records.
        patients: Column of the people who may have it.
        facility: Where it is measured, so that one table holds enough of them.
        decimals: Decimal places.
    """

    name: str
    codes: tuple[str, ...]
    least: float
    range: tuple[float, float]
    patients: str
    facility: str
    decimals: int


EXTREMES = (
    Extreme("glucose", ("2345-7", "2339-0"), 600, (612, 940), "diabetes_diagnosed", "H1", 0),
    Extreme("potassium", ("2823-3", "6298-4"), 7.5, (7.6, 8.9), "kidney_disease", "H1", 1),
    Extreme("pressure", ("8480-6",), 230, (232, 258), "hypertension_diagnosed", "C1", 0),
)
"""Glucose of a ketoacidosis (mg/dL), potassium of a failing kidney (mmol/L), systolic crisis (mmHg)."""

ACUTE = ("emergency", "inpatient", "urgentcare")
"""Classes of visits at which such values are rather found."""

DIASTOLIC = "8462-4"

BMI = 55.0
"""Body mass index, kg/m², from which it counts as extreme."""

LEAST_HEAVY = 9
"""Least number of adults of such an index; nature's are filled up by the heaviest of the others (planted)."""


def plant_extremes(
    records: Records, visits: pd.DataFrame, today: pd.Timestamp, size: int, rng: np.random.Generator
) -> Records:
    """Gives some fitting patients extreme values, and makes some of the oldest a hundred years old.

    Args:
        records: Clean records of everybody; they stay as they are.
        visits: The visits, with `facility` and `person`; index = encounter id.
        today: The day the district is looked at.
        size: Number of living people; scales how many are planted.
        rng: A stream at its beginning.

    Returns:
        Records with other values in some rows of the observations and other birth dates of some people; no
        row is added or taken away.
    """
    observations = records.tables["observations"]
    values = observations["VALUE"].copy()
    recent = observations["DATE"] >= today - pd.DateOffset(years=YEARS)
    for extreme in EXTREMES:
        shown = observations[recent & observations["CODE"].isin(extreme.codes)]
        rows = _patients(shown, extreme, visits, records.people, scaled(EACH, size), rng)
        values.loc[rows] = _texts(rng.uniform(*extreme.range, len(rows)), extreme.decimals)
        if extreme.name == "pressure":
            lower = _taken_with(observations, rows, DIASTOLIC)
            values.loc[lower] = _texts(rng.uniform(120, 145, len(lower)), 0)
    people = make_centenarians(records.people, today, scaled(EACH, size), rng)
    people = make_heavy(people, today, scaled(LEAST_HEAVY, size), rng)
    tables = {**records.tables, "observations": observations.assign(VALUE=values)}
    if "patients" in tables:
        born = people.set_index("person_id")["birth_date"]
        tables["patients"] = tables["patients"].assign(BIRTHDATE=tables["patients"]["Id"].map(born))
    return replace(records, tables=tables, people=people)


def _patients(
    shown: pd.DataFrame,
    extreme: Extreme,
    visits: pd.DataFrame,
    people: pd.DataFrame,
    count: int,
    rng: np.random.Generator,
) -> "pd.Index[int]":
    """Draws observations of that many different patients, the ill and the acutely ill before others."""
    visit = visits.reindex(shown["ENCOUNTER"])
    ill = people[extreme.patients].astype(bool).reindex(visit["person"], fill_value=False).to_numpy()
    here = (visit["facility"] == extreme.facility).to_numpy()
    acute = visit["class"].isin(ACUTE).to_numpy()
    order = np.argsort(rng.random(len(shown)) - 2.0 * ill - 1.0 * acute, kind="stable")
    order = order[here[order]]
    first = ~visit["person"].iloc[order].duplicated().to_numpy()
    return shown.index[np.sort(order[first][:count])]


def _taken_with(observations: pd.DataFrame, rows: "pd.Index[int]", code: str) -> "pd.Index[int]":
    """Returns the observations of a code that were made together with some others."""
    others = observations[
        (observations["CODE"] == code) & observations["ENCOUNTER"].isin(observations.loc[rows, "ENCOUNTER"])
    ]
    moments = pd.MultiIndex.from_frame(observations.loc[rows, ["ENCOUNTER", "DATE"]])
    return others.index[pd.MultiIndex.from_frame(others[["ENCOUNTER", "DATE"]]).isin(moments)]


def _texts(numbers: npt.NDArray[np.float64], decimals: int) -> list[str]:
    return [f"{number:.{decimals}f}" for number in numbers]


def make_centenarians(
    people: pd.DataFrame, today: pd.Timestamp, count: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Moves the birth of some of the oldest back so that they are 100 to 105 years old; the day stays.

    Args:
        people: Everybody; who shares name or birth date with another person is spared.
        today: The day the district is looked at.
        count: How many people of 100 years and more there shall be, those that nature gave included.
        rng: Stream to draw from.

    Returns:
        The people, some with another birth date.
    """
    born = people["birth_date"]
    alone = (people[["twin_of", "namesake_of", "junior_of"]] < 0).all(axis=1)
    alone &= ~people["slot"].isin(people["junior_of"])
    hundred = people["alive"] & (born <= today - pd.DateOffset(years=HUNDRED))
    fit = people["alive"] & alone & ~hundred & (born <= today - pd.DateOffset(years=OLD))
    rows = first_of(fit, born.to_numpy().astype("datetime64[D]").astype(float), count - int(hundred.sum()))
    ages = rng.integers(HUNDRED, HUNDRED + 6, len(rows))
    moved = born.copy()
    for row, age in zip(rows, ages, strict=True):
        old = born.iloc[row]
        had = (old.month, old.day) <= (today.month, today.day)
        moved.iloc[row] = old + pd.DateOffset(year=today.year - int(age) - (not had))
    return people.assign(birth_date=moved)


def make_heavy(
    people: pd.DataFrame, today: pd.Timestamp, count: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Lets the heaviest of the other adults gain weight until that many have an index of `BMI` or more.

    Args:
        people: Everybody; what was measured in the past stays as it is.
        today: The day the district is looked at.
        count: How many adults there shall be, those that nature gave included.
        rng: Stream to draw from.

    Returns:
        The people, some with another `bmi` (and `weight`, where it is known).
    """
    bmi = people["bmi"].to_numpy(dtype=float)
    adult = (people["alive"] & (people["birth_date"] <= today - pd.DateOffset(years=18))).to_numpy()
    missing = count - int((adult & (bmi >= BMI)).sum())
    rows = first_of(adult & (bmi < BMI), -bmi, missing)
    gained = bmi.copy()
    gained[rows] = rng.uniform(BMI + 0.5, BMI + 7, len(rows)).round(1)
    changed = {"bmi": pd.Series(gained, index=people.index).astype(people["bmi"].dtype)}
    if "weight" in people:
        changed["weight"] = (people["weight"] * gained / bmi).astype(people["weight"].dtype)
    return people.assign(**changed)
