"""Messages say what the tables say, in each hospital's dialect; the strict judge refuses what was spoiled."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.defects.messages import spoil_messages
from sim.district import District
from sim.exchange.hl7 import (
    NULL,
    Message,
    MessageError,
    check,
    latest,
    parse,
    read_all,
    read_movements,
    read_patients,
    read_results,
    standing,
)
from sim.exchange.hl7.message import ENCODINGS
from sim.systems import conformance, messages
from sim.systems.dialects import DIALECTS
from sim.systems.facilities import FACILITIES
from sim.systems.message_results import comments, group, write_results


def setting_of(made_up, code, country="us"):
    """Returns the setting of a hospital that holds what H1 holds; stays are two days longer and more."""
    records, seeds = made_up
    district = District(records, seeds, {}, 700, country)
    told = district.setting(messages.RECORDERS[0], "H1")
    visits = told.tables["his_encounters"].assign(ward="A & E", dx_text="Cough, 50 % | worse")
    stay = visits["class"].isin(["inpatient", "ambulatory"])
    longer = (visits["discharged_at"] + pd.Timedelta(days=2)).where(stay)
    visits["class"] = visits["class"].mask(stay, "inpatient")
    visits["discharged_at"] = longer.fillna(visits["discharged_at"])
    return replace(told, facility=FACILITIES[code], tables={**told.tables, "his_encounters": visits})


@pytest.fixture(scope="module", params=["H1", "H2", "H3"])
def sent(request, made_up):
    setting = setting_of(made_up, request.param)
    return setting, messages.record(setting)["messages"]


@pytest.fixture(scope="module")
def spoiled(sent):
    """Returns spoiled messages and their ledger."""
    return spoil_messages(sent[1], 0.04, 60, np.random.default_rng(1))


@pytest.fixture(scope="module")
def back(sent):
    """Returns results and movements as a reader of messages finds them."""
    return read_results(text_of(sent[1], "ORU")), read_movements(text_of(sent[1], "ADT"))


def text_of(table, kind):
    return "".join(table.loc[table["kind"] == kind, "text"])


def readable(setting, texts):
    """Returns texts as the hospital's character set can hold them."""
    encoding = ENCODINGS[DIALECTS[setting.facility.code].charsets[setting.country]]
    return texts.map(lambda text: text.encode(encoding, "replace").decode(encoding), na_action="ignore")


def strict(text):
    """Says whether the strict judge accepts a message."""
    from hl7apy.consts import VALIDATION_LEVEL
    from hl7apy.exceptions import HL7apyException
    from hl7apy.parser import parse_message

    try:
        return bool(parse_message(text, validation_level=VALIDATION_LEVEL.STRICT).validate())
    except HL7apyException:
        return False


def ours(text):
    try:
        check(parse(text))
    except MessageError:
        return False
    return True


def test_every_message_is_in_order_and_numbered_once(sent):
    setting, table = sent
    assert table["message_id"].is_unique and set(table["kind"]) == {"ADT", "ORU"} and len(table) > 500
    for text in table["text"].iloc[::7]:
        assert ours(text)
        assert parse(text).write() == text
        assert parse(text).header.text(4) == setting.facility.code
    assert table["sent_at"].dt.year.eq(2025).all()
    for _, some in table.groupby("kind"):
        assert some["sent_at"].is_monotonic_increasing


def test_a_hospital_without_a_laboratory_sends_movements_alone(sent):
    setting, table = sent
    tables = {name: rows for name, rows in setting.tables.items() if name != "lis_results"}
    alone = messages.record(replace(setting, tables=tables))["messages"]
    pd.testing.assert_frame_equal(alone, table[table["kind"] == "ADT"])


def test_results_come_back_as_they_were(sent, back):
    setting, _ = sent
    dialect, rows = DIALECTS[setting.facility.code], setting.tables["lis_results"]
    rows = rows[rows["received_at"].dt.year == 2025].assign(comment=comments(rows, "us"))
    found = dialect.understood(back[0])
    keys = ["mrn", "specimen_id", "test_code", "test_name", "unit", "status", "value", "comment"]
    times = ["collected_at", "reported_at"]
    if setting.facility.code == "H3":
        rows = rows.assign(**{name: rows[name].dt.floor("min") for name in times})
    one, other = (
        f[keys + times].astype("str").sort_values(keys + times, ignore_index=True) for f in (rows, found)
    )
    pd.testing.assert_frame_equal(one, other)
    assert set(found["code_system"]) == {dialect.codes}


