"""Messages say what the tables say, in each hospital's dialect; the strict judge refuses what was spoiled."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from sim.defects.messages import spoil_messages
from sim.district import District
from sim.exchange.hl7 import (
    NULL,
    Message,
    MessageError,
    check,
    parse,
    read_all,
    read_movements,
    read_results,
)
from sim.systems import conformance, messages
from sim.systems.dialects import DIALECTS
from sim.systems.facilities import FACILITIES

READS = ("his_patients", "his_encounters", "lis_results")


def setting_of(made_up, code, country="us"):
    """Returns the setting of a hospital that holds what H1 holds."""
    records, seeds = made_up
    district = District(records, seeds, {}, 700, country)
    told = district.setting(messages.RECORDERS[0], "H1")
    return replace(told, facility=FACILITIES[code])


@pytest.fixture(scope="module", params=["H1", "H2", "H3"])
def sent(request, made_up):
    setting = setting_of(made_up, request.param)
    return setting, messages.record(setting)["messages"]


def strict(text):
    """Says whether the strict judge accepts a message; segments of our own it does not know are left out."""
    from hl7apy.consts import VALIDATION_LEVEL
    from hl7apy.exceptions import HL7apyException
    from hl7apy.parser import parse_message

    lines = [line for line in text.split("\r") if not line.startswith("Z")]
    try:
        return bool(parse_message("\r".join(lines), validation_level=VALIDATION_LEVEL.STRICT).validate())
    except HL7apyException:
        return False


def test_every_message_is_in_order_and_numbered_once(sent):
    setting, table = sent
    assert table["message_id"].is_unique and set(table["kind"]) == {"ADT", "ORU"} and len(table) > 500
    for text in table["text"].iloc[::20]:
        check(parse(text))
    assert parse(table["text"].iloc[0]).write() == table["text"].iloc[0]
    assert setting.facility.code in table["text"].iloc[0]


def test_results_reach_the_reader(sent):
    setting, table = sent
    dialect, rows = DIALECTS[setting.facility.code], setting.tables["lis_results"]
    rows = rows[rows["received_at"].dt.year == 2025]
    found = read_results("".join(table.loc[table["kind"] == "ORU", "text"]))
    assert len(found) == len(rows)
    keys = ["mrn", "specimen_id", "test_code", "reported_at", "status", "value"]
    clean = rows.assign(reported_at=dialect.times(rows["reported_at"]))
    one, other = (frame[keys].astype("str").sort_values(keys, ignore_index=True) for frame in (clean, found))
    pd.testing.assert_frame_equal(one, other)
    assert set(found["code_system"]) == {dialect.codes}


def test_stays_reach_the_reader(sent):
    setting, table = sent
    moves = read_movements("".join(table.loc[table["kind"] == "ADT", "text"]))
    visits = setting.tables["his_encounters"].set_index("encounter_id")
    visit = visits.loc[moves["visit_id"]]
    assert (moves["mrn"].to_numpy() == visit["mrn"].to_numpy()).all()
    known = visit["dx_text"].notna().to_numpy()
    assert (moves["dx_text"].to_numpy()[known] == visit["dx_text"].to_numpy()[known]).all()
    stays = visits[(visits["class"] == "inpatient") & (visits["admitted_at"].dt.year == 2025)]
    assert set(stays.index) == set(moves.loc[moves["event"] == "A01", "visit_id"])
    ended = visits[(visits["class"] == "inpatient") & (visits["discharged_at"].dt.year == 2025)]
    assert set(ended.index) == set(moves.loc[moves["event"] == "A03", "visit_id"])


def test_names_stand_in_the_dialects_order(sent):
    setting, table = sent
    patients = setting.tables["his_patients"].set_index("mrn")
    row = table.iloc[0]
    pid = parse(row["text"]).all("PID")[0]
    given = patients.loc[row["mrn"], "given_name"]
    assert pid.text(5, 1 if setting.facility.code == "H3" else 2) == given


def test_the_strict_judge_accepts_what_is_clean_and_refuses_what_lacks_a_segment(sent):
    _, table = sent
    drawn = table.sample(40, random_state=1)
    assert all(strict(text) for text in drawn["text"])
    spoiled, ledger = spoil_messages(table, 0.02, 15, np.random.default_rng(1))
    assert ((spoiled["text"] != table["text"]).to_numpy() == table["message_id"].isin(ledger["record"])).all()
    some = ledger.iloc[:25]
    for clean, dirty in zip(some["clean"], some["dirty"], strict=True):
        before, after = parse(clean), parse(dirty)
        if len(before.segments) != len(after.segments):
            assert not strict(dirty)
            with pytest.raises(MessageError, match="required segment"):
                check(after)
        else:
            assert differing(before, after) in ({("PID", 3)}, {("OBX", 3)}, {("DG1", 3)})


def differing(one, other):
    pairs = zip(one.segments, other.segments, strict=True)
    return {
        (a.name, number)
        for a, b in pairs
        for number in range(1, len(a.fields) + 1)
        if a.field(number) != b.field(number)
    }


def test_a_rate_of_zero_spoils_nothing_and_a_higher_one_the_same_and_more(sent):
    _, table = sent
    none, ledger = spoil_messages(table, 0, 0, np.random.default_rng(1))
    pd.testing.assert_frame_equal(none, table)
    assert ledger.empty
    few, more = (spoil_messages(table, rate, 0, np.random.default_rng(1))[1] for rate in (0.01, 0.03))
    assert set(few["record"]) < set(more["record"])


@pytest.mark.parametrize(("code", "encoding"), [("H1", "utf-8"), ("H2", "latin-1"), ("H3", "latin-1")])
def test_files_are_read_in_the_character_set_they_name(made_up, code, encoding):
    setting = setting_of(made_up, code)
    files = messages.write(setting, messages.record(setting))
    assert len(files) == 8 and f"messages/{code.lower()}_oru_2025q1.hl7" in files
    content = b"".join(files[name] for name in files if "adt" in name)
    content.decode(encoding)
    assert all(isinstance(each, Message) for each in read_all(content[: content.index(b"MSH", 20_000)]))


def test_files_of_cn_are_in_its_character_sets(made_up):
    setting = setting_of(made_up, "H1", "cn")
    table = messages.record(setting)["messages"]
    texts = table["text"].iloc[:3].str.replace("PID|1||", "PID|1|㛃𬭎|", regex=False)
    content = DIALECTS["H1"].encode(texts, "cn")
    content.decode("gb18030")
    assert [each.all("PID")[0].text(2) for each in read_all(content)] == ["㛃𬭎"] * 3


def test_the_same_setting_gives_the_same_messages(sent):
    setting, table = sent
    pd.testing.assert_frame_equal(messages.record(setting)["messages"], table)


def test_a_right_reader_gets_what_the_truth_says_of_the_conformance_files(made_up):
    setting = setting_of(made_up, "H1")
    tables = conformance.record(setting)
    files, facts = (
        conformance.write(setting, tables),
        conformance.tell(setting, tables)["conformance_results"],
    )
    assert len(files) == 30 and (facts.drop_duplicates("file")["situation"].value_counts() == 3).all()
    for name, expected in facts.groupby("file"):
        received = read_all(files[name])
        assert len(received) == 1
        if isinstance(received[0], MessageError):
            error = received[0]
            field = None if error.field is None else str(error.field)
            right = expected.iloc[0]
            assert (str(error.code), error.segment) == (right["error"], right["segment"]), name
            assert field == (None if pd.isna(right["field"]) else right["field"]), name
        else:
            found = read_results(files[name])[["mrn", "test_code", "value", "status"]]
            wanted = expected[["mrn", "test_code", "value", "status"]].reset_index(drop=True)
            pd.testing.assert_frame_equal(found, wanted, check_dtype=False)
            assert expected["error"].isna().all()
    assert NULL in set(facts["value"])
