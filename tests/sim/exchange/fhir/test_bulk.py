import json
from pathlib import Path

import pytest
from made_up_tables import ROWS, made_up_tables

from sim.errors import HilabError
from sim.exchange.fhir import TYPES, write_bulk
from sim.exchange.fhir.bulk import NEEDS
from sim.exchange.fhir.check import check_bulk, references

ONCE = ("organizations", "providers", "payers")


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bulk 数据")
    tables = made_up_tables()
    write_bulk({name: table for name, table in tables.items() if name not in ONCE}, folder, 0)
    write_bulk({name: tables[name] for name in ONCE}, folder, 0)
    return folder


def read(folder: Path, kind: str) -> list[dict]:
    lines = [line for file in sorted(folder.glob(f"{kind}.*.ndjson")) for line in file.open(encoding="utf-8")]
    return [json.loads(line) for line in lines]


def test_every_resource_is_valid_complete_and_resolved(export):
    found = check_bulk(export)
    assert found.good, found
    assert set(found.resources) == set(TYPES)


def test_every_row_is_in_one_resource(export):
    found = check_bulk(export)
    assert {name: found.rows[name] for name in ROWS} == {name: len(rows) for name, rows in ROWS.items()}


def test_nothing_absent_is_written(export):
    for file in export.glob("*.ndjson"):
        text = file.read_text(encoding="utf-8")
        assert ":null" not in text and "[null" not in text
        assert ":[]" not in text
        assert ":{}" not in text


def test_what_belongs_together_is_together(export):
    pressures = [each for each in read(export, "Observation") if "component" in each]
    values = [
        [part.get("valueQuantity", {}).get("value") for part in each["component"]] for each in pressures
    ]
    assert sorted(values, key=len) == [[131, 85], [129, None]]
    (study,) = read(export, "ImagingStudy")
    assert [len(series["instance"]) for series in study["series"]] == [2, 1]
    first = next(each for each in read(export, "ExplanationOfBenefit") if len(each["item"]) == 2)
    assert [item["net"]["value"] for item in first["item"]] == [80.0, 20.5]
    assert [each["amount"]["value"] for each in first["adjudication"]] == [100.5]


def test_a_claim_is_covered_by_the_insurance_of_its_day(export):
    current = next(each for each in read(export, "Coverage") if each["subscriberId"] == "m-2")
    claims = {each["id"]: each for each in read(export, "Claim")}
    assert claims["claim-1"]["insurance"][0]["coverage"] == {"reference": f"Coverage/{current['id']}"}
    assert claims["claim-1"]["total"]["value"] == 100.5
    assert claims["claim-2"]["insurance"][0]["coverage"] == {"display": "none"}


def test_texts_survive(export):
    zoe, al = read(export, "Patient")
    assert zoe["name"][0]["family"] == "O’Brien" and zoe["name"][1]["family"] == "Núñez"
    assert zoe["address"][0]["line"] == ['At "7"'] and al["address"][0]["line"] == ["8 \\ Road"]
    assert "&lt;walks" in read(export, "CarePlan")[0]["text"]["div"]
    smoking = next(each for each in read(export, "Observation") if "valueCodeableConcept" in each)
    assert smoking["valueCodeableConcept"]["text"] == 'Never "smoked"'


def test_the_same_tables_give_the_same_bytes(export, tmp_path):
    write_bulk(made_up_tables(), tmp_path, 0)
    for file in export.glob("*.ndjson"):
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()
    assert not list(tmp_path.glob("*.tmp"))


def test_only_what_the_tables_allow_is_written(tmp_path):
    tables = made_up_tables()
    assert set(write_bulk({"patients": tables["patients"]}, tmp_path, 3)) == {"Patient"}
    assert [file.name for file in tmp_path.iterdir()] == ["Patient.00003.ndjson"]


def test_every_query_names_tables_that_exist():
    assert {table for needed in NEEDS.values() for table in needed} <= set(ROWS)


@pytest.mark.parametrize(
    ("kind", "harm", "count"),
    [
        ("Patient", lambda it: it | {"gender": "xx"}, "invalid"),
        ("Patient", lambda it: {key: value for key, value in it.items() if key != "name"}, "incomplete"),
        ("Condition", lambda it: it | {"subject": {"reference": "Patient/nobody"}}, "dangling"),
        ("Condition", lambda it: it | {"id": "same"}, "repeated"),
        ("Encounter", lambda it: it | {"surprise": 1}, "invalid"),
        ("Encounter", lambda it: it | {"resourceType": "Basic"}, "invalid"),
    ],
)
def test_harm_is_found(export, tmp_path, kind, harm, count):
    for file in export.glob("*.ndjson"):
        lines = [json.loads(line) for line in file.open(encoding="utf-8")]
        if file.name.startswith(f"{kind}."):
            lines = [harm(line) for line in lines]
        text = "".join(json.dumps(line) + "\n" for line in lines)
        (tmp_path / file.name).write_text(text, encoding="utf-8")
    found = check_bulk(tmp_path)
    assert not found.good and getattr(found, count) > 0 and found.words


def test_bad_folders_get_one_sentence(tmp_path):
    with pytest.raises(HilabError, match="expected the files"):
        check_bulk(tmp_path)
    (tmp_path / "Patient.00000.ndjson").write_text("{", encoding="utf-8")
    with pytest.raises(HilabError, match="line 1: expected one JSON object"):
        check_bulk(tmp_path)


def test_references_are_found_anywhere():
    assert list(references({"a": [{"b": {"reference": "X/1"}}], "reference": "Y/2"})) == ["Y/2", "X/1"]
