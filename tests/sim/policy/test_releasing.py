"""Releases: protection and usefulness are traded in small groups, and had at once in large ones."""

from dataclasses import replace
from itertools import product
from time import process_time

import pandas as pd
import pytest

from sim.errors import HilabError
from sim.policy.releasing import ASSUMPTIONS, OUTCOMES, Release, advantage, assumed, by_group, run, sweep

EPSILONS = (0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0)


def mean(**settings: object) -> "pd.Series[float]":
    return run(replace(Release(), **settings)).iloc[0]  # type: ignore[arg-type]


def reached(found: "pd.Series[float]") -> bool:
    return bool(found["risk"] < 0.05 and found["error_smallest"] < 0.05)


def all_releases(smallest: int) -> list["pd.Series[float]"]:
    files = [
        mean(form="file", k=k, fields=fields, smallest=smallest)
        for k, fields in product((2, 3, 5, 11), (1, 2, 3, 4))
    ]
    counts = [
        mean(form="counts", epsilon=e, withheld=w, smallest=smallest)
        for e, w in product(EPSILONS, (0, 5, 11))
    ]
    return files + counts


def test_no_release_reaches_the_goal_for_twenty_patients():
    assert not any(reached(found) for found in all_releases(20))


def test_laplace_noise_alone_cannot_for_twenty_patients():
    """Risk below .05 needs a small ε, and the mean of |noise| is 1/ε patients: the proof without a draw."""
    allowed = max(e / 1000 for e in range(50, 5001) if 0.3 * advantage(e / 1000) < 0.05)
    assert 1 / allowed / 20 > 0.05 and 1 / allowed / 2000 < 0.05


def test_both_are_had_at_once_where_groups_are_large():
    noisy, file = mean(form="counts", epsilon=0.1, smallest=2000), mean(form="file", k=11, smallest=2000)
    for found in (noisy, file):
        assert reached(found) and found["error_smallest"] < 0.01 and found["missed"] < 1


def test_small_groups_pay_first():
    for form in ("file", "counts"):
        errors = by_group(Release(form=form, epsilon=0.1))  # type: ignore[arg-type]
        means = errors[errors["replicate"] < 0].set_index("size")["error"]
        assert means.iloc[0] > 0.3 and means.iloc[0] > 5 * means.iloc[-1], form
    found = mean(form="counts", epsilon=0.3)
    assert found["error_smallest"] > 10 * found["error_total"]


@pytest.mark.parametrize(("smallest", "error"), [(20, 0.35), (200, 0.035), (2000, 0.0035)])
def test_median_error_of_noise_is_that_of_the_course(smallest, error):
    table = by_group(Release(form="counts", epsilon=0.1, withheld=0, smallest=smallest), replicates=120)
    first = table[(table["size"] == smallest) & (table["replicate"] >= 0)]
    assert first["error"].median() == pytest.approx(error, rel=0.25)


def test_more_protection_costs_recalls():
    few, many = (mean(form="counts", epsilon=e, withheld=w) for e, w in ((2, 0), (0.1, 30)))
    assert many["risk"] < few["risk"] / 10 and many["missed"] > 10 * few["missed"]
    fine, coarse = (mean(k=k) for k in (2, 11))
    assert coarse["risk"] < fine["risk"] / 4 and coarse["missed"] > 4 * fine["missed"]


def test_finer_files_and_attackers_who_know_more_mean_more_risk():
    risks = [mean(fields=fields, k=2)["risk"] for fields in (1, 2, 3, 4)]
    assert risks == sorted(risks) and risks[0] < risks[3] / 4
    for form in ("file", "counts"):
        assert mean(form=form, knows=0.6)["risk"] == pytest.approx(2 * mean(form=form, knows=0.3)["risk"])
        assert mean(form=form, knows=0)["risk"] == 0


def test_settings_share_their_random_numbers():
    one, other = (run(Release(form="counts", epsilon=e, withheld=0)) for e in (1.0, 0.5))
    assert (2 * one["error_total"]).tolist() == pytest.approx(other["error_total"].tolist())


def test_the_mean_stands_above_the_replicates():
    table = run(Release(form="counts"), replicates=6)
    assert list(table.columns) == ["replicate", *OUTCOMES] and list(table["replicate"]) == list(range(-1, 6))
    assert table.iloc[0, 1:].tolist() == pytest.approx(table.iloc[1:, 1:].mean().tolist())
    assert (table.iloc[1:]["error_smallest"].std()) > 0


def test_sweep_holds_every_value_and_replicate():
    table = sweep(Release(), "k", [2, 5, 25], replicates=4)
    assert list(table.columns) == ["k", "replicate", *OUTCOMES] and len(table) == 3 * 5


def test_a_slider_may_call_it():
    for smallest in (20, 3000):
        run(Release(fields=4, smallest=smallest))
        start = process_time()
        for k in range(2, 12):
            run(Release(k=k, smallest=smallest))
        assert (process_time() - start) / 10 < 0.05


def test_every_assumption_matters_and_says_where_it_is_from():
    settings = [Release(form="file", k=2), Release(form="counts")]
    for each in ASSUMPTIONS:
        assert each.source and each.meaning
        figures = assumed({each.name: each.value / 2 + 0.1})
        assert any(not run(x, figures, 3).equals(run(x, assumed(), 3)) for x in settings), each.name


@pytest.mark.parametrize(
    "bad",
    [
        {"epsilon": 0},
        {"k": 1},
        {"k": 2.5},
        {"fields": 5},
        {"withheld": -1},
        {"knows": 2},
        {"smallest": 5},
        {"form": "map"},
    ],
)
def test_impossible_releases_are_refused(bad):
    with pytest.raises(HilabError, match="map" if "form" in bad else f"'{next(iter(bad))}'"):
        replace(Release(), **bad)


def test_unknown_levers_are_refused():
    with pytest.raises(HilabError, match="no 'colour'"):
        sweep(Release(), "colour", [1])
