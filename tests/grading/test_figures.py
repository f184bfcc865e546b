"""Plots are judged by the data in the figure."""

import numpy as np
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import pytest

from grading.compare import labelled, traces_right
from grading.figures import MOST_POINTS, is_figure, plain_figure, points, read_figure
from grading.judge import assess
from grading.tasks import Case, Check, Reply, Task
from grading.values import LIMIT, plain

WARDS = pd.DataFrame({"ward": ["A", "B", "A", "B"], "day": [1, 1, 2, 2], "beds": [3, 5, 4, 6]})
WANTED = [([1, 2], [3, 4]), ([1, 2], [5, 6])]


def test_a_figure_crosses_the_border_as_plain_data():
    figure = px.line(WARDS, x="day", y="beds", color="ward", title="Beds")
    got = plain(figure)
    assert is_figure(got) and "template" not in got["layout"]
    found = read_figure(got)
    assert found.title == "Beds" and found.x_title == "day" and [t.name for t in found.traces] == ["A", "B"]
    assert found.traces[1].y == (5.0, 6.0) and labelled(got)
    assert read_figure(plain_figure(found)) == found


@pytest.mark.parametrize(
    "figure",
    [
        px.line(WARDS, x="day", y="beds", color="ward"),
        px.scatter(WARDS.iloc[::-1], x="day", y="beds", color="ward"),
        go.Figure([go.Bar(x=[5, 6], y=[1, 2], orientation="h"), go.Bar(x=[3, 4], y=[1, 2], orientation="h")]),
        go.Figure([go.Scatter(x=np.array([1, 2]), y=np.array([5.0, 6.0])), go.Scatter(x=[1, 2], y=[3, 4])]),
        go.Figure(px.line(WARDS, x="day", y="beds", color="ward").to_dict()),
    ],
)
def test_any_look_of_the_right_data_is_right(figure):
    assert traces_right(plain(figure), WANTED) == 1.0


def test_wrong_missing_and_surplus_points_cost_their_share():
    half = go.Figure([go.Scatter(x=[1, 2], y=[3, 4])])
    assert traces_right(plain(half), WANTED) == 0.5
    twice = go.Figure([go.Scatter(x=[1, 2], y=[3, 4])] * 2)
    assert traces_right(plain(twice), WANTED) == 0.5, "no series counts twice"
    crowd = go.Figure([go.Scatter(x=[1, 2, 3, 4, 5, 6], y=[3, 4, 0, 0, 0, 0])])
    assert traces_right(plain(crowd), WANTED[:1]) == 0.5
    assert traces_right(plain(half), [([1, 2], [3.05, 4.0])], tolerance=0.1) == 1.0
    assert traces_right({"a": 1}, WANTED) == 0.0 and traces_right(plain(go.Figure()), WANTED) == 0.0


def test_times_are_compared_as_times():
    days = pd.to_datetime(["2025-03-01", "2025-03-02"])
    got = plain(go.Figure([go.Scatter(x=days, y=[1, 2])]))
    assert read_figure(got).traces[0].times
    assert traces_right(got, [(["2025-03-01T00:00:00", "2025-03-02"], [1, 2])]) == 1.0


HOSTILE = [
    {"data": [{"x": {"dtype": "f8", "bdata": "?"}, "y": [1]}]},
    {"data": [{"x": {"dtype": "O", "bdata": "AAAA"}}]},
    {"data": [{"x": [[1], {}, None], "y": "text", "name": 3, "mode": []}], "layout": []},
    {"data": [3, None, {"type": "surface", "z": [[1]]}], "layout": {"title": {"text": 9}, "xaxis": 4}},
    {"data": [{"y": [float("nan"), float("inf"), True]}] * 50},
    {"data": [{"x": ["9999999-01-01"], "y": [1]}]},
]


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
def test_odd_figures_are_read_without_harm(value):
    found = read_figure(value)
    assert found is not None and len(found.traces) <= 12
    assert traces_right(value, WANTED) == 0.0


def test_long_traces_are_cut_and_huge_ones_refused():
    found = read_figure({"data": [{"y": list(range(MOST_POINTS + 10))}]})
    assert len(found.traces[0].y) == MOST_POINTS
    from grading.plainjson import NotPlain

    with pytest.raises(NotPlain, match="too large"):
        plain(go.Figure([go.Scatter(text=["x" * 1000] * (LIMIT // 1000))]))


def test_bars_that_lie_are_turned():
    (trace,) = read_figure({"data": [{"type": "bar", "x": [2], "y": ["a"], "orientation": "h"}]}).traces
    assert points(trace) == {("a", 2.0)}


def test_the_judge_keeps_the_figure_of_a_visible_example():
    shape = Check("v", "Shows the beds", 1.0, "f", lambda c, v: traces_right(v, c.expected), ("fixture",))
    hidden = Check("h", "Shows other beds", 1.0, "f", lambda c, v: traces_right(v, c.expected))
    task = Task(
        "1.1", "T", ("f",), (shape, hidden), lambda c, v: None, list, lambda w: [], (), ("a", "b", "c")
    )
    cases = [Case("f", "one", (), expected=WANTED), Case("f", "two", (), "district", expected=WANTED)]
    value = plain(px.line(WARDS.iloc[[0, 2]], x="day", y="beds"))
    result = assess(task, cases, [Reply(value), Reply(value)])
    assert result.got == 1.0 and read_figure(result.checks[0].figure).traces[0].y == (3.0, 4.0)
    assert result.checks[1].figure is None, "of a hidden case nothing is shown"
    assert "scatter (2)" in str(result.checks[0].came_back)
