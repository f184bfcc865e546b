"""The map of competencies says what the labs say."""

from grading.catalogue import competency_entries
from grading.competencymap import PAGE, page
from grading.labfacts import read_facts
from grading.tasks import lab_folder
from tests.course.answers import LABS


def test_the_page_is_written_from_the_labs():
    """If this fails: python -m grading.competencymap."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_every_mark_of_the_table_is_one_of_a_lab():
    rows = [line.strip("| ").split(" | ") for line in page().split("\n") if line.startswith("| ")]
    head, marks = rows[0], {row[0]: row for row in rows[1:]}
    assert list(marks) == list(competency_entries())
    for lab in LABS:
        column = head.index(lab[:2].upper())
        marked = {
            code for code, row in marks.items() if len(row) > column and row[column].strip() in ("●", "○")
        }
        assert marked == set(read_facts(lab_folder(lab))["competencies"])


def test_what_only_an_optional_task_teaches_is_marked():
    row = next(line for line in page().split("\n") if line.startswith("| RHIA-4 "))
    assert "○" in row and "●" not in row
    for lab in LABS:
        facts = read_facts(lab_folder(lab))
        assert set(facts.get("only_optional", [])) <= set(facts["competencies"])


def test_every_competency_has_its_source_and_how_sure_it_is():
    for code, entry in competency_entries().items():
        assert entry["text"] and entry["source"] and entry["framework"], code
        assert entry["status"] in ("verified", "second-hand", "title-only"), code
