"""Whom registers lose or confuse: newcomers, people of one name, two people on one chart."""

import pandas as pd

from sim.systems.recorder import Setting, Tables

NEWCOMERS = 0.10
"""Share of people who came to the county from elsewhere, with names and papers that clerks do not know
(assumed)."""

GROUP_AGES = (0, 18, 65, 200)
"""Bounds of the age groups by which the quality of linkage is reported."""


def newcomers(setting: Setting) -> "pd.Series[bool]":
    """Draws who came from elsewhere; all facilities of a district draw the same people."""
    draws = setting.seeds.stream("newcomers").random(len(setting.people))
    return pd.Series(draws < NEWCOMERS, index=setting.people.index)


def alike(people: pd.DataFrame) -> "pd.Series[int]":
    """Returns for everybody the person number of somebody alive of the very same names, or -1.

    Args:
        people: Everybody; the index is the person number. Fathers and sons of one name know each other by
            `junior_of`, others by `namesake_of`; the relation is returned for both sides.
    """
    living = people[people["alive"]]
    person_of = pd.Series(living.index, index=living["slot"])
    found = pd.Series(-1, index=people.index, dtype="int64")
    for name in ("junior_of", "namesake_of"):
        other = living[name].map(person_of).dropna().astype("int64")
        found[other.to_numpy()] = other.index
        found[other.index] = other
    return found


def tell_identities(setting: Setting, tables: Tables) -> dict[str, pd.DataFrame]:
    """Returns the truth about people whom a register loses or confuses.

    Returns:
        `merged_charts`, with mrn, person and other: the chart shows the name of the person; the other's
        visits are filed under it too. `same_names`, with mrn, person and other: registrations of people who
        bear another's names. From the large hospital also `person_groups`: the groups by which linkage is
        reported, one row a person: sex, age (lower bound of `GROUP_AGES`), payer, changed_name, newcomer.
    """
    table = tables["his_patients"]
    shared = table[table["_also"] >= 0] if "_also" in table else table.assign(_also=-1).iloc[:0]
    facts = {
        "merged_charts": _told(shared, "_also"),
        "same_names": _told(table[table["_alike"] >= 0], "_alike"),
    }
    if setting.facility.code == "H1":
        facts["person_groups"] = groups(setting)
    return facts


def _told(table: pd.DataFrame, other: str) -> pd.DataFrame:
    columns = {"mrn": "mrn", "_person": "person", other: "other"}
    return table[list(columns)].rename(columns=columns)


def groups(setting: Setting) -> pd.DataFrame:
    """Returns the group of everybody alive: person, sex, age, payer, changed_name and newcomer.

    The payer is that of the last visit, missing for people without one.
    """
    living = setting.people[setting.people["alive"]]
    age = (setting.today - living["birth_date"]).dt.days / 365.25
    return pd.DataFrame(
        {
            "person": living.index,
            "sex": living["sex"],
            "age": pd.cut(age, list(GROUP_AGES), right=False, labels=list(GROUP_AGES[:-1])).astype("int64"),
            "payer": setting.visits.groupby("person")["payer"].last().reindex(living.index),
            "changed_name": living["changed_surname_on"].notna(),
            "newcomer": newcomers(setting)[living.index],
        }
    ).reset_index(drop=True)
