"""The machine: runs flat arrays, one person at a time, and emits integer events.

The semantics are those of `oracle.py`, which says the same in plain Python; a test holds the two
together event for event. Here modules and lives are run; `vm_states` says what happens in a
state, `vm_questions` how questions are answered, `vm_hooks` what happens outside the modules and
`vm_waiting` when a module that waits is looked at again.
"""
# mypy: disable-error-code="no-any-return"

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.hooks.mortality import alive_share, lifetime
from sim.engine.hooks.traits import given
from sim.engine.jit import njit
from sim.engine.kinds import Kind, Op
from sim.engine.life import MOST_EVENTS, STRUCK, Row
from sim.engine.rules import BODY_WORD, LIFE_WORD, MOST_ATTEMPTS, MOST_DEPTH, MOST_MOVES, STEP
from sim.engine.streams import mix, uniform
from sim.engine.vm_hooks import (
    be_born,
    close_check_up,
    end_forgotten,
    feel,
    grow_older,
    hooks_due,
    open_check_up,
    visit_urgently,
)
from sim.engine.vm_questions import choose, vital
from sim.engine.vm_states import emit, leave, process
from sim.engine.vm_waiting import AT_ONCE, rest, step_of

_ENDS = np.array([kind.name.endswith("_END") for kind in Kind])


@njit
def run_module(tables: Row, life: Row, log: Row, m: int, now: float) -> int:
    """Runs a module up to now; returns -1, or the state in which it went round for ever."""
    me = life.modules[m]
    s = me.current
    t = now if math.isnan(me.wake) else me.wake
    for _ in range(MOST_MOVES):
        row = tables.states[s]
        if row.op == Op.CALL:
            if me.depth == MOST_DEPTH:
                return s
            me.calls[me.depth] = s
            me.depth += 1
            s = row.call
            continue
        if row.op == Op.TERMINAL:
            if me.depth == 0:
                leave(tables, life, log, me, t)
                rest(tables, life, me, s, math.inf, now)
                return -1
            me.depth -= 1
            s = me.calls[me.depth]
            row = tables.states[s]
        else:
            done, t = process(tables, life, log, me, row, s, t, now)
            if not done:
                rest(tables, life, me, s, t, now)
                return -1
        if row.remembered:
            life.passed[s].seen = t
        if life.lock == m:
            life.held_at = t
        following = choose(tables, life, me, row, t)
        if following < 0:
            me.waiting = 0
            rest(tables, life, me, s, math.inf, now)
            return -1
        s = following
    return s


@njit
def clear(tables: Row, life: Row) -> None:
    """Makes the memory ready for a new life; the person's own values stay."""
    for i in range(tables.attribute_count):
        life.attributes[i] = math.nan
    for i in range(tables.code_count):
        life.active[i] = -1
    for i in range(tables.state_count):
        passed = life.passed[i]
        passed.seen = math.nan
        passed.pending = 0
        passed.joined = -1
    for m in range(tables.module_count):
        clear_module(tables, life, m)
    for which in range(len(life.doses)):
        life.doses[which].given = 0
    life.lock = -1
    life.encounters = 0
    life.visit = -1
    life.visits = 0
    life.postponed = 0
    life.years = 0
    life.cause = tables.death
    life.why = -1
    life.felt = 0
    life.symptoms = 0.0
    life.urgent_at = -math.inf
    life.free_at = life.birth


@njit
def clear_module(tables: Row, life: Row, m: int) -> None:
    """Puts a module at its beginning."""
    me = life.modules[m]
    me.number = m
    me.current = tables.starts[m].state
    me.waiting = 0
    me.held = -1
    me.held_state = -1
    me.depth = 0
    me.key = mix(life.key, tables.starts[m].word)
    me.counter = 0
    me.wake = math.nan
    life.due[m] = AT_ONCE
    life.listens[m] = 0


@njit
def time_to_die(tables: Row, life: Row, end: float) -> float:
    """Returns when the life table ends this life; the last attempt of a slot outlives the end."""
    living = tables.living[life.sex][: tables.ages]
    u = 1.0 - uniform(mix(life.key, LIFE_WORD), 0)
    if life.attempt == MOST_ATTEMPTS - 1:
        u *= alive_share(end - life.birth, living)
    return life.birth + lifetime(u, living)


