"""What the machine does in a state: begins and ends things, measures, waits.

Here `person` is the life's row of single values, `me` the row of the module that runs, `row` that
of the state it is in, `t` the module's own time and `now` that of the look at the person.
"""
# mypy: disable-error-code="no-any-return"

import math

from sim.engine.flatten import REFERENCE_BASE, TEXT_BASE
from sim.engine.hooks.calendar import appointment
from sim.engine.jit import njit
from sim.engine.kinds import Kind, Op, Source
from sim.engine.life import Life
from sim.engine.program import Tables
from sim.engine.rules import MOST_ATTEMPTS, SHORTEST
from sim.engine.vm_questions import Row, amount, chance, holds, referred, vital


@njit
def emit(
    log: Row, person: Row, day: float, kind: int, state: int, value: float, encounter: int, link: int
) -> int:
    """Writes an event and returns its place in the log."""
    n = person.events
    if n >= log.shape[0]:
        person.full = 1
        return n
    event = log[n]
    event.slot = person.slot
    event.attempt = person.attempt
    event.day = day
    event.kind = kind
    event.state = state
    event.value = value
    event.encounter = encounter
    event.link = link
    person.events = n + 1
    return n


@njit
def reason(life: Life, row: Row) -> int:
    """Returns the state of the onset that is the reason of a state, or -1."""
    if row.reason >= 0:
        return -1 if math.isnan(life.passed[row.reason].seen) else row.reason
    return referred(life, row.reason_attribute) if row.reason_attribute >= 0 else -1


@njit
def start(tables: Tables, life: Life, log: Row, me: Row, s: int, t: float) -> None:
    """Writes down an onset, order, plan or device, unless one with its code is active."""
    row = tables.states[s]
    life.passed[s].pending = 0
    if life.active[row.code] < 0:
        why = reason(life, row)
        life.active[row.code] = emit(log, life.person[0], t, row.kind, s, math.nan, me.held, why)


@njit
def stop(tables: Tables, life: Life, log: Row, me: Row, s: int, t: float) -> None:
    """Ends what has the code that a state names, if it is active."""
    row = tables.states[s]
    code = row.code
    onset = row.ends
    if row.ends_attribute >= 0:
        onset = referred(life, row.ends_attribute)
        code = tables.states[onset].code if onset >= 0 else -1
    if onset >= 0:
        life.passed[onset].pending = 0
    if code >= 0 and life.active[code] >= 0:
        emit(log, life.person[0], t, row.kind, s, math.nan, me.held, life.active[code])
        life.active[code] = -1


@njit
def value_of(tables: Tables, life: Life, me: Row, row: Row, t: float) -> float:
    """Returns the value that a state gives to an attribute or observation."""
    if row.source == Source.VITAL:
        return vital(tables, life, row.reads, t)
    if row.source == Source.ATTRIBUTE:
        return life.attributes[row.reads]
    if row.source == Source.CONSTANT:
        return row.value
    return amount(row, me)


@njit
def observe(tables: Tables, life: Life, log: Row, me: Row, s: int, t: float) -> None:
    """Writes down an observation and remembers its value."""
    row = tables.states[s]
    value = value_of(tables, life, me, row, t)
    life.attributes[row.record] = value
    shown = value if value < TEXT_BASE else math.nan
    emit(log, life.person[0], t, Kind.OBSERVATION, s, shown, me.held, -1)


@njit
def leave(log: Row, person: Row, me: Row, t: float) -> float:
    """Lets a module out of its encounter; returns when that ended."""
    if me.held >= 0 and person.lock == me.number:
        t = min(max(t, me.begun + SHORTEST), person.death)
        emit(log, person, t, Kind.ENCOUNTER_END, me.held_state, math.nan, me.held, me.held_event)
        person.lock = -1
        person.free_at = t
    me.held = -1
    me.held_state = -1
    return t


@njit
def diagnose(tables: Tables, life: Life, log: Row, me: Row, s: int, t: float) -> None:
    """Begins, at an encounter, what waited for it."""
    row = tables.states[s]
    me.held_state = s
    for i in range(row.deferred_from, row.deferred_to):
        if life.passed[tables.deferred[i]].pending:
            start(tables, life, log, me, tables.deferred[i], t)


@njit
def meet(tables: Tables, life: Life, log: Row, me: Row, s: int, t: float, now: float) -> tuple[bool, float]:
    """Begins an encounter, if it can; returns whether it did, and when or when to try again."""
    person = life.person[0]
    row = tables.states[s]
    if person.lock >= 0 and person.lock != me.number:
        me.waiting = 0
        return False, math.nan
    t = leave(log, person, me, t)
    begin = max(t, person.free_at)
    if row.scheduled and not (me.waiting and begin == t):
        me.counter += 1
        begin = appointment(begin, me.key, me.counter)
    me.waiting = int(begin > now)
    if begin > now:
        return False, begin
    person.lock = me.number
    me.held = person.encounters
    person.encounters += 1
    me.begun = begin
    why = reason(life, row)
    me.held_event = emit(log, person, begin, Kind.ENCOUNTER, s, math.nan, me.held, why)
    diagnose(tables, life, log, me, s, begin)
    return True, begin


