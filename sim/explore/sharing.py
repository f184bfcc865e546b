"""The exploration of lab 3: whom a match threshold harms at the emergency door."""

from collections.abc import Mapping

import pandas as pd

from sim.explore.own_thresholds import FUNCTION, own_thresholds
from sim.explore.parts import Exploration, Lever, Plot, Prediction, Values, here
from sim.explore.words import differences, goal
from sim.policy.linking import ASSUMPTIONS, Linking, assumed, sweep
from sim.policy.linking import run as run_years
from sim.words import said

THRESHOLDS = [float(points) for points in range(0, 42, 2)]
"""Thresholds along the horizontal axis."""

WRONG, MISSED, GAP = 1.0, 3.0, 0.05
"""The goal: fewer wrong and fewer missed allergies per 1,000 visits, and a smaller gap between groups."""

LEVERS = (
    Lever("threshold", "Link from so many points on", -10, 50, 1, 12.0, ".0f"),
    Lever("review", "Show to a clerk what lies so many points below", 0, 30, 1, 0.0, ".0f"),
    Lever("missing", "Records without a checked identifier (share)", 0, 0.6, 0.01, 0.15, ".0%"),
    Lever("error", "Names that are mistyped (share)", 0, 0.2, 0.01, 0.06, ".0%"),
    Lever("silos", "Hospitals in the district", 2, 12, 1, 4.0, ".0f"),
    Lever("alike", "Compare names by likeness (else letter by letter)", 0, 1, 1, True, ".0f"),
)

_LINES = {
    "false_links": "false links per 1,000 visits",
    "missed_links": "missed links per 1,000 visits",
    "wrong_allergies": "wrong allergies per 1,000 visits",
    "missed_allergies": "missed allergies per 1,000 visits",
    "missed_newcomers": "missed allergies per 1,000 visits of newcomers",
    "minutes": "minutes of clerks per 1,000 visits",
}


def _linking(values: Values) -> Linking:
    told = dict(values)
    told["silos"] = int(told.get("silos", 4))
    return Linking(**told)


def run(values: Values, assumptions: Mapping[str, float] | None = None, replicates: int = 20) -> pd.DataFrame:
    """Links at this setting, and at all thresholds with the rest unchanged.

    Args:
        values: `threshold`, `review`, `error`, `missing`, `silos` and `alike`; see
            `sim.policy.linking.Linking`.
        assumptions: Figures that differ from the model's own.
        replicates: Years for each setting.

    Returns:
        Columns `threshold`, `replicate` (-1: the expected value), the outcomes, and `here`: whether the row
        belongs to the setting itself.

    Example:
        >>> table = run({"missing": 0.01})
        >>> len(table), int(table["here"].sum())
        (462, 21)
    """
    linking, figures = _linking(values), assumed(assumptions)
    along = sweep(linking, THRESHOLDS, figures, replicates).assign(here=False)
    own = run_years(linking, figures, replicates).assign(threshold=linking.threshold, here=True)
    return pd.concat([along, own[along.columns]], ignore_index=True)


def _reaching(rows: pd.DataFrame) -> pd.DataFrame:
    """Returns the rows that reach the goal."""
    harmless = (rows["wrong_allergies"] < WRONG) & (rows["missed_allergies"] < MISSED)
    return rows[harmless & (rows["gap"] < GAP)]


def reached(table: pd.DataFrame) -> bool:
    """Says whether the setting reaches the goal, judged by its expected values."""
    rows = table[table["here"] & (table["replicate"] < 0)]
    return len(_reaching(rows)) > 0


def good_thresholds(table: pd.DataFrame) -> list[float]:
    """Returns the shown thresholds that reach the goal.

    Example:
        >>> good_thresholds(run({})), good_thresholds(run({"missing": 0.01}))[0]
        ([], 20.0)
    """
    return list(_reaching(table[~table["here"] & (table["replicate"] < 0)])["threshold"])


