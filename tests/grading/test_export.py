import csv
import zipfile
from pathlib import Path

import pytest

from grading.collect import collect
from grading.course import load_course
from grading.export import export
from grading.grade import grade
from grading.gradebook import mark_by_hand
from grading.policy import due_for, lateness, load_policy
from grading.standing import criteria, standings
from sim.errors import HilabError
from tests.classroom import LAB, RIGHT, submit
from tests.lms_archives import PEOPLE, WRONG, notebook, pack, roster

RULES = """
timezone: Europe/Berlin
late: {percent_per_day: 10, most_percent: 25, grace_minutes: 15}
labs:
  toy_lab:
    opens: 2026-03-01 12:00
    due: 2026-03-09 12:00
    lms_name: Lab 9 (4711)
    days_late: {eve: 0}
"""


@pytest.fixture
def late_course(course):
    roster(course, *PEOPLE)
    path = course.folder / "roster.csv"
    zh = path.read_text(encoding="utf-8").replace("extra_time\n", "extra_time,language\n")
    path.write_text(zh.replace("cy@uni.example,law,", "cy@uni.example,law,,zh"), encoding="utf-8")
    with (course.folder / "course.yaml").open("a", encoding="utf-8") as file:
        file.write(RULES)
    return load_course(course.folder)


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def moodle(course, folder):
    """Ada in time, Ben late within his extra time, Cy two days late, Dot ten, Eve excused."""
    files = {
        "Ada Torres_11_assignsubmission_file/lab.ipynb": ((2026, 3, 9, 12, 14, 0), RIGHT),
        "Ben OBrien Núñez_12_assignsubmission_file/lab.ipynb": ((2026, 3, 11, 12, 0, 0), RIGHT),
        "张伟_13_assignsubmission_file/lab.ipynb": ((2026, 3, 10, 12, 16, 0), RIGHT),
        "Cruz Dorothy de la_14_assignsubmission_file_lab.ipynb": ((2026, 3, 19, 12, 0, 0), {}),
        "Eve Lind_15_assignsubmission_file_/lab.ipynb": ((2026, 3, 19, 12, 0, 0), WRONG),
    }
    packed = {name: (notebook(course, answers), time) for name, (time, answers) in files.items()}
    collect(course.folder, pack(folder / "moodle.zip", packed))


def test_extra_time_grace_days_and_the_most(late_course, tmp_path):
    moodle(late_course, tmp_path)
    policy = load_policy(late_course)
    late = {name: lateness(late_course, policy, LAB, name) for name in late_course.students}
    assert {name: one.days for name, one in late.items()} == {
        "ada": 0,
        "ben": 0,
        "cy": 2,
        "dot": 10,
        "eve": 0,
    }
    assert late["cy"].percent == 20 and late["dot"].percent == 25
    assert str(late["cy"].why) == "handed in 1 d 16 min after it was due"
    assert due_for(late_course, policy, LAB, "ben").isoformat() == "2026-03-11T12:00:00+01:00"


def test_moodle_takes_marks_and_feedback_back(late_course, tmp_path):
    moodle(late_course, tmp_path)
    grade(late_course.folder, LAB)
    mark_by_hand(late_course, LAB, "cy", {"crit_1_harm": (2.0, "Whose <harm>?")})
    done = export(late_course.folder, LAB, "moodle")
    head, *body = rows(done.marks)
    grades = {row[0]: row[head.index("Grade")] for row in body}
    assert grades == {
        "Participant 11": "5",
        "Participant 12": "5",
        "Participant 13": "5",
        "Participant 14": "0",
        "Participant 15": "0",
    }, "Cy: 5 + 2 of 10 points, 2 off"
    told = next(row[-1] for row in body if row[0] == "Participant 13")
    assert told == (
        "10 分中得 5 分：程序批改 5 分，人工批改 2 分，迟交 2 天扣 2 分（截止后 1 d 16 min 才提交）。"
    )
    assert "not marked yet" in "".join(next(row for row in body if row[0] == "Participant 11"))
    assert "Written answers of 4 people are not marked yet" in str(done)
    with zipfile.ZipFile(done.feedback) as archive:
        assert sorted(archive.namelist()) == [
            "Ada Torres_11_assignsubmission_file/feedback.html",
            "Ben OBrien Núñez_12_assignsubmission_file/feedback.html",
            "Cruz Dorothy de la_14_assignsubmission_file_feedback.html",
            "Eve Lind_15_assignsubmission_file_/feedback.html",
            "张伟_13_assignsubmission_file/feedback.html",
        ]
        page = archive.read("张伟_13_assignsubmission_file/feedback.html").decode("utf-8")
    assert "迟交 2 天扣 2 分" in page and "Whose &lt;harm&gt;?" in page and "2 / 4" in page
    assert "<script" not in page and page.count("<h1>") == 1


