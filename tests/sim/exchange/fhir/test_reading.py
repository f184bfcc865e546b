"""What was written as FHIR reads back as the tables it was made from."""

import json
from pathlib import Path

import pandas as pd
import pytest
from made_up_tables import made_up_tables

from sim.errors import HilabError
from sim.exchange.fhir import write_bulk
from sim.exchange.fhir.reading import COLUMNS, read_fhir
from sim.handle import Population

KEPT = {
    "patients": ["Id", "BIRTHDATE", "LAST", "ETHNICITY", "GENDER", "CITY"],
    "encounters": ["Id", "START", "STOP", "PATIENT", "ENCOUNTERCLASS", "CODE", "REASONCODE"],
    "conditions": ["START", "STOP", "PATIENT", "ENCOUNTER", "CODE"],
    "medications": ["START", "STOP", "PATIENT", "ENCOUNTER", "CODE"],
    "procedures": ["START", "STOP", "PATIENT", "ENCOUNTER", "CODE"],
}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    write_bulk(made_up_tables(), tmp_path / "fhir", 0)
    return tmp_path


def told(table: pd.DataFrame, columns: list[str]) -> list[tuple[str, ...]]:
    return sorted(
        tuple("" if pd.isna(cell) else str(cell) for cell in row) for row in table[columns].to_numpy()
    )


@pytest.mark.parametrize("name", KEPT)
def test_tables_come_back(export, name):
    read = getattr(Population.open(read_fhir(export, export / "tables")), name).pandas()
    made = made_up_tables()[name].to_pandas()
    for column in made.columns.intersection(["START", "STOP", "BIRTHDATE"]):
        made[column], read[column] = pd.to_datetime(made[column]), pd.to_datetime(read[column])
        if name == "conditions":  # They begin and end on days.
            made[column] = made[column].dt.normalize()
    assert told(read, KEPT[name]) == told(made, KEPT[name])


def test_bundles_read_like_lines(export, tmp_path):
    entries = [
        {"resource": json.loads(line)}
        for kind, _ in COLUMNS.values()
        for line in (export / "fhir" / f"{kind}.00000.ndjson").read_text(encoding="utf-8").splitlines()
    ]
    folder = tmp_path / "bundles"
    folder.mkdir()
    text = json.dumps({"resourceType": "Bundle", "entry": entries}).replace('"Patient/', '"urn:uuid:')
    (folder / "somebody.json").write_text(text, encoding="utf-8")
    one, other = (Population.open(read_fhir(place, tmp_path / name)) for place, name in
                  ((export, "a"), (folder, "b")))  # fmt: skip
    for name in COLUMNS:
        pd.testing.assert_frame_equal(getattr(one, name).pandas(), getattr(other, name).pandas())


def test_parts_of_an_observation_are_rows(tmp_path):
    part = {"code": {"coding": [{"code": "8480-6", "display": "Systolic"}]}, "valueQuantity": {"value": 120}}
    whole = {
        "resourceType": "Observation",
        "subject": {"reference": "Patient/p"},
        "effectiveDateTime": "2024-06-05T22:35:53+02:00",
        "component": [part, {**part, "valueQuantity": {"value": 80}}],
    }
    (tmp_path / "Patient.ndjson").write_text('{"resourceType": "Patient", "id": "p"}\n', encoding="utf-8")
    (tmp_path / "Observation.ndjson").write_text(json.dumps(whole) + "\n", encoding="utf-8")
    rows = Population.open(read_fhir(tmp_path, tmp_path / "tables")).observations.pandas()
    assert sorted(rows["VALUE"]) == ["120", "80"] and set(rows["PATIENT"]) == {"p"}
    assert str(rows["DATE"][0]) == "2024-06-05 20:35:53"


@pytest.mark.parametrize("text", [None, "no json"])
def test_what_is_no_fhir_gets_one_sentence(tmp_path, text):
    if text:
        (tmp_path / "Patient.ndjson").write_text(text, encoding="utf-8")
    with pytest.raises(HilabError, match="expected"):
        read_fhir(tmp_path, tmp_path / "tables")
