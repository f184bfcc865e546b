"""Mistakes at the registration desk: one person registered twice, one person's identifier on another."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.defects.registry import defect, write_ledger
from sim.population.places import join_addresses
from sim.systems.planting import first_of, how_many

NEWBORNS, CHANGED_SURNAMES = 0.12, 0.18
"""Shares of re-registrations that are a "Baby of" and a changed surname (assumed)."""

MOVED, NEW_PHONE, NO_IDENTIFIER, PHONE_CHECKED = 0.20, 0.20, 0.25, 0.7
"""Shares of re-registrations with another address, another telephone, no identifier, and an answered call."""

TWINS_OVERWRITTEN = 0.25
"""Share of overwritten identifiers that go to a twin (assumed)."""

BABY_YEARS = 4
"""Children born in the last so many years may first have been registered as a "Baby of"."""

BABIES = {"us": ("Baby of {mother}",) * 2, "cn": ("{mother}之子", "{mother}之女")}
"""How boys and girls stand in the register who have no name yet, by country."""

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True)
class _Again:
    """Rows of the table that are registered again, and why."""

    newborn: Rows
    surname: Rows
    plain: Rows

    @property
    def rows(self) -> Rows:
        return np.concatenate([self.newborn, self.surname, self.plain])

    @property
    def causes(self) -> list[str]:
        counts = {"newborn": len(self.newborn), "surname": len(self.surname), "plain": len(self.plain)}
        return [cause for cause, count in counts.items() for _ in range(count)]


@defect(
    "D01",
    "A person is registered again under a new record number",
    tables=("his_patients",),
    rate=0.08,
    minimum=165,
    source="FTR2017_ECRI: duplicate rate, typical hospital",
    limits="Nobody is registered three times; staff, shift and ward make no difference.",
    local=True,
)
def register_again(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator, country: str = "us"
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Adds second registrations, some under a name that has changed since the first.

    The first registration of a newborn reads "Baby of" and the mother's given name (see `BABIES`); that of
    somebody whose surname has changed since shows the earlier one. Both were true when they were made.

    Args:
        table: Working table of `his_patients`, one row a person.
        rate: Share of persons.
        minimum: Least number of persons.
        rng: Stream to draw from.
        country: Code of the country.

    Returns:
        The table with the second registrations, whose column `_cause` says why (missing in the first),
        sorted by record number, and the ledger.
    """
    today = table["registered_at"].max()
    again = _pick(table, how_many(len(table), rate, minimum), today, rng)
    first = _first_registrations(table, again, rng, BABIES[country])
    second = _second_registrations(first.iloc[again.rows], table, today, rng, country)
    second = second.assign(_cause=again.causes)
    ledger = write_ledger(
        second["mrn"].to_numpy(), "mrn", first["mrn"].iloc[again.rows].to_numpy(), second["mrn"].to_numpy()
    )
    both = pd.concat([first.assign(_cause=None), second], ignore_index=True)
    return both.sort_values("mrn", ignore_index=True), ledger


def _pick(table: pd.DataFrame, count: int, today: pd.Timestamp, rng: np.random.Generator) -> _Again:
    """Draws who is registered again; nobody for two reasons."""
    priority = rng.random(len(table))
    born = pd.to_datetime(table["birth_date"])
    alive = table["deceased_on"].isna()
    settled = today - pd.Timedelta(days=60)
    single = (table["_twin"] < 0) & (table["_junior"] < 0) & (table["_namesake"] < 0)
    baby = alive & single & table["_parent_given"].notna()
    baby &= born.between(today - pd.DateOffset(years=BABY_YEARS), settled)
    changed = alive & single & ~baby & table["_changed_on"].between(pd.Timestamp("2010-01-01"), settled)
    plain = alive & ~baby & ~changed & (table["registered_at"] < settled)
    newborn = first_of(baby, priority, round(count * NEWBORNS))
    surname = first_of(changed, priority, round(count * CHANGED_SURNAMES))
    return _Again(newborn, surname, first_of(plain, priority, count - len(newborn) - len(surname)))


