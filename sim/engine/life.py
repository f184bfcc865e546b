"""What the machine remembers of one life, and where it writes events."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.flatten import MAX_DEPTH
from sim.engine.kinds import FLAGS, VITALS
from sim.engine.program import Tables

LOCK, ENCOUNTERS, VISIT, VISITS, POSTPONED, CAUSE = range(6)
"""Places in `Life.whole`: module that holds the encounter (-1 none), encounters so far, number of
the check-up that is going on (-1 none), check-ups so far, postponements so far, state of death."""

FREE_AT, DEATH, VISIT_AT = range(3)
"""Places in `Life.real`: when the last encounter ended, when death comes, the next check-up."""


class Who(NamedTuple):
    """What does not change in a life."""

    slot: int
    attempt: int
    sex: int
    race: int
    ses: int
    birth: float
    body: int


class Life(NamedTuple):
    """What changes: by attribute, code, state or module, and a few single numbers."""

    attributes: NDArray[np.float64]
    active: NDArray[np.int64]
    seen: NDArray[np.float64]
    pending: NDArray[np.uint8]
    joined: NDArray[np.int32]
    current: NDArray[np.int32]
    wake: NDArray[np.float64]
    waiting: NDArray[np.uint8]
    arrived: NDArray[np.float64]
    key: NDArray[np.int64]
    counter: NDArray[np.int64]
    held: NDArray[np.int32]
    held_state: NDArray[np.int32]
    held_event: NDArray[np.int64]
    begun: NDArray[np.float64]
    depth: NDArray[np.int32]
    calls: NDArray[np.int32]
    answers: NDArray[np.uint8]
    flags: NDArray[np.float64]
    whole: NDArray[np.int64]
    real: NDArray[np.float64]


class Log(NamedTuple):
    """Events as columns; `used` holds how many, and whether one did not fit."""

    slot: NDArray[np.int32]
    attempt: NDArray[np.int16]
    day: NDArray[np.float64]
    kind: NDArray[np.int8]
    state: NDArray[np.int32]
    value: NDArray[np.float64]
    encounter: NDArray[np.int32]
    link: NDArray[np.int32]
    used: NDArray[np.int64]


class Ends(NamedTuple):
    """How lives ended, as columns; `used` as in `Log`."""

    slot: NDArray[np.int32]
    attempt: NDArray[np.int16]
    death: NDArray[np.float64]
    vitals: NDArray[np.float32]
    flags: NDArray[np.bool_]
    used: NDArray[np.int64]


def new_life(tables: Tables) -> Life:
    """Returns the memory for a life, to be cleared before each."""
    states, modules = len(tables.states), len(tables.starts)

    def by_module(dtype: Any) -> NDArray[Any]:
        return np.zeros(modules, dtype=dtype)

    return Life(
        attributes=np.zeros(tables.attributes),
        active=np.zeros(max(tables.codes, 1), dtype=np.int64),
        seen=np.zeros(states),
        pending=np.zeros(states, dtype=np.uint8),
        joined=np.zeros(states, dtype=np.int32),
        current=by_module(np.int32),
        wake=by_module(np.float64),
        waiting=by_module(np.uint8),
        arrived=by_module(np.float64),
        key=by_module(np.int64),
        counter=by_module(np.int64),
        held=by_module(np.int32),
        held_state=by_module(np.int32),
        held_event=by_module(np.int64),
        begun=by_module(np.float64),
        depth=by_module(np.int32),
        calls=np.zeros((modules, MAX_DEPTH), dtype=np.int32),
        answers=np.zeros(len(tables.tests) + 1, dtype=np.uint8),
        flags=np.zeros(len(FLAGS)),
        whole=np.zeros(6, dtype=np.int64),
        real=np.zeros(3),
    )


def new_log(capacity: int) -> Log:
    """Returns an empty log of events."""
    return Log(
        slot=np.empty(capacity, dtype=np.int32),
        attempt=np.empty(capacity, dtype=np.int16),
        day=np.empty(capacity),
        kind=np.empty(capacity, dtype=np.int8),
        state=np.empty(capacity, dtype=np.int32),
        value=np.empty(capacity),
        encounter=np.empty(capacity, dtype=np.int32),
        link=np.empty(capacity, dtype=np.int32),
        used=np.zeros(2, dtype=np.int64),
    )


def new_ends(capacity: int) -> Ends:
    """Returns an empty list of ends of lives."""
    return Ends(
        slot=np.empty(capacity, dtype=np.int32),
        attempt=np.empty(capacity, dtype=np.int16),
        death=np.empty(capacity),
        vitals=np.empty((capacity, len(VITALS)), dtype=np.float32),
        flags=np.empty((capacity, len(FLAGS)), dtype=np.bool_),
        used=np.zeros(2, dtype=np.int64),
    )
