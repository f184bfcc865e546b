"""The tables that every measure reads: people, visits, deaths, first diagnoses, and years lived.

All are made inside the database from Synthea's tables, and nothing else:

* `person`: one row for everybody alive on the day the records end, with what they have, take and measure;
* `visit`: one row for each visit or stay of the last `RECENT` years;
* `onset`, `death`: first records of a condition, and deaths, in the last `LONG` years;
* `lived_3`, `lived_10`: years that each person lived at each age, in those windows.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tqdm import tqdm

from sim.errors import HilabError
from sim.validation import people, visits
from sim.validation.concepts import find_codes
from sim.validation.windows import LONG, RECENT, years_before


def build(database: Any, sample: int = 1, progress: bool = True) -> tuple[date, set[str]]:
    """Makes the tables.

    Args:
        database: What `sim.records.layout.connect` returned.
        sample: Look at one person in so many.
        progress: Show a bar.

    Returns:
        The day after the last that the records cover, and the concepts that they know.

    Raises:
        HilabError: If nobody is in the tables.
    """
    end = _end(database)
    _patients(database, end, sample)
    steps: list[Callable[[Any, date], set[str]]] = [
        lambda database, end: find_codes(database),
        *(people.conditions, people.habits, people.drugs, people.values, people.answers, people.doses),
        *(_years, visits.visits, _events, people.people),
    ]
    found: set[str] = set()
    for step in tqdm(steps, desc="reading the records", disable=not progress):
        found |= step(database, end)
    return end, found


def _end(database: Any) -> date:
    """Returns the day after the newest encounter, or after the newest birth."""
    newest = database.execute(
        "SELECT max(day) FROM (SELECT max(START) AS day FROM encounters "
        "UNION ALL SELECT max(BIRTHDATE) FROM patients)"
    ).fetchone()[0]
    if newest is None:
        raise HilabError("The table of patients is empty or has no BIRTHDATE; there is nobody to validate.")
    day: date = newest.date() + timedelta(days=1)
    return day


def _patients(database: Any, end: date, sample: int) -> None:
    database.execute(
        f"""CREATE TEMP TABLE patient AS SELECT * FROM (
        SELECT row_number() OVER (ORDER BY Id) AS who, Id AS key,
        BIRTHDATE::DATE AS birth, DEATHDATE::DATE AS death, upper(GENDER) = 'F' AS female,
        CASE WHEN ETHNICITY = 'hispanic' THEN 'hispanic' WHEN RACE IN ('white', 'black', 'asian') THEN RACE
             ELSE 'other' END AS race
        FROM patients WHERE BIRTHDATE < DATE '{end}' AND Id IS NOT NULL) WHERE who % {sample} = 0"""
    )


def _years(database: Any, end: date) -> set[str]:
    """Years lived at each age, in the two windows."""
    for years in (RECENT, LONG):
        since = f"DATE '{years_before(end, years)}'"
        first = f"greatest(0, date_sub('year', birth, {since}))"
        database.execute(
            f"""CREATE TEMP TABLE lived_{years} AS SELECT who, female, race, age,
            date_diff('day', begins, ends) / 365.25 AS years FROM (
            SELECT who, female, race, age,
            greatest(birth + to_years(age::INT), {since})::DATE AS begins,
            least(birth + to_years(age::INT + 1), coalesce(death, DATE '{end}'), DATE '{end}')::DATE AS ends
            FROM (SELECT *, unnest(range({first}, date_sub('year', birth, DATE '{end}') + 1)) AS age
                  FROM patient WHERE death IS NULL OR death > {since})) WHERE ends > begins"""
        )
    return set()


def _events(database: Any, end: date) -> set[str]:
    """First diagnoses and deaths."""
    since = years_before(end, LONG)
    database.execute(
        f"""CREATE TEMP TABLE onset AS
        SELECT who, female, race, concept, date_sub('year', birth, first) AS age
        FROM told JOIN patient USING (who) WHERE first >= DATE '{since}' AND first < DATE '{end}'"""
    )
    database.execute(
        f"""CREATE TEMP TABLE death AS SELECT who, female, race, date_sub('year', birth, death) AS age
        FROM patient WHERE death >= DATE '{since}' AND death < DATE '{end}'"""
    )
    return set()
