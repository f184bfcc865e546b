"""What the machine does in a state: begins and ends things, measures, waits.

Here `tables` is the program, `life` the memory of one life, `me` the row of the module that runs,
`row` that of the state it is in, `t` the module's own time and `now` that of the look at the person.
"""
# mypy: disable-error-code="no-any-return"

import math

from sim.engine.hooks.calendar import appointment
from sim.engine.jit import inlined, njit
from sim.engine.kinds import Kind, Op, Source
from sim.engine.life import MOST_EVENTS, Row
from sim.engine.rules import MOST_ATTEMPTS, SHORTEST
from sim.engine.tables import LOCK, REFERENCE_BASE, TEXT_BASE
from sim.engine.vm_questions import amount, chance, finite, holds, referred, vital
from sim.engine.vm_waiting import activate, tell, write


@njit
def emit(
    log: Row, life: Row, day: float, kind: int, state: int, value: float, encounter: int, link: int
) -> int:
    """Writes an event and returns its place in the log."""
    n = life.events
    if n >= MOST_EVENTS:
        life.full = 1
        return n
    log.slot[n] = life.slot
    log.attempt[n] = life.attempt
    log.day[n] = day
    log.kind[n] = kind
    log.state[n] = state
    log.value[n] = value
    log.encounter[n] = encounter
    log.link[n] = link
    life.events = n + 1
    return n


@njit
def reason(life: Row, row: Row) -> int:
    """Returns the state of the onset that is the reason of a state, or -1."""
    if row.reason >= 0:
        return -1 if math.isnan(life.passed[row.reason].seen) else row.reason
    return referred(life, row.reason_attribute) if row.reason_attribute >= 0 else -1


@njit
def start(tables: Row, life: Row, log: Row, me: Row, s: int, t: float) -> None:
    """Writes down an onset, order, plan or device, unless one with its code is active."""
    row = tables.states[s]
    life.passed[s].pending = 0
    if life.active[row.code] < 0:
        why = reason(life, row)
        activate(tables, life, row.code, emit(log, life, t, row.kind, s, math.nan, me.held, why))


@njit
def stop(tables: Row, life: Row, log: Row, me: Row, s: int, t: float, code: int) -> None:
    """Ends what has a code, if it is active, and not before another module began it."""
    begun = life.active[code] if code >= 0 else -1
    if begun >= 0:
        if begun < MOST_EVENTS:
            t = max(t, log.day[begun])
        emit(log, life, t, tables.states[s].kind, s, math.nan, me.held, begun)
        activate(tables, life, code, -1)


@njit
def finish(tables: Row, life: Row, log: Row, me: Row, s: int, t: float) -> None:
    """Ends what a state names: an onset, what an attribute holds, or all that has its codes."""
    row = tables.states[s]
    onset = row.ends
    if row.ends_attribute >= 0:
        onset = referred(life, row.ends_attribute)
    if onset >= 0:
        life.passed[onset].pending = 0
        stop(tables, life, log, me, s, t, tables.states[onset].code)
    for i in range(row.codes_from, row.codes_to):
        stop(tables, life, log, me, s, t, tables.listed[i])


@njit
def value_of(tables: Row, life: Row, me: Row, row: Row, t: float) -> float:
    """Returns the value that a state gives to an attribute or observation."""
    if row.source == Source.VITAL:
        return vital(tables, life, row.reads, t)
    if row.source == Source.ATTRIBUTE:
        return life.attributes[row.reads]
    if row.source == Source.CONSTANT:
        return row.value
    return amount(row, me)


@njit
def observe(tables: Row, life: Row, log: Row, me: Row, s: int, t: float) -> None:
    """Writes down an observation and remembers its value.

    Of one that is not kept and that nobody reads, only the random numbers are counted.
    """
    row = tables.states[s]
    kept = t >= life.keep_from
    if not kept and not row.needed:
        if row.source == Source.AMOUNT and row.draw != 0:
            me.counter += 2 if row.draw == 2 else 1
        return
    value = value_of(tables, life, me, row, t)
    if row.record >= 0:
        write(tables, life, row.record, value)
    if row.attribute >= 0:
        write(tables, life, row.attribute, value)
    if kept:
        told = value < TEXT_BASE or (row.source == Source.ATTRIBUTE and value < REFERENCE_BASE)
        shown = value if told else math.nan
        emit(log, life, t, Kind.OBSERVATION, s, shown, me.held, -1)


@njit
def report(tables: Row, life: Row, log: Row, me: Row, s: int, t: float) -> None:
    """Writes down a report and the observations in it."""
    row = tables.states[s]
    if t >= life.keep_from:
        emit(log, life, t, row.kind, s, float(row.child_to - row.child_from), me.held, -1)
    for child in range(row.child_from, row.child_to):
        observe(tables, life, log, me, child, t)


@njit
def leave(tables: Row, life: Row, log: Row, me: Row, t: float) -> float:
    """Lets a module out of its encounter; returns when that ended.

    Death ends the encounter; the module's own time never goes back, or it could go round for ever.
    """
    if me.held >= 0 and life.lock == me.number:
        t = max(t, me.begun + SHORTEST)
        end = min(t, life.death)
        emit(log, life, end, Kind.ENCOUNTER_END, me.held_state, math.nan, me.held, me.held_event)
        life.lock = -1
        life.free_at = t
        tell(life, tables.module_count, LOCK)
    me.held = -1
    me.held_state = -1
    return t


@njit
def diagnose(tables: Row, life: Row, log: Row, me: Row, s: int, t: float) -> None:
    """Begins, at an encounter, what waited for it."""
    row = tables.states[s]
    me.held_state = s
    for i in range(row.deferred_from, row.deferred_to):
        if life.passed[tables.listed[i]].pending:
            start(tables, life, log, me, tables.listed[i], t)


