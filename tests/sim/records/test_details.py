"""Tables whose rows the module file spells out, and what is kept of a long history."""

import re

import pandas as pd
from made_up_history import PROGRAM, SEEDS

from sim.engine import Events
from sim.records import Records, decode_part
from sim.records.lexicon import Lexicon
from sim.records.tables import to_pandas


def test_everything_belongs_to_an_encounter_of_its_patient(records: Records) -> None:
    visits = records.tables["encounters"].set_index("Id")["PATIENT"]
    for name, table in records.tables.items():
        if "ENCOUNTER" in table:
            assert len(table), name
            assert (visits[table["ENCOUNTER"]].to_numpy() == table["PATIENT"].to_numpy()).all(), name
            assert table["CODE" if "CODE" in table else "SOP_CODE"].notna().all(), name


def test_allergies_show_the_first_two_reactions_that_occur(records: Records) -> None:
    allergy = records.tables["allergies"].iloc[0]
    assert (allergy["TYPE"], allergy["CATEGORY"]) == ("allergy", "food")
    assert (allergy["REACTION1"], allergy["SEVERITY1"]) == ("271807003", "MILD")
    assert (allergy["REACTION2"], allergy["DESCRIPTION2"]) == ("402387002", "Swelling")


def test_supplies_and_images_are_spread_out(records: Records) -> None:
    supplies, images = records.tables["supplies"], records.tables["imaging_studies"]
    assert supplies["QUANTITY"].tolist()[:2] == [50, 2] and len(supplies) == 2 * 120
    assert len(images) == 2 * 120 and images["Id"].nunique() == 120
    assert images["INSTANCE_UID"].is_unique and images["SERIES_UID"].nunique() == 120
    assert images["INSTANCE_UID"].str.fullmatch(r"2\.25\.[1-9]\d{1,38}").all()
    assert (images["PROCEDURE_CODE"] == "399208008").all() and (images["MODALITY_CODE"] == "DX").all()


def test_devices_have_identifiers(records: Records) -> None:
    identifiers = records.tables["devices"]["UDI"]
    form = re.compile(r"\(01\)\d{14}\(11\)(\d{6})\(17\)\d{6}\(10\)\d{16}\(21\)\d{17}")
    assert identifiers.is_unique and identifiers.map(lambda text: bool(form.fullmatch(text))).all()
    made = pd.to_datetime("20" + form.fullmatch(identifiers[0])[1], format="%Y%m%d")  # type: ignore[index]
    assert made.month in range(1, 13)


def test_calls_are_virtual_only_since_there_is_video(records: Records) -> None:
    visits = records.tables["encounters"]
    calls = visits[visits["CODE"] == "185317003"]
    early = calls["START"] < pd.Timestamp("2016-01-01")
    assert early.any() and (calls.loc[early, "ENCOUNTERCLASS"] == "ambulatory").all()
    assert (calls.loc[~early, "ENCOUNTERCLASS"] == "virtual").all()


def test_a_short_history_keeps_what_matters(events: Events, people: pd.DataFrame, records: Records) -> None:
    part = decode_part(events, Lexicon(PROGRAM.states), people, SEEDS, history=10)
    short = {name: to_pandas(table) for name, table in part.tables.items()}
    since, whole = pd.Timestamp("2016-01-01"), records.tables
    for name, begin in (("observations", "DATE"), ("immunizations", "DATE"), ("procedures", "START")):
        assert len(short[name]) and (short[name][begin] >= since).all()
        assert len(short[name]) == (whole[name][begin] >= since).sum()
    assert len(short["conditions"]) == len(whole["conditions"]), "everybody's only diabetes is kept"
    lasting = whole["medications"]["STOP"].isna() | (whole["medications"]["STOP"] >= since)
    assert len(short["medications"]) < len(whole["medications"])
    assert len(short["medications"]) >= lasting.sum()
    visits = short["encounters"]
    old = visits[visits["START"] < since]
    used = {x for table in short.values() if "ENCOUNTER" in table for x in table["ENCOUNTER"]}
    assert len(old) and set(old["Id"]) <= used <= set(visits["Id"])
    assert set(visits["Id"]) <= set(whole["encounters"]["Id"])
