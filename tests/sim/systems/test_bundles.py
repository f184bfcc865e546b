"""Bundles are valid FHIR where nothing was spoiled, wrong exactly where it was, and can be read back."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from bundle_trees import Trees

from sim.defects.messages import UNKNOWN_SYSTEM, drop_offsets, spoil_messages
from sim.district import District
from sim.errors import HilabError
from sim.exchange.fhir.bundle import COLUMNS, read_bundle
from sim.exchange.fhir.profile import check_bundle
from sim.exchange.fhir.schema import validator
from sim.exchange.fhir.systems import own
from sim.systems import bundles
from sim.systems.dialects import DIALECTS
from sim.systems.facilities import FACILITIES

VALUES = ["<0.1", "≥400", "7.10", "007", "see note", "", ">=3", "5.", "0"]
"""Values of some results in place of their own."""


@pytest.fixture(scope="module", params=["H1", "H2", "H3"])
def sent(request, made_up):
    """Returns the setting of a hospital that holds what H1 holds, odd texts among it, and its bundles."""
    records, seeds = made_up
    told = District(records, seeds, {}, 700).setting(bundles.RECORDERS[0], "H1")
    patients, results = told.tables["his_patients"].copy(), told.tables["lis_results"].copy()
    patients.loc[patients.index[::5], ["address", "phone", "family_name"]] = [
        '7 "A" \\ B\nstreet',
        None,
        None,
    ]
    patients.loc[patients.index[1::5], ["address", "area", "given_name"]] = [None, None, 'Zoë "class":{']
    results.loc[results.index[::3], "value"] = np.resize(VALUES, len(results.index[::3]))
    results.loc[results.index[1::7], "unit"] = None
    tables = {**told.tables, "his_patients": patients, "lis_results": results}
    setting = replace(told, facility=FACILITIES[request.param], tables=tables)
    return setting, bundles.record(setting)["bundles"]


def resources(text):
    return [entry["resource"] for entry in json.loads(text)["entry"]]


def test_bundles_equal_those_written_as_trees(sent):
    setting, table = sent
    code = setting.facility.code
    trees = Trees(code, "us", DIALECTS[code].both_codes)
    people = setting.tables["his_patients"].set_index("mrn", drop=False)
    visits = setting.tables["his_encounters"].set_index("encounter_id", drop=False)
    results = setting.tables["lis_results"].drop_duplicates(["specimen_id", "test_code", "reported_at"])
    results = dict(list(results.groupby("mrn")))
    for row in table.itertuples():
        visit = visits.loc[row.encounter_id]
        theirs = results.get(row.mrn, setting.tables["lis_results"].iloc[:0])
        during = theirs["collected_at"].between(visit["admitted_at"], visit["discharged_at"])
        taken = theirs[during].to_dict("records")
        tree = trees.bundle(row.bundle_id, people.loc[row.mrn], visit, taken, row.sent_at)
        plain = json.dumps(tree, ensure_ascii=False)
        text = json.dumps(json.loads(row.text, parse_float=str, parse_int=str), ensure_ascii=False)
        assert text == plain


def test_bundles_are_valid_and_keep_what_the_hospitals_promise(sent):
    setting, table = sent
    assert len(table) > 50 and table["bundle_id"].is_unique
    for text in table["text"]:
        assert validator("Bundle").is_valid(json.loads(text))
        assert not check_bundle(text, own(setting.facility.code))


def test_spoiled_bundles_are_wrong_exactly_where_they_were_spoiled(sent):
    setting, table = sent
    spoiled, ledger = spoil_messages(table, 0.5, 0, np.random.default_rng(1))
    assert ((spoiled["text"] != table["text"]).to_numpy() == table["bundle_id"].isin(ledger["record"])).all()
    before, after = (frame.set_index("bundle_id")["text"] for frame in (table, spoiled))
    told = ledger.set_index("record")
    for ident, text in after.items():
        findings = check_bundle(text, own(setting.facility.code))
        if ident not in told.index:
            assert not findings
            continue
        field, clean = told.loc[ident, "field"], told.loc[ident, "clean"]
        assert len(findings) == 1
        if field == "Encounter.class":
            assert findings[0].code == "structure" and findings[0].place == "Bundle.entry[1].resource"
            assert not validator("Bundle").is_valid(json.loads(text))
            whole = {**resources(text)[1], "class": resources(before[ident])[1]["class"]}
            assert whole == resources(before[ident])[1] and whole["class"]["code"] == clean
        else:
            assert findings[0].code == "code-invalid" and findings[0].place.endswith("code.coding[0].system")
            assert validator("Bundle").is_valid(json.loads(text))
            assert text.replace(UNKNOWN_SYSTEM, clean) == before[ident] and UNKNOWN_SYSTEM in text
    assert {"Encounter.class"} < set(ledger["field"])


def test_times_without_offset_are_invalid_and_only_there(sent):
    _, table = sent
    spoiled, ledger = drop_offsets(table, 0.1, 10, np.random.default_rng(1))
    assert ledger["record"].nunique() == max(10, round(len(table) * 0.1)) and len(ledger) % 2 == 0
    valid = [validator("Bundle").is_valid(json.loads(text)) for text in spoiled["text"]]
    assert (~np.array(valid) == table["bundle_id"].isin(ledger["record"])).all()
    before, after = (frame.set_index("bundle_id")["text"] for frame in (table, spoiled))
    for ident, rows in ledger.groupby("record"):
        text = after[ident]
        for dirty, clean in zip(rows["dirty"], rows["clean"], strict=True):
            assert clean == dirty + "-06:00" and dirty in text
        period = resources(before[ident])[1]["period"]
        assert [period["start"], period["end"]] == rows["clean"].tolist()
        assert len(text) == len(before[ident]) - 12
    none, empty = drop_offsets(table, 0, 0, np.random.default_rng(1))
    assert empty.empty and none["text"].equals(table["text"])


def test_a_bundle_may_be_spoiled_in_both_ways(sent):
    _, table = sent
    once, _ = spoil_messages(table, 1.0, 0, np.random.default_rng(1))
    twice, ledger = drop_offsets(once, 1.0, 0, np.random.default_rng(1))
    assert len(ledger) == 2 * len(table)
    assert all("resourceType" in json.loads(text) for text in twice["text"])


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
    kept = rows["value"].str.replace("≤", "<=").str.replace("≥", ">=").fillna("")
    assert found["value"].fillna("").tolist() == kept.tolist() and {"<0.1", "7.10", "007"} <= set(kept)
    number = kept.str.fullmatch(r"(<=|>=|<|>)?(0|[1-9]\d*)(\.\d+)?")
    assert found.loc[number, "unit"].fillna("").tolist() == rows.loc[number, "unit"].fillna("").tolist()
    assert found["loinc"].notna().any() == (setting.facility.code != "H3")


def test_a_hospital_without_a_laboratory_sends_visits_alone(sent):
    setting, table = sent
    tables = {name: rows for name, rows in setting.tables.items() if name != "lis_results"}
    alone = bundles.record(replace(setting, tables=tables))["bundles"]
    assert len(alone) == len(table)
    for text, whole in zip(alone["text"], table["text"], strict=True):
        left = [r for r in resources(whole) if r["resourceType"] not in ("Observation", "DiagnosticReport")]
        assert resources(text) == left


@pytest.mark.parametrize(
    "line", ["", "{", "[]", "{}", '{"entry": 3}', '{"entry": [{"resource": {}}]}', "\xff", "[" * 5000]
)
def test_a_line_that_is_no_bundle_is_named(line):
    with pytest.raises(HilabError, match="Line 1"):
        read_bundle(line + "\n")
