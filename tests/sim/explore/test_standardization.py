"""Lab 2's exploration: the pure part, the learner's own map, and the widget without a browser."""

from pathlib import Path

import pandas as pd
import pytest

from sim.errors import HilabError
from sim.explore.panel import Panel
from sim.explore.parts import here
from sim.explore.standardization import EXPLORATION, break_even, describe, own_error, reached, run
from sim.policy.interfaces import cost
from sim.systems.facilities import HOSPITALS
from sim.systems.lab_books import LAB_CODES, entries
from sim.systems.lis import LIS_RESULTS

DAY = pd.Timestamp("2025-06-01")


def tables(country: str = "us") -> dict[str, pd.DataFrame]:
    """Returns code books in which every entry has a code of its own, and two results under each."""
    found = {}
    for hospital in HOSPITALS:
        book = pd.DataFrame(entries(hospital, country)).drop(columns=["loinc", "equivalence", "records"])
        book["test_code"] = [f"T{number}" for number in range(len(book))]
        book = book.assign(valid_from="2009-01-01", valid_to=None).replace("", None)
        book["entry_id"] = hospital + book["test_code"]
        found[LAB_CODES.name_at(hospital)] = book
        results = pd.DataFrame({"test_code": [*book["test_code"]] * 2, "collected_at": DAY})
        found[LIS_RESULTS.name_at(hospital)] = results
    return found


def nothing_fits(book: pd.DataFrame, concepts: pd.DataFrame, words: pd.DataFrame) -> pd.DataFrame:
    return book.assign(loinc=None, equivalence="unmatched")


def test_table_is_small_enough_to_redraw_at_once() -> None:
    assert len(run({})) <= 2000


def test_a_hub_does_more_harm_until_it_is_audited() -> None:
    hub, pairs, audited = (here(run(values))[0] for values in ({}, {"hub": False}, {"audits": 24}))
    assert hub["cost"] < pairs["cost"] and hub["wrong_results"] > 1.5 * pairs["wrong_results"]
    assert audited["wrong_results"] < pairs["wrong_results"] / 2 and audited["cost"] < pairs["cost"]


def test_text_tells_the_goal() -> None:
    bad, good = run({}), run({"audits": 24})
    assert (reached(bad), reached(good)) == (False, True)
    assert "Goal not reached" in describe(bad) and "Goal reached" in describe(good)


def test_where_the_insight_fails() -> None:
    three, alike = run({"partners": 3}), run({"hub": False, "shared": 1.0})
    assert here(three)[0]["cost"] > here(three)[0]["pairs"] and not reached(three)
    assert here(alike)[0]["wrong_results"] == 0


def test_break_even_is_where_the_prices_cross() -> None:
    least = break_even(run({}))
    assert least == 7
    for number, cheaper in ((6, False), (7, True)):
        pairs, hub = cost(number, 4.0, 5.0, 60.0, 0.0)
        assert (hub < pairs) == cheaper


@pytest.mark.parametrize("country", ["us", "cn"])
def test_own_map_that_matches_nothing_errs_on_all_that_can_be_matched(country: str) -> None:
    known = [entry for hospital in HOSPITALS for entry in entries(hospital, country)]
    matched = sum(bool(entry["loinc"]) for entry in known)
    values, told = own_error(nothing_fits, tables(country))
    assert f"{2 * matched} of {2 * len(known)} results" in told
    assert values["measured"] == pytest.approx(0.1)  # no more than the lever allows


def test_own_right_map_errs_on_nothing_and_sets_the_lever() -> None:
    truth = {(code, e["test_name"], e["specimen"], e["method"], e["unit"]): e["loinc"]
             for code in HOSPITALS for e in entries(code, "us")}  # fmt: skip

    def right(book: pd.DataFrame, concepts: pd.DataFrame, words: pd.DataFrame) -> pd.DataFrame:
        keys = book[["facility", "test_name", "specimen", "method", "unit"]].fillna("")
        loinc = [truth[key] for key in keys.itertuples(index=False, name=None)]
        return book.assign(loinc=loinc, equivalence="equivalent")

    values, _ = own_error(right, tables())
    assert values["measured"] == 0
    assert here(run(values))[0]["wrong_results"] < here(run({}))[0]["wrong_results"]


@pytest.mark.parametrize(
    ("function", "told"),
    [(lambda b, c, w: 3, "must return a table"), (lambda b, c, w: 1 / 0, "ZeroDivisionError")],
)
def test_own_function_may_fail(function, told: str) -> None:
    with pytest.raises(HilabError, match=told):
        own_error(function, tables())


def test_panel_follows_its_levers() -> None:
    panel = Panel(EXPLORATION, {}, Path("no such district"))
    panel.levers["hub"].value = False
    assert "10 partners, pairs" in panel.figure.layout.title.text
    assert "in pairs: 90 links" in panel.text.value
    panel.levers["audits"].value = 12.0
    assert "12 audits" in panel.figure.layout.title.text
