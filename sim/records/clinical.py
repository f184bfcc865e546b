"""What was found, measured, ordered and done at encounters, table by table."""

from typing import Any

import numpy as np
import pyarrow as pa

from sim.engine.kinds import Kind
from sim.population.numbers import Ints, drawn_bytes
from sim.records import costs
from sim.records.columns import Days, dates, references, times, uuids, words
from sim.records.encounters import MINUTES_ELSE, Visits
from sim.records.story import Rows, Story
from sim.records.values import measured

Columns = dict[str, Any]


def prices(story: Story, rows: Rows, name: str, span: tuple[float, float]) -> Ints:
    """Returns the price of each row's code in cents."""
    dollars = story.lexicon.numbers(name, rows.state, lambda state: costs.price(state.code, span))
    return np.rint(dollars * 100).astype(np.int64)


def conditions(story: Story, visits: Visits) -> Columns:
    """Returns the columns of the conditions table."""
    rows = story.rows(Kind.CONDITION)
    return {
        "START": dates(rows.day),
        "STOP": dates(rows.stop),
        "PATIENT": story.patient(rows),
        "ENCOUNTER": references(visits.ids, rows.visit),
        "SYSTEM": story.lexicon.words("system", rows.state),
        **story.lexicon.concept(rows.state),
    }


def observations(story: Story, visits: Visits) -> Columns:
    """Returns the columns of the observations table."""
    rows = story.rows(Kind.OBSERVATION)
    value, numeric = measured(story, rows)
    return {
        "DATE": times(rows.day),
        "PATIENT": story.patient(rows),
        "ENCOUNTER": references(visits.ids, rows.visit),
        "CATEGORY": story.lexicon.words("category", rows.state),
        **story.lexicon.concept(rows.state),
        "VALUE": value,
        "UNITS": story.lexicon.words("unit", rows.state),
        "TYPE": words(("text", "numeric"), numeric.astype(np.int8)),
    }


def dispenses(story: Story, rows: Rows) -> Ints:
    """Returns how often each medication was dispensed until its end, death or now."""
    taken = np.minimum(story.last(rows), np.where(np.isnan(rows.stop), np.inf, rows.stop)) - rows.day
    return np.maximum(1, np.ceil(taken / costs.REFILL_DAYS)).astype(np.int64)


def medications(story: Story, visits: Visits, payer: pa.Array, price: Ints, paid: Ints) -> Columns:
    """Returns the columns of the medications table; amounts are in cents."""
    rows = story.rows(Kind.MEDICATION)
    count = dispenses(story, rows)
    return {
        **story.begun(rows, story.ended(rows)),
        "PAYER": payer,
        "ENCOUNTER": references(visits.ids, rows.visit),
        **story.lexicon.concept(rows.state),
        "BASE_COST": price / 100.0,
        "PAYER_COVERAGE": paid / 100.0,
        "DISPENSES": count,
        "TOTALCOST": price * count / 100.0,
        **story.reason(rows),
    }


def procedures(story: Story, visits: Visits, price: Ints) -> Columns:
    """Returns the columns of the procedures table."""
    rows = story.rows(Kind.PROCEDURE)
    length = np.where(rows.value > 0, rows.value, MINUTES_ELSE / 1440)
    end: Days = np.minimum(rows.day + length, story.last(rows))
    return {
        **story.begun(rows, end),
        "ENCOUNTER": references(visits.ids, rows.visit),
        "SYSTEM": story.lexicon.words("system", rows.state),
        **story.lexicon.concept(rows.state),
        "BASE_COST": price / 100.0,
        **story.reason(rows),
    }


def immunizations(story: Story, visits: Visits, price: Ints) -> Columns:
    """Returns the columns of the immunizations table."""
    rows = story.rows(Kind.IMMUNIZATION)
    return {
        "DATE": times(rows.day),
        "PATIENT": story.patient(rows),
        "ENCOUNTER": references(visits.ids, rows.visit),
        **story.lexicon.concept(rows.state),
        "BASE_COST": price / 100.0,
    }


def careplans(story: Story, visits: Visits) -> Columns:
    """Returns the columns of the careplans table."""
    rows = story.rows(Kind.CAREPLAN)
    return {
        "Id": uuids(drawn_bytes(len(rows), story.seeds.stream("records/careplans"))),
        "START": dates(rows.day),
        "STOP": dates(story.ended(rows)),
        "PATIENT": story.patient(rows),
        "ENCOUNTER": references(visits.ids, rows.visit),
        **story.lexicon.concept(rows.state),
        **story.reason(rows),
    }
