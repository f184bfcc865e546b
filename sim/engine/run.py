"""Runs a program for many people, on several threads, and gathers the events."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from sim import seeds
from sim.engine.jit import COMPILED, is_new, prepare
from sim.engine.kinds import FLAGS, RACES, SES, Kind
from sim.engine.life import END, EVENT, LOG, MOST_EVENTS, STRUCK, new_life
from sim.engine.oracle import run_plainly
from sim.engine.program import Program
from sim.engine.rules import MOST_ATTEMPTS
from sim.engine.vm import run_slots
from sim.errors import HilabError

CHUNK = 128
"""Slots that one thread takes at a time; contents do not depend on it."""

_IS_END = np.array([kind.name.endswith("_END") for kind in Kind])


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
        value: f64, of an observation (`TEXT_BASE` + k for number k of its state's `words`); days of a
            procedure; parts of a report; else NaN.
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
        """Returns the number of events."""
        return len(self.day)


PEOPLE = np.dtype(
    [("birth", np.float64), ("sex", np.int32), ("race", np.int32), ("ses", np.int32)], align=True
)
"""A person as the engine gets to know him: birth day and indices."""

Columns = dict[str, NDArray[Any]]
"""Events of some slots by column (see `life.EVENT`)."""

Part = tuple[Columns, NDArray[Any]]
"""Events of some slots, and the ends of their lives as rows (see `life.END`)."""


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
    keep_from: float = -np.inf,
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
        keep_from: Observations and reports before this day are not told; nothing else changes.

    Returns:
        All events of all attempts, and how each life ended.

    Raises:
        HilabError: If the arrays do not fit, a module goes round for ever, or it writes without end.
    """
    people = _people(birth_days, sex, race, ses, end_day)
    root = seeds.mix(seed & (2**62 - 1), (seed >> 62) & 3)
    chunks = list(pairwise([*range(0, len(people), CHUNK), len(people)]))

    def run(chunk: tuple[int, int]) -> list[Part]:
        if oracle or not COMPILED:
            told, ends = run_plainly(program, people, *chunk, root, end_day, keep_from)
            return [({name: told[name] for name in EVENT.names or ()}, ends)]
        return list(_run_chunk(program, people, chunk, root, end_day, keep_from))

    if not oracle:
        prepare()
    if progress and not oracle and is_new() and len(people):
        tqdm.write("Preparing the engine. This happens once and takes about half a minute.", file=sys.stderr)
        run((0, 1))
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        done = tqdm(pool.map(run, chunks), total=len(chunks), desc="lives", disable=not progress)
        return _gather([part for parts in done for part in parts])


def _people(birth: Any, sex: Any, race: Any, ses: Any, end: float) -> NDArray[Any]:
    columns = {"birth": birth, "sex": sex, "race": race, "ses": ses}
    shapes = {np.shape(column) for column in columns.values()}
    if len(shapes) != 1 or len(shapes.pop()) != 1:
        raise HilabError("simulate: expected birth_days, sex, race and ses to be of one length.")
    people = np.empty(len(birth), dtype=PEOPLE)
    for name, column in columns.items():
        people[name] = column
    if not np.isfinite(people["birth"]).all() or (people["birth"] > end).any():
        raise HilabError("simulate: expected every birth_day to be a number not after end_day.")
    for name, most in (("sex", 2), ("race", len(RACES)), ("ses", len(SES))):
        if ((people[name] < 0) | (people[name] >= most)).any():
            raise HilabError(f"simulate: expected every {name} to be from 0 to {most - 1}.")
    return people


def _run_chunk(
    program: Program,
    people: NDArray[Any],
    chunk: tuple[int, int],
    root: int,
    end: float,
    keep_from: float = -np.inf,
) -> Iterator[Part]:
    """Runs slots on the machine, with another log whenever one is full."""
    slot, stop = chunk
    life = new_life(keep_from)
    while slot < stop:
        log, ends = np.empty(1, dtype=LOG), np.empty(8 * (stop - slot) + MOST_ATTEMPTS, dtype=END)
        after, events, lives, stuck = run_slots(
            program.tables, people, slot, stop, root, end, life, log, ends
        )
        if stuck >= 0:
            raise HilabError(f"{program.where(stuck)}: goes round in a circle in which no time passes.")
        if after == slot:
            busiest = int(np.bincount(log["state"][0, : MOST_EVENTS // 2]).argmax())
            raise HilabError(f"{program.where(busiest)}: expected fewer than {MOST_EVENTS:,} events.")
        yield {name: log[name][0, :events] for name in EVENT.names or ()}, ends[:lives]
        slot = after


def _without_struck(events: Columns) -> Columns:
    """Leaves out the events that are struck out; the links between the others stay right."""
    kept = events["kind"] != STRUCK
    if kept.all():
        return events
    places = np.cumsum(kept, dtype=np.int32) - 1
    events = {name: column[kept] for name, column in events.items()}
    ending = _IS_END[events["kind"]]
    events["link"][ending] = places[events["link"][ending]]
    return events


def _gather(parts: list[Part]) -> Events:
    """Puts the parts together in order and makes links between events global."""
    parts = [(_without_struck(events), ends) for events, ends in parts]
    events = {
        name: np.concatenate([np.empty(0, EVENT[name]), *(events[name] for events, _ in parts)])
        for name in EVENT.names or ()
    }
    begins = np.cumsum([0, *(len(events["kind"]) for events, _ in parts)])
    for begin, stop in pairwise(begins.tolist()):
        links = events["link"][begin:stop]
        np.add(links, begin, out=links, where=_IS_END[events["kind"][begin:stop]])
    ends = np.concatenate([np.empty(0, dtype=END), *(ends for _, ends in parts)])
    return Events(
        **events,
        lives=Lives(*(ends[name].copy() for name in ("slot", "attempt", "death_day", "vitals"))),
        flags={name: ends["flags"][:, i].astype(np.bool_) for i, name in enumerate(FLAGS)},
    )
