"""Lab 1's exploration: the pure part, and the widget without a browser."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.errors import HilabError
from sim.explore import explore
from sim.explore.collection import EXPLORATION, compare, describe, headline, reached, run
from sim.explore.own_rule import contradicting, own_rule
from sim.explore.panel import Panel


@pytest.fixture
def panel() -> Panel:
    return Panel(EXPLORATION, {}, Path("no such district"))


def unlock(panel: Panel) -> None:
    _, answers, keep, _ = (child for child in panel.widget.children[1].children)
    answers.value = answers.options[0]
    keep.click()


def test_table_is_small_enough_to_redraw_at_once() -> None:
    assert len(run({})) <= 2000


def test_text_tells_what_the_plot_shows() -> None:
    bad, good = run({"mandatory": 0.4}), run({"mandatory": 0.2, "barcode": True, "threshold": 0.85})
    assert "Goal not reached" in describe(bad)
    assert "Goal reached" in describe(good)
    assert (reached(bad), reached(good)) == (False, True)
    assert "blank fields per 1,000 fields fall from 200.0 to 0.0" in describe(bad)
    assert "wrong charts per 1,000 rise" in describe(bad)
    assert "wrong charts per 1,000 fall" in describe(run({"load": 6.0, "checkable": 1.0}))


def test_pins_are_compared_year_by_year() -> None:
    table = run({})
    assert "blank fields per 1,000 fields +0.0 (+0.0 to +0.0)" in compare(table, table)
    assert re.search(r"duplicates per 1,000 registrations -\d+", compare(table, run({"barcode": True})))


def test_levers_are_locked_until_a_prediction_is_made(panel: Panel) -> None:
    assert all(lever.disabled for lever in panel.levers.values())
    panel.widget.children[1].children[2].click()
    assert all(lever.disabled for lever in panel.levers.values()), "a click without an answer unlocks nothing"
    unlock(panel)
    assert not any(lever.disabled for lever in panel.levers.values())


def test_plot_and_text_follow_a_lever(panel: Panel) -> None:
    title, text = panel.figure.layout.title.text, panel.text.value
    panel.levers["barcode"].value = True
    assert panel.figure.layout.title.text != title
    assert panel.figure.layout.title.text == headline({"barcode": True}, panel.table)
    assert panel.text.value != text
    assert "aria-live" in panel.text.value


def test_twenty_grey_years_stand_behind_every_mean(panel: Panel) -> None:
    traces = {trace.meta: trace for trace in panel.figure.data}
    for name in ("blanks", "junk", "missed_recalls", "wrong_patients"):
        assert np.isnan(traces[f"{name} runs"].x).sum() == 20
        assert len(traces[name].x) == 11
    dashes = {traces[name].line.dash for name in ("blanks", "junk", "missed_recalls", "wrong_patients")}
    assert len(dashes) == 4, "lines differ in more than colour"


def test_every_assumption_can_be_changed(panel: Panel) -> None:
    rows = panel.widget.children[-1].children[0].children
    assert len(rows) == len(EXPLORATION.assumptions)
    before = panel.table["wrong_allergies"].sum()
    figures = {row.children[0].description: row.children[0] for row in rows}
    pick = next(figure for label, figure in figures.items() if "stranger's record is picked" in label)
    pick.value = 0.012
    assert panel.table["wrong_allergies"].sum() > 1.3 * before
    pick.value = -1
    assert "must lie between 0 and 1" in panel.text.value
    assert panel.table["wrong_allergies"].sum() > 1.3 * before, "a refused figure changes nothing"


def test_pinning_both_shows_the_difference(panel: Panel) -> None:
    panel._pin("A")
    panel.levers["barcode"].value = True
    panel._pin("B")
    assert "B minus A" in panel.difference.value
    spots = {t.meta: (t.x[0], t.y[0]) for t in panel.figure.data if t.meta in "AB"}
    assert spots["A"] != spots["B"]


def test_own_function_must_be_there(panel: Panel) -> None:
    panel.widget.children[5].children[2].click()
    assert "duplicates() is not defined yet" in panel.told.value


def test_panel_says_which_exploration_is_unknown() -> None:
    with pytest.raises(HilabError, match="l1_collection"):
        explore("l9_nothing")


# ---- the learner's own rule ----------------------------------------------------------------------


def people() -> pd.DataFrame:
    rows = [
        ("1", "F", "1990-01-01", "Ada", "900000001"),
        ("2", "F", "1990-01-01", "Ada", None),
        ("3", "F", "1990-01-01", "Eva", "900000003"),
        ("4", "M", "1960-05-05", "Bob", None),
    ]
    return pd.DataFrame(rows, columns=["mrn", "sex", "birth_date", "given_name", "verified_id"])


def test_own_rule_becomes_controls() -> None:
    def duplicates(his: pd.DataFrame) -> dict[str, list[list[str]]]:
        return {"auto_merge": [["1", "2"], ["1", "3"]], "review": [["2", "3"]]}

    values, told = own_rule(duplicates, {"his_patients": people()})
    assert values["review"] == 0.25
    assert values["merged_wrongly"] == 0.25
    assert "1 contradict themselves" in told
    assert run(values)["duplicates"].min() >= 0


def test_contradictions_are_counted_once() -> None:
    assert contradicting(people(), [["1", "2"], ["1", "3"], ["1", "4"], ["1", "nobody"]]) == 3


@pytest.mark.parametrize("answer", [None, {}, {"auto_merge": [["1"]], "review": []}, {"auto_merge": []}])
def test_another_form_is_said_in_words(answer: object) -> None:
    with pytest.raises(HilabError, match="list of pairs"):
        own_rule(lambda his: answer, {"his_patients": people()})


def test_own_rule_that_fails_is_said_in_words() -> None:
    with pytest.raises(HilabError, match="ZeroDivisionError"):
        own_rule(lambda his: 1 / 0, {"his_patients": people()})
