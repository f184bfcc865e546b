"""What tells hospitals' records of one person apart: other names, old addresses, two people on one chart."""

from collections.abc import Mapping
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.defects.registry import defect, write_ledger
from sim.systems.intake_form import NO_ALLERGY
from sim.systems.personal import BLOOD_GROUPS
from sim.systems.planting import choose, first_of, how_many
from sim.systems.services import service_names
from sim.systems.wording import read_codes

ONLY_PHONE, ONLY_ADDRESS = 0.4, 0.8
"""Cumulative shares of stale contacts of which only the telephone is old, or only the address (assumed)."""

PET_NAME = "小{}"
"""How people in China are called by the last character of their given name."""

OTHER_HOSPITALS = ("h2_his_patients", "h3_his_patients")

Frame = pd.DataFrame
Rows = npt.NDArray[np.intp]


@defect(
    "D34",
    "The records of two people are kept under one number",
    tables=("h2_his_patients",),
    rate=0.025,
    minimum=20,
    limits="Two people at most, of one family name and sex, taken for one from the first visit on; only in "
    "the second hospital. The chart shows one person's name and birth date, and both people's visits.",
)
def merge_charts(table: Frame, rate: float, minimum: int, rng: np.random.Generator) -> tuple[Frame, Frame]:
    """Takes some people for others of their name and sex.

    Args:
        table: Working table of `his_patients`, one row a person.
        rate: Share of registrations that are lost.
        minimum: Least number of registrations.
        rng: Stream to draw from.

    Returns:
        The table without the lost registrations, and the ledger: the number that is left, and the lost one as
        clean. The new column `_also` holds the person number of the other person on a chart, or -1.
    """
    order = table.sort_values(["family_name", "sex", "birth_date", "mrn"], kind="stable")
    same = (order["family_name"] == order["family_name"].shift()) & (order["sex"] == order["sex"].shift())
    # Every second row of a family name and sex, so that nobody is in two pairs.
    run = (~same).cumsum()
    odd = order.groupby(run).cumcount() % 2 == 1
    picked = first_of(odd, rng.random(len(order)), how_many(len(order), rate, minimum))
    kept, lost = order.index[picked - 1], order.index[picked]
    charts = table.assign(_also=-1)
    charts.loc[kept, "_also"] = table["_person"].loc[lost].to_numpy()
    ledger = write_ledger(
        table["mrn"].loc[kept].to_numpy(),
        "mrn",
        table["mrn"].loc[lost].to_numpy(),
        table["mrn"].loc[kept].to_numpy(),
    )
    return charts.drop(index=lost).reset_index(drop=True), ledger


