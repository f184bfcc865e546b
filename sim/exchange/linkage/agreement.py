"""In what the records of several hospitals agree: what simple linkage, as many registers do it, rests on.

Only pairs are looked at that agree in something worth asking: a checked identifier, the birth date, the
telephone number, the address or the whole name. Two rules of linkage stand here because they err in
different ways. One by surname and birth date loses whoever changed the name. One that asks for any four of
six facts forgives that, but not a registration of which several are blank or wrong at once, as are those of
newcomers written by ear.
"""

import pandas as pd

from sim.exchange.linkage.tokens import normalise

NAMES = ("given", "family")
FACTS = ("verified_id", *NAMES, "birth_date", "phone", "address")
"""What is compared, beside the sex."""

POINTS = {
    "verified_id": (20.0, -20.0),
    "birth_date": (13.0, -4.0),
    "phone": (10.0, -1.0),
    "address": (9.0, -1.0),
    "given": (7.0, -4.0),
    "family": (7.0, -4.0),
    "sex": (1.0, -5.0),
}
"""Points of a fact that agrees and of one that differs, about log2(m / u) and log2((1 - m) / (1 - u)) of
Fellegi and Sunter 1969 for a district of this size (assumed, rounded); a blank gives none."""


def agreements(patients: pd.DataFrame) -> pd.DataFrame:
    """Returns the pairs of records of two hospitals that agree in something, and in what they do.

    Args:
        patients: Registrations: facility, number (unique over all facilities), given_name, family_name, sex,
            birth_date, phone, address and verified_id, as text; blanks are missing.

    Returns:
        Columns `a` and `b`, the numbers, that of the facility first in the alphabet first; and one column
        for each of `FACTS` and for `sex`: 1 agrees, -1 differs, 0 unknown because a record lacks it. Names
        that have changed places agree. Sorted by a and b.
    """
    known = _keyed(patients)
    sides = ["number", "facility"]
    found = []
    for key in ("verified_id", "birth_date", "phone", "address", "name"):
        there = known[[*sides, key]].dropna()
        both = there.merge(there, on=key, suffixes=("_a", "_b"))
        found.append(both.loc[both["facility_a"] < both["facility_b"], ["number_a", "number_b"]])
    pairs = pd.concat(found).drop_duplicates().sort_values(["number_a", "number_b"], ignore_index=True)
    by_number = known.set_index("number")
    one, two = (by_number.loc[pairs[side]].reset_index(drop=True) for side in ("number_a", "number_b"))
    told = {name: _compared(one[name], two[name]) for name in (*FACTS, "sex")}
    swapped = (one["given"] == two["family"]) & (one["family"] == two["given"])
    told |= {name: told[name].mask(swapped, 1) for name in NAMES}
    return pd.DataFrame({"a": pairs["number_a"], "b": pairs["number_b"], **told})


def _keyed(patients: pd.DataFrame) -> pd.DataFrame:
    """Returns the registrations with names and telephone numbers that read alike wherever they were typed."""
    given, family = (patients[f"{name}_name"].map(_key).astype("str") for name in NAMES)
    either = given.where(given < family, family) + " " + family.where(given < family, given)
    digits = patients["phone"].str.replace(r"\D", "", regex=True)
    return patients.assign(given=given, family=family, name=either, phone=digits)


def _key(name: object) -> str | None:
    return (normalise(name) if isinstance(name, str) else "") or None


def _compared(one: "pd.Series[str]", two: "pd.Series[str]") -> "pd.Series[int]":
    known = one.notna() & two.notna()
    return known.astype("int64") - 2 * (known & (one != two)).astype("int64")


def by_surname(told: pd.DataFrame) -> "pd.Series[bool]":
    """Says which pairs a rule links that asks for the same surname and birth date."""
    return (told["family"] == 1) & (told["birth_date"] == 1)


def by_facts(told: pd.DataFrame, least: int = 4) -> "pd.Series[bool]":
    """Says which pairs a rule links that asks for so many of the six `FACTS`, whichever they are."""
    return (told[list(FACTS)] == 1).sum(axis=1) >= least


def points(told: pd.DataFrame) -> "pd.Series[float]":
    """Returns the points of each pair, by `POINTS`."""
    parts = [
        agree * (told[name] == 1) + differ * (told[name] == -1) for name, (agree, differ) in POINTS.items()
    ]
    return pd.concat(parts, axis=1).sum(axis=1)
