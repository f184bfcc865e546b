"""Which codes in a population's tables mean which clinical concept."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

LISTED = {
    "conditions": "conditions",
    "reasons": "conditions",
    "drugs": "medications",
    "procedures": "procedures",
}
"""Kind of concept, and the table whose CODE and DESCRIPTION say what it is."""

CODED = {"observations": "observations", "vaccines": "immunizations"}
"""Kinds of concept that are a plain list of codes."""


@cache
def concepts() -> dict[str, dict[str, Any]]:
    """Returns `concepts.yaml`: for each kind its concepts by name.

    Example:
        >>> concepts()["observations"]["sbp"]
        ['8480-6']
    """
    text = Path(__file__).with_name("concepts.yaml").read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return found


def optional() -> set[str]:
    """Returns the concepts that a measure may do without."""
    return {
        name
        for group in concepts().values()
        for name, meaning in group.items()
        if isinstance(meaning, dict) and meaning.get("optional")
    } | {"fasting_glucose"}


def find_codes(database: Any) -> set[str]:
    """Looks for every concept among the codes that the tables use.

    Makes the table `meaning` (kind, concept, code, description) in the database.

    Args:
        database: What `sim.records.layout.connect` returned.

    Returns:
        The names of the concepts found.
    """
    database.execute(
        "CREATE TEMP TABLE meaning (kind VARCHAR, concept VARCHAR, code VARCHAR, description VARCHAR)"
    )
    for kind, table in LISTED.items():
        for name, meaning in concepts()[kind].items():
            _add(
                database,
                kind,
                name,
                f"SELECT DISTINCT CODE, DESCRIPTION FROM {_used(database, table)}",
                meaning,
            )
    for kind, table in CODED.items():
        for name, codes in concepts()[kind].items():
            rows = f"SELECT DISTINCT CODE, NULL AS DESCRIPTION FROM {_used(database, table)}"
            _add(database, kind, name, rows, {"codes": codes})
    _add_habits(database)
    rows = database.execute("SELECT DISTINCT kind, concept FROM meaning").fetchall()
    return {concept if kind != "reasons" else f"reason:{concept}" for kind, concept in rows}


def _used(database: Any, table: str) -> str:
    """Makes a small table of the codes in use, once a table."""
    name = f"used_{table}"
    reasons = (
        " UNION SELECT DISTINCT REASONCODE, REASONDESCRIPTION FROM encounters"
        if table == "conditions"
        else ""
    )
    if table == "conditions":
        reasons += " UNION SELECT DISTINCT CODE, DESCRIPTION FROM encounters"
    database.execute(
        f"CREATE TEMP TABLE IF NOT EXISTS {name} AS SELECT DISTINCT CODE, DESCRIPTION FROM {table}{reasons}"
    )
    return name


def _add_habits(database: Any) -> None:
    """Habits may be conditions, observations or the answers of observations."""
    database.execute(
        "CREATE TEMP TABLE used_habits AS SELECT DISTINCT CODE, DESCRIPTION FROM used_conditions UNION "
        "SELECT DISTINCT CODE, DESCRIPTION FROM observations UNION "
        "SELECT DISTINCT NULL, VALUE FROM observations WHERE try_cast(VALUE AS DOUBLE) IS NULL"
    )
    for name, meaning in concepts()["habits"].items():
        _add(database, "habits", name, "SELECT CODE, DESCRIPTION FROM used_habits", meaning)


def _add(database: Any, kind: str, name: str, rows: str, meaning: dict[str, Any]) -> None:
    database.execute(
        f"INSERT INTO meaning SELECT DISTINCT '{kind}', '{name}', CODE, DESCRIPTION "
        f"FROM ({rows}) WHERE {matching(meaning)}"
    )


def matching(meaning: dict[str, Any]) -> str:
    r"""Writes a concept as a condition in SQL over CODE and DESCRIPTION.

    Example:
        >>> matching({"codes": [8], "words": ["burn"]})
        "(ltrim(CODE, '0') IN ('8') OR regexp_matches(coalesce(DESCRIPTION, ''), '\\b(burn)\\b', 'i'))"
    """
    ways = []
    if "codes" in meaning:
        ways.append(f"ltrim(CODE, '0') IN ({', '.join(repr(str(code)) for code in meaning['codes'])})")
    if "words" in meaning:
        ways.append(_matches(meaning["words"]))
    chosen = f"({' OR '.join(ways)})"
    return f"{chosen} AND NOT {_matches(meaning['without'])}" if "without" in meaning else chosen


def _matches(words: Iterable[str]) -> str:
    return f"regexp_matches(coalesce(DESCRIPTION, ''), '\\b({'|'.join(words)})\\b', 'i')"
