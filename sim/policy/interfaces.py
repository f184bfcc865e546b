"""A hub against point-to-point interfaces: what joining hospitals costs, and which results come out wrong.

A model to think with, not a forecast. Every figure it rests on stands in `ASSUMPTIONS` with its source or the
word "assumed", and can be changed. A *replicate* is one year of 1,000,000 results; the replicates of two
settings share their random numbers, so that their difference is due to the settings.

The chain of causes:
    point-to-point: n(n-1) directed links, each with a map from one code list to the other; one translation
    hub: 2n links, each with a map to or from the standard; two translations, so two chances of an error, and
        a wrong code reaches every partner instead of one
    more maps than a team can keep → codes that changed are mapped late → more errors
    an audit re-reads results and mends the maps it touches: the fewer maps there are, the more it mends
    a wrong code → a result that means something else → not seen by the reader → a wrong dose

Where the easy insight fails: with three partners or fewer a hub has no fewer links than point-to-point, and
must be paid besides; and partners who share one vendor's code list need no map between them at all.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.errors import HilabError
from sim.policy.assumptions import Assumption, changed
from sim.seeds import PUBLIC_KEY, Seeds
from sim.words import said

Shape = Literal["pairs", "hub"]
Counts = npt.NDArray[np.float64]

YEAR = 1_000_000
"""Results of all partners in a replicate."""

CODES = 40
"""Codes in a map that are in daily use."""

OUTCOMES = ("interfaces", "cost", "wrong_codes", "reached", "wrong_results", "wrong_doses")
"""Links; thousands of money a year; wrong codes in all maps; partners whom one of them reaches; results that
reach a clinician with another meaning, and doses chosen by them, per 100,000 results."""

ASSUMPTIONS = (
    Assumption("pair_cost", 4.0, "thousand", "A year of one point-to-point interface", "assumed"),
    Assumption("hub_cost", 5.0, "thousand", "A year of one interface to or from a hub", "assumed"),
    Assumption("fixed", 60.0, "thousand", "A year of running a hub", "assumed"),
    Assumption("audit_cost", 3.0, "thousand", "One audit", "assumed"),
    Assumption("same_list", 0.3, "share", "Cost left of a link between partners of one code list", "assumed"),
    Assumption("drift", 0.02, "share", "Local codes that change in a year", "assumed"),
    Assumption("upkeep", 100.0, "maps", "Maps of which a team keeps half up to date", "assumed"),
    Assumption("mended", 3.0, "maps", "Maps that one audit mends", "assumed"),
    Assumption("overlooked", 0.02, "share", "Wrong codes that no audit finds", "assumed"),
    Assumption("exchanged", 0.20, "share", "Results that go to another partner", "assumed"),
    Assumption("misleading", 0.05, "share", "Wrongly mapped results read as something else", "assumed"),
    Assumption("seen", 0.50, "share", "Of these, those that the reader notices", "assumed"),
    Assumption(
        "property", 0.50, "share", "Of these, those with the wrong property, as mass for molar",
        "about half of mapping errors (MCDONALD2022, verified)",
    ),
    Assumption("dosed", 0.10, "share", "Of these, those by which a dose is chosen", "assumed"),
)  # fmt: skip
"""All figures of the model, beside the `Exchange` itself."""


@dataclass(frozen=True)
class Exchange:
    """How partners exchange results.

    Attributes:
        partners: How many there are (2 to 40).
        shape: "pairs" for point-to-point, or "hub".
        map_error: Share of results whose code is mapped wrongly when a map is new (0 to 0.1). Published:
            4.6 % of mapped results, 0.4 % in chemistry, 7.5 % in haematology (MCDONALD2022, verified).
        audits: Audits in a year (0 to 52).
        shared: Share of the partners that use one vendor's code list (0 to 1).
    """

    partners: int = 10
    shape: Shape = "hub"
    map_error: float = 0.046
    audits: float = 0.0
    shared: float = 0.0

    def __post_init__(self) -> None:
        """Refuses what cannot be.

        Raises:
            HilabError: A value lies outside its range; the sentence says which.
        """
        if self.shape not in ("pairs", "hub"):
            other = "An exchange is of shape 'pairs' or 'hub', not '{shape}'."
            raise HilabError(said(other, shape=self.shape))
        if self.partners != int(self.partners):
            raise HilabError(said("The value of '{name}' must be whole.", name="partners"))
        ranges = {"partners": (2, 40), "map_error": (0, 0.1), "audits": (0, 52), "shared": (0, 1)}
        for name, (low, high) in ranges.items():
            if not low <= getattr(self, name) <= high:
                outside = "The value of '{name}' must lie between {low} and {high}."
                raise HilabError(said(outside, name=name, low=low, high=high))


def assumed(changes: Mapping[str, float] | None = None) -> dict[str, float]:
    """Returns the model's figures, some of them changed.

    Raises:
        HilabError: A name is unknown, or a figure is negative or a share above 1.
    """
    return changed(ASSUMPTIONS, changes)


def cost(n: int, c_pair: float, c_hub: float, fixed: float, audit: float) -> tuple[float, float]:
    """Returns what a year costs point-to-point, and with a hub.

    Args:
        n: Partners, 2 or more.
        c_pair: Cost of one directed point-to-point link.
        c_hub: Cost of one link to or from the hub.
        fixed: Cost of the hub itself.
        audit: Cost of auditing the hub.

    Raises:
        HilabError: There are fewer than two partners, or a cost is negative.

    Example:
        >>> cost(10, 4, 5, 60, 12)
        (360, 172)
    """
    if n < 2 or min(c_pair, c_hub, fixed, audit) < 0:
        raise HilabError(said("An exchange has two partners or more, and no cost is negative."))
    return n * (n - 1) * c_pair, 2 * n * c_hub + fixed + audit


def break_even(c_pair: float, c_hub: float, fixed: float, audit: float) -> int | None:
    """Returns the least number of partners with whom a hub costs less than point-to-point, or None.

    Point-to-point grows with the square of the partners: a hub is never cheaper only if links cost nothing.

    Raises:
        HilabError: A cost is negative.

    Example:
        >>> break_even(4, 5, 60, 12), break_even(4, 5, 60, 120), break_even(0, 5, 60, 12)
        (7, 9, None)
    """
    cost(2, c_pair, c_hub, fixed, audit)
    if c_pair == 0:
        return None
    half = (c_pair + 2 * c_hub) / (2 * c_pair)
    root = half + math.sqrt(half**2 + (fixed + audit) / c_pair)
    n = max(2, math.floor(root) - 1)
    while True:
        pairs, hub = cost(n, c_pair, c_hub, fixed, audit)
        if hub < pairs:
            return n
        n += 1


def expected(exchange: Exchange, figures: Mapping[str, float]) -> dict[str, float]:
    """Returns the expected outcomes of a year, rates per 100,000 results.

    Args:
        exchange: How results are exchanged.
        figures: As `assumed` returns them.
    """
    x, f, n = exchange, figures, exchange.partners
    hub = x.shape == "hub"
    sharing = round(x.shared * n)
    alike = sharing * (sharing - 1)
    links = 2 * n if hub else n * (n - 1)
    maps = links if hub else links - alike
    stale = f["drift"] * maps / (maps + f["upkeep"]) if maps else 0.0
    unaudited = math.exp(-x.audits * f["mended"] / maps) if maps else 0.0
    wrong = min(1.0, x.map_error + stale) * (f["overlooked"] + (1 - f["overlooked"]) * unaudited)
    translated = 1.0 if hub else maps / links
    mistaken = (1 - (1 - wrong) ** (2 if hub else 1)) * translated
    results = 100_000 * f["exchanged"] * mistaken * f["misleading"] * (1 - f["seen"])
    saved = 0 if hub else alike * (1 - f["same_list"])
    price = 2 * n * f["hub_cost"] + f["fixed"] if hub else (links - saved) * f["pair_cost"]
    return {
        "interfaces": float(links),
        "cost": price + x.audits * f["audit_cost"],
        "wrong_codes": maps * CODES * wrong,
        "reached": float(n - 1) if hub else 1.0,
        "wrong_results": results,
        "wrong_doses": results * f["property"] * f["dosed"],
    }


def run(
    exchange: Exchange,
    figures: Mapping[str, float] | None = None,
    replicates: int = 20,
    seeds: Seeds | None = None,
) -> pd.DataFrame:
    """Simulates years of exchange.

    First chance says how many codes are mapped wrongly, then how many results they spoil: with few maps, as
    in a hub, one wrong code more or less weighs more, and years differ more.

    Args:
        exchange: How results are exchanged.
        figures: As `assumed` returns them; the unchanged ones if None.
        replicates: Number of years.
        seeds: Where the random numbers come from; always the same if None.

    Returns:
        One row a replicate: `replicate` and the `OUTCOMES`. The expected values have replicate -1.

    Example:
        >>> years = run(Exchange(), replicates=3)
        >>> list(years["replicate"]), bool(years.equals(run(Exchange(), replicates=3)))
        ([-1, 0, 1, 2], True)
    """
    return run_many([exchange], figures, replicates, seeds).drop(columns="number")


def run_many(
    exchanges: Sequence[Exchange],
    figures: Mapping[str, float] | None = None,
    replicates: int = 20,
    seeds: Seeds | None = None,
) -> pd.DataFrame:
    """Simulates years of several exchanges at once, all with the same random numbers.

    Returns:
        The rows of `run` for each exchange, one exchange below the other, with its `number` in front.

    Example:
        >>> two = run_many([Exchange(), Exchange(shape="pairs")], replicates=3)
        >>> first = two[two["number"] == 0].drop(columns="number")
        >>> bool((first == run(Exchange(), replicates=3)).all(axis=None))
        True
    """
    told = figures or assumed()
    means = pd.DataFrame([expected(each, told) for each in exchanges])
    stream = (seeds or Seeds(PUBLIC_KEY, "policy", "interfaces")).stream("years")
    luck = np.tile(stream.random((replicates, 3)), (len(exchanges), 1))
    mean = {name: np.repeat(means[name].to_numpy(dtype=np.float64), replicates) for name in OUTCOMES}
    codes = poisson(luck[:, 0], mean["wrong_codes"])
    years = YEAR / 100_000
    results = poisson(luck[:, 1], _over(codes, mean["wrong_codes"]) * mean["wrong_results"] * years)
    share = _over(mean["wrong_doses"], mean["wrong_results"])
    doses = np.minimum(poisson(luck[:, 2], results * share), results)
    drawn = {"wrong_codes": codes, "wrong_results": results / years, "wrong_doses": doses / years}
    shape = (len(exchanges), replicates)
    columns = {
        name: np.column_stack([means[name], drawn.get(name, mean[name]).reshape(shape)]).ravel()
        for name in OUTCOMES
    }
    number = np.repeat(np.arange(len(exchanges)), replicates + 1)
    order = np.tile(np.arange(-1, replicates), len(exchanges))
    return pd.DataFrame({"number": number, "replicate": order, **columns})


def _over(part: Counts, whole: Counts) -> Counts:
    """Divides, with 0 where there is nothing to divide by."""
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole != 0)


def poisson(luck: Counts, means: Counts) -> Counts:
    """Returns the Poisson counts at which the distribution functions reach some numbers between 0 and 1.

    Example:
        >>> poisson(np.array([0.1, 0.5, 0.9]), np.full(3, 4.0))
        array([2., 4., 7.])
    """
    counts = np.zeros(len(means))
    some = np.flatnonzero(means > 0)
    if not len(some):
        return counts
    mean, which = np.unique(means[some], return_inverse=True)
    # What lies further from the mean than this has no probability that a double can hold.
    wide = 12 * np.sqrt(mean) + 30
    first = np.maximum(np.floor(mean - wide), 0)
    k = first[:, None] + np.arange(math.ceil(2 * wide.max()) + 1)
    factorials = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, k.max() + 1)))])
    logs = k * np.log(mean)[:, None] - mean[:, None] - factorials[k.astype(np.intp)]
    reached = np.cumsum(np.exp(logs), axis=1)
    below = [np.searchsorted(reached[row], chance) for row, chance in zip(which, luck[some], strict=True)]
    counts[some] = first[which] + below
    return counts


def sweep(
    exchange: Exchange,
    lever: str,
    values: list[float],
    figures: Mapping[str, float] | None = None,
    replicates: int = 20,
) -> pd.DataFrame:
    """Runs the exchange for several values of one of its attributes.

    Returns:
        As `run`, with the value in a first column of its name.

    Raises:
        HilabError: There is no such attribute.
    """
    if lever not in {field.name for field in fields(Exchange)}:
        raise HilabError(said("An exchange has no '{name}'.", name=lever))
    exchanges = [replace(exchange, **{lever: value}) for value in values]  # type: ignore[arg-type]
    table = run_many(exchanges, figures, replicates)
    table.insert(0, lever, np.array(values)[table["number"]])
    return table.drop(columns="number")