def describe(table: pd.DataFrame) -> str:
    """Says in words what the plot shows.

    Example:
        >>> print(describe(run({}))[:66])
        Linked from 12 points on. Per 1,000 emergency visits: 36.9 false l
    """
    means, years = here(table)
    good = good_thresholds(table)
    if good:
        which = said("The goal is reached from {low:.0f} to {high:.0f} points.", low=good[0], high=good[-1])
    else:
        which = said("No threshold shown reaches the goal.")
    names = [
        "threshold",
        "false_links",
        "missed_links",
        "wrong_allergies",
        "missed_allergies",
        "minutes",
        "gap",
    ]
    groups = ["missed_settled", "missed_renamed", "missed_newcomers", "wrong_settled", "wrong_newcomers"]
    return said(
        "Linked from {threshold:.0f} points on. Per 1,000 emergency visits: {false_links:.1f} false links "
        "and {missed_links:.1f} missed ones; {wrong_allergies:.2f} wrong allergies (in {years} years "
        "between {wrong_low:.1f} and {wrong_high:.1f}) and {missed_allergies:.2f} missed ones (between "
        "{low:.1f} and {high:.1f}). Missed per 1,000 visits of people who kept name and place "
        "{missed_settled:.2f}, who changed their name {missed_renamed:.2f}, who came from elsewhere "
        "{missed_newcomers:.2f}; wrong {wrong_settled:.2f} for the first and {wrong_newcomers:.2f} for "
        "the last. The group that does worst misses {gap:.1%} more of its links than the one that does "
        "best. Clerks look at possible matches for {minutes:.0f} minutes. {goal}: fewer than 1 wrong and "
        "3 missed allergies per 1,000 visits, groups less than 5 % apart. {which}",
        **means[names + groups], years=len(years), wrong_low=years["wrong_allergies"].min(),
        wrong_high=years["wrong_allergies"].max(), low=years["missed_allergies"].min(),
        high=years["missed_allergies"].max(), goal=goal(reached(table)), which=which,
    )  # fmt: skip


def headline(values: Values, table: pd.DataFrame) -> str:
    """Returns the state in one line.

    Example:
        >>> headline({}, run({})).split(",")[0]
        'From 12 points: 1.8 wrong'
    """
    means, _ = here(table)
    return said(
        "From {threshold:.0f} points: {wrong_allergies:.1f} wrong, {missed_allergies:.1f} missed "
        "allergies per 1,000 visits, gap {gap:.1%}, {minutes:.0f} min. {goal}",
        **means[["threshold", "wrong_allergies", "missed_allergies", "gap", "minutes"]],
        goal=goal(reached(table)),
    )


def compare(a: pd.DataFrame, b: pd.DataFrame) -> str:
    """Says how B differs from A, year by year with the same random numbers.

    Example:
        >>> compare(run({}), run({"review": 10.0})).split(";")[0]
        'B minus A, mean and range over 20 years: false links per 1,000 visits +58.4 (+55.3 to +60.7)'
    """
    (_, first), (_, second) = here(a), here(b)
    parts = differences(first, second, _LINES)
    return said("B minus A, mean and range over {count} years: {parts}.", count=len(first), parts=parts)


def _plot() -> Plot:
    from sim.explore.sharing_plot import SharingPlot

    return SharingPlot()


EXPLORATION = Exploration(
    title="The records of other hospitals, at the emergency door",
    introduction=(
        "Somebody is brought to an emergency department. Other hospitals may hold records of the same "
        "person. Records are linked from a number of points on. Goal: fewer than 1 wrong and fewer than 3 "
        "missed allergies per 1,000 visits, and groups of patients less than 5 % apart in the links they "
        "miss. No mark depends on what you do."
    ),
    levers=LEVERS,
    prediction=Prediction(
        "Links that are wrong do harm, and so do links that are missed. Is there a threshold at which "
        "both are rare enough?",
        (
            "Yes: a high one, for points tell people apart",
            "Yes: one in the middle",
            "No: each threshold does one harm or the other",
        ),
        "Move the first lever from end to end. Then leave it where you like it best, and try what helps "
        "more: comparing names by likeness, or identifiers that are checked. Then let a clerk look. Then "
        "see where the easy insight fails: 1 % of records without an identifier. How much does the "
        "threshold matter there?",
    ),
    assumptions=ASSUMPTIONS,
    run=run,
    describe=describe,
    headline=headline,
    compare=compare,
    plot=_plot,
    function=FUNCTION,
    own=own_thresholds,
)
