"""The exploration of lab 0: what more readings of more people bring, and what they cost."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from sim.errors import HilabError
from sim.explore.parts import Exploration, Lever, Plot, Prediction, Values, here
from sim.explore.words import STOPPED, UNWRITTEN, differences, goal
from sim.policy.monitoring import ASSUMPTIONS, INTERVALS, Controls, assumed
from sim.policy.monitoring import run as run_days
from sim.words import said

MISSED, ALARMS = 1.0, 5.0
"""The goal: fewer missed deteriorations per 1,000 patient-days, at most so many alarms in a shift."""


def words(minutes: float) -> str:
    """Returns an interval in words.

    Example:
        >>> words(15), words(120), words(1440), words(90.4)
        ('15 min', '2 h', '24 h', '90 min')
    """
    template, number = _template(minutes)
    return said(template, number=number)


def _template(minutes: float) -> tuple[str, float]:
    hours = minutes >= 60 and minutes % 60 == 0
    return ("{number:.0f} h", minutes / 60) if hours else ("{number:.0f} min", minutes)


def _english(minutes: float) -> str:
    template, number = _template(minutes)
    return template.format(number=number)


LEVERS = (
    Lever("people", "People in the programme", 300, 50_000, 100, 2000, ",.0f"),
    Lever("share", "Of these, with a device (share)", 0, 1, 0.1, 0.3, ".0%"),
    Lever(
        "interval", "From one reading to the next", INTERVALS[0], INTERVALS[-1], 1, 240.0, ".0f",
        tuple((_english(minutes), minutes) for minutes in INTERVALS),
    ),
)  # fmt: skip

_LINES = {
    "megabytes": "megabytes a day",
    "seconds": "seconds of computing a day",
    "alarms": "alarms in a nurse's shift",
    "missed": "missed deteriorations per 1,000 patient-days",
    "decisions": "changed decisions per 1,000 patient-days",
}


def run(values: Values, assumptions: Mapping[str, float] | None = None, replicates: int = 20) -> pd.DataFrame:
    """Watches people at this setting, and at all intervals between readings with the rest unchanged.

    Args:
        values: Controls by name, see `sim.policy.monitoring.Controls`; `measured`, the interval that the
            learner's own function found, takes the place of `interval`.
        assumptions: Figures that differ from the model's own.
        replicates: Runs of 10,000 patient-days for each setting.

    Returns:
        Columns `interval` (minutes), `replicate` (-1: the expected value), the outcomes, and `here`: whether
        the row belongs to the setting itself.

    Example:
        >>> table = run({"share": 1.0})
        >>> len(table), int(table["here"].sum())
        (231, 21)
    """
    values = dict(values)
    measured = values.pop("measured", None)
    controls = Controls(**values)
    controls = controls if measured is None else replace(controls, interval=measured)
    figures = assumed(assumptions)
    places = [(minutes, False) for minutes in INTERVALS] + [(controls.interval, True)]
    parts = [
        run_days(replace(controls, interval=minutes), figures, replicates).assign(interval=minutes, here=own)
        for minutes, own in places
    ]
    return pd.concat(parts, ignore_index=True)


def reached(table: pd.DataFrame) -> bool:
    """Says whether the setting reaches the goal, judged by its expected values."""
    means, _ = here(table)
    return bool(means["missed"] < MISSED and means["alarms"] <= ALARMS)


def describe(table: pd.DataFrame) -> str:
    """Says in words what the plot shows.

    Example:
        >>> print(describe(run({}))[:51])
        A reading every 4 h. Volume: 0.3 megabytes and 0.01
    """
    means, runs = here(table)
    along = table[~table["here"] & (table["replicate"] < 0)]
    best = along.sort_values("missed", kind="stable").iloc[0]
    densest, rarest = along.iloc[0], along.iloc[-1]
    return said(
        "A reading every {interval}. Volume: {megabytes:.1f} megabytes and {seconds:.2f} seconds of "
        "computing a day. Alarms in a shift: {alarms:.1f}. Per 1,000 patient-days: {missed:.1f} missed "
        "deteriorations (in {runs} runs between {low:.1f} and {high:.1f}), {decisions:.1f} changed "
        "decisions. {goal}: fewer than 1 missed per 1,000 patient-days at 5 alarms or fewer in a shift. From "
        "a reading a day to one a minute: {rare_megabytes:.1f} to {dense_megabytes:.1f} megabytes a day, "
        "{rare_decisions:.1f} to {dense_decisions:.1f} changed decisions. Fewest are missed with a reading "
        "every {best}: {least:.1f}.",
        **means[["megabytes", "seconds", "alarms", "missed", "decisions"]],
        interval=words(means["interval"]), runs=len(runs),
        low=runs["missed"].min(), high=runs["missed"].max(),
        goal=goal(reached(table)), rare_megabytes=rarest["megabytes"], dense_megabytes=densest["megabytes"],
        rare_decisions=rarest["decisions"], dense_decisions=densest["decisions"],
        best=words(best["interval"]), least=best["missed"],
    )  # fmt: skip


def headline(values: Values, table: pd.DataFrame) -> str:
    """Returns the state in one line.

    Example:
        >>> headline({}, run({}))
        'Every 4 h: 4.4 missed per 1,000 patient-days, 0.1 alarms a shift. Goal not reached'
    """
    means, _ = here(table)
    return said(
        "Every {interval}{own}: {missed:.1f} missed per 1,000 patient-days, {alarms:.1f} alarms a shift. "
        "{goal}",
        interval=words(means["interval"]),
        own=said(" (measured by your function)") if "measured" in values else "",
        missed=means["missed"],
        alarms=means["alarms"],
        goal=goal(reached(table)),
    )


def compare(a: pd.DataFrame, b: pd.DataFrame) -> str:
    """Says how B differs from A, run by run with the same random numbers.

    Example:
        >>> compare(run({}), run({"share": 1.0})).split(";")[3]
        ' missed deteriorations per 1,000 patient-days -2.0 (-2.8 to -1.2)'
    """
    (_, first), (_, second) = here(a), here(b)
    parts = differences(first, second, _LINES)
    return said("B minus A, mean and range over {count} runs: {parts}.", count=len(first), parts=parts)


def own_rate(
    function: Callable[..., Any], tables: Mapping[str, pd.DataFrame]
) -> tuple[dict[str, float], str]:
    """Lets `arrival_rate(times, width)` count the readings of a district, and takes their interval from it.

    Returns:
        The value `measured`, minutes between two readings of one wearable, and a sentence that says so.

    Raises:
        HilabError: The function fails or its answer has another form.
    """
    worn = tables["devices"].loc[tables["devices"]["type"] == "wearable", "device_id"]
    readings = tables["app_readings"]
    mine = readings[readings["device_id"].isin(worn)]
    hours = _counts(function, mine["taken_at"])
    each = hours.sum() / max(1, len(worn)) / max(1, len(hours))
    measured = min(1440.0, max(1.0, 60 / each)) if each > 0 else 1440.0
    told = said(
        "Your function found {readings:,.0f} readings of {worn} wearables in {hours:,} hours, {empty:,} of "
        "them empty: one reading of a wearable every {measured:.0f} minutes. The model now uses this "
        "interval.",
        readings=hours.sum(),
        worn=len(worn),
        hours=len(hours),
        empty=int((hours == 0).sum()),
        measured=measured,
    )
    return {"measured": measured}, told


def _counts(function: Callable[..., Any], times: "pd.Series[pd.Timestamp]") -> "pd.Series[float]":
    try:
        answer = function(times.copy(), "1h")
    except NotImplementedError as error:
        raise HilabError(said(UNWRITTEN)) from error
    except Exception as error:
        raise HilabError(said(STOPPED, kind=type(error).__name__, error=error)) from error
    if not isinstance(answer, pd.DataFrame) or "count" not in answer or not len(answer):
        raise HilabError(said("Your function must return a table with the columns start and count."))
    return answer["count"].astype("float64")


def _plot() -> Plot:
    from sim.explore.orientation_plot import OrientationPlot

    return OrientationPlot()


EXPLORATION = Exploration(
    title="Watching people at home",
    introduction=(
        "People with a chronic illness are watched at home. Some have a device that sends readings; the "
        "others are visited twice a day. Goal: fewer than 1 missed deterioration per 1,000 patient-days, at "
        "5 alarms or fewer in a nurse's shift. No mark depends on what you do."
    ),
    levers=LEVERS,
    prediction=Prediction(
        "The vendor offers a reading every minute in place of one every four hours: 240 times the data. How "
        "many more decisions will change?",
        ("About 240 times as many", "About twice as many", "Hardly more, or even fewer"),
        "Move the interval from 4 h to 1 min and watch volume, alarms and missed deteriorations. Then look "
        "where the easy insight fails: change the half-life of a deterioration from 6 h to 0.33 h. What "
        "finds them now?",
    ),
    assumptions=ASSUMPTIONS,
    run=run,
    describe=describe,
    headline=headline,
    compare=compare,
    plot=_plot,
    function="arrival_rate",
    own=own_rate,
)
