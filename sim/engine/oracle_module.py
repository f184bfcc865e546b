"""A module as the oracle runs it: what each state does, in plain words."""

import math
from dataclasses import dataclass, field

from sim.engine.hooks import calendar
from sim.engine.jit import plain
from sim.engine.kinds import Compare, Kind, Op, Source, Test
from sim.engine.model import Logic, Module, Node
from sim.engine.oracle_person import Held, Onset, Person, concept, kind
from sim.engine.oracle_questions import holds
from sim.engine.rules import MOST_ATTEMPTS, MOST_DEPTH, MOST_MOVES, SHORTEST
from sim.engine.streams import shaped, uniform
from sim.engine.tables import TEXT_BASE
from sim.engine.usage import record_name
from sim.errors import HilabError

_appointment = plain(calendar.appointment)
_uniform = plain(uniform)
_shaped = plain(shaped)


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

    def module(self, path: str) -> Module:
        """Returns a module by its path, by default the current one."""
        modules = self.person.program.modules
        return next((module for module in modules if module.path == path), self.frame.module)

    def chance(self) -> float:
        """Returns the next uniform number of this module's stream."""
        self.counter += 1
        return _uniform(self.key, self.counter)

    def amount(self, node: Node) -> float:
        """Draws the amount of a state."""
        given = node.amount
        u = self.chance() if given.draw > 0 else 0.0
        v = self.chance() if given.draw == 2 else 0.0
        value = _shaped(int(given.draw), given.a, given.b, given.low, given.high, u, v)
        if given.decimals < 0:
            return value
        return math.floor(value * 10.0**given.decimals + 0.5) / 10.0**given.decimals

    def holds(self, logic: Logic | None, t: float) -> bool:
        """Answers a condition of the current module; without one it holds."""
        return logic is None or holds(self.person, self.frame.module.path, logic, t)

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
        person = self.person
        place = (node.reason_module or self.frame.module.path, node.reason)
        if place in person.program.numbers:
            return person.program.numbers[place] if place in person.seen else -1
        onset = person.attributes.get(node.reason) if node.reason else None
        if isinstance(onset, Onset):
            return person.program.numbers[onset.module.path, onset.node.name]
        return -1

    def start(self, onset: Onset, t: float) -> None:
        """Writes down an onset unless one with its code is active."""
        person, node = self.person, onset.node
        place = (onset.module.path, node.name)
        person.pending.discard(place)
        if concept(node) not in person.active:
            state = person.program.numbers[place]
            event = person.emit(t, kind(node), state, encounter=self.held, link=self.reason(node))
            person.active[concept(node)] = event

    def begin_or_defer(self, node: Node, t: float) -> None:
        """Begins an onset now, or leaves it to its target encounter."""
        path, onset = self.frame.module.path, Onset(self.frame.module, node)
        if node.target and self.held_state != (node.target_module or path, node.target):
            self.person.pending.add((path, node.name))
        else:
            self.start(onset, t)
        if node.attribute:
            self.person.attributes[node.attribute] = onset

    def finish(self, node: Node, t: float) -> None:
        """Ends what a state names: an onset, what an attribute holds, or all that has its codes."""
        person = self.person
        onset: Held = None
        if node.ends:
            module = self.module(node.ends_module)
            onset = Onset(module, module.nodes[node.ends])
        elif node.ends_attribute:
            onset = person.attributes.get(node.ends_attribute)
        if isinstance(onset, Onset):
            person.pending.discard((onset.module.path, onset.node.name))
            self.stop(concept(onset.node), node, t)
        for code in node.codes:
            self.stop((code.system, code.code), node, t)

    def stop(self, what: tuple[str, str], node: Node, t: float) -> None:
        """Ends what has a code, if it is active, and not before another module began it."""
        person = self.person
        if what in person.active:
            begun = person.active.pop(what)
            t = max(t, person.log[begun][2])
            person.emit(t, kind(node), self.state(), encounter=self.held, link=begun)

    # Encounters

    def leave(self, t: float) -> float:
        """Leaves the encounter, if there is one; returns when it ended (see `vm_states.leave`)."""
        person = self.person
        if self.held >= 0 and person.holder == self.number:
            t = max(t, self.begun + SHORTEST)
            where = person.program.numbers[self.held_state or ("", "")]
            end = min(t, person.death)
            person.emit(end, Kind.ENCOUNTER_END, where, encounter=self.held, link=self.held_event)
            person.holder = -1
            person.free_at = t
        self.held, self.held_state = -1, None
        return t

    def diagnose(self, t: float) -> None:
        """Writes down the onsets that waited for the encounter that begins."""
        self.held_state = self.frame.id
        for module, node in self.person.program.deferred.get(self.frame.id, ()):
            if (module.path, node.name) in self.person.pending:
                self.start(Onset(module, node), t)

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
        person.holder, person.held_at = self.number, begin
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
            if node.attribute:
                self.person.attributes[node.attribute] = Onset(self.frame.module, node)
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
        for name in filter(None, (record_name(node), node.attribute)):
            self.person.attributes[name] = value
        shown = value if isinstance(value, float) else math.nan
        if isinstance(value, str) and node.source == Source.ATTRIBUTE:
            shown = TEXT_BASE + self.person.program.texts[value]
        if t >= self.person.keep_from:
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
                if t >= person.keep_from:
                    person.emit(t, Kind.REPORT, self.state(), float(len(node.children)), self.held)
                for child in node.children:
                    self.observe(child, t)
            case Op.START:
                self.begin_or_defer(node, t)
            case Op.END:
                self.finish(node, t)
            case Op.ENCOUNTER_END:
                return self.leave(t)
            case Op.NOTE:
                person.emit(t, kind(node), self.state(), encounter=self.held)
            case Op.DIE:
                at = t + max(self.amount(node), 0.0)
                if at < person.death and person.attempt < MOST_ATTEMPTS - 1:
                    person.death, person.cause, person.why = at, self.state(), self.reason(node)
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
                called = self.module(node.submodule)
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
            if self.person.holder == self.number:
                self.person.held_at = t
            following = self.next(t)
            if following is None:
                self.waiting, self.wake = False, math.inf
                return
            self.frame = Frame(self.frame.module, following)
        where = self.person.program.where(self.state())
        raise HilabError(f"{where}: goes round in a circle in which no time passes.")
