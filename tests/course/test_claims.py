"""What the labs' text says about every district, looked up in districts."""

import pandas as pd
import pytest

RESULT = ["specimen_id", "test_code"]


def test_laboratory_is_as_task_1_3_says(world):
    lis = world.tables["lis_results"]
    assert not lis.drop(columns="value").isna().any(axis=None)
    assert (lis["value"].isna() == (lis["status"] == "X")).all()
    assert not lis.duplicated([*RESULT, "received_at"]).any()
    assert lis.groupby(RESULT)["row_id"].size().max() >= 3


def test_missing_values_are_as_task_1_4_says(world):
    patients = world.tables["his_patients"]
    blank = set(patients.columns[patients.isna().any()])
    assert blank == {"area", "verified_id", "phone_verified_on", "deceased_on", "moved_away_on"}


def test_nobody_is_registered_more_than_twice(world):
    owners = world.truth.person_of_record
    owners = owners[owners["table"] == "his_patients"]
    assert owners.groupby("person")["record"].nunique().max() == 2


def test_pairs_with_four_or_five_equal_fields_are_mostly_one_person(world):
    patients = world.tables["his_patients"]
    two = patients.merge(patients, on=["birth_date", "family_name"], suffixes=("", "_other"))
    two = two[two["mrn"] < two["mrn_other"]]
    compared = ["given_name", "sex", "phone", "address", "verified_id"]
    agree = pd.concat([two[name] == two[f"{name}_other"] for name in compared], axis=1).sum(axis=1)
    same = world.truth.duplicates
    true = {frozenset(pair) for pair in zip(same["mrn_a"], same["mrn_b"], strict=True)}
    one = pd.Series([frozenset(pair) in true for pair in two[["mrn", "mrn_other"]].values], index=two.index)
    assert one[agree >= 4].mean() > 0.9
    assert 0.2 < one[agree.isin([2, 3])].mean() < 0.8


def test_every_record_number_stands_in_the_patients(world):
    known = world.tables["his_patients"]["mrn"]
    assert all(world.tables[name]["mrn"].isin(known).all() for name in ("his_encounters", "lis_results"))


def test_both_answers_of_the_story_of_1_7_are_wrong(world):
    cohort = world.tables["diabetes_cohort"]
    yes = cohort["dx_diabetes"] | cohort["on_drug"] | (cohort["hba1c"] >= 6.5)
    truth = world.truth.cohort["diabetes_true"].mean()
    assert yes[cohort["hba1c"].notna()].mean() == pytest.approx(0.37, abs=0.06)
    assert yes.mean() == pytest.approx(1 / 9, abs=0.025) and yes.mean() < truth < 0.2


def test_no_merge_risk_is_decided_by_rounding(all_cases):
    cases = [case for case in all_cases["l1_collection", "1.4"] if case.function == "merge_risk"]
    distances = [abs(case.expected["expected"] - case.args[-1]) for case in cases]
    assert len(cases) == 9 and min(distances) > 0.01


def test_purposes_combine_as_task_1_6_says(all_cases):
    of_patients = {"min_age", "dx_prefix", "dx_window_days", "exclude_deceased", "exclude_moved_away"}
    of_encounters = {"class", "dated_by", "window_days"}
    for case in all_cases["l1_collection", "1.6"]:
        if case.function == "fitness":
            purpose = case.args[3]
            keys = of_patients if purpose["table"] == "patients" else of_encounters
            assert set(purpose["eligible"]) <= keys
            for need in purpose["required"]:
                assert need["source"] in (purpose["table"], "results")
                assert need["source"] != "results" or "dated_by" in need


def test_billing_is_as_task_1_9_says(world):
    claims = world.tables["claims"]
    line = pd.MultiIndex.from_frame(claims[["claim_id", "line"]])
    named = pd.MultiIndex.from_frame(claims[["refers_to", "line"]])
    kind, known = claims["kind"], named.isin(line)
    amount = pd.Series(claims["amount"].to_numpy(), index=line)
    assert not line.has_duplicates and (kind == "original").mean() > 0.9
    assert (claims["amount"] < 0).equals(kind == "adjustment")
    assert (claims["refers_to"].isna() == (kind == "original")).all()
    assert known[kind.isin(["void", "replacement"])].all() and not known[kind == "adjustment"].all()
    void = (kind == "void").to_numpy()
    assert (amount[named[void]].to_numpy() == claims["amount"][void]).all()
