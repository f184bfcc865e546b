"""From integer events to clinical tables."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.countries import country as find_country
from sim.engine.kinds import Kind
from sim.population.numbers import Ints
from sim.records import clinical, devices
from sim.records.accounts import Sums, keep_accounts, payer_sums, payers
from sim.records.claims import Bills, Claims, bill
from sim.records.encounters import Visits, encounters, meet
from sim.records.facilities import Staff, hire
from sim.records.insurance import insure, member_ids, payer_ids
from sim.records.lexicon import Lexicon
from sim.records.lives import HORIZON, first_day
from sim.records.patients import patients
from sim.records.payers import PAYERS
from sim.records.story import Story
from sim.records.tables import TABLES, Records, columns_of, table, to_pandas
from sim.seeds import Seeds

if TYPE_CHECKING:
    from sim.engine import Events, Program

SHARED = ("organizations", "payers")
"""Tables that all parts of a population share; each part adds to their sums."""


class _Tables(Mapping[str, pa.Table]):
    """Tables that are made whenever they are asked for.

    Args:
        makers: How to make the columns of each.
    """

    def __init__(self, makers: Mapping[str, Callable[[], dict[str, Any]]]) -> None:
        """Makes nothing yet."""
        self._makers = makers

    def __getitem__(self, name: str) -> pa.Table:
        """Makes a table."""
        return table(name, self._makers[name]())

    def __iter__(self) -> Iterator[str]:
        """Yields the names of the tables."""
        return iter(self._makers)

    def __len__(self) -> int:
        """Returns the number of tables."""
        return len(self._makers)


@dataclass(frozen=True)
class Part:
    """What was recorded about a part of a population.

    Attributes:
        tables: Synthea's tables without the shared ones. Each is made when it is asked for and not kept, so
            that they need not all lie in memory at once.
        people: Everybody, see `Records.people`.
        sums: For each shared table what this part adds, by name of the sum; amounts are in cents.
    """

    tables: Mapping[str, pa.Table]
    people: pd.DataFrame
    sums: dict[str, Sums]


def decode(events: "Events", program: "Program", people: pd.DataFrame, seeds: Seeds) -> Records:
    """Decodes what happened into tables with Synthea's columns; see `decode_part`."""
    return gather_records(decode_part(events, Lexicon(program.states), people, seeds), seeds)


def gather_records(
    part: Part, seeds: Seeds, wanted: Collection[str] = TABLES, country: str = "us"
) -> Records:
    """Makes records in memory of a population that has one part."""
    shared = shared_tables(part.sums, seeds, country)
    tables = {
        name: to_pandas(shared[name] if name in shared else part.tables[name])
        for name in TABLES
        if name in wanted
    }
    return Records(tables, part.people)


def shared_tables(sums: dict[str, Sums], seeds: Seeds, country: str = "us") -> dict[str, pa.Table]:
    """Makes the tables that all parts of a population share.

    Args:
        sums: What all parts add up to.
        seeds: The whole population's seeds.
        country: Whose institutions and payers.
    """
    done = sums["organizations"]
    organizations = hire(seeds, country=country).organizations.assign(
        REVENUE=np.array(done["revenue"]) / 100.0, UTILIZATION=np.array(done["utilization"], dtype=np.int64)
    )
    return {
        "organizations": table("organizations", columns_of(organizations)),
        "payers": table("payers", payers(sums["payers"], country)),
    }


def decode_part(
    events: "Events",
    lexicon: Lexicon,
    people: pd.DataFrame,
    seeds: Seeds,
    county: Seeds | None = None,
    first: int = 0,
    history: float | None = None,
    country: str = "us",
) -> Part:
    """Decodes what happened to a part of a population.

    What belongs to no encounter was seen by nobody and is not recorded.

    Args:
        events: What the engine says.
        lexicon: What its states mean.
        people: The living, as `populate` made them.
        seeds: The part's seeds.
        county: The whole population's seeds, where it has several parts.
        first: How many living people the parts before this one have.
        history: Years that are kept, see `Story`; everything by default.
        country: Where they live.
    """
    story = Story(events, lexicon, people, seeds, first_day(history), county, first, country)
    del events  # They need most of the memory.
    staff = hire(seeds, county, country)
    insurance = insure(story.people, story.birth, np.fmin(story.death, HORIZON), seeds)
    visits = meet(story, staff, insurance)
    pills = story.rows(Kind.MEDICATION)
    pill_span = insurance.at(pills.person, pills.day)
    bills = bill(story, visits, insurance, pill_span)
    span = np.concatenate([visits.span, pill_span])
    accounts = keep_accounts(story, insurance, span, np.concatenate([visits.rows.day, pills.day]), bills)
    members = member_ids(insurance, seeds)
    count, covered = len(visits.rows), bills.covered()
    everyone = len(story.people)
    owed, paid = (accounts.by_person(cents, everyone) for cents in (accounts.owed, accounts.covered))
    claims = Claims(story, visits, bills, insurance, pill_span, staff, members)
    makers: dict[str, Callable[[], dict[str, Any]]] = {
        "patients": lambda: patients(story.people, story.ids, owed, paid, seeds, country),
        "encounters": lambda: encounters(
            story, visits, staff, insurance, bills.total[:count], covered[:count]
        ),
        "conditions": lambda: clinical.conditions(story, visits),
        "observations": lambda: clinical.observations(story, visits),
        "medications": lambda: clinical.medications(
            story, visits, payer_ids(insurance.payer[pill_span]), bills.medication, covered[count:]
        ),
        "procedures": lambda: clinical.procedures(story, visits, bills.procedure),
        "immunizations": lambda: clinical.immunizations(story, visits, bills.immunization),
        "allergies": lambda: devices.allergies(story, visits),
        "careplans": lambda: clinical.careplans(story, visits),
        "devices": lambda: devices.devices(story, visits),
        "imaging_studies": lambda: devices.imaging_studies(story, visits),
        "supplies": lambda: devices.supplies(story, visits),
        "claims": claims.claims,
        "claims_transactions": claims.transactions,
        "payer_transitions": lambda: insurance.transitions(story.ids, story.people, members, country),
        "patient_expenses": lambda: accounts.expenses(story),
        "providers": lambda: _providers(story, staff, visits),
    }
    sums = {
        "organizations": _organizations(staff, visits, bills),
        "payers": payer_sums(story, visits, insurance, pill_span, bills, accounts),
    }
    now = insurance.payer[insurance.at(story.everybody, np.fmin(story.death, HORIZON))]
    words = find_country(country).payers
    names = np.array([words[payer.name] for payer in PAYERS], dtype=object)
    return Part(_Tables(makers), story.people.assign(payer=names[now]), sums)


def _providers(story: Story, staff: Staff, visits: Visits) -> dict[str, Any]:
    """Counts what providers did."""
    workers, done = len(staff.providers), story.rows(Kind.PROCEDURE).visit
    counted = staff.providers.assign(
        ENCOUNTERS=np.bincount(visits.provider, minlength=workers),
        PROCEDURES=np.bincount(visits.provider[done], minlength=workers),
    )
    return columns_of(counted)


def _organizations(staff: Staff, visits: Visits, bills: Bills) -> Sums:
    """Counts what institutions did."""
    houses = len(staff.size)
    revenue = np.bincount(visits.facility, bills.total[: len(visits.rows)], houses)
    done: Ints = np.bincount(visits.facility, minlength=houses)
    return {"revenue": revenue.astype(np.int64).tolist(), "utilization": done.tolist()}
