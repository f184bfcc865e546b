"""Runs a program for many people, on several threads, and gathers the events."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from sim import seeds
from sim.engine.jit import COMPILED
from sim.engine.kinds import FLAGS, RACES, SES, VITALS, Kind
from sim.engine.life import Ends, Log, new_ends, new_life, new_log
from sim.engine.program import Program
from sim.engine.vm import MOST_ATTEMPTS, run_slots
from sim.errors import HilabError

CHUNK = 128
"""Slots that one thread takes at a time; contents do not depend on it."""

_ENDINGS = frozenset(
    {
        Kind.ENCOUNTER_END,
        Kind.CONDITION_END,
        Kind.MEDICATION_END,
        Kind.CAREPLAN_END,
        Kind.ALLERGY_END,
        Kind.DEVICE_END,
    }
)


@dataclass(frozen=True, slots=True)
class Lives:
    """How every life ended, sorted by slot and attempt.

    Attributes:
        slot: i32[n].
        attempt: i16[n]; the last attempt of a slot lives at the end.
        death_day: f64[n], days since 1900-01-01; NaN for the living.
        vitals: f32[n, len(VITALS)], values at death or at the end.
    """

    slot: NDArray[np.int32]
    attempt: NDArray[np.int16]
    death_day: NDArray[np.float64]
    vitals: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Events:
    """What happened, sorted by slot, attempt and order of emission.

    Attributes:
        slot: i32, the person's slot.
        attempt: i16, which life of the slot; all but the last ended in death.
        day: f64, days since 1900-01-01T00:00Z.
        kind: i8, see `Kind`.
        state: i32, index into `program.states`.
        value: f64, of an observation; days of a procedure; parts of a report; else NaN.
        encounter: i32, running number in the life, -1 outside encounters.
        link: i32, for an end the event that it ends; for others the state that is its reason; or -1.
        lives: How every life ended.
        flags: bool[n lives] by name, see `FLAGS`.
    """

    slot: NDArray[np.int32]
    attempt: NDArray[np.int16]
    day: NDArray[np.float64]
    kind: NDArray[np.int8]
    state: NDArray[np.int32]
    value: NDArray[np.float64]
    encounter: NDArray[np.int32]
    link: NDArray[np.int32]
    lives: Lives
    flags: dict[str, NDArray[np.bool_]]

    def __len__(self) -> int:
        return len(self.day)


@dataclass(frozen=True, slots=True)
class People:
    """Who is born, as arrays by slot."""

    birth: NDArray[np.float64]
    sex: NDArray[np.int8]
    race: NDArray[np.int8]
    ses: NDArray[np.int8]


def simulate(
    program: Program,
    birth_days: NDArray[np.float64],
    sex: NDArray[np.int8],
    race: NDArray[np.int8],
    ses: NDArray[np.int8],
    end_day: float,
    seed: int,
    threads: int = 1,
    oracle: bool = False,
    progress: bool = False,
) -> Events:
    """Simulates everybody from birth until somebody lives in every slot at the end.

    Args:
        program: What can happen.
        birth_days: f64[n], days since 1900-01-01, not after `end_day`.
        sex: int8[n], 0 man, 1 woman.
        race: int8[n], index into `RACES`.
        ses: int8[n], index into `SES`.
        end_day: Where history ends, days since 1900-01-01.
        seed: 64 bits.
        threads: How many threads; contents do not depend on it.
        oracle: Run the plain-Python interpreter instead of the machine: same events, slowly.
        progress: Show a bar.

    Returns:
        All events of all attempts, and how each life ended.

    Raises:
        HilabError: If the arrays do not fit, or a module goes round for ever.
    """
    people = _people(birth_days, sex, race, ses, end_day)
    root = seeds.mix(seed & (2**62 - 1), (seed >> 62) & 3)
    n = len(people.birth)
    chunks = list(pairwise([*range(0, n, CHUNK), n]))

    def run(chunk: tuple[int, int]) -> list[tuple[Log, Ends]]:
        if oracle or not COMPILED:
            from sim.engine.oracle import run_slots_plainly

            return [run_slots_plainly(program, people, *chunk, root, end_day)]
        return list(_run_chunk(program, people, chunk, root, end_day))

    with ThreadPoolExecutor(max(threads, 1)) as pool:
        done = tqdm(pool.map(run, chunks), total=len(chunks), desc="lives", disable=not progress)
        return _gather([part for parts in done for part in parts])


def _people(birth: Any, sex: Any, race: Any, ses: Any, end: float) -> People:
    people = People(
        np.ascontiguousarray(birth, dtype=np.float64),
        np.ascontiguousarray(sex, dtype=np.int8),
        np.ascontiguousarray(race, dtype=np.int8),
        np.ascontiguousarray(ses, dtype=np.int8),
    )
    columns = (people.birth, people.sex, people.race, people.ses)
    if any(column.shape != people.birth.shape or column.ndim != 1 for column in columns):
        raise HilabError("simulate: expected birth_days, sex, race and ses to be of one length.")
    if not np.isfinite(people.birth).all() or (people.birth > end).any():
        raise HilabError("simulate: expected every birth_day to be a number not after end_day.")
    for name, column, most in (
        ("sex", people.sex, 2),
        ("race", people.race, len(RACES)),
        ("ses", people.ses, len(SES)),
    ):
        if ((column < 0) | (column >= most)).any():
            raise HilabError(f"simulate: expected every {name} to be from 0 to {most - 1}.")
    return people


def _run_chunk(
    program: Program, people: People, chunk: tuple[int, int], root: int, end: float
) -> Iterator[tuple[Log, Ends]]:
    """Runs slots on the machine, with a larger log whenever one does not suffice."""
    slot, stop = chunk
    life = new_life(program.tables)
    events, lives = 1500 * (stop - slot), 8 * (stop - slot) + MOST_ATTEMPTS
    while slot < stop:
        log, ends = new_log(events), new_ends(lives)
        after, stuck = run_slots(
            program.tables,
            people.birth,
            people.sex,
            people.race,
            people.ses,
            slot,
            stop,
            root,
            end,
            life,
            log,
            ends,
        )
        if stuck >= 0:
            raise HilabError(f"{program.where(stuck)}: goes round in a circle in which no time passes.")
        if after == slot:
            events, lives = 2 * events, 2 * lives
        else:
            yield log, ends
        slot = after


def _gather(parts: list[tuple[Log, Ends]]) -> Events:
    """Puts the parts together in order and makes links global."""
    logs = [log for log, _ in parts] or [new_log(0)]
    ends = [end for _, end in parts] or [new_ends(0)]
    offset = 0
    links = []
    for log in logs:
        used = int(log.used[0])
        link = log.link[:used].copy()
        link[np.isin(log.kind[:used], [int(kind) for kind in _ENDINGS])] += offset
        links.append(link)
        offset += used
    columns = {name: _joined(logs, name) for name in Log._fields[:7]}
    flags = _joined(ends, "flags")
    lives = Lives(*(_joined(ends, name) for name in Ends._fields[:4]))
    return Events(
        **columns,
        link=np.concatenate(links),
        lives=lives,
        flags={name: flags[:, i].copy() for i, name in enumerate(FLAGS)},
    )


def _joined(parts: list[Log] | list[Ends], name: str) -> NDArray[Any]:
    return np.concatenate([getattr(part, name)[: int(part.used[0])] for part in parts])
