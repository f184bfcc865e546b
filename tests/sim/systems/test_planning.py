"""The county's parameters: within their ranges, and fit for the models of tasks 1.8 and 2.8."""

import numpy as np
import pytest
import yaml

from sim.policy.interfaces import break_even
from sim.systems.planning import DESK, EXCHANGE, describe
from tests.desk_plans import reference_plan


@pytest.fixture(scope="module")
def counties():
    return [yaml.safe_load(describe(np.random.default_rng(seed))) for seed in range(60)]


def test_every_parameter_lies_in_its_range_and_differs_from_county_to_county(counties):
    for part, ranges in (("desk", DESK), ("exchange", EXCHANGE)):
        for name, (low, high) in ranges.items():
            values = [county[part][name] for county in counties]
            assert low <= min(values) < max(values) <= high, name
            assert all(isinstance(value, type(low)) for value in values), name


def test_the_desk_has_a_plan_within_its_seconds(counties):
    found = {
        reference_plan(county["desk"]["seconds_per_registration"], county["desk"]["registrations_per_hour"])
        for county in counties
    }
    assert len(found) > 1


def test_a_hub_pays_for_some_counties_and_not_for_others(counties):
    answers = []
    for county in counties:
        e = county["exchange"]
        audit = e["cost_of_an_audit"] * e["audits_a_year"]
        n = break_even(
            e["cost_of_a_direct_link"], e["cost_of_a_link_to_the_hub"], e["cost_of_the_hub"], audit
        )
        answers.append(n <= e["partners"])
    assert 0.2 < np.mean(answers) < 0.9


def test_the_same_stream_writes_the_same_bytes():
    one, other = (describe(np.random.default_rng(5)) for _ in range(2))
    assert one == other and b"\r" not in one
