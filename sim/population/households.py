"""Who lives with whom: couples, children with parents, people alone, shared addresses.

The shares are assumed, in the range of US census tables. Not modelled: grandparents who bring up
grandchildren, and families that live apart.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.population.ages import Days, snapshot_day, years_between
from sim.population.numbers import Ints, Texts

Flags = npt.NDArray[np.bool_]

PARTNERED_AGES = (18, 22, 28, 35, 60, 75, 90, 110)
PARTNERED_SHARES = (0.0, 0.15, 0.50, 0.68, 0.66, 0.58, 0.30, 0.15)
"""Share of people who live with a partner, by age (assumed)."""

SAME_SEX = 0.015
"""Share of people living with a partner whose partner is of their own sex (assumed)."""

SHARED_ADDRESS = 0.45
"""Share of the people without family at home who share an address (assumed)."""

PARENT_AGE = (16, 50)
"""Years by which a parent is older than a child."""

_SIBLING_GAP = 300
_LARGEST_FAMILY = 6
_ROUNDS = 12
NOBODY = -1


@dataclass
class Families:
    """Links between people; every array has one entry a person, -1 where there is none.

    Attributes:
        household: Number of the household, 0, 1, 2, ...
        partner: Slot of the partner at the same address.
        parent: Slot of the mother, if she lives at the same address.
        twin: Slot of the twin.
        dependent: Whether the person lives as a child of the household.
    """

    household: Ints
    partner: Ints
    parent: Ints
    twin: Ints
    dependent: Flags


def form_households(
    birth: Days, sex: Texts, twins: int, rng: np.random.Generator, mixed: int = 0
) -> Families:
    """Puts people into households and makes twins.

    Args:
        birth: Birth dates in days since 1970-01-01, shape (n,); changed in place for one of each twins.
        sex: "M" or "F", shape (n,).
        twins: How many pairs of same-sex twins; fewer if there are not enough children.
        rng: Stream to draw from.
        mixed: How many pairs of a brother and a sister besides.

    Returns:
        The links of all people.
    """
    n = len(birth)
    age = years_between(birth, snapshot_day())
    dependent = age < 18 + 12 * np.where(rng.random(n) < 0.45, rng.random(n), 0)
    twin = _pair_twins(birth, sex == "F", age, dependent, twins, rng)
    if mixed:
        single = dependent & (twin == NOBODY)
        other = _pair_twins(birth, np.zeros(n, dtype=bool), age, single, mixed, rng)
        twin = np.where(twin == NOBODY, other, twin)
    partner = _pair_couples(age, sex, ~dependent, rng)
    parent = _find_mothers(birth, sex, dependent, partner, twin, rng)
    head = _heads(sex, dependent, partner, parent, twin, rng)
    _, household = np.unique(head, return_inverse=True)
    return Families(household.astype(np.int64), partner, parent, twin, dependent)


def _pair_twins(
    birth: Days,
    kind: Flags,
    age: npt.NDArray[np.float64],
    dependent: Flags,
    pairs: int,
    rng: np.random.Generator,
) -> Ints:
    """Gives pairs of children of one kind and year of age the same birth date."""
    twin = np.full(len(birth), NOBODY, dtype=np.int64)
    who = rng.permutation(np.flatnonzero(dependent))
    cell = np.floor(age[who]).astype(np.int64) * 2 + kind[who]
    order = np.argsort(cell, kind="stable")
    who, cell = who[order], cell[order]
    place = np.arange(len(cell)) - np.searchsorted(cell, cell)
    first = np.flatnonzero((place[:-1] % 2 == 0) & (cell[:-1] == cell[1:]))
    first = rng.permutation(first)[:pairs]
    a, b = who[first], who[first + 1]
    birth[b] = birth[a]
    twin[a], twin[b] = b, a
    return twin


def _pair_couples(age: npt.NDArray[np.float64], sex: Texts, free: Flags, rng: np.random.Generator) -> Ints:
    """Pairs people of about one age: a man, two years older on average, and a woman, or two of one sex."""
    partner = np.full(len(age), NOBODY, dtype=np.int64)
    wanted = free & (rng.random(len(age)) < np.interp(age, PARTNERED_AGES, PARTNERED_SHARES))
    alike = wanted & (rng.random(len(age)) < SAME_SEX)
    for letter in "MF":
        who = np.flatnonzero(alike & (sex == letter))
        who = who[np.argsort(age[who])]
        first, second = who[: len(who) - 1 : 2], who[1::2]
        partner[first], partner[second] = second, first
    wanted &= ~alike
    men, women = (rng.permutation(np.flatnonzero(wanted & (sex == letter))) for letter in "MF")
    count = min(len(men), len(women))
    men, women = men[:count], women[:count]
    men = men[np.argsort(age[men] - 2 + rng.normal(0, 3, count))]
    women = women[np.argsort(age[women] + rng.normal(0, 3, count))]
    partner[men], partner[women] = women, men
    return partner


def _find_mothers(
    birth: Days, sex: Texts, dependent: Flags, partner: Ints, twin: Ints, rng: np.random.Generator
) -> Ints:
    """Finds a mother of fitting age for each child; some find none."""
    parent = np.full(len(birth), NOBODY, dtype=np.int64)
    alone = np.flatnonzero((sex == "F") & ~dependent)
    pool = np.concatenate([alone, *[alone[partner[alone] != NOBODY]] * 2])
    pool = pool[np.argsort(birth[pool], kind="stable")]
    follower = (twin != NOBODY) & (twin < np.arange(len(birth)))
    leaders = np.flatnonzero(dependent & ~follower)
    for step in range(_ROUNDS if len(pool) else 0):
        seeking = leaders[parent[leaders] == NOBODY]
        gap = np.clip(rng.normal(28.0, 5.8, len(seeking)), 17, 44) * 365.2425
        reach = 3 << step
        at = np.searchsorted(birth[pool], birth[seeking] - gap) + rng.integers(
            -reach, reach + 1, len(seeking)
        )
        parent[seeking] = pool[np.clip(at, 0, len(pool) - 1)]
        parent[leaders[~_fits(leaders, birth, parent)]] = NOBODY
    followers = np.flatnonzero(follower)
    parent[followers] = parent[twin[followers]]
    return parent


def _fits(children: Ints, birth: Days, parent: Ints) -> Flags:
    """Says which children can have the parent they have, given the siblings born before them."""
    mother = parent[children]
    order = np.lexsort((birth[children], mother))
    mothers, births = mother[order], birth[children][order]
    years = years_between(birth[mothers], births)
    good = (mothers != NOBODY) & (years >= PARENT_AGE[0]) & (years <= PARENT_AGE[1])
    near = (mothers[1:] == mothers[:-1]) & (births[1:] - births[:-1] < _SIBLING_GAP)
    good[1:] &= ~near
    good &= np.arange(len(mothers)) - np.searchsorted(mothers, mothers) < _LARGEST_FAMILY
    fits = np.empty(len(children), dtype=bool)
    fits[order] = good
    return fits


def _heads(
    sex: Texts, dependent: Flags, partner: Ints, parent: Ints, twin: Ints, rng: np.random.Generator
) -> Ints:
    """Names one person of each household for all who live in it."""
    n = len(sex)
    head = np.arange(n)
    paired = np.flatnonzero(partner != NOBODY)
    other = partner[paired]
    led = np.where(sex[paired] == sex[other], other < paired, sex[paired] == "F")
    head[paired[led]] = other[led]
    mothers = np.zeros(n, dtype=bool)
    mothers[parent[parent != NOBODY]] = True
    loners = np.flatnonzero(~dependent & (partner == NOBODY) & ~mothers)
    sharing = rng.permutation(loners)[: int(SHARED_ADDRESS * len(loners))]
    group = np.cumsum(rng.random(len(sharing)) < 0.4)
    _, first = np.unique(group, return_index=True)
    head[sharing] = sharing[first[np.searchsorted(group[first], group)]]
    children = np.flatnonzero(parent != NOBODY)
    head[children] = head[parent[children]]
    orphans = np.flatnonzero(dependent & (parent == NOBODY))
    grown = np.flatnonzero(~dependent)
    if len(grown):
        head[orphans] = head[grown[rng.integers(0, len(grown), len(orphans))]]
        follower = orphans[(twin[orphans] != NOBODY) & (twin[orphans] < orphans)]
        head[follower] = head[twin[follower]]
    return head
