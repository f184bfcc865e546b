"""A sample of pairs that clerks have looked at, as one needs it to choose a threshold.

Most pairs of records are of two people and have few points, so a plain sample holds hardly one doubtful pair.
The sample is therefore *stratified*: as many pairs from each range of points, each standing for many or few.
"""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
import pandas as pd

from sim.policy.linking import Linking, assumed, groups, patterns, two_people
from sim.policy.points import GROUPS, Numbers
from sim.seeds import PUBLIC_KEY, Seeds

STRATA = 8
"""Ranges of points from which as many pairs are taken."""

FEWEST = -5.0
"""Pairs with fewer points are not looked at."""


def review_sample(
    linking: Linking,
    figures: Mapping[str, float] | None = None,
    pairs: int = 400,
    seeds: Seeds | None = None,
) -> pd.DataFrame:
    """Draws pairs for clerks, who tell without error whether they are one person.

    Args:
        linking: How records come about and are compared; its threshold plays no part.
        figures: As `sim.policy.linking.assumed` returns them; the unchanged ones if None.
        pairs: Pairs in all, the same number from each stratum.
        seeds: Where the random numbers come from; always the same if None.

    Returns:
        One row a pair: `score`, its points; `match`, whether it is one person; `stratum`, from 1 (fewest
        points) on; `stands_for`, for how many pairs of 1,000 visits it stands.

    Example:
        >>> sample = review_sample(Linking(), pairs=80)
        >>> len(sample), sorted(set(sample["stratum"]))
        (80, [1, 2, 3, 4, 5, 6, 7, 8])
    """
    told = figures or assumed()
    stream = (seeds or Seeds(PUBLIC_KEY, "policy", "review")).stream("pairs")
    points, true, false = _masses(linking, told)
    edges = np.linspace(FEWEST, float(points.max()) + 1e-9, STRATA + 1)
    parts = []
    for number, (low, high) in enumerate(pairwise(edges), start=1):
        some = (points >= low) & (points < high)
        mass = (true + false)[some]
        if mass.sum() > 0:
            picked = stream.choice(int(some.sum()), pairs // STRATA, p=mass / mass.sum())
            match = stream.random(len(picked)) < (true[some] / np.maximum(mass, 1e-300))[picked]
            rows = {"score": points[some][picked].round(2), "match": match, "stratum": number}
            parts.append(pd.DataFrame(rows).assign(stands_for=1000 * mass.sum() / len(picked)))
    return pd.concat(parts, ignore_index=True)


def _masses(linking: Linking, f: Mapping[str, float]) -> tuple[Numbers, Numbers, Numbers]:
    """Returns points, and how many pairs of one person and of two have them at one visit."""
    points, tails = patterns(linking, f)
    chance = tails - np.column_stack([tails[:, 1:], np.zeros(len(tails))])
    one, shares = len(GROUPS), groups(f)
    known = (linking.silos - 1) * f["spread"] * shares
    others = np.outer(shares, two_people(linking, f)).ravel()
    return points, known @ chance[:one], others @ chance[one:]
