"""Bundles are valid FHIR where nothing was spoiled, wrong exactly where it was, and can be read back."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.defects.messages import UNKNOWN_SYSTEM, drop_offsets, spoil_messages
from sim.district import District
from sim.errors import HilabError
from sim.exchange.fhir.bundle import COLUMNS, read_bundle
from sim.exchange.fhir.check import references
from sim.exchange.fhir.schema import validator
from sim.systems import bundles
from sim.systems.facilities import FACILITIES


@pytest.fixture(scope="module", params=["H1", "H2", "H3"])
def sent(request, made_up):
    records, seeds = made_up
    told = District(records, seeds, {}, 700).setting(bundles.RECORDERS[0], "H1")
    setting = replace(told, facility=FACILITIES[request.param])
    return setting, bundles.record(setting)["bundles"]


def resources(text):
    return [entry["resource"] for entry in json.loads(text)["entry"]]


def test_bundles_are_valid_and_references_resolve(sent):
    _, table = sent
    assert len(table) > 50 and table["bundle_id"].is_unique
    judge = validator("Bundle")
    for text in table["text"]:
        assert judge.is_valid(json.loads(text))
        names = {f"{each['resourceType']}/{each['id']}" for each in resources(text)}
        assert set(references(resources(text))) <= names


def test_spoiled_bundles_are_wrong_exactly_where_they_were_spoiled(sent):
    _, table = sent
    spoiled, ledger = spoil_messages(table, 0.5, 0, np.random.default_rng(1))
    assert ((spoiled["text"] != table["text"]).to_numpy() == table["bundle_id"].isin(ledger["record"])).all()
    judge, kinds = validator("Bundle"), set()
    for clean, dirty in zip(ledger["clean"], ledger["dirty"], strict=True):
        if UNKNOWN_SYSTEM in dirty:
            kinds.add("system")
            assert judge.is_valid(json.loads(dirty)) and dirty.count(UNKNOWN_SYSTEM) == 1
        else:
            kinds.add("class")
            assert not judge.is_valid(json.loads(dirty))
            assert {**resources(dirty)[1], "class": resources(clean)[1]["class"]} == resources(clean)[1]
    assert kinds == {"system", "class"}


def test_times_without_offset_are_invalid_and_only_there(sent):
    _, table = sent
    spoiled, ledger = drop_offsets(table, 0.1, 10, np.random.default_rng(1))
    assert len(ledger) == max(10, round(len(table) * 0.1))
    valid = [validator("Bundle").is_valid(json.loads(text)) for text in spoiled["text"]]
    assert (~np.array(valid) == table["bundle_id"].isin(ledger["record"])).all()
    for clean, dirty in zip(ledger["clean"], ledger["dirty"], strict=True):
        offset = {name: time + "-06:00" for name, time in resources(dirty)[1]["period"].items()}
        assert offset == resources(clean)[1]["period"]
    none, empty = drop_offsets(table, 0, 0, np.random.default_rng(1))
    assert empty.empty and none["text"].equals(table["text"])


def test_a_round_trip_keeps_what_it_claims(sent):
    setting, table = sent
    back = read_bundle("".join(f"{text}\n" for text in table["text"]))
    visits = setting.tables["his_encounters"].set_index("encounter_id").loc[table["encounter_id"]]
    found = back["his_encounters"].set_index("encounter_id")
    for column in ("mrn", "class", "dx_code", "dx_text"):
        assert found[column].fillna("").tolist() == visits[column].fillna("").tolist()
    for column in ("admitted_at", "discharged_at"):
        assert (pd.to_datetime(found[column].str[:19]) == visits[column]).all()
        assert set(found[column].str[19:]) == {"-06:00"}
    people = setting.tables["his_patients"].set_index("mrn").loc[back["his_patients"]["mrn"]].reset_index()
    for column in COLUMNS["his_patients"]:
        assert back["his_patients"][column].fillna("").tolist() == people[column].fillna("").tolist()


def test_results_come_back_with_values_status_and_reasons(sent):
    setting, table = sent
    ids = [r["id"] for text in table["text"] for r in resources(text) if r["resourceType"] == "Observation"]
    assert len(ids) == len(set(ids)) > 20
    found = read_bundle("".join(f"{text}\n" for text in table["text"]))["lis_results"]
    rows = setting.tables["lis_results"].set_index("row_id").loc[ids].reset_index()
    for column in ("mrn", "test_code", "test_name", "status"):
        assert found[column].tolist() == rows[column].tolist()
    assert (found["value"].isna() == rows["value"].isna()).all()
    assert found["value"].astype(float).equals(rows["value"].astype(float))
    assert found["loinc"].notna().any() == (setting.facility.code != "H3")


@pytest.mark.parametrize(
    "line", ["", "{", "[]", "{}", '{"entry": 3}', '{"entry": [{"resource": {}}]}', "\xff"]
)
def test_a_line_that_is_no_bundle_is_named(line):
    with pytest.raises(HilabError, match="Line 1"):
        read_bundle(line + "\n")
