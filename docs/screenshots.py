"""Takes the pictures in docs/images: the labs after a lever moved, feedback, and formgrader with the marks.

Run it as `make screenshots`; it needs Chromium, as the browser tests do, and the course of `make demo`
(made if it is not there).
"""

import argparse
import sys
import tempfile
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from grading.demo import LAB, run  # noqa: E402
from tests.e2e.conftest import ARRIVED_LAST, make_kit  # noqa: E402
from tests.e2e.lab_page import (  # noqa: E402
    bring,
    browsed,
    opened,
    predict,
    press,
    run_all,
    running,
    served,
)
from tests.e2e.test_walks import WALKS, Walk, answers  # noqa: E402

IMAGES = ROOT / "docs" / "images"
DEMO = ROOT / "build" / "demo"


def picture_lab(scratch: Path) -> None:
    """Writes lab.png and check.png."""
    kit = make_kit(scratch, {"solve_1_3": ARRIVED_LAST})
    with served(kit, scratch) as address, opened(address, 1480, 1000) as page:
        run_all(page)
        predict(page)
        press(page, "mandatory", "ArrowRight", 4)
        bring(page, ".hilab-lever-mandatory")
        bring(page, ".hilab-explore .js-plotly-plot")
        page.screenshot(path=IMAGES / "lab.png")
        bring(page, ".hilab-notice:has-text('1.3')")
        page.screenshot(path=IMAGES / "check.png")


def picture_walk(walk: Walk, scratch: Path) -> None:
    """Writes how a lab looks in its exploration and after a wrong answer, and how lab 0 begins."""
    number = walk.lab.partition("_")[0]
    kit = make_kit(scratch, answers(walk), walk.lab)
    with served(kit, scratch) as address, opened(address, 1480, 1000) as page:
        if number == "l0":
            page.screenshot(path=IMAGES / "l0_begin.png")
        run_all(page)
        predict(page)
        press(page, walk.lever, "ArrowRight", 2)
        bring(page, f".hilab-lever-{walk.lever}")
        bring(page, ".hilab-explore .js-plotly-plot")
        page.screenshot(path=IMAGES / f"{number}_explore.png")
        bring(page, f".hilab-notice:has-text('{walk.wrong}')")
        page.screenshot(path=IMAGES / f"{number}_check.png")


def picture_course(scratch: Path) -> None:
    """Writes feedback.png, formgrader.png, and written.png: a written answer with one criterion marked."""
    if not (DEMO / "course" / "feedback" / "partly").is_dir():
        run(DEMO)
    with browsed(1000, 1300) as page:
        page.goto((DEMO / "course" / "feedback" / "partly" / LAB / "feedback.html").as_uri())
        page.screenshot(path=IMAGES / "feedback.png")
    words = ["course", "open", "--course", str(DEMO / "course"), "--no-browser"]
    with running(words, scratch) as address, browsed(1280, 520) as page:
        page.goto(address)
        page.goto(f"{address.partition('?')[0]}/gradebook/{LAB}/{LAB}")
        page.get_by_text("Submission #1", exact=True).wait_for(timeout=60_000)
        page.screenshot(path=IMAGES / "formgrader.png")
        page.locator(".name-shown", has_text="partly").evaluate("link => link.click()")
        page.locator("#crit_1_harm.needs_manual_grade").wait_for(timeout=90_000)
        page.locator("#crit_1_harm").fill("4")
        page.locator("#crit_1_harm-comment").fill("One can follow it up to the wrong drug.")
        page.locator("#crit_1_distinctions").focus()
        page.set_viewport_size({"width": 1280, "height": 860})
        page.wait_for_timeout(2000)  # it is saved, and the page has scrolled to the field
        page.locator("#answer_1_written-comment").evaluate(
            "field => window.scrollTo(0, $(field).parents('.nbgrader_cell').offset().top - 70)"
        )
        page.screenshot(path=IMAGES / "written.png")


def main() -> None:
    """Takes all pictures."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    IMAGES.mkdir(exist_ok=True)
    for take in (picture_course, picture_lab, *(partial(picture_walk, walk) for walk in WALKS)):
        with tempfile.TemporaryDirectory() as name:
            take(Path(name))


if __name__ == "__main__":
    main()
