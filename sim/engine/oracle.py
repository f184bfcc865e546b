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
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import seeds
from sim.engine.hooks import calendar, mortality, physiology, wellness
from sim.engine.jit import plain
from sim.engine.kinds import FLAGS, VITALS, Compare, Kind, Op, Source, Test
from sim.engine.life import END, EVENT
from sim.engine.model import Logic, Module, Node
from sim.engine.program import Program
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
from sim.engine.streams import shaped, uniform, word_of
from sim.errors import HilabError

_appointment = plain(calendar.appointment)
_year_and_month = plain(calendar.year_and_month)
_vital_sign = plain(physiology.vital_sign)
_next_check_up = plain(wellness.next_check_up)
_lifetime = plain(mortality.lifetime)
_alive_share = plain(mortality.alive_share)
_uniform = plain(uniform)
_shaped = plain(shaped)

_CHECK_UP_HOLDER = -2
"""Holder of the encounter while the check-up is on; modules are 0, 1, 2 ..."""


@dataclass(frozen=True, slots=True)
class Onset:
    """What an attribute holds after an onset was assigned to it."""

    module: Module
    node: Node


Held = float | str | Onset | None


@dataclass(slots=True)
class Person:
    """One life: what is known of it and what has happened so far."""

    program: Program
    slot: int
    attempt: int
    sex: int
    race: int
    ses: int
    birth: float
    key: int
    log: list[tuple[Any, ...]]
    death: float = math.inf
    cause: int = -1
    holder: int = -1
    encounters: int = 0
    free_at: float = 0.0
    visit: int = -1
    visit_at: float = 0.0
    attributes: dict[str, Held] = field(default_factory=dict)
    active: dict[tuple[str, str], int] = field(default_factory=dict)
    seen: dict[tuple[str, str], float] = field(default_factory=dict)
    pending: set[tuple[str, str]] = field(default_factory=set)
    joined: dict[tuple[str, str], int] = field(default_factory=dict)

    def emit(
        self, day: float, kind: int, state: int, value: float = math.nan, encounter: int = -1, link: int = -1
    ) -> int:
        """Writes an event and returns its place."""
        self.log.append((self.slot, self.attempt, day, int(kind), state, value, encounter, link))
        return len(self.log) - 1

    def number(self, name: str) -> float | None:
        """Returns an attribute that holds a number, else None."""
        value = self.attributes.get(name)
        return value if isinstance(value, float) else None

    def flags(self) -> NDArray[np.float64]:
        """Returns the attributes that hooks read, 0 where unset."""
        return np.array([max(self.number(name) or 0.0, 0.0) for name in FLAGS])

    def vital(self, name: str, day: float) -> float:
        """Returns a vital sign: as a module set it, else by the physiology hook."""
        override = self.number("vital:" + name)
        if override is not None:
            return override
        body = seeds.mix(self.key, BODY_WORD)
        age = (day - self.birth) / YEAR
        return float(_vital_sign(VITALS.index(name), body, day, age, self.sex, self.flags()))


@dataclass(slots=True)
class Frame:
    """A place in a module."""

    module: Module
    node: Node

    @property
    def id(self) -> tuple[str, str]:
        """The state's module path and name."""
        return self.module.path, self.node.name


