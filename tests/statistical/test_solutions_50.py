"""Over 50 districts: the reference and every alternative full, every wrong solution named and in its band.

Run with `make test-full`; a run that was stopped goes on. It writes `docs/solutions.md`. Fewer:
`HILAB_SOLUTION_SEEDS=20 make test-full`; what was tried before is not tried again.
"""

import pytest

from tests.statistical.page import table
from tests.statistical.tried import DISTRICTS, ROOT, Answer, Outcome, answers, of, outcomes

pytestmark = pytest.mark.timeout(3600)  # the first test waits for all districts
RECOGNISED = 0.95
EVERY = answers()


@pytest.fixture(scope="module")
def found() -> list[Outcome]:
    measured = outcomes()
    (ROOT / "docs" / "solutions.md").write_text(table(measured), encoding="utf-8", newline="\n")
    return measured


def chosen(*kinds: str) -> dict[str, list]:
    """Returns the answers of some kinds as arguments of `parametrize`."""
    listed = [answer for answer in EVERY if answer.kind in kinds]
    return {"argvalues": listed, "ids": [f"{a.task} {a.kind} {a.name}".strip() for a in listed]}


@pytest.mark.parametrize("answer", **chosen("reference", "alternative"))
def test_right_answers_are_full_everywhere(answer: Answer, found: list[Outcome]) -> None:
    earned = of(answer, found)
    assert [one.district for one in earned] == DISTRICTS
    assert not [one for one in earned if one.share < 1 or one.codes or one.missed]


@pytest.mark.parametrize("answer", **chosen("empty"))
def test_empty_answers_earn_nothing_for_their_functions(answer: Answer, found: list[Outcome]) -> None:
    earned = of(answer, found)
    assert [one.district for one in earned] == DISTRICTS
    assert {one.share for one in earned} == {answer.band[0]}
    assert answer.band[0] == (0.5 if answer.task == "0.6" else 0)


@pytest.mark.parametrize("answer", **chosen("wrong"))
def test_wrong_answers_are_recognised_and_stay_in_their_band(answer: Answer, found: list[Outcome]) -> None:
    earned = of(answer, found)
    assert [one.district for one in earned] == DISTRICTS
    unnamed = [(one.district, one.codes) for one in earned if one.codes[:1] != (answer.code,)]
    outside = [
        (one.district, one.share) for one in earned if not answer.band[0] <= one.share <= answer.band[1]
    ]
    allowed = (1 - RECOGNISED) * len(DISTRICTS)
    assert len(unnamed) <= allowed, unnamed
    assert len(outside) <= allowed, outside
