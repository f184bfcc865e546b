"""The same labs run on a district of China: the reference is right there too, and wrong ideas are found."""

from functools import cache

import pytest

from sim.world import World, make_world
from tests.course.answers import LABS, cases_of, judge, source_cells, tasks, wrong

EVERY_TASK = [(lab, task) for lab in LABS for task in tasks(lab)]
WRONG = [(lab, answer) for lab in LABS for answer in wrong(lab) if answer.task == "1.4"]
"""Wrong ideas about names, which are other than in the US."""


@cache
def district() -> World:
    return make_world("t0", country="cn")


def cases(lab: str, number: str) -> list:
    return cases_of(lab, task_of(lab, number), district())


def task_of(lab: str, number: str):
    return next(task for task in tasks(lab) if task.id == number)


@pytest.mark.parametrize(("lab", "task"), EVERY_TASK, ids=[task.id for _, task in EVERY_TASK])
def test_the_reference_earns_full_marks(lab, task):
    result = judge(lab, task, cases(lab, task.id), source_cells(lab)[task.cell])
    assert result.got == task.points and not result.codes and not result.problem


@pytest.mark.parametrize(("lab", "answer"), WRONG, ids=[f"{a.task} {a.name}" for _, a in WRONG])
def test_a_wrong_idea_is_recognised(lab, answer):
    task = task_of(lab, answer.task)
    result = judge(lab, task, cases(lab, task.id), answer.cell(source_cells(lab)[task.cell]))
    low, high = answer.band
    assert result.codes[:1] == (answer.code,)
    assert low <= result.got / result.points <= high
