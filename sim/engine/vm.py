"""The machine: runs flat arrays, one person at a time, and emits integer events.

The semantics are those of `oracle.py`, which says the same in plain Python; a test holds the two
together event for event. In what follows `person` is the life's row of single values, `me` the
row of the module that runs, `row` that of the state it is in, and `t` the module's own time.
"""
# mypy: disable-error-code="no-any-return"

import math
from typing import Any

from numpy.typing import NDArray

from sim.engine.flatten import REFERENCE_BASE, TEXT_BASE
from sim.engine.hooks.calendar import appointment, year_and_month
from sim.engine.hooks.mortality import alive_share, lifetime
from sim.engine.hooks.physiology import vital_sign
from sim.engine.hooks.wellness import next_check_up
from sim.engine.jit import njit
from sim.engine.kinds import Compare, Kind, Op, Source, Test
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
    SHORTEST,
    STEP,
    VISIT_WORD,
    YEAR,
)
from sim.engine.streams import mix, shaped, uniform

Row = Any
"""A row of a structured array."""

_COUNTED = int(Test.AND)


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
def chance(me: Row) -> float:
    """Returns the next uniform number of a module's stream."""
    me.counter += 1
    return uniform(me.key, me.counter)


@njit
def amount(row: Row, me: Row) -> float:
    """Draws the amount of a state; an exact one takes no random number."""
    if row.draw == 0:
        return row.a
    u = chance(me)
    v = chance(me) if row.draw == 2 else 0.0
    return shaped(row.draw, row.a, row.b, row.low, row.high, u, v)


@njit
def fill_flags(tables: Tables, life: Life) -> None:
    """Copies the attributes that hooks read, 0 where unset."""
    for i in range(life.flags.shape[0]):
        value = life.attributes[tables.flags[i]]
        life.flags[i] = value if 0.0 < value < TEXT_BASE else 0.0


@njit
def vital(tables: Tables, life: Life, which: int, day: float) -> float:
    """Returns a vital sign: as a module set it, else by the physiology hook."""
    override = tables.overrides[which]
    if override >= 0 and life.attributes[override] < TEXT_BASE:
        return life.attributes[override]
    fill_flags(tables, life)
    person = life.person[0]
    return vital_sign(which, person.body, day, (day - person.birth) / YEAR, person.sex, life.flags)


@njit
def compares(compare: int, x: float, y: float) -> bool:
    """Compares two values; nothing (NaN) is only unequal, and text has no order."""
    if compare == Compare.IS_NIL:
        return math.isnan(x)
    if compare == Compare.IS_NOT_NIL:
        return not math.isnan(x)
    if compare == Compare.EQUAL:
        return x == y
    if compare == Compare.NOT_EQUAL:
        return x != y
    if x >= TEXT_BASE:
        return False
    if compare == Compare.LESS:
        return x < y
    if compare == Compare.LESS_EQUAL:
        return x <= y
    if compare == Compare.GREATER_EQUAL:
        return x >= y
    return x > y


@njit
def referred(life: Life, attribute: int) -> int:
    """Returns the state whose onset an attribute holds, or -1."""
    value = life.attributes[attribute]
    return int(value - REFERENCE_BASE) if value >= REFERENCE_BASE else -1


@njit
def answer(tables: Tables, life: Life, row: Row, t: float) -> bool:
    """Answers one question that has no parts."""
    test = row.test
    person = life.person[0]
    if test == Test.ATTRIBUTE:
        return compares(row.compare, life.attributes[row.name], row.value)
    if test == Test.AGE:
        return compares(row.compare, t - person.birth, row.value)
    if test == Test.SEX:
        return person.sex == row.value
    if test == Test.ACTIVE:
        return life.active[row.name] >= 0
    if test == Test.ACTIVE_REFERENCE:
        state = referred(life, row.name)
        return state >= 0 and life.active[tables.states[state].code] >= 0
    if test == Test.VITAL:
        return compares(row.compare, vital(tables, life, row.name, t), row.value)
    if test == Test.PRIOR:
        since = life.passed[row.since].seen if row.since >= 0 else -math.inf
        seen = life.passed[row.name].seen
        return t - seen <= row.value and not seen < since
    if test == Test.YEAR:
        return compares(row.compare, float(year_and_month(t)[0]), row.value)
    if test == Test.MONTH:
        return compares(row.compare, float(year_and_month(t)[1]), row.value)
    if test == Test.RACE:
        return person.race == row.value
    if test == Test.SES:
        return person.ses == row.value
    return row.value > 0.0


@njit
def holds(tables: Tables, life: Life, begin: int, end: int, t: float) -> bool:
    """Answers a question in postfix form; an empty one holds."""
    n = 0
    for i in range(begin, end):
        row = tables.tests[i]
        if row.test < _COUNTED:
            life.answers[n] = answer(tables, life, row, t)
            n += 1
            continue
        yes = 0
        for _ in range(row.name):
            n -= 1
            yes += life.answers[n]
        if row.test == Test.AND:
            life.answers[n] = yes == row.name
        elif row.test == Test.OR:
            life.answers[n] = yes > 0
        elif row.test == Test.AT_LEAST:
            life.answers[n] = yes >= row.since
        elif row.test == Test.AT_MOST:
            life.answers[n] = yes <= row.since
        else:
            life.answers[n] = yes == 0
        n += 1
    return n == 0 or life.answers[0] > 0


@njit
def pick(tables: Tables, life: Life, me: Row, begin: int, last: int) -> int:
    """Picks one of several options by their probabilities; the last takes what is left."""
    u = chance(me)
    for i in range(begin, last):
        option = tables.options[i]
        weight = option.weight
        if option.attribute >= 0 and life.attributes[option.attribute] < TEXT_BASE:
            weight = life.attributes[option.attribute]
        if u < weight:
            return option.target
        u -= weight
    return tables.options[last].target


@njit
def choose(tables: Tables, life: Life, me: Row, row: Row, t: float) -> int:
    """Returns the state that follows, or -1 when no branch applies."""
    for b in range(row.branch_from, row.branch_to):
        branch = tables.branches[b]
        if holds(tables, life, branch.test_from, branch.test_to, t):
            last = branch.option_to - 1
            if last == branch.option_from:
                return tables.options[last].target
            return pick(tables, life, me, branch.option_from, last)
    return -1


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
        if at < person.death:
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
