"""Notes say what happened; every mention stands where the truth says it does."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_hospital import made_up_setting

from sim.defects.notes import copy_forward, misspell
from sim.systems import notes
from sim.systems.note_cases import Case
from sim.systems.note_facts import TESTS, open_cases
from sim.systems.note_marks import KINDS, list_mentions, mark, strip
from sim.systems.note_words import SYMPTOMS
from sim.systems.schema import publish
from sim.systems.wording import conditions, drug_names, read_codes

COUNTRIES = ("us", "cn")


@pytest.fixture(scope="module", params=COUNTRIES)
def setting(made_up, request):
    return made_up_setting(made_up, country=request.param)


@pytest.fixture(scope="module")
def written(setting):
    return notes.take_notes(setting)["emr_notes"]


@pytest.fixture(scope="module")
def spoiled(setting, written):
    """The notes after both defects, with their ledger."""
    typed, slips = misspell(written, 0.3, 15, np.random.default_rng(1), setting.country)
    copied, pasted = copy_forward(typed, 0.3, 15, np.random.default_rng(2))
    return notes.tidy("emr_notes", copied, pd.concat([slips, pasted], ignore_index=True))


@pytest.fixture(scope="module")
def mentions(setting, spoiled):
    return notes.find_mentions(setting, {"emr_notes": spoiled[0]})["note_mentions"]


def cut(table: pd.DataFrame, mentions: pd.DataFrame) -> list[str]:
    text = table.set_index("note_id")["text"]
    return [text[n][a:b] for n, a, b in zip(mentions.note_id, mentions.start, mentions.end, strict=True)]


def test_names_telephones_and_places_stand_exactly_where_the_truth_says(spoiled, mentions):
    exact = mentions[mentions["kind"].isin(["phone", "place"])]
    assert len(exact) > 15 and cut(spoiled[0], exact) == exact["value"].tolist()
    named = mentions[mentions["kind"] == "name"]
    assert len(named) > 15
    assert all(said in value for said, value in zip(cut(spoiled[0], named), named["value"], strict=True))


def test_measurements_are_quoted_with_their_number(spoiled, mentions):
    told = mentions[mentions["kind"] == "measurement"]
    numbers = told["value"].str.split(" ").str[1]
    assert len(told) > 100
    assert all(number in said for number, said in zip(numbers, cut(spoiled[0], told), strict=True))


def test_dates_are_written_in_several_ways_and_mean_one_day(spoiled, mentions):
    dates = mentions[mentions["kind"] == "date"]
    said = cut(spoiled[0], dates)
    assert len({len(text) for text in said}) > 1
    assert all(
        value[:4] in text or value[2:4] == text[-2:] for value, text in zip(dates["value"], said, strict=True)
    )


def test_unspoiled_conditions_and_drugs_are_called_by_a_known_name(setting, written):
    told = list_mentions(written["note_id"].tolist(), written["text"].tolist())
    table = written.assign(text=written["text"].map(strip))
    for kind, names in (
        ("condition", {**conditions(setting.country), **SYMPTOMS[setting.country]}),
        ("drug", drug_names(setting.country)),
    ):
        these = told[told["kind"] == kind]
        assert len(these) > 100
        for code, said in zip(these["value"], cut(table, these), strict=True):
            assert said in names[code].all


def test_mentions_do_not_overlap_and_lie_inside_the_text(spoiled, mentions):
    assert set(mentions["kind"]) == set(KINDS) and set(mentions["whose"]) == {"patient", "family"}
    assert (mentions["start"] < mentions["end"]).all()
    following = mentions.groupby("note_id")["start"].shift(-1)
    assert not (mentions["end"] > following).any()
    length = spoiled[0].set_index("note_id")["text"].str.len()
    assert (mentions["end"] <= length[mentions["note_id"]].to_numpy()).all()


def test_no_mark_leaves_the_simulator(spoiled):
    table, ledger = spoiled
    shipped = publish(table, notes.EMR_NOTES)
    for column in (shipped["text"], ledger["clean"].dropna(), ledger["dirty"]):
        assert not column.str.contains("[\x00-\x09\x0b-\x1f]", regex=True).any()
    assert list(shipped) == [c.name for c in notes.EMR_NOTES.columns]


def test_notes_deny_doubt_and_speak_of_the_family(mentions):
    sick = mentions[mentions["kind"] == "condition"]
    assert sick["negated"].sum() > 100
    assert (sick["whose"] == "family").sum() > 20
    assert (~sick["certain"]).sum() > 15
    assert not (sick["negated"] & ~sick["certain"]).any()


def test_nobody_denies_what_the_visit_found(setting):
    for case in open_cases(setting, setting.here):
        assert not {case.main, *case.found, *case.complaints} & set(case.denials)
        assert not {case.main, *case.history} & set(case.suspects)


def test_stays_and_emergencies_all_have_notes_and_others_some(setting):
    chosen = notes.choose_visits(setting)
    here = setting.here
    for kind, cls in (("admission", "inpatient"), ("discharge", "inpatient"), ("emergency", "emergency")):
        have = set(chosen.loc[chosen["kind"] == kind, "visit"])
        over = here["stop"] < setting.today if kind == "discharge" else here["start"] < setting.today
        assert have == set(here.index[(here["class"] == cls) & over])
    ends = chosen[chosen["kind"] == "discharge"]
    left = here.loc[ends["visit"], "stop"].to_numpy() - ends["written_at"].to_numpy()
    assert (left > np.timedelta64(0)).all() and (left < np.timedelta64(2, "h")).all()
    share = (chosen["kind"] == "clinic").sum() / here["class"].isin(list(notes.NOTED)).sum()
    assert 0 < share < 0.2


def test_notes_are_filed_under_the_right_person_and_signed_after_the_visit_began(setting, written):
    filed = setting.filed.set_index("mrn")["_person"]
    assert (filed[~filed.index.duplicated()][written["mrn"]].to_numpy() == written["_person"]).all()
    number = setting.tables["his_encounters"].set_index("encounter_id")["_encounter"]
    visit = setting.here.loc[number[written["encounter_id"]]]
    assert (visit["person"].to_numpy() == written["_person"]).all()
    assert (written["written_at"].to_numpy() > visit["start"].to_numpy()).all()
    assert (written["written_at"] < setting.today).all() and written["written_at"].is_monotonic_increasing
    assert written["note_id"].is_unique


def test_the_same_setting_writes_the_same_notes_and_another_district_others(made_up, setting, written):
    again = notes.take_notes(made_up_setting(made_up, country=setting.country))["emr_notes"]
    pd.testing.assert_frame_equal(again, written)
    other = notes.take_notes(made_up_setting(made_up, country=setting.country, world="b"))["emr_notes"]
    assert (other["text"].iloc[:20].to_numpy() != written["text"].iloc[:20].to_numpy()).any()


def test_notes_do_not_all_look_alike(written):
    text = written["text"].map(strip)
    assert text.nunique() > 0.95 * len(text)
    first = text.str.split("\n").str[0].str[:12]
    assert first.value_counts(normalize=True).iloc[0] < 0.35


def test_the_second_american_hospital_quotes_si_units_and_chinese_hospitals_always_do(made_up):
    def units(hospital: str, country: str) -> set[str]:
        setting = made_up_setting(made_up, hospital, country)
        cases = open_cases(setting, setting.here)
        return {unit for case in cases for code, _, unit in case.results if code == "2160-0"}

    assert units("H1", "us") == {"mg/dL"} and units("H2", "us") == {"umol/L"}
    assert units("H1", "cn") == units("H3", "cn") == {"umol/L"}


def test_factors_of_units_are_those_of_the_table():
    table = read_codes("codes_labs_vitals.csv").drop_duplicates("loinc").set_index("loinc")
    for code, ((us_unit, _, _), (unit, factor, _)) in TESTS.items():
        row = table.loc[code]
        assert (row["ucum"], row["china_unit"]) == (us_unit, unit)
        assert float(row["factor_us_to_china_unit"]) == factor


def test_texts_are_in_the_language_of_the_country(setting, written):
    text = written["text"].map(strip)
    chinese = text.str.contains("[\u4e00-\u9fff]", regex=True)
    assert chinese.all() if setting.country == "cn" else not chinese.any()


def test_relatives_live_in_the_same_household(setting):
    people = setting.people
    for case in open_cases(setting, setting.here.iloc[:300]):
        if case.relative is not None:
            _, given_name, surname, phone = case.relative
            kin = people[(people["given"] == given_name) & (people["surname"] == surname)]
            me = people[(people["given"] == case.given) & (people["surname"] == case.surname)]
            assert set(kin["household"]) & set(me["household"]) and phone in set(kin["phone"])


def test_every_abbreviation_that_is_listed_is_used(setting, written):
    listed = read_codes("note_abbreviations.csv")
    common = listed[(listed["country"] == setting.country) & (listed["kind"].isin(["word", "measurement"]))]
    text = "\n".join(written["text"].map(strip)).casefold()
    # Made-up people have no temperature, saturation, pulse or LDL.
    measured = set(setting.records.tables["observations"]["CODE"]) | {"", "85354-9"}
    for short in common.loc[common["code"].isin(measured), "abbreviation"]:
        assert re.search(rf"(?<![a-z]){re.escape(short.casefold())}(?![a-z])", text), short


words = st.text(st.characters(exclude_characters="\x02\x03\x04", exclude_categories=("Cs",)), max_size=12)


@given(st.lists(st.lists(st.tuples(st.sampled_from(KINDS), words.filter(bool), words)), min_size=1))
def test_marks_of_any_text_are_found_again(made_of):
    """Positions are right for any text, whatever stands around the mentions."""
    marked = ["".join(mark(kind, "v;1", said) + rest for kind, said, rest in note) for note in made_of]
    found = list_mentions([str(n) for n in range(len(marked))], marked)
    plain = [strip(text) for text in marked]
    assert plain == ["".join(said + rest for _, said, rest in note) for note in made_of]
    expected = [(str(n), kind, said) for n, note in enumerate(made_of) for kind, said, _ in note]
    said = [plain[int(n)][a:b] for n, a, b in zip(found.note_id, found.start, found.end, strict=True)]
    assert list(zip(found["note_id"], found["kind"], said, strict=True)) == expected
    assert set(found["value"]) <= {"v;1"}


def test_a_case_tells_its_group_by_the_longest_beginning():
    blank = dict.fromkeys(Case.__slots__)
    migraine = Case(**{**blank, "code": "G43.909", "found": frozenset(), "history": (), "age": 9000})
    assert migraine.complaints == ("25064002", "422587007") and "25064002" not in migraine.denials
    heart = Case(**{**blank, "code": "I21.4", "main": "401314000", "found": frozenset(), "history": ()})
    assert heart.suspects == ("59282003",)
    checkup = Case(**{**blank, "code": "Z00.00", "found": frozenset(), "history": (), "age": 500})
    assert checkup.complaints == () and set(checkup.denials) <= {
        "386661006", "249497008", "49727002", "267036007", "271807003", "62315008"
    }  # fmt: skip