@njit
def join(tables: Tables, life: Life, log: Row, me: Row, s: int, t: float) -> tuple[bool, float]:
    """Joins the check-up that is going on, once; else sleeps until the next wakes it."""
    person = life.person[0]
    if me.waiting == 0:
        me.waiting = 1
        me.arrived = t
    if person.visit < 0 or life.passed[s].joined == person.visit or me.arrived > person.visit_at:
        return False, math.inf
    leave(log, person, me, t)
    me.waiting = 0
    me.held = person.visit
    life.passed[s].joined = person.visit
    diagnose(tables, life, log, me, s, person.visit_at)
    return True, person.visit_at


@njit
def pause(life: Life, log: Row, me: Row, row: Row, s: int, t: float, now: float) -> tuple[bool, float]:
    """Lets a delay or a procedure take its time, to the exact moment."""
    if me.waiting:
        me.waiting = 0
        return True, t
    length = max(amount(row, me), 0.0)
    if row.op == Op.PROCEDURE:
        emit(log, life.person[0], t, Kind.PROCEDURE, s, length, me.held, reason(life, row))
    me.waiting = int(t + length > now)
    return t + length <= now, t + length


@njit
def watch(tables: Tables, life: Life, row: Row, t: float, now: float) -> tuple[bool, float]:
    """Lets a guard pass; one that asks only for an age sleeps until the birthday."""
    if row.birthday >= 0.0:
        due = life.person[0].birth + row.birthday
        return due <= now, max(due, t)
    if holds(tables, life, row.test_from, row.test_to, t):
        return True, t
    passes = t < now and holds(tables, life, row.test_from, row.test_to, now)
    return passes, now if passes else math.nan


@njit
def assign(tables: Tables, life: Life, me: Row, row: Row, t: float) -> None:
    """Sets or counts an attribute."""
    if row.op == Op.COUNT:
        before = life.attributes[row.attribute]
        value = (before if before < TEXT_BASE else 0.0) + row.value
    elif row.op == Op.SYMPTOM:
        felt = chance(me) <= row.probability
        value = amount(row, me) if felt else 0.0
    else:
        value = value_of(tables, life, me, row, t)
    life.attributes[row.attribute] = value


@njit
def begin_or_defer(tables: Tables, life: Life, log: Row, me: Row, s: int, t: float) -> None:
    """Begins an onset now, or leaves it to the encounter at which it will be found."""
    row = tables.states[s]
    if row.target >= 0 and me.held_state != row.target:
        life.passed[s].pending = 1
    else:
        start(tables, life, log, me, s, t)
    if row.attribute >= 0:
        life.attributes[row.attribute] = REFERENCE_BASE + s


@njit
def act(tables: Tables, life: Life, log: Row, me: Row, s: int, t: float) -> float:
    """Does what takes no time; returns the time after it."""
    person = life.person[0]
    row = tables.states[s]
    op = row.op
    if op == Op.SET or op == Op.COUNT or op == Op.SYMPTOM:
        assign(tables, life, me, row, t)
    elif op == Op.OBSERVE:
        observe(tables, life, log, me, s, t)
    elif op == Op.PANEL:
        emit(log, person, t, row.kind, s, float(row.child_to - row.child_from), me.held, -1)
        for child in range(row.child_from, row.child_to):
            observe(tables, life, log, me, child, t)
    elif op == Op.START:
        begin_or_defer(tables, life, log, me, s, t)
    elif op == Op.END:
        stop(tables, life, log, me, s, t)
    elif op == Op.ENCOUNTER_END:
        return leave(log, person, me, t)
    elif op == Op.NOTE:
        emit(log, person, t, row.kind, s, math.nan, me.held, -1)
    elif op == Op.DIE:
        at = t + max(amount(row, me), 0.0)
        if at < person.death and person.attempt < MOST_ATTEMPTS - 1:
            person.death = at
            person.cause = s
    return t


@njit
def process(
    tables: Tables, life: Life, log: Row, me: Row, s: int, t: float, now: float
) -> tuple[bool, float]:
    """Processes a state; returns whether it is done, and the time then or when to go on."""
    row = tables.states[s]
    op = row.op
    if op == Op.DELAY or op == Op.PROCEDURE:
        return pause(life, log, me, row, s, t, now)
    if op == Op.GUARD:
        return watch(tables, life, row, t, now)
    if op == Op.ENCOUNTER:
        return meet(tables, life, log, me, s, t, now)
    if op == Op.WELLNESS:
        return join(tables, life, log, me, s, t)
    return True, act(tables, life, log, me, s, t)
