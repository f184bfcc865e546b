"""What happens to a hand-in before nbgrader opens it."""

import datetime as dt
import json
import os

import pytest

from grading.grade import grade
from grading.gradebook import _config
from grading.intake import CLEAN, open_handin
from grading.marking import load_marks
from grading.preprocessors import comments
from grading.receipts import receipts
from grading.words import say
from sim.errors import HilabError
from tests.classroom import LAB, RIGHT, answered, cell_of, release, submit, with_copy


def test_links_are_refused(course, tmp_path):
    other = tmp_path / "elsewhere"
    submit(course, "ada", RIGHT).parent.rename(other)
    course.submitted(LAB, "ada").parent.symlink_to(other)
    with pytest.raises(HilabError, match="is a link"):
        open_handin(course, LAB, "ada", release(course))
    submit(course, "ben", RIGHT).unlink()
    course.submitted(LAB, "ben").symlink_to(other / f"{LAB}.ipynb")
    with pytest.raises(HilabError, match="link"):
        open_handin(course, LAB, "ben", release(course))
    path = submit(course, "cy", RIGHT)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(HilabError, match="no such notebook"):
        open_handin(course, LAB, "cy", release(course))


def test_the_students_own_time_is_not_believed(course):
    path = submit(course, "ada", RIGHT)
    (path.parent / "timestamp.txt").write_text("2001-01-01 00:00:00 UTC", encoding="utf-8")
    os.utime(path, (1, 1))
    open_handin(course, LAB, "ada", release(course))
    stamp = (course.folder / CLEAN / "ada" / LAB / "timestamp.txt").read_text(encoding="utf-8")
    assert abs(dt.datetime.now(dt.UTC) - dt.datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S.%f UTC").replace(
        tzinfo=dt.UTC
    )) < dt.timedelta(minutes=5)  # fmt: skip
    first = receipts(course, LAB, "ada")[0].received
    path.chmod(0o600)
    open_handin(course, LAB, "ada", release(course))
    assert [item.received for item in receipts(course, LAB, "ada")] == [first], "the first time stays"


def test_nbgrader_sees_a_clean_copy_and_people_see_the_changes(course):
    handed = with_copy(answered(course, RIGHT), "solve_9_2", RIGHT["solve_9_2"] + "\n")
    handed["cells"].remove(cell_of(handed, "mark_9_1"))
    path = submit(course, "ada", notebook=handed)
    (path.parent / "passwd").symlink_to("/etc/passwd")
    (path.parent / "data 数据.csv").write_text("x", encoding="utf-8")
    assert _config(course, LAB, "ada").CourseDirectory.submitted_directory != CLEAN
    done = grade(course.folder, LAB)
    assert done.marks["ada"].got == 5.0
    marked = course.folder / "autograded" / "ada" / LAB
    assert sorted(p.name for p in marked.iterdir()) == ["timestamp.txt", f"{LAB}.ipynb"]
    told = [str(note) for note in load_marks(course, LAB, "ada").notes]
    assert any("passwd" in line for line in told) and any("mark_9_1 was deleted" in line for line in told)
    page = (course.folder / "feedback" / "ada" / LAB / "feedback.html").read_text(encoding="utf-8")
    assert "The cell mark_9_1 was deleted; it was put back." in page and "data 数据.csv" in page
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course.folder / 'gradebook.db'}", "hilab") as book:
        comment = book.find_comment("solve_9_1", LAB, LAB, "ada").auto_comment
        other = book.find_comment("solve_9_2", LAB, LAB, "ada").auto_comment
    assert (
        "mark_9_1 was deleted" in comment and "passwd" in comment and "solve_9_2 was there 2 times" in other
    )


def test_comments_follow_the_question_and_the_language():
    notes = [say("note.files", names="a"), say("note.copied", cell="solve_2", count=2)]
    assert comments([], notes) == {}
    told = comments(["solve_1", "solve_2"], notes, "zh")
    assert told == {"solve_1": [notes[0].told("zh")], "solve_2": [notes[1].told("zh")]}
    assert "单元格" in told["solve_2"][0]


def test_a_class_with_a_chinese_student(course):
    roster = course.folder / "roster.csv"
    roster.write_text("student,language\nada,zh\nben,\ncy,fr\n", encoding="utf-8")
    with pytest.raises(HilabError, match="line 4: language 'fr'"):
        grade(course.folder, LAB)


def pages(course, path):
    """A notebook as the instructor sees it: in formgrader, and exported."""
    from nbconvert.exporters import HTMLExporter
    from nbgrader.server_extensions.formgrader.handlers import template_path

    for template in ("formgrade", "lab"):
        config = _config(course, LAB, "ada")
        config.HTMLExporter.template_name = template
        config.HTMLExporter.extra_template_basedirs = [template_path]
        facts = {"index": 0, "total": 1, "base_url": ""}
        yield HTMLExporter(config=config).from_filename(str(path), resources=facts)[0]


EVIL = (
    "Look <script>alert(1)</script><b>here</b> <img src=x onerror=alert(2)> <svg onload=alert(3)> "
    "[link](javascript:alert(4)) <input id=crit_1_harm class=score> <style>p {display: none}</style>"
    "\n\n| a | b |\n|---|---|\n| 1 < 2 | *x* |"
)


def test_own_cells_reach_the_instructor_and_their_scripts_do_not(course):
    handed = answered(course, {**RIGHT, "answer_1_written": EVIL})
    handed["cells"].append({"cell_type": "raw", "metadata": {}, "source": EVIL})
    handed["cells"].append({"cell_type": "markdown", "metadata": {}, "source": f"<div>{EVIL}</div>"})
    handed["cells"].append(
        {"cell_type": "code", "metadata": {"tags": ["x"]}, "source": "my_try = 1", "outputs": []}
    )
    submit(course, "ada", notebook=handed)
    grade(course.folder, LAB)
    path = course.folder / "autograded" / "ada" / LAB / f"{LAB}.ipynb"
    assert "my_try = 1" in path.read_text(encoding="utf-8")
    for shown in pages(course, path):
        assert shown.count("<b>here</b>") == 3 and "<td>1 &lt; 2</td>" in shown and "my_try" in shown
        for evil in (
            "<script>alert",
            "<img src=x",
            "<svg onload",
            'javascript:alert(4)"',
            "<style>p {display",
        ):
            assert evil not in shown
        assert shown.count("<input") == shown.count('type="number"'), "fields of the page's own only"
    assert json.loads(path.read_text(encoding="utf-8"))["cells"][-1]["execution_count"] is None