@njit
def meet(tables: Row, life: Row, log: Row, me: Row, s: int, t: float, now: float) -> tuple[bool, float]:
    """Begins an encounter, if it can; returns whether it did, and when or when to try again."""
    row = tables.states[s]
    if life.lock >= 0 and life.lock != me.number:
        me.waiting = 0
        return False, math.nan
    t = leave(tables, life, log, me, t)
    begin = max(t, life.free_at)
    if row.scheduled and not (me.waiting and begin == t):
        me.counter += 1
        begin = appointment(begin, me.key, me.counter)
    me.waiting = int(begin > now)
    if begin > now:
        return False, begin
    life.lock = me.number
    life.held_at = begin
    me.held = life.encounters
    life.encounters += 1
    me.begun = begin
    why = reason(life, row)
    me.held_event = emit(log, life, begin, Kind.ENCOUNTER, s, math.nan, me.held, why)
    diagnose(tables, life, log, me, s, begin)
    return True, begin


@njit
def join(tables: Row, life: Row, log: Row, me: Row, s: int, t: float) -> tuple[bool, float]:
    """Joins the check-up that is going on, once; else sleeps until the next wakes it."""
    if me.waiting == 0:
        me.waiting = 1
        me.arrived = t
    if life.visit < 0 or life.passed[s].joined == life.visit or me.arrived > life.visit_at:
        return False, math.nan
    leave(tables, life, log, me, t)
    me.waiting = 0
    me.held = life.visit
    life.passed[s].joined = life.visit
    diagnose(tables, life, log, me, s, life.visit_at)
    return True, life.visit_at


@inlined
def pause(
    tables: Row, life: Row, log: Row, me: Row, row: Row, s: int, t: float, now: float
) -> tuple[bool, float]:
    """Lets a delay or a procedure take its time, to the exact moment."""
    if me.waiting:
        me.waiting = 0
        return True, t
    length = max(amount(row, me), 0.0)
    if row.op == Op.PROCEDURE:
        if row.attribute >= 0:
            write(tables, life, row.attribute, REFERENCE_BASE + s)
        emit(log, life, t, Kind.PROCEDURE, s, length, me.held, reason(life, row))
    me.waiting = int(t + length > now)
    return t + length <= now, t + length


@njit
def watch(tables: Row, life: Row, row: Row, t: float, now: float) -> tuple[bool, float]:
    """Lets a guard pass; one that asks only for an age sleeps until the birthday."""
    if row.birthday >= 0.0:
        due = life.birth + row.birthday
        return due <= now, max(due, t)
    if holds(tables, life, row.asks, t):
        return True, t
    passes = t < now and holds(tables, life, row.asks, now)
    return passes, now if passes else math.nan


@njit
def assign(tables: Row, life: Row, me: Row, row: Row, t: float) -> None:
    """Sets or counts an attribute."""
    if row.op == Op.COUNT:
        value = finite(life.attributes[row.attribute]) + row.value
    elif row.op == Op.SYMPTOM:
        value = amount(row, me) if chance(me) <= row.probability else 0.0
        life.felt = 1
    else:
        value = value_of(tables, life, me, row, t)
    write(tables, life, row.attribute, value)


@njit
def begin_or_defer(tables: Row, life: Row, log: Row, me: Row, s: int, t: float) -> None:
    """Begins an onset now, or leaves it to the encounter at which it will be found."""
    row = tables.states[s]
    if row.target >= 0 and me.held_state != row.target:
        life.passed[s].pending = 1
    else:
        start(tables, life, log, me, s, t)
    if row.attribute >= 0:
        write(tables, life, row.attribute, REFERENCE_BASE + s)


@njit
def die(life: Row, me: Row, row: Row, s: int, t: float) -> None:
    """Sets the moment of death, if it comes earlier than what was to come."""
    at = t + max(amount(row, me), 0.0)
    if at < life.death and life.attempt < MOST_ATTEMPTS - 1:
        life.death = at
        life.cause = s
        life.why = reason(life, row)


@njit
def act(tables: Row, life: Row, log: Row, me: Row, row: Row, s: int, t: float) -> float:
    """Does what takes no time; returns the time after it."""
    op = row.op
    if op == Op.SET or op == Op.COUNT or op == Op.SYMPTOM:
        assign(tables, life, me, row, t)
    elif op == Op.OBSERVE:
        observe(tables, life, log, me, s, t)
    elif op == Op.PANEL:
        report(tables, life, log, me, s, t)
    elif op == Op.START:
        begin_or_defer(tables, life, log, me, s, t)
    elif op == Op.END:
        finish(tables, life, log, me, s, t)
    elif op == Op.ENCOUNTER_END:
        return leave(tables, life, log, me, t)
    elif op == Op.NOTE:
        emit(log, life, t, row.kind, s, math.nan, me.held, -1)
    elif op == Op.DIE:
        die(life, me, row, s, t)
    return t


@inlined
def process(
    tables: Row, life: Row, log: Row, me: Row, row: Row, s: int, t: float, now: float
) -> tuple[bool, float]:
    """Processes a state; returns whether it is done, and the time then or when to go on.

    NaN stands for whatever `vm_waiting.rest` finds that the module waits for.
    """
    op = row.op
    if op == Op.DELAY or op == Op.PROCEDURE:
        return pause(tables, life, log, me, row, s, t, now)
    if op == Op.GUARD:
        return watch(tables, life, row, t, now)
    if op == Op.ENCOUNTER:
        return meet(tables, life, log, me, s, t, now)
    if op == Op.WELLNESS:
        return join(tables, life, log, me, s, t)
    return True, act(tables, life, log, me, row, s, t)
