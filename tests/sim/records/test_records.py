"""What holds of every set of records, shown on a made-up history."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from made_up_history import PROGRAM, SEEDS

from sim.engine import RACES as ENGINE_RACES
from sim.engine import Events
from sim.paths import datasets
from sim.population import RACES
from sim.records import PAYERS, TABLES, Records, decode
from sim.records.facilities import FACILITIES
from sim.records.values import number_texts
from sim.seeds import PUBLIC_KEY, Seeds


def test_columns_are_synthea_s(records: Records) -> None:
    schema = pd.read_csv(datasets("codes", "synthea_csv_schema.tsv"), sep="\t", encoding="utf-8")
    assert set(records.tables) == set(TABLES)
    for name, table in records.tables.items():
        assert list(table.columns) == schema.loc[schema["file"] == f"{name}.csv", "column"].tolist()
        assert not any(pd.api.types.is_object_dtype(table[column]) for column in table), name
        assert table.index.equals(pd.RangeIndex(len(table)))


def test_integrity(records: Records, check_integrity: Callable[[Records], None]) -> None:
    check_integrity(records)


def test_everybody_is_there_once(records: Records) -> None:
    people = records.people
    assert len(people) == 90 + 30 and people["alive"].sum() == 90
    assert people.loc[:89, "slot"].tolist() == list(range(90)) and people.loc[:89, "alive"].all()
    assert people["death_date"].isna().equals(people["alive"])
    assert people["person_id"].is_unique and people["verified_id"].is_unique
    assert (people.loc[90:, "slot"] % 3 == 0).all() and (people.loc[90:, "attempt"] == 0).all()
    assert (people["height"] == people["slot"]).all(), "vital signs belong to their person"
    assert (people["weight"] == people["slot"] + 1).all()
    assert people["diabetes"].equals(people["slot"] % 3 == 0)


def test_one_life_is_told_rightly(records: Records) -> None:
    person = records.people.loc[1, "person_id"]
    seen = {
        name: table[table["PATIENT"] == person]
        for name, table in records.tables.items()
        if "PATIENT" in table
    }
    visits = seen["encounters"]
    assert visits["ENCOUNTERCLASS"].tolist() == ["ambulatory", "inpatient", "virtual", "emergency"]
    assert visits["REASONCODE"].fillna("").tolist() == ["", "44054006", "", ""]
    assert visits["STOP"].iloc[1] - visits["START"].iloc[1] == pd.Timedelta(days=3.5)
    assert visits["STOP"].iloc[3] == pd.Timestamp("2026-01-01"), "history ends with the snapshot day"
    condition = seen["conditions"].iloc[0]
    assert len(seen["conditions"]) == 1, "what nobody saw is not recorded"
    assert (condition["SYSTEM"], condition["CODE"]) == ("SNOMED-CT", "44054006")
    assert condition["START"] == visits["START"].iloc[0].floor("D")
    assert condition["STOP"] == (visits["START"].iloc[1] + pd.Timedelta(days=0.1)).floor("D")
    assert condition["ENCOUNTER"] == visits["Id"].iloc[0]
    values = seen["observations"].set_index("CODE")
    assert values["VALUE"].to_dict() == {"4548-4": "7.0", "2160-0": "0.99", "72166-2": "Never smoked"}
    assert values["TYPE"].to_dict() == {"4548-4": "numeric", "2160-0": "numeric", "72166-2": "text"}
    pills = seen["medications"].iloc[0]
    assert pills["REASONDESCRIPTION"] == "Diabetes mellitus type 2 (disorder)"
    taken = (pills["STOP"] - pills["START"]) / pd.Timedelta(days=30)
    assert pills["DISPENSES"] == int(np.ceil(taken))
    check = seen["procedures"].iloc[0]
    assert check["STOP"] - check["START"] == pd.Timedelta(minutes=14, seconds=24)


def test_pills_end_with_life_and_go_on_with_it(records: Records) -> None:
    pills = records.tables["medications"].set_index("PATIENT")["STOP"]
    people = records.people.set_index("person_id")
    stop = pills[people.index[~people["alive"] & (people["slot"] % 2 == 0)]]
    assert (stop.to_numpy() == people.loc[stop.index, "death_date"].to_numpy()).all()
    assert pills[people.index[people["alive"] & (people["slot"] % 2 == 0)]].isna().all()


def test_bills_add_up(records: Records) -> None:
    tables = records.tables
    visits, pills, patients = tables["encounters"], tables["medications"], tables["patients"]
    assert (visits["TOTAL_CLAIM_COST"] >= visits["BASE_ENCOUNTER_COST"]).all()
    assert (visits["PAYER_COVERAGE"] <= visits["TOTAL_CLAIM_COST"]).all()
    whole = visits["TOTAL_CLAIM_COST"].sum() + pills["TOTALCOST"].sum()
    told = patients["HEALTHCARE_EXPENSES"].sum() + patients["HEALTHCARE_COVERAGE"].sum()
    assert abs(whole - told) < 1
    assert abs(tables["organizations"]["REVENUE"].sum() - visits["TOTAL_CLAIM_COST"].sum()) < 1
    assert tables["organizations"]["UTILIZATION"].sum() == len(visits)
    assert tables["providers"]["ENCOUNTERS"].sum() == len(visits)
    assert tables["providers"]["PROCEDURES"].sum() == len(tables["procedures"])


def test_the_old_are_insured_as_seniors(records: Records) -> None:
    visits = records.tables["encounters"].merge(
        records.tables["patients"][["Id", "BIRTHDATE"]], left_on="PATIENT", right_on="Id"
    )
    age = (visits["START"] - visits["BIRTHDATE"]) / pd.Timedelta(days=365.2425)
    senior = visits["PAYER"] == PAYERS[0].id
    assert senior.any() and (senior == (age >= 65)).all()


def test_facilities(records: Records) -> None:
    houses = records.tables["organizations"]
    kinds = pd.Series([facility.kind for facility in FACILITIES])
    assert kinds.value_counts().to_dict() == {"hospital": 3, "clinic": 2, "registry": 1}
    assert "County" in houses.loc[kinds == "registry", "NAME"].item()
    used = houses.set_index("Id")["UTILIZATION"]
    assert (used[houses.loc[kinds == "registry", "Id"]] == 0).all()
    visits = records.tables["encounters"]
    hospitals = set(houses.loc[kinds == "hospital", "Id"])
    assert (
        visits["ORGANIZATION"]
        .isin(hospitals)
        .equals(visits["ENCOUNTERCLASS"].isin(["inpatient", "emergency"]))
    )


def test_engine_and_population_speak_of_the_same_races() -> None:
    assert RACES == ENGINE_RACES


def test_same_arguments_same_records(events: Events, people: pd.DataFrame, records: Records) -> None:
    again = decode(events, PROGRAM, people, SEEDS)
    other = decode(events, PROGRAM, people, Seeds(PUBLIC_KEY, "other"))
    for name in TABLES:
        pd.testing.assert_frame_equal(records.tables[name], again.tables[name])
    assert not records.tables["encounters"]["Id"].isin(other.tables["encounters"]["Id"]).any()


def test_number_texts() -> None:
    texts, place = number_texts(np.array([0.04, -0.04, 120.0, float("nan")]), 1)
    assert [texts[i] if i >= 0 else None for i in place] == ["0.0", "0.0", "120.0", None]
    assert number_texts(np.array([95.6]), 0)[0] == ["96"]
    far = np.array([0.0, 9e9, 0.5, 9e9])
    texts, place = number_texts(far, 1)
    assert [texts[i] for i in place] == ["0.0", "9000000000.0", "0.5", "9000000000.0"]
