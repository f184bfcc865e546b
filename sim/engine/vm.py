"""The machine: runs flat arrays, one person at a time, and emits integer events.

The semantics are those of `oracle.py`, which says the same in plain Python; a test holds the two
together event for event. Only constants, arrays and scalars are used here.
"""

import math

import numpy as np
from numpy.typing import NDArray

from sim.engine.flatten import MAX_DEPTH, REFERENCE_BASE, TEXT_BASE
from sim.engine.hooks.calendar import appointment, year_and_month
from sim.engine.hooks.mortality import alive_share, lifetime
from sim.engine.hooks.physiology import vital_sign
from sim.engine.hooks.wellness import next_check_up
from sim.engine.jit import njit
from sim.engine.kinds import Compare, Kind, Op, Source, Test
from sim.engine.life import (
    CAUSE,
    DEATH,
    ENCOUNTERS,
    FREE_AT,
    LOCK,
    POSTPONED,
    VISIT,
    VISIT_AT,
    VISITS,
    Ends,
    Life,
    Log,
    Who,
)
from sim.engine.program import Tables
from sim.engine.streams import mix, shaped, uniform, word_of

STEP = 7.0
"""Days between two looks at a person."""

YEAR = 365.25
SHORTEST = 15.0 / 1440.0
"""An encounter lasts at least a quarter of an hour."""

CHECK_UP = 30.0 / 1440.0
"""A check-up lasts half an hour."""

MOST_ATTEMPTS = 100
"""A slot's last attempt is made to live: without it, a slot born 110 years ago could try for ever."""

MOST_MOVES = 10_000
"""A module that moves more often in one step is stuck."""

BODY_WORD = word_of("physiology")
LIFE_WORD = word_of("mortality")
VISIT_WORD = word_of("check-up")
POSTPONE_WORD = word_of("postponed check-up")

_COUNTED = int(Test.AND)


@njit
def emit(
    log: Log, who: Who, day: float, kind: int, state: int, value: float, encounter: int, link: int
) -> int:
    """Writes an event and returns its place in the log."""
    n = log.used[0]
    if n >= log.day.shape[0]:
        log.used[1] = 1
        return n
    log.slot[n] = who.slot
    log.attempt[n] = who.attempt
    log.day[n] = day
    log.kind[n] = kind
    log.state[n] = state
    log.value[n] = value
    log.encounter[n] = encounter
    log.link[n] = link
    log.used[0] = n + 1
    return n


@njit
def chance(life: Life, m: int) -> float:
    """Returns the next uniform number of a module's stream."""
    life.counter[m] += 1
    return uniform(life.key[m], life.counter[m])


@njit
def amount(tables: Tables, life: Life, m: int, s: int) -> float:
    """Draws the amount of a state; an exact one takes no random number."""
    row = tables.states[s]
    u = chance(life, m) if row.draw > 0 else 0.0
    v = chance(life, m) if row.draw == 2 else 0.0
    return shaped(row.draw, row.a, row.b, row.low, row.high, u, v)


@njit
def fill_flags(tables: Tables, life: Life) -> None:
    """Copies the attributes that hooks read, 0 where unset."""
    for i in range(tables.flags.shape[0]):
        value = life.attributes[tables.flags[i]]
        life.flags[i] = value if value > 0.0 else 0.0


@njit
def vital(tables: Tables, who: Who, life: Life, which: int, day: float) -> float:
    """Returns a vital sign: as a module set it, else by the physiology hook."""
    override = tables.overrides[which]
    if override >= 0 and not math.isnan(life.attributes[override]):
        return life.attributes[override]
    fill_flags(tables, life)
    return vital_sign(which, who.body, day, (day - who.birth) / YEAR, who.sex, life.flags)


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
def reference(life: Life, attribute: int) -> int:
    """Returns the state whose onset an attribute holds, or -1."""
    value = life.attributes[attribute]
    return int(value - REFERENCE_BASE) if value >= REFERENCE_BASE else -1


