"""Bills and how they are settled: one claim for each encounter and each medication.

A claim has a charge for every line. The payer pays its share; the rest is transferred to the second payer, if
there is one, or else paid by the patient. Nothing stays open. Amounts are whole cents, so all sums agree.
"""

from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from sim.engine.kinds import Kind
from sim.population.numbers import Ints, serial_bytes
from sim.records import costs
from sim.records.clinical import dispenses, prices
from sim.records.columns import Days, dollars, lookup, numbers, references, times, uuids, words
from sim.records.encounters import CLASSES, Visits
from sim.records.facilities import IN_HOSPITAL, Staff
from sim.records.insurance import Insurance, payer_ids
from sim.records.payers import PAYERS
from sim.records.story import Story

Columns = dict[str, Any]
Cents = Ints

DIAGNOSES = 8
"""Places for diagnoses on a claim."""

METHODS = ("CASH", "CHECK", "CC", "ECHECK")
"""How is paid: patients in one of the first three ways (assumed alike), payers in the last."""


@dataclass(frozen=True)
class Bills:
    """What everything cost, in cents.

    Attributes:
        procedure, immunization, medication: Price of each procedure, dose and dispense.
        claim: For each line of a bill its claim, in order: encounters first, then medications.
        state: State whose code was charged.
        units: How many of it.
        unit: Price of one.
        room: Whether the line is for days in hospital.
        total: Sum of each claim.
        paid: What the first payer takes of it.
        rest: What the second payer takes.
    """

    procedure: Cents
    immunization: Cents
    medication: Cents
    claim: Ints
    state: Ints
    units: Ints
    unit: Cents
    room: npt.NDArray[np.bool_]
    total: Cents
    paid: Cents
    rest: Cents

    def covered(self) -> Cents:
        """Returns what all payers take of each claim."""
        return self.paid + self.rest


def bill(story: Story, visits: Visits, insurance: Insurance, medication_span: Ints) -> Bills:
    """Bills everything that was done."""
    procedure, dose, pill = (story.rows(k) for k in (Kind.PROCEDURE, Kind.IMMUNIZATION, Kind.MEDICATION))
    price = prices(story, procedure, "procedure", costs.PROCEDURE)
    dose_price = prices(story, dose, "immunization", costs.IMMUNIZATION)
    pill_price = prices(story, pill, "medication", costs.MEDICATION)
    count, stays = len(visits.rows), visits.days_in_hospital()
    stay = np.flatnonzero(stays)
    night = np.full(len(stay), round(costs.DAY_INPATIENT * 100))
    pieces = [
        (np.arange(count), visits.rows.state, np.ones(count, dtype=np.int64), visits.base()),
        (stay, visits.rows.state[stay], stays[stay], night),
        (procedure.visit, procedure.state, np.ones(len(procedure), dtype=np.int64), price),
        (dose.visit, dose.state, np.ones(len(dose), dtype=np.int64), dose_price),
        (count + np.arange(len(pill)), pill.state, dispenses(story, pill), pill_price),
    ]
    claim, state, units, unit = (np.concatenate(column) for column in zip(*pieces, strict=True))
    room = np.zeros(len(claim), dtype=bool)
    room[count : count + len(stay)] = True
    order = np.argsort(claim, kind="stable")
    claim, state, units, unit, room = (column[order] for column in (claim, state, units, unit, room))
    total = np.bincount(claim, units * unit, count + len(pill)).astype(np.int64)
    span = np.concatenate([visits.span, medication_span])
    covers = np.rint(np.array([payer.covers for payer in PAYERS]) * 100).astype(np.int64)
    paid = total * covers[insurance.payer[span]] // 100
    rest = np.where(insurance.secondary[span] >= 0, total - paid, 0)
    return Bills(
        procedure=price,
        immunization=dose_price,
        medication=pill_price,
        claim=claim,
        state=state,
        units=units,
        unit=unit,
        room=room,
        total=total,
        paid=paid,
        rest=rest,
    )


