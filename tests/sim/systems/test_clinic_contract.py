"""The clinics' contracts say of their files what is the case."""

import csv
import io

import pytest

from sim.countries import COUNTRIES
from sim.errors import HilabError
from sim.systems.clinic_contract import CLINICS, contract_of
from sim.world import make_world

TABLES = {"C1": "clinic_visits", "C2": "clinic2_visits"}


@pytest.fixture(scope="module", params=COUNTRIES)
def world(request):
    return make_world("contract", size="demo", country=request.param, systems=["clinic"])


@pytest.mark.parametrize("clinic", CLINICS)
def test_every_cell_keeps_to_the_contract(world, clinic):
    contract = contract_of(clinic, world.manifest["country"])
    text = world.files[contract["file"]].decode(contract["encoding"])
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=contract["delimiter"]))
    assert list(rows[0]) == [column["column"] for column in contract["columns"]]
    met = {}
    for column in contract["columns"]:
        cells = {row[column["column"]] for row in rows}
        values = cells - set(column.get("blanks", []))
        assert values
        if column["type"] == "number":
            assert all(float(value) > 0 for value in values)
        elif column["type"] == "date":
            assert all(value[-1] != " " and "%" in column["format"] for value in values)
        elif column["type"] == "code":
            assert values <= set(column["codes"])
        met[column["field"]] = values < cells
    truth = world.truth.restore(TABLES[clinic], world.truth.texts[TABLES[clinic]], "_row")
    for column in contract["columns"]:
        if column["type"] == "text":
            gone = truth[column["column"]].isna().to_numpy()
            read = [row[column["column"]] in column.get("blanks", []) for row in rows]
            assert gone.tolist() == read
    assert met["phone"] and not met["birth_date"]


def test_nobody_else_has_a_contract():
    with pytest.raises(HilabError, match="No clinic 'C3'"):
        contract_of("C3", "us")