@njit
def answer(tables: Tables, who: Who, life: Life, i: int, t: float) -> bool:
    """Answers one simple question at a time."""
    row = tables.tests[i]
    test = row.test
    if test == Test.ATTRIBUTE:
        return compares(row.compare, life.attributes[row.name], row.value)
    if test == Test.AGE:
        return compares(row.compare, t - who.birth, row.value)
    if test == Test.SEX:
        return who.sex == row.value
    if test == Test.ACTIVE:
        return life.active[row.name] >= 0
    if test == Test.ACTIVE_REFERENCE:
        state = reference(life, row.name)
        return state >= 0 and life.active[tables.states[state].code] >= 0
    if test == Test.VITAL:
        return compares(row.compare, vital(tables, who, life, row.name, t), row.value)
    if test == Test.PRIOR:
        since = life.seen[row.since] if row.since >= 0 else -math.inf
        return t - life.seen[row.name] <= row.value and not life.seen[row.name] < since
    if test == Test.YEAR:
        return compares(row.compare, float(year_and_month(t)[0]), row.value)
    if test == Test.MONTH:
        return compares(row.compare, float(year_and_month(t)[1]), row.value)
    if test == Test.RACE:
        return who.race == row.value
    if test == Test.SES:
        return who.ses == row.value
    return row.value > 0.0


@njit
def holds(tables: Tables, who: Who, life: Life, begin: int, end: int, t: float) -> bool:
    """Answers a question in postfix form; an empty one holds."""
    n = 0
    for i in range(begin, end):
        row = tables.tests[i]
        if row.test < _COUNTED:
            life.answers[n] = answer(tables, who, life, i, t)
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
def choose(tables: Tables, who: Who, life: Life, m: int, s: int, t: float) -> int:
    """Returns the state that follows, or -1 when no branch applies."""
    row = tables.states[s]
    for b in range(row.branch_from, row.branch_to):
        branch = tables.branches[b]
        if not holds(tables, who, life, branch.test_from, branch.test_to, t):
            continue
        last = branch.option_to - 1
        if last == branch.option_from:
            return tables.options[last].target
        u = chance(life, m)
        for i in range(branch.option_from, last):
            weight = tables.options[i].weight
            name = tables.options[i].attribute
            if name >= 0 and not math.isnan(life.attributes[name]):
                weight = life.attributes[name]
            if u < weight:
                return tables.options[i].target
            u -= weight
        return tables.options[last].target
    return -1


@njit
def reason(tables: Tables, life: Life, s: int) -> int:
    """Returns the state of the onset that is the reason of a state, or -1."""
    row = tables.states[s]
    if row.reason >= 0:
        return -1 if math.isnan(life.seen[row.reason]) else row.reason
    return reference(life, row.reason_attribute) if row.reason_attribute >= 0 else -1


@njit
def start(tables: Tables, who: Who, life: Life, log: Log, m: int, s: int, t: float) -> None:
    """Writes down an onset, order, plan or device, unless one with its code is active."""
    row = tables.states[s]
    life.pending[s] = 0
    if life.active[row.code] < 0:
        why = reason(tables, life, s)
        life.active[row.code] = emit(log, who, t, row.kind, s, math.nan, life.held[m], why)


@njit
def stop(tables: Tables, who: Who, life: Life, log: Log, m: int, s: int, t: float) -> None:
    """Ends what has the code that a state names, if it is active."""
    row = tables.states[s]
    code = row.code
    onset = row.ends
    if row.ends_attribute >= 0:
        onset = reference(life, row.ends_attribute)
        code = tables.states[onset].code if onset >= 0 else -1
    if onset >= 0:
        life.pending[onset] = 0
    if code >= 0 and life.active[code] >= 0:
        emit(log, who, t, row.kind, s, math.nan, life.held[m], life.active[code])
        life.active[code] = -1


@njit
def observe(tables: Tables, who: Who, life: Life, log: Log, m: int, s: int, t: float) -> None:
    """Writes down an observation and remembers its value."""
    row = tables.states[s]
    if row.source == Source.VITAL:
        value = vital(tables, who, life, row.reads, t)
    elif row.source == Source.ATTRIBUTE:
        value = life.attributes[row.reads]
    elif row.source == Source.CONSTANT:
        value = row.value
    else:
        value = amount(tables, life, m, s)
    life.attributes[row.record] = value
    shown = value if value < TEXT_BASE else math.nan
    emit(log, who, t, Kind.OBSERVATION, s, shown, life.held[m], -1)


@njit
def leave(who: Who, life: Life, log: Log, m: int, t: float) -> float:
    """Lets a module out of its encounter; returns when that ended."""
    if life.held[m] < 0:
        return t
    if life.whole[LOCK] == m:
        t = min(max(t, life.begun[m] + SHORTEST), life.real[DEATH])
        event = life.held_event[m]
        emit(log, who, t, Kind.ENCOUNTER_END, life.held_state[m], math.nan, life.held[m], event)
        life.whole[LOCK] = -1
        life.real[FREE_AT] = t
    life.held[m] = -1
    life.held_state[m] = -1
    return t


