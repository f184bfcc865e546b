"""From integer events to clinical tables."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sim.engine.kinds import Kind
from sim.population.numbers import Ints, keyed_numbers, keyed_uuids
from sim.population.places import areas
from sim.records import costs
from sim.records.facilities import Staff, choose_facilities, hire
from sim.records.lives import HORIZON, Days
from sim.records.patients import patients
from sim.records.payers import PAYERS
from sim.records.story import Story, Texts, tell
from sim.records.tables import Records, conform
from sim.records.values import measured
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
    procedures = _procedures(story)
    encounters, provider = _encounters(story, staff, procedures, seeds)
    ids = encounters["Id"].to_numpy(dtype=object)
    tables = {
        "conditions": _conditions(story),
        "observations": _observations(story),
        "medications": _medications(story),
        "procedures": procedures,
    }
    for name, kind in _RECORDED.items():
        tables[name] = tables[name].assign(ENCOUNTER=ids[story.visit[story.rows(kind)]])
    tables |= _count(staff, encounters, provider, story.visit[story.rows(Kind.PROCEDURE)])
    tables["encounters"] = encounters
    tables["patients"] = patients(story.people, encounters, tables["medications"], seeds)
    return Records({name: conform(name, table) for name, table in tables.items()}, story.people)


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
    classes = story.texts("encounter_class", story.events.state[rows])
    begin, end = story.events.day[rows], _ends(story, rows, classes)
    key = seeds.word("records/encounters") >> 1
    words = (story.events.slot[rows], story.events.attempt[rows], story.events.encounter[rows])
    area = story.people["area"].map(areas().set_index("area")["zone"])
    zone = area.to_numpy(dtype=object)[story.person[rows]]
    facility = choose_facilities(zone, classes, keyed_numbers(key, *words))
    habit = keyed_numbers(key, *words[:2])
    provider = np.asarray(staff.first[facility] + habit % staff.size[facility])
    base = np.array([costs.ENCOUNTERS.get(word, costs.ENCOUNTERS["ambulatory"]) for word in classes])
    nights = np.where(classes == "inpatient", np.ceil(end - begin), 0.0)
    total = base + nights * costs.DAY_INPATIENT
    np.add.at(total, story.visit[story.rows(Kind.PROCEDURE)], procedures["BASE_COST"].to_numpy())
    payer = story.payer(rows)
    table = {
        "Id": keyed_uuids(key, *words),
        **story.span(rows, end),
        "ORGANIZATION": staff.organizations["Id"].to_numpy(dtype=object)[facility],
        "PROVIDER": staff.providers["Id"].to_numpy(dtype=object)[provider],
        "PAYER": _payer_ids(payer),
        "ENCOUNTERCLASS": classes,
        **story.concept(rows),
        "BASE_ENCOUNTER_COST": base,
        "TOTAL_CLAIM_COST": np.round(total, 2),
        "PAYER_COVERAGE": costs.coverage(total, payer),
        **story.reason(rows),
    }
    return pd.DataFrame(table), provider


def _ends(story: Story, rows: Ints, classes: Texts) -> Days:
    """Says when encounters ended; death ends every one."""
    minutes = np.array([MINUTES.get(word, MINUTES_ELSE) for word in classes])
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
            "TYPE": np.where(numeric, "numeric", "text").astype(object),
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


def _payer_ids(payer: Ints) -> Texts:
    return np.array([each.id for each in PAYERS], dtype=object)[payer]


def _count(staff: Staff, encounters: pd.DataFrame, provider: Ints, visit: Ints) -> dict[str, pd.DataFrame]:
    """Counts what institutions and providers did; `visit` is the encounter of each procedure."""
    house = encounters.groupby("ORGANIZATION")["TOTAL_CLAIM_COST"].agg(["sum", "size"])
    organizations = staff.organizations
    ids = organizations["Id"]
    workers = len(staff.providers)
    return {
        "organizations": organizations.assign(
            REVENUE=ids.map(house["sum"]).fillna(0.0).round(2),
            UTILIZATION=ids.map(house["size"]).fillna(0).astype(np.int64),
        ),
        "providers": staff.providers.assign(
            ENCOUNTERS=np.bincount(provider, minlength=workers),
            PROCEDURES=np.bincount(provider[visit], minlength=workers),
        ),
    }
