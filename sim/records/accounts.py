"""What care cost each patient and each payer, year by year."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.countries import country as find_country
from sim.engine.kinds import Kind
from sim.population.numbers import Ints, phone_texts
from sim.population.places import write_address
from sim.records.claims import Bills
from sim.records.columns import dollars, lookup
from sim.records.encounters import Visits
from sim.records.insurance import Insurance, payer_ids
from sim.records.lives import HORIZON
from sim.records.payers import PAYERS
from sim.records.quality import new_year, quality, years_of
from sim.records.story import Story

Columns = dict[str, Any]

Sums = dict[str, list[float]]
"""One number for each payer, or institution, by name of the sum."""


@dataclass(frozen=True)
class Accounts:
    """One entry for each span of insurance and calendar year.

    Attributes:
        person: Person number.
        payer: Index into `PAYERS`.
        year: Calendar year.
        share: How much of the year the span fills, 0 to 1.
        covered: What payers took, in cents.
        owed: What the patient paid for care, in cents.
        kept: Whether the year is within the kept history, or something was billed.
    """

    person: Ints
    payer: Ints
    year: Ints
    share: npt.NDArray[np.float64]
    covered: Ints
    owed: Ints
    kept: npt.NDArray[np.bool_]

    def premium(self) -> Ints:
        """Returns what the patient paid for insurance, in cents."""
        yearly = np.array([payer.premium for payer in PAYERS])
        return np.rint(yearly[self.payer] * self.share * 100).astype(np.int64)

    def by_person(self, cents: Ints, people: int) -> Ints:
        """Adds up amounts for each person."""
        return np.bincount(self.person, cents, people).astype(np.int64)

    def expenses(self, story: Story) -> Columns:
        """Returns the columns of the patient_expenses table."""
        rows = np.flatnonzero(self.kept)
        return {
            "PATIENT_ID": lookup(story.ids, self.person[rows]),
            "YEAR": self.year[rows],
            "PAYER_ID": payer_ids(self.payer[rows]),
            "HEALTHCARE_EXPENSES": dollars(self.owed[rows]),
            "INSURANCE_COSTS": dollars(self.premium()[rows]),
            "COVERED_COSTS": dollars(self.covered[rows]),
        }


def keep_accounts(story: Story, insurance: Insurance, span: Ints, day: Any, bills: Bills) -> Accounts:
    """Books every claim in the year and the span of insurance in which it falls.

    Args:
        story: The events.
        insurance: Who is insured with whom.
        span: Span of each claim.
        day: Day of each claim.
        bills: What everything cost.
    """
    began = years_of(insurance.start)
    count = years_of(np.maximum(insurance.end - 1e-6, insurance.start)) - began + 1
    first = np.cumsum(count) - count
    row = np.repeat(np.arange(len(count)), count)
    year = began[row] + np.arange(len(row)) - first[row]
    share = np.minimum(insurance.end[row], new_year(year + 1)) - np.maximum(
        insurance.start[row], new_year(year)
    )
    place = first[span] + np.minimum(years_of(day) - began[span], count[span] - 1)
    covered, owed = (
        np.bincount(place, cents, len(row)).astype(np.int64)
        for cents in (bills.covered(), bills.total - bills.covered())
    )
    return Accounts(
        person=insurance.person[row],
        payer=insurance.payer[row],
        year=year,
        share=np.clip(share, 0.0, None) / 365.25,
        covered=covered,
        owed=owed,
        kept=(new_year(year + 1) > story.since) | (covered + owed > 0),
    )


def payer_sums(
    story: Story,
    visits: Visits,
    insurance: Insurance,
    medication_span: Ints,
    bills: Bills,
    accounts: Accounts,
) -> Sums:
    """Adds up what each payer did, so that it can be added up over parts of a population.

    Amounts are in cents; `quality` is the quality of life times the years of membership, `years` these years
    in the kept history.
    """
    payers = len(PAYERS)
    payer = insurance.payer[np.concatenate([visits.span, medication_span])]
    count = len(visits.rows)
    done = bills.covered() > 0
    sums: dict[str, npt.NDArray[Any]] = {
        "covered": np.bincount(payer, bills.covered(), payers),
        "uncovered": np.bincount(payer, bills.total - bills.covered(), payers),
        "premiums": np.bincount(accounts.payer, accounts.premium() * accounts.kept, payers),
    }
    of = {
        "ENCOUNTERS": np.arange(count),
        "MEDICATIONS": np.arange(count, len(payer)),
        "PROCEDURES": story.rows(Kind.PROCEDURE).visit,
        "IMMUNIZATIONS": story.rows(Kind.IMMUNIZATION).visit,
    }
    for what, claim in of.items():
        for word, here in (("COVERED", done[claim]), ("UNCOVERED", ~done[claim])):
            sums[f"{word}_{what}"] = np.bincount(payer[claim[here]], minlength=payers)
    member = np.unique(insurance.person * payers + insurance.payer)
    sums["UNIQUE_CUSTOMERS"] = np.bincount(member % payers, minlength=payers)
    months = np.rint((insurance.end - insurance.start) / 30.4375)
    sums["MEMBER_MONTHS"] = np.bincount(insurance.payer, months, payers)
    whole = {name: column.astype(np.int64).tolist() for name, column in sums.items()}
    return whole | _quality(story, accounts)


def _quality(story: Story, accounts: Accounts) -> Sums:
    here = np.flatnonzero(new_year(accounts.year + 1) > max(story.since, 0.0))
    last = int(years_of(np.array([HORIZON - 1]))[0])
    first = int(accounts.year[here].min(initial=last))
    worth = quality(story, first, last)[accounts.person[here], accounts.year[here] - first]
    share, payer = accounts.share[here], accounts.payer[here]
    return {
        "quality": np.bincount(payer, worth * share, len(PAYERS)).tolist(),
        "years": np.bincount(payer, share, len(PAYERS)).astype(np.float64).tolist(),
    }


ROW = {"us": "Insurance Row", "cn": "医保路"}
"""The invented street on which all payers have their seat, by country."""


def payers(sums: Sums, country: str = "us") -> Columns:
    """Returns the columns of the payers table.

    Args:
        sums: What `payer_sums` returned, added up over all parts.
        country: Whose payers; in China their seat is the district itself.
    """
    here, count = find_country(country), len(PAYERS)
    phones = phone_texts(10_001 + np.arange(count), country)
    towns = [payer.town if country == "us" or payer.town is None else here.county for payer in PAYERS]
    money = {name: np.array(sums[name]) / 100.0 for name in ("covered", "uncovered", "premiums")}
    counted = {name: np.array(column, dtype=np.int64) for name, column in sums.items() if name.isupper()}
    years = np.array(sums["years"])
    return {
        "Id": payer_ids(np.arange(len(PAYERS))),
        "NAME": [here.payers[payer.name] for payer in PAYERS],
        "OWNERSHIP": [payer.ownership for payer in PAYERS],
        "ADDRESS": [write_address(i + 1, ROW[country], country) if towns[i] else None for i in range(count)],
        "CITY": towns,
        "STATE_HEADQUARTERED": [here.state if town else None for town in towns],
        "PHONE": [phone if town else None for phone, town in zip(phones, towns, strict=True)],
        "AMOUNT_COVERED": money["covered"],
        "AMOUNT_UNCOVERED": money["uncovered"],
        "REVENUE": money["premiums"],
        **counted,
        "QOLS_AVG": np.round(np.array(sums["quality"]) / np.where(years > 0, years, np.nan), 4),
    }
