"""Points by Fellegi and Sunter: against the formula, gone through pattern by pattern."""

from itertools import product
from math import log2

import numpy as np
import pytest

from sim.policy.linking import assumed, groups
from sim.policy.points import FIELDS, GROUPS, KINDS, TWO_PEOPLE, by_group, chances, reaching, scores, weights

FIGURES = assumed()
LEVELS = chances(0.06, 0.15, FIGURES)
SHARES = groups(FIGURES)


@pytest.mark.parametrize("missing", [0.0, 0.15, 1.0])
@pytest.mark.parametrize("error", [0.0, 0.06, 0.2])
def test_chances_of_every_kind_add_up_to_one(error, missing):
    for field in chances(error, missing, FIGURES).values():
        assert field.shape == (KINDS, 4) and (field >= 0).all()
        assert field.sum(axis=1) == pytest.approx(1)


def test_points_follow_fellegi_and_sunter():
    sex = weights(LEVELS["sex"], SHARES, True)
    m = 1 - (1 - (1 - 0.06 * 0.05) ** 2)
    assert sex[0] == pytest.approx(log2(m / 0.5)) and sex[2] == pytest.approx(log2((1 - m) / 0.5))
    for name in FIELDS:
        points = weights(LEVELS[name], SHARES, True)
        assert points[3] == 0 and points[0] > 0 > points[2], name
    given, plain = (weights(LEVELS["given"], SHARES, alike) for alike in (True, False))
    assert given[0] > given[1] > given[2] and plain[1] == plain[2] and given[2] < plain[2] < given[1]


def test_blanks_tell_nothing_about_two_people():
    """A field that is filled less often must not be worth more or fewer points where it is filled."""
    full, half = (
        weights(chances(0.06, missing, FIGURES)["id"], np.array([1.0, 0, 0]), True) for missing in (0, 0.5)
    )
    assert full == pytest.approx(half)


def test_tails_agree_with_going_through_all_patterns():
    fields = ("given", "family", "born", "id")
    some = {name: LEVELS[name] for name in fields}
    points, tails = scores(some, SHARES, True)
    worth = {name: weights(some[name], SHARES, True) for name in fields}
    for threshold in (-5.0, 0.0, 7.5, 20.0, 100.0):
        wanted = np.zeros(KINDS)
        for pattern in product(range(4), repeat=len(fields)):
            chosen = list(zip(fields, pattern, strict=True))
            if sum(worth[name][level] for name, level in chosen) >= threshold - 1e-9:
                wanted += np.prod([some[name][:, level] for name, level in chosen], axis=0)
        assert reaching(points, tails, threshold - 1e-9) == pytest.approx(wanted)


def test_people_easily_taken_for_one_another_have_more_points_than_strangers():
    points, tails = scores(LEVELS, SHARES, True)
    reached = reaching(points, tails, 15.0)
    people = by_group(reached)
    assert people.shape == (len(GROUPS), len(TWO_PEOPLE))
    assert (people[:, :-1] > 100 * people[:, -1:]).all()
    assert (reached[: len(GROUPS)] > people[:, :-1].max(axis=1)).all()