class Claims:
    """The tables claims and claims_transactions.

    Args:
        story: The events.
        visits: The encounters.
        bills: What everything cost.
        insurance: Who is insured with whom.
        medication_span: Row of the insurance spans of each medication.
        staff: Who treats.
        members: Id of the membership of each insurance span.
    """

    def __init__(
        self,
        story: Story,
        visits: Visits,
        bills: Bills,
        insurance: Insurance,
        medication_span: Ints,
        staff: Staff,
        members: pa.Array,
    ) -> None:
        """Gathers what both tables need."""
        pills = story.rows(Kind.MEDICATION)
        self.story, self.visits, self.bills, self.insurance = story, visits, bills, insurance
        self.staff, self.members = staff, members
        self.visit = np.concatenate([np.arange(len(visits.rows)), pills.visit])
        self.span = np.concatenate([visits.span, medication_span])
        self.person = np.concatenate([visits.rows.person, pills.person])
        self.start: Days = np.concatenate([visits.rows.day, pills.day])
        self.end: Days = np.concatenate([visits.end, np.maximum(pills.day, visits.end[pills.visit])])
        self.reason = np.concatenate([visits.rows.link, pills.link])
        rng = story.seeds.stream("records/claims")
        self.ids = uuids(serial_bytes(len(self.visit), rng))
        self.luck = rng.integers(0, 3, len(self.visit))

    def claims(self) -> Columns:
        """Returns the columns of the claims table."""
        count, visit = len(self.visit), self.visit
        provider = lookup(self.staff.provider_ids, self.visits.provider[visit])
        department = numbers(self.visits.facility[visit] + 1)
        first, second = self.insurance.payer[self.span], self.insurance.secondary[self.span]
        owes = self.bills.total - self.bills.covered() > 0
        insured = self.bills.paid > 0
        hospital = np.isin(self.visits.kind[visit], [CLASSES.index(name) for name in IN_HOSPITAL])
        kind = np.where(hospital, 2, 1)
        kind[len(self.visits.rows) :] = 1
        nothing = lookup(pa.array([0.0]), np.zeros(count, dtype=np.int32))
        illness = times(self.start)
        code = partial(self.story.lexicon.words, "code")
        billed = {"1": insured, "2": second >= 0, "P": owes}
        return {
            "Id": self.ids,
            "PATIENTID": lookup(self.story.ids, self.person),
            "PROVIDERID": provider,
            "PRIMARYPATIENTINSURANCEID": payer_ids(first),
            "SECONDARYPATIENTINSURANCEID": payer_ids(second),
            "DEPARTMENTID": department,
            "PATIENTDEPARTMENTID": department,
            **{f"DIAGNOSIS{i + 1}": code(self._diagnosed[:, i]) for i in range(DIAGNOSES)},
            "APPOINTMENTID": references(self.visits.ids, visit),
            "CURRENTILLNESSDATE": illness,
            "SERVICEDATE": illness,
            "SUPERVISINGPROVIDERID": provider,
            **{f"STATUS{who}": words(("CLOSED",), np.where(here, 0, -1)) for who, here in billed.items()},
            **{f"OUTSTANDING{who}": nothing for who in billed},
            **{
                f"LASTBILLEDDATE{who}": times(np.where(here, self.end, np.nan))
                for who, here in billed.items()
            },
            "HEALTHCARECLAIMTYPEID1": numbers(kind),
            "HEALTHCARECLAIMTYPEID2": numbers(np.where(second >= 0, kind, 0)),
        }

    @cached_property
    def _diagnosed(self) -> Ints:
        """The states of the diagnoses on each claim: its reason and the conditions found at the encounter."""
        state = np.full((len(self.visit), DIAGNOSES), -1, dtype=np.int64)
        state[:, 0] = self.reason
        found = self.story.rows(Kind.CONDITION)
        order = np.argsort(found.visit, kind="stable")
        visit, what = found.visit[order], found.state[order]
        new = what != state[visit, 0]
        visit, what = visit[new], what[new]
        place = np.arange(len(visit)) - np.searchsorted(visit, visit) + (state[visit, 0] >= 0)
        fits = place < DIAGNOSES
        state[visit[fits], place[fits]] = what[fits]
        return state

    def transactions(self) -> Columns:
        """Returns the columns of the claims_transactions table."""
        bills = self.bills
        lines = np.bincount(bills.claim, minlength=len(self.visit))
        open_ = bills.total - bills.paid
        pays = bills.paid > 0
        moves = bills.rest > 0
        settles = open_ > 0
        count = lines + pays + 2 * moves + settles
        first = np.cumsum(count) - count
        claim = np.repeat(np.arange(len(count)), count)
        number = np.arange(len(claim)) - np.repeat(first, count)
        kind = np.zeros(len(claim), dtype=np.int8)
        step = first + lines
        for code, here in enumerate((pays, moves, moves, settles), start=1):
            kind[step[here]] = code
            step = step + here
        line = np.full(len(claim), -1, dtype=np.int64)
        line[kind == 0] = np.arange(len(bills.claim))
        return self._rows(claim, number, kind, line, open_)

    def _rows(self, claim: Ints, number: Ints, kind: Ints, line: Ints, open_: Cents) -> Columns:
        """Fills in the rows: `kind` is 0 charge, 1 payment by the payer, 2 and 3 transfer, 4 settling."""
        bills, visit, charge = self.bills, self.visit[claim], line >= 0
        rest = open_[claim]
        amount = np.where(kind == 1, bills.paid[claim], rest)
        amount[charge] = (bills.units * bills.unit)[line[charge]]
        second = self.insurance.secondary[self.span[claim]] >= 0
        payer = (kind == 1) | ((kind == 4) & second)
        holder = np.where((kind >= 3), np.where(second, 1, 2), 0)
        method = np.where(payer, len(METHODS) - 1, np.where(kind == 4, self.luck[claim], -1))
        cents = {
            "PAYMENTS": np.where((kind == 1) | (kind == 4), amount, 0),
            "TRANSFERS": np.where((kind == 2) | (kind == 3), amount, 0),
            "OUTSTANDING": np.where(kind == 4, 0, np.where(charge, amount, rest)),
        }
        state, units, unit = (
            np.full(len(claim), -1),
            np.zeros(len(claim), dtype=np.int64),
            np.zeros(len(claim)),
        )
        state[charge], units[charge] = bills.state[line[charge]], bills.units[line[charge]]
        unit[charge] = bills.unit[line[charge]]
        rng = self.story.seeds.stream("records/transactions")
        provider = lookup(self.staff.provider_ids, self.visits.provider[visit])
        begun, ended = times(self.start), times(self.end)
        rows = pa.array(claim)
        return {
            "ID": uuids(serial_bytes(len(claim), rng)),
            "CLAIMID": references(self.ids, claim),
            "CHARGEID": numbers(number + 1),
            "PATIENTID": lookup(self.story.ids, self.person[claim]),
            "TYPE": words(("CHARGE", "PAYMENT", "TRANSFEROUT", "TRANSFERIN", "PAYMENT"), kind),
            "AMOUNT": dollars(amount),
            "METHOD": words(METHODS, method),
            "FROMDATE": begun.take(rows),
            "TODATE": ended.take(rows),
            "PLACEOFSERVICE": lookup(self.staff.organization_ids, self.visits.facility[visit]),
            "PROCEDURECODE": self.story.lexicon.words("code", state),
            **self._pointers(claim, charge),
            "UNITS": numbers(units, charge),
            "DEPARTMENTID": numbers(self.visits.facility[visit] + 1),
            "NOTES": self._notes(state, line),
            "UNITAMOUNT": dollars(unit) if charge.all() else pa.array(unit / 100.0, mask=~charge),
            "TRANSFEROUTID": numbers(number, kind == 3),
            "TRANSFERTYPE": words(("1", "2", "p"), holder),
            **{name: dollars(column) for name, column in cents.items()},
            "ADJUSTMENTS": lookup(pa.array([0.0]), np.zeros(len(claim), dtype=np.int32)),
            "APPOINTMENTID": references(self.visits.ids, visit),
            "PATIENTINSURANCEID": lookup(self.members, self.span[claim]),
            "FEESCHEDULEID": numbers(np.ones(len(claim), dtype=np.int64)),
            "PROVIDERID": provider,
            "SUPERVISINGPROVIDERID": provider,
        }

    def _pointers(self, claim: Ints, charge: npt.NDArray[np.bool_]) -> Columns:
        """Points each charge to the first diagnoses of its claim."""
        many = np.where(charge, (self._diagnosed >= 0).sum(axis=1)[claim], 0)
        return {f"DIAGNOSISREF{i}": numbers(np.full(len(claim), i), many >= i) for i in range(1, 5)}

    def _notes(self, state: Ints, line: Ints) -> pa.Array:
        """Says what was charged."""
        notes = [each.display for each in self.story.lexicon.states]
        index = state.copy()
        index[line >= 0] = np.where(self.bills.room[line[line >= 0]], len(notes), index[line >= 0])
        return words([*notes, "Room and board"], index)
