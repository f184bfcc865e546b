"""The machine: runs flat arrays, one person at a time, and emits integer events.

The semantics are those of `oracle.py`, which says the same in plain Python; a test holds the two
together event for event. Here modules and lives are run; `vm_states` says what happens in a
state, `vm_questions` how questions are answered.
"""
# mypy: disable-error-code="no-any-return"

import math
from typing import Any

from numpy.typing import NDArray

from sim.engine.hooks.calendar import appointment
from sim.engine.hooks.mortality import alive_share, lifetime
from sim.engine.hooks.wellness import next_check_up
from sim.engine.jit import njit
from sim.engine.kinds import Kind, Op
from sim.engine.life import Life
from sim.engine.program import Tables
from sim.engine.rules import (
    BODY_WORD,
    CHECK_UP,
    LIFE_WORD,
    MOST_ATTEMPTS,
    MOST_DEPTH,
    MOST_MOVES,
    POSTPONE_WORD,
    STEP,
    VISIT_WORD,
    YEAR,
)
from sim.engine.streams import mix, uniform
from sim.engine.vm_questions import Row, choose, fill_flags, vital
from sim.engine.vm_states import emit, leave, process


@njit
def run_module(tables: Tables, life: Life, log: Row, m: int, now: float) -> int:
    """Runs a module up to now; returns -1, or the state in which it went round for ever."""
    me = life.modules[m]
    s = int(me.current)
    t = now if math.isnan(me.wake) else float(me.wake)
    for _ in range(MOST_MOVES):
        if tables.states[s].op == Op.CALL:
            if me.depth == MOST_DEPTH:
                return s
            me.calls[me.depth] = s
            me.depth += 1
            s = int(tables.states[s].call)
            continue
        if tables.states[s].op == Op.TERMINAL:
            if me.depth == 0:
                leave(log, life.person[0], me, t)
                me.current = s
                me.wake = math.inf
                return -1
            me.depth -= 1
            s = int(me.calls[me.depth])
        else:
            done, t = process(tables, life, log, me, s, t, now)
            if not done:
                me.current = s
                me.wake = t
                return -1
        life.passed[s].seen = t
        following = choose(tables, life, me, tables.states[s], t)
        if following < 0:
            me.current = s
            me.waiting = 0
            me.wake = math.inf
            return -1
        s = following
    return s


@njit
def clear(tables: Tables, life: Life) -> None:
    """Makes the memory ready for a new life; the person's own values stay."""
    life.attributes[:] = math.nan
    life.active[:] = -1
    for i in range(life.passed.shape[0]):
        life.passed[i].seen = math.nan
        life.passed[i].pending = 0
        life.passed[i].joined = -1
    person = life.person[0]
    for m in range(life.modules.shape[0]):
        me = life.modules[m]
        me.number = m
        me.current = tables.starts[m]
        me.waiting = 0
        me.held = -1
        me.held_state = -1
        me.depth = 0
        me.key = mix(person.key, tables.words[m])
        me.counter = 0
        me.wake = math.nan
    person.lock = -1
    person.encounters = 0
    person.visit = -1
    person.visits = 0
    person.postponed = 0
    person.cause = tables.death
    person.free_at = person.birth
    person.visit_at = next_check_up(person.birth, 0.0, mix(person.key, VISIT_WORD), 0)


@njit
def open_check_up(tables: Tables, life: Life, log: Row, now: float) -> int:
    """Begins the check-up if it is due and nothing else goes on; returns its event or -1."""
    person = life.person[0]
    if person.visit_at > now:
        return -1
    if person.lock >= 0 or person.free_at > person.visit_at:
        person.postponed += 1
        key = mix(person.key, POSTPONE_WORD)
        person.visit_at = appointment(max(now, person.free_at), key, person.postponed)
        return -1
    at = person.visit_at
    state = tables.child_visit if at - person.birth < 18.0 * YEAR else tables.adult_visit
    person.lock = tables.starts.shape[0]
    person.visit = person.encounters
    person.encounters += 1
    for m in range(life.modules.shape[0]):
        me = life.modules[m]
        if me.wake == math.inf and me.waiting:
            me.wake = math.nan
    return emit(log, person, at, Kind.ENCOUNTER, state, math.nan, person.visit, -1)


