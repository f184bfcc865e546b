"""Everybody alive at the end: what they were told they have, what they take, and what was last measured."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sim.validation.concepts import concepts
from sim.validation.definitions import definitions
from sim.validation.windows import LONG, RECENT, has_rows, years_before

ACUTE = ("inpatient", "emergency", "urgentcare")
"""Values measured in such encounters do not say how somebody is in ordinary life."""


def conditions(database: Any, end: date) -> set[str]:
    """When a condition was first recorded, and whether it is still open."""
    database.execute(
        f"""CREATE TEMP TABLE told AS SELECT who, concept, min(START)::DATE AS first,
        bool_or(STOP IS NULL OR STOP >= DATE '{end}') AS now
        FROM conditions c JOIN patient ON PATIENT = key JOIN {_meaning("conditions")}
        WHERE START < DATE '{end}' GROUP BY who, concept"""
    )
    return set()


def habits(database: Any, end: date) -> set[str]:
    """Habits, recorded as a condition, as an observation or as the newest answer to one."""
    known = "SELECT {} FROM meaning WHERE kind = 'habits' AND code IS {} NULL"
    database.execute(
        f"""CREATE TEMP TABLE habit AS SELECT DISTINCT who, concept FROM (
        SELECT PATIENT, CODE, DESCRIPTION FROM conditions
        UNION SELECT PATIENT, CODE, DESCRIPTION FROM observations
              WHERE CODE IN ({known.format("code", "NOT")})
        UNION SELECT PATIENT, NULL, arg_max(VALUE, (DATE, VALUE)) FROM observations
              WHERE CODE IN (SELECT CODE FROM observations WHERE VALUE IN ({known.format("description", "")}))
              GROUP BY PATIENT, CODE) c
        JOIN patient ON PATIENT = key JOIN meaning m ON kind = 'habits'
        AND c.CODE IS NOT DISTINCT FROM m.code AND c.DESCRIPTION IS NOT DISTINCT FROM m.description"""
    )
    return set()


def drugs(database: Any, end: date) -> set[str]:
    """Drugs of which there was some in the last thirty days."""
    database.execute(
        f"""CREATE TEMP TABLE taken AS SELECT DISTINCT who, CODE, DESCRIPTION
        FROM medications JOIN patient ON PATIENT = key
        WHERE START < DATE '{end}' AND (STOP IS NULL OR STOP >= DATE '{end - timedelta(days=30)}')"""
    )
    return {"drugs"} if has_rows(database, "medications") else set()


def values(database: Any, end: date) -> set[str]:
    """The newest value of each kind: the mean of the last day on which it was measured in ordinary life."""
    since = years_before(end, RECENT)
    database.execute(
        f"""CREATE TEMP TABLE acute AS SELECT Id FROM encounters
        WHERE ENCOUNTERCLASS IN {ACUTE} AND (STOP IS NULL OR STOP >= DATE '{since}')"""
    )
    database.execute(
        f"""CREATE TEMP TABLE latest AS SELECT who, concept, arg_max(value, day) AS value FROM (
        SELECT who, concept, DATE::DATE AS day, avg(try_cast(VALUE AS DOUBLE)) AS value
        FROM observations o JOIN meaning m ON kind = 'observations' AND o.CODE = m.code
        JOIN patient ON PATIENT = key
        WHERE DATE >= DATE '{since}' AND DATE < DATE '{end}' AND death IS NULL
        AND (ENCOUNTER IS NULL OR ENCOUNTER NOT IN (SELECT Id FROM acute))
        AND isfinite(try_cast(VALUE AS DOUBLE)) GROUP BY who, concept, day) GROUP BY who, concept"""
    )
    return set()


def answers(database: Any, end: date) -> set[str]:
    """The newest answer in words; whoever was not asked has none."""
    since = years_before(end, RECENT)
    asked = concepts()["answers"]
    codes = ", ".join(sorted({f"'{meaning['code']}'" for meaning in asked.values()}))
    database.execute(
        f"""CREATE TEMP TABLE answer AS
        SELECT who, CODE AS code, arg_max(lower(VALUE), (DATE, VALUE)) AS said
        FROM observations JOIN patient ON PATIENT = key
        WHERE CODE IN ({codes}) AND DATE >= DATE '{since}' AND DATE < DATE '{end}' GROUP BY who, CODE"""
    )
    known = {row[0] for row in database.execute("SELECT DISTINCT code FROM answer").fetchall()}
    return {name for name, meaning in asked.items() if meaning["code"] in known}


def doses(database: Any, end: date) -> set[str]:
    """Days with a vaccine by the age of 24 months, by 8 months (early) and within three days of birth."""
    day = "count(DISTINCT DATE::DATE)"
    database.execute(
        f"""CREATE TEMP TABLE dose AS SELECT who, concept, {day} AS doses,
        {day} FILTER (DATE::DATE < birth + INTERVAL 8 MONTH) AS early,
        {day} FILTER (DATE::DATE <= birth + INTERVAL 3 DAY) AS at_birth
        FROM immunizations i JOIN patient ON PATIENT = key
        LEFT JOIN meaning m ON kind = 'vaccines' AND i.CODE = m.code
        WHERE DATE::DATE < birth + INTERVAL 24 MONTH GROUP BY who, concept"""
    )
    return {"immunizations"} if has_rows(database, "immunizations") else set()


def people(database: Any, end: date) -> set[str]:
    """Makes the table `person`: all that is known about the living, side by side."""
    joins = "\n".join(f"LEFT JOIN ({part}) p{n} USING (who)" for n, part in enumerate(_parts(end)))
    alive = f"death IS NULL OR death >= DATE '{end}'"
    database.execute(f"CREATE TEMP TABLE side AS SELECT * FROM patient {joins} WHERE {alive}")
    columns = f"{_person(end)}, * EXCLUDE (key, birth, death) {_filled()}"
    database.execute(f"CREATE TEMP TABLE person AS SELECT {columns} FROM side")
    for name, formula in definitions()["derived"].items():
        database.execute(
            f"CREATE OR REPLACE TEMP TABLE person AS SELECT *, ({formula}) AS {name} FROM person"
        )
    return set()


def _parts(end: date) -> Iterable[str]:
    """Writes what is known about each person, one query a kind."""
    told = ("bool_or(concept = '{0}') AS has_{0}", "bool_or(concept = '{0}' AND now) AS now_{0}")
    yield _wide("told", told, "conditions")
    yield _wide("habit", ("bool_or(concept = '{0}') AS habit_{0}",), "habits")
    yield _wide("latest", ("max(value) FILTER (concept = '{0}') AS {0}",), "observations")
    counts = {"doses_{0}": "doses", "early_{0}": "early", "doses_{0}_birth": "at_birth"}
    given = tuple(f"max({old}) FILTER (concept = '{{0}}') AS {new}" for new, old in counts.items())
    yield _wide("dose", given, "vaccines", "sum(doses) AS doses_given")
    taken = f"taken c LEFT JOIN {_meaning('drugs')}"
    yield _wide(taken, ("bool_or(concept = '{0}') AS takes_{0}",), "drugs", "count(DISTINCT c.CODE) AS taken")
    said = ", ".join(_said(name, meaning) for name, meaning in concepts()["answers"].items())
    yield f"SELECT who, {said} FROM answer GROUP BY who"
    yield (
        "SELECT who, bool_or(place = 'emergency') AS emergency, bool_or(class = 'virtual') AS virtual "
        f"FROM visit WHERE day >= DATE '{years_before(end, 1)}' GROUP BY who"
    )
    yield (
        "SELECT DISTINCT who, true AS colonoscopy FROM procedures c JOIN patient ON PATIENT = key "
        f"JOIN {_meaning('procedures')} WHERE START >= DATE '{years_before(end, LONG)}'"
    )
    yield _PAYER


_PAYER = """SELECT who, CASE WHEN lower(OWNERSHIP) LIKE 'no%insurance%'
         OR lower(NAME) IN ('self-pay', 'no insurance', 'no_insurance') THEN 'uninsured'
    WHEN lower(NAME) LIKE '%medicaid%' OR lower(NAME) LIKE '%low-income%' THEN 'medicaid'
    WHEN lower(OWNERSHIP) = 'private' THEN 'private' ELSE 'other' END AS payer
    FROM (SELECT PATIENT, arg_max(PAYER, (START, Id)) AS PAYER FROM encounters GROUP BY PATIENT)
    JOIN patient ON PATIENT = key LEFT JOIN payers ON PAYER = payers.Id"""


def _person(end: date) -> str:
    """Age in years, and the cell whose people stand for each other where not everybody was measured.

    A cell is an age decade, a sex, and diagnoses for which people are measured more often. Its last three
    bits weigh least: cells that differ in them only are alike (`sim.validation.measures.ALIKE`).
    """
    age = f"date_sub('year', birth, DATE '{end}')"
    measured_for = ("has_diabetes", "has_prediabetes", "has_weak_kidneys")
    flags = ("has_hypertension", "has_lipid_disorder", _MOOD, *measured_for, "female")
    bits = " + ".join(f"{2**n} * coalesce({flag}, false)::INT" for n, flag in enumerate(flags))
    return f"{age} AS age, (least({age}, 89) // 10) * {2 ** len(flags)} + {bits} AS cell"


_MOOD = "(coalesce(has_depression, false) OR coalesce(has_anxiety, false))"


def _filled() -> str:
    """Says no, or none, for all that is either recorded or not so."""
    kinds = {"has": "conditions", "now": "conditions", "habit": "habits", "takes": "drugs"}
    falses = [f"{prefix}_{name}" for prefix, kind in kinds.items() for name in concepts()[kind]]
    shapes = ("doses_{}", "early_{}", "doses_{}_birth")
    zeros = [shape.format(name) for name in concepts()["vaccines"] for shape in shapes]
    replaced = [f"coalesce({name}, false) AS {name}" for name in falses]
    replaced += [f"coalesce({name}, 0) AS {name}" for name in zeros]
    renamed = {
        "emergency": "emergency_in_year",
        "virtual": "virtual_in_year",
        "colonoscopy": "recent_colonoscopy",
    }
    added = [f"coalesce({old}, false) AS {new}" for old, new in renamed.items()]
    added += ["coalesce(taken, 0) AS drugs", "coalesce(doses_given, 0) AS doses_total"]
    return f"REPLACE ({', '.join(replaced)}), {', '.join(added)}"


def _meaning(kind: str) -> str:
    """Joins a table `c` of coded rows with what its codes mean."""
    same = "c.CODE = m.code AND c.DESCRIPTION IS NOT DISTINCT FROM m.description"
    return f"meaning m ON kind = '{kind}' AND {same}"


def _wide(source: str, patterns: tuple[str, ...], kind: str, more: str = "") -> str:
    columns = [pattern.format(name) for name in concepts()[kind] for pattern in patterns]
    return f"SELECT who, {', '.join([*columns, more] if more else columns)} FROM {source} GROUP BY who"


def _said(name: str, meaning: dict[str, Any]) -> str:
    likes = " OR ".join(f"said LIKE '{pattern}'" for pattern in meaning["like"])
    return f"bool_or({likes}) FILTER (code = '{meaning['code']}') AS {name}"
