"""Who is insured with whom and when: every life divided into spans, without gaps or overlaps.

The programme for seniors pays from 65 on, together with the programme for the poor for those who were with
it; before, the payer goes by age and income and may change at 19, at 26 and about every seven years. All
shares are assumed; they lie near what the US Census Bureau reports for children, adults and seniors.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from sim.population.naming import NAMING
from sim.population.numbers import Ints, drawn_bytes, keyed_numbers
from sim.records.columns import Days, dates, lookup, uuids, words
from sim.records.payers import LOW_INCOME, NOBODY, PAYERS, SENIOR
from sim.seeds import Seeds

SENIOR_AGE = 65
"""From this age on the senior programme pays."""

AGES = (0, 19, 26, 33, 40, 47, 54, SENIOR_AGE)
"""Ages in years at which the payer may change; between 26 and 65 each person has them up to seven years
later."""

STAYS = 0.6
"""Chance that somebody's luck in finding a payer stays as it was (assumed)."""

_CHILD = ((0.0, 0.78, 0.09, 0.07, 0.06), (0.0, 0.32, 0.35, 0.28, 0.05), (0.0, 0.04, 0.53, 0.40, 0.03))
_ADULT = ((0.0, 0.45, 0.19, 0.14, 0.22), (0.0, 0.10, 0.45, 0.36, 0.09), (0.0, 0.01, 0.55, 0.41, 0.03))
"""Shares of the payers below 19 and from 19 to 64, by socioeconomic group (assumed)."""

_LAST_DAY = 2.0**17

Payers = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Insurance:
    """The spans of all lives, sorted by person and time.

    Attributes:
        person: Person number.
        start, end: Days since 1900-01-01; the first span begins at birth, each other one where the one
            before ends, and the last ends with death or now.
        payer: Index into `PAYERS`.
        secondary: Who pays the rest, an index into `PAYERS`, or -1.
        key: What spans are looked up by.
    """

    person: Ints
    start: Days
    end: Days
    payer: Payers
    secondary: Payers
    key: Days

    def at(self, person: Ints, day: Days) -> Ints:
        """Returns for each person and day the row of the span."""
        found = np.searchsorted(self.key, person * _LAST_DAY + day, side="right") - 1
        return np.maximum(found, np.searchsorted(self.key, person * _LAST_DAY))

    def share(self) -> npt.NDArray[np.float64]:
        """Returns for each span the share of a bill that its payers take together."""
        covers = np.array([payer.covers for payer in PAYERS])
        return np.where(self.secondary >= 0, 1.0, covers[self.payer])

    def transitions(
        self, ids: pa.Array, people: pd.DataFrame, members: pa.Array, country: str = "us"
    ) -> dict[str, Any]:
        """Returns the columns of the payer_transitions table.

        Args:
            ids: Everybody's id.
            people: Everybody.
            members: The id of each span's membership.
            country: Where they live.
        """
        child = (self.start - self._birth(self.person)) / 365.25 < AGES[1] - 0.01
        kind = np.where(self.payer == NOBODY, -1, np.where(child, 1, 0))
        owner = np.where(child, people["parent"].to_numpy()[self.person], self.person)
        name = NAMING[country].whole(*(people[c].to_numpy(dtype=object) for c in ("given", "surname")))
        return {
            "PATIENT": lookup(ids, self.person),
            "MEMBERID": members,
            "START_DATE": dates(self.start),
            "END_DATE": dates(self.end),
            "PAYER": payer_ids(self.payer),
            "SECONDARY_PAYER": payer_ids(self.secondary),
            "PLAN_OWNERSHIP": words(("Self", "Guardian"), kind),
            "OWNER_NAME": words(list(name), np.where(kind >= 0, owner, -1)),
        }

    def _birth(self, person: Ints) -> Days:
        return np.asarray(self.start[np.searchsorted(self.person, person)])


def payer_ids(payer: Payers) -> pa.Array:
    """Returns the ids of payers; -1 is a blank."""
    return words([each.id for each in PAYERS], payer)


def member_ids(insurance: Insurance, seeds: Seeds) -> pa.Array:
    """Draws an id for each membership."""
    return uuids(drawn_bytes(len(insurance.person), seeds.stream("records/memberships")))


def insure(people: pd.DataFrame, birth: Days, last: Days, seeds: Seeds) -> Insurance:
    """Finds payers for everybody's life.

    Args:
        people: Everybody.
        birth: Days of birth.
        last: Days on which their history ends.
        seeds: The population's seeds.
    """
    count, steps = len(people), len(AGES)
    luck = _luck(people, seeds.word("records/payers") >> 1, steps)
    years = np.tile(np.array(AGES, dtype=np.float64), (count, 1))
    years[:, 3:-1] += 7 * luck[:, :1]
    start = birth[:, None] + np.floor(years * 365.25)
    payer, secondary = _choose(people["ses"].to_numpy(), luck)
    begins = start < last[:, None]
    begins[:, 0] = True
    new = (payer[:, 1:] != payer[:, :-1]) | (secondary[:, 1:] != secondary[:, :-1])
    begins[:, 1:] &= new
    person, step = np.nonzero(begins)
    day = start[person, step]
    final = np.append(person[1:] != person[:-1], True)
    end = np.where(final, np.maximum(last[person], day), np.append(day[1:], 0.0))
    return Insurance(person, day, end, payer[person, step], secondary[person, step], person * _LAST_DAY + day)


def _luck(people: pd.DataFrame, key: int, steps: int) -> Days:
    """Draws each person's luck at each age; it often stays as it was."""
    slot, attempt = people["slot"].to_numpy(), people["attempt"].to_numpy()
    drawn = [keyed_numbers(key + step, slot, attempt) for step in range(steps)]
    luck = np.stack(drawn, axis=1) / 2.0**62
    fresh = np.stack([number >> 7 & 0xFFFF for number in drawn], axis=1) >= STAYS * 0x10000
    fresh[:, 0] = True
    return np.asarray(np.take_along_axis(luck, np.maximum.accumulate(fresh * np.arange(steps), axis=1), 1))


def _choose(ses: npt.NDArray[np.int8], luck: Days) -> tuple[Payers, Payers]:
    """Chooses payer and second payer of each person at each age."""
    payer = np.empty(luck.shape, dtype=np.int8)
    for shares, steps in ((_CHILD, slice(0, 1)), (_ADULT, slice(1, len(AGES) - 1))):
        edges = np.cumsum(np.array(shares), axis=1)[ses]
        place = (luck[:, steps, None] > edges[:, None, :]).sum(axis=2)
        payer[:, steps] = np.minimum(place, NOBODY)
    payer[:, -1] = SENIOR
    secondary = np.full(luck.shape, -1, dtype=np.int8)
    secondary[payer[:, -2] == LOW_INCOME, -1] = LOW_INCOME
    return payer, secondary
