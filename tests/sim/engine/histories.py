"""People to simulate, and how to compare what happened to them."""

import numpy as np

from sim.engine import Events

END = 46021.0
"""2026-01-01, in days since 1900-01-01."""

Born = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def born(n: int, seed: int = 11, oldest: float = 88.0) -> Born:
    """Returns birth days, sexes, races and socioeconomic categories of n people."""
    rng = np.random.default_rng(seed)
    birth = END - rng.uniform(0.1, oldest, n) * 365.25
    return birth, rng.integers(0, 2, n), rng.integers(0, 6, n), rng.integers(0, 3, n)


def same(a: Events, b: Events) -> None:
    """Asserts that two histories are equal, event for event and life for life."""
    for name in ("slot", "attempt", "kind", "state", "encounter", "link", "day", "value"):
        x, y = getattr(a, name), getattr(b, name)
        assert len(x) == len(y), (name, len(x), len(y))
        different = np.flatnonzero(~((x == y) | ((x != x) & (y != y))))
        assert not len(different), (name, different[:3], x[different[:3]], y[different[:3]])
    np.testing.assert_array_equal(a.lives.death_day, b.lives.death_day)
    np.testing.assert_array_equal(a.lives.vitals, b.lives.vitals)
    for name, flags in a.flags.items():
        np.testing.assert_array_equal(flags, b.flags[name])
