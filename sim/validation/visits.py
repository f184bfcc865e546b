"""Visits and stays of the last years: where, how long, what for, at what cost, and with how many drugs."""

from datetime import date, timedelta
from typing import Any

from sim.validation.concepts import concepts
from sim.validation.windows import RECENT, has_rows, years_before

OFFICE = ("ambulatory", "wellness", "urgentcare", "virtual")
"""Classes of encounter that take place in a doctor's office, or by telephone with it."""

HOSPITAL = ("outpatient", "emergency", "inpatient")
"""Classes of encounter in a hospital, each a place of its own; all other classes are elsewhere."""

MOST_DRUGS = 8
"""Drugs of one visit that the survey counted at most (NAMCS 2007)."""


def visits(database: Any, end: date) -> set[str]:
    """Makes the table `visit`."""
    _seen(database, end)
    _reasons(database)
    _mentions(database, end)
    names = list(concepts()["reasons"])
    flags = ", ".join(f"bool_or(concept = '{name}') AS reason_{name}" for name in names)
    named = ", ".join(f"coalesce(reason_{name}, false) AS reason_{name}" for name in names)
    month_ago = end - timedelta(days=30)
    database.execute(
        f"""CREATE TEMP TABLE visit AS SELECT seen.id, seen.who, seen.female, seen.race, class, place, cost,
        date_sub('year', birth, start::DATE) AS age, start::DATE AS day,
        date_diff('day', start::DATE, stop::DATE) AS days, mention.drugs, {named},
        coalesce(reason_liveborn, false) AS newborn,
        place = 'inpatient' AND stop::DATE < DATE '{month_ago}' AND (death IS NULL OR death > stop::DATE)
            AND date_sub('year', birth, start::DATE) >= 1 AS index_stay,
        coalesce(place = 'inpatient' AND again - stop <= INTERVAL 30 DAY, false) AS back_in_30_days
        FROM seen LEFT JOIN (SELECT id, {flags} FROM reason GROUP BY id) USING (id)
        LEFT JOIN mention USING (id)
        LEFT JOIN (SELECT id, lead(start) OVER (PARTITION BY who ORDER BY start, id) AS again
                   FROM seen WHERE place = 'inpatient') USING (id)"""
    )
    return {"visit"} if has_rows(database, "visit") else set()


def _seen(database: Any, end: date) -> None:
    since = years_before(end, RECENT)
    database.execute(
        f"""CREATE TEMP TABLE seen AS SELECT Id AS id, who, female, race, birth, death,
        START AS start, STOP AS stop, ENCOUNTERCLASS AS class, TOTAL_CLAIM_COST AS cost,
        REASONCODE AS code, REASONDESCRIPTION AS description,
        CODE AS own_code, DESCRIPTION AS own_description,
        CASE WHEN ENCOUNTERCLASS IN {OFFICE} THEN 'office'
             WHEN ENCOUNTERCLASS IN {HOSPITAL} THEN ENCOUNTERCLASS ELSE 'elsewhere' END AS place
        FROM encounters JOIN patient ON PATIENT = key
        WHERE START >= DATE '{since}' AND START < DATE '{end}'"""
    )


def _reasons(database: Any) -> None:
    """What visits were for: their reason, or else a condition that began in them, or their own name."""
    database.execute(
        """CREATE TEMP TABLE reason AS SELECT DISTINCT a.id, concept FROM (
        SELECT id, code, description FROM seen WHERE code IS NOT NULL
        UNION ALL SELECT ENCOUNTER, c.CODE, c.DESCRIPTION FROM conditions c JOIN seen ON ENCOUNTER = seen.id
        WHERE seen.code IS NULL
        UNION ALL SELECT id, own_code, own_description FROM seen WHERE code IS NULL) a
        JOIN meaning m ON kind = 'reasons' AND a.code = m.code
        AND a.description IS NOT DISTINCT FROM m.description"""
    )


def _mentions(database: Any, end: date) -> None:
    """Drugs active and vaccines given at each office visit of the last year."""
    since = years_before(end, 1)
    database.execute(
        f"""CREATE TEMP TABLE mention AS WITH
        office AS (SELECT id, who, start::DATE AS day FROM seen
                   WHERE place = 'office' AND start >= DATE '{since}'),
        pill AS (SELECT who, CODE, START::DATE AS begins, STOP::DATE AS ends
                 FROM medications JOIN patient ON PATIENT = key WHERE STOP IS NULL OR STOP >= DATE '{since}'),
        shot AS (SELECT who, CODE, DATE::DATE AS day
                 FROM immunizations JOIN patient ON PATIENT = key WHERE DATE >= DATE '{since}'),
        pills AS (SELECT id, count(DISTINCT CODE) AS n FROM office JOIN pill USING (who)
                  WHERE begins <= day AND (ends IS NULL OR ends >= day) GROUP BY id),
        shots AS (SELECT id, count(DISTINCT CODE) AS n FROM office JOIN shot USING (who, day) GROUP BY id)
        SELECT id, least({MOST_DRUGS}, coalesce(pills.n, 0) + coalesce(shots.n, 0)) AS drugs
        FROM office LEFT JOIN pills USING (id) LEFT JOIN shots USING (id)"""
    )
