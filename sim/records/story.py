"""Events sorted out: what belongs into the tables, to whom, and to which encounter."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from sim.engine.kinds import Kind
from sim.population.numbers import Ints
from sim.records.columns import Days, lookup, times
from sim.records.lexicon import Lexicon
from sim.records.lives import HORIZON, day_numbers, gather
from sim.seeds import Seeds

if TYPE_CHECKING:
    from sim.engine import Events

LASTING = (Kind.CONDITION, Kind.CAREPLAN, Kind.ALLERGY, Kind.DEVICE, Kind.MEDICATION)
"""Kinds of which those are kept that began before the kept years and lasted into them."""

LONG = 90.0
"""Days from which on a condition counts as long."""

_ENDS = tuple(kind for kind in Kind if kind.name.endswith("_END"))


@dataclass(frozen=True)
class Rows:
    """Events of one kind that belong into a table, in the order in which they were told.

    Attributes:
        slot, attempt: Which life.
        person: Person number.
        day: Days since 1900-01-01.
        state: State number.
        value: Of an observation; days of a procedure.
        link: State number of the reason, or -1.
        stop: Day on which what began was ended, NaN where nothing ended it.
        number: Running number of the encounter in its life.
        visit: Row of the encounters table.
    """

    slot: Ints
    attempt: Ints
    person: Ints
    day: Days
    state: Ints
    value: Days
    link: Ints
    stop: Days
    number: Ints
    visit: Ints

    def __len__(self) -> int:
        """Returns the number of rows."""
        return len(self.day)

    def take(self, index: Any) -> "Rows":
        """Returns some of the rows."""
        return Rows(*(getattr(self, name)[index] for name in self.__dataclass_fields__))


class Story:
    """What happened to everybody, as the tables tell it.

    What belongs to no encounter was seen by nobody and is not told.

    Args:
        events: What the engine says.
        lexicon: What its states mean.
        people: The living.
        seeds: The population's seeds.
        since: Day from which on everything is kept. Of what began earlier, what lasted into the kept
            time is kept (see `LASTING`) with the encounter in which it began; of conditions that were
            over by then, the person's first of each code that was found in hospital or lasted `LONG`.
        county: Seeds that all parts of a county share, where it has several.
        first: How many living people the parts before this one have.
        country: Where they live.
    """

    def __init__(
        self,
        events: "Events",
        lexicon: Lexicon,
        people: pd.DataFrame,
        seeds: Seeds,
        since: float = -np.inf,
        county: Seeds | None = None,
        first: int = 0,
        country: str = "us",
    ) -> None:
        """Finds everybody and every encounter."""
        self.lexicon, self.seeds, self.since, self.country = lexicon, seeds, since, country
        self.people, person = gather(events, people, seeds, county, first, country)
        self.ids = pa.array(self.people["person_id"].to_numpy(dtype=object), pa.string())
        self.birth = day_numbers(self.people["birth_date"])
        death = np.empty(len(person))
        death[person] = events.lives.death_day
        self.death: Days = death
        life = _lives(events)
        stop = np.full(len(life), np.nan)
        order = np.argsort(events.kind, kind="stable")
        edges = np.searchsorted(events.kind[order], np.arange(len(Kind) + 1))
        for kind in _ENDS:
            ends = order[edges[kind] : edges[kind + 1]]
            ends = ends[events.link[ends] >= 0]
            stop[events.link[ends]] = events.day[ends]
        begun = order[edges[Kind.ENCOUNTER] : edges[Kind.ENCOUNTER + 1]]
        most = np.zeros(len(person), dtype=np.int64)
        np.maximum.at(most, life[begun], events.encounter[begun] + 1)
        before = np.cumsum(most) - most
        row = np.full(int(most.sum()), -1, dtype=np.int64)
        row[before[life[begun]] + events.encounter[begun]] = np.arange(len(begun))

        def told(kind: Kind) -> Rows:
            place = order[edges[kind] : edges[kind + 1]]
            place = place[events.encounter[place] >= 0]
            if kind not in (Kind.ENCOUNTER, *LASTING):
                place = place[events.day[place] >= since]
            place = place[events.encounter[place] < most[life[place]]]
            visit = row[before[life[place]] + events.encounter[place]]
            place, visit = place[visit >= 0], visit[visit >= 0]
            one = life[place]
            rows = Rows(
                slot=events.slot[place],
                attempt=events.attempt[place],
                person=person[one],
                day=events.day[place],
                state=events.state[place],
                value=events.value[place],
                link=events.link[place],
                stop=stop[place],
                number=events.encounter[place],
                visit=visit,
            )
            return rows

        self._rows = {kind: told(kind) for kind in Kind if kind not in (*_ENDS, Kind.DEATH, Kind.REPORT)}
        if np.isfinite(since):
            self._shorten()

        self._number_encounters()

    def _shorten(self) -> None:
        """Leaves out what is too old, and the encounters of which then nothing is kept."""
        visits = self._rows.pop(Kind.ENCOUNTER)
        recent = visits.day >= self.since
        kept = np.zeros(len(visits), dtype=bool)
        kept[visits.visit[recent]] = True
        stay = np.zeros(len(visits), dtype=bool)
        stay[visits.visit] = self.lexicon.numbers(
            "stay", visits.state, lambda state: state.encounter_class == "inpatient"
        )
        for kind, rows in self._rows.items():
            self._rows[kind] = rows = rows.take(self._kept(kind, rows, stay))
            kept[rows.visit] = True
        self._rows[Kind.ENCOUNTER] = visits.take(np.flatnonzero(kept[visits.visit]))

    def _kept(self, kind: Kind, rows: Rows, stay: npt.NDArray[np.bool_]) -> Ints:
        """Returns the rows that are kept; `stay` says which encounters were in hospital."""
        kept = rows.day >= self.since
        if kind in LASTING:
            kept |= ~(rows.stop < self.since)
        if kind == Kind.CONDITION:
            grave = stay[rows.visit] | (rows.stop - rows.day >= LONG)
            over = np.flatnonzero(~kept & grave)
            code = self.lexicon.words("code", rows.state[over]).indices.to_numpy(zero_copy_only=False)
            _, first = np.unique(rows.person[over] * 2**31 + code, return_index=True)
            kept[over[first]] = True
        return np.flatnonzero(kept)

    def _number_encounters(self) -> None:
        """Numbers the encounters by their rows."""
        visits = self._rows[Kind.ENCOUNTER]
        row = np.empty(int(visits.visit.max(initial=-1)) + 1, dtype=np.int64)
        row[visits.visit] = np.arange(len(visits))
        self._rows = {kind: replace(rows, visit=row[rows.visit]) for kind, rows in self._rows.items()}

    def rows(self, kind: Kind) -> Rows:
        """Returns what is kept of one kind."""
        return self._rows[kind]

    def last(self, rows: Rows) -> Days:
        """Returns for each row the day on which the person's history ends: by death, or now."""
        return np.asarray(np.fmin(self.death[rows.person], HORIZON))

    def ended(self, rows: Rows) -> Days:
        """Returns when each row ended: by itself or by death; NaN where it goes on."""
        return np.asarray(np.fmin(rows.stop, self.death[rows.person]))

    def patient(self, rows: Rows) -> pa.Array:
        """Returns the column PATIENT."""
        return lookup(self.ids, rows.person)

    def begun(self, rows: Rows, end: Days) -> dict[str, Any]:
        """Returns the columns START, STOP and PATIENT."""
        return {"START": times(rows.day), "STOP": times(end), "PATIENT": self.patient(rows)}

    def reason(self, rows: Rows) -> dict[str, Any]:
        """Returns the columns REASONCODE and REASONDESCRIPTION."""
        return self.lexicon.concept(rows.link, "REASON")

    @cached_property
    def everybody(self) -> Ints:
        """Everybody's number."""
        return np.arange(len(self.people))


def _lives(events: "Events") -> Ints:
    """Returns for each event the row of its life in `events.lives`; both are sorted alike."""
    if not len(events.day):
        return np.empty(0, dtype=np.int64)
    change = (events.slot[1:] != events.slot[:-1]) | (events.attempt[1:] != events.attempt[:-1])
    first = np.concatenate([[0], np.flatnonzero(change) + 1])
    width = int(events.lives.attempt.max(initial=0)) + 1
    keys = events.lives.slot.astype(np.int64) * width + events.lives.attempt
    life = np.searchsorted(keys, events.slot[first].astype(np.int64) * width + events.attempt[first])
    return np.repeat(life, np.diff([*first, len(events.day)]))
