"""FHIR R4 read back into tables with Synthea's columns.

Six types are read, from NDJSON (`Patient.ndjson`, `Patient.00000.ndjson`) or from bundles (`*.json`):
Patient, Encounter, Condition, MedicationRequest, Observation and Procedure. What FHIR does not say stays
blank, above all costs and payers. Synthea's FHIR has one class for all visits (AMB), so that check-ups read
as "ambulatory"; and it does not say when a finished prescription ended, so that it ends on the day it began.
"""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from sim.errors import HilabError
from sim.records.layout import NUMBERS, TIMES, schema

_ID = "regexp_extract({} ->> '$.reference', '[^/:]+$')"
_PATIENT, _ENCOUNTER = _ID.format("r -> '$.subject'"), _ID.format("r -> '$.encounter'")
_RACE = """lower(list_filter(from_json(r -> '$.extension', '["JSON"]'),
    lambda e: e ->> '$.url' LIKE '%us-core-{}')[1] ->> '$.extension[0].valueCoding.display')"""
_CLASSES = {"AMB": "ambulatory", "EMER": "emergency", "IMP": "inpatient", "VR": "virtual", "HH": "home"}


def _time(*paths: str) -> str:
    """Writes the first of some times as UTC without zone."""
    return f"timezone('UTC', CAST({_first(*paths)} AS TIMESTAMPTZ))"


def _first(*paths: str) -> str:
    found = ", ".join(f"r ->> '$.{path}'" for path in paths)
    return f"coalesce({found}, NULL)"


def _code(path: str) -> dict[str, str]:
    """Writes the columns CODE and DESCRIPTION of a concept."""
    return {"CODE": f"r ->> '$.{path}.coding[0].code'", "DESCRIPTION": f"r ->> '$.{path}.coding[0].display'"}


COLUMNS: dict[str, tuple[str, dict[str, str]]] = {
    "patients": (
        "Patient",
        {
            "Id": "r ->> '$.id'",
            "BIRTHDATE": "r ->> '$.birthDate'",
            "DEATHDATE": _time("deceasedDateTime"),
            "FIRST": "r ->> '$.name[0].given[0]'",
            "MIDDLE": "r ->> '$.name[0].given[1]'",
            "LAST": "r ->> '$.name[0].family'",
            "RACE": f"coalesce(nullif(split_part({_RACE.format('race')}, ' ', 1), ''), 'other')",
            "ETHNICITY": f"CASE WHEN {_RACE.format('ethnicity')} LIKE 'hispanic%' THEN 'hispanic' "
            "ELSE 'nonhispanic' END",
            "GENDER": "upper(left(r ->> '$.gender', 1))",
            "ADDRESS": "r ->> '$.address[0].line[0]'",
            "CITY": "r ->> '$.address[0].city'",
            "STATE": "r ->> '$.address[0].state'",
            "ZIP": "r ->> '$.address[0].postalCode'",
        },
    ),
    "encounters": (
        "Encounter",
        {
            "Id": "r ->> '$.id'",
            "START": _time("period.start"),
            "STOP": _time("period.end"),
            "PATIENT": _PATIENT,
            "ENCOUNTERCLASS": "coalesce(r ->> '$.serviceType.text', CASE r ->> '$.class.code' "
            + " ".join(f"WHEN '{code}' THEN '{word}'" for code, word in _CLASSES.items())
            + " ELSE 'outpatient' END)",
            **_code("type[0]"),
            "REASONCODE": "r ->> '$.reasonCode[0].coding[0].code'",
            "REASONDESCRIPTION": "r ->> '$.reasonCode[0].coding[0].display'",
        },
    ),
    "conditions": (
        "Condition",
        {
            "START": f"{_time('onsetDateTime', 'recordedDate')}::DATE",
            "STOP": f"{_time('abatementDateTime')}::DATE",
            "PATIENT": _PATIENT,
            "ENCOUNTER": _ENCOUNTER,
            **_code("code"),
        },
    ),
    "medications": (
        "MedicationRequest",
        {
            "START": _time("authoredOn"),
            "STOP": "CASE WHEN r ->> '$.status' <> 'active' THEN "
            f"{_time('dispenseRequest.validityPeriod.end', 'authoredOn')} END",
            "PATIENT": _PATIENT,
            "ENCOUNTER": _ENCOUNTER,
            **_code("medicationCodeableConcept"),
        },
    ),
    "observations": (
        "Observation",
        {
            "DATE": _time("effectiveDateTime", "issued"),
            "PATIENT": _PATIENT,
            "ENCOUNTER": _ENCOUNTER,
            "CATEGORY": "r ->> '$.category[0].coding[0].code'",
            "CODE": "v ->> '$.code.coding[0].code'",
            "DESCRIPTION": "v ->> '$.code.coding[0].display'",
            "VALUE": "coalesce(v ->> '$.valueQuantity.value', v ->> '$.valueCodeableConcept.text', "
            "v ->> '$.valueCodeableConcept.coding[0].display', v ->> '$.valueString')",
            "UNITS": "v ->> '$.valueQuantity.unit'",
        },
    ),
    "procedures": (
        "Procedure",
        {
            "START": _time("performedPeriod.start", "performedDateTime"),
            "STOP": _time("performedPeriod.end"),
            "PATIENT": _PATIENT,
            "ENCOUNTER": _ENCOUNTER,
            **_code("code"),
        },
    ),
}
"""For each table its type of resource and its columns, from a resource `r` (and a part `v` of it)."""


