"""The registration desk: what its controls do, and that the goal can be reached but not by one lever."""

from itertools import product

import pytest

from sim.errors import HilabError
from sim.policy.entry import ASSUMPTIONS, OUTCOMES, Controls, assumed, expected, run, sweep

FIGURES = assumed()


def outcome(**controls: float) -> dict[str, float]:
    return expected(Controls(**controls), FIGURES)


def reached(found: dict[str, float]) -> bool:
    return found["wrong_allergies"] < 0.001 and found["minutes"] <= 3


def test_mandatory_fields_swap_visible_blanks_for_invisible_lies() -> None:
    free, forced = outcome(mandatory=0.0), outcome(mandatory=1.0)
    assert forced["blanks"] < free["blanks"]
    for lie in ("junk", "wrong_patients", "missed_recalls", "minutes"):
        assert forced[lie] > free[lie], lie


def test_insight_fails_where_there_is_time_and_a_card() -> None:
    free, forced = (outcome(mandatory=m, load=6.0, checkable=1.0) for m in (0.0, 1.0))
    for good in ("blanks", "wrong_patients", "missed_recalls", "duplicates"):
        assert forced[good] < free[good], good
    assert forced["junk"] < 0.01


def test_goal_is_not_reached_at_first_nor_by_one_lever() -> None:
    tenths = [step / 10 for step in range(11)]
    alone = [{"barcode": True}, *({"threshold": 0.5 + t / 2} for t in tenths)]
    alone += [{name: t} for name in ("mandatory", "checkable") for t in tenths]
    assert not any(reached(outcome(**lever)) for lever in [{}, *alone])


def test_goal_is_reached_by_few_combinations() -> None:
    grid = list(product([0, 0.2, 0.4, 0.6, 0.8, 1], [False, True], [0.5, 0.6, 0.7, 0.8, 0.9, 1]))
    good = [k for k in grid if reached(outcome(mandatory=k[0], barcode=k[1], threshold=k[2]))]
    assert 0.02 < len(good) / len(grid) < 0.2


def test_everything_at_once_takes_too_long() -> None:
    assert outcome(mandatory=1.0, barcode=True, threshold=0.5)["minutes"] > 3


@pytest.mark.parametrize("load", [5.0, 10.0, 15.0, 20.0])
def test_chances_are_chances(load: float) -> None:
    for m, c, b, t in product([0.0, 1.0], [0.0, 1.0], [False, True], [0.5, 1.0]):
        found = outcome(mandatory=m, checkable=c, load=load, barcode=b, threshold=t)
        assert all(0 <= found[name] <= 1 for name in OUTCOMES[:-1])
        assert found["harmed"] <= found["wrong_patients"]


def test_replicates_scatter_around_the_expected_value() -> None:
    years = run(Controls(), replicates=400)
    wanted, found = years.iloc[0], years.iloc[1:]
    for name in OUTCOMES:
        error = found[name].std() / 20
        assert abs(found[name].mean() - wanted[name]) < 4.5 * error, name
        assert found[name].std() > 0


def test_settings_share_their_random_numbers() -> None:
    plain, scanned = run(Controls()), run(Controls(barcode=True))
    difference = scanned["wrong_patients"] - plain["wrong_patients"]
    assert (difference <= 0).all()
    assert difference.std() < plain["wrong_patients"].std()


def test_every_assumption_matters_and_says_where_it_is_from() -> None:
    for each in ASSUMPTIONS:
        assert each.source and each.meaning
        settings = Controls(mandatory=0.6, checkable=0.5, load=15, barcode=True, threshold=0.7)
        changed = assumed({each.name: each.value * 0.5})
        assert expected(settings, changed) != expected(settings, FIGURES), each.name


def test_sweep_holds_every_value_and_replicate() -> None:
    table = sweep(Controls(), "mandatory", [0.0, 0.5, 1.0], replicates=4)
    assert list(table.columns[:2]) == ["mandatory", "replicate"]
    assert len(table) == 3 * 5


def test_own_rule_takes_the_place_of_the_threshold() -> None:
    mine = outcome(review=0.1, caught=0.8, merged_wrongly=0.01)
    assert mine["duplicates"] < outcome()["duplicates"]
    assert mine["wrong_patients"] >= outcome()["wrong_patients"] + 0.01


@pytest.mark.parametrize("bad", [{"mandatory": 1.1}, {"load": 0}, {"threshold": 0.2}])
def test_impossible_controls_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(HilabError, match=next(iter(bad))):
        Controls(**bad)


@pytest.mark.parametrize("bad", [{"nonsense": 1.0}, {"junk": -0.1}, {"junk": 1.5}, {"card": float("nan")}])
def test_impossible_assumptions_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(HilabError, match=next(iter(bad))):
        assumed(bad)


def test_unknown_lever_is_refused() -> None:
    with pytest.raises(HilabError, match="colour"):
        sweep(Controls(), "colour", [1.0])
