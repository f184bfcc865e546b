"""Linking records at the emergency door: what a match threshold does to patients, groups and clerks.

A model to think with, not a forecast. Every figure it rests on stands in `ASSUMPTIONS` with its source or
the word "assumed", and can be changed. A *replicate* is one year of 10,000 emergency visits; the replicates
of two settings share their random numbers, so that their difference is due to the settings.

Somebody comes to the emergency department of one hospital. Records that other hospitals keep are linked if
they have enough points (see `sim.policy.points`); pairs a little below can be shown to a clerk.

The chain of causes:
    typing errors, changed names, old addresses → two records of one person with few points
        → a missed link → an allergy that only another hospital knows is missed
    twins, a father and his son, namesakes → two people's records with many points
        → a false link → somebody else's allergy, or somebody else's "none", is believed
    a lower threshold links more of both kinds, a higher one fewer: no threshold parts them
    a clerk who looks parts many of them, and takes minutes
    a checked identifier parts nearly all, where both records hold one

Where the easy insight fails: where almost every record holds a checked identifier, both harms are small at
almost any threshold, and arguing about it is a waste.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.errors import HilabError
from sim.policy.assumptions import Assumption, changed
from sim.policy.points import GROUPS, Numbers, by_group, chances, reaching, scores
from sim.seeds import PUBLIC_KEY, Seeds
from sim.words import said

YEAR = 10_000
"""Emergency visits in a replicate."""

OUTCOMES = (
    *("false_links", "missed_links", "wrong_allergies", "missed_allergies", "gap", "minutes"),
    *(f"{harm}_{group}" for harm in ("wrong", "missed") for group in GROUPS),
)
"""Per 1,000 emergency visits: false and missed links, wrong and missed allergies; the difference between the
groups with the largest and the smallest share of links that are missed; minutes of clerks per 1,000 visits;
wrong and missed allergies per 1,000 visits of each group."""

ASSUMPTIONS = (
    Assumption("spread", 0.12, "share", "Patients whom any one other hospital knows",
               "31 % of adults used two hospitals or more (BOURGEOIS2010, verified)"),
    Assumption("allergy", 0.20, "share", "Patients with a drug allergy on file", "assumed"),
    Assumption("elsewhere", 0.80, "share", "Of these, not on file in the hospital of the visit", "assumed"),
    Assumption("believed", 0.05, "share", "False links that change the treatment", "assumed"),
    Assumption("records", 20.0, "hundred", "Records in each other hospital", "this district"),
    Assumption("renamed", 0.08, "share", "Patients who changed their name", "assumed"),
    Assumption("newcomers", 0.07, "share", "Patients who came from elsewhere", "assumed"),
    Assumption("old_name", 0.50, "share", "Their pairs in which one record has the old surname", "assumed"),
    Assumption("rewritten", 0.25, "share", "Newcomers' names written in another way or order", "assumed"),
    Assumption("uncarded", 2.0, "times", "Newcomers without a checked identifier, oftener by", "assumed"),
    Assumption("alike_given", 0.53, "share", "Mistyped given names that stay alike",
               "mismatches that are misspellings (JUST2016, verified)"),
    Assumption("alike_family", 0.34, "share", "Mistyped surnames that stay alike",
               "mismatches that are misspellings (JUST2016, verified)"),
    Assumption("old_phone", 0.35, "share", "Pairs in which one telephone number is old", "assumed"),
    Assumption("moved", 0.20, "share", "Pairs in which one address is old", "assumed"),
    Assumption("blank_phone", 0.15, "share", "Records without a telephone number", "assumed"),
    Assumption("blank_area", 0.08, "share", "Records without an area", "this district's rate"),
    Assumption("same_given", 0.005, "share", "Strangers with one given name", "as in this district, about"),
    Assumption("same_family", 0.006, "share", "Strangers with one surname", "as in this district, about"),
    Assumption("same_born", 0.00004, "share", "Strangers with one birth date", "1 in 25,000, assumed"),
    Assumption("same_phone", 0.0005, "share", "Strangers with one telephone number", "assumed"),
    Assumption("same_area", 0.033, "share", "Strangers in one area", "as in this district, about"),
    Assumption("twin", 0.015, "share", "Patients with a twin of their sex", "assumed"),
    Assumption("junior", 0.03, "share", "Patients with a parent or child of their name", "assumed"),
    Assumption("namesake", 0.01, "share", "Patients with a namesake of their birth date", "assumed"),
    Assumption("look", 3.0, "min", "Time of a clerk to look at one possible match", "assumed"),
    Assumption("sharp", 0.90, "share", "True pairs that a clerk accepts", "assumed"),
    Assumption("fooled", 0.10, "share", "Pairs of two people that a clerk accepts", "assumed"),
)  # fmt: skip
"""All figures of the model, beside the `Linking` itself."""


@dataclass(frozen=True)
class Linking:
    """How records are linked.

    Attributes:
        threshold: Points from which two records are linked for treatment (-10 to 50).
        review: Points below the threshold down to which pairs are shown to a clerk (0 to 30).
        error: Share of names that are mistyped in a record (0 to 0.2).
        missing: Share of records without a checked identifier (0 to 0.6).
        silos: Hospitals of the district (2 to 12).
        alike: Whether names are compared by likeness; else only letter by letter.
    """

    threshold: float = 12.0
    review: float = 0.0
    error: float = 0.06
    missing: float = 0.15
    silos: int = 4
    alike: bool = True

    def __post_init__(self) -> None:
        """Refuses what cannot be.

        Raises:
            HilabError: A value lies outside its range; the sentence says which.
        """
        ranges = {
            "threshold": (-10, 50),
            "review": (0, 30),
            "error": (0, 0.2),
            "missing": (0, 0.6),
            "silos": (2, 12),
        }
        for name, (low, high) in ranges.items():
            if not low <= getattr(self, name) <= high:
                outside = "The value of '{name}' must lie between {low} and {high}."
                raise HilabError(said(outside, name=name, low=low, high=high))
        if self.silos != int(self.silos):
            raise HilabError(said("The value of '{name}' must be whole.", name="silos"))


def assumed(changes: Mapping[str, float] | None = None) -> dict[str, float]:
    """Returns the model's figures, some of them changed.

    Raises:
        HilabError: A name is unknown, or a figure is negative or a share above 1.
    """
    return changed(ASSUMPTIONS, changes)


def groups(figures: Mapping[str, float]) -> Numbers:
    """Returns how large a share of patients each of the `GROUPS` is."""
    renamed = figures["renamed"]
    newcomers = min(figures["newcomers"], 1 - renamed)
    return np.array([1 - renamed - newcomers, renamed, newcomers])


def two_people(x: Linking, f: Mapping[str, float]) -> Numbers:
    """Returns how many other people's records of each kind (`TWO_PEOPLE`) a visit is compared with."""
    here = [f["spread"] * f["twin"], f["spread"] * f["junior"], f["namesake"], 100 * f["records"]]
    return np.asarray((x.silos - 1) * np.array(here))


