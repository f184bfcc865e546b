"""The tables that every measure reads: people, visits, deaths, first diagnoses, and years lived.

All are made inside the database from Synthea's tables, and nothing else:

* `person`: one row for everybody alive on the day the records end, with what they have, take and measure;
* `visit`: one row for each visit or stay of the last `RECENT` years;
* `onset`, `death`: first records of a condition and deaths in the last `LONG` years;
* `lived_3`, `lived_10`: years that each person lived at each age, in those windows.
"""

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from tqdm import tqdm

from sim.errors import HilabError
from sim.validation.concepts import concepts, find_codes

RECENT = 3
"""Years of visits, and of measured values that are still held to be true."""

LONG = 10
"""Years of deaths and of new diagnoses."""

ACUTE = ("inpatient", "emergency", "urgentcare")
"""Values measured in such encounters do not say how somebody is in ordinary life."""

OFFICE = ("ambulatory", "wellness", "urgentcare", "virtual")
"""Classes of encounter that take place in a doctor's office, or by telephone with it."""


@cache
def definitions() -> dict[str, Any]:
    """Returns `measures.yaml`: derived columns, subgroups and measures."""
    text = Path(__file__).with_name("measures.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def build(database: Any, sample: int = 1, progress: bool = True) -> tuple[date, set[str]]:
    """Makes the tables.

    Args:
        database: What `sim.records.layout.connect` returned.
        sample: Look at one person in so many.
        progress: Show a bar.

    Returns:
        The day the records end, and the concepts that they know.

    Raises:
        HilabError: If nobody is in the tables.
    """
    end = _end(database)
    steps = (_patients, _codes, _conditions, _drugs, _values, _answers, _doses, _years, _visits, _events, _people)
    found: set[str] = set()
    for step in tqdm(steps, desc="reading the records", disable=not progress):
        found |= step(database, end) or set()
        if step is _patients and sample > 1:
            database.execute(f"DELETE FROM patient WHERE who % {sample} > 0")
    return end, found


def _end(database: Any) -> date:
    """Returns the day after the newest encounter, or after the newest birth."""
    newest = database.execute(
        "SELECT max(day) FROM (SELECT max(START) AS day FROM encounters UNION ALL SELECT max(BIRTHDATE) FROM patients)"
    ).fetchone()[0]
    if newest is None:
        raise HilabError("The table of patients is empty or has no BIRTHDATE; there is nothing to validate.")
    day: date = newest.date() + timedelta(days=1)
    return day


def _patients(database: Any, end: date) -> None:
    database.execute(
        f"""CREATE TEMP TABLE patient AS SELECT row_number() OVER (ORDER BY Id) AS who, Id AS key,
        BIRTHDATE::DATE AS birth, DEATHDATE::DATE AS death, upper(GENDER) = 'F' AS female,
        CASE WHEN ETHNICITY = 'hispanic' THEN 'hispanic' WHEN RACE IN ('white', 'black', 'asian') THEN RACE
             ELSE 'other' END AS race
        FROM patients WHERE BIRTHDATE < DATE '{end}' AND Id IS NOT NULL"""
    )


def _codes(database: Any, end: date) -> set[str]:
    return find_codes(database)


def _conditions(database: Any, end: date) -> None:
    database.execute(
        f"""CREATE TEMP TABLE told AS SELECT who, concept, min(START)::DATE AS first,
        bool_or(STOP IS NULL OR STOP >= DATE '{end}') AS now
        FROM conditions c JOIN patient ON PATIENT = key JOIN meaning m
        ON kind = 'conditions' AND c.CODE = m.code AND c.DESCRIPTION IS NOT DISTINCT FROM m.description
        WHERE START < DATE '{end}' GROUP BY who, concept"""
    )
    database.execute(
        """CREATE TEMP TABLE habit AS SELECT DISTINCT who, concept FROM (
        SELECT PATIENT, CODE, DESCRIPTION FROM conditions
        UNION SELECT PATIENT, CODE, DESCRIPTION FROM observations WHERE CODE IN (SELECT code FROM meaning WHERE kind = 'habits')
        UNION SELECT PATIENT, NULL, VALUE FROM observations
        WHERE VALUE IN (SELECT description FROM meaning WHERE kind = 'habits' AND code IS NULL)) c
        JOIN patient ON PATIENT = key JOIN meaning m ON kind = 'habits' AND c.CODE IS NOT DISTINCT FROM m.code
        AND c.DESCRIPTION IS NOT DISTINCT FROM m.description"""
    )


def _drugs(database: Any, end: date) -> set[str]:
    """Drugs of which there was some in the last thirty days."""
    database.execute(
        f"""CREATE TEMP TABLE taken AS SELECT DISTINCT who, CODE AS code, DESCRIPTION AS description
        FROM medications JOIN patient ON PATIENT = key
        WHERE START < DATE '{end}' AND (STOP IS NULL OR STOP >= DATE '{end - timedelta(days=30)}')"""
    )
    return {"drugs"} if _some(database, "medications") else set()


def _values(database: Any, end: date) -> None:
    """The newest value of each kind: the mean of the last day on which it was measured in ordinary life."""
    classes = ", ".join(f"'{name}'" for name in ACUTE)
    since = _years_before(end, RECENT)
    database.execute(
        f"""CREATE TEMP TABLE acute AS SELECT Id FROM encounters
        WHERE ENCOUNTERCLASS IN ({classes}) AND STOP >= DATE '{since}'"""
    )
    database.execute(
        f"""CREATE TEMP TABLE latest AS SELECT who, concept, arg_max(value, day) AS value FROM (
        SELECT who, concept, DATE::DATE AS day, avg(try_cast(VALUE AS DOUBLE)) AS value
        FROM observations o JOIN meaning m ON kind = 'observations' AND o.CODE = m.code JOIN patient ON PATIENT = key
        WHERE DATE >= DATE '{since}' AND DATE < DATE '{end}' AND death IS NULL
        AND (ENCOUNTER IS NULL OR ENCOUNTER NOT IN (SELECT Id FROM acute))
        GROUP BY who, concept, day HAVING avg(try_cast(VALUE AS DOUBLE)) IS NOT NULL) GROUP BY who, concept"""
    )


def _answers(database: Any, end: date) -> set[str]:
    """Answers in words; whoever was never asked has none."""
    since = _years_before(end, RECENT)
    codes = sorted({meaning["code"] for meaning in concepts()["answers"].values()})
    database.execute(
        f"""CREATE TEMP TABLE answer AS SELECT who, CODE AS code, arg_max(lower(VALUE), (DATE, VALUE)) AS said
        FROM observations JOIN patient ON PATIENT = key
        WHERE CODE IN ({", ".join(repr(code) for code in codes)}) AND DATE >= DATE '{since}' AND DATE < DATE '{end}'
        GROUP BY who, CODE"""
    )
    known = {row[0] for row in database.execute("SELECT DISTINCT code FROM answer").fetchall()}
    return {name for name, meaning in concepts()["answers"].items() if meaning["code"] in known}


def _doses(database: Any, end: date) -> set[str]:
    """Vaccines by the age of 24 months, by 8 months (early) and within three days of birth."""
    database.execute(
        """CREATE TEMP TABLE dose AS SELECT who, concept, count(DISTINCT DATE::DATE) AS doses,
        count(DISTINCT DATE::DATE) FILTER (DATE::DATE < birth + INTERVAL 8 MONTH) AS early,
        count(DISTINCT DATE::DATE) FILTER (DATE::DATE <= birth + INTERVAL 3 DAY) AS at_birth
        FROM immunizations i JOIN patient ON PATIENT = key
        LEFT JOIN meaning m ON kind = 'vaccines' AND i.CODE = m.code
        WHERE DATE::DATE < birth + INTERVAL 24 MONTH GROUP BY who, concept"""
    )
    return {"immunizations"} if _some(database, "immunizations") else set()


def _years(database: Any, end: date) -> None:
    """Years lived at each age, in the two windows."""
    for years in (RECENT, LONG):
        since = _years_before(end, years)
        database.execute(
            f"""CREATE TEMP TABLE lived_{years} AS SELECT who, female, race, age,
            date_diff('day', begins, ends) / 365.25 AS years FROM (
            SELECT who, female, race, age, greatest(birth + to_years(age::INT), DATE '{since}')::DATE AS begins,
            least(birth + to_years(age::INT + 1), coalesce(death, DATE '{end}'), DATE '{end}')::DATE AS ends
            FROM (SELECT *, unnest(range(
                greatest(0, date_sub('year', birth, DATE '{since}')), date_sub('year', birth, DATE '{end}') + 1
            )) AS age FROM patient WHERE death IS NULL OR death > DATE '{since}')) WHERE ends > begins"""
        )


def _visits(database: Any, end: date) -> set[str]:
    since = _years_before(end, RECENT)
    office = ", ".join(f"'{name}'" for name in OFFICE)
    database.execute(
        f"""CREATE TEMP TABLE seen AS SELECT Id AS id, who, female, race, birth, death, START AS start, STOP AS stop,
        ENCOUNTERCLASS AS class, TOTAL_CLAIM_COST AS cost, REASONCODE AS code, REASONDESCRIPTION AS description,
        CODE AS own_code, DESCRIPTION AS own_description,
        CASE WHEN ENCOUNTERCLASS IN ({office}) THEN 'office'
             WHEN ENCOUNTERCLASS IN ('outpatient', 'emergency', 'inpatient') THEN ENCOUNTERCLASS
             ELSE 'elsewhere' END AS place
        FROM encounters e JOIN patient p ON PATIENT = key WHERE START >= DATE '{since}' AND START < DATE '{end}'"""
    )
    _reasons(database)
    _mentions(database, end)
    flags = ", ".join(
        f"coalesce(bool_or(concept = '{name}'), false) AS reason_{name}" for name in concepts()["reasons"]
    )
    named = ", ".join(f"coalesce(reason_{name}, false) AS reason_{name}" for name in concepts()["reasons"])
    database.execute(
        f"""CREATE TEMP TABLE visit AS SELECT seen.id, seen.who, seen.female, seen.race, class, place, cost,
        date_sub('year', birth, start::DATE) AS age, start::DATE AS day,
        date_diff('day', start::DATE, stop::DATE) AS days, mention.drugs, {named},
        place = 'inpatient' AND stop < TIMESTAMP '{end - timedelta(days=30)} 00:00:00'
            AND (death IS NULL OR death > stop::DATE) AND date_sub('year', birth, start::DATE) >= 1 AS index_stay,
        coalesce(place = 'inpatient' AND again - stop <= INTERVAL 30 DAY, false) AS back_in_30_days
        FROM seen LEFT JOIN (SELECT id, {flags} FROM reason GROUP BY id) USING (id)
        LEFT JOIN mention USING (id)
        LEFT JOIN (SELECT id, lead(start) OVER (PARTITION BY who ORDER BY start, id) AS again
                   FROM seen WHERE place = 'inpatient') USING (id)"""
    )
    return {"visit"} if _some(database, "visit") else set()


def _reasons(database: Any) -> None:
    """What visits were for: their reason, or else a condition that began in them, or their own name."""
    database.execute(
        """CREATE TEMP TABLE reason AS SELECT DISTINCT a.id, concept FROM (
        SELECT id, code, description FROM seen WHERE code IS NOT NULL
        UNION ALL SELECT ENCOUNTER, c.CODE, c.DESCRIPTION FROM conditions c JOIN seen ON ENCOUNTER = seen.id
        WHERE seen.code IS NULL
        UNION ALL SELECT id, own_code, own_description FROM seen WHERE code IS NULL) a
        JOIN meaning m ON kind = 'reasons' AND a.code = m.code AND a.description IS NOT DISTINCT FROM m.description"""
    )


def _mentions(database: Any, end: date) -> None:
    """Drugs and vaccines at each office visit of the last year, at most eight as the survey counted."""
    since = _years_before(end, 1)
    database.execute(
        f"""CREATE TEMP TABLE mention AS WITH office AS (
        SELECT id, who, start::DATE AS day FROM seen WHERE place = 'office' AND start >= DATE '{since}'),
        pill AS (SELECT who, CODE, START::DATE AS begins, STOP::DATE AS ends FROM medications JOIN patient ON PATIENT = key
        WHERE STOP IS NULL OR STOP >= DATE '{since}'),
        shot AS (SELECT who, CODE, DATE::DATE AS day FROM immunizations JOIN patient ON PATIENT = key
        WHERE DATE >= DATE '{since}')
        SELECT office.id, least(8, coalesce(any_value(pills), 0) + coalesce(any_value(shots), 0)) AS drugs FROM office
        LEFT JOIN (SELECT office.id, count(DISTINCT CODE) AS pills FROM office JOIN pill USING (who)
            WHERE begins <= day AND (ends IS NULL OR ends >= day) GROUP BY office.id) p USING (id)
        LEFT JOIN (SELECT office.id, count(DISTINCT CODE) AS shots FROM office JOIN shot USING (who, day) GROUP BY office.id) s
        USING (id) GROUP BY office.id"""
    )


def _events(database: Any, end: date) -> None:
    since = _years_before(end, LONG)
    database.execute(
        f"""CREATE TEMP TABLE onset AS SELECT who, female, race, concept, date_sub('year', birth, first) AS age
        FROM told JOIN patient USING (who) WHERE first >= DATE '{since}' AND first < DATE '{end}'"""
    )
    database.execute(
        f"""CREATE TEMP TABLE death AS SELECT who, female, race, date_sub('year', birth, death) AS age
        FROM patient WHERE death >= DATE '{since}' AND death < DATE '{end}'"""
    )


def _people(database: Any, end: date) -> None:
    """Puts all that is known about the living side by side."""
    year, decade = _years_before(end, 1), _years_before(end, LONG)
    parts = (
        _wide("told", "coalesce(bool_or(concept = '{0}'), false) AS has_{0}, "
              "coalesce(bool_or(concept = '{0}' AND now), false) AS now_{0}", concepts()["conditions"]),
        _wide("habit", "coalesce(bool_or(concept = '{0}'), false) AS habit_{0}", concepts()["habits"]),
        _wide("latest", "max(value) FILTER (concept = '{0}') AS {0}", concepts()["observations"]),
        _wide("dose", "coalesce(max(doses) FILTER (concept = '{0}'), 0) AS doses_{0}, "
              "coalesce(max(early) FILTER (concept = '{0}'), 0) AS early_{0}, "
              "coalesce(max(at_birth) FILTER (concept = '{0}'), 0) AS doses_{0}_birth", concepts()["vaccines"],
              "sum(doses) AS doses_given"),
        _wide("taken LEFT JOIN meaning m ON kind = 'drugs' AND taken.code = m.code "
              "AND taken.description IS NOT DISTINCT FROM m.description",
              "bool_or(concept = '{0}') AS takes_{0}", concepts()["drugs"], "count(DISTINCT taken.code) AS taken"),
        "SELECT who, " + ", ".join(_said(name, meaning) for name, meaning in concepts()["answers"].items())
        + " FROM answer GROUP BY who",
        f"SELECT who, bool_or(place = 'emergency') AS emergency, bool_or(class = 'virtual') AS virtual "
        f"FROM visit WHERE day >= DATE '{year}' GROUP BY who",
        f"SELECT DISTINCT who, true AS colonoscopy FROM procedures c JOIN patient ON PATIENT = key JOIN meaning m "
        f"ON kind = 'procedures' AND c.CODE = m.code AND c.DESCRIPTION IS NOT DISTINCT FROM m.description "
        f"WHERE START >= DATE '{decade}'",
        _PAYER,
    )
    joins = "\n".join(f"LEFT JOIN ({part}) p{n} USING (who)" for n, part in enumerate(parts))
    database.execute(f"CREATE TEMP TABLE side AS SELECT * FROM patient {joins} WHERE death IS NULL OR death >= DATE '{end}'")
    database.execute(f"CREATE TEMP TABLE person AS SELECT {_person(end)}, * EXCLUDE (key, birth, death) {_filled()} FROM side")
    for name, formula in definitions()["derived"].items():
        database.execute(f"CREATE OR REPLACE TEMP TABLE person AS SELECT *, ({formula}) AS {name} FROM person")


_PAYER = """SELECT who, CASE WHEN lower(OWNERSHIP) LIKE 'no%insurance%' OR lower(NAME) IN ('self-pay', 'no insurance',
    'no_insurance') THEN 'uninsured' WHEN lower(NAME) LIKE '%medicaid%' OR lower(NAME) LIKE '%low-income%' THEN 'medicaid'
    WHEN lower(OWNERSHIP) = 'private' THEN 'private' ELSE 'other' END AS payer
    FROM (SELECT PATIENT, arg_max(PAYER, (START, Id)) AS PAYER FROM encounters GROUP BY PATIENT) e
    JOIN patient ON PATIENT = key LEFT JOIN payers ON PAYER = payers.Id"""


def _person(end: date) -> str:
    """Age in years, and the cell whose people stand for each other where not everybody was measured."""
    age = f"date_sub('year', birth, DATE '{end}')"
    flags = "has_diabetes", "has_hypertension", "has_lipid_disorder"
    bits = " + ".join(f"{2**n} * coalesce({flag}, false)::INT" for n, flag in enumerate(flags))
    mood = "8 * (coalesce(has_depression, false) OR coalesce(has_anxiety, false))::INT"
    return f"{age} AS age, (least({age}, 89) // 10) * 32 + female::INT * 16 + {mood} + {bits} AS cell"


def _filled() -> str:
    """Says no where nothing is known, for all that is either recorded or not so."""
    falses = [f"has_{name}" for name in concepts()["conditions"]]
    falses += [f"now_{name}" for name in concepts()["conditions"]]
    falses += [f"habit_{name}" for name in concepts()["habits"]] + [f"takes_{name}" for name in concepts()["drugs"]]
    zeros = [f"{kind}_{name}" for name in concepts()["vaccines"] for kind in ("doses", "early")]
    zeros += [f"doses_{name}_birth" for name in concepts()["vaccines"]]
    replaced = [f"coalesce({name}, false) AS {name}" for name in falses]
    replaced += [f"coalesce({name}, 0) AS {name}" for name in zeros]
    renamed = {"emergency": "emergency_in_year", "virtual": "virtual_in_year", "colonoscopy": "recent_colonoscopy"}
    added = [f"coalesce({old}, false) AS {new}" for old, new in renamed.items()]
    added += ["coalesce(taken, 0) AS drugs", "coalesce(doses_given, 0) AS doses_total"]
    return f"REPLACE ({', '.join(replaced)}), {', '.join(added)}"


def _wide(source: str, pattern: str, names: Any, more: str = "") -> str:
    columns = [pattern.format(name) for name in names] + ([more] if more else [])
    return f"SELECT who, {', '.join(columns)} FROM {source} GROUP BY who"


def _said(name: str, meaning: dict[str, Any]) -> str:
    likes = " OR ".join(f"said LIKE '{pattern}'" for pattern in meaning["like"])
    return f"bool_or({likes}) FILTER (code = '{meaning['code']}') AS {name}"


def _some(database: Any, table: str) -> bool:
    return bool(database.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall())


def _years_before(end: date, years: int) -> date:
    """Returns the same day some years earlier.

    Example:
        >>> _years_before(date(2024, 2, 29), 3)
        datetime.date(2021, 2, 28)
    """
    try:
        return end.replace(year=end.year - years)
    except ValueError:
        return end.replace(year=end.year - years, day=28)