@defect(
    "D44",
    "A surname that has changed since is kept",
    tables=OTHER_HOSPITALS,
    rate=0.05,
    minimum=40,
    limits="Only people whose surname has changed, so that fewer may be touched than the rate says.",
)
def keep_old_surname(
    table: Frame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[Frame, Frame]:
    """Writes the surname of birth in some registrations.

    Args:
        table: Working table of `his_patients` of a smaller hospital.
        rate: Share of registrations.
        minimum: Least number of registrations.
        rng: Stream to draw from.

    Returns:
        The table and the ledger.
    """
    changed = table["_changed_on"].notna() & (table["_birth_surname"] != table["family_name"])
    rows = choose(changed, rate, minimum, rng)
    return rewrite(table, rows, "family_name", table["_birth_surname"].iloc[rows].to_numpy())


@cache
def nicknames() -> Mapping[str, str]:
    """Returns what people of a name are often called.

    Example:
        >>> nicknames()["William"]
        'Bill'
    """
    table = read_codes("nicknames_us.csv")
    return dict(zip(table["name"], table["nickname"], strict=True))


@defect(
    "D35",
    "A person is registered under a nickname",
    tables=OTHER_HOSPITALS,
    rate=0.08,
    minimum=70,
    limits="One nickname a name, the same for all who bear it; people whose name has none are spared, and "
    "those who would then read like somebody else of their birth date.",
    local=True,
)
def use_nicknames(
    table: Frame, rate: float, minimum: int, rng: np.random.Generator, country: str = "us"
) -> tuple[Frame, Frame]:
    """Writes nicknames for given names; arguments and result as for `keep_old_surname`, and the country."""
    given = table["given_name"]
    if country == "cn":
        short = PET_NAME.format("") + given.str[-1]
        called = short.where(
            (given.str.len() == 2) & (short != given) & ~given.str.contains("?", regex=False)
        )
    else:
        called = given.map(nicknames())
    there = pd.MultiIndex.from_frame(table[["given_name", "family_name", "birth_date"]])
    new = pd.MultiIndex.from_arrays([called.fillna(""), table["family_name"], table["birth_date"]])
    free = ~pd.Series(new.isin(there) | new.duplicated(keep=False), index=table.index)
    rows = choose(called.notna() & free, rate, minimum, rng)
    return rewrite(table, rows, "given_name", called.iloc[rows].to_numpy())


@defect(
    "D36",
    "Given and family name stand in each other's place",
    tables=OTHER_HOSPITALS,
    rate=0.05,
    minimum=42,
    limits="Both whole names, as typed; D02 swaps some besides. Twins and all others alike.",
)
def swap_names(table: Frame, rate: float, minimum: int, rng: np.random.Generator) -> tuple[Frame, Frame]:
    """Swaps the names of some registrations; arguments and result as for `keep_old_surname`."""
    rows = choose(table["given_name"] != table["family_name"], rate, minimum, rng)
    given, family = (table[name].iloc[rows].to_numpy() for name in ("given_name", "family_name"))
    swapped, one = rewrite(table, rows, "given_name", family)
    swapped, other = rewrite(swapped, rows, "family_name", given)
    return swapped, pd.concat([one, other], ignore_index=True)


@defect(
    "D42",
    "An old address or telephone is kept after a move",
    tables=(*OTHER_HOSPITALS, "emr_covers", "h2_emr_covers", "h3_emr_covers"),
    rate=0.12,
    minimum=60,
    limits="The old address is one at which somebody else is registered now. Households do not move "
    "together; how long ago the record was made makes no difference.",
)
def keep_old_contact(
    table: Frame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[Frame, Frame]:
    """Puts earlier addresses and telephones in the place of today's.

    Args:
        table: Working table of `his_patients` or `emr_covers`.
        rate: Share of rows.
        minimum: Least number of rows.
        rng: Stream to draw from.

    Returns:
        The table and the ledger.
    """
    rows = choose(table["address"].notna() & table["phone"].notna(), rate, minimum, rng)
    kind, donors = rng.random(len(rows)), rng.integers(0, max(len(table), 1), len(rows))
    digits = [f"{number:04d}" for number in rng.integers(0, 10_000, len(rows))]
    phones = table["phone"].iloc[rows].str[:-4].to_numpy(dtype=object) + np.array(digits, dtype=object)
    called, moved = (kind < ONLY_PHONE) | (kind >= ONLY_ADDRESS), kind >= ONLY_PHONE
    old, ledgers = table, []
    for field, hit, values in (
        ("phone", called, phones),
        *(
            (name, moved, table[name].iloc[donors].to_numpy(dtype=object))
            for name in ("address", "area")
            if name in table
        ),
    ):
        old, ledger = rewrite(old, rows[hit], field, values[hit])
        ledgers.append(ledger)
    return old, pd.concat(ledgers, ignore_index=True)


@defect(
    "D43",
    "A chart's cover says something else than is true: birth date, blood group or allergy",
    tables=("emr_covers", "h2_emr_covers", "h3_emr_covers"),
    rate=0.05,
    minimum=90,
    limits="One wrong fact a cover. An allergy is forgotten, or noted where there is none; a blood group is "
    "another one; a birth date has another year. Hospitals err independently of each other.",
    local=True,
)
def contradict(
    table: Frame, rate: float, minimum: int, rng: np.random.Generator, country: str = "us"
) -> tuple[Frame, Frame]:
    """Puts wrong facts on some covers.

    Args:
        table: Working table of `emr_covers`.
        rate: Share of covers.
        minimum: Least number of covers.
        rng: Stream to draw from.
        country: Code of the country.

    Returns:
        The table and the ledger.
    """
    rows = choose(table["birth_date"].notna() & table["blood_group"].notna(), rate, minimum, rng)
    which, draws = rng.integers(0, 3, len(rows)), rng.random(len(rows))
    wrong, ledgers = table, []
    for number, (field, other) in enumerate(OTHERS.items()):
        hit = rows[which == number]
        values = [
            other(value, draw, country)
            for value, draw in zip(table[field].iloc[hit], draws[which == number], strict=True)
        ]
        wrong, ledger = rewrite(wrong, hit, field, np.array(values, dtype=object))
        ledgers.append(ledger)
    return wrong, pd.concat(ledgers, ignore_index=True)


def _another_year(date: str, draw: float, country: str) -> str:
    """Returns a date in a year up to ten years earlier or two later; 29 February becomes the 28th.

    Example:
        >>> _another_year("1980-05-02", 0.0, "us"), _another_year("2004-02-29", 0.99, "us")
        ('1970-05-02', '2006-02-28')
    """
    steps = (-10, -9, -3, -2, -1, 1, 2)
    year = int(date[:4]) + steps[int(draw * len(steps))]
    return f"{year:04d}{date[4:]}".replace("-02-29", "-02-28")


def _another_group(group: str, draw: float, country: str) -> str:
    others = [other for other in BLOOD_GROUPS[country] if other != group]
    return others[int(draw * len(others))]


def _another_allergy(allergy: str, draw: float, country: str) -> str:
    none, names = NO_ALLERGY[country], list(service_names("allergen", country).values())[:5]
    return names[int(draw * len(names))] if allergy == none else none


OTHERS = {"birth_date": _another_year, "blood_group": _another_group, "allergy": _another_allergy}
"""How a wrong value of each fact is made."""


def rewrite(table: Frame, rows: Rows, field: str, values: "npt.NDArray[np.object_]") -> tuple[Frame, Frame]:
    """Writes other values into a field of some rows, and the ledger of those that differ.

    Args:
        table: Working table with record numbers.
        rows: Positions of the rows.
        field: The field.
        values: What is to stand there, None for a blank.

    Returns:
        The table and the ledger.
    """
    clean = table[field].iloc[rows].to_numpy(dtype=object)
    differs = ~((clean == values) | (pd.isna(clean) & pd.isna(values)))
    changed = table.copy()
    changed.loc[rows, field] = values
    records = table["mrn"].iloc[rows].to_numpy()[differs]
    return changed, write_ledger(records, field, clean[differs], values[differs])