def patterns(linking: Linking, figures: Mapping[str, float]) -> tuple[Numbers, Numbers]:
    """Returns the points that pairs can have, and how often each kind of pair reaches them.

    Args:
        linking: How records are linked.
        figures: As `assumed` returns them.
    """
    levels = chances(linking.error, linking.missing, figures)
    return scores(levels, groups(figures), linking.alike)


def expected(linking: Linking, figures: Mapping[str, float]) -> dict[str, float]:
    """Returns the expected outcomes per 1,000 emergency visits.

    Args:
        linking: How records are linked.
        figures: As `assumed` returns them.
    """
    return _expected(linking, figures, patterns(linking, figures))


def _expected(x: Linking, f: Mapping[str, float], found: tuple[Numbers, Numbers]) -> dict[str, float]:
    sure, shown = (reaching(*found, points) for points in (x.threshold, x.threshold - x.review))
    doubtful, one, shares = shown - sure, slice(len(GROUPS)), groups(f)
    others, near = x.silos - 1, two_people(x, f)
    false = 1000 * by_group(sure + f["fooled"] * doubtful) @ near
    missed = 1 - sure[one] - f["sharp"] * doubtful[one]
    known = 1000 * (1 - (1 - f["spread"]) ** others)
    wrong, lost = false * f["believed"], known * missed * f["allergy"] * f["elsewhere"]
    looks = others * f["spread"] * doubtful[one] + by_group(doubtful) @ near
    present = missed[shares > 0]
    return {
        "false_links": float(shares @ false),
        "missed_links": known * float(shares @ missed),
        "wrong_allergies": float(shares @ wrong),
        "missed_allergies": float(shares @ lost),
        "gap": float(present.max() - present.min()),
        "minutes": 1000 * f["look"] * float(shares @ looks),
        **{f"wrong_{group}": float(rate) for group, rate in zip(GROUPS, wrong, strict=True)},
        **{f"missed_{group}": float(rate) for group, rate in zip(GROUPS, lost, strict=True)},
    }