@njit
def close_check_up(tables: Tables, life: Life, log: Row, event: int) -> None:
    """Ends the check-up and plans the next."""
    person = life.person[0]
    at = person.visit_at
    end = min(at + CHECK_UP, person.death)
    state = tables.child_visit if at - person.birth < 18.0 * YEAR else tables.adult_visit
    emit(log, person, end, Kind.ENCOUNTER_END, state, math.nan, person.visit, event)
    for m in range(life.modules.shape[0]):
        me = life.modules[m]
        if me.held == person.visit:
            me.held = -1
            me.held_state = -1
    person.lock = -1
    person.visit = -1
    person.visits += 1
    person.free_at = end
    age = (at - person.birth) / YEAR
    person.visit_at = next_check_up(at, age, mix(person.key, VISIT_WORD), person.visits)


@njit
def run_life(tables: Tables, life: Life, log: Row, end: float) -> int:
    """Runs a life from birth to death or the end; returns -1 or the state that went round."""
    clear(tables, life)
    person = life.person[0]
    living = tables.living[person.sex]
    u = 1.0 - uniform(mix(person.key, LIFE_WORD), 0)
    if person.attempt == MOST_ATTEMPTS - 1:
        u *= alive_share(end - person.birth, living)
    person.death = person.birth + lifetime(u, living)
    now = float(person.birth)
    while now <= end and now < person.death:
        event = open_check_up(tables, life, log, now)
        for m in range(life.modules.shape[0]):
            if not life.modules[m].wake > now:
                stuck = run_module(tables, life, log, m, now)
                if stuck >= 0:
                    return stuck
        if event >= 0:
            close_check_up(tables, life, log, event)
        now += STEP
    if person.death <= end:
        for m in range(life.modules.shape[0]):
            leave(log, person, life.modules[m], person.death)
        emit(log, person, person.death, Kind.DEATH, person.cause, math.nan, -1, -1)
    return -1


@njit
def finish(tables: Tables, life: Life, ends: Row, n: int, end: float) -> bool:
    """Writes down, in row n, how a life ended; returns whether the person lives."""
    person = life.person[0]
    dead = person.death <= end
    if n >= ends.shape[0]:
        person.full = 1
        return not dead
    row = ends[n]
    row.slot = person.slot
    row.attempt = person.attempt
    row.death_day = person.death if dead else math.nan
    for which in range(len(row.vitals)):
        row.vitals[which] = vital(tables, life, which, person.death if dead else end)
    fill_flags(tables, life)
    for i in range(life.flags.shape[0]):
        row.flags[i] = life.flags[i] > 0.0
    return not dead


@njit
def run_slots(
    tables: Tables,
    people: NDArray[Any],
    begin: int,
    stop_at: int,
    seed: int,
    end: float,
    life: Life,
    log: NDArray[Any],
    ends: NDArray[Any],
) -> tuple[int, int, int, int]:
    """Runs slots until done or the log is full.

    Returns:
        The first slot not done, the events and lives written, and -1 or the state in which a
        module went round for ever; a slot that did not fit leaves nothing behind.
    """
    person = life.person[0]
    person.events = 0
    person.full = 0
    lives = 0
    for slot in range(begin, stop_at):
        events_before, lives_before = int(person.events), lives
        born = people[slot]
        person.slot = slot
        person.sex = born.sex
        person.race = born.race
        person.ses = born.ses
        person.birth = born.birth
        for attempt in range(MOST_ATTEMPTS):
            person.attempt = attempt
            person.key = mix(mix(seed, slot), attempt)
            person.body = mix(person.key, BODY_WORD)
            stuck = run_life(tables, life, log, end)
            if stuck >= 0:
                return slot, events_before, lives_before, stuck
            alive = finish(tables, life, ends, lives, end)
            lives += 1
            if alive or person.full:
                break
        if person.full:
            return slot, events_before, lives_before, -1
    return stop_at, int(person.events), lives, -1
