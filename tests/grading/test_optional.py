"""Optional questions replace lost points and add none beyond."""

import pytest

from grading.feedback import page
from grading.judge import TaskResult
from grading.marking import Marks
from grading.preprocessors import outputs


def result(task: str, points: float, got: float, optional: bool = False) -> TaskResult:
    return TaskResult(task, "A question", points, got, (), optional=optional)


def marks(*tasks: TaskResult) -> Marks:
    return Marks("ada", "lab", "key", tasks)


@pytest.mark.parametrize(
    ("core", "optional", "extra", "whole"),
    [
        (10, (4, 4), (0, 0), 10),
        (7, (4, 0), (3, 0), 10),
        (1, (4, 2.5), (4, 2.5), 7.5),
        (5, (4, 4), (4, 1), 10),
        (0, (0, 0), (0, 0), 0),
    ],
)
def test_lost_points_are_replaced(core, optional, extra, whole) -> None:
    found = marks(
        result("9.1", 10, core), *(result(f"9.{n}", 4, got, True) for n, got in enumerate(optional, 2))
    )
    assert tuple(found.extra.values()) == extra
    assert (found.got, found.points) == (whole, 10)


def test_mark_cell_of_an_optional_question_gives_no_points_of_its_own() -> None:
    assert outputs(result("9.2", 4, 3, True))[1]["data"]["text/plain"] == "0.0"
    assert outputs(result("9.1", 4, 3))[1]["data"]["text/plain"] == "3.0"


def test_the_page_says_what_optional_questions_came_to() -> None:
    found = marks(result("9.1", 10, 7), result("9.2", 4, 4, True))
    told = page(found, "A lab")
    assert "9.2 A question – optional (4 of 4)" in told
    assert "Optional questions give back points that were lost in the others: here 3." in told
    assert "optional" not in page(marks(result("9.1", 10, 7)), "A lab")


def test_the_page_has_the_labs_title_in_its_language() -> None:
    found = Marks("ada", "l1_collection", "key", (result("9.1", 10, 7),))
    assert "反馈：数据采集：病房相信什么" in page(found, "Collection", language="zh")
    assert "Feedback: Collection<" in page(found, "Collection")
