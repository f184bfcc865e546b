"""The same semantics in plain Python: read this to know what a module means.

It walks the modules as they were read, with names instead of numbers, and shares nothing with the
machine but the random numbers and the hooks (in their plain form). Tests hold it against the
machine event for event; without numba it stands in for it.

Semantics in short. A person is looked at every seven days from birth. At each look the check-up
opens if it is due, then every module runs until it has to wait. A module has a time of its own:
when a delay is over it goes on from the exact moment, not from the look. An encounter waits while
another module holds one, begins in clinic hours unless it is urgent, and never overlaps the last
one; one in which its module has not moved for 120 days is over. A wellness encounter waits for the
check-up. An onset with a target encounter is written down when that encounter begins, if ever.

Each look begins with what lies outside the modules (`oracle_hooks`): on a birthday the attributes
that change with the years, a visit that strong symptoms lead to, the check-up and its vaccines.
When a module kills as of a moment that others have passed on the same look, what they wrote down for
later moments is struck out.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim import seeds
from sim.engine.hooks import mortality
from sim.engine.jit import plain
from sim.engine.kinds import VITALS, Kind
from sim.engine.life import END, EVENT, STRUCK
from sim.engine.oracle_hooks import Hooks
from sim.engine.oracle_module import Frame, Run
from sim.engine.oracle_person import Person
from sim.engine.program import Program, hook_state
from sim.engine.rules import LIFE_WORD, MOST_ATTEMPTS, STEP
from sim.engine.streams import uniform, word_of

_lifetime = plain(mortality.lifetime)
_alive_share = plain(mortality.alive_share)
_uniform = plain(uniform)


def live(person: Person, end: float) -> None:
    """Runs a life from birth to death or the end."""
    program, first = person.program, len(person.log)
    tops = [module for module in program.modules if not module.submodule]
    runs = [
        Run(i, person, Frame(top, top.nodes["Initial"]), seeds.mix(person.key, word_of("module " + top.path)))
        for i, top in enumerate(tops)
    ]
    person.death = time_to_die(person, end)
    person.cause = hook_state(program, "death")
    person.free_at = person.birth
    hooks = Hooks(person, runs)
    while (now := person.birth + STEP * person.step) <= end and now < person.death:
        hooks.end_forgotten(now)
        hooks.grow_older(now)
        hooks.visit_urgently(now)
        event = hooks.open_check_up(now)
        for run in runs:
            if run.wake is None or run.wake <= now:
                run.run(now)
        if event >= 0:
            hooks.close_check_up(event)
        person.step += 1
    if person.death <= end:
        for run in runs:
            run.leave(person.death)
        strike_out(person, first)
        person.emit(person.death, Kind.DEATH, person.cause, link=person.why)


def strike_out(person: Person, first: int) -> None:
    """Strikes out what modules wrote down, on the last look, for moments after the death."""
    log = person.log
    for i in range(first, len(log)):
        slot, attempt, day, kind, *rest = log[i]
        is_end = Kind(kind).name.endswith("_END")
        if day > person.death or (is_end and log[rest[-1]][3] == STRUCK):
            log[i] = (slot, attempt, day, STRUCK, *rest)


def time_to_die(person: Person, end: float) -> float:
    """Returns when the life table ends this life; the last attempt of a slot outlives the end."""
    living = person.program.living[person.sex]
    rank = 1.0 - _uniform(seeds.mix(person.key, LIFE_WORD), 0)
    if person.attempt == MOST_ATTEMPTS - 1:
        rank *= _alive_share(end - person.birth, living)
    return person.birth + float(_lifetime(rank, living))


def run_plainly(
    program: Program,
    people: NDArray[Any],
    begin: int,
    stop: int,
    root: int,
    end: float,
    keep_from: float = -math.inf,
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
            person = Person(program, slot, attempt, sex, race, ses, birth, key, log, keep_from)
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
