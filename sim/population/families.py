"""Names that run in families, and the lookalikes that linking records must not confuse."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.population.ages import Days, snapshot_day, years_between
from sim.population.households import NOBODY, Families, Flags
from sim.population.naming import NAMING, Naming
from sim.population.numbers import Ints, Texts

MARRIED = 0.85
"""Share of couples who are married (assumed)."""

ONCE_MARRIED = 0.35
"""Share of women over 25 without a partner at home who kept a former husband's surname (assumed), where
wives take it at all."""

FORMER_AGES = (25, 40, 55, 65, 75, 85, 95)
DIVORCED = (0.06, 0.30, 0.42, 0.42, 0.30, 0.16, 0.10)
WIDOWED = {"F": (0.0, 0.02, 0.10, 0.28, 0.55, 0.78, 0.87), "M": (0.0, 0.01, 0.04, 0.10, 0.25, 0.50, 0.70)}
"""Shares of the adults without husband or wife who were left behind by divorce or death, by age (assumed)."""

NAMESAKE_YEARS = 3
"""Namesakes are made of people whose ages differ by less than this."""

NEVER = np.iinfo(np.int64).min
"""The day of a change of surname that did not happen (days before 1970 are negative)."""

YOUNG, GROWN = (3.3, 30.0), (30.0, 65.0)
"""Ages in years of those who changed their surname as a child, and of those who did so as an adult."""

_ROUNDS = 20


@dataclass
class Names:
    """The names of all people, one entry a person.

    Attributes:
        given, middle, surname, birth_surname: Texts.
        changed_on: Day since 1970-01-01 on which the surname changed; `NEVER` if it did not.
        married: Whether the person lives with a husband or wife.
    """

    given: Texts
    middle: Texts
    surname: Texts
    birth_surname: Texts
    changed_on: Ints
    married: Flags


def name_people(
    birth: Days, sex: Texts, families: Families, rng: np.random.Generator, country: str = "us"
) -> Names:
    """Draws names: children bear the father's surname, or the mother's where there is no father.

    Args:
        birth: Birth dates in days since 1970-01-01, shape (n,).
        sex: "M" or "F", shape (n,).
        families: Who belongs to whom.
        rng: Stream to draw from.
        country: Whose names and customs; see `sim.population.naming`.

    Returns:
        The names of all people.
    """
    n, partner, naming = len(birth), families.partner, NAMING[country]
    born = naming.surnames(n, rng, naming.unusual_surnames)
    until = np.full(n, snapshot_day())
    luck = rng.random((3, n))
    couple = partner != NOBODY
    alike = couple & (sex == sex[partner])
    leads = couple & np.where(alike, partner < np.arange(n), sex == "F")
    married = leads & (luck[0] < MARRIED)
    grown = years_between(birth, until)
    wife = married & ~alike & (luck[1] < naming.wives_change) & (grown > 18.1)
    alone = ~couple & ~families.dependent & (sex == "F") & (grown > 25) & (luck[2] < ONCE_MARRIED)
    alone &= naming.wives_change > 0
    surname = born.copy()
    surname[wife] = born[partner[wife]]
    surname[alone] = naming.surnames(int(alone.sum()), rng, naming.unusual_surnames)
    changed = np.where((wife | alone) & (surname != born), wedding_days(birth, until, rng), NEVER)
    _name_children(surname, born, families)
    married[partner[married]] = True
    given = naming.given(sex, rng, naming.unusual_given)
    middle = middle_names(sex, rng, naming)
    return Names(given, middle, surname, born, changed, married)


def middle_names(sex: Texts, rng: np.random.Generator, naming: Naming) -> Texts:
    """Draws a second given name for each person; None where there are none."""
    return naming.given(sex, rng, 0.0) if naming.middle else np.full(len(sex), None, dtype=object)


def wedding_days(birth: Days, until: Days, rng: np.random.Generator) -> Ints:
    """Draws a wedding day for each person, at about 29 years of age (assumed) and before a day.

    Args:
        birth: Birth dates in days since 1970-01-01.
        until: Last possible days; at least the eighteenth birthday.
        rng: Stream to draw from.

    Returns:
        Days since 1970-01-01 between the eighteenth birthday and `until`.
    """
    adult = birth + 6575
    day = birth + np.clip(rng.normal(29, 6, len(birth)), 18.1, 60) * 365.2425
    anywhere = adult + rng.random(len(birth)) * (until - adult)
    return np.asarray(np.where(day < until, day, anywhere), dtype=np.int64)


def marital_status(
    names: Names, age: npt.NDArray[np.float64], sex: Texts, child: Flags, rng: np.random.Generator
) -> Texts:
    """Returns Synthea's letters: M married, S never married, D divorced, W widowed; None for children.

    A woman who kept a former husband's surname is divorced or widowed.

    Args:
        names: Who is married, and who changed her surname.
        age: Years.
        sex: "M" or "F".
        child: Who is none of these.
        rng: Stream to draw from.
    """
    luck = rng.random(len(age))
    widowed = np.where(sex == "F", *(np.interp(age, FORMER_AGES, WIDOWED[letter]) for letter in "FM"))
    divorced = np.interp(age, FORMER_AGES, DIVORCED) * (age >= FORMER_AGES[0])
    once = names.changed_on != NEVER
    whole = np.where(once, np.maximum(widowed + divorced, 1e-9), 1.0)
    status = np.full(len(age), "S", dtype=object)
    status[luck * whole < widowed + divorced] = "D"
    status[luck * whole < widowed] = "W"
    status[names.married] = "M"
    status[child] = None
    return status


def _name_children(surname: Texts, born: Texts, families: Families) -> None:
    child = np.flatnonzero(families.parent != NOBODY)
    mother = families.parent[child]
    father = families.partner[mother]
    surname[child] = np.where(father != NOBODY, surname[father], surname[mother])
    orphan = np.flatnonzero((families.twin != NOBODY) & (families.parent == NOBODY))
    later = orphan[families.twin[orphan] < orphan]
    surname[later] = surname[families.twin[later]]
    every = np.concatenate([child, later])
    born[every] = surname[every]


def plant_juniors(
    names: Names, birth: Days, sex: Texts, families: Families, count: int, rng: np.random.Generator
) -> Ints:
    """Gives sons the given name of the father they live with.

    Args:
        names: Changed in place.
        birth: Birth dates in days since 1970-01-01.
        sex: "M" or "F".
        families: Who belongs to whom.
        count: How many; fewer if there are not enough sons.
        rng: Stream to draw from.

    Returns:
        For each person the slot of the father of the same name, or -1.
    """
    junior = np.full(len(birth), NOBODY, dtype=np.int64)
    sons = rng.permutation(
        np.flatnonzero((families.parent != NOBODY) & (sex == "M") & (families.twin == NOBODY))
    )
    father = families.partner[families.parent[sons]]
    years = years_between(birth[father], birth[sons])
    old = years_between(birth[sons], snapshot_day()) >= 2
    fit = (father != NOBODY) & (sex[father] == "M") & (years >= 18) & (years <= 45) & old
    fathers, first = np.unique(father[fit], return_index=True)
    chosen = rng.permutation(len(fathers))[:count]
    son = sons[fit][first[chosen]]
    junior[son] = fathers[chosen]
    names.given[son] = names.given[fathers[chosen]]
    return junior


def plant_housemates(
    names: Names, birth: Days, sex: Texts, household: Ints, free: Flags, count: int, rng: np.random.Generator
) -> Ints:
    """Gives unrelated people who share an address one name, as colleagues in a dormitory may have.

    They take the place of fathers and sons of one name where custom forbids these.

    Args:
        names: Changed in place.
        birth: Birth dates in days since 1970-01-01.
        sex: "M" or "F".
        household: Household numbers.
        free: Who may be chosen: people without family at home.
        count: How many pairs; fewer if there are not enough such people.
        rng: Stream to draw from.

    Returns:
        For each person the slot of the housemate of the same name, or -1; one of each two has it.
    """
    mate = np.full(len(birth), NOBODY, dtype=np.int64)
    who = np.flatnonzero(free)
    who = who[np.lexsort((sex[who], household[who]))]
    a, b = who[:-1], who[1:]
    fit = (sex[a] == sex[b]) & (household[a] == household[b]) & (birth[a] != birth[b])
    houses, first = np.unique(household[a[fit]], return_index=True)
    chosen = rng.permutation(len(houses))[:count]
    a, b = a[fit][first[chosen]], b[fit][first[chosen]]
    for column in (names.given, names.surname, names.birth_surname):
        column[b] = column[a]
    mate[b] = a
    return mate


def plant_namesakes(
    names: Names, birth: Days, sex: Texts, families: Families, count: int, rng: np.random.Generator
) -> Ints:
    """Gives pairs of strangers the same name and the same birth date.

    Args:
        names: Changed in place.
        birth: Birth dates in days since 1970-01-01; changed in place.
        sex: "M" or "F".
        families: Who belongs to whom; namesakes are people without partner, parent, child and twin.
        count: How many pairs; fewer if there are not enough such people.
        rng: Stream to draw from.

    Returns:
        For each person the slot of the namesake, or -1.
    """
    namesake = np.full(len(birth), NOBODY, dtype=np.int64)
    free = np.flatnonzero(strangers(families) & (names.changed_on == NEVER))
    free = free[np.lexsort((birth[free], sex[free]))]
    a, b = free[0 : len(free) - 1 : 2], free[1::2]
    fit = (sex[a] == sex[b]) & (birth[b] - birth[a] < NAMESAKE_YEARS * 365)
    fit &= families.household[a] != families.household[b]
    chosen = rng.permutation(np.flatnonzero(fit))[:count]
    a, b = a[chosen], b[chosen]
    birth[b] = birth[a]
    for column in (names.given, names.surname, names.birth_surname):
        column[b] = column[a]
    namesake[a], namesake[b] = b, a
    return namesake


def strangers(families: Families) -> Flags:
    """Says who has no partner, parent, child or twin in the county."""
    mother = np.zeros(len(families.parent), dtype=bool)
    mother[families.parent[families.parent != NOBODY]] = True
    alone = ~families.dependent & (families.partner == NOBODY) & (families.parent == NOBODY) & ~mother
    return np.asarray(alone, dtype=bool)


def plant_surnames(
    names: Names, free: Flags, surnames: tuple[str, ...], count: int, rng: np.random.Generator
) -> None:
    """Gives `count` people each of the surnames that careless software reads as a blank."""
    who = rng.permutation(np.flatnonzero(free & (names.changed_on == NEVER)))[: count * len(surnames)]
    for place, surname in enumerate(surnames):
        chosen = who[place :: len(surnames)]
        names.surname[chosen] = names.birth_surname[chosen] = surname


def plant_new_surnames(
    names: Names, birth: Days, families: Families, free: Flags, rng: np.random.Generator, naming: Naming
) -> None:
    """Gives some people a surname at birth that they do not bear any more; siblings alike.

    The children of `YOUNG` changed it between the ages of 3 and 17, the others between 18 and 60.

    Args:
        names: Changed in place.
        birth: Birth dates in days since 1970-01-01.
        families: Who belongs to whom.
        free: Who may be chosen; people whose surname has changed already are not.
        rng: Stream to draw from.
        naming: With the shares `new_surnames`.
    """
    n, age = len(birth), years_between(birth, snapshot_day())
    family = np.where(families.parent != NOBODY, families.parent, np.arange(n))
    luck, when = rng.random(n)[family], rng.random(n)
    former = naming.surnames(n, rng, 0.0)[family]
    young, grown = ((low <= age) & (age < high) for low, high in (YOUNG, GROWN))
    chosen = young & (luck < naming.new_surnames[0]) | grown & (luck < naming.new_surnames[1])
    chosen &= free & (names.changed_on == NEVER) & (former != names.surname)
    low, high = np.where(young, 3, 18), np.minimum(np.where(young, 17, 60), age - 0.2)
    names.birth_surname[chosen] = former[chosen]
    days = birth + (low + when * (high - low)) * 365.2425
    names.changed_on[chosen] = days[chosen].astype(np.int64)


def part_given_names(
    names: Names,
    birth: Days,
    sex: Texts,
    household: Ints,
    kept: Flags,
    rng: np.random.Generator,
    naming: Naming,
) -> None:
    """Draws given names again until only planted lookalikes share one.

    Nobody else shares a given name within a household, or full name and birth date in the county.

    Args:
        names: Changed in place.
        birth: Birth dates in days since 1970-01-01.
        sex: "M" or "F".
        household: Household numbers.
        kept: Whose names stay.
        rng: Stream to draw from.
        naming: How names are drawn.
    """
    for _ in range(_ROUNDS):
        again = np.flatnonzero(_clashes(names, birth, household, kept) & ~kept)
        if not len(again):
            return
        names.given[again] = naming.given(sex[again], rng, naming.unusual_given)


def _clashes(names: Names, birth: Days, household: Ints, kept: Flags) -> npt.NDArray[np.bool_]:
    """Marks everybody who is not the first (kept people come first) of those with the same key."""
    order = np.argsort(~kept, kind="stable")
    frame = pd.DataFrame(
        {"given": names.given, "surname": names.surname, "birth": birth, "household": household}
    ).iloc[order]
    clash = frame.duplicated(["household", "given"]) | frame.duplicated(["given", "surname", "birth"])
    result = np.empty(len(order), dtype=bool)
    result[order] = clash.to_numpy()
    return result
