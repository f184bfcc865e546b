"""Task 1.1 read by another road: the clinics' clean values, from the truth."""

import pandas as pd
import pytest

from sim.countries import COUNTRIES
from sim.world import make_world
from tests.course.answers import call, define, source_cells, tasks

LAB = "l1_collection"
TOLD = {"F": "female", "M": "male"}


@pytest.fixture(scope="module", params=COUNTRIES)
def world(request):
    return make_world("t0", size="demo", country=request.param, systems=["his", "clinic"])


def loaded(world) -> list:
    names = define(LAB, source_cells(LAB)["solve_1_1"])
    task = next(task for task in tasks(LAB) if task.id == "1.1")
    cases = [case for case in task.district(world) if case.function == "load_clinic"]
    return [(case, call(names, case).value) for case in cases]


def clean_of(world, table: str) -> pd.DataFrame:
    return world.truth.restore(table, world.truth.texts[table], "_row")


def same(read, true) -> bool:
    return [None if pd.isna(cell) else str(cell) for cell in read] == [
        None if pd.isna(cell) else str(cell) for cell in true
    ]


def test_every_cell_is_what_the_clinic_knew(world):
    for (case, read), table in zip(loaded(world), ("clinic_visits", "clinic2_visits"), strict=False):
        clean, shipped = clean_of(world, table), world.truth.texts[table]
        assert len(read) == len(clean)
        for column in case.args[1]["columns"]:
            true = clean[column["column"]]
            if column["type"] == "code":
                told = shipped[column["column"]].isin(
                    [c for c, m in column["codes"].items() if m in TOLD.values()]
                )
                assert same(read["sex"][told], true[told].map(TOLD))
                assert not read["sex"][~told].isin(TOLD.values()).any() and read["sex"].notna().all()
            elif column["type"] == "number":
                assert same(read[column["field"]], true.astype("float64"))
            else:
                assert same(read[column["field"]], true)


def test_the_other_program_writes_the_same_visits(world):
    (_, first), _, (case, read) = loaded(world)
    key = ["patient_no", "visit_date", "complaint"]
    both = read.merge(first.drop_duplicates(key), on=key, how="left", suffixes=("", "_first"))
    for field in ("birth_date", "sex", "hba1c", "phone"):
        once = both.drop_duplicates(key)
        assert same(once[field], once[f"{field}_first"])
    assert case.args[1]["encoding"] == "utf-8" and read["surname"].notna().all()
    assert {"NULL", "无"} & set(read["surname"])
