"""The machine and its plain-Python twin tell the same story."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable

import every_state
import numpy as np
import pytest
from histories import END, born, same

from sim.engine import Kind, Program, load_program, simulate
from sim.engine.kinds import Op


def test_own_modules_agree_for_twenty_five_people(program: Program) -> None:
    machine = simulate(program, *born(25), END, seed=5)
    same(machine, simulate(program, *born(25), END, seed=5, oracle=True))
    told = {program.states[i].module for i in np.unique(machine.state)}
    tellers = {module.name for module in program.modules if any(node.kind for node in module.nodes.values())}
    assert len(told & tellers) > 0.7 * len(tellers)


def test_every_state_type_agrees(compile_states: Callable[..., Program]) -> None:
    program = compile_states(every_state.STATES, inner=every_state.INNER)
    people = born(80, seed=3)
    machine = simulate(program, *people, END, seed=2**63 + 9)
    same(machine, simulate(program, *people, END, seed=2**63 + 9, oracle=True))
    assert set(machine.kind.tolist()) == {int(kind) for kind in Kind}
    caused = {program.states[i].name for i in machine.state[machine.kind == Kind.DEATH]}
    assert caused == {"Die", "Background mortality"}


def watching(compile_states: Callable[..., Program]) -> Program:
    watchers = json.dumps({"name": "watchers", "states": every_state.WATCHERS})
    files = {"watchers.json": watchers, "lookup_tables/t.csv": every_state.TABLE}
    return compile_states(every_state.STATES, files, inner=every_state.INNER)


def test_every_guard_wakes_when_the_oracle_finds_it_open(compile_states: Callable[..., Program]) -> None:
    program = watching(compile_states)
    people = born(60, seed=8)
    machine = simulate(program, *people, END, seed=4)
    same(machine, simulate(program, *people, END, seed=4, oracle=True))
    told = Counter(program.states[i].name for i in machine.state.tolist())
    assert told["Note"] > 500 and told["Stay"] > 100 and told["All Over"] > 10
    hooks = Counter(program.states[i].encounter_class for i in machine.state[machine.kind == Kind.ENCOUNTER])
    assert hooks["urgentcare"] > 10 and hooks["emergency"] > 10
    assert program.tables[0]["born_count"] == 1 and program.tables[0]["yearly_count"] == 3


def test_all_guards_are_watched_and_few_branches_asked(compile_states: Callable[..., Program]) -> None:
    tables = watching(compile_states).tables[0]
    states = tables["states"][: tables["state_count"]]
    guards = states[states["op"] == Op.GUARD]
    assert (guards["polls"] == 1).sum() == 1 and (guards["listens"] != 0).sum() >= 6
    long = states[states["branch_to"] - states["branch_from"] > 100]
    cuts = tables["cuts"][long["cut_from"][0] : long["cut_to"][0]]
    assert len(long) == 1 and (cuts["listed_to"] - cuts["listed_from"]).max() < 40


@pytest.mark.parametrize("modules", ["every state", "own"])
def test_what_is_not_kept_changes_nothing_else(
    compile_states: Callable[..., Program], program: Program, modules: str
) -> None:
    program = watching(compile_states) if modules == "every state" else program
    people, day = born(20, seed=6), END - 3652.0
    whole, part = (simulate(program, *people, END, seed=4, keep_from=since) for since in (-np.inf, day))
    same(part, simulate(program, *people, END, seed=4, keep_from=day, oracle=True))
    dropped = np.isin(whole.kind, (Kind.OBSERVATION, Kind.REPORT)) & (whole.day < day)
    assert len(part) == len(whole) - dropped.sum() < len(whole)
    for name in ("slot", "day", "kind", "state", "value", "encounter"):
        np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[~dropped])


def test_synthea_modules_agree() -> None:
    program = load_program("synthea")
    birth, *others = born(16, seed=31, oldest=8.0)
    birth[-1] -= 9_000.0
    machine = simulate(program, birth, *others, END, seed=9)
    same(machine, simulate(program, birth, *others, END, seed=9, oracle=True))
    told = {program.states[i].module for i in np.unique(machine.state)}
    assert len(told) > 30


@pytest.mark.parametrize("age", [108.5, 109.43, 109.95])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_oldest_slots_are_filled_at_the_last_attempt(program: Program, age: float, seed: int) -> None:
    birth = np.full(2, END - age * 365.25)
    people = (birth, np.array([0, 1]), np.zeros(2, dtype=int), np.ones(2, dtype=int))
    events = simulate(program, *people, END, seed=seed)
    assert np.isnan(events.lives.death_day).sum() == 2
    assert events.lives.attempt.max() <= 99


def test_without_numba_the_story_is_the_same(program: Program) -> None:
    told = simulate(program, *born(3), END, seed=5)
    script = (
        "import sys; sys.modules['numba'] = None\n"
        "import numpy as np\n"
        "from sim.engine import load_program, simulate\n"
        f"people = [np.array(c) for c in {[column.tolist() for column in born(3)]}]\n"
        f"events = simulate(load_program(), *people, {END}, seed=5)\n"
        "print(len(events), events.day.sum().hex())\n"
    )
    words = [sys.executable, "-c", script]
    said = subprocess.run(words, capture_output=True, text=True, encoding="utf-8", check=True)
    assert said.stdout.split() == [str(len(told)), told.day.sum().hex()]


@pytest.mark.parametrize(("modules", "n"), [(None, 600), ("synthea", 60)])
def test_looking_on_every_step_tells_the_same(modules: str | None, n: int) -> None:
    program = load_program(modules)
    asleep = simulate(program, *born(n, seed=12), END, seed=3)
    program.tables["states"]["polls"] = 1
    same(asleep, simulate(program, *born(n, seed=12), END, seed=3))
