"""Lab 0's exploration: the pure part, and the widget without a browser."""

from pathlib import Path

import pandas as pd
import pytest

from sim.errors import HilabError
from sim.explore.orientation import EXPLORATION, describe, own_rate, reached, run
from sim.explore.panel import Panel
from sim.explore.parts import here
from sim.policy.monitoring import INTERVALS


def tables() -> dict[str, pd.DataFrame]:
    taken = pd.date_range("2025-06-01", periods=48, freq="30min")
    readings = pd.DataFrame({"device_id": "D1", "taken_at": taken})
    return {"devices": pd.DataFrame({"device_id": ["D1"], "type": ["wearable"]}), "app_readings": readings}


def count(times: pd.Series, width: str) -> pd.DataFrame:
    return times.dt.floor(width).value_counts().sort_index().rename_axis("start").reset_index(name="count")


def test_table_is_small_enough_to_redraw_at_once() -> None:
    assert len(run({})) <= 2000


def test_text_tells_the_goal() -> None:
    bad, good = run({}), run({"share": 1.0, "interval": 30.0})
    assert (reached(bad), reached(good)) == (False, True)
    assert "Goal not reached" in describe(bad) and "Goal reached" in describe(good)
    assert "A reading every 30 min" in describe(good)


def test_own_function_sets_the_interval() -> None:
    values, told = own_rate(count, tables())
    assert values["measured"] == pytest.approx(30)
    assert here(run(values))[0]["interval"] == pytest.approx(30)
    assert "48 readings of 1 wearables" in told


@pytest.mark.parametrize(
    ("function", "told"),
    [(lambda times, width: 3, "must return a table"), (lambda times, width: 1 / 0, "ZeroDivisionError")],
)
def test_own_function_may_fail(function, told: str) -> None:
    with pytest.raises(HilabError, match=told):
        own_rate(function, tables())


def test_panel_offers_the_intervals_by_words_and_follows_them() -> None:
    panel = Panel(EXPLORATION, {}, Path("no such district"))
    lever = panel.levers["interval"]
    assert [value for _, value in lever.options] == list(INTERVALS)
    lever.value = 60.0
    assert "Every 1 h" in panel.figure.layout.title.text
    assert "A reading every 1 h" in panel.text.value
