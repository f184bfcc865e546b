"""Events joined with what every table needs to know about them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from sim.engine.kinds import Kind
from sim.population.numbers import Ints
from sim.records import costs
from sim.records.lives import Days, gather, moments, years_old
from sim.records.payers import Payers, payer_at
from sim.records.words import pick
from sim.seeds import Seeds

if TYPE_CHECKING:
    from sim.engine import Events, Program
    from sim.engine.program import State

_ENDS = (Kind.ENCOUNTER_END, Kind.CONDITION_END, Kind.MEDICATION_END)


@dataclass(frozen=True)
class Story:
    """Events and their context; arrays have one entry an event.

    Attributes:
        events: The events.
        states: What each state number means.
        person: Person number.
        stop: Day on which what began here was ended, NaN where nothing ended it.
        death: Day on which the person died, NaN for the living.
        visit: Row of the encounters table, or -1.
        people: Everybody.
        insurer: Who pays for each person below senior age.
    """

    events: "Events"
    states: "tuple[State, ...]"
    person: Ints
    stop: Days
    death: Days
    visit: Ints
    people: pd.DataFrame
    insurer: Payers

    def rows(self, kind: Kind) -> Ints:
        """Returns the events of a kind that belong to an encounter."""
        return np.flatnonzero((self.events.kind == kind) & (self.visit >= 0))

    def texts(self, name: str, states: Ints) -> ExtensionArray:
        """Looks up a text of states; blank where a state has none or is -1."""
        words = [getattr(state, name) or None for state in self.states]
        return pick([*words, None], np.where(states < 0, len(words), states))

    def look_up(self, value: "Callable[[State], float]", rows: Ints) -> Days:
        """Computes a number for each event from its state."""
        values = np.array([value(state) for state in self.states], dtype=np.float64)
        return np.asarray(values[self.events.state[rows]])

    def span(self, rows: Ints, end: Days) -> dict[str, Any]:
        """Returns the columns START, STOP and PATIENT."""
        patient = self.people["person_id"].array.take(self.person[rows])
        return {"START": moments(self.events.day[rows]), "STOP": moments(end), "PATIENT": patient}

    def concept(self, rows: Ints) -> dict[str, ExtensionArray]:
        """Returns the columns CODE and DESCRIPTION."""
        state = self.events.state[rows]
        return {"CODE": self.texts("code", state), "DESCRIPTION": self.texts("display", state)}

    def system(self, rows: Ints) -> ExtensionArray:
        """Returns the column SYSTEM."""
        return self.texts("system", self.events.state[rows])

    def reason(self, rows: Ints) -> dict[str, ExtensionArray]:
        """Returns the columns REASONCODE and REASONDESCRIPTION."""
        state = self.events.link[rows]
        return {"REASONCODE": self.texts("code", state), "REASONDESCRIPTION": self.texts("display", state)}

    def prices(self, rows: Ints, span: tuple[float, float]) -> Days:
        """Returns the price of each event's code, in dollars."""
        return self.look_up(lambda state: costs.price(state.code, span), rows)

    def by_person(self, rows: Ints, amounts: "pd.Series[float]") -> Days:
        """Adds up an amount of each event for each person."""
        sums = np.bincount(self.person[rows], amounts.to_numpy(dtype=np.float64), len(self.people))
        return np.asarray(sums, dtype=np.float64)

    def payer(self, rows: Ints) -> Payers:
        """Returns who pays at the time of each event."""
        person = self.person[rows]
        age = years_old(self.people["birth_date"].iloc[person], self.events.day[rows])
        return payer_at(self.insurer[person], age)


def tell(events: "Events", program: "Program", people: pd.DataFrame, seeds: Seeds) -> Story:
    """Finds person, end and encounter of each event.

    Args:
        events: What the engine says.
        program: The modules that it ran.
        people: The living.
        seeds: The population's seeds.
    """
    everybody, number, insurer = gather(events, people, seeds)
    lives = events.lives
    width = int(lives.attempt.max(initial=0)) + 1
    keys = lives.slot.astype(np.int64) * width + lives.attempt
    life = np.searchsorted(keys, events.slot.astype(np.int64) * width + events.attempt)
    stop = np.full(len(events.day), np.nan)
    ends = np.flatnonzero(np.isin(events.kind, _ENDS) & (events.link >= 0))
    stop[events.link[ends]] = events.day[ends]
    visit = _visits(life, events)
    death = lives.death_day[life]
    return Story(events, program.states, number[life], stop, death, visit, everybody, insurer)


def _visits(life: Ints, events: "Events") -> Ints:
    """Numbers the encounters over all lives, in the order in which they are told."""
    width = int(events.encounter.max(initial=0)) + 1
    meeting = life * width + events.encounter
    begun = meeting[(events.kind == Kind.ENCOUNTER) & (events.encounter >= 0)]
    if not len(begun):
        return np.full(len(life), -1, dtype=np.int64)
    row = np.searchsorted(begun, meeting).clip(0, len(begun) - 1)
    return np.where((events.encounter >= 0) & (begun[row] == meeting), row, -1)