@njit
def diagnose(tables: Tables, who: Who, life: Life, log: Log, m: int, s: int, t: float) -> None:
    """Begins, at an encounter, what waited for it."""
    row = tables.states[s]
    life.held_state[m] = s
    for i in range(row.deferred_from, row.deferred_to):
        if life.pending[tables.deferred[i]]:
            start(tables, who, life, log, m, tables.deferred[i], t)


@njit
def meet(
    tables: Tables, who: Who, life: Life, log: Log, m: int, s: int, t: float, now: float
) -> tuple[bool, float]:
    """Begins an encounter, if it can; returns whether it did, and when or when to try again."""
    row = tables.states[s]
    if life.whole[LOCK] >= 0 and life.whole[LOCK] != m:
        life.waiting[m] = 0
        return False, math.nan
    t = leave(who, life, log, m, t)
    begin = max(t, life.real[FREE_AT])
    if row.scheduled and not (life.waiting[m] and begin == t):
        life.counter[m] += 1
        begin = appointment(begin, life.key[m], life.counter[m])
    life.waiting[m] = begin > now
    if begin > now:
        return False, begin
    life.whole[LOCK] = m
    life.whole[ENCOUNTERS] += 1
    life.held[m] = life.whole[ENCOUNTERS] - 1
    life.begun[m] = begin
    why = reason(tables, life, s)
    life.held_event[m] = emit(log, who, begin, Kind.ENCOUNTER, s, math.nan, life.held[m], why)
    diagnose(tables, who, life, log, m, s, begin)
    return True, begin


@njit
def join(tables: Tables, who: Who, life: Life, log: Log, m: int, s: int, t: float) -> tuple[bool, float]:
    """Joins the check-up that is going on, once."""
    if life.waiting[m] == 0:
        life.waiting[m] = 1
        life.arrived[m] = t
    visit = life.whole[VISIT]
    at = life.real[VISIT_AT]
    if visit < 0 or life.joined[s] == visit or life.arrived[m] > at:
        return False, math.nan
    leave(who, life, log, m, t)
    life.waiting[m] = 0
    life.joined[s] = visit
    life.held[m] = visit
    diagnose(tables, who, life, log, m, s, at)
    return True, at


@njit
def pause(
    tables: Tables, who: Who, life: Life, log: Log, m: int, s: int, t: float, now: float
) -> tuple[bool, float]:
    """Lets a delay or a procedure take its time, to the exact moment."""
    if life.waiting[m]:
        life.waiting[m] = 0
        return True, t
    row = tables.states[s]
    length = max(amount(tables, life, m, s), 0.0)
    if row.op == Op.PROCEDURE:
        emit(log, who, t, Kind.PROCEDURE, s, length, life.held[m], reason(tables, life, s))
    life.waiting[m] = t + length > now
    return t + length <= now, t + length


@njit
def assign(tables: Tables, life: Life, m: int, s: int) -> None:
    """Sets or counts an attribute."""
    row = tables.states[s]
    if row.op == Op.COUNT:
        before = life.attributes[row.attribute]
        value = row.value + (0.0 if math.isnan(before) else before)
    elif row.op == Op.SYMPTOM:
        felt = chance(life, m) <= row.probability
        value = amount(tables, life, m, s) if felt else 0.0
    elif row.source == Source.ATTRIBUTE:
        value = life.attributes[row.reads]
    elif row.source == Source.CONSTANT:
        value = row.value
    else:
        value = amount(tables, life, m, s)
    life.attributes[row.attribute] = value


