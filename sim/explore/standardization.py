"""The exploration of lab 2: what a hub costs, and which results come out wrong behind it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from sim.explore.own_map import own_map
from sim.explore.parts import Exploration, Lever, Plot, Prediction, Values, here
from sim.explore.words import differences, goal
from sim.policy.interfaces import ASSUMPTIONS, Exchange, assumed, expected, sweep
from sim.policy.interfaces import run as run_years
from sim.words import said

PARTNERS = [2, 3, 5, 6, 7, 10, 15, 20, 30, 40]
"""Numbers of partners along the horizontal axis."""

WRONG = 5.0
"""The goal: fewer wrong results per 100,000, at a cost below links in pairs."""

LEVERS = (
    Lever("partners", "Partners that exchange results", 2, 40, 1, 10.0, ".0f"),
    Lever("hub", "A hub in the middle (else links in pairs)", 0, 1, 1, True, ".0f"),
    Lever("map_error", "Results wrongly mapped when a map is new (share)", 0, 0.1, 0.002, 0.046, ".1%"),
    Lever("audits", "Audits a year", 0, 52, 1, 0.0, ".0f"),
    Lever("shared", "Partners that use one vendor's code list (share)", 0, 1, 0.1, 0.0, ".0%"),
)

_LINES = {
    "interfaces": "links",
    "cost": "thousand of money a year",
    "wrong_codes": "wrong codes in all maps",
    "wrong_results": "wrong results per 100,000",
    "wrong_doses": "wrong doses per 100,000",
}


def _exchange(values: Values) -> Exchange:
    """Returns the exchange that is set; `measured`, the learner's own error of maps, replaces `map_error`."""
    told = dict(values)
    hub, measured = told.pop("hub", True), told.pop("measured", None)
    told["partners"] = int(told.get("partners", 10))
    exchange = Exchange(shape="hub" if hub else "pairs", **told)
    return exchange if measured is None else replace(exchange, map_error=measured)


def run(values: Values, assumptions: Mapping[str, float] | None = None, replicates: int = 20) -> pd.DataFrame:
    """Runs the exchange at this setting, and with a hub and in pairs for all numbers of partners.

    Args:
        values: `partners`, `hub`, `map_error`, `audits` and `shared`; see `sim.policy.interfaces.Exchange`.
            `measured` takes the place of `map_error`.
        assumptions: Figures that differ from the model's own.
        replicates: Years for each setting.

    Returns:
        Columns `partners`, `shape`, `replicate` (-1: the expected value), the outcomes, `here` (whether the
        row belongs to the setting itself) and `pairs` (what links in pairs would cost the same partners).

    Example:
        >>> table = run({"partners": 3})
        >>> len(table), int(table["here"].sum())
        (441, 21)
    """
    exchange, figures = _exchange(values), assumed(assumptions)
    numbers = [float(number) for number in PARTNERS]
    parts = []
    for shape in ("hub", "pairs"):
        like = replace(exchange, shape=shape, audits=exchange.audits if shape == exchange.shape else 0.0)
        along = sweep(like, "partners", numbers, figures, replicates)
        parts.append(along.assign(shape=shape, here=False))
    own = run_years(exchange, figures, replicates)
    parts.append(own.assign(partners=float(exchange.partners), shape=exchange.shape, here=True))
    bare = replace(exchange, shape="pairs", audits=0.0)
    return pd.concat(parts, ignore_index=True).assign(pairs=expected(bare, figures)["cost"])


def reached(table: pd.DataFrame) -> bool:
    """Says whether the setting reaches the goal, judged by its expected values."""
    means, _ = here(table)
    return bool(means["wrong_results"] < WRONG and means["cost"] < means["pairs"])


def break_even(table: pd.DataFrame) -> int | None:
    """Returns the least shown number of partners with whom the hub costs less, or None."""
    means = table[~table["here"] & (table["replicate"] < 0)]
    costs = means.pivot(index="partners", columns="shape", values="cost")
    cheaper = costs.index[costs["hub"] < costs["pairs"]]
    return int(cheaper[0]) if len(cheaper) else None


