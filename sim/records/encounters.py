"""Encounters: where, with whom, how long, and of which class."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.countries import country as find_country
from sim.engine.kinds import Kind
from sim.population.numbers import Ints, keyed_bytes, keyed_numbers
from sim.population.places import areas
from sim.records import costs
from sim.records.columns import Days, lookup, uuids, words
from sim.records.facilities import IN_HOSPITAL, Staff, choose_facilities
from sim.records.insurance import Insurance, payer_ids
from sim.records.story import Rows, Story

CLASSES = tuple(costs.ENCOUNTERS)
"""Classes of encounters; elsewhere a class is an index into these. Any other class counts as ambulatory."""

MINUTES = {"emergency": 180.0, "outpatient": 45.0, "wellness": 30.0, "inpatient": 1440.0}
"""Length in minutes of an encounter that nothing ended, by class (assumed)."""

MINUTES_ELSE = 20.0
"""Length in minutes of other encounters, and of procedures (assumed)."""

VIRTUAL_SINCE = (42_368.0, 43_890.0)
"""2016-01-01, when encounters by video begin, and 2020-03-01, when they become common."""

VIRTUAL = (0.02, 0.18)
"""Share of encounters by video where they are possible, from each of those days on (assumed)."""


@dataclass(frozen=True)
class Visits:
    """The encounters that are kept, one entry a row of the encounters table.

    Attributes:
        rows: What the engine said.
        end: When each ended.
        kind: Class, an index into `CLASSES`.
        facility: Index into `FACILITIES`.
        provider: Row of the providers table.
        span: Row of the insurance spans.
        ids: Ids.
    """

    rows: Rows
    end: Days
    kind: Ints
    facility: Ints
    provider: Ints
    span: Ints
    ids: pa.Array

    def days_in_hospital(self) -> Ints:
        """Returns the days in hospital, at least one; 0 for all who are not inpatients."""
        stay = self.kind == CLASSES.index("inpatient")
        days = np.maximum(np.rint(self.end - self.rows.day), 1.0)
        return np.where(stay, days, 0).astype(np.int64)

    def base(self) -> Ints:
        """Returns the price of each encounter alone, in cents."""
        prices = np.rint(np.array(list(costs.ENCOUNTERS.values())) * 100).astype(np.int64)
        return np.asarray(prices[self.kind])


def meet(story: Story, staff: Staff, insurance: Insurance) -> Visits:
    """Places all encounters."""
    rows = story.rows(Kind.ENCOUNTER)
    key = story.seeds.word("records/encounters") >> 1
    who = (rows.slot, rows.attempt, rows.number)
    luck = keyed_numbers(key, *who)
    kind = _classes(story, rows, luck)
    hospital = np.isin(kind, [CLASSES.index(name) for name in IN_HOSPITAL])
    facility = choose_facilities(_zones(story.people, story.country)[rows.person], hospital, luck)
    mine = keyed_numbers(key, *who[:2])
    return Visits(
        rows=rows,
        end=_ends(story, rows, kind),
        kind=kind,
        facility=facility,
        provider=staff.first[facility] + mine % staff.size[facility],
        span=insurance.at(rows.person, rows.day),
        ids=uuids(keyed_bytes(key, *who)),
    )


def _classes(story: Story, rows: Rows, luck: Ints) -> Ints:
    """Says of which class encounters are; some that can be are held by video."""
    usual = story.lexicon.numbers("class", rows.state, _class).astype(np.int64)
    wish = story.lexicon.numbers("telemedicine", rows.state, _telemedicine)
    era = np.searchsorted(VIRTUAL_SINCE, rows.day, side="right")
    share = np.array([0.0, *VIRTUAL])[era]
    video = (wish == 2) & (era > 0) | (wish == 1) & ((luck >> 40) % 1000 < share * 1000)
    return np.where(video, CLASSES.index("virtual"), usual)


def _class(state: Any) -> float:
    known = state.encounter_class if state.encounter_class in CLASSES else "ambulatory"
    return float(CLASSES.index(known))


def _telemedicine(state: Any) -> float:
    return {"possible": 1.0, "always": 2.0}.get(state.details.get("telemedicine_possibility"), 0.0)


def _zones(people: pd.DataFrame, country: str) -> Ints:
    """Returns the zone of each person as an index into the country's zones."""
    places, zones = areas(country), find_country(country).zones
    zone = {area: zones.index(name) for area, name in zip(places["area"], places["zone"], strict=True)}
    return np.asarray(people["area"].map(zone), dtype=np.int64)


def _ends(story: Story, rows: Rows, kind: Ints) -> Days:
    """Says when encounters ended; death ends every one."""
    minutes = np.array([MINUTES.get(name, MINUTES_ELSE) for name in CLASSES])[kind]
    end = np.where(np.isnan(rows.stop), rows.day + minutes / 1440, rows.stop)
    return np.asarray(np.minimum(end, story.last(rows)))


def encounters(
    story: Story, visits: Visits, staff: Staff, insurance: Insurance, total: Ints, paid: Ints
) -> dict[str, Any]:
    """Returns the columns of the encounters table; `total` and `paid` are in cents."""
    rows = visits.rows
    return {
        "Id": visits.ids,
        **story.begun(rows, visits.end),
        "ORGANIZATION": lookup(staff.organization_ids, visits.facility),
        "PROVIDER": lookup(staff.provider_ids, visits.provider),
        "PAYER": payer_ids(insurance.payer[visits.span]),
        "ENCOUNTERCLASS": words(CLASSES, visits.kind),
        **story.lexicon.concept(rows.state),
        "BASE_ENCOUNTER_COST": visits.base() / 100.0,
        "TOTAL_CLAIM_COST": total / 100.0,
        "PAYER_COVERAGE": paid / 100.0,
        **story.reason(rows),
    }
