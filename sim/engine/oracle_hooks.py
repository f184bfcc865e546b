"""What happens to people outside the modules, in plain Python: see `vm_hooks`."""

import math

from sim import seeds
from sim.engine.hooks import calendar, immunisation, lifecycle, risk, urgent, wellness
from sim.engine.jit import plain
from sim.engine.kinds import Kind
from sim.engine.oracle_module import Run
from sim.engine.oracle_person import Held, Person
from sim.engine.program import hook_state
from sim.engine.rules import (
    BODY_WORD,
    BORN_WORD,
    CHECK_UP,
    FORGOTTEN,
    POSTPONE_WORD,
    URGENT_STAY,
    URGENT_WORD,
    VACCINE_WORD,
    VISIT_WORD,
    YEAR,
)

_appointment = plain(calendar.appointment)
_next_check_up = plain(wellness.next_check_up)
_born = plain(lifecycle.born)
_yearly = plain(risk.yearly)
_urgent_visit = plain(urgent.urgent_visit)
_due = plain(immunisation.due)

_CHECK_UP_HOLDER = -2
"""Holder of the encounter while the check-up is on; modules are 0, 1, 2 ..."""


class Hooks:
    """The hooks of one life.

    Args:
        person: Whose life it is.
        runs: The modules that run in it.
    """

    def __init__(self, person: Person, runs: list[Run]) -> None:
        """Sets what people are born with, and when the first check-up is due."""
        self._person = person
        self._runs = runs
        self._schedule = seeds.mix(person.key, VISIT_WORD)
        self._visits = self._postponed = self._years = 0
        asked = person.program.asked
        self._yearly = [(i, name) for i, name in enumerate(risk.YEARLY) if name in asked]
        key = seeds.mix(person.key, BORN_WORD)
        for i, (name, words) in enumerate(lifecycle.BORN):
            if name in asked:
                value = _born(i, key, person.sex, person.race, person.ses)
                person.attributes[name] = _meant(float(value), words or ())
        person.visit_at = _next_check_up(person.birth, 0.0, self._schedule, 0)

    def end_forgotten(self, now: float) -> None:
        """Ends an encounter that its module forgot, as of the last move in it."""
        person = self._person
        if person.holder >= 0 and now > person.held_at + FORGOTTEN:
            self._runs[person.holder].leave(person.held_at)

    def grow_older(self, now: float) -> None:
        """Sets, on the first look after a birthday, what changes with the years."""
        person = self._person
        if person.birth + self._years * YEAR > now:
            return
        self._years += 1
        age, body = (now - person.birth) / YEAR, seeds.mix(person.key, BODY_WORD)
        for i, name in self._yearly:
            value = _yearly(i, body, age, person.sex, person.race, person.flags())
            person.attributes[name] = _meant(float(value), risk.CHOICES.get(name, ()))

    def visit_urgently(self, now: float) -> None:
        """Lets strong symptoms lead to a visit, unless an encounter is going on."""
        person = self._person
        if person.holder != -1 or person.free_at > now:
            return
        key = seeds.mix(person.key, URGENT_WORD)
        visit = _urgent_visit(person.symptoms(), now - person.urgent_at, key, person.step)
        if visit == urgent.NONE:
            return
        name = "emergency_visit" if visit == urgent.EMERGENCY else "urgent_visit"
        state, number = hook_state(person.program, name), person.encounters
        end = min(now + URGENT_STAY[visit], person.death)
        event = person.emit(now, Kind.ENCOUNTER, state, encounter=number)
        person.emit(end, Kind.ENCOUNTER_END, state, encounter=number, link=event)
        person.encounters += 1
        person.free_at, person.urgent_at = end, now

    def open_check_up(self, now: float) -> int:
        """Begins the check-up if it is due and nothing else goes on; returns its event or -1."""
        person = self._person
        if person.visit_at > now:
            return -1
        if person.holder != -1 or person.free_at > person.visit_at:
            self._postponed += 1
            key = seeds.mix(person.key, POSTPONE_WORD)
            person.visit_at = _appointment(max(now, person.free_at), key, self._postponed)
            return -1
        person.holder = _CHECK_UP_HOLDER
        person.visit, person.encounters = person.encounters, person.encounters + 1
        for run in self._runs:
            if run.waiting and run.wake == math.inf:
                run.wake = None
        child = person.visit_at - person.birth < 18.0 * YEAR
        state = hook_state(person.program, "child_visit" if child else "adult_visit")
        event = person.emit(person.visit_at, Kind.ENCOUNTER, state, encounter=person.visit)
        self._vaccinate()
        return event

    def _vaccinate(self) -> None:
        person = self._person
        at, first = person.visit_at, hook_state(person.program, "vaccines")
        age, key = (at - person.birth) / YEAR, seeds.mix(person.key, VACCINE_WORD)
        for which in range(len(immunisation.VACCINES)):
            given, last = person.doses.get(which, (0, 0.0))
            if _due(which, given, age, last, at, key):
                person.doses[which] = (given + 1, age)
                person.emit(at, Kind.IMMUNIZATION, first + which, encounter=person.visit)

    def close_check_up(self, event: int) -> None:
        """Ends the check-up and plans the next."""
        person, at = self._person, self._person.visit_at
        end = min(at + CHECK_UP, person.death)
        person.emit(end, Kind.ENCOUNTER_END, person.log[event][4], encounter=person.visit, link=event)
        for run in self._runs:
            if run.held == person.visit:
                run.held, run.held_state = -1, None
        person.holder, person.visit, person.free_at = -1, -1, end
        self._visits += 1
        age = (at - person.birth) / YEAR
        person.visit_at = _next_check_up(at, age, self._schedule, self._visits)


def _meant(value: float, words: tuple[str, ...]) -> Held:
    """Returns what the number of a hook stands for: itself, a word, or nothing."""
    if math.isnan(value):
        return None
    return words[int(value)] if words else value
