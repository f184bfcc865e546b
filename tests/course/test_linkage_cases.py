"""What tasks 3.1 to 3.4 are given: no share of nothing, no doubles, pairs counted once, a fair sample."""

from collections import Counter
from itertools import product

import pandas as pd
import pytest

from grading.tasks import lab_folder, load_module
from sim.world import World, make_world
from tests.course.answers import alternatives, define, source_cells

LAB = "l3_sharing"
CHECKS = lab_folder(LAB) / "checks"


@pytest.fixture(scope="module", params=["us", "cn"])
def world(request) -> World:
    return make_world("t0", country=request.param, systems=["his", "lis"])


@pytest.fixture(scope="module")
def hospitals():
    return load_module(CHECKS / "hospitals.py", "tested_hospitals")


@pytest.fixture(scope="module")
def weighing():
    return load_module(CHECKS / "weighing.py", "tested_weighing")


@pytest.fixture(scope="module")
def blocking():
    return load_module(CHECKS / "blocking.py", "tested_blocking")


@pytest.fixture(scope="module")
def cleaning():
    return load_module(CHECKS / "cleaning.py", "tested_cleaning")


@pytest.fixture(scope="module")
def threshold():
    return load_module(CHECKS / "threshold.py", "tested_threshold")


def cleaning_answers():
    others = [one.source for one in alternatives(LAB) if one.task == "3.1"]
    return [source_cells(LAB)["solve_3_1"], *others]


@pytest.mark.parametrize("cell", cleaning_answers())
def test_letters_that_look_like_apostrophes_stay_as_the_task_says(cell, hospitals):
    names = ["Ka\u02bbiulani", "O\u02bcBrien", "O\u2019Brien", "O'Brien"]
    typed = pd.DataFrame(dict.fromkeys(hospitals.TYPED, ""), index=range(4))
    typed = typed.assign(number=["1", "2", "3", "4"], given_name=names, family_name="Li").astype("str")
    wanted = ["ka\u02bbiulani", "o\u02bcbrien", "obrien", "obrien"]
    assert define(LAB, cell)["clean"](typed)["given"].tolist() == wanted
    assert hospitals.keyed(typed)["given"].tolist() == wanted


def test_no_share_is_of_nothing_as_the_tasks_say(world, cleaning, blocking, weighing):
    modules = (cleaning, blocking, weighing)
    cases = [case for part in modules for case in [*part.fixtures(), *part.district(world)]]
    tried = Counter(case.function for case in cases)
    assert min(tried[name] for name in ("best_rule", "measure_passes", "count_once", "weigh")) > 4
    for case in cases:
        if case.function == "best_rule":
            assert any(same for *_, same in case.args[1])
        elif case.function == "measure_passes":
            assert case.args[1] and min(case.args[2]) > 0
        elif case.function == "count_once":
            counts = case.args[0]
            assert all(sum(row[3] for row in counts if row[2] == same) for same in (True, False))
        elif case.function == "weigh":
            a, b, _, sample = case.args
            fields = list(weighing.LEVELS)
            one, two = (table.set_index("number")[fields].notna() for table in (a, b))
            known = [one.loc[first] & two.loc[second] for first, second, same in sample if same]
            assert pd.DataFrame(known).any().all() and (one.sum() > 1).all(), case.name


def test_nobody_stands_twice_in_a_hospital_and_nobody_has_an_identifier_of_nines(world, hospitals):
    records = world.truth.person_of_record
    for code, table in hospitals.registered(world).items():
        name = hospitals.TABLES[code]
        person = records[records["table"] == name].set_index("record")["person"]
        assert set(table["number"].map(person)) == set(world.tables[name]["mrn"].map(person))
        assert table["number"].map(person).is_unique
        assert not table["verified_id"].str.fullmatch("9+").fillna(False).any()


def test_pairs_worth_comparing_hold_nearly_everybody(world, hospitals):
    tables = hospitals.registered(world)
    for one, two in hospitals.COUPLES:
        true = hospitals.true_pairs(world, one, two, tables)
        made = hospitals.candidates(tables[one], tables[two])
        assert len(made) == len(set(made)) < 0.005 * len(tables[one]) * len(tables[two])
        assert len(set(true) & set(made)) >= 0.98 * len(true) > 200


def test_counts_of_two_parts_are_those_of_all_pairs(world, hospitals, weighing):
    tables = hospitals.registered(world)
    one, two = (tables[code].head(60).reset_index(drop=True) for code in ("H2", "H3"))
    true = [(one["number"][at], two["number"][at]) for at in range(10)]
    parts = ("family", "month")
    left, right = (weighing._parts(table).dropna(subset=list(parts)) for table in (one, two))
    wanted = Counter(
        (a.family == b.family, a.month == b.month, (a.number, b.number) in true)
        for a, b in product(left.itertuples(), right.itertuples())
    )
    got = {tuple(kind): number for *kind, number in weighing._counted(one, two, true, parts)}
    assert got == {kind: wanted[kind] for kind in got} and len(got) == 8


def test_a_sample_is_true_to_its_strata_and_stands_for_all_pairs(world, threshold):
    scored = threshold.scored_pairs(world)
    sample = threshold.sampled(scored, "points")
    assert len(sample) == threshold.PAIRS
    looked_at = scored[scored["score"] >= threshold.EDGES[0]]
    assert sample["stands_for"].sum() == pytest.approx(len(looked_at))
    for number, rows in sample.groupby("stratum"):
        low, high = threshold.EDGES[number - 1], threshold.EDGES[number]
        stratum = scored[scored["score"].between(low, high, "left")]
        assert rows["score"].between(low, high, "left").all()
        assert abs(rows["match"].mean() - stratum["match"].mean()) <= 0.5 / len(rows) + 1e-9
        assert len(rows) >= min(40, len(stratum))


def test_no_threshold_below_serves_treatment_and_some_threshold_does(world, threshold):
    pairs = threshold._counted(threshold.scored_pairs(world))
    told = {points: threshold.judged(pairs, points) for points, *_ in pairs}
    good = [points for points, (p, r, *_) in told.items() if p >= 0.995 and r >= 0.8]
    least = min(told, key=lambda points: sum(told[points][2:]))
    assert len(good) >= 5 and least < min(good)


@pytest.mark.parametrize(
    ("there", "total", "sizes"), [([9, 9, 9], 9, [3, 3, 3]), ([1, 9, 9], 9, [1, 4, 4]), ([2, 1], 9, [2, 1])]
)
def test_a_number_is_shared_out_evenly_to_nobody_more_than_is_there(threshold, there, total, sizes):
    assert threshold.shared_out(there, total) == sizes
