"""The exploration of lab 1: what a stricter entry form does to records and to patients."""

from collections.abc import Mapping

import pandas as pd

from sim.explore.own_rule import own_rule
from sim.explore.parts import Exploration, Lever, Plot, Prediction, Values, here
from sim.explore.words import differences, goal
from sim.policy.entry import ASSUMPTIONS, Controls, assumed, sweep
from sim.policy.entry import run as run_desk
from sim.words import said

SHARES = [step / 10 for step in range(11)]
"""Shares of mandatory fields along the horizontal axis."""

ALLERGIES, MINUTES = 1.0, 3.0
"""The goal: fewer wrong allergies per 1,000 registrations, at most so many minutes for one."""

LEVERS = (
    Lever("mandatory", "Fields that must be filled (share)", 0, 1, 0.1, 0.4, ".0%"),
    Lever("checkable", "Of these, shown on a card (share)", 0, 1, 0.1, 0.2, ".0%"),
    Lever("load", "Registrations for one clerk in an hour", 4, 20, 1, 12, ".0f"),
    Lever("threshold", "Warn when a record is so alike (1 = never)", 0.5, 1, 0.05, 1.0, ".2f"),
    Lever("barcode", "Scan a barcode to find the record", 0, 1, 1, False, ".0f"),
)

_LINES = {
    "blanks": "blank fields per 1,000 fields",
    "junk": "invented entries per 1,000 fields",
    "duplicates": "duplicates per 1,000 registrations",
    "missed_recalls": "missed recalls per 1,000",
    "wrong_patients": "wrong charts per 1,000",
    "wrong_allergies": "wrong allergies per 1,000",
    "minutes": "minutes for one registration",
}


def run(values: Values, assumptions: Mapping[str, float] | None = None, replicates: int = 20) -> pd.DataFrame:
    """Runs the desk at this setting, and for all shares of mandatory fields with the rest unchanged.

    Args:
        values: Controls by name, see `sim.policy.entry.Controls`.
        assumptions: Figures that differ from the model's own.
        replicates: Years for each setting.

    Returns:
        Columns `mandatory`, `replicate` (-1: the expected value), the outcomes, and `here`: whether the row
        belongs to the setting itself.

    Example:
        >>> table = run({"load": 6.0})
        >>> len(table), int(table["here"].sum())
        (252, 21)
    """
    controls = Controls(**values)
    figures = assumed(assumptions)
    along = sweep(controls, "mandatory", SHARES, figures, replicates).assign(here=False)
    here = run_desk(controls, figures, replicates).assign(mandatory=controls.mandatory, here=True)
    return pd.concat([along, here[along.columns]], ignore_index=True)


def reached(table: pd.DataFrame) -> bool:
    """Says whether the setting reaches the goal, judged by its expected values."""
    means, _ = here(table)
    return bool(means["wrong_allergies"] < ALLERGIES and means["minutes"] <= MINUTES)


def describe(table: pd.DataFrame) -> str:
    """Says in words what the plot shows.

    Example:
        >>> print(describe(run({}))[:67])
        This setting, 40 % of the fields mandatory. Per 1,000 fields: 120 b
    """
    means, years = here(table)
    low, high = years["wrong_allergies"].min(), years["wrong_allergies"].max()
    along = table[~table["here"] & (table["replicate"] < 0)]
    first, last = along.iloc[0], along.iloc[-1]
    changes = said("; ").join(_change(_LINES[n], float(first[n]), float(last[n])) for n in list(_LINES)[:5])
    return said(
        "This setting, {share:.0f} % of the fields mandatory. Per 1,000 fields: {blanks:.0f} blank, "
        "{junk:.0f} invented. Per 1,000 registrations: {duplicates:.0f} duplicates, {missed_recalls:.1f} "
        "missed recalls, {wrong_patients:.1f} wrong charts, {wrong_allergies:.1f} wrong allergies (in "
        "{years} simulated years between {low:.1f} and {high:.1f}), {harmed:.2f} patients harmed by a wrong "
        "chart. One registration takes {minutes:.1f} minutes. {goal}: fewer than 1 wrong allergy per 1,000 "
        "at 3 minutes or less. From no mandatory field to all fields mandatory: {changes}.",
        **means[["blanks", "junk", "duplicates", "missed_recalls", "wrong_patients", "wrong_allergies"]],
        **means[["harmed", "minutes"]], share=100 * means["mandatory"], years=len(years), low=low, high=high,
        goal=goal(reached(table)), changes=changes,
    )  # fmt: skip


def _change(name: str, first: float, last: float) -> str:
    if abs(last - first) < 0.05:
        return said("{name} stay at {first:.1f}", name=said(name), first=first)
    rises, falls = "{name} rise from {first:.1f} to {last:.1f}", "{name} fall from {first:.1f} to {last:.1f}"
    return said(rises if last > first else falls, name=said(name), first=first, last=last)


def headline(values: Values, table: pd.DataFrame) -> str:
    """Returns the state in one line.

    Example:
        >>> headline({}, run({}))
        '40 % mandatory: 2.1 wrong allergies per 1,000 at 2.5 min. Goal not reached'
    """
    means, _ = here(table)
    return said(
        "{share:.0f} % mandatory{own}: {wrong:.1f} wrong allergies per 1,000 at {minutes:.1f} min. {goal}",
        share=100 * means["mandatory"],
        own=said(" (your function)") if "caught" in values else "",
        wrong=means["wrong_allergies"],
        minutes=means["minutes"],
        goal=goal(reached(table)),
    )


def compare(a: pd.DataFrame, b: pd.DataFrame) -> str:
    """Says how B differs from A, year by year with the same random numbers.

    Example:
        >>> compare(run({}), run({"barcode": True})).split(";")[2]
        ' duplicates per 1,000 registrations -33.5 (-37.1 to -30.3)'
    """
    (_, first), (_, second) = here(a), here(b)
    parts = differences(first, second, _LINES)
    return said("B minus A, mean and range over {count} years: {parts}.", count=len(first), parts=parts)


def _plot() -> Plot:
    from sim.explore.collection_plot import CollectionPlot

    return CollectionPlot()


_PREDICTION = Prediction(
    "The director wants every field mandatory, so that nothing is missing any more. "
    "How many patients will be in the wrong chart?",
    (
        "Fewer: complete records are better records",
        "About the same",
        "More: something else takes the blanks' place",
    ),
    "Move the first lever from 0 to 1 and watch blanks, invented entries and wrong charts. Then look where "
    "that insight fails: 6 registrations an hour, and all mandatory fields on a card. Why is it so there?",
)

EXPLORATION = Exploration(
    title="At the registration desk",
    introduction=(
        "You run the registration desk of Lindenmoor for a year, 10,000 registrations. Goal: fewer than 1 "
        "wrong allergy per 1,000 registrations, at 3 minutes or less for one. No mark depends on what you do."
    ),
    levers=LEVERS,
    prediction=_PREDICTION,
    assumptions=ASSUMPTIONS,
    run=run,
    describe=describe,
    headline=headline,
    compare=compare,
    plot=_plot,
    function="duplicates",
    own=own_rule,
)
