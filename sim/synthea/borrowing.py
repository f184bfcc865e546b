"""The records of patients, moved in time and handed to residents."""

from typing import Any

import pandas as pd

from sim.records.payers import LOW_INCOME, NOBODY, PAYERS, SENIOR
from sim.records.tables import to_pandas
from sim.validation.concepts import concepts, matching

_COPY = "CAST(md5({} || '/' || life.resident) AS UUID)::VARCHAR"
"""A new id for a copy of something; the same source and resident always give the same."""

_SINCE = {
    "encounters": ("Id", "START", "START, STOP"),
    "observations": ("ENCOUNTER", "DATE", "DATE"),
    "procedures": ("ENCOUNTER", "START", "START, STOP"),
    "medications": ("ENCOUNTER", "START", "START, STOP"),
    "conditions": ("ENCOUNTER", "START", "START, STOP"),
    "immunizations": ("ENCOUNTER", "DATE", "DATE"),
    "allergies": ("ENCOUNTER", "START", "START, STOP"),
}
"""For each table the column with an encounter's id, the time by which rows are kept, and all its times."""

_WHOLE = ("medications", "conditions", "allergies")
"""Tables of which what began earlier is kept, too."""


def borrow(
    database: Any, lives: pd.DataFrame, since: pd.Timestamp
) -> tuple[dict[str, pd.DataFrame], "pd.Series[str]"]:
    """Moves records in time and hands them to residents.

    Makes the table `life` and one table `own_...` for each in the database.

    Args:
        database: A source, as `sim.records.layout.connect` opened it.
        lives: One row a resident: patient, shift (days), person, resident (an id), until (a time).
        since: Visits and measurements before this time are dropped.

    Returns:
        The tables by name, and for person numbers the name of their last payer, one of ours.
    """
    database.register("handed", lives)
    database.execute("CREATE OR REPLACE TEMP TABLE life AS SELECT * FROM handed")
    database.unregister("handed")
    database.execute(f"CREATE OR REPLACE TEMP TABLE our_payer AS {_payers()}")
    found = {}
    for name, (encounter, time, times) in _SINCE.items():
        database.execute(_copy(name, encounter, time, times.split(", "), since))
        further = "" if name == "encounters" else ", CODE, DESCRIPTION" + ", VALUE" * (name == "observations")
        rows = f"SELECT * EXCLUDE (person) FROM own_{name} ORDER BY person, {times}, {encounter}{further}"
        found[name] = to_pandas(database.sql(rows).to_arrow_table())
    for name in ("organizations", "providers"):
        found[name] = to_pandas(database.sql(f'SELECT * FROM "{name}" ORDER BY Id').to_arrow_table())
    last = "SELECT person, arg_max(PAYER, (START, Id)) AS payer FROM own_encounters GROUP BY person"
    names = {payer.id: payer.name for payer in PAYERS}
    return found, database.sql(last).df().set_index("person")["payer"].map(names)


def _copy(name: str, encounter: str, time: str, times: list[str], since: pd.Timestamp) -> str:
    """Writes the question that copies a table's rows to residents."""
    replaced = [f"{moment} + to_days(life.shift::INT) AS {moment}" for moment in times]
    replaced += ["life.resident AS PATIENT", f"{_COPY.format('t.' + encounter)} AS {encounter}"]
    joined = f'"{name}" t JOIN life ON t.PATIENT = life.patient'
    if name in ("encounters", "medications"):
        replaced.append("our_payer.ours AS PAYER")
        joined += " LEFT JOIN our_payer ON t.PAYER = our_payer.Id"
    moved = f"t.{time} + to_days(life.shift::INT)"
    kept = f"{moved} < life.until" + ("" if name in _WHOLE else f" AND {moved} >= TIMESTAMP '{since}'")
    columns = f"t.* REPLACE ({', '.join(replaced)}), life.person"
    return f"CREATE OR REPLACE TEMP TABLE own_{name} AS SELECT {columns} FROM {joined} WHERE {kept}"


def _payers() -> str:
    """Writes which of our payers stands for each of the source's: by its name, else by its ownership."""
    own = " ".join(f"WHEN NAME = '{payer.name}' THEN '{payer.id}'" for payer in PAYERS)
    one, other = (payer.id for payer in PAYERS if payer.ownership == "PRIVATE")
    return f"""SELECT Id, CASE {own}
        WHEN upper(OWNERSHIP) LIKE 'NO%INSURANCE%' OR NAME = 'NO_INSURANCE' THEN '{PAYERS[NOBODY].id}'
        WHEN lower(NAME) LIKE '%medicaid%' OR lower(NAME) LIKE '%dual%' THEN '{PAYERS[LOW_INCOME].id}'
        WHEN upper(OWNERSHIP) = 'GOVERNMENT' THEN '{PAYERS[SENIOR].id}'
        WHEN length(NAME) % 2 = 0 THEN '{one}' ELSE '{other}' END AS ours FROM payers"""


def told(database: Any, concept: str) -> list[int]:
    """Returns the numbers of the people who have a condition, open at the end; none for an unknown one."""
    meaning = concepts()["conditions"].get(concept)
    if meaning is None:
        return []
    question = (
        "SELECT DISTINCT person FROM own_conditions JOIN life USING (person) "
        f"WHERE {matching(meaning)} AND (STOP IS NULL OR STOP >= life.until) ORDER BY person"
    )
    return [row[0] for row in database.execute(question).fetchall()]


def takes(database: Any, concept: str) -> "pd.Series[float]":
    """Returns for person numbers how many drugs of a kind they had some of in their last thirty days."""
    question = (
        "SELECT person, count(DISTINCT CODE)::DOUBLE AS drugs FROM own_medications JOIN life USING (person) "
        f"WHERE {matching(concepts()['drugs'][concept])} "
        "AND (STOP IS NULL OR STOP >= life.until - INTERVAL 30 DAY) GROUP BY person ORDER BY person"
    )
    found: pd.Series[float] = database.sql(question).df().set_index("person")["drugs"]
    return found


def newest(database: Any, concept: str) -> "pd.Series[float]":
    """Returns for person numbers the newest value of a kind; nothing for an unknown one."""
    codes = concepts()["observations"].get(concept, [])
    listed = ", ".join(f"'{code}'" for code in codes) or "''"
    question = (
        "SELECT person, arg_max(try_cast(VALUE AS DOUBLE), (DATE, VALUE)) AS value FROM own_observations "
        f"WHERE CODE IN ({listed}) AND isfinite(try_cast(VALUE AS DOUBLE)) GROUP BY person ORDER BY person"
    )
    found: pd.Series[float] = database.sql(question).df().set_index("person")["value"]
    return found
