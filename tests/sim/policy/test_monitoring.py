"""Watching people at home: more readings help until the alarms drown them."""

import pytest

from sim.errors import HilabError
from sim.policy.monitoring import ASSUMPTIONS, INTERVALS, OUTCOMES, Controls, assumed, expected, run, seen

FIGURES = assumed()


def outcome(figures=FIGURES, **controls: float) -> dict[str, float]:
    return expected(Controls(**controls), figures)


def reached(found: dict[str, float]) -> bool:
    return found["missed"] < 0.001 and found["alarms"] <= 5


def test_volume_grows_far_more_than_decisions() -> None:
    rare, dense = outcome(interval=240), outcome(interval=1)
    assert dense["megabytes"] == pytest.approx(240 * rare["megabytes"])
    assert dense["decisions"] < 2 * rare["decisions"]


def test_alarms_drown_the_densest_readings() -> None:
    missed = [outcome(share=1, interval=minutes)["missed"] for minutes in INTERVALS]
    best = missed.index(min(missed))
    assert 0 < best < len(INTERVALS) - 1
    assert missed[0] > 2 * missed[best]


def test_short_deteriorations_need_dense_readings() -> None:
    short = assumed({"half_life": 0.33})
    slow, fast = (outcome(share=1, interval=i) for i in (60, 15))
    slow_short, fast_short = (outcome(short, share=1, interval=i) for i in (60, 15))
    assert fast_short["missed"] < 0.6 * slow_short["missed"]
    assert fast["missed"] > 0.6 * slow["missed"]


def test_goal_is_not_reached_at_first_and_by_few_settings() -> None:
    assert not reached(outcome())
    grid = [(share / 10, minutes) for share in range(11) for minutes in INTERVALS]
    good = [setting for setting in grid if reached(outcome(share=setting[0], interval=setting[1]))]
    assert 0.01 < len(good) / len(grid) < 0.15


def test_chance_to_be_seen_agrees_with_a_count() -> None:
    """Episodes of exponential length, readings from a random moment on, each of which shows it or not."""
    from sim.seeds import PUBLIC_KEY, Seeds

    rng = Seeds(PUBLIC_KEY, "test").stream("episodes")
    sure = assumed({"sensitivity": 1.0})
    lengths = rng.exponential(60 * sure["half_life"] / 0.6931, 200_000)
    first = rng.random(200_000) * 240
    assert (first < lengths).mean() == pytest.approx(seen(240, sure), abs=0.005)


def test_replicates_scatter_around_the_expected_value() -> None:
    runs = run(Controls(share=0.6, interval=60), replicates=400)
    wanted, found = runs.iloc[0], runs.iloc[1:]
    for name in OUTCOMES:
        error = found[name].std() / 20
        assert abs(found[name].mean() - wanted[name]) <= 4.5 * error + 1e-12, name


def test_every_assumption_matters_and_says_where_it_is_from() -> None:
    settings = Controls(share=0.5, interval=15)
    for each in ASSUMPTIONS:
        assert each.source and each.meaning
        assert expected(settings, assumed({each.name: each.value * 0.5})) != expected(settings, FIGURES), (
            each.name
        )


@pytest.mark.parametrize("bad", [{"people": 10}, {"share": 1.2}, {"interval": 0}])
def test_impossible_controls_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(HilabError, match=next(iter(bad))):
        Controls(**bad)