@dataclass(slots=True)
class Run:
    """A module as it runs in one life."""

    number: int
    person: Person
    frame: Frame
    key: int
    counter: int = 0
    wake: float | None = None
    waiting: bool = False
    arrived: float = 0.0
    held: int = -1
    held_state: tuple[str, str] | None = None
    held_event: int = -1
    begun: float = 0.0
    calls: list[Frame] = field(default_factory=list)

    def state(self, name: str | None = None) -> int:
        """Returns the number of a state of the current module, by default the current one."""
        return self.person.program.numbers[self.frame.module.path, name or self.frame.node.name]

    def chance(self) -> float:
        """Returns the next uniform number of this module's stream."""
        self.counter += 1
        return _uniform(self.key, self.counter)

    def amount(self, node: Node) -> float:
        """Draws the amount of a state."""
        given = node.amount
        u = self.chance() if given.draw > 0 else 0.0
        v = self.chance() if given.draw == 2 else 0.0
        return _shaped(int(given.draw), given.a, given.b, given.low, given.high, u, v)

    # Logic

    def holds(self, logic: Logic | None, t: float) -> bool:
        """Answers a question."""
        if logic is None:
            return True
        if logic.terms:
            yes = sum(self.holds(term, t) for term in logic.terms)
            return {
                Test.AND: yes == len(logic.terms),
                Test.OR: yes > 0,
                Test.NOT: yes == 0,
                Test.AT_LEAST: yes >= logic.count,
                Test.AT_MOST: yes <= logic.count,
            }[logic.test]
        person = self.person
        match logic.test:
            case Test.ATTRIBUTE:
                return compare(logic.compare, person.attributes.get(logic.name), logic.value)
            case Test.AGE:
                return compare(logic.compare, t - person.birth, logic.value)
            case Test.SEX:
                return person.sex == logic.value
            case Test.RACE:
                return person.race == logic.value
            case Test.SES:
                return person.ses == logic.value
            case Test.YEAR:
                return compare(logic.compare, float(_year_and_month(t)[0]), logic.value)
            case Test.MONTH:
                return compare(logic.compare, float(_year_and_month(t)[1]), logic.value)
            case Test.VITAL:
                return compare(logic.compare, person.vital(logic.name, t), logic.value)
            case Test.ACTIVE:
                return any((code.system, code.code) in person.active for code in logic.codes)
            case Test.ACTIVE_REFERENCE:
                onset = person.attributes.get(logic.name)
                return isinstance(onset, Onset) and concept(onset.node) in person.active
            case Test.PRIOR:
                return self._prior(logic, t)
            case _:
                return logic.value == 1.0

    def _prior(self, logic: Logic, t: float) -> bool:
        path = self.frame.module.path
        seen = self.person.seen.get((path, logic.name))
        since = self.person.seen.get((path, logic.since), -math.inf)
        return seen is not None and t - seen <= float(str(logic.value)) and seen >= since

    def next(self, t: float) -> Node | None:
        """Returns the state that follows, or None."""
        for branch in self.frame.node.branches:
            if not self.holds(branch.condition, t):
                continue
            *most, last = branch.options
            left = self.chance() if most else 0.0
            for option in most:
                share = self.person.number(option.attribute) if option.attribute else None
                weight = option.weight if share is None else share
                if left < weight:
                    return self.frame.module.nodes[option.target]
                left -= weight
            return self.frame.module.nodes[last.target]
        return None

    # Onsets and ends

    def reason(self, node: Node) -> int:
        """Returns the state number of a state's reason, or -1."""
        path = self.frame.module.path
        if node.reason in self.frame.module.nodes:
            return self.state(node.reason) if (path, node.reason) in self.person.seen else -1
        onset = self.person.attributes.get(node.reason) if node.reason else None
        if isinstance(onset, Onset):
            return self.person.program.numbers[onset.module.path, onset.node.name]
        return -1

    def start(self, node: Node, t: float) -> None:
        """Writes down an onset unless one with its code is active."""
        person = self.person
        person.pending.discard((self.frame.module.path, node.name))
        if concept(node) not in person.active:
            event = person.emit(
                t, kind(node), self.state(node.name), encounter=self.held, link=self.reason(node)
            )
            person.active[concept(node)] = event

    def begin_or_defer(self, node: Node, t: float) -> None:
        """Begins an onset now, or leaves it to its target encounter."""
        path = self.frame.module.path
        if node.target and self.held_state != (path, node.target):
            self.person.pending.add((path, node.name))
        else:
            self.start(node, t)
        if node.attribute:
            self.person.attributes[node.attribute] = Onset(self.frame.module, node)

    def stop(self, node: Node, t: float) -> None:
        """Ends what a state names, if it is active."""
        person = self.person
        what = concept(node) if node.codes else None
        onset: Held = None
        if node.ends:
            onset = Onset(self.frame.module, self.frame.module.nodes[node.ends])
        elif node.ends_attribute:
            onset = person.attributes.get(node.ends_attribute)
        if isinstance(onset, Onset):
            person.pending.discard((onset.module.path, onset.node.name))
            what = concept(onset.node)
        if what in person.active:
            person.emit(t, kind(node), self.state(), encounter=self.held, link=person.active.pop(what))

    # Encounters

    def leave(self, t: float) -> float:
        """Leaves the encounter, if there is one; returns when it ended."""
        person = self.person
        if self.held >= 0 and person.holder == self.number:
            t = min(max(t, self.begun + SHORTEST), person.death)
            where = person.program.numbers[self.held_state or ("", "")]
            person.emit(t, Kind.ENCOUNTER_END, where, encounter=self.held, link=self.held_event)
            person.holder = -1
            person.free_at = t
        self.held, self.held_state = -1, None
        return t

    def diagnose(self, t: float) -> None:
        """Writes down the onsets that waited for the encounter that begins."""
        self.held_state = self.frame.id
        for node in self.frame.module.nodes.values():
            waits = (self.frame.module.path, node.name) in self.person.pending
            if waits and node.target == self.frame.node.name:
                self.start(node, t)

    def meet(self, t: float, now: float) -> float | None:
        """Begins an encounter; returns when, or None when it has to wait."""
        person, node = self.person, self.frame.node
        if person.holder not in (-1, self.number):
            self.waiting, self.wake = False, None
            return None
        t = self.leave(t)
        begin = max(t, person.free_at)
        urgent = node.encounter_class in ("emergency", "inpatient", "urgentcare")
        if not urgent and not (self.waiting and begin == t):
            self.counter += 1
            begin = _appointment(begin, self.key, self.counter)
        self.waiting = begin > now
        if begin > now:
            self.wake = begin
            return None
        person.holder = self.number
        self.held, person.encounters = person.encounters, person.encounters + 1
        self.begun = begin
        self.held_event = person.emit(
            begin, Kind.ENCOUNTER, self.state(), encounter=self.held, link=self.reason(node)
        )
        self.diagnose(begin)
        return begin

    def join(self, t: float) -> float | None:
        """Joins the check-up; returns when, or None when it has to wait."""
        person = self.person
        if not self.waiting:
            self.waiting, self.arrived = True, t
        already = person.joined.get(self.frame.id) == person.visit
        if person.visit < 0 or already or self.arrived > person.visit_at:
            self.wake = math.inf
            return None
        self.leave(t)
        self.waiting = False
        self.held = person.joined[self.frame.id] = person.visit
        self.diagnose(person.visit_at)
        return person.visit_at

    # States

    def pause(self, t: float, now: float) -> float | None:
        """Takes the time of a delay or procedure; returns its end, or None when that is to come."""
        node = self.frame.node
        if self.waiting:
            self.waiting = False
            return t
        length = max(self.amount(node), 0.0)
        if node.op == Op.PROCEDURE:
            self.person.emit(t, Kind.PROCEDURE, self.state(), length, self.held, self.reason(node))
        if t + length <= now:
            return t + length
        self.waiting, self.wake = True, t + length
        return None

    def watch(self, t: float, now: float) -> float | None:
        """Passes a guard; returns when, or None when it is shut."""
        allow = self.frame.node.allow
        if allow and allow.test == Test.AGE and allow.compare == Compare.GREATER_EQUAL:
            birthday = max(self.person.birth + float(str(allow.value)), t)
            self.wake = birthday
            return birthday if self.person.birth + float(str(allow.value)) <= now else None
        for moment in (t, now):
            if self.holds(allow, moment):
                return moment
        self.wake = None
        return None

    def value(self, node: Node, t: float) -> Held:
        """Returns the value that a state gives."""
        match node.source:
            case Source.VITAL:
                return self.person.vital(node.reads, t)
            case Source.ATTRIBUTE:
                return self.person.attributes.get(node.reads)
            case Source.CONSTANT:
                return node.value
            case _:
                return self.amount(node)

    def observe(self, node: Node, t: float) -> None:
        """Writes down an observation and remembers it."""
        value = self.value(node, t)
        self.person.attributes["observation:" + node.codes[0].code] = value
        shown = value if isinstance(value, float) else math.nan
        self.person.emit(t, Kind.OBSERVATION, self.state(node.name), shown, self.held)

    def act(self, t: float) -> float:
        """Does what takes no time; returns the time after it."""
        node, person = self.frame.node, self.person
        match node.op:
            case Op.SET:
                person.attributes[node.attribute] = self.value(node, t)
            case Op.COUNT:
                before = person.number(node.attribute) or 0.0
                person.attributes[node.attribute] = before + float(str(node.value))
            case Op.SYMPTOM:
                felt = self.chance() <= node.probability
                person.attributes[node.attribute] = self.amount(node) if felt else 0.0
            case Op.OBSERVE:
                self.observe(node, t)
            case Op.PANEL:
                person.emit(t, Kind.REPORT, self.state(), float(len(node.children)), self.held)
                for child in node.children:
                    self.observe(child, t)
            case Op.START:
                self.begin_or_defer(node, t)
            case Op.END:
                self.stop(node, t)
            case Op.ENCOUNTER_END:
                return self.leave(t)
            case Op.NOTE:
                person.emit(t, kind(node), self.state(), encounter=self.held)
            case Op.DIE:
                at = t + max(self.amount(node), 0.0)
                if at < person.death:
                    person.death, person.cause = at, self.state()
        return t

    def process(self, t: float, now: float) -> float | None:
        """Processes the current state; returns the time after it, or None when it waits."""
        match self.frame.node.op:
            case Op.DELAY | Op.PROCEDURE:
                return self.pause(t, now)
            case Op.GUARD:
                return self.watch(t, now)
            case Op.ENCOUNTER:
                return self.meet(t, now)
            case Op.WELLNESS:
                return self.join(t)
            case _:
                return self.act(t)

    def run(self, now: float) -> None:
        """Runs the module until it waits."""
        t = now if self.wake is None else self.wake
        for _ in range(MOST_MOVES):
            node = self.frame.node
            if node.op == Op.CALL:
                if len(self.calls) == MOST_DEPTH:
                    break
                self.calls.append(self.frame)
                called = next(m for m in self.person.program.modules if m.path == node.submodule)
                self.frame = Frame(called, called.nodes["Initial"])
                continue
            if node.op == Op.TERMINAL:
                if not self.calls:
                    self.leave(t)
                    self.wake = math.inf
                    return
                self.frame = self.calls.pop()
            else:
                after = self.process(t, now)
                if after is None:
                    return
                t = after
            self.person.seen[self.frame.id] = t
            following = self.next(t)
            if following is None:
                self.waiting, self.wake = False, math.inf
                return
            self.frame = Frame(self.frame.module, following)
        where = self.person.program.where(self.state())
        raise HilabError(f"{where}: goes round in a circle in which no time passes.")


def concept(node: Node) -> tuple[str, str]:
    """Returns the concept of a state: system and code."""
    return node.codes[0].system, node.codes[0].code


def kind(node: Node) -> Kind:
    """Returns the kind of event a state emits."""
    assert node.kind is not None
    return node.kind


def compare(how: Compare, x: Held, y: Held) -> bool:
    """Compares two values; nothing is only unequal, and only numbers have an order."""
    match how:
        case Compare.IS_NIL:
            return x is None
        case Compare.IS_NOT_NIL:
            return x is not None
        case Compare.EQUAL:
            return x is not None and x == y
        case Compare.NOT_EQUAL:
            return x is None or x != y
    if not isinstance(x, float) or not isinstance(y, float):
        return False
    match how:
        case Compare.LESS:
            return x < y
        case Compare.LESS_EQUAL:
            return x <= y
        case Compare.GREATER_EQUAL:
            return x >= y
        case _:
            return x > y


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