def read_fhir(folder: Path | str, out: Path | str) -> Path:
    """Reads FHIR into Parquet tables that `sim.handle.Population.open` opens.

    Args:
        folder: NDJSON files or bundles; those in its folder `fhir` where it has one.
        out: Where the tables are written, one file each.

    Returns:
        The folder of the tables.

    Raises:
        HilabError: If there are no patients, or a file is not FHIR.
    """
    import duckdb

    place, out = Path(folder), Path(out)
    place = place / "fhir" if (place / "fhir").is_dir() else place
    out.mkdir(parents=True, exist_ok=True)
    database = duckdb.connect()
    try:
        for name, (kind, columns) in COLUMNS.items():
            if not _resources(database, place, kind):
                continue
            draft = out / f".{name}.part"
            pq.write_table(database.sql(_question(name, columns)).to_arrow_table(), draft)
            draft.replace(out / f"{name}.parquet")
    except duckdb.Error as error:
        raise HilabError(f"{place}: expected FHIR resources ({str(error).splitlines()[0]}).") from error
    finally:
        database.close()
    if not (out / "patients.parquet").is_file():
        raise HilabError(f"{place}: no patients here; expected Patient.ndjson or bundles of FHIR resources.")
    return out


def _resources(database: Any, folder: Path, kind: str) -> bool:
    """Makes the table `resource` of all resources of a type; says whether there are any."""
    lines = sorted(str(path) for path in folder.glob(f"{kind}.*ndjson"))
    bundles = [] if lines else sorted(str(path) for path in folder.glob("*.json"))
    if not lines and not bundles:
        return False
    rows = "SELECT json AS r FROM read_ndjson_objects($files)"
    if bundles:
        rows = "SELECT unnest(json -> '$.entry[*].resource') AS r FROM read_json_objects($files)"
    chosen = f"SELECT * FROM ({rows}) WHERE r ->> '$.resourceType' = $kind"
    question = f"CREATE OR REPLACE TEMP TABLE resource AS {chosen}"
    database.execute(question, {"files": lines or bundles, "kind": kind})
    return bool(database.execute("SELECT 1 FROM resource LIMIT 1").fetchall())


def _question(name: str, columns: dict[str, str]) -> str:
    """Writes the question that fills a table, with all of its columns and in a fixed order."""
    chosen = []
    for column in schema()[name]:
        kind = "TIMESTAMP" if column in TIMES else "DOUBLE" if column in NUMBERS else "VARCHAR"
        chosen.append(f'CAST({columns.get(column, "NULL")} AS {kind}) AS "{column}"')
    return f"SELECT {', '.join(chosen)} FROM {_source(name)} ORDER BY ALL"


def _source(name: str) -> str:
    """Writes where rows come from: an observation of several parts makes a row for each."""
    if name != "observations":
        return "resource"
    part = """from_json(r -> '$.component', '["JSON"]')"""
    return f"(SELECT r, unnest(coalesce({part}, [r])) AS v FROM resource)"
