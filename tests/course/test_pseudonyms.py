"""Task 4.3: a number that stands in a pseudonym by chance costs nothing, one that stands in many does."""

import hashlib

import pytest

from tests.course.answers import tasks

TASK = next(task for task in tasks("l4_privacy") if task.id == "4.3")
SAFE = next(check for check in TASK.checks if check.id == "4.3.safe")


@pytest.fixture(scope="module")
def case():
    return next(case for case in TASK.fixtures() if case.function == "pseudonymise")


def told(case, times):
    """Pseudonyms that nobody can compute, but for the number itself, which stands in so many of them."""
    names = {}
    for project, numbers in case.args[0].items():
        plain = {number: hashlib.sha256(f"kept apart {number}".encode()).hexdigest() for number in numbers}
        for number in list(plain)[:times]:
            plain[number] = plain[number][:20] + number.lower() + plain[number][24:]
        names[project] = [plain[number] for number in numbers]
    return names


@pytest.mark.parametrize(("times", "earned"), [(0, 1.0), (1, 1.0), (2, 1.0), (3, 0.0), (5, 0.0)])
def test_a_number_may_stand_in_a_pseudonym_by_chance(case, times, earned):
    assert SAFE.score(case, told(case, times)) == earned
