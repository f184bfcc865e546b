"""Submissions: the indicators can be computed from what is shipped, and one facility fools the naive one."""

import re

import numpy as np
import pandas as pd
import pytest
import yaml

from sim.district import District
from sim.systems import supervision
from sim.systems.catalogue import TABLES
from sim.systems.schema import publish

SYSTEM = ["supervision"]
DEFECTS = ("D61", "D62", "D63", "D64", "D65")
NONE = dict.fromkeys(DEFECTS, 0.0)


def shipped(district, name):
    return publish(district.table(name), TABLES[name])


@pytest.fixture(scope="module", params=["us", "cn"])
def district(cared_for, request):
    return District(*cared_for, {}, 700, request.param)


@pytest.fixture(scope="module")
def facts(district):
    return district.truth(SYSTEM).facts


def computed(district: District) -> pd.DataFrame:
    """Returns the indicators from the shipped tables and rules alone, as task 2.7 asks."""
    rules = yaml.safe_load(district.files(SYSTEM)["submission_rules.yaml"])
    patterns = {system["uri"]: system["codes"] for system in rules["code_systems"]}
    events, messages = shipped(district, "supervised_events"), shipped(district, "submissions")
    true_day = pd.to_datetime(events.set_index("event_id")["event_date"])[messages["event_id"]].to_numpy()
    wait = pd.to_datetime(messages["sent_on"]) - true_day
    valid = [
        all(pd.notna(row[name]) for name in rules["required"])
        and bool(re.fullmatch(rules["event_date"], row["event_date"]))
        and bool(re.fullmatch(patterns.get(row["code_system"], "$^"), row["code"]))
        for row in messages.to_dict("records")
    ]
    told = messages.assign(conformance=valid, timeliness=wait.dt.days <= rules["deadline_days"])
    keys = ["facility", "quarter"]
    found = told.groupby(keys)[["conformance", "timeliness"]].mean()
    found["coverage"] = told.groupby(keys)["event_id"].nunique() / events.groupby(keys).size()
    return found


def test_the_rules_and_lists_alone_give_the_indicators(district, facts):
    true = facts["submission_indicators"].set_index(["submitter", "quarter"])
    found = computed(district)
    assert len(true) == 24
    for name in ("conformance", "timeliness", "coverage"):
        assert (found[name].to_numpy() == true[name].to_numpy()).all(), name


def test_each_kind_of_facility_is_what_it_is_called(facts):
    kinds = facts["submission_roles"].set_index("submitter")["role"]
    assert sorted(kinds) == ["games", "late", "ordinary", "ordinary", "ordinary", "small"]
    told = facts["submission_indicators"]
    means = told.groupby("submitter")[["conformance", "timeliness", "coverage", "agreement"]].mean()
    role = {kind: means.loc[kinds[kinds == kind].index] for kind in set(kinds)}
    assert (role["games"]["conformance"] == 1).all() and (role["games"]["coverage"] == 1).all()
    assert role["games"]["agreement"].between(0.25, 0.55).all()
    assert role["late"]["timeliness"].between(0.3, 0.6).all() and role["late"]["agreement"].min() > 0.85
    assert role["ordinary"]["agreement"].min() > 0.85 and role["ordinary"]["timeliness"].min() > 0.9
    assert means["conformance"].idxmax() in role["games"].index
    events = told.groupby("submitter")["events"].sum()
    assert events[role["small"].index].max() < events[["H1", "H2", "H3"]].max() / 1.5


def test_the_sample_that_was_read_again_shows_who_games(district, facts):
    kinds = facts["submission_roles"].set_index("submitter")["role"]
    read = shipped(district, "supervised_events").dropna(subset=["reread_code"])
    both = read.merge(shipped(district, "submissions")[["event_id", "code"]], on="event_id")
    agreement = (both["code"] == both["reread_code"]).groupby(both["facility"]).mean()
    assert kinds[agreement.idxmin()] == "games"
    count = read.groupby("facility").size()
    assert count[kinds.index[kinds == "small"]].max() < count[kinds.index[kinds == "ordinary"]].min()


def test_without_mistakes_every_event_is_sent_once_and_right(cared_for):
    district = District(*cared_for, NONE, 700)
    messages = district.table("submissions")
    assert sorted(messages["event_id"]) == sorted(district.table("supervised_events")["event_id"])
    assert (messages["code"] == messages["_code"]).all() and supervision.is_valid(messages, "us").all()


def test_a_district_has_its_own_culprit():
    class Somewhere:
        def __init__(self, seed):
            self.seed = seed

        def stream(self, name):
            return np.random.default_rng(self.seed)

    culprits = {
        next(f for f, k in supervision.roles(Somewhere(n)).items() if k == "games") for n in range(60)
    }
    assert culprits == {"H1", "H2", "H3", "C1", "C2", "R1"}


def test_the_ledger_gives_back_what_should_have_been_sent(district):
    truth, messages = district.truth(SYSTEM), shipped(district, "submissions")
    restored = truth.restore("submissions", messages, "message_id")
    working = district.table("submissions")
    assert (restored["code"].to_numpy() == working["_code"].to_numpy()).all()
    assert supervision.is_valid(restored, district.country).all()
    absent = truth.defects("D61")
    assert set(absent["record"]) == set(shipped(district, "supervised_events")["event_id"]) - set(
        messages["event_id"]
    )


@pytest.mark.parametrize("ident", DEFECTS)
def test_rates_can_be_turned_and_change_no_events(cared_for, district, ident):
    if district.country == "cn":
        return
    other = District(*cared_for, {ident: 0.9 if ident in ("D62", "D64") else 0.3}, 700)
    usual = (district.ledger("submissions")["defect"] == ident).sum()
    assert (other.ledger("submissions")["defect"] == ident).sum() > usual > 5
    pd.testing.assert_frame_equal(other.table("supervised_events"), district.table("supervised_events"))
