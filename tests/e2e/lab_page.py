"""JupyterLab in headless Chromium, as a student sees it; for tests and for the pictures in docs/images."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, Queue

from playwright.sync_api import Locator, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PANEL = ".jp-NotebookPanel:not(.lm-mod-hidden)"
TITLE = ".hilab-explore .gtitle"
OUTSIDE = re.compile(
    r"""<(?:script|link|img|iframe|object|source)\b[^>]*["'= ](?:https?:)?//"""
    r"""|(?:@import|import|url\()[^;)\n]{0,40}["'( ](?:https?:)?//"""
)
"""An address outside from which a browser would load something; links to click are none."""


@contextmanager
def served(kit: Path, scratch: Path) -> Iterator[str]:
    """Runs `hilab open KIT --no-browser` and gives the address that it prints."""
    with running(["open", str(kit), "--no-browser"], scratch) as address:
        yield address


@contextmanager
def running(words: list[str], scratch: Path) -> Iterator[str]:
    """Runs a command of hilab that starts JupyterLab, and gives the address that it prints."""
    environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(scratch / "config")}
    environment |= {"JUPYTER_DATA_DIR": str(scratch / "data"), "JUPYTER_RUNTIME_DIR": str(scratch / "run")}
    command = [sys.executable, "-m", "grading.cli", *words]
    process = subprocess.Popen(
        command, env=environment, text=True, encoding="utf-8", errors="replace", start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield _address(process)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)


def _address(process: "subprocess.Popen[str]") -> str:
    """Waits for the line with the address, and keeps reading so that the program never blocks."""
    assert process.stdout is not None
    lines: Queue[str] = Queue()
    threading.Thread(target=lambda: [lines.put(line) for line in process.stdout or ()], daemon=True).start()
    seen = []
    while True:
        try:
            seen.append(lines.get(timeout=60))
        except Empty:
            raise AssertionError("hilab open printed no address:\n" + "".join(seen)) from None
        if found := re.search(r"http://(?:localhost|127\.0\.0\.1):\d+/\S*token=\w+", seen[-1]):
            return found[0]


@contextmanager
def opened(address: str, width: int = 1500, height: int = 1000) -> Iterator[Page]:
    """Opens the address in Chromium and waits until the notebook's kernel is ready."""
    with browsed(width, height) as page:
        page.goto(address + "&reset", timeout=60_000)
        page.wait_for_selector(PANEL, timeout=90_000)
        _wait_for_kernel(page, address)
        wait_until_idle(page)
        yield page


@contextmanager
def browsed(width: int = 1500, height: int = 1000) -> Iterator[Page]:
    """Opens an empty page in headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser.new_page(viewport={"width": width, "height": height})
        browser.close()


def _wait_for_kernel(page: Page, address: str) -> None:
    """Waits until the server says that the kernel is up; before, Run All would ask which one to take."""
    server, _, token = address.partition("/lab")
    for _ in range(120):
        sessions = page.request.get(f"{server}/api/sessions?{token.partition('?')[2]}").json()
        if any(session["kernel"]["execution_state"] == "idle" for session in sessions):
            page.wait_for_timeout(2000)
            return
        page.wait_for_timeout(500)
    raise AssertionError("the notebook's kernel did not start")


def wait_until_idle(page: Page, seconds: float = 120) -> None:
    """Waits until the kernel of the visible notebook has nothing left to do."""
    idle = f'{PANEL} .jp-Notebook-ExecutionIndicator[data-status="idle"]'
    page.wait_for_selector(idle, timeout=1000 * seconds, state="attached")


def run_all(page: Page) -> None:
    """Chooses Run, Run All Cells in the menu, and waits for the end."""
    page.click('.lm-MenuBar-itemLabel:text-is("Run")')
    page.click('.lm-Menu-itemLabel:text-is("Run All Cells")')
    for _ in range(4):  # between two cells, and before the first, the kernel is idle for a moment
        page.wait_for_timeout(1000)
        wait_until_idle(page)


def bring(page: Page, selector: str) -> Locator:
    """Waits until the notebook shows an element, and scrolls to it."""
    found = page.locator(f"{PANEL} {selector}").first
    found.wait_for(timeout=60_000)
    found.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    return found


def title(page: Page) -> str:
    """Returns the state that the plot's title carries."""
    return page.locator(f"{PANEL} {TITLE}").first.text_content() or ""


def predict(page: Page, answer: int = 2) -> None:
    """Makes a prediction, which unlocks the levers."""
    bring(page, ".hilab-explore input[type=radio]")
    page.locator(f"{PANEL} .hilab-explore input[type=radio]").nth(answer).check()
    page.locator(f"{PANEL} .hilab-predict").click()
    page.wait_for_selector(f"{PANEL} .hilab-said [role=status]")


def press(page: Page, lever: str, key: str, times: int = 1) -> str:
    """Moves a lever by the keyboard and returns the plot's new title."""
    before = title(page)
    page.locator(f"{PANEL} .hilab-lever-{lever} .noUi-handle").first.focus()
    for _ in range(times):
        page.keyboard.press(key)
    page.wait_for_function(
        "([selector, before]) => document.querySelector(selector)?.textContent !== before",
        arg=[f"{PANEL} {TITLE}", before],
        timeout=20_000,
    )
    page.wait_for_timeout(600)
    return title(page)


def retype(page: Page, begin: str, source: str) -> None:
    """Replaces the code of the cell that holds a text, runs it and the cell below it, and saves."""
    cell = bring(page, f".jp-CodeCell:has-text('{begin}') .cm-content")
    cell.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(source)
    for _ in range(2):
        page.keyboard.press("Shift+Enter")
        page.wait_for_timeout(500)
        wait_until_idle(page)
    save(page)


def save(page: Page) -> None:
    """Saves the notebook and waits until the server has it."""
    with page.expect_response(lambda reply: reply.request.method == "PUT" and "/contents/" in reply.url):
        page.keyboard.press("Control+S")