@njit
def act(tables: Tables, who: Who, life: Life, log: Log, m: int, s: int, t: float) -> float:
    """Does what takes no time; returns the time after it."""
    row = tables.states[s]
    op = row.op
    if op == Op.SET or op == Op.COUNT or op == Op.SYMPTOM:
        assign(tables, life, m, s)
    elif op == Op.OBSERVE:
        observe(tables, who, life, log, m, s, t)
    elif op == Op.PANEL:
        count = row.child_to - row.child_from
        emit(log, who, t, row.kind, s, float(count), life.held[m], -1)
        for child in range(row.child_from, row.child_to):
            observe(tables, who, life, log, m, child, t)
    elif op == Op.START:
        if row.target >= 0 and life.held_state[m] != row.target:
            life.pending[s] = 1
        else:
            start(tables, who, life, log, m, s, t)
        if row.attribute >= 0:
            life.attributes[row.attribute] = REFERENCE_BASE + s
    elif op == Op.END:
        stop(tables, who, life, log, m, s, t)
    elif op == Op.ENCOUNTER_END:
        t = leave(who, life, log, m, t)
    elif op == Op.NOTE:
        emit(log, who, t, row.kind, s, math.nan, life.held[m], -1)
    elif op == Op.DIE:
        at = t + max(amount(tables, life, m, s), 0.0)
        if at < life.real[DEATH]:
            life.real[DEATH] = at
            life.whole[CAUSE] = s
    return t


@njit
def run_module(tables: Tables, who: Who, life: Life, log: Log, m: int, now: float) -> int:
    """Runs a module up to now; returns -1, or the state in which it went round for ever."""
    s = int(life.current[m])
    t = now if math.isnan(life.wake[m]) else life.wake[m]
    for _ in range(MOST_MOVES):
        op = tables.states[s].op
        go = True
        wake = math.nan
        if op == Op.TERMINAL:
            if life.depth[m] == 0:
                leave(who, life, log, m, t)
                go, wake = False, math.inf
            else:
                life.depth[m] -= 1
                s = int(life.calls[m, life.depth[m]])
        elif op == Op.CALL:
            if life.depth[m] == MAX_DEPTH:
                return s
            life.calls[m, life.depth[m]] = s
            life.depth[m] += 1
            s = tables.states[s].call
            continue
        elif op == Op.GUARD:
            begin, end = tables.states[s].test_from, tables.states[s].test_to
            if not holds(tables, who, life, begin, end, t):
                t = now
                go = holds(tables, who, life, begin, end, t)
        elif op == Op.DELAY or op == Op.PROCEDURE:
            go, wake = pause(tables, who, life, log, m, s, t, now)
            t = wake
        elif op == Op.ENCOUNTER:
            go, wake = meet(tables, who, life, log, m, s, t, now)
            t = wake
        elif op == Op.WELLNESS:
            go, wake = join(tables, who, life, log, m, s, t)
            t = wake
        else:
            t = act(tables, who, life, log, m, s, t)
        if go:
            life.seen[s] = t
            following = choose(tables, who, life, m, s, t)
            go = following >= 0
            wake = math.inf
            s = following if go else s
        if not go:
            life.current[m] = s
            life.wake[m] = wake
            return -1
    return s


@njit
def clear(tables: Tables, who: Who, life: Life, own: int) -> None:
    """Makes the memory ready for a new life."""
    life.attributes[:] = math.nan
    life.active[:] = -1
    life.seen[:] = math.nan
    life.pending[:] = 0
    life.joined[:] = -1
    life.current[:] = tables.starts
    life.wake[:] = math.nan
    life.waiting[:] = 0
    life.counter[:] = 0
    life.held[:] = -1
    life.held_state[:] = -1
    life.depth[:] = 0
    for m in range(tables.starts.shape[0]):
        life.key[m] = mix(own, tables.words[m])
    life.whole[:] = 0
    life.whole[LOCK] = -1
    life.whole[VISIT] = -1
    life.whole[CAUSE] = tables.death
    life.real[FREE_AT] = who.birth
    life.real[VISIT_AT] = next_check_up(who.birth, 0.0, mix(own, VISIT_WORD), 0)


@njit
def open_check_up(tables: Tables, who: Who, life: Life, log: Log, own: int, now: float) -> int:
    """Begins the check-up if it is due and nothing else goes on; returns its event or -1."""
    if life.real[VISIT_AT] > now:
        return -1
    if life.whole[LOCK] >= 0 or life.real[FREE_AT] > life.real[VISIT_AT]:
        life.whole[POSTPONED] += 1
        key = mix(own, POSTPONE_WORD)
        life.real[VISIT_AT] = appointment(max(now, life.real[FREE_AT]), key, life.whole[POSTPONED])
        return -1
    at = life.real[VISIT_AT]
    state = tables.child_visit if at - who.birth < 18.0 * YEAR else tables.adult_visit
    life.whole[LOCK] = tables.starts.shape[0]
    life.whole[ENCOUNTERS] += 1
    life.whole[VISIT] = life.whole[ENCOUNTERS] - 1
    return emit(log, who, at, Kind.ENCOUNTER, state, math.nan, life.whole[VISIT], -1)


