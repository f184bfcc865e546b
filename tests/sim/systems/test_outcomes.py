"""Potential outcomes: sickness confounds, the genotype turns the effect, and a small district shows both."""

import numpy as np
import pandas as pd
import pytest

from sim.systems.outcomes import CARRIERS, NAIVE, potential_outcomes

TODAY = pd.Timestamp("2025-12-31")


@pytest.fixture(scope="module")
def people(made_up):
    """Made-up people of whom everybody over 50 has diabetes, as many as in a district of 2,000."""
    people = made_up[0].people
    return people.assign(diabetes_diagnosed=people["birth_date"] < "1975-01-01")


@pytest.fixture(scope="module", params=[1, 2, 3, 4, 5, 6])
def outcomes(request, people):
    """The seeds differ."""
    table = potential_outcomes(people, TODAY, np.random.default_rng(request.param))
    assert 150 < len(table) < 350
    return table


def difference(table, weight=None):
    """How much more often the treated are admitted than the others."""
    weight = np.ones(len(table)) if weight is None else weight
    treated = table["treated"].to_numpy()
    rate = [np.average(table["y"][group], weights=weight[group]) for group in (treated, ~treated)]
    return rate[0] - rate[1]


def test_everybody_living_grown_and_known_to_have_diabetes_is_there_once(made_up):
    people = made_up[0].people.assign(diabetes_diagnosed=True)
    table = potential_outcomes(people, TODAY, np.random.default_rng(1))
    grown = people["birth_date"] <= "2007-12-31"
    assert list(table["person"]) == list(people.index[people["alive"] & grown])


def test_what_is_seen_is_the_outcome_of_what_was_done(outcomes):
    assert (outcomes["y"] == outcomes["y1"].where(outcomes["treated"], outcomes["y0"])).all()


def test_treatment_harms_carriers_only(outcomes):
    """Nobody is both helped and harmed: the effect of each group has one sign."""
    effect = outcomes["y1"].astype(int) - outcomes["y0"].astype(int)
    carrier = outcomes["carrier"]
    assert effect[carrier].min() >= 0 < effect[carrier].max()
    assert effect[~carrier].max() <= 0 > effect[~carrier].min()
    assert carrier.mean() == pytest.approx(CARRIERS, abs=0.03)


def test_naive_difference_misleads_and_weighting_finds_the_truth(outcomes):
    effect = outcomes["y1"].astype(float) - outcomes["y0"]
    p = outcomes["p_treated"].to_numpy()
    weight = np.where(outcomes["treated"], 1 / p, 1 / (1 - p))
    assert difference(outcomes) == pytest.approx(NAIVE, abs=0.05)
    assert effect.mean() == pytest.approx(-0.066, abs=0.03)
    assert difference(outcomes, weight) == pytest.approx(-0.066, abs=0.06)
    for carrier, expected in ((True, 0.092), (False, -0.134)):
        group = (outcomes["carrier"] == carrier).to_numpy()
        assert effect[group].mean() == pytest.approx(expected, abs=0.06)
        assert difference(outcomes[group], weight[group]) == pytest.approx(expected, abs=0.08)


def test_the_sick_are_treated_and_everybody_could_have_been_either(outcomes):
    severity, treated = outcomes["severity"], outcomes["treated"]
    assert severity[treated].mean() > severity[~treated].mean() + 0.4
    assert outcomes["p_treated"].between(0.05, 0.95).all()
    assert severity.mean() == pytest.approx(0, abs=1e-6) and severity.std() == pytest.approx(1, abs=0.06)


def test_severity_follows_what_is_true_of_the_person(outcomes, people):
    people = people.loc[outcomes["person"]]
    for sign in ("hba1c", "sbp"):
        assert np.corrcoef(people[sign], outcomes["severity"])[0, 1] > 0.15, sign
    ill = people["heart_failure"].to_numpy()
    if ill.any():
        assert outcomes["severity"][ill].mean() > 0


def test_a_district_without_diabetes_has_no_outcomes(made_up):
    people = made_up[0].people.assign(diabetes_diagnosed=False)
    table = potential_outcomes(people, TODAY, np.random.default_rng(1))
    assert table.empty and "y1" in table