def describe(table: pd.DataFrame) -> str:
    """Says in words what the plot shows.

    Example:
        >>> print(describe(run({}))[:43])
        10 partners with a hub: 20 links, a cost of
    """
    means, years = here(table)
    least = break_even(table)
    if least is None:
        cheaper = said("The hub is cheaper at no number of partners shown.")
    else:
        cheaper = said("The hub is cheaper from {least} partners on.", least=least)
    shape = said("with a hub" if str(means["shape"]) == "hub" else "in pairs")
    names = ["partners", "interfaces", "cost", "pairs", "wrong_codes", "reached", "wrong_results"]
    return said(
        "{partners:.0f} partners {shape}: {interfaces:.0f} links, a cost of {cost:.0f} thousand a year "
        "(links in pairs without audits: {pairs:.0f}). Wrong codes in all maps: {wrong_codes:.0f}, each "
        "reaches {reached:.0f} partners. Per 100,000 results {wrong_results:.1f} wrong ones reach a "
        "clinician (in {years} years between {low:.1f} and {high:.1f}) and {wrong_doses:.2f} doses are "
        "chosen by them. "
        "{goal}: fewer than 5 wrong results at a cost below links in pairs. {cheaper}",
        **means[names], wrong_doses=means["wrong_doses"], shape=shape, years=len(years),
        low=years["wrong_results"].min(), high=years["wrong_results"].max(),
        goal=goal(reached(table)), cheaper=cheaper,
    )  # fmt: skip


def headline(values: Values, table: pd.DataFrame) -> str:
    """Returns the state in one line.

    Example:
        >>> headline({}, run({})).split(":")[0]
        '10 partners, hub, 0 audits'
    """
    means, _ = here(table)
    return said(
        "{partners:.0f} partners, {shape}, {audits:.0f} audits{own}: {wrong_results:.1f} wrong results per "
        "100,000, cost {cost:.0f} thousand. {goal}",
        **means[["partners", "wrong_results", "cost"]],
        shape=said("hub" if str(means["shape"]) == "hub" else "pairs"),
        audits=float(values.get("audits", 0)),
        own=said(" (map error of your function)") if "measured" in values else "",
        goal=goal(reached(table)),
    )


def compare(a: pd.DataFrame, b: pd.DataFrame) -> str:
    """Says how B differs from A, year by year with the same random numbers.

    Example:
        >>> compare(run({}), run({"audits": 12})).split(";")[1]
        ' thousand of money a year +36.0 (+36.0 to +36.0)'
    """
    (_, first), (_, second) = here(a), here(b)
    parts = differences(first, second, _LINES)
    return said("B minus A, mean and range over {count} years: {parts}.", count=len(first), parts=parts)


def own_error(
    function: Callable[..., Any], tables: Mapping[str, pd.DataFrame]
) -> tuple[dict[str, float], str]:
    """Lets `map_codes(book, concepts, words)` map a district's books, and takes the error of maps from it.

    Returns:
        The value `measured`, and a sentence that says so.

    Raises:
        HilabError: The function fails or its answer has another form.
    """
    wrong, results, entries = own_map(function, tables)
    measured = min(0.1, wrong / results) if results else 0.0
    told = said(
        "Your function mapped {entries} entries of three code books. Under its map {wrong:,} of {results:,} "
        "results of your district would have a wrong code or none that holds on their day: {share:.1%}. The "
        "model now uses {measured:.1%}.",
        entries=entries,
        wrong=wrong,
        results=results,
        share=wrong / max(1, results),
        measured=measured,
    )
    return {"measured": measured}, told


def _plot() -> Plot:
    from sim.explore.standardization_plot import StandardizationPlot

    return StandardizationPlot()


EXPLORATION = Exploration(
    title="A hub, or everybody with everybody",
    introduction=(
        "Hospitals exchange results, by links in pairs or by a hub. Goal: fewer than 5 wrong results per "
        "100,000 that reach a clinician, at a cost below links in pairs. No mark depends on what you do."
    ),
    levers=LEVERS,
    prediction=Prediction(
        "Ten hospitals replace their links in pairs by a hub. The maps are as good as before. What happens "
        "to the wrong results that reach a clinician?",
        ("They become fewer", "They stay as they are", "They become more"),
        "Untick the hub and compare. Then give the hub audits until the goal is reached. Then look where the "
        "easy insight fails: 3 partners; and 10 partners all of whom use one vendor's code list.",
    ),
    assumptions=ASSUMPTIONS,
    run=run,
    describe=describe,
    headline=headline,
    compare=compare,
    plot=_plot,
    function="map_codes",
    own=own_error,
)
