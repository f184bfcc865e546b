"""Everybody who ever lived in the county: the living first, then the dead."""

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.engine.kinds import FLAGS, VITALS
from sim.population import SNAPSHOT, identify_dead
from sim.population.numbers import Ints
from sim.seeds import Seeds

if TYPE_CHECKING:
    from sim.engine import Events

Days = npt.NDArray[np.float64]

HORIZON = (SNAPSHOT - date(1900, 1, 1)).days + 1.0
"""The end of the snapshot day, in days since 1900-01-01: where history ends."""

_EPOCH = np.datetime64("1900-01-01", "s")


def first_day(history: float | None) -> float:
    """Returns the day from which on everything is kept, for years of history or None for all.

    Example:
        >>> first_day(None), first_day(10)
        (-inf, 42368.5)
    """
    return -np.inf if history is None else HORIZON - history * 365.25


def moments(days: Days) -> npt.NDArray[np.datetime64]:
    """Returns points in time to the second; days count from 1900-01-01, NaN stays blank.

    Example:
        >>> moments(np.array([0.5]))[0]
        np.datetime64('1900-01-01T12:00:00')
    """
    never = np.isnan(days)
    seconds = np.round(np.where(never, 0.0, days) * 86_400).astype("timedelta64[s]")
    seconds[never] = np.timedelta64("NaT")
    return np.asarray(_EPOCH + seconds)


def gather(
    events: "Events",
    people: pd.DataFrame,
    seeds: Seeds,
    county: Seeds | None = None,
    first: int = 0,
    country: str = "us",
) -> tuple[pd.DataFrame, Ints]:
    """Joins the living with the dead, who get names and addresses.

    Args:
        events: What happened.
        people: The living, one row a slot.
        seeds: The population's seeds.
        county: Seeds that all parts of a county share, where it has several.
        first: How many living people the parts before this one have.
        country: Where they live.

    Returns:
        Everybody (see `Records.people`, but for the payer), and the person number of each row of
        `events.lives`: the slot of the living; the dead follow by slot and attempt.
    """
    lives = events.lives
    dead = ~np.isnan(lives.death_day)
    number = np.where(dead, len(people) - 1 + np.cumsum(dead), lives.slot).astype(np.int64)
    died = _dead(lives.slot[dead], lives.death_day[dead], people)
    named = identify_dead(died, seeds, county=county, first=first, country=country)
    everybody = pd.concat([people, named], ignore_index=True)
    order = np.empty(len(number), dtype=np.int64)
    order[number] = np.arange(len(number))
    more: dict[str, Any] = {
        "alive": ~dead[order],
        "death_date": moments(lives.death_day[order]),
        "attempt": lives.attempt[order],
    }
    more |= {name: lives.vitals[order, i] for i, name in enumerate(VITALS)}
    more |= {name: np.asarray(events.flags[name])[order] for name in FLAGS}
    return pd.concat([everybody, pd.DataFrame(more, index=everybody.index)], axis=1), number


def day_numbers(dates: "pd.Series[pd.Timestamp]") -> Days:
    """Returns dates in days since 1900-01-01, NaN where there is none."""
    since = dates.to_numpy(dtype="datetime64[s]") - _EPOCH
    return np.asarray(since / np.timedelta64(1, "D"), dtype=np.float64)


def _dead(slot: Ints, death_day: Any, people: pd.DataFrame) -> pd.DataFrame:
    """Lists the dead; birth date, sex, race and income are those of the slot they lived in."""
    return people.iloc[slot].assign(death_date=moments(death_day))
