"""An instructor marks a written answer by its criterion in formgrader, in a browser, up to the report."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from grading.course import Course
from grading.grade import grade
from grading.report import report
from grading.standing import standings
from tests.classroom import LAB, RIGHT, submit
from tests.e2e.lab_page import OUTSIDE, browsed, running

WRITTEN = "The night nurse read *the twin's* allergy. <script>document.title = 'taken'</script>"
PAGES = (
    *("manage_assignments", "gradebook", "manage_students", f"manage_submissions/{LAB}"),
    *(f"gradebook/{LAB}", f"gradebook/{LAB}/{LAB}", "manage_students/ada", f"manage_students/ada/{LAB}"),
)


@pytest.fixture
def page(course: Course, tmp_path: Path) -> Iterator[Page]:
    """Formgrader's list of the hand-ins of two students, of whom one has written an answer."""
    submit(course, "ada", {**RIGHT, "answer_1_written": WRITTEN})
    submit(course, "ben", RIGHT)
    grade(course.folder, LAB)
    words = ["course", "open", "--course", str(course.folder), "--no-browser"]
    with running(words, tmp_path) as address, browsed(1280, 900) as page:
        page.goto(address)
        page.goto(f"{address.partition('?')[0]}/gradebook/{LAB}/{LAB}")
        page.get_by_text("Submission #1", exact=True).wait_for(timeout=60_000)
        yield page


def test_a_written_answer_is_marked_and_reaches_the_report(page: Page, course: Course) -> None:
    page.get_by_role("button", name="Show All Names").click()
    page.get_by_role("link", name="ada").click()
    answer = page.locator(".nbgrader_cell", has_text="The night nurse read")
    expect(answer).to_be_visible(timeout=60_000)
    assert page.title() != "taken" and answer.locator("em").inner_text() == "the twin's"
    assert answer.locator("a").count() == 0

    criterion = page.locator(".nbgrader_cell", has=page.locator("#crit_1_harm"))
    points = criterion.locator("#crit_1_harm")
    expect(points).to_have_class(re.compile("needs_manual_grade"), timeout=30_000)
    expect(page.locator(".needs_manual_grade")).to_have_count(1)
    points.fill("2")
    with page.expect_response(lambda reply: "/api/grade/" in reply.url and reply.request.method == "PUT"):
        points.press("Tab")
    comment = criterion.locator("#crit_1_harm-comment")
    comment.fill("Who decided, and what then?")
    with page.expect_response(lambda reply: "/api/comment/" in reply.url and reply.request.method == "PUT"):
        comment.press("Tab")

    ada, ben = standings(course, LAB)
    assert (ada.written, ada.waiting, ben.written, ben.waiting) == (2.0, 0, 0.0, 1)

    page.get_by_role("link", name=LAB, exact=True).last.click()
    marked = page.get_by_role("row").filter(has_text="2 / 4")
    other = page.get_by_role("row").filter(has_text="0 / 4")
    expect(marked.locator(".needs-manual-grade")).to_be_empty(timeout=30_000)
    expect(other.locator(".needs-manual-grade .glyphicon-ok")).to_be_visible()
    expect(marked.locator(".name-shown").last).to_have_text("ada")
    made = report(course.folder, LAB)
    page.goto(made.path.as_uri())
    expect(page.get_by_text("written answers of 1 are not marked yet")).to_be_visible()
    expect(page.get_by_role("row", name="Harm")).to_contain_text("50%")


def test_no_page_asks_another_computer_for_anything(page: Page) -> None:
    here = page.url.partition("/formgrader")[0]
    asked: list[str] = []
    failed: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: failed.append(error.message))
    page.get_by_role("link", name="Submission #1").click()
    # The script has run to its end: it selects the first field and answers to keys.
    expect(page.locator(".tabbable").first).to_be_focused(timeout=30_000)
    page.keyboard.press("Tab")
    expect(page.locator(".tabbable").nth(1)).to_be_focused()
    assert not OUTSIDE.search(page.content())
    for path in PAGES:
        page.goto(f"{here}/formgrader/{path}", wait_until="networkidle")
        assert not OUTSIDE.search(page.content()), path
    assert len(asked) > 50 and not failed
    assert not [address for address in asked if not address.startswith((f"{here}/", "data:"))]
