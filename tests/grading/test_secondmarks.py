import csv

import pytest

from grading.grade import grade
from grading.gradebook import mark_by_hand
from grading.secondmarks import code, compare, draw
from sim.errors import HilabError
from tests.classroom import LAB, submit

NAMES = ("ada", "ben", "cy", "dot")


@pytest.fixture
def written(course):
    for name in NAMES:
        submit(course, name, {"answer_1_written": f"The harm is <b>great</b>, says number {len(name)}."})
    grade(course.folder, LAB)
    return course


def table(course, marks):
    path = course.folder / "second-marks" / f"{LAB}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = list(csv.reader(file))
    lines = [[row[0], marks.get(row[0], "")] for row in rows]
    path.write_text("\n".join(",".join(line) for line in [head, *lines]) + "\n", encoding="utf-8")
    return path


def test_drawn_without_names_and_compared(written):
    told = draw(written.folder, LAB)
    assert "Drew 3 of 4 written answers" in told and draw(written.folder, LAB) == told
    page = (written.folder / "second-marks" / f"{LAB}.html").read_text(encoding="utf-8")
    assert page.count("<section>") == 3 and "&lt;b&gt;great" in page and "<b>" not in page
    assert not any(name in page for name in NAMES)
    codes = {code(written, LAB, name): name for name in NAMES}
    path = table(written, {})
    with pytest.raises(HilabError, match="no answer in it was marked by both"):
        compare(written.folder, LAB, path)
    with path.open(encoding="utf-8", newline="") as file:
        drawn = [row["answer"] for row in csv.DictReader(file)]
    for name in NAMES:
        mark_by_hand(written, LAB, name, {"crit_1_harm": (2.0, "")})
    marks = dict(zip(drawn, ("2", "2", "4"), strict=True))
    told = compare(written.folder, LAB, table(written, marks))
    assert "Harm: 0, 1 or 2.: 3 answers, 67% equal, 67% near, second +0.7 on average" in told
    assert f"{drawn[2]}, Harm: 0, 1 or 2.: 2 and 4" in told and codes[drawn[2]] not in told


def test_bad_tables(written):
    draw(written.folder, LAB)
    path = written.folder / "second-marks" / f"{LAB}.csv"
    some = code(written, LAB, "ada")
    for text, words in (
        ("answer\nx\n", "expected the columns"),
        ("answer,crit_1_harm\nnobody,1\n", "line 2: there is no answer"),
        (f"answer,crit_1_harm\n{some},9\n", "must be 0 to 4"),
        (f"answer,crit_1_harm\n{some},good\n", "must be 0 to 4"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(HilabError, match=words):
            compare(written.folder, LAB, path)
    with pytest.raises(HilabError, match="expected the table"):
        compare(written.folder, LAB, written.folder / "no.csv")
