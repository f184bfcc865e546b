"""Task 1.6 counted by another road: from the truth and the ledger, in plain Python."""

from datetime import date, timedelta

import yaml

from tests.course.answers import call, define, source_cells, tasks
from tests.course.conftest import district

LAB = "l1_collection"


def recall_purpose(world) -> dict:
    purposes = yaml.safe_load(world.files["purposes.yaml"].decode("utf-8"))
    return next(purpose for purpose in purposes if purpose["name"] == "diabetes_recall")


def reference(world, purpose) -> dict:
    names = define(LAB, source_cells(LAB)["solve_1_6"])
    fitness = next(task for task in tasks(LAB) if task.id == "1.6")
    case = next(case for case in fitness.district(world) if case.args[-1] == purpose)
    return call(names, case).value


def eligible(world, purpose) -> set[str]:
    """Record numbers of living people who did not move, with an E11 visit in time, of age."""
    truth = world.truth
    person = {
        row.record: row.person for row in truth.person_of_record.itertuples() if row.table == "his_patients"
    }
    today = date.fromisoformat(purpose["as_of"])
    first = today - timedelta(days=purpose["eligible"]["dx_window_days"])
    seen = set()
    for visit in world.tables["his_encounters"].itertuples():
        coded = isinstance(visit.dx_code, str) and visit.dx_code.startswith("E11")
        if coded and first <= visit.admitted_at.date() <= today:
            seen.add(visit.mrn)
    chosen = set()
    for row in world.tables["his_patients"].itertuples():
        gone = isinstance(row.moved_away_on, str)
        if row.mrn in seen and not gone and truth.people.loc[person[row.mrn], "alive"]:
            if not isinstance(row.birth_date, str):
                continue
            born = date.fromisoformat(row.birth_date)
            birthday = (today.month, today.day) >= (born.month, born.day)
            if today.year - born.year - (not birthday) >= purpose["eligible"]["min_age"]:
                chosen.add(row.mrn)
    return chosen


def measured(world, purpose) -> set[str]:
    """Record numbers with a true, valid HbA1c in time, by the labels of the truth."""
    need = next(part for part in purpose["required"] if part["field"] == "hba1c")
    labels = world.truth.result_labels
    valid = set(labels.loc[labels["label"].isin(["current", "repeat"]), "row_id"])
    today = date.fromisoformat(purpose["as_of"])
    return {
        row.mrn
        for row in world.tables["lis_results"].itertuples()
        if row.row_id in valid
        and row.test_code == need["test_code"]
        and 0 <= (today - row.collected_at.date()).days <= need["window_days"]
    }


def reachable(world, purpose) -> set[str]:
    need = next(part for part in purpose["required"] if part["field"] == "phone")
    today = date.fromisoformat(purpose["as_of"])
    return {
        row.mrn
        for row in world.tables["his_patients"].itertuples()
        if isinstance(row.phone, str)
        and isinstance(row.phone_verified_on, str)
        and 0 <= (today - date.fromisoformat(row.phone_verified_on)).days <= need["window_days"]
    }


def without_area(world) -> set[str]:
    """Record numbers whose area the ledger of blanks names."""
    return set(world.truth.defects("D05")["record"])


def test_reference_counts_what_the_truth_says(seed):
    world = district(seed)
    purpose = recall_purpose(world)
    chosen = eligible(world, purpose)
    fields = {
        "phone": chosen & reachable(world, purpose),
        "hba1c": chosen & measured(world, purpose),
        "area": chosen - without_area(world),
    }
    assert reference(world, purpose) == {
        "denominator": len(chosen),
        "numerator": len(fields["phone"] & fields["hba1c"] & fields["area"]),
        "fields": {name: len(held) for name, held in fields.items()},
    }
