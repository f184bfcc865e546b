"""A life as the oracle keeps it: attributes by name, events in a list."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import seeds
from sim.engine.hooks import physiology
from sim.engine.jit import plain
from sim.engine.kinds import FLAGS, VITALS, Kind
from sim.engine.model import Module, Node
from sim.engine.program import Program
from sim.engine.rules import BODY_WORD, YEAR

_vital_sign = plain(physiology.vital_sign)


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
    keep_from: float = -math.inf
    death: float = math.inf
    cause: int = -1
    why: int = -1
    holder: int = -1
    encounters: int = 0
    step: int = 0
    held_at: float = 0.0
    free_at: float = 0.0
    visit: int = -1
    visit_at: float = 0.0
    urgent_at: float = -math.inf
    attributes: dict[str, Held] = field(default_factory=dict)
    active: dict[tuple[str, str], int] = field(default_factory=dict)
    seen: dict[tuple[str, str], float] = field(default_factory=dict)
    pending: set[tuple[str, str]] = field(default_factory=set)
    joined: dict[tuple[str, str], int] = field(default_factory=dict)
    doses: dict[int, tuple[int, float]] = field(default_factory=dict)

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
        """Returns the attributes that hooks read: 0 where unset, 1 where it is no number."""
        values = [self.attributes.get(name) for name in FLAGS]
        return np.array([_flag(value) for value in values])

    def felt(self, symptom: str) -> float:
        """Returns how strong a symptom is: the most that any cause makes of it."""
        causes = self.program.causes.get(symptom, ())
        return max([0.0, *(self.number(cause) or 0.0 for cause in causes)])

    def symptoms(self) -> float:
        """Returns the sum of all symptoms."""
        total = 0.0
        for symptom in self.program.causes:
            total += self.felt(symptom)
        return total

    def vital(self, name: str, day: float) -> float:
        """Returns a vital sign: as a module set it, else by the physiology hook."""
        override = self.number("vital:" + name)
        if override is not None:
            return override
        body = seeds.mix(self.key, BODY_WORD)
        age = (day - self.birth) / YEAR
        return float(_vital_sign(VITALS.index(name), body, day, age, self.sex, self.flags()))


def _flag(value: Held) -> float:
    return max(value, 0.0) if isinstance(value, float) else float(value is not None)


def concept(node: Node) -> tuple[str, str]:
    """Returns the concept of a state: system and code."""
    return node.codes[0].system, node.codes[0].code


def kind(node: Node) -> Kind:
    """Returns the kind of event a state emits."""
    assert node.kind is not None
    return node.kind
