"""From integer events to clinical tables."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from sim.engine.kinds import Kind
from sim.population.numbers import Ints, keyed_numbers, keyed_uuids
from sim.population.places import areas
from sim.records import costs
from sim.records.facilities import IN_HOSPITAL, ZONES, Staff, choose_facilities, hire
from sim.records.lives import HORIZON, Days
from sim.records.patients import patients
from sim.records.payers import PAYERS, Payers
from sim.records.story import Story, tell
from sim.records.tables import TABLES, Records, conform
from sim.records.values import measured
from sim.records.words import pick
from sim.seeds import Seeds

if TYPE_CHECKING:
    from sim.engine import Events, Program

MINUTES = {"emergency": 180.0, "outpatient": 45.0, "wellness": 30.0, "inpatient": 1440.0}
"""Length in minutes of an encounter that nothing ended, by class (assumed)."""

MINUTES_ELSE = 20.0
"""Length in minutes of other encounters, and of procedures (assumed)."""

REFILL_DAYS = 30
"""A dispense lasts this long (assumed)."""


def decode(events: "Events", program: "Program", people: pd.DataFrame, seeds: Seeds) -> Records:
    """Decodes what happened into tables with Synthea's columns.

    What belongs to no encounter was seen by nobody and is not recorded.

    Args:
        events: What the engine says.
        program: The modules that it ran.
        people: The living, as `populate` made them.
        seeds: The population's seeds.

    Returns:
        Tables, and everybody with their state of health at the end.
    """
    story = tell(events, program, people, seeds)
    staff = hire(seeds)
    procedures, medications = _procedures(story), _medications(story)
    encounters, provider = _encounters(story, staff, procedures, seeds)
    tables = {
        "conditions": _conditions(story),
        "observations": _observations(story),
        "medications": medications,
        "procedures": procedures,
    }
    ids = encounters["Id"].array
    for name, kind in _RECORDED.items():
        tables[name]["ENCOUNTER"] = ids.take(story.visit[story.rows(kind)])
    visits, pills = story.rows(Kind.ENCOUNTER), story.rows(Kind.MEDICATION)
    spent = story.by_person(visits, encounters["TOTAL_CLAIM_COST"])
    spent += story.by_person(pills, medications["TOTALCOST"])
    covered = story.by_person(visits, encounters["PAYER_COVERAGE"])
    covered += story.by_person(pills, medications["PAYER_COVERAGE"])
    tables |= _count(staff, encounters, provider, story.visit[story.rows(Kind.PROCEDURE)])
    tables |= {"encounters": encounters, "patients": patients(story.people, spent, covered, seeds)}
    return Records({name: conform(name, tables[name]) for name in TABLES}, story.people)


_RECORDED = {
    "conditions": Kind.CONDITION,
    "observations": Kind.OBSERVATION,
    "medications": Kind.MEDICATION,
    "procedures": Kind.PROCEDURE,
}


def _encounters(
    story: Story, staff: Staff, procedures: pd.DataFrame, seeds: Seeds
) -> tuple[pd.DataFrame, Ints]:
    """Makes the encounters, and says which provider each one was with."""
    rows = story.rows(Kind.ENCOUNTER)
    begin, end = story.events.day[rows], _ends(story, rows)
    key = seeds.word("records/encounters") >> 1
    words = (story.events.slot[rows], story.events.attempt[rows], story.events.encounter[rows])
    hospital = story.look_up(lambda state: state.encounter_class in IN_HOSPITAL, rows) > 0
    facility = choose_facilities(
        _zones(story.people)[story.person[rows]], hospital, keyed_numbers(key, *words)
    )
    provider = staff.first[facility] + keyed_numbers(key, *words[:2]) % staff.size[facility]
    base = story.look_up(lambda state: costs.ENCOUNTERS.get(state.encounter_class, costs.ELSE), rows)
    stays = story.look_up(lambda state: state.encounter_class == "inpatient", rows)
    total = base + stays * np.ceil(end - begin) * costs.DAY_INPATIENT
    np.add.at(total, story.visit[story.rows(Kind.PROCEDURE)], procedures["BASE_COST"].to_numpy())
    payer = story.payer(rows)
    table = {
        "Id": keyed_uuids(key, *words),
        **story.span(rows, end),
        "ORGANIZATION": staff.organizations["Id"].array.take(facility),
        "PROVIDER": staff.providers["Id"].array.take(provider),
        "PAYER": _payer_ids(payer),
        "ENCOUNTERCLASS": story.texts("encounter_class", story.events.state[rows]),
        **story.concept(rows),
        "BASE_ENCOUNTER_COST": base,
        "TOTAL_CLAIM_COST": np.round(total, 2),
        "PAYER_COVERAGE": costs.coverage(total, payer),
        **story.reason(rows),
    }
    return pd.DataFrame(table).astype({"Id": "str"}), provider


def _zones(people: pd.DataFrame) -> Ints:
    """Returns the zone of each person as an index into `ZONES`."""
    zone = {area: ZONES.index(zone) for area, zone in zip(areas()["area"], areas()["zone"], strict=True)}
    return np.asarray(people["area"].map(zone), dtype=np.int64)


def _ends(story: Story, rows: Ints) -> Days:
    """Says when encounters ended; death ends every one."""
    minutes = story.look_up(lambda state: MINUTES.get(state.encounter_class, MINUTES_ELSE), rows)
    stop = story.stop[rows]
    end = np.where(np.isnan(stop), story.events.day[rows] + minutes / 1440, stop)
    return np.asarray(np.minimum(np.fmin(end, story.death[rows]), HORIZON))


def _conditions(story: Story) -> pd.DataFrame:
    rows = story.rows(Kind.CONDITION)
    table = {**story.span(rows, story.stop[rows]), "SYSTEM": story.system(rows), **story.concept(rows)}
    days = {name: table[name].astype("datetime64[D]").astype("datetime64[s]") for name in ("START", "STOP")}
    return pd.DataFrame(table | days)


def _observations(story: Story) -> pd.DataFrame:
    rows = story.rows(Kind.OBSERVATION)
    state = story.events.state[rows]
    span = story.span(rows, story.stop[rows])
    value, numeric = measured(story, rows)
    return pd.DataFrame(
        {
            "DATE": span["START"],
            "PATIENT": span["PATIENT"],
            "CATEGORY": story.texts("category", state),
            **story.concept(rows),
            "VALUE": value,
            "UNITS": story.texts("unit", state),
            "TYPE": pick(("text", "numeric"), numeric),
        }
    )


def _medications(story: Story) -> pd.DataFrame:
    rows = story.rows(Kind.MEDICATION)
    end = np.fmin(story.stop[rows], story.death[rows])
    taken = np.where(np.isnan(end), HORIZON, end) - story.events.day[rows]
    dispenses = np.maximum(1, np.ceil(taken / REFILL_DAYS)).astype(np.int64)
    base = story.prices(rows, costs.MEDICATION)
    payer = story.payer(rows)
    return pd.DataFrame(
        {
            **story.span(rows, end),
            "PAYER": _payer_ids(payer),
            **story.concept(rows),
            "BASE_COST": base,
            "PAYER_COVERAGE": costs.coverage(base * dispenses, payer),
            "DISPENSES": dispenses,
            "TOTALCOST": np.round(base * dispenses, 2),
            **story.reason(rows),
        }
    )


def _procedures(story: Story) -> pd.DataFrame:
    rows = story.rows(Kind.PROCEDURE)
    length = story.events.value[rows]
    end = story.events.day[rows] + np.where(length > 0, length, MINUTES_ELSE / 1440)
    end = np.minimum(np.fmin(end, story.death[rows]), HORIZON)
    return pd.DataFrame(
        {
            **story.span(rows, end),
            "SYSTEM": story.system(rows),
            **story.concept(rows),
            "BASE_COST": story.prices(rows, costs.PROCEDURE),
            **story.reason(rows),
        }
    )


def _payer_ids(payer: Payers) -> ExtensionArray:
    return pick([each.id for each in PAYERS], payer)


def _count(staff: Staff, encounters: pd.DataFrame, provider: Ints, visit: Ints) -> dict[str, pd.DataFrame]:
    """Counts what institutions and providers did; `visit` is the encounter of each procedure."""
    workers = len(staff.providers)
    facility = np.repeat(np.arange(len(staff.size)), staff.size)[provider]
    bill = encounters["TOTAL_CLAIM_COST"].to_numpy()
    return {
        "organizations": staff.organizations.assign(
            REVENUE=np.bincount(facility, bill, len(staff.size)).round(2),
            UTILIZATION=np.bincount(facility, minlength=len(staff.size)),
        ),
        "providers": staff.providers.assign(
            ENCOUNTERS=np.bincount(provider, minlength=workers),
            PROCEDURES=np.bincount(provider[visit], minlength=workers),
        ),
    }
