"""Labs 0 and 2 to 4 in a real browser, from the kit to the hand-in; lab 1 is walked in test_browser."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from grading.handin import hand_in
from tests.course.answers import source_cells, wrong
from tests.e2e.conftest import make_kit
from tests.e2e.lab_page import PANEL, bring, opened, predict, press, run_all, save, served, title


@dataclass(frozen=True)
class Walk:
    """What is done in a lab: a right answer, a wrong one with its code, a lever to move."""

    lab: str
    right: str
    wrong: str
    code: str
    lever: str


WALKS = (
    Walk("l0_orientation", "0.1", "0.2", "MC01", "share"),
    Walk("l2_standardization", "2.1", "2.4", "MC36", "partners"),
    Walk("l3_sharing", "3.1", "3.2", "MC203", "threshold"),
    Walk("l4_privacy", "4.2", "4.1", "MC60", "k"),
)


def cell(task: str) -> str:
    return "solve_" + task.replace(".", "_")


def right(walk: Walk, task: str) -> str:
    """The reference's cell, without the marks of where it begins and ends."""
    lines = source_cells(walk.lab)[cell(task)].split("\n")
    return "\n".join(line for line in lines if "### " not in line)


def answers(walk: Walk) -> dict[str, str]:
    """Both answers by their cells; a wrong solution is written as a change of the right one."""
    mistaken = next(one for one in wrong(walk.lab) if one.code == walk.code and one.task == walk.wrong)
    changed = f"{right(walk, walk.wrong)}\n\n\n{mistaken.source}"
    return {cell(walk.right): right(walk, walk.right), cell(walk.wrong): changed}


@pytest.mark.parametrize("walk", WALKS, ids=[walk.lab for walk in WALKS])
def test_a_lab_is_walked_from_the_kit_to_the_hand_in(walk: Walk, tmp_path: Path) -> None:
    kit = make_kit(tmp_path, answers(walk), walk.lab)
    with served(kit, tmp_path / "jupyter") as address, opened(address) as page:
        run_all(page)
        predict(page)
        before = title(page)
        assert press(page, walk.lever, "ArrowRight", times=2) != before
        told = page.locator(f"{PANEL} .hilab-text [role=status]").first.text_content() or ""
        assert len(told.split()) > 20
        praised = bring(page, f".hilab-notice:has-text('{walk.right}')").text_content() or ""
        assert "not yet right" not in praised and "MC" not in praised
        blamed = bring(page, f".hilab-notice:has-text('{walk.wrong}')").text_content() or ""
        assert "not yet right" in blamed and walk.code in blamed and "Hint 1 of 3" in blamed
        save(page)
    handed = hand_in(tmp_path / walk.lab)
    assert handed.path.is_file() and handed.answered == 2 and not handed.missing
