"""Problem lists hold what a hospital could know, with the habits of those who keep them."""

import pandas as pd
import pytest
from made_up_hospital import made_up_setting

from sim.systems import emr
from sim.systems.facilities import HOSPITALS
from sim.systems.schema import publish
from sim.systems.wording import conditions, icd_codes, lasting


@pytest.fixture(scope="module", params=[("H1", "us"), ("H2", "us"), ("H1", "cn"), ("H3", "cn")])
def setting(made_up, request):
    return made_up_setting(made_up, *request.param)


@pytest.fixture(scope="module")
def problems(setting):
    return emr.list_problems(setting)["emr_problems"]


def test_problems_are_filed_under_the_right_person_in_order(setting, problems):
    book = setting.tables["his_patients"].set_index("mrn")["_person"]
    assert (book[problems["mrn"]].to_numpy() == problems["_person"]).all()
    assert problems["problem_id"].is_unique and problems["entered_at"].is_monotonic_increasing
    shipped = publish(problems, emr.EMR_PROBLEMS)
    assert not [name for name in shipped if name.startswith("_")] and len(shipped) > 50


def test_words_and_codes_say_the_true_condition(setting, problems):
    words, codes = conditions(setting.country), icd_codes(setting.country)
    past = emr.PAST[setting.country].split("{}")
    for problem, code, condition in problems[["problem", "code", "_condition"]].itertuples(index=False):
        plain = problem.removeprefix(past[0]) if past[0] else problem.removesuffix(past[1])
        assert plain in words[condition].all or problem in words[condition].all
        assert code == codes[condition]


def test_what_is_over_is_often_never_closed_and_nothing_that_lasts_is(problems):
    over = problems[~problems["_active"]]
    assert (problems.loc[problems["_active"], "status"] == "active").all()
    assert 0.3 < (over["status"] == "active").mean() < 0.7


def test_some_problems_are_entered_again_in_other_words(problems):
    again = problems[problems["_duplicate_of"].notna()]
    first = problems.set_index("problem_id").loc[again["_duplicate_of"]]
    assert len(again) > 3
    for column in ("_person", "_condition", "code"):
        assert (again[column].to_numpy() == first[column].to_numpy()).all()
    assert (again["problem"].to_numpy() != first["problem"].to_numpy()).all()
    assert (again["entered_at"].to_numpy() >= first["entered_at"].to_numpy()).all()


def test_what_only_another_hospital_found_is_missing(made_up):
    settings = [made_up_setting(made_up, hospital) for hospital in HOSPITALS]
    tables = [emr.list_problems(setting)["emr_problems"] for setting in settings]
    for setting, table in zip(settings, tables, strict=True):
        here = set(setting.here["person"])
        assert set(table["_person"]) <= here
        since = setting.visits["start"].min()
        recent = table[pd.to_datetime(table["onset_date"]) >= since.normalize()]
        visits = setting.here.dropna(subset=["snomed"])
        seen = set(zip(visits["person"], visits["snomed"], strict=True))
        assert set(zip(recent["_person"], recent["_condition"], strict=True)) <= seen
    known = [set(zip(t["_person"], t["_condition"], strict=True)) for t in tables]
    assert known[0] - known[1] and known[1] - known[0]


def test_long_lasting_problems_found_here_are_all_listed_and_few_others(setting, problems):
    found = setting.records.tables["conditions"]
    found = found[
        found["ENCOUNTER"].isin(setting.here.index) & found["CODE"].isin(conditions(setting.country))
    ]
    person = setting.here["person"].reindex(found["ENCOUNTER"]).to_numpy()
    pairs = pd.Series(list(zip(person, found["CODE"], strict=True)), index=found.index)
    listed = set(zip(problems["_person"], problems["_condition"], strict=True))
    chronic = found["CODE"].isin(lasting())
    assert pairs[chronic].isin(listed).all()
    acute = found[~chronic & (found["CODE"] != "281050002")]
    assert 0.1 < pairs[acute.index].isin(listed).mean() < 0.5


def test_the_truth_names_every_entry(setting, problems):
    told = emr.tell_problems(setting, {"emr_problems": problems})["problem_truth"]
    assert told["problem_id"].tolist() == problems["problem_id"].tolist()
    assert told["active"].tolist() == problems["_active"].tolist()
    assert told["duplicate_of"].notna().sum() == problems["_duplicate_of"].notna().sum()
