"""Hub or point-to-point: where each is cheaper and safer, and where the easy insight fails."""

from itertools import product

import numpy as np
import pytest

from sim.errors import HilabError
from sim.policy.interfaces import (
    ASSUMPTIONS,
    OUTCOMES,
    Exchange,
    assumed,
    break_even,
    cost,
    expected,
    poisson,
    run,
    sweep,
)

FIGURES = assumed()


def outcome(*settings: object, **more: object) -> dict[str, float]:
    return expected(Exchange(*settings, **more), FIGURES)  # type: ignore[arg-type]


def test_links_and_costs_are_counted_as_directed() -> None:
    assert cost(3, 1, 1, 0, 0) == (6, 6)
    assert cost(5, 2, 3, 10, 4) == (40, 44)
    assert outcome(12, "pairs")["interfaces"] == 132 and outcome(12, "hub")["interfaces"] == 24


@pytest.mark.parametrize(
    ("pair", "hub", "fixed", "audit"), [*product([0.5, 1, 7], [0, 1, 9], [0, 3, 900], [0, 0.5, 40])]
)
def test_break_even_is_the_first_number_at_which_the_hub_is_cheaper(
    pair: float, hub: float, fixed: float, audit: float
) -> None:
    """Counted up by hand from two partners."""
    n = 2
    while n * (n - 1) * pair <= 2 * n * hub + fixed + audit:
        n += 1
    assert break_even(pair, hub, fixed, audit) == n


def test_a_hub_never_pays_where_links_cost_nothing() -> None:
    assert break_even(0, 1, 5, 0) is None and break_even(0, 0, 0, 0) is None


def test_ones_own_audits_move_the_break_even() -> None:
    assert break_even(4, 5, 60, 0) != break_even(4, 5, 60, 150)


def test_errors_travel_further_with_a_hub_unless_it_is_audited() -> None:
    pairs, hub, audited = outcome(10, "pairs"), outcome(10, "hub"), outcome(10, "hub", audits=24)
    assert hub["wrong_results"] > 1.3 * pairs["wrong_results"] and hub["reached"] == 9
    assert audited["wrong_results"] < 0.2 * pairs["wrong_results"]
    assert audited["cost"] < pairs["cost"]


def test_the_goal_is_reached_by_an_audited_hub_only() -> None:
    for n in (8, 12, 20):
        limit = outcome(n, "pairs")["cost"]
        reached = {
            (shape, audits)
            for shape, audits in product(("pairs", "hub"), range(0, 53, 4))
            if outcome(n, shape, audits=audits)["wrong_results"] < 5
            and outcome(n, shape, audits=audits)["cost"] <= limit
        }
        assert reached and {shape for shape, _ in reached} == {"hub"}
        assert min(audits for _, audits in reached) >= 8


def test_the_insight_fails_with_three_partners() -> None:
    for audits in (0, 12):
        pairs, hub = outcome(3, "pairs", audits=audits), outcome(3, "hub", audits=audits)
        assert hub["cost"] > pairs["cost"] and hub["wrong_results"] > pairs["wrong_results"]


def test_the_insight_fails_where_partners_share_a_code_list() -> None:
    pairs, hub = outcome(10, "pairs", shared=1.0), outcome(10, "hub", audits=24, shared=1.0)
    assert pairs["wrong_results"] == 0 < hub["wrong_results"] and pairs["cost"] < hub["cost"]
    half = outcome(10, "pairs", shared=0.5)
    assert 0 < half["wrong_results"] < outcome(10, "pairs")["wrong_results"]


def test_no_error_and_no_drift_give_no_wrong_result() -> None:
    still = assumed({"drift": 0.0})
    years = run(Exchange(10, "hub", map_error=0.0), still)
    assert (years[["wrong_results", "wrong_doses", "wrong_codes"]] == 0).all(axis=None)


def test_replicates_scatter_around_the_expected_value_and_more_in_a_hub() -> None:
    pairs, hub = (run(Exchange(10, shape), replicates=400) for shape in ("pairs", "hub"))
    for years in (pairs, hub):
        for name in ("wrong_codes", "wrong_results", "wrong_doses"):
            found = years[name].iloc[1:]
            assert abs(found.mean() - years[name].iloc[0]) < 4.5 * found.std() / 20, name
    spread = [
        years["wrong_results"].iloc[1:].std() / years["wrong_results"].iloc[0] for years in (pairs, hub)
    ]
    assert spread[1] > 1.5 * spread[0]


def test_settings_share_their_random_numbers_and_doses_are_some_of_the_results() -> None:
    few, many = run(Exchange(10, "hub", audits=12)), run(Exchange(10, "hub", audits=4))
    assert (many["wrong_results"] >= few["wrong_results"]).all()
    assert (many["wrong_doses"] <= many["wrong_results"]).all()


def test_poisson_counts_have_the_right_mean_and_spread() -> None:
    luck = (np.arange(4000) + 0.5) / 4000
    for mean in (0.3, 7.0, 3000.0):
        counts = poisson(luck, np.full(4000, mean))
        assert abs(counts.mean() / mean - 1) < 0.01 and abs(counts.var() / mean - 1) < 0.03


def test_every_assumption_matters_and_says_where_it_is_from() -> None:
    settings = [Exchange(9, shape, audits=6, shared=0.5) for shape in ("pairs", "hub")]
    for each in ASSUMPTIONS:
        assert each.source and each.meaning
        changed = assumed({each.name: each.value * 0.5})
        assert any(expected(x, changed) != expected(x, FIGURES) for x in settings), each.name


def test_sweep_holds_every_value_and_replicate() -> None:
    table = sweep(Exchange(), "partners", [2, 10, 40], replicates=4)
    assert list(table.columns) == ["partners", "replicate", *OUTCOMES] and len(table) == 3 * 5


@pytest.mark.parametrize(
    "bad",
    [
        {"partners": 1},
        {"partners": 2.5},
        {"map_error": 0.2},
        {"audits": -1},
        {"shared": 2},
        {"shape": "ring"},
    ],
)
def test_impossible_exchanges_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(HilabError, match="ring" if "shape" in bad else f"'{next(iter(bad))}'"):
        Exchange(**bad)  # type: ignore[arg-type]


def test_bad_costs_levers_and_assumptions_are_refused() -> None:
    for arguments in ((1, 1, 1, 1, 1), (5, -1, 1, 1, 1)):
        with pytest.raises(HilabError, match="two partners or more"):
            cost(*arguments)
    with pytest.raises(HilabError, match="no 'colour'"):
        sweep(Exchange(), "colour", [1])
    with pytest.raises(HilabError, match="There is no assumption 'nonsense'"):
        assumed({"nonsense": 1})
    with pytest.raises(HilabError, match="'seen' must lie between 0 and 1"):
        assumed({"seen": 1.2})
