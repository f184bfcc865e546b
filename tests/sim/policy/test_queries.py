"""The desk tells counts only, withholds small ones, and can still be outwitted."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import HilabError
from sim.policy import queries
from sim.policy.queries import QueryDesk
from sim.systems.targets import TARGETS, WITHHELD
from sim.world import make_world

rows = st.lists(
    st.tuples(st.sampled_from("FM"), st.integers(1950, 1953), st.sampled_from(["X1", "X2"]), st.booleans()),
    max_size=40,
)


def desk_of(told):
    numbers = [str(number) for number in range(len(told))]
    patients = pd.DataFrame(
        {
            "mrn": numbers,
            "sex": [row[0] for row in told],
            "birth_date": [f"{row[1]}-05-01" for row in told],
            "area": [row[2] for row in told],
        },
        dtype="str",
    )
    visits = pd.DataFrame(
        {"mrn": numbers, "dx_code": ["B20" if row[3] else "I10" for row in told]}, dtype="str"
    )
    return QueryDesk(patients, visits)


@given(
    rows, st.sampled_from(["F", "M", None]), st.sets(st.integers(1950, 1953)), st.sampled_from([["X1"], None])
)
def test_a_count_is_right_or_withheld_and_withheld_only_where_it_is_small(told, sex, years, areas):
    found = desk_of(told).count(diagnoses=["B2"], sex=sex, birth_years=years, areas=areas)
    right = sum(
        ill and row_sex in (sex or "FM") and year in years and area in (areas or ["X1", "X2"])
        for row_sex, year, area, ill in told
    )
    assert found == (None if 0 < right < 5 else right)


def test_blanks_fit_no_condition_on_their_field():
    desk = desk_of([("F", 1950, "X1", True)] * 6)
    desk.patients.loc[0, "area"] = None
    assert desk.count(areas=["X1"]) == 5 and desk.count() == 6 and desk.asked == 2


def test_targets_are_looked_for_with_the_desk_s_own_limit():
    assert WITHHELD == queries.WITHHELD


def test_a_table_without_a_column_is_refused_by_name():
    with pytest.raises(HilabError, match="encounters lacks the column 'dx_code'"):
        QueryDesk(desk_of([]).patients, pd.DataFrame({"mrn": []}))


@pytest.fixture(scope="module", params=["us", "cn"])
def world(request):
    return make_world("q1", country=request.param, systems=["his"], rates={"D05": 0.08})


def test_two_answers_tell_the_status_of_every_target(world):
    patients = world.tables["his_patients"]
    desk = QueryDesk(patients, world.tables["his_encounters"])
    years = patients["birth_date"].str[:4].dropna().astype(int)
    targets = world.truth.facts["query_targets"]
    assert len(targets) == sum(TARGETS) and targets["mrn"].is_unique
    for target in targets.itertuples():
        alike = (patients["sex"] == target.sex) & (years.reindex(patients.index) == target.birth_year)
        assert (alike & (patients["area"] == target.area)).sum() == 1
        free = {*patients["area"].dropna()} - {*patients.loc[alike, "area"].dropna()} | {target.area}
        for code in (target.code, "B20", "Z21"):
            every, without = (
                desk.count(diagnoses=[code], sex=target.sex, areas=free, birth_years={*years} - gone)
                for gone in (set(), {target.birth_year})
            )
            if code == target.code:
                assert every is not None and without is not None and every - without == 1
            elif every is not None and without is not None and not target.code.startswith(code):
                assert every == without
