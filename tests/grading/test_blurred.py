"""A blurred release is true if every cell covers what stood there, and costs what was blurred."""

import pandas as pd
import pytest

from grading.blurred import cost, covers, is_true, misfit

QIDS = ["age", "sex", "area"]


def file():
    rows = [
        ("R1", "20-39", "F", "X01", "flu"),
        ("R2", "20-39", "M", "X02", "flu"),
        ("R3", "40-59", "M", "", "HIV"),
    ]
    return pd.DataFrame(rows, columns=["row_id", *QIDS, "dx"])


def told(**cells):
    return file().assign(**cells)


@pytest.mark.parametrize(
    ("column", "before", "after", "right"),
    [
        ("age", "20-39", "20-59", True),
        ("age", "20-39", "30-59", False),
        ("age", "*", "20-59", False),
        ("area", "X01", "X0", True),
        ("area", "X01", "X", False),
        ("area", "", "X0", False),
        ("sex", "F", "*", True),
        ("sex", "F", "M", False),
    ],
)
def test_a_cell_covers_what_it_was_or_not(column, before, after, right):
    assert covers(column, before, after) is right


def test_a_release_must_be_true_in_every_row_and_keep_what_it_is_about():
    assert is_true(file(), told(sex="*", area=["X0", "X0", ""]), QIDS, "dx")
    assert not is_true(file(), told(sex=["*", "*", "F"]), QIDS, "dx")
    assert not is_true(file(), told(dx=["flu", "HIV", "HIV"]), QIDS, "dx")


def test_the_cost_counts_blurred_cells_and_rows_left_out():
    assert cost(file(), file(), QIDS) == 0
    assert cost(file(), told(sex="*"), QIDS) == pytest.approx(1 / 3)
    assert cost(file(), told(sex="*").iloc[:2], QIDS) == pytest.approx((2 / 3 + 1) / 3)


def test_the_form_of_a_release_is_looked_at():
    def say(table):
        return misfit("mend", file(), table, QIDS, "dx")

    assert say(file()) is None and say(file().iloc[:1]) is None
    assert "columns row_id, age, sex, area, dx" in say(file().drop(columns="sex"))
    assert "at most once" in say(pd.concat([file(), file()]))
    assert "no other" in say(told(row_id=["R1", "R2", "R9"]))
    assert "hold text" in say(told(area=[None, "X02", ""]))
    assert "DataFrame" in say([["R1"]])
