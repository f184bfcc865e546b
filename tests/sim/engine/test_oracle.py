"""The machine and its plain-Python twin tell the same story."""

import subprocess
import sys
from collections.abc import Callable

import every_state
import numpy as np
import pytest
from histories import END, born, same

from sim.engine import Kind, Program, simulate


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
