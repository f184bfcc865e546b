"""What the machine remembers of one life, and where it writes events.

A life is one record, handed around as one pointer (see `tables`).
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.engine import tables as tb
from sim.engine.hooks.immunisation import VACCINES
from sim.engine.kinds import FLAGS, VITALS
from sim.engine.rules import MOST_DEPTH

Row = Any
"""A record of a structured array; a compiled function gets a pointer to it."""

_I4, _I8, _F8 = np.int32, np.int64, np.float64

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
        ("wake", _F8),  # the moment from which it goes on; NaN: that of the look
        ("arrived", _F8),  # where a check-up is awaited, since when
        ("begun", _F8),  # when the encounter began
        ("calls", _I4, (MOST_DEPTH,)),
    ],
    align=True,
)

PASSED = np.dtype([("seen", _F8), ("pending", _I4), ("joined", _I4)], align=True)
"""A state in this life: when it was last left, whether its onset waits for an encounter, and the
check-up it joined last."""

DOSES = np.dtype([("given", _I4), ("last_age", _F8)], align=True)
"""How many doses of a vaccine a person had, and the age in years at the last."""

LIFE = np.dtype(
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
        ("years", _I4),  # birthdays so far
        ("cause", _I4),  # state that is the cause of death
        ("why", _I4),  # state that is its reason, or -1
        ("step", _I4),  # steps since birth
        ("full", _I4),  # 1 when an event did not fit
        ("felt", _I4),  # 1 when a symptom changed since they were added up
        ("events", _I8),  # in the log so far
        ("key", _I8),  # of this life's streams
        ("body", _I8),  # of its physiology
        ("birth", _F8),
        ("death", _F8),
        ("held_at", _F8),  # when the module that holds the encounter last moved
        ("free_at", _F8),  # when the last encounter ended
        ("visit_at", _F8),  # when the next check-up is due
        ("symptoms", _F8),  # their sum
        ("urgent_at", _F8),  # when the last urgent visit was
        ("keep_from", _F8),  # observations before are not written down
        ("doses", DOSES, (len(VACCINES),)),
        ("due", _I4, (tb.MOST_MODULES,)),  # step on which a module is to be looked at
        ("listens", _I8, (tb.MOST_MODULES,)),  # what it is told of meanwhile
        ("modules", MODULE, (tb.MOST_MODULES,)),
        ("attributes", _F8, (tb.MOST_ATTRIBUTES,)),
        ("active", _I8, (tb.MOST_CODES,)),
        ("passed", PASSED, (tb.MOST_STATES,)),
    ],
    align=True,
)

MOST_EVENTS = 1 << 20
"""Nobody's slot has more events; a module that writes more would fill the memory."""

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

LOG = np.dtype([(name, EVENT[name], (MOST_EVENTS,)) for name in EVENT.names or ()], align=True)
"""Events column by column, as they are handed out."""

STRUCK = -1
"""Kind of an event that is struck out: it would have happened after the death."""

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


def new_life(keep_from: float = -np.inf) -> NDArray[Any]:
    """Returns the memory for a life, to be cleared before each."""
    life = np.zeros(1, dtype=LIFE)
    life["keep_from"] = keep_from
    return life
