"""Lab 1 in a real browser: run all, explore by keyboard, read the feedback, answer rightly, hand in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from grading.handin import hand_in
from tests.course.answers import source_cells
from tests.e2e.conftest import LAB
from tests.e2e.lab_page import PANEL, bring, opened, predict, press, retype, run_all, served, title


@pytest.fixture(scope="module")
def page(lab_kit: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with served(lab_kit, tmp_path_factory.mktemp("jupyter")) as address, opened(address) as page:
        run_all(page)
        yield page


def test_plot_changes_when_a_lever_is_moved(page: Page) -> None:
    bring(page, ".hilab-explore .js-plotly-plot")
    assert title(page).startswith("40 % mandatory")
    marks = page.locator(f"{PANEL} .hilab-explore .scatterlayer path.js-line")
    lines = marks.evaluate_all("paths => paths.map(path => path.getAttribute('d'))")
    assert page.locator(f"{PANEL} .hilab-lever-mandatory .noUi-target[disabled]").count() == 1
    predict(page)
    assert press(page, "mandatory", "ArrowRight", times=4).startswith("80 % mandatory")
    changed = press(page, "load", "ArrowRight", times=4)
    assert "Goal not reached" in changed
    assert marks.evaluate_all("paths => paths.map(path => path.getAttribute('d'))") != lines
    told = page.locator(f"{PANEL} .hilab-text [role=status]").first.text_content() or ""
    assert "80 % of the fields mandatory" in told


def test_goal_can_be_reached_by_keyboard(page: Page) -> None:
    press(page, "mandatory", "Home")
    press(page, "load", "ArrowLeft", times=4)
    press(page, "threshold", "ArrowLeft", times=3)
    box = page.locator(f"{PANEL} .hilab-lever-barcode input").first
    box.focus()
    page.keyboard.press("Space")
    reached = "selector => document.querySelector(selector).textContent.includes('Goal reached')"
    page.wait_for_function(reached, arg=f"{PANEL} .hilab-explore .gtitle", timeout=20_000)


def test_feedback_can_be_read(page: Page) -> None:
    notice = bring(page, ".hilab-notice:has-text('1.3')")
    text = notice.text_content() or ""
    assert "not yet right" in text
    assert "Here it misleads (MC" in text
    assert "Hint 1 of 3" in text
    assert "On your own district" in text


def test_a_better_answer_is_praised_and_handed_in(page: Page, lab_kit: Path) -> None:
    """Types the right answer over the wrong one, as a student does after reading the feedback."""
    lines = source_cells(LAB)["solve_1_3"].split("\n")
    retype(page, "Believes the newest arrival", "\n".join(line for line in lines if "### " not in line))
    page.wait_for_selector(f"{PANEL} .hilab-notice:has-text('1.3'):has-text('all examples are right')")
    handed = hand_in(lab_kit.parent / LAB)
    assert handed.path.is_file() and handed.answered == 1 and not handed.missing
