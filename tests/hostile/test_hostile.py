"""Hand-ins that try to gain or to harm. Each gains nothing, harms nothing, and costs nobody else a point."""

import pytest

from tests.hostile.answers import ANSWERS
from tests.hostile.hostile_class import FULL, attack
from tests.hostile.notebooks import NOTEBOOKS

STRAY, TOOTHLESS = "a reply that nobody asked for", "assert does not fail any more"

FLAGGED = {"forged": STRAY, "patch": STRAY, "at exit": STRAY, "ast": TOOTHLESS}
"""Attacks that leave no doubt, and the sign of tampering that the instructor is shown."""

READABLE = [name for name, (_, _, readable) in NOTEBOOKS.items() if readable]


@pytest.fixture(scope="module")
def attacked(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        yield attack(tmp_path_factory.mktemp("hostile") / "class 班级", patch)


@pytest.fixture(scope="module")
def outcomes(attacked):
    return {one.name: one for one in attacked.outcomes}


def test_there_are_enough_attacks():
    assert len({**ANSWERS, **NOTEBOOKS}) == len(ANSWERS) + len(NOTEBOOKS) >= 40


@pytest.mark.parametrize("name", [*ANSWERS, *READABLE])
def test_an_attack_gains_nothing_and_costs_its_own_question_only(outcomes, name):
    assert outcomes[name].gained == 0 and outcomes[name].other == 1.0


@pytest.mark.parametrize("name", sorted({*NOTEBOOKS} - {*READABLE}))
def test_what_is_no_notebook_is_refused_in_a_sentence(outcomes, name):
    assert outcomes[name].gained is None and outcomes[name].shown.startswith("refused: ")
    assert "Traceback" not in outcomes[name].shown


def test_nothing_is_harmed_and_the_honest_have_their_points(attacked):
    assert list(attacked.harmed) == [] and attacked.honest == FULL


@pytest.mark.parametrize("name", FLAGGED)
def test_tampering_is_shown_to_the_instructor(outcomes, name):
    assert FLAGGED[name] in outcomes[name].shown


@pytest.mark.parametrize(
    "name", ["no checks", "own check", "huge cell", "many cells", "links beside", "modules"]
)
def test_what_was_repaired_is_shown(outcomes, name):
    assert "shown" in outcomes[name].shown
