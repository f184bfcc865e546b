"""A district of China as files: nothing is lost on the way to disk and back."""

import re

import pandas as pd
import pytest
from typer.testing import CliRunner

from grading.cli import app
from sim.countries import country
from sim.errors import HilabError
from sim.world import World, make_world


@pytest.fixture(scope="module")
def world():
    return make_world("s001", size="demo", country="cn")


@pytest.fixture(scope="module")
def saved(world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("晴月湾 㛃 district") / "甲"
    world.save(folder)
    return folder


def test_tables_and_files_come_back_as_they_were(world, saved):
    back = World.load(saved)
    assert back.manifest == world.manifest and back.manifest["country"] == "cn"
    assert back.files == world.files
    for name, table in world.tables.items():
        pd.testing.assert_frame_equal(table, back.tables[name])


def test_rare_characters_stand_in_tables_as_the_people_bear_them(world, saved):
    people, truth = world.truth.people, world.truth
    table = pd.read_parquet(saved / "his_patients.parquet").set_index("mrn")
    record = truth.person_of_record.query("table == 'his_patients'").set_index("record")["person"]
    clean = truth.restore("his_patients", table.reset_index(), "mrn").set_index("mrn")
    settled = ~clean["given_name"].str.contains("之[子女]$")
    meant = people.loc[record[clean.index], "given"].to_numpy()
    assert (clean["given_name"][settled] == meant[settled]).all()
    assert any(ord(one) > 0xFFFF for name in table["given_name"] for one in name)


def test_names_of_files_are_safe_on_every_system(saved):
    names = [path.relative_to(saved).as_posix() for path in saved.rglob("*")]
    assert all(re.fullmatch(r"[a-z0-9_./]+", name) for name in names)
    assert not {name.split("/")[-1].split(".")[0] for name in names} & {"con", "prn", "aux", "nul"}


def test_every_system_uses_the_country_s_payers_and_numbers(world):
    here = country("cn")
    payers = {*here.payers.values()}
    for name in ("his_encounters", "h2_his_encounters", "h3_his_encounters"):
        assert set(world.tables[name]["payer"].dropna()) <= payers
    patients = world.tables["his_patients"]
    assert patients["phone"].str.fullmatch(here.phone).all()
    identifiers = patients["verified_id"].dropna()
    assert (identifiers.str.fullmatch(here.identifier) | (identifiers == here.no_identifier)).all()
    assert patients["area"].dropna().str.fullmatch(r"Q\d{5}").all()
    assert world.tables["register"]["area"].str.fullmatch(r"Q\d{5}").all()


def test_notes_and_problems_are_in_chinese(world):
    notes = world.tables["emr_notes"]["text"]
    assert (notes.str.count(r"[\u4e00-\u9fff]") > 0.4 * notes.str.len()).mean() > 0.9
    assert notes.str.contains("否认|无").any() and notes.str.contains("家族史|父亲|母亲").any()
    assert world.tables["emr_problems"]["problem"].str.contains(r"[\u4e00-\u9fff]").mean() > 0.9
    assert world.tables["pharmacy_dispenses"]["drug_text"].str.contains(r"[\u4e00-\u9fff]").mean() > 0.9


def test_the_commands_know_the_country(tmp_path):
    done = CliRunner().invoke(app, ["ledger", "s001", "--size", "demo", "--country", "cn"])
    assert done.exit_code == 0, done.output
    assert "D02" in done.output and "D14" in done.output
    unknown = CliRunner().invoke(app, ["world", "s001", "--country", "fr", "--out", str(tmp_path / "w")])
    assert isinstance(unknown.exception, HilabError) and not (tmp_path / "w").exists()


def test_a_class_has_one_country(tmp_path):
    made = CliRunner().invoke(app, ["course", "init", str(tmp_path / "课程"), "--country", "cn"])
    assert made.exit_code == 0, made.output
    assert "country: cn" in (tmp_path / "课程" / "course.yaml").read_text(encoding="utf-8")
    refused = CliRunner().invoke(app, ["course", "init", str(tmp_path / "other"), "--country", "fr"])
    assert isinstance(refused.exception, HilabError) and not (tmp_path / "other").exists()