def test_what_holds_now_is_the_last_version_of_every_result(sent, back):
    setting, _ = sent
    rows = setting.tables["lis_results"]
    rows = rows[rows["received_at"].dt.year == 2025]
    found = latest(DIALECTS[setting.facility.code].understood(back[0]))
    order = rows.sort_values(["reported_at", "received_at"], kind="stable")
    last = order.drop_duplicates(["specimen_id", "test_code"], keep="last")
    last = last[last["status"] != "X"]
    assert {"C", "F", "X"} == set(rows["status"]) and rows["_fate"].eq("resend").any()
    keys = ["specimen_id", "test_code", "value"]
    pd.testing.assert_frame_equal(
        *(frame[keys].sort_values(keys, ignore_index=True) for frame in (found, last)), check_dtype=False
    )


def test_stays_come_back_as_they_stand(sent, back):
    setting, _ = sent
    dialect = DIALECTS[setting.facility.code]
    moves = back[1]
    found = dialect.understood(standing(moves)).set_index("visit_id")
    visits = setting.tables["his_encounters"].set_index("encounter_id").loc[found.index]
    for column in ("mrn", "ward", "dx_code", "dx_text"):
        known = visits[column].where(visits["dx_code"].notna()) if column == "dx_text" else visits[column]
        told = known.fillna("").to_numpy()
        assert (found[column].fillna("").to_numpy() == told).all(), column
    whole = visits["admitted_at"] if setting.facility.code != "H3" else visits["admitted_at"].dt.floor("min")
    assert found["admitted_at"].eq(whole).all()
    stays = visits[visits["class"] == "inpatient"]
    ended = stays["discharged_at"].dt.year == 2025
    if setting.facility.code != "H3":
        assert found.loc[stays.index, "discharged_at"][ended].eq(stays["discharged_at"][ended]).all()
    assert found.loc[stays.index, "discharged_at"][~ended].isna().all()
    assert found["class"].eq(visits["class"].map({"inpatient": "I", "emergency": "E"}).fillna("O")).all()


def test_every_stay_and_emergency_is_told_and_mistakes_are_taken_back(sent, back):
    setting, moves = sent[0], back[1]
    visits = setting.tables["his_encounters"].set_index("encounter_id")
    begun = visits[visits["admitted_at"].dt.year == 2025]
    counts = moves["event"].value_counts()
    assert set(counts.index) == {"A01", "A03", "A04", "A08", "A11", "A13"} and counts.min() >= 1
    first = moves[moves["event"].isin(["A01", "A04"])]
    assert set(begun.index[begun["class"].isin(["inpatient", "emergency"])]) <= set(first["visit_id"])
    cancelled = moves[moves["event"] == "A11"]["visit_id"]
    assert (visits.loc[cancelled, "class"] == "emergency").all()
    for event, before, after in (("A11", "A01", "A04"), ("A13", "A03", "A03")):
        for visit in moves.loc[moves["event"] == event, "visit_id"]:
            told = moves.loc[
                (moves["visit_id"] == visit) & moves["event"].isin([event, before, after]), "event"
            ]
            assert told.tolist() == [before, event, after]


def test_people_come_back_as_they_are_registered(sent):
    setting, table = sent
    dialect = DIALECTS[setting.facility.code]
    text = dialect.encode(table["text"], "us")
    found = dialect.understood(read_patients(text)).set_index("mrn")
    people = setting.tables["his_patients"].set_index("mrn").loc[found.index]
    for column in ("given_name", "family_name", "birth_date", "sex", "address", "area", "phone"):
        told = readable(setting, people[column]).fillna("")
        assert (found[column].fillna("") == told).all(), column


