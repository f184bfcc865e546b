"""Everybody who ever lived in the county: the living first, then the dead."""

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.engine.kinds import FLAGS, VITALS
from sim.population import SNAPSHOT, identify_dead
from sim.population.numbers import Ints, keyed_numbers
from sim.records.payers import PAYERS, Payers, draw_payers, payer_at
from sim.seeds import Seeds

if TYPE_CHECKING:
    from sim.engine import Events

Days = npt.NDArray[np.float64]

HORIZON = (SNAPSHOT - date(1900, 1, 1)).days + 1.0
"""The end of the snapshot day, in days since 1900-01-01: where history ends."""

_EPOCH = np.datetime64("1900-01-01", "s")
_YEAR = 365.2425


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


def gather(events: "Events", people: pd.DataFrame, seeds: Seeds) -> tuple[pd.DataFrame, Ints, Payers]:
    """Joins the living with the dead, who get names and addresses.

    Args:
        events: What happened.
        people: The living, one row a slot.
        seeds: The population's seeds.

    Returns:
        Everybody (see `Records.people`); the person number of each row of `events.lives`: the slot of
        the living; the dead follow by slot and attempt; and who pays for each person below senior age.
    """
    lives = events.lives
    dead = ~np.isnan(lives.death_day)
    number = np.where(dead, len(people) - 1 + np.cumsum(dead), lives.slot).astype(np.int64)
    everybody = pd.concat(
        [people, _dead(lives.slot[dead], lives.death_day[dead], people, seeds)], ignore_index=True
    )
    order = np.empty(len(number), dtype=np.int64)
    order[number] = np.arange(len(number))
    key = seeds.word("records/payers") >> 1
    luck = keyed_numbers(key, lives.slot[order], lives.attempt[order]) / 2.0**63
    payer = draw_payers(everybody["ses"].to_numpy(), luck)
    last = np.where(np.isnan(lives.death_day), HORIZON, lives.death_day)[order]
    age = years_old(everybody["birth_date"], last)
    more: dict[str, Any] = {
        "alive": ~dead[order],
        "death_date": moments(lives.death_day[order]),
        "attempt": lives.attempt[order],
        "payer": np.array([each.name for each in PAYERS], dtype=object)[payer_at(payer, age)],
    }
    more |= {name: lives.vitals[order, i] for i, name in enumerate(VITALS)}
    more |= {name: np.asarray(events.flags[name])[order] for name in FLAGS}
    return everybody.assign(**more), number, payer


def years_old(birth_date: "pd.Series[pd.Timestamp]", days: Days) -> Days:
    """Returns the age in years on days since 1900-01-01."""
    birth = birth_date.to_numpy(dtype="datetime64[s]")
    return np.asarray((moments(days) - birth) / np.timedelta64(1, "D") / _YEAR, dtype=np.float64)


def _dead(slot: Ints, death_day: Any, people: pd.DataFrame, seeds: Seeds) -> pd.DataFrame:
    """Names the dead; birth date, sex, race and income are those of the slot they lived in."""
    return identify_dead(people.iloc[slot].assign(death_date=moments(death_day)), seeds)
