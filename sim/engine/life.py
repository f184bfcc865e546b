"""What the machine remembers of one life, and where it writes events.

Rows of structured arrays are what the compiled functions hand around: a row is one pointer.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.engine.kinds import FLAGS, VITALS
from sim.engine.rules import MOST_DEPTH

_I4, _I8, _F8 = np.int32, np.int64, np.float64

PERSON = np.dtype(
    [
        ("slot", _I4),  # who it is, and which try
        ("attempt", _I4),
        ("sex", _I4),
        ("race", _I4),
        ("ses", _I4),
        ("lock", _I4),  # module that holds the encounter, -1 none
        ("encounters", _I4),  # so far
        ("visit", _I4),  # encounter number of the check-up that is going on, -1 none
        ("visits", _I4),  # check-ups so far
        ("postponed", _I4),  # postponements of check-ups so far
        ("cause", _I4),  # state that is the cause of death
        ("full", _I4),  # 1 when an event did not fit
        ("events", _I8),  # in the log so far
        ("key", _I8),  # of this life's streams
        ("body", _I8),  # of its physiology
        ("birth", _F8),
        ("death", _F8),
        ("free_at", _F8),  # when the last encounter ended
        ("visit_at", _F8),  # when the next check-up is due
    ],
    align=True,
)

MODULE = np.dtype(
    [
        ("number", _I4),
        ("current", _I4),  # state
        ("waiting", _I4),  # 1 while a delay, procedure, appointment or check-up is awaited
        ("held", _I4),  # encounter number, -1 none
        ("held_state", _I4),  # the Encounter state, -1 none
        ("depth", _I4),  # of calls
        ("held_event", _I8),
        ("key", _I8),
        ("counter", _I8),
        ("wake", _F8),  # when to go on; NaN: at the next step; infinite: when woken
        ("arrived", _F8),  # where a check-up is awaited, since when
        ("begun", _F8),  # when the encounter began
        ("calls", _I4, (MOST_DEPTH,)),
    ],
    align=True,
)

PASSED = np.dtype([("seen", _F8), ("pending", _I4), ("joined", _I4)], align=True)
"""A state in this life: when it was last left, whether its onset waits for an encounter, and the
check-up it joined last."""

EVENT = np.dtype(
    [
        ("slot", _I4),
        ("attempt", np.int16),
        ("day", _F8),
        ("kind", np.int8),
        ("state", _I4),
        ("value", _F8),
        ("encounter", _I4),
        ("link", _I4),
    ],
    align=True,
)

END = np.dtype(
    [
        ("slot", _I4),
        ("attempt", np.int16),
        ("death_day", _F8),
        ("vitals", np.float32, (len(VITALS),)),
        ("flags", np.uint8, (len(FLAGS),)),
    ],
    align=True,
)


class Life(NamedTuple):
    """The memory of one life."""

    person: NDArray[Any]
    modules: NDArray[Any]
    passed: NDArray[Any]
    attributes: NDArray[np.float64]
    active: NDArray[np.int64]
    flags: NDArray[np.float64]
    answers: NDArray[np.uint8]


def new_life(tables: Any) -> Life:
    """Returns the memory for a life of a program's tables, to be cleared before each."""
    return Life(
        person=np.zeros(1, dtype=PERSON),
        modules=np.zeros(len(tables.starts), dtype=MODULE),
        passed=np.zeros(len(tables.states), dtype=PASSED),
        attributes=np.zeros(tables.attributes),
        active=np.zeros(max(tables.codes, 1), dtype=np.int64),
        flags=np.zeros(len(FLAGS)),
        answers=np.zeros(len(tables.tests) + 1, dtype=np.uint8),
    )