@njit
def close_check_up(who: Who, life: Life, log: Log, own: int, event: int) -> None:
    """Ends the check-up and plans the next."""
    at = life.real[VISIT_AT]
    visit = life.whole[VISIT]
    end = min(at + CHECK_UP, life.real[DEATH])
    state = log.state[min(event, log.state.shape[0] - 1)]
    emit(log, who, end, Kind.ENCOUNTER_END, state, math.nan, visit, event)
    for m in range(life.held.shape[0]):
        if life.held[m] == visit:
            life.held[m] = -1
            life.held_state[m] = -1
    life.whole[LOCK] = -1
    life.whole[VISIT] = -1
    life.whole[VISITS] += 1
    life.real[FREE_AT] = end
    age = (at - who.birth) / YEAR
    life.real[VISIT_AT] = next_check_up(at, age, mix(own, VISIT_WORD), life.whole[VISITS])


@njit
def run_life(tables: Tables, who: Who, life: Life, log: Log, own: int, end: float) -> int:
    """Runs a life from birth to death or the end; returns -1 or the state that went round."""
    clear(tables, who, life, own)
    u = 1.0 - uniform(mix(own, LIFE_WORD), 0)
    if who.attempt == MOST_ATTEMPTS - 1:
        u *= alive_share(end - who.birth, tables.living[who.sex])
    life.real[DEATH] = who.birth + lifetime(u, tables.living[who.sex])
    now = who.birth
    while now <= end and now < life.real[DEATH]:
        event = open_check_up(tables, who, life, log, own, now)
        for m in range(tables.starts.shape[0]):
            if not life.wake[m] > now:
                stuck = run_module(tables, who, life, log, m, now)
                if stuck >= 0:
                    return stuck
        if event >= 0:
            close_check_up(who, life, log, own, event)
        now += STEP
    death = life.real[DEATH]
    if death <= end:
        for m in range(tables.starts.shape[0]):
            leave(who, life, log, m, death)
        emit(log, who, death, Kind.DEATH, life.whole[CAUSE], math.nan, -1, -1)
    return -1


@njit
def finish(tables: Tables, who: Who, life: Life, ends: Ends, end: float) -> bool:
    """Writes down how a life ended; returns whether the person lives."""
    n = ends.used[0]
    dead = life.real[DEATH] <= end
    if n >= ends.death.shape[0]:
        ends.used[1] = 1
        return not dead
    day = life.real[DEATH] if dead else end
    ends.slot[n] = who.slot
    ends.attempt[n] = who.attempt
    ends.death[n] = life.real[DEATH] if dead else math.nan
    for which in range(ends.vitals.shape[1]):
        ends.vitals[n, which] = vital(tables, who, life, which, day)
    fill_flags(tables, life)
    for i in range(ends.flags.shape[1]):
        ends.flags[n, i] = life.flags[i] > 0.0
    ends.used[0] = n + 1
    return not dead


@njit
def run_slots(
    tables: Tables,
    birth: NDArray[np.float64],
    sex: NDArray[np.int8],
    race: NDArray[np.int8],
    ses: NDArray[np.int8],
    begin: int,
    stop_at: int,
    seed: int,
    end: float,
    life: Life,
    log: Log,
    ends: Ends,
) -> tuple[int, int]:
    """Runs slots until done or the log is full.

    Returns:
        The first slot not done, and -1 or the state in which a module went round for ever; a slot
        that did not fit leaves nothing behind, and `used[1]` of the log or ends is 1.
    """
    for slot in range(begin, stop_at):
        events, lives = log.used[0], ends.used[0]
        for attempt in range(MOST_ATTEMPTS):
            own = mix(mix(seed, slot), attempt)
            body = mix(own, BODY_WORD)
            who = Who(slot, attempt, int(sex[slot]), int(race[slot]), int(ses[slot]), birth[slot], body)
            stuck = run_life(tables, who, life, log, own, end)
            if stuck >= 0:
                return slot, stuck
            if finish(tables, who, life, ends, end) or log.used[1] or ends.used[1]:
                break
        if log.used[1] or ends.used[1]:
            log.used[0] = events
            ends.used[0] = lives
            return slot, -1
    return stop_at, -1
