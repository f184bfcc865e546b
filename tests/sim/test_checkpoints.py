"""Where labs can begin: clean, complete, and silent about what the lab itself is to find out."""

import pandas as pd
import pytest

from sim.checkpoints import CHECKPOINTS, TYPED, label
from sim.errors import HilabError
from sim.systems.catalogue import RECORDER_OF, TABLES
from sim.systems.facilities import HOSPITALS
from sim.systems.lab_concepts import concepts
from sim.systems.units import convert
from sim.world import World, make_world

PATIENTS = [TABLES["his_patients"].name_at(hospital) for hospital in HOSPITALS]


@pytest.fixture(scope="module")
def world() -> World:
    return make_world("s001", size="demo")


@pytest.fixture(scope="module")
def after_lab_1(world):
    return world.checkpoint("l2_standardization")


@pytest.fixture(scope="module")
def after_lab_2(world):
    return world.checkpoint("l3_sharing")


@pytest.fixture(scope="module")
def after_lab_3(world):
    return world.checkpoint("l4_privacy")


def persons(world, table: str) -> "pd.Series[int]":
    """Whose a record is, by record."""
    records = world.truth.person_of_record
    return records[records["table"] == table].set_index("record")["person"]


def test_after_lab_1_everybody_has_one_number_in_each_hospital(world, after_lab_1):
    merged = 0
    told = world.truth.facts["merged_charts"]
    charts = dict(zip(told["other"], told["person"], strict=True))  # Lab 3 takes them apart.
    assert charts
    for name in PATIENTS:
        owner, table = persons(world, name), after_lab_1[name]
        assert sorted(owner[table["mrn"]]) == sorted(owner.unique())
        merged += len(world.tables[name]) - len(table)
        for plain in ("his_encounters", "lis_results"):
            other = TABLES[plain].name_at(RECORDER_OF[name][1])
            if other in after_lab_1:
                found = after_lab_1[other]
                assert found["mrn"].isin(table["mrn"]).all()
                own = persons(world, other)
                own = own.replace(charts) if name == "h2_his_patients" else own
                key = TABLES[plain].key
                assert (owner[found["mrn"]].to_numpy() == own[found[key]].to_numpy()).all()
    assert merged == len(world.truth.duplicates) >= 20


def test_after_lab_1_results_are_those_that_hold(world, after_lab_1):
    labels = world.truth.result_labels
    holding = labels.loc[labels["label"].isin(["current", "repeat"]), "row_id"]
    assert set(after_lab_1["lis_results"]["row_id"]) == set(holding)
    assert len(holding) < len(world.tables["lis_results"])
    told = label(world.tables["lis_results"]).replace("current", "repeat")
    assert (told == labels["label"].replace("current", "repeat").to_numpy()).all()


def test_after_lab_1_mistakes_are_taken_back_but_not_slips_in_what_identifies_people(world, after_lab_1):
    ledger = world.truth.ledger
    right = wrong = 0
    for name in (*PATIENTS, "his_encounters", "clinic_visits"):
        table = after_lab_1[name]
        if name == "clinic_visits":
            table = table.assign(_row=[str(line) for line in range(2, len(table) + 2)])
        rows = table.set_index(TABLES[name].key)
        mine = ledger[(ledger["table"] == name) & ledger["record"].isin(rows.index)]
        for entry in mine[mine["field"].isin(rows.columns)].itertuples():
            stands = rows.at[entry.record, entry.field]
            text = None if pd.isna(stands) else str(stands)
            clean = None if pd.isna(entry.clean) else entry.clean
            if entry.defect in ("D04", "D06", "D07", "D14", "D15", "D16", "D17"):
                right += 1
                assert text == clean, (entry.table, entry.record, entry.field)
            elif entry.defect in TYPED:
                wrong += text != clean
    assert right > 300 and wrong > 20


def test_after_lab_1_every_blank_has_its_reason(world, after_lab_1):
    blanks = after_lab_1["blanks"].set_index(["table", "field"])["cells"].to_dict()
    found = {
        (name, field): int(cells)
        for name, table in after_lab_1.items()
        for field, cells in table.isna().sum().items()
        if cells
    }
    assert found == blanks and len(found) > 10
    assert (after_lab_1["blanks"][["reason", "meaning"]] != "").all(axis=None)
    forms = world.tables["intake_forms"]
    told = after_lab_1["blank_reasons"]
    assert told["form_id"].isin(forms["form_id"]).all() and len(told) > 40
    assert set(told.columns) == {"form_id", "field", "reason"}


def test_after_lab_2_the_hospitals_stand_in_one_form_and_nobody_is_linked(world, after_lab_1, after_lab_2):
    patients, encounters = after_lab_2["patients"], after_lab_2["encounters"]
    assert list(patients["facility"].unique()) == list(HOSPITALS)
    assert len(patients) == sum(len(after_lab_1[name]) for name in PATIENTS)
    assert not patients.duplicated(["facility", "number"]).any()
    both = encounters.merge(patients, on=["facility", "number"])
    assert len(both) == len(encounters)
    for table in after_lab_2.values():
        assert not {name for name in table.columns if name.startswith("_") or "person" in name}