ODD = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.just("\n"), max_size=8).map(
    str.strip
)
VALUE = st.sampled_from(["7.1", "<0.1", ">=400", "", "+3", "≤5", "-2.50"]) | ODD


@given(st.sampled_from(["H1", "H2", "H3"]), st.lists(st.tuples(ODD, ODD, VALUE), min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_any_text_in_a_result_comes_back(code, texts):
    """Names, units and values hold every sign that parts messages, and more."""
    from sim.population import SNAPSHOT

    dialect, at = DIALECTS[code], pd.Timestamp(SNAPSHOT)
    columns = {"specimen_id": "S1", "mrn": "H1", "message_id": "M1", "status": "F", "test_code": "A"}
    rows = pd.DataFrame(texts, columns=["test_name", "unit", "value"], dtype="str").assign(**columns)
    rows = rows.assign(received_at=at, reported_at=at, collected_at=at)

    class Here:
        facility, country = FACILITIES[code], "cn"

    people = pd.Series({"H1": "PID|1||H1||x\r"}, dtype=object)
    rows, starts = group(rows)
    written = write_results(rows, starts, people, ["1"], Here, dialect)
    found = read_results("".join(written))
    for column in ("test_name", "unit", "value"):
        assert found[column].fillna("").tolist() == rows[column].tolist()


def test_the_strict_judge_accepts_what_is_clean_and_refuses_every_fault(sent, spoiled):
    _, table = sent
    drawn = pd.concat([table.sample(40, random_state=1), *(g.head(4) for _, g in table.groupby("kind"))])
    assert all(map(strict, drawn["text"]))
    dirty, ledger = spoiled
    assert ((dirty["text"] != table["text"]).to_numpy() == table["message_id"].isin(ledger["record"])).all()
    assert (dirty["text"].map(ours).to_numpy() == ~dirty["message_id"].isin(ledger["record"])).all()
    texts = dirty.set_index("message_id")["text"][ledger["record"]]
    assert not any(map(strict, texts))
    assert set(ledger["field"]) == {"PV1", "OBR", "PID-3", "PV1-2", "OBX-11"}


def test_the_ledger_says_what_was_changed_and_nothing_else_was(sent, spoiled):
    before = sent[1].set_index("message_id")["text"]
    after = spoiled[0].set_index("message_id")["text"]
    for record, field, clean, wrong in spoiled[1].to_numpy():
        one, other = parse(before[record]), parse(after[record])
        name, _, number = field.partition("-")
        if not number:
            assert clean + "\r" in before[record] and pd.isna(wrong)
            assert [s for s in one.segments if s.name != name] == list(other.segments)
            continue
        differing = {
            (a.name, n): (a.field(n), b.field(n))
            for a, b in zip(one.segments, other.segments, strict=True)
            for n in range(1, len(a.fields) + 1)
            if a.field(n) != b.field(n)
        }
        assert set(differing) == {(name, int(number))}
        stood, stands = differing[name, int(number)]
        assert stands == ((stood[0][::-1],) if name == "PID" else ((("",),),))


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
    tables = messages.record(setting)
    files = messages.write(setting, tables)
    assert len(files) == 8 and f"messages/{code.lower()}_oru_2025q1.hl7" in files
    content = b"".join(files.values())
    received = read_all(content)
    assert len(received) == len(tables["messages"]) and all(isinstance(each, Message) for each in received)
    assert readable(setting, pd.Series(["Łé’"]))[0] == ("Łé’" if encoding == "utf-8" else "?é?")
    content.decode(encoding)


def test_files_of_cn_are_in_its_character_sets(made_up):
    setting = setting_of(made_up, "H1", "cn")
    table = messages.record(setting)["messages"]
    texts = table["text"].iloc[:3].str.replace("PID|1||", "PID|1|㛃𬭎|", regex=False)
    content = DIALECTS["H1"].encode(texts, "cn")
    content.decode("gb18030")
    assert [each.all("PID")[0].text(2) for each in read_all(content)] == ["㛃𬭎"] * 3
    assert "标本凝固 & 未检测" in set(read_results(text_of(table, "ORU"))["comment"])


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
