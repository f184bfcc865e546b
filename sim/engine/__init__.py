"""What happens to people: clinical modules in GMF 2.0, run by a machine that emits events.

    >>> import numpy as np
    >>> from sim.engine import load_program, simulate
    >>> program = load_program()
    >>> one = np.zeros(1, dtype=np.int8)
    >>> events = simulate(program, np.array([30000.0]), one, one, one, 46000.0, seed=7)
    >>> len(events) > 0
    True

Days are counted from 1900-01-01T00:00Z. See `run.Events` for the columns and `program.State` for
what a state number means. Conditions carry their ICD-10-CM code as `State.icd10`; an observation
whose value is a concept has the value NaN and the concept in `State.value_code`; one whose value is a
text that an attribute holds has the value `TEXT_BASE` + k, text k of `State.words`.

Read `oracle.py` for the semantics. They differ from Synthea's in four places: encounters that are
not urgent begin in clinic hours, a guard that waits for an age opens on the birthday, an encounter
lasts a quarter of an hour at least, and one that its module left open and did not move in for 120
days is over. What of a module is not executed exactly (Physiology
states, expressions, the shares of a `type_of_care_transition`) is said in `Program.notes`.
Background mortality alone follows the life table; a module that kills adds to it, unless a file
natural_death.csv beside the modules says which share of each age's deaths no module causes.
"""

from sim.engine.kinds import FLAGS, RACES, SES, VITALS, Kind
from sim.engine.model import Code
from sim.engine.program import Program, State, load_program
from sim.engine.run import Events, Lives, simulate
from sim.engine.tables import TEXT_BASE

__all__ = [
    "FLAGS",
    "RACES",
    "SES",
    "TEXT_BASE",
    "VITALS",
    "Code",
    "Events",
    "Kind",
    "Lives",
    "Program",
    "State",
    "load_program",
    "simulate",
]
