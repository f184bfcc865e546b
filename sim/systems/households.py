"""Who lives with whom, and what runs in families, as a stranger would guess and patients tell."""

from collections.abc import Hashable

import numpy as np
import pandas as pd

from sim.systems.recorder import Setting

FAMILY = ("44054006", "59621000", "230690007", "414545008", "363406005")
"""What relatives have (SNOMED CT)."""

FAMILY_KNOWN = 0.55
"""Share of people with a relative who has one of `FAMILY` (assumed; not read from relatives' lives)."""

GENERATION = 16 * 365
"""Days between people who count as parent and child when a household is described (assumed)."""


def companions(people: pd.DataFrame) -> dict[Hashable, tuple[str, str, str, str]]:
    """Returns for each person one other member of the household: relation, names, telephone.

    The relation is guessed from ages and sexes, as a stranger would: a generation apart they are parent and
    child, else two adults are spouses and children are brother and sister.
    """
    living = people[people["alive"]].sort_values("household", kind="stable")
    home = living.groupby("household", sort=False)
    following = np.arange(len(living)) + 1
    last = home.cumcount(ascending=False).to_numpy() == 0
    following[last] -= home["household"].transform("size").to_numpy()[last]
    other = living.iloc[following]
    older = (living["birth_date"].to_numpy() - other["birth_date"].to_numpy()) / np.timedelta64(1, "D")
    adult = other["birth_date"].to_numpy() < np.datetime64("2007-01-01")
    relation = np.select(
        [older > GENERATION, older < -GENERATION, adult], ["parent", "child", "spouse"], "sibling"
    )
    alone = following == np.arange(len(living))
    rows = zip(
        living.index[~alone].tolist(),
        (relation + " " + other["sex"].to_numpy(dtype=str))[~alone].tolist(),
        *(other[name].to_numpy(dtype=object)[~alone].tolist() for name in ("given", "surname", "phone")),
        strict=True,
    )
    return {person: told for person, *told_list in rows for told in [tuple(told_list)]}


def family_histories(setting: Setting) -> dict[Hashable, tuple[str, str] | None]:
    """Draws for each person, the same in every hospital, a relative and what that relative has."""
    people = setting.people.index.tolist()
    rng = setting.seeds.stream("notes family histories")
    known, elder = rng.random(len(people)) < FAMILY_KNOWN, rng.integers(0, 3, len(people))
    what = rng.integers(0, len(FAMILY), len(people))
    relations = ("mother", "father", "grandmother")
    return {
        person: (relations[who], FAMILY[code]) if has else None
        for person, has, who, code in zip(people, known.tolist(), elder.tolist(), what.tolist(), strict=True)
    }