def test_newcomers_are_lost_where_lab_3_begins_and_not_before(world, after_lab_1, after_lab_2):
    nameless = set(world.truth.defects("D48")["record"])
    patients = after_lab_2["patients"]
    blank = set(patients.loc[patients["birth_date"].isna(), "number"])
    assert nameless and blank <= nameless and len(blank) > len(nameless) / 2
    assert not any(after_lab_1[name]["birth_date"].isna().any() for name in PATIENTS)


def test_after_lab_2_every_result_is_a_number_in_the_unit_of_its_code(world, after_lab_2):
    results = after_lab_2["results"]
    assert not results.drop(columns="comparator").isna().any(axis=None)
    assert (results["unit"] == concepts()["ucum"].reindex(results["loinc"]).to_numpy()).all()
    printed = len(results[results["comparator"].notna()])
    assert set(results["comparator"].dropna()) <= {"<", "<=", ">", ">="} and 0 < printed < len(results) / 10
    ledger = world.truth.defects("D08")
    clean = ledger.pivot(index="record", columns="field", values="clean").rename(columns={"unit": "before"})
    rows = results[results["facility"] == "H3"].merge(
        clean[["value", "before"]], left_on="row_id", right_index=True
    )
    rows = rows[rows["comparator"].isna() & rows["before"].notna() & rows["value_y"].notna()]
    assert len(rows) > 20
    for row in rows.itertuples():
        right = convert(row.loinc, float(row.value_y), row.before, row.unit)
        assert row.value_x == pytest.approx(right, rel=0.08), row


def test_after_lab_3_everybody_is_there_once_with_every_visit_to_a_hospital(world, after_lab_3):
    everybody, visits = after_lab_3["persons"], after_lab_3["encounters"]
    known = {person for name in PATIENTS for person in persons(world, name)}
    assert everybody["person_id"].is_unique and len(everybody) == len(known)
    names = [TABLES["his_encounters"].name_at(hospital) for hospital in HOSPITALS]
    assert len(visits) == sum(len(world.tables[name]) for name in names)
    owner = {
        (RECORDER_OF[name][1], record): person
        for name in names
        for record, person in persons(world, name).items()
    }
    true = pd.Series(
        [owner[key] for key in visits[["facility", "encounter_id"]].itertuples(index=False, name=None)]
    )
    assert len(pd.DataFrame({"a": true, "b": visits["person_id"]}).drop_duplicates()) == true.nunique()
    assert visits["person_id"].isin(everybody["person_id"]).all()
    shared = visits.groupby("person_id")["facility"].nunique()
    assert (shared > 1).sum() > 30


def test_after_lab_3_nobody_s_name_or_date_of_birth_is_mistyped(world, after_lab_3):
    true = world.truth.people[["given", "surname", "birth_date"]]
    true = {(row.given, row.surname, str(row.birth_date.date())) for row in true.itertuples(index=False)}
    found = after_lab_3["persons"][["given_name", "family_name", "birth_date"]]
    known = sum(row in true for row in found.itertuples(index=False, name=None))
    assert known == len(found)
    assert (after_lab_3["persons"]["area"].isna().sum()) > 3  # nobody knows what was left blank


@pytest.mark.parametrize("lab", CHECKPOINTS)
def test_a_kit_s_district_gives_the_same_tables_without_the_truth(world, tmp_path, lab):
    world.with_checkpoint(lab).save(tmp_path / "district")
    loaded = World.load(tmp_path / "district")
    assert loaded.truth is None
    shipped, made = loaded.checkpoint(lab), world.checkpoint(lab)
    assert shipped.keys() == made.keys()
    for name, table in made.items():
        pd.testing.assert_frame_equal(shipped[name], table)
    others = [other for other in CHECKPOINTS if other != lab]
    with pytest.raises(HilabError, match=f"without the checkpoint of {others[0]}"):
        loaded.checkpoint(others[0])
    assert not any(name.startswith(tuple(CHECKPOINTS)) for name in world.files)


def test_a_damaged_checkpoint_is_one_sentence(world):
    damaged = World({}, {"l3_sharing/patients.parquet": b"PAR1"}, {})
    with pytest.raises(HilabError, match="is not a table of a checkpoint"):
        damaged.checkpoint("l3_sharing")


def test_unknown_labs_and_missing_tables_are_one_sentence(world):
    with pytest.raises(HilabError, match=r"no checkpoint for 'l1_collection'. There are: l2_standardization"):
        world.checkpoint("l1_collection")
    part = World({"his_patients": world.tables["his_patients"]}, {}, {}, world.truth)
    with pytest.raises(HilabError, match=r"needs the table \w+, which this district lacks"):
        part.checkpoint("l4_privacy")