def run(
    linking: Linking,
    figures: Mapping[str, float] | None = None,
    replicates: int = 20,
    seeds: Seeds | None = None,
) -> pd.DataFrame:
    """Simulates years of emergency visits.

    Args:
        linking: How records are linked.
        figures: As `assumed` returns them; the unchanged ones if None.
        replicates: Number of years.
        seeds: Where the random numbers come from; always the same if None.

    Returns:
        One row a replicate: `replicate` and the `OUTCOMES`. The expected values have replicate -1.

    Example:
        >>> years = run(Linking(), replicates=3)
        >>> list(years["replicate"]), bool(years.equals(run(Linking(), replicates=3)))
        ([-1, 0, 1, 2], True)
    """
    table = sweep(linking, [linking.threshold], figures, replicates, seeds)
    return table.drop(columns="threshold")


def sweep(
    linking: Linking,
    thresholds: Sequence[float],
    figures: Mapping[str, float] | None = None,
    replicates: int = 20,
    seeds: Seeds | None = None,
) -> pd.DataFrame:
    """Simulates the same years for several thresholds.

    Returns:
        As `run`, one threshold below the other, with the `threshold` in the first column.
    """
    told = figures or assumed()
    found = patterns(linking, told)
    each = [_expected(replace(linking, threshold=value), told, found) for value in thresholds]
    means = pd.DataFrame(each, columns=list(OUTCOMES))
    arrivals = _arrivals(replicates, seeds or Seeds(PUBLIC_KEY, "policy", "linking"))
    rows: dict[str, npt.NDArray[Any]] = {
        "threshold": np.repeat(np.array(thresholds, dtype=np.float64), replicates + 1),
        "replicate": np.tile(np.arange(-1, replicates), len(thresholds)),
    }
    visits = {group: max(YEAR * share, 1e-9) for group, share in zip(GROUPS, groups(told), strict=True)}
    for name in OUTCOMES:
        mean = means[name].to_numpy(dtype=np.float64)
        drawn = np.repeat(mean[:, None], replicates, axis=1)
        worth = 1000 / visits.get(name.rpartition("_")[2], YEAR) * (told["look"] if name == "minutes" else 1)
        if name != "gap" and worth > 0:
            drawn = worth * _counts(arrivals[_LUCK.get(name, name)], mean / worth)
        rows[name] = np.column_stack([mean, drawn]).ravel()
    return pd.DataFrame(rows)


_LUCK = {"wrong_allergies": "false_links", "missed_allergies": "missed_links"}
"""Harm is a part of the links that cause it: the smaller number, counted by the same luck, gives a part."""

MANY = 400.0
"""Mean count from which a normal distribution takes the place of Poisson's."""

_CACHE: dict[tuple[int, int], dict[str, Numbers]] = {}


def _arrivals(replicates: int, seeds: Seeds) -> dict[str, Numbers]:
    """Events that arrive one a unit of time, one row a year: so many came before a time, a Poisson count."""
    key = (replicates, seeds.word("linking"))
    if key not in _CACHE:
        _CACHE.clear()
        shape = (replicates, int(1.5 * MANY))
        _CACHE[key] = {
            name: seeds.stream(name).exponential(size=shape).cumsum(axis=1)
            for name in OUTCOMES
            if name != "gap"
        }
    return _CACHE[key]


def _counts(arrivals: Numbers, means: Numbers) -> Numbers:
    """Returns counts with these means: one row a mean, one column a year."""
    few = np.column_stack([np.searchsorted(year, means) for year in arrivals]).astype(np.float64)
    luck = np.array([np.searchsorted(year, MANY) - MANY for year in arrivals]) / MANY**0.5
    many = np.round(means[:, None] + np.sqrt(means)[:, None] * luck)
    return np.where(means[:, None] <= MANY, few, np.maximum(0.0, many))