@njit
def look(tables: Row, life: Row, log: Row, now: float) -> int:
    """Looks at a person: runs all that is due; returns -1 or the state that went round."""
    end_forgotten(tables, life, log, now)
    grow_older(tables, life, now)
    visit_urgently(tables, life, log, now)
    event = open_check_up(tables, life, log, now)
    for m in range(tables.module_count):
        if life.due[m] <= life.step and not is_early(life, m, now):
            stuck = run_module(tables, life, log, m, now)
            if stuck >= 0:
                return stuck
    if event >= 0:
        close_check_up(tables, life, log, event)
    feel(tables, life)
    return -1


@njit
def is_early(life: Row, m: int, now: float) -> bool:
    """Returns whether a module goes on only after now, and so on the next step."""
    early = life.modules[m].wake > now
    if early:
        life.due[m] = life.step + 1
    return early


@njit
def next_step(tables: Row, life: Row, now: float) -> int:
    """Returns the next step on which anything is due."""
    due = step_of(life, hooks_due(tables, life, now))
    for m in range(tables.module_count):
        due = min(due, life.due[m])
    return max(due, life.step + 1)


@njit
def is_end(kind: int) -> bool:
    """Returns whether an event ends another."""
    return _ENDS[kind]


@njit
def strike_out(life: Row, log: Row, first: int) -> None:
    """Strikes out what modules wrote down, on the last look, for moments after the death.

    A module that kills may do so as of a moment that others have passed already.
    """
    for i in range(first, min(life.events, MOST_EVENTS)):
        begun = log.link[i] if is_end(log.kind[i]) else i
        if log.day[i] > life.death or log.kind[begun] == STRUCK:
            log.kind[i] = STRUCK


@njit
def run_life(tables: Row, life: Row, log: Row, end: float) -> int:
    """Runs a life from birth to death or the end; returns -1 or the state that went round."""
    first = life.events
    clear(tables, life)
    life.death = time_to_die(tables, life, end)
    be_born(tables, life)
    life.step = 0
    now = life.birth
    while now <= end and now < life.death:
        stuck = look(tables, life, log, now)
        if stuck >= 0:
            return stuck
        life.step = next_step(tables, life, now)
        now = life.birth + STEP * life.step
    if life.death <= end:
        for m in range(tables.module_count):
            leave(tables, life, log, life.modules[m], life.death)
        strike_out(life, log, first)
        emit(log, life, life.death, Kind.DEATH, life.cause, math.nan, -1, life.why)
    return -1


@njit
def sum_up(tables: Row, life: Row, ends: Row, n: int, end: float) -> bool:
    """Writes down, in row n, how a life ended; returns whether the person lives."""
    dead = life.death <= end
    if n >= ends.shape[0]:
        life.full = 1
        return not dead
    row = ends[n]
    row.slot = life.slot
    row.attempt = life.attempt
    row.death_day = life.death if dead else math.nan
    for which in range(len(row.vitals)):
        row.vitals[which] = vital(tables, life, which, life.death if dead else end)
    for i in range(len(row.flags)):
        row.flags[i] = given(life.attributes, i) > 0.0
    return not dead


@njit
def run_slots(
    program: NDArray[Any],
    people: NDArray[Any],
    begin: int,
    stop_at: int,
    seed: int,
    end: float,
    memory: NDArray[Any],
    journal: NDArray[Any],
    ends: NDArray[Any],
) -> tuple[int, int, int, int]:
    """Runs slots until done or the log is full.

    Args:
        program: One record of `tables.TABLES`.
        people: Records of `run.PEOPLE`.
        begin: The first slot.
        stop_at: The slot after the last.
        seed: Key of all streams.
        end: The day on which history ends.
        memory: One record of `life.LIFE`.
        journal: One record of `life.LOG`, where events go.
        ends: Where ends of lives go, records of `life.END`.

    Returns:
        The first slot not done, the events and lives written, and -1 or the state in which a
        module went round for ever; a slot that did not fit leaves nothing behind.
    """
    tables = program[0]
    life = memory[0]
    log = journal[0]
    life.events = 0
    life.full = 0
    lives = 0
    for slot in range(begin, stop_at):
        events_before, lives_before = life.events, lives
        person = people[slot]
        life.slot = slot
        life.sex = person.sex
        life.race = person.race
        life.ses = person.ses
        life.birth = person.birth
        for attempt in range(MOST_ATTEMPTS):
            life.attempt = attempt
            life.key = mix(mix(seed, slot), attempt)
            life.body = mix(life.key, BODY_WORD)
            stuck = run_life(tables, life, log, end)
            if stuck >= 0:
                return slot, events_before, lives_before, stuck
            alive = sum_up(tables, life, ends, lives, end)
            lives += 1
            if alive or life.full:
                break
        if life.full:
            return slot, events_before, lives_before, -1
    return stop_at, life.events, lives, -1
