"""Linking at the emergency door: no threshold removes both harms, and identifiers beat algorithms."""

from dataclasses import replace
from itertools import pairwise
from time import process_time

import numpy as np
import pytest

from sim.errors import HilabError
from sim.policy.linking import ASSUMPTIONS, GROUPS, OUTCOMES, Linking, assumed, expected, run, sweep

FIGURES = assumed()
THRESHOLDS = [float(points) for points in range(-10, 51, 2)]


def outcome(**settings: float) -> dict[str, float]:
    return expected(Linking(**settings), FIGURES)


def reached(found: dict[str, float]) -> bool:
    return found["wrong_allergies"] < 1 and found["missed_allergies"] < 3 and found["gap"] < 0.05


def harm(**settings: float) -> list[float]:
    found = [outcome(threshold=points, **settings) for points in THRESHOLDS]
    return [each["wrong_allergies"] + each["missed_allergies"] for each in found]


def test_a_higher_threshold_swaps_wrong_allergies_for_missed_ones():
    found = [outcome(threshold=points) for points in THRESHOLDS]
    for one, other in pairwise(found):
        assert other["wrong_allergies"] <= one["wrong_allergies"]
        assert other["missed_allergies"] >= one["missed_allergies"]
    assert found[0]["wrong_allergies"] > 100 and found[-1]["missed_allergies"] > 10


def test_no_threshold_reaches_the_goal_but_one_with_a_clerk_does():
    assert not any(reached(outcome(threshold=points)) for points in THRESHOLDS)
    with_clerk = [outcome(threshold=points, review=10) for points in THRESHOLDS]
    good = [each for each in with_clerk if reached(each)]
    assert good and min(each["minutes"] for each in good) > 30


def fewest_missed(**settings: float) -> float:
    """Returns the fewest missed allergies at fewer than one wrong one."""
    found = [outcome(threshold=half / 2, **settings) for half in range(100)]
    return min(each["missed_allergies"] for each in found if each["wrong_allergies"] < 1)


def test_better_identifiers_beat_better_algorithms():
    plain, alike = fewest_missed(alike=False), fewest_missed()
    identified = fewest_missed(alike=False, missing=0.05)
    assert alike < plain and plain - identified > 3 * (plain - alike)


def test_the_threshold_hardly_matters_where_identifiers_cover_nearly_all():
    """Two points up or down from the best: much where identifiers are missing, little where they are not."""
    wide = list(range(20, 31))
    known = [outcome(threshold=points, missing=0.01) for points in wide]
    assert sum(reached(each) for each in known) >= 9
    for missing, steady in ((0.01, True), (0.4, False)):
        found = [outcome(threshold=points, missing=missing) for points in wide]
        harms = [each["wrong_allergies"] + each["missed_allergies"] for each in found]
        assert (max(harms) - min(harms) < 2) == steady


def test_changed_names_and_newcomers_are_missed_oftener_and_the_average_hides_it():
    found = outcome(threshold=24)
    assert found["missed_newcomers"] > 3 * found["missed_settled"]
    assert found["missed_renamed"] > 2 * found["missed_settled"]
    assert found["missed_allergies"] < 1.5 * found["missed_settled"]
    assert found["wrong_newcomers"] > found["wrong_settled"]
    assert found["gap"] > 0.1


def test_more_hospitals_do_more_of_both_harms():
    few, many = outcome(threshold=20, silos=2), outcome(threshold=20, silos=10)
    for name in ("wrong_allergies", "missed_allergies"):
        assert many[name] > 3 * few[name]


def test_errors_and_missing_identifiers_do_harm():
    for lever, worse in (("error", 0.15), ("missing", 0.5)):
        assert min(harm(**{lever: worse})) > 1.3 * min(harm()), lever


def test_replicates_scatter_around_the_expected_value():
    years = run(Linking(threshold=18, review=4), replicates=400)
    wanted, found = years.iloc[0], years.iloc[1:]
    for name in OUTCOMES:
        error = found[name].std() / 20
        assert abs(found[name].mean() - wanted[name]) <= 4.5 * error + 1e-12, name
    # Poisson: the variance of counts is their mean; small groups scatter more.
    counts = found["missed_allergies"] * 10
    assert counts.var() == pytest.approx(counts.mean(), rel=0.3)
    assert found["missed_renamed"].std() > 2 * found["missed_settled"].std()


def test_large_counts_scatter_as_small_ones_do():
    counts = run(Linking(threshold=3), replicates=400)["false_links"].iloc[1:] * 10
    assert counts.mean() > 2000 and counts.var() == pytest.approx(counts.mean(), rel=0.3)


def test_settings_share_their_random_numbers():
    few, many = run(Linking(threshold=20)), run(Linking(threshold=20, silos=6))
    assert (many["missed_links"] >= few["missed_links"]).all()
    assert (few["missed_allergies"] <= few["missed_links"]).all()


def test_sweep_holds_every_threshold_and_replicate_and_agrees_with_run():
    table = sweep(Linking(), [0.0, 12.0, 24.0], replicates=4)
    assert list(table.columns) == ["threshold", "replicate", *OUTCOMES] and len(table) == 3 * 5
    one = table[table["threshold"] == 12].drop(columns="threshold").reset_index(drop=True)
    assert one.equals(run(Linking(threshold=12), replicates=4))


def test_a_slider_may_call_it():
    run(Linking())
    start = process_time()
    for points in THRESHOLDS[:10]:
        run(Linking(threshold=points))
    assert (process_time() - start) / 10 < 0.05


def test_every_assumption_matters_and_says_where_it_is_from():
    settings = Linking(threshold=18, review=6)
    for each in ASSUMPTIONS:
        assert each.source and each.meaning
        found = expected(settings, assumed({each.name: each.value * 0.5}))
        assert found != expected(settings, FIGURES), each.name


def test_no_share_of_a_group_breaks_the_model():
    for renamed, newcomers in ((0.0, 0.0), (1.0, 0.5), (0.5, 1.0)):
        figures = assumed({"renamed": renamed, "newcomers": newcomers})
        table = run(Linking(), figures, 3)
        assert np.isfinite(table.to_numpy(dtype=float)).all() and set(GROUPS)


@pytest.mark.parametrize(
    "bad", [{"threshold": 60}, {"review": -1}, {"error": 0.5}, {"missing": 0.9}, {"silos": 1}, {"silos": 2.5}]
)
def test_impossible_settings_are_refused(bad):
    with pytest.raises(HilabError, match=f"'{next(iter(bad))}'"):
        replace(Linking(), **bad)
