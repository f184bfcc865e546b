"""What happens to people outside the modules: check-ups, vaccines, urgent visits, birthdays.

Here `tables` is the program, `life` the memory of one life and `now` the moment of the look.
"""
# mypy: disable-error-code="no-any-return"

import math

from sim.engine.hooks import lifecycle, risk
from sim.engine.hooks.calendar import appointment
from sim.engine.hooks.immunisation import VACCINES, due
from sim.engine.hooks.urgent import BEARABLE, EMERGENCY, urgent_visit
from sim.engine.hooks.wellness import next_check_up
from sim.engine.jit import njit
from sim.engine.kinds import Kind
from sim.engine.life import Row
from sim.engine.rules import (
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
from sim.engine.streams import mix
from sim.engine.tables import CHECK_UP as CHECK_UP_BIT
from sim.engine.tables import LOCK, TEXT_BASE
from sim.engine.vm_questions import felt
from sim.engine.vm_states import emit, leave
from sim.engine.vm_waiting import tell, write

_VACCINES = len(VACCINES)


@njit
def supply(tables: Row, life: Row, row: Row, value: float) -> None:
    """Sets an attribute that a hook supplies; a number may stand for a text."""
    if row.words_from >= 0 and not math.isnan(value):
        value = TEXT_BASE + tables.listed[row.words_from + int(value)]
    write(tables, life, row.attribute, value)


@njit
def be_born(tables: Row, life: Row) -> None:
    """Sets what people are born with, and when the first check-up is due."""
    key = mix(life.key, BORN_WORD)
    for i in range(tables.born_count):
        row = tables.born[i]
        supply(tables, life, row, lifecycle.born(row.which, key, life.sex, life.race, life.ses))
    life.visit_at = next_check_up(life.birth, 0.0, mix(life.key, VISIT_WORD), 0)


@njit
def birthday(life: Row) -> float:
    """Returns the next birthday, the day of birth at first."""
    return life.birth + life.years * YEAR


@njit
def grow_older(tables: Row, life: Row, now: float) -> None:
    """Sets, on the first look after a birthday, what changes with the years."""
    if tables.yearly_count == 0 or birthday(life) > now:
        return
    life.years += 1
    age = (now - life.birth) / YEAR
    for i in range(tables.yearly_count):
        row = tables.yearly[i]
        value = risk.yearly(row.which, life.body, age, life.sex, life.race, life.attributes)
        supply(tables, life, row, value)


@njit
def forgotten_at(tables: Row, life: Row) -> float:
    """Returns when the encounter that is going on will count as forgotten."""
    by_module = 0 <= life.lock < tables.module_count
    return life.held_at + FORGOTTEN if by_module else math.inf


@njit
def end_forgotten(tables: Row, life: Row, log: Row, now: float) -> None:
    """Ends an encounter that its module forgot, as of the last move in it."""
    if now > forgotten_at(tables, life):
        leave(tables, life, log, life.modules[life.lock], life.held_at)


@njit
def feel(tables: Row, life: Row) -> None:
    """Adds up the symptoms where one has changed."""
    if life.felt:
        life.felt = 0
        life.symptoms = 0.0
        for symptom in range(tables.symptom_count):
            life.symptoms += felt(tables, life, symptom)


@njit
def visit_urgently(tables: Row, life: Row, log: Row, now: float) -> None:
    """Lets strong symptoms lead to a visit, unless an encounter is going on."""
    if life.symptoms <= BEARABLE or life.lock >= 0 or life.free_at > now:
        return
    key = mix(life.key, URGENT_WORD)
    kind = urgent_visit(life.symptoms, now - life.urgent_at, key, life.step)
    if kind == 0:
        return
    state = tables.emergency_visit if kind == EMERGENCY else tables.urgent_visit
    end = min(now + URGENT_STAY[kind], life.death)
    event = emit(log, life, now, Kind.ENCOUNTER, state, math.nan, life.encounters, -1)
    emit(log, life, end, Kind.ENCOUNTER_END, state, math.nan, life.encounters, event)
    life.encounters += 1
    life.free_at = end
    life.urgent_at = now


@njit
def vaccinate(tables: Row, life: Row, log: Row) -> None:
    """Gives the vaccines that are due at a check-up."""
    at = life.visit_at
    age = (at - life.birth) / YEAR
    key = mix(life.key, VACCINE_WORD)
    for which in range(_VACCINES):
        row = life.doses[which]
        if due(which, row.given, age, row.last_age, at, key):
            row.given += 1
            row.last_age = age
            emit(log, life, at, Kind.IMMUNIZATION, tables.vaccines + which, math.nan, life.visit, -1)


@njit
def visit_state(tables: Row, life: Row) -> int:
    """Returns the state of the check-up that is due: a child's or an adult's."""
    return tables.child_visit if life.visit_at - life.birth < 18.0 * YEAR else tables.adult_visit


@njit
def open_check_up(tables: Row, life: Row, log: Row, now: float) -> int:
    """Begins the check-up if it is due and nothing else goes on; returns its event or -1."""
    if life.visit_at > now:
        return -1
    if life.lock >= 0 or life.free_at > life.visit_at:
        life.postponed += 1
        key = mix(life.key, POSTPONE_WORD)
        life.visit_at = appointment(max(now, life.free_at), key, life.postponed)
        return -1
    life.lock = tables.module_count
    life.visit = life.encounters
    life.encounters += 1
    tell(life, tables.module_count, CHECK_UP_BIT)
    state = visit_state(tables, life)
    event = emit(log, life, life.visit_at, Kind.ENCOUNTER, state, math.nan, life.visit, -1)
    vaccinate(tables, life, log)
    return event


@njit
def close_check_up(tables: Row, life: Row, log: Row, event: int) -> None:
    """Ends the check-up and plans the next."""
    at = life.visit_at
    end = min(at + CHECK_UP, life.death)
    state = visit_state(tables, life)
    emit(log, life, end, Kind.ENCOUNTER_END, state, math.nan, life.visit, event)
    for m in range(tables.module_count):
        me = life.modules[m]
        if me.held == life.visit:
            me.held = -1
            me.held_state = -1
    life.lock = -1
    life.visit = -1
    life.visits += 1
    life.free_at = end
    tell(life, tables.module_count, LOCK)
    age = (at - life.birth) / YEAR
    life.visit_at = next_check_up(at, age, mix(life.key, VISIT_WORD), life.visits)


@njit
def hooks_due(tables: Row, life: Row, now: float) -> float:
    """Returns when, after now, a hook has something to do."""
    due_at = min(life.visit_at, forgotten_at(tables, life))
    if tables.yearly_count > 0:
        due_at = min(due_at, birthday(life))
    return now if life.symptoms > BEARABLE else due_at
