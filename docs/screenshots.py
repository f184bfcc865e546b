"""Takes the pictures of the lab in docs/images: the exploration after a lever moved, and feedback.

Run it as `python docs/screenshots.py`; it needs Chromium, as the browser test does.
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.e2e.conftest import ARRIVED_LAST, make_kit  # noqa: E402
from tests.e2e.lab_page import bring, opened, predict, press, run_all, served  # noqa: E402

IMAGES = ROOT / "docs" / "images"


def main() -> None:
    """Writes lab.png and check.png."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
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


if __name__ == "__main__":
    main()