def test_moodles_worksheet_is_filled_in(late_course, tmp_path):
    moodle(late_course, tmp_path)
    submit(late_course, "ada", RIGHT)
    grade(late_course.folder, LAB, ["ada", "eve"])
    sheet = tmp_path / "Grades.csv"
    sheet.write_text(
        "\ufeffIdentifier,Full name,Email address,Status,Grade,Last modified (grade)\n"
        "Participant 11,Ada Torres,ada@uni.example,,,-\nParticipant 99,Nobody Here,x@y.example,,,-\n",
        encoding="utf-8",
    )
    done = export(late_course.folder, LAB, "moodle", sheet)
    assert rows(done.marks)[1:] == [
        ["Participant 11", "Ada Torres", "ada@uni.example", "", "5", "-"],
        ["Participant 99", "Nobody Here", "x@y.example", "", "", "-"],
    ]
    assert "Not in the table, to be entered by hand: eve." in str(done)


def test_canvas_takes_marks_and_feedback_back(late_course, tmp_path):
    files = {
        "torresada_77_500_lab.ipynb": notebook(late_course),
        "obriennunezben_LATE_80_501_lab-1.ipynb": notebook(late_course),
    }
    collect(late_course.folder, pack(tmp_path / "canvas.zip", files))
    submit(late_course, "eve", RIGHT)
    grade(late_course.folder, LAB)
    done = export(late_course.folder, LAB, "canvas")
    assert rows(done.marks) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lab 9 (4711)"],
        ["    Points Possible", "", "", "", "", "10"],
        ["Ada Torres", "77", "", "", "", "5"],
        ["Ben O'Brien Núñez", "80", "", "", "", "4"],
        ["Eve Lind", "83", "", "", "", "5"],
    ], "Ben is late by Canvas's word: one day"
    with zipfile.ZipFile(done.feedback) as archive:
        assert sorted(archive.namelist()) == [
            "obriennunezben_80_501_feedback.html",
            "torresada_77_500_feedback.html",
        ]


def test_the_table_of_everything(late_course, tmp_path):
    moodle(late_course, tmp_path)
    grade(late_course.folder, LAB, ["cy"])
    head, row = rows(export(late_course.folder, LAB).marks)
    told = dict(zip(head, row, strict=True))
    assert (told["mark"], told["points"], told["penalty"], told["days_late"]) == ("3", "10", "2", "2")
    assert told["received"] == "2026-03-10T11:16:00+00:00" and told["written_open"] == "1"


def test_a_penalty_never_costs_more_than_there_is(late_course, tmp_path):
    moodle(late_course, tmp_path)
    grade(late_course.folder, LAB, ["dot"])
    assert standings(late_course, LAB)[0].final == 0


def test_criteria_have_titles(course):
    assert criteria(course, LAB) == {"crit_1_harm": "Harm: 0, 1 or 2."}


def test_nothing_to_export_and_no_column(late_course):
    with pytest.raises(HilabError, match="nobody's toy_lab is graded"):
        export(late_course.folder, LAB)
    submit(late_course, "ada", {})
    grade(late_course.folder, LAB)
    path = late_course.folder / "course.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("lms_name: Lab 9 (4711)", ""), encoding="utf-8")
    with pytest.raises(HilabError, match="'lms_name'"):
        export(late_course.folder, LAB, "canvas")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("late: 3", "'late' must hold names"),
        ("late: {percent_per_day: 200}", "percent_per_day"),
        ("late: {grace_minutes: true}", "grace_minutes"),
        ("timezone: Mars/Base", "no time zone"),
        ("labs: {toy_lab: {due: soon}}", "must look like"),
        ("labs: {toy_lab: {opens: 2026-03-02, due: 2026-03-01}}", "opens after it is due"),
        ("labs: {toy_lab: {days_late: {ada: -1}}}", "days_late of ada"),
    ],
)
def test_broken_rules_are_named(course, text, words):
    with (course.folder / "course.yaml").open("a", encoding="utf-8") as file:
        file.write(text + "\n")
    with pytest.raises(HilabError, match=words):
        load_policy(course)


def test_extra_time_that_cannot_be_read(course):
    roster(course, "ada,,Ada,,,much")
    with (course.folder / "course.yaml").open("a", encoding="utf-8") as file:
        file.write("labs: {toy_lab: {due: 2026-03-02}}\n")
    other = load_course(course.folder)
    with pytest.raises(HilabError, match="extra_time of ada"):
        due_for(other, load_policy(other), LAB, "ada")
    roster(course, "ada,,Ada,,,0.5")
    other = load_course(course.folder)
    with pytest.raises(HilabError, match="say when it 'opens'"):
        due_for(other, load_policy(other), LAB, "ada")
