"""How soon a plot follows its lever in the browser, in every lab's exploration.

Run: `python -m benchmarks explore`. A lever is moved by keyboard in headless Chromium; the clock of the page
runs from the key to the picture in which the plot's title tells the new state. `--write` puts the table into
docs/benchmarks.md.
"""

import argparse
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.pages import put
from tests.e2e.conftest import make_kit
from tests.e2e.lab_page import PANEL, bring, opened, predict, run_all, served

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"

LEVERS = {
    "l0_orientation": "share",
    "l1_collection": "mandatory",
    "l2_standardization": "partners",
    "l3_sharing": "threshold",
    "l4_privacy": "k",
}
"""The lever that is moved in each lab."""

MOVES = 21

_WATCH = """
(selector) => {
    window.hilabTook = [];
    const plot = document.querySelector(selector);
    let began = 0, told = plot.querySelector(".gtitle").textContent;
    document.addEventListener("keydown", () => { began = performance.now(); }, true);
    new MutationObserver(() => {
        const now = plot.querySelector(".gtitle")?.textContent ?? told;
        if (now === told || !began) return;
        const since = began;
        [told, began] = [now, 0];
        requestAnimationFrame(() => window.hilabTook.push(performance.now() - since));
    }).observe(plot, { subtree: true, childList: true, characterData: true });
}
"""
"""Waits to be told of a change: looking at every picture would have the browser make more of them."""


def redraws(page: Page, lever: str) -> list[float]:
    """Moves a lever to and fro and returns how long each redraw took, in milliseconds."""
    bring(page, f".hilab-lever-{lever}")
    page.evaluate(_WATCH, f"{PANEL} .hilab-explore .js-plotly-plot")
    page.locator(f"{PANEL} .hilab-lever-{lever} .noUi-handle").first.focus()
    for move in range(MOVES):
        page.keyboard.press("ArrowRight" if move % 2 == 0 else "ArrowLeft")
        page.wait_for_timeout(500)
    return list(page.evaluate("window.hilabTook"))


def measure(lab: str) -> list[float]:
    """Opens a lab's kit in the browser, runs all cells, makes a prediction and moves the lever."""
    with tempfile.TemporaryDirectory() as name:
        kit = make_kit(Path(name), {}, lab)
        with served(kit, Path(name, "jupyter")) as address, opened(address) as page:
            run_all(page)
            predict(page)
            return redraws(page, LEVERS[lab])


def main() -> None:
    """Prints the table."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    chosen, _ = words.parse_known_args()
    lines = ["| lab | lever | redraws | median, ms | slowest, ms |", "|---|---|--:|--:|--:|"]
    for lab, lever in LEVERS.items():
        took = measure(lab)
        cells = (lab, lever, str(len(took)), f"{statistics.median(took):.0f}", f"{max(took):.0f}")
        lines.append(f"| {' | '.join(cells)} |")
        print(lines[-1], flush=True)
    if chosen.write:
        put("explore", "\n".join(lines), PAGE)


if __name__ == "__main__":
    main()
