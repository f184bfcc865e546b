"""Modules that kill leave less to the life table: natural_death.csv."""

from collections.abc import Callable

import numpy as np
import pytest
from histories import END

from sim.engine import Program, simulate
from sim.engine.hooks.mortality import survival
from sim.engine.natural_death import read_shares, weakened
from sim.errors import HilabError

ALONE = {"Initial": {"type": "Initial", "direct_transition": "End"}, "End": {"type": "Terminal"}}
TABLE = "sex,age,share\nmale,0,1\nmale,40,0\nfemale,0,0.5\n"


def test_shares_are_linear_between_ages_and_level_outside() -> None:
    shares = read_shares(TABLE.encode(), "t", 60)
    np.testing.assert_allclose(shares[0, [0, 9, 40, 59]], [1 - 0.5 / 40, 1 - 9.5 / 40, 0, 0])
    assert (shares[1] == 0.5).all()


def test_a_share_of_the_hazard_is_left() -> None:
    living = survival()
    shares = np.full((2, living.shape[1] - 1), 0.25)
    left = weakened(living, shares)
    np.testing.assert_allclose(left[:, :-1], living[:, :-1] ** 0.25)
    assert (left[:, -1] == 0).all()


def test_the_file_beside_the_modules_is_read(compile_states: Callable[..., Program]) -> None:
    rows = "sex,age,share\nmale,0,0\nfemale,0,1\n"
    program = compile_states(ALONE, {"natural_death.csv": rows})
    birth, ones = np.full(2000, END - 75 * 365.25), np.ones(2000, dtype=int)
    sex = np.arange(2000) % 2
    lives = simulate(program, birth, sex, ones, ones, END, seed=1).lives
    dead = ~np.isnan(lives.death_day)
    assert 0.2 < dead[lives.slot % 2 == 1].mean() < 0.4
    assert dead[lives.slot % 2 == 0].sum() == 0


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("sex,age,share\nmale,0,1\n", "expected rows for male and for female"),
        ("sex,age,share\nboth,0,1\n", "line 2: expected sex"),
        ("sex,age,share\nmale,young,1\n", "line 2: expected sex"),
        ("sex,age,share\nmale,3,1.5\n", "line 2: expected a share from 0 to 1"),
        ("sex,age\nmale,3\n", "line 2: expected sex"),
    ],
)
def test_a_wrong_file_is_named(compile_states: Callable[..., Program], rows: str, expected: str) -> None:
    with pytest.raises(HilabError, match=f"natural_death.csv.*{expected}"):
        compile_states(ALONE, {"natural_death.csv": rows})
