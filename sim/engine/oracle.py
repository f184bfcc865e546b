"""The same semantics in plain Python: read this to know what a module means.

It walks the modules as they were read, with names instead of numbers, and shares nothing with the
machine but the random numbers and the hooks (in their plain form). Tests hold it against the
machine event for event; without numba it stands in for it.

Semantics in short. A person is looked at every seven days from birth. At each look the check-up
opens if it is due, then every module runs until it has to wait. A module has a time of its own:
when a delay is over it goes on from the exact moment, not from the look. An encounter waits while
another module holds one, begins in clinic hours unless it is urgent, and never overlaps the last
one. A wellness encounter waits for the check-up. An onset with a target encounter is written down
when that encounter begins, if ever.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import seeds
from sim.engine.hooks import calendar, mortality, wellness
from sim.engine.jit import plain
from sim.engine.kinds import VITALS, Kind
from sim.engine.life import END, EVENT
from sim.engine.oracle_module import Frame, Run
from sim.engine.oracle_person import Person
from sim.engine.program import Program
from sim.engine.rules import (
    CHECK_UP,
    LIFE_WORD,
    MOST_ATTEMPTS,
    POSTPONE_WORD,
    STEP,
    VISIT_WORD,
    YEAR,
)
from sim.engine.streams import uniform, word_of

_appointment = plain(calendar.appointment)
_next_check_up = plain(wellness.next_check_up)
_lifetime = plain(mortality.lifetime)
_alive_share = plain(mortality.alive_share)
_uniform = plain(uniform)

_CHECK_UP_HOLDER = -2
"""Holder of the encounter while the check-up is on; modules are 0, 1, 2 ..."""


def live(person: Person, end: float) -> None:
    """Runs a life from birth to death or the end."""
    program = person.program
    tops = [module for module in program.modules if not module.submodule]
    runs = [
        Run(i, person, Frame(top, top.nodes["Initial"]), seeds.mix(person.key, word_of("module " + top.path)))
        for i, top in enumerate(tops)
    ]
    living = program.tables.living[person.sex]
    rank = 1.0 - _uniform(seeds.mix(person.key, LIFE_WORD), 0)
    if person.attempt == MOST_ATTEMPTS - 1:
        rank *= _alive_share(end - person.birth, living)
    person.death = person.birth + float(_lifetime(rank, living))
    person.cause = program.tables.death
    person.free_at = person.birth
    schedule = seeds.mix(person.key, VISIT_WORD)
    person.visit_at = _next_check_up(person.birth, 0.0, schedule, 0)
    visits = postponed = 0
    now = person.birth
    while now <= end and now < person.death:
        event = -1
        if person.visit_at <= now:
            if person.holder != -1 or person.free_at > person.visit_at:
                postponed += 1
                key = seeds.mix(person.key, POSTPONE_WORD)
                person.visit_at = _appointment(max(now, person.free_at), key, postponed)
            else:
                event = open_check_up(person, runs)
        for run in runs:
            if run.wake is None or run.wake <= now:
                run.run(now)
        if event >= 0:
            visits += 1
            close_check_up(person, runs, event)
            age = (person.visit_at - person.birth) / YEAR
            person.visit_at = _next_check_up(person.visit_at, age, schedule, visits)
        now += STEP
    if person.death <= end:
        for run in runs:
            run.leave(person.death)
        person.emit(person.death, Kind.DEATH, person.cause)


def open_check_up(person: Person, runs: list[Run]) -> int:
    """Begins the check-up and wakes the modules that wait for it; returns its event."""
    tables = person.program.tables
    child = person.visit_at - person.birth < 18.0 * YEAR
    person.holder = _CHECK_UP_HOLDER
    person.visit, person.encounters = person.encounters, person.encounters + 1
    for run in runs:
        if run.waiting and run.wake == math.inf:
            run.wake = None
    state = tables.child_visit if child else tables.adult_visit
    return person.emit(person.visit_at, Kind.ENCOUNTER, state, encounter=person.visit)


def close_check_up(person: Person, runs: list[Run], event: int) -> None:
    """Ends the check-up."""
    end = min(person.visit_at + CHECK_UP, person.death)
    person.emit(end, Kind.ENCOUNTER_END, person.log[event][4], encounter=person.visit, link=event)
    for run in runs:
        if run.held == person.visit:
            run.held, run.held_state = -1, None
    person.holder, person.visit, person.free_at = -1, -1, end


def run_plainly(
    program: Program, people: NDArray[Any], begin: int, stop: int, root: int, end: float
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Runs slots; see `vm.run_slots`.

    Returns:
        Rows of events and of ends of lives.
    """
    log: list[tuple[Any, ...]] = []
    ends: list[tuple[Any, ...]] = []
    for slot in range(begin, stop):
        birth, sex, race, ses = people[slot].tolist()
        for attempt in range(MOST_ATTEMPTS):
            key = seeds.mix(seeds.mix(root, slot), attempt)
            person = Person(program, slot, attempt, sex, race, ses, birth, key, log)
            live(person, end)
            dead = person.death <= end
            day = person.death if dead else end
            vitals = tuple(person.vital(name, day) for name in VITALS)
            ends.append(
                (slot, attempt, person.death if dead else math.nan, vitals, tuple(person.flags() > 0))
            )
            if not dead:
                break
    return np.array(log, dtype=EVENT), np.array(ends, dtype=END)