def _first_registrations(
    table: pd.DataFrame, again: _Again, rng: np.random.Generator, babies: tuple[str, str]
) -> pd.DataFrame:
    """Rewrites the first registrations to what was known then, and dates them before the change."""
    first = table.copy()
    born = table.iloc[again.newborn]
    first.loc[again.newborn, "given_name"] = [
        babies[sex == "F"].format(mother=mother)
        for sex, mother in zip(born["sex"], born["_parent_given"], strict=True)
    ]
    first.loc[again.newborn, ["verified_id", "phone_verified_on"]] = None
    birth = pd.to_datetime(born["birth_date"])
    first.loc[again.newborn, "registered_at"] = birth + _seconds(rng.integers(1800, 80_000, len(born)))
    first.loc[again.surname, "family_name"] = table["_birth_surname"].iloc[again.surname]
    wedding = table["_changed_on"].iloc[again.surname]
    before = wedding - _seconds(
        rng.integers(5, 900, len(wedding)) * 86_400 - rng.integers(0, 86_400, len(wedding))
    )
    first.loc[again.surname, "registered_at"] = before
    return first


def _second_registrations(
    first: pd.DataFrame, table: pd.DataFrame, today: pd.Timestamp, rng: np.random.Generator, country: str
) -> pd.DataFrame:
    """Makes the second registrations: the name of today, contact data as they have become since."""
    count = len(first)
    original = table.loc[first.index]
    start = first["registered_at"].where(
        first["_changed_on"].isna(), first[["registered_at", "_changed_on"]].max(axis=1)
    )
    start = start + pd.Timedelta(days=20)
    span = (today - start).dt.total_seconds().clip(lower=86_400)
    when = (start + pd.to_timedelta(span * rng.random(count), unit="s")).dt.floor("s")
    checked = when + (today - when) * rng.random(count)
    moved, elsewhere = rng.random(count) < MOVED, rng.integers(0, len(table), (2, count))
    houses, streets = (table["address"].iloc[rows] for rows in elsewhere)
    address = join_addresses(houses, streets, country)
    digits = pd.Series(rng.integers(0, 10_000, count), index=first.index).astype("str").str.zfill(4)
    phone = original["phone"].str[:-4] + digits
    return original.assign(
        mrn=original["_spare_mrn"],
        registered_at=when,
        address=original["address"].mask(moved, pd.Series(address, index=first.index)),
        area=original["area"].mask(
            moved, pd.Series(table["area"].iloc[elsewhere[1]].to_numpy(), index=first.index)
        ),
        phone=original["phone"].mask(rng.random(count) < NEW_PHONE, phone),
        verified_id=original["_verified_id"].mask(rng.random(count) < NO_IDENTIFIER),
        phone_verified_on=checked.dt.strftime("%Y-%m-%d").where(rng.random(count) < PHONE_CHECKED),
    )


def _seconds(count: npt.NDArray[np.int64]) -> pd.TimedeltaIndex:
    return pd.to_timedelta(count, unit="s")


@defect(
    "D30",
    "The verified identifier is overwritten by another person's",
    tables=("his_patients",),
    rate=0.012,
    minimum=20,
    limits="The card was read at the wrong desk: other fields stay right. People of one name never get "
    "each other's identifier, so that no pair is beyond telling apart.",
)
def overwrite_identifier(
    table: pd.DataFrame, rate: float, minimum: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Puts a twin's or a stranger's identifier on some registrations.

    Args:
        table: Working table of `his_patients`.
        rate: Share of registrations.
        minimum: Least number of registrations.
        rng: Stream to draw from.

    Returns:
        The table and the ledger.
    """
    count = how_many(len(table), rate, minimum)
    holders = table["verified_id"].notna()
    by_person = table[holders].drop_duplicates("_person").set_index("_person")["verified_id"]
    twins = holders & table["_twin"].isin(by_person.index)
    priority = rng.random(len(table))
    hit = first_of(twins, priority, round(count * TWINS_OVERWRITTEN))
    strangers = first_of(holders & (table["_twin"] < 0), priority, count - len(hit))
    dirty = list(table["_twin"].iloc[hit].map(by_person)) + _others(table, strangers, by_person, rng)
    rows = np.concatenate([hit, strangers])
    spoiled = table.copy()
    ledger = write_ledger(
        table["mrn"].iloc[rows].to_numpy(), "verified_id", table["verified_id"].iloc[rows].to_numpy(), dirty
    )
    spoiled.loc[rows, "verified_id"] = dirty
    return spoiled, ledger


def _others(
    table: pd.DataFrame, rows: Rows, by_person: "pd.Series[str]", rng: np.random.Generator
) -> list[str]:
    """Draws for each row the identifier of somebody of another name."""
    each = table.drop_duplicates("_person").set_index("_person")
    names = (each["given_name"] + " " + each["family_name"]).to_dict()
    holders = by_person.index.tolist()
    given = []
    for person in table["_person"].iloc[rows]:
        donor = person
        while names[donor] == names[person]:
            donor = holders[int(rng.integers(len(holders)))]
        given.append(by_person[donor])
    return given
