"""Lab 4's exploration: the pure part, the learner's own file, and the widget without a browser."""

from pathlib import Path
from time import process_time

import pandas as pd
import pytest

from sim.errors import HilabError
from sim.explore.own_file import QIDS, own_file
from sim.explore.panel import Panel
from sim.explore.privacy import EXPLORATION, compare, describe, good_releases, headline, here, reached, run

LARGE = {"counts": True, "epsilon": 0.1, "smallest": 2000.0}


def tables() -> dict[str, pd.DataFrame]:
    """Returns 240 patients of six areas in two zones, the smallest with ten patients."""
    sizes = {"X0101": 10, "X0102": 30, "X0201": 50, "X1101": 20, "X1102": 60, "X1201": 70}
    areas = [area for area, size in sizes.items() for _ in range(size)]
    patients = pd.DataFrame(
        {
            "mrn": [f"H{number}" for number in range(240)],
            "given_name": [f"G{number}" for number in range(240)],
            "family_name": "F",
            "sex": ["F", "M"] * 120,
            "birth_date": [f"{1940 + number % 60}-01-01" for number in range(240)],
            "area": areas,
            "deceased_on": None,
            "moved_away_on": None,
        }
    )
    register = pd.DataFrame({"area": [area for area in areas for _ in range(10)]})
    return {"his_patients": patients, "register": register}


def by_zone(df: pd.DataFrame, qids: list[str], k: int) -> pd.DataFrame:
    """Tells everybody without age, and with the zone only."""
    return df.assign(age="*", area=df["area"].str[:2])


def as_it_is(df: pd.DataFrame, qids: list[str], k: int) -> pd.DataFrame:
    return df


def test_table_is_small_enough_and_quick_enough_to_redraw_at_once():
    assert len(run({})) <= 2000
    start = process_time()
    for k in range(2, 12):
        run({"k": float(k)})
    assert (process_time() - start) / 10 < 0.1


def test_text_tells_the_goal_and_which_releases_reach_it():
    bad, good = run({}), run(LARGE)
    assert (reached(bad), reached(good)) == (False, True)
    assert "Goal not reached" in describe(bad) and "No release shown reaches it" in describe(bad)
    assert "Goal reached" in describe(good) and {"k = 11", "ε = 0.1"} <= set(good_releases(good))


@pytest.mark.parametrize("fields", [1.0, 2.0, 3.0, 4.0])
def test_nothing_shown_reaches_the_goal_for_twenty_patients(fields):
    assert good_releases(run({"fields": fields, "withheld": 0.0})) == []


def test_groups_show_who_pays():
    table = run({"counts": True, "epsilon": 0.2})
    groups = table[(table["part"] == "groups") & (table["form"] == "counts") & (table["replicate"] < 0)]
    assert len(groups) == 12 and groups["size"].is_monotonic_increasing
    assert groups["error_smallest"].iloc[0] > 5 * groups["error_smallest"].iloc[-1]


def test_pins_are_compared_in_percent():
    told = compare(run({"knows": 0.5}), run({"knows": 1.0}))
    risk = here(run({"knows": 0.5}))[0]["risk"]
    assert f"told apart, % {100 * risk:+.1f} (" in told


def test_own_file_with_everything_told_is_exact_and_risky():
    values, told = own_file(as_it_is, tables())
    for name in ("own_error_total", "own_error_smallest", "own_error_gap", "own_missed"):
        assert values[name] == pytest.approx(0, abs=1e-9), name
    assert values["own_classes"] > 0.7 and "tells 240" in told and "the smallest class has 1 rows" in told
    table = run({**values, "knows": 1.0})
    assert here(table)[0]["risk"] > 0.4 and "(your function)" in headline({**values}, table)


def test_own_file_by_zone_is_read_by_residents():
    values, told = own_file(by_zone, tables())
    assert values["own_classes"] == pytest.approx(4 / 240) and "in 4 classes" in told
    # Ten times as many residents as patients everywhere: shared out by them, the file is exact.
    assert values["own_error_smallest"] == pytest.approx(0, abs=1e-6)
    uneven = tables()
    uneven["register"] = pd.concat([uneven["register"], pd.DataFrame({"area": ["X0101"] * 900})])
    values, _ = own_file(by_zone, uneven)
    # 1,000 of the 1,800 residents of X0 live in X0101, which has 10 of its 90 patients.
    assert values["own_error_smallest"] == pytest.approx((90 * 1000 / 1800 - 10) / 10)


def test_blank_places_help_no_reader_and_stars_are_shared_out():
    blank = tables()
    blank["his_patients"].loc[:9, "area"] = None
    values, told = own_file(as_it_is, blank)
    assert "Of the 240 patients" in told and values["own_missed"] == pytest.approx(0)
    values, _ = own_file(lambda df, qids, k: df.assign(area="*"), tables())
    assert values["own_error_total"] + values["own_error_smallest"] == pytest.approx(0, abs=1e-6)


def test_own_file_may_leave_out_rows_and_columns_of_its_own():
    def without_small(df: pd.DataFrame, qids: list[str], k: int) -> pd.DataFrame:
        assert qids == QIDS and k == 5
        told = df.assign(age="18+")
        return told[told["area"] != "X0101"][qids]

    values, _ = own_file(without_small, tables())
    assert values["own_error_smallest"] == 1
    assert values["own_missed"] == pytest.approx(1000 * 10 / 240)


def test_the_own_file_changes_nothing_about_counts():
    values, _ = own_file(as_it_is, tables())
    plain, mine = run(LARGE), run({**LARGE, **values})
    assert plain.equals(mine) and "your function" not in headline({**LARGE, **values}, mine)


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (lambda df, qids, k: 3, "with the columns age, sex, area"),
        (lambda df, qids, k: df[["age"]], "with the columns age, sex, area"),
        (lambda df, qids, k: pd.concat([df, df]), "more rows than there are patients"),
        (lambda df, qids, k: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_own_function_may_fail(function, told):
    with pytest.raises(HilabError, match=told):
        own_file(function, tables())


def test_an_own_file_may_be_empty():
    values, told = own_file(lambda df, qids, k: df.iloc[:0], tables())
    assert values["own_classes"] == 0 and values["own_missed"] == 1000 and "tells 0" in told


def test_panel_follows_its_levers():
    panel = Panel(EXPLORATION, {}, Path("no such district"))
    panel.levers["counts"].value = True
    assert "Counts with ε = 1" in panel.figure.layout.title.text
    panel.levers["smallest"].value = 2000.0
    panel.levers["epsilon"].value = 0.1
    assert "Goal reached" in panel.text.value
