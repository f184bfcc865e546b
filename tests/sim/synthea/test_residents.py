"""A district whose residents live the lives of patients that Synthea recorded."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from grading.cli import app
from sim.errors import HilabError
from sim.handle import Population
from sim.population import SNAPSHOT
from sim.seeds import PUBLIC_KEY, Seeds
from sim.synthea.matching import choose
from sim.synthea.residents import fingerprint, settle
from sim.world import World, make_world
from tests.course.answers import LABS, cases_of, judge, source_cells, tasks
from tests.sim.validation.tiny import Population as Made

RECORDED = Path(__file__).resolve().parent / "ten"
TODAY = pd.Timestamp(SNAPSHOT)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    made = Made()
    for number, sex in enumerate("FM" * 8):
        who = made.person(f"p{number}", f"{1936 + 5 * number}-05-05", sex)
        for year in range(2016, 2026):
            visit = made.visit(f"v{number}-{year}", who, f"{year}-06-01T08:00:00Z", kind="wellness")
            made.value(who, "4548-4", 5.0 + number / 10, f"{year}-06-01", visit)
    made.told("p0", 44054006, "2015-02-03", encounter="v0-2016", text="Diabetes")
    made.takes("p0", "metformin", "2016-06-01T08:00:00Z", code=860975)
    made.person("gone", "1940-01-01", "M", died="2023-07-01")
    made.visit("last", "gone", "2023-06-30T08:00:00Z", kind="inpatient")
    return made.write(tmp_path / "source")


def test_a_life_that_reaches_the_age_is_lent_and_nobody_is_asked_too_often():
    chosen = choose(np.array([9] * 6 + [30]), np.array([10, 20, 12, 11]), np.random.default_rng(1))
    assert chosen[-1] == 1
    assert sorted(np.bincount(chosen[:6], minlength=4)) >= [1, 1, 1, 1] and max(np.bincount(chosen)) <= 2


def test_birth_dates_agree_and_nothing_happens_after_the_snapshot(source):
    records = settle(source, 200, Seeds(PUBLIC_KEY, "a"), 4)
    people, visits = records.people, records.tables["encounters"]
    born = people.set_index("person_id")["birth_date"]
    age = (visits["START"].dt.normalize() - visits["PATIENT"].map(born)).dt.days
    lent = pd.read_csv(source / "encounters.csv").merge(
        pd.read_csv(source / "patients.csv"), left_on="PATIENT", right_on="Id"
    )
    starts = pd.to_datetime(lent["START"]).dt.tz_localize(None).dt.normalize()
    assert set(age) <= set((starts - pd.to_datetime(lent["BIRTHDATE"])).dt.days)
    assert visits["START"].max() < TODAY + pd.Timedelta(days=1)
    assert visits["START"].min() >= TODAY - pd.DateOffset(years=4)
    assert visits["Id"].is_unique and records.tables["observations"]["ENCOUNTER"].isin(visits["Id"]).all()


def test_flags_and_values_are_those_of_the_records(source):
    people = settle(source, 400, Seeds(PUBLIC_KEY, "a"), 4).people
    known = people[people["diabetes_diagnosed"] > 0]
    assert 0 < len(known) < 80 and (known["sex"] == "F").all()
    assert (known["on_diabetes_drug"] == 1).all() and (known["diabetes"] == 1).all()
    measured = known[known["birth_date"] >= "1936-05-05"]
    assert measured["hba1c"].between(4.2, 5.8).all() and measured["hba1c"].nunique() > 1
    assert people["hba1c"].notna().all() and people["bmi"].between(12, 60).all()


def test_the_dead_come_from_the_source(source):
    records = settle(source, 400, Seeds(PUBLIC_KEY, "a"), 4)
    dead = records.people[~records.people["alive"]]
    assert len(dead) == 25 and (dead["sex"] == "M").all()
    assert (dead["death_date"] <= TODAY).all() and dead["birth_date"].nunique() > 10
    stays = records.tables["encounters"].query("ENCOUNTERCLASS == 'inpatient'").set_index("PATIENT")["START"]
    death = dead.set_index("person_id")["death_date"]
    assert len(stays) == 25 and (stays.dt.normalize() <= death.reindex(stays.index)).all()


def test_the_same_source_and_seeds_give_the_same_records(source):
    one, two = (settle(source, 60, Seeds(PUBLIC_KEY, "a"), 4) for _ in "12")
    pd.testing.assert_frame_equal(one.people, two.people)
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, two.tables[name])


def test_a_source_in_which_nobody_lives_is_refused(tmp_path):
    made = Made()
    made.person("gone", "1940-01-01", "M", died="2023-07-01")
    with pytest.raises(HilabError, match="somebody alive"):
        settle(made.write(tmp_path / "source"), 10, Seeds(PUBLIC_KEY, "a"))


@pytest.mark.parametrize("lab", LABS[:2])
def test_the_reference_earns_full_marks_on_synthea_s_patients(lab):
    world = make_world("t0", source=RECORDED)
    assert world.manifest["source"] == fingerprint(Population.open(RECORDED))
    for task in tasks(lab):
        cases = cases_of(lab, task, world)
        result = judge(lab, task, cases, source_cells(lab)[task.cell])
        assert result.got == task.points and not result.codes and not result.problem, task.id


def test_the_command_writes_a_district_of_lent_lives(tmp_path):
    command = ["world", "s001", "--size", "demo", "--source", str(RECORDED), "--out", str(tmp_path / "w")]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    world = World.load(tmp_path / "w")
    assert world.manifest["source"] == fingerprint(Population.open(RECORDED))
    assert str(RECORDED) not in (tmp_path / "w" / "manifest.json").read_text(encoding="utf-8")
