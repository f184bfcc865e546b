"""Lab 3's exploration: the pure part, the learner's own thresholds, and the widget without a browser."""

from pathlib import Path
from time import process_time

import pandas as pd
import pytest

from sim.errors import HilabError
from sim.explore.own_thresholds import measured, own_thresholds
from sim.explore.panel import Panel
from sim.explore.parts import here
from sim.explore.sharing import EXPLORATION, describe, good_thresholds, reached, run
from sim.policy.linking import Linking, assumed, expected
from sim.policy.review import review_sample

GOOD = {"threshold": 21.0, "review": 8.0}


def tables(missing: int = 30) -> dict[str, pd.DataFrame]:
    """Returns registrations of 200 people, of whom some lack an identifier."""
    numbers = range(200)
    patients = pd.DataFrame(
        {
            "given_name": [f"G{number % 40}" for number in numbers],
            "family_name": [f"F{number % 50}" for number in numbers],
            "phone": [None if number % 10 == 0 else str(number) for number in numbers],
            "area": [f"X01{number % 20:02d}" for number in numbers],
            "verified_id": [None if number < missing else str(number) for number in numbers],
        }
    )
    return {"his_patients": patients}


def test_table_is_small_enough_and_quick_enough_to_redraw_at_once():
    assert len(run({})) <= 2000
    start = process_time()
    for points in range(10):
        run({"threshold": float(points)})
    assert (process_time() - start) / 10 < 0.1


def test_text_tells_the_goal_and_which_thresholds_reach_it():
    bad, good, easy = run({}), run(GOOD), run({"missing": 0.01})
    assert (reached(bad), reached(good)) == (False, True)
    assert "Goal not reached" in describe(bad) and "No threshold shown" in describe(bad)
    assert "Goal reached" in describe(good)
    assert len(good_thresholds(easy)) >= 4 and "The goal is reached from 20 to" in describe(easy)


def test_figures_of_a_district_are_measured():
    found = measured(tables()["his_patients"])
    assert found["same_given"] == pytest.approx(4 / 199) and found["same_family"] == pytest.approx(3 / 199)
    assert found["same_phone"] == 0 and found["blank_phone"] == pytest.approx(0.1)


def test_own_thresholds_become_levers():
    values, told = own_thresholds(lambda sample: {"treatment": 21, "statistics": 13.0}, tables())
    assert values == GOOD and reached(run(values))
    assert "400 pairs" in told and "15% of the registrations lack" in told
    turned, _ = own_thresholds(lambda sample: {"treatment": 90, "statistics": 99}, tables())
    assert turned == {"threshold": 50.0, "review": 0.0}


def test_a_sample_is_enough_to_choose_well():
    """Lowest threshold of good precision, with each pair weighed by what it stands for."""

    def thresholds(sample: pd.DataFrame) -> dict[str, float]:
        ordered = sample.sort_values("score", ascending=False)
        true, every = ((ordered["stands_for"] * m).cumsum() for m in (ordered["match"], 1))
        good = ordered["score"][true / every >= 0.98]
        return {"treatment": float(good.min()), "statistics": float(good.min()) - 8}

    values, _ = own_thresholds(thresholds, tables())
    assert reached(run(values))


def test_the_sample_is_stratified_and_its_weights_lead_back_to_the_model():
    sample = review_sample(Linking(), pairs=8000)
    assert sample["stratum"].value_counts().tolist() == [1000] * 8
    assert sample.groupby("stratum")["score"].min().is_monotonic_increasing
    weights = sample["stands_for"].where(sample["score"] >= 12, 0.0)
    false = weights[~sample["match"]].sum()
    assert false == pytest.approx(expected(Linking(), assumed())["false_links"], rel=0.1)
    # Counted plainly, as if not stratified, far more pairs are matches than truly are.
    plain = sample["match"].mean()
    true = (sample["stands_for"] * sample["match"]).sum() / sample["stands_for"].sum()
    assert plain > 5 * true


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (lambda sample: 3, "dictionary whose 'treatment' is a number"),
        (lambda sample: {"treatment": 3}, "'statistics' is a number"),
        (lambda sample: {"treatment": float("nan"), "statistics": 1}, "'treatment' is a number"),
        (lambda sample: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_own_function_may_fail(function, told):
    with pytest.raises(HilabError, match=told):
        own_thresholds(function, tables())


def test_own_function_cannot_spoil_the_sample():
    def spoil(sample: pd.DataFrame) -> dict[str, float]:
        sample["score"] = 0.0
        return {"treatment": 1, "statistics": 1}

    own_thresholds(spoil, tables())
    assert review_sample(Linking())["score"].std() > 1


def test_panel_follows_its_levers():
    panel = Panel(EXPLORATION, {}, Path("no such district"))
    panel.levers["threshold"].value = 21.0
    assert "From 21 points" in panel.figure.layout.title.text
    panel.levers["review"].value = 8.0
    assert "Goal reached" in panel.text.value
    assert here(panel.table)[0]["minutes"] > 0
