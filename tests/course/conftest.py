"""Districts that the labs' tests share; each is built once a session."""

from functools import cache

import pytest

from sim.world import World, make_world
from tests.course.answers import LABS, cases_of, tasks

SEEDS = ("t0", "t1", "t2")


@cache
def district(seed: str) -> World:
    return make_world(seed)


@cache
def prepared(seed: str) -> dict:
    """Returns for every (lab, task id) its cases on a district."""
    return {(lab, task.id): cases_of(lab, task, district(seed)) for lab in LABS for task in tasks(lab)}


@pytest.fixture(params=SEEDS)
def seed(request) -> str:
    return request.param


@pytest.fixture
def world(seed) -> World:
    return district(seed)


@pytest.fixture
def all_cases(seed) -> dict:
    return prepared(seed)
