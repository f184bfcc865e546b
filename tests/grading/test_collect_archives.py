import io
import json
import stat
import zipfile

import pytest

from grading.collect import collect
from grading.grade import grade
from grading.receipts import history
from grading.sanitize import LARGEST_FILE
from grading.shelf import kept
from sim.errors import HilabError
from tests.classroom import LAB, RIGHT, answered
from tests.lms_archives import PEOPLE, WRONG, handin_zip, notebook, pack, roster


@pytest.fixture(autouse=True)
def people(course):
    roster(course, *PEOPLE)


def text_of(course, student):
    return course.submitted(LAB, student).read_text(encoding="utf-8")


def test_moodles_folders(course, tmp_path):
    files = {
        "Torres Ada_12345_assignsubmission_file/lab (1).ipynb": notebook(course),
        "Ben OBrien Núñez_12346_assignsubmission_file_/lab.ipynb.txt": notebook(course),
        "张伟_12347_assignsubmission_file_/实验 1.ipynb": notebook(course),
        "Cruz Dorothy de la_12348_assignsubmission_file_l1-handin-0a1b2c3d.zip": handin_zip(course, "dot"),
        "Eve Lind_12349_assignsubmission_onlinetext/onlinetext.html": b"<p>Hello</p>",
    }
    told = collect(course.folder, pack(tmp_path / "Lab 1 交 (2).zip", files))
    assert "Collected 4 of 4 hand-ins, of 4 people." in told
    for name in ("ada", "ben", "cy", "dot"):
        assert "upper" in text_of(course, name)
    stamp = course.submitted(LAB, "ada").with_name("timestamp.txt").read_text(encoding="utf-8")
    assert stamp == "2026-03-10 12:00:00.000000 UTC"
    assert kept(course, LAB, "ada")[0].slot.feedback == "Torres Ada_12345_assignsubmission_file/"
    assert kept(course, LAB, "dot")[0].slot.feedback == "Cruz Dorothy de la_12348_assignsubmission_file_"


def test_an_archives_times_are_of_the_courses_zone(course, tmp_path):
    with (course.folder / "course.yaml").open("a", encoding="utf-8") as file:
        file.write("timezone: Europe/Berlin\n")
    files = {"Ada Torres_1_assignsubmission_file/lab.ipynb": notebook(course)}
    collect(course.folder, pack(tmp_path / "a.zip", files))
    assert kept(course, LAB, "ada")[0].received == "2026-03-10T11:00:00+00:00"


def test_canvas_names_late_marks_and_two_accounts(course, tmp_path):
    first = pack(
        tmp_path / "submissions.zip",
        {
            "torresada_77_500_lab-1.ipynb": notebook(course, WRONG),
            "obriennunezben_LATE_80_501_lab.ipynb": notebook(course),
            "张伟_81_502_lab-2.ipynb": notebook(course, WRONG),
            "张伟_81_503_lab-10.ipynb": notebook(course),
        },
    )
    told = collect(course.folder, first)
    assert "ben: toy_lab (late, says Canvas)" in told and "hand-in 2; the newest counts" in told
    assert "upper" in text_of(course, "cy"), "of files of one time the one with the higher number counts"
    assert [one.slot.again for one in kept(course, LAB, "cy")] == [2, 10]
    second = {"torresada_78_504_lab.ipynb": (notebook(course), (2026, 3, 11, 8, 0, 0))}
    told = collect(course.folder, pack(tmp_path / "later.zip", second))
    assert "from another account (78) than before (77)" in told
    assert "upper" in text_of(course, "ada") and len(kept(course, LAB, "ada")) == 2


def test_canvas_knows_who_has_no_number_by_name(course, tmp_path):
    roster(course, "ada,,Ada Torres,,,", "ben,,Ben Lind,,,")
    collect(course.folder, pack(tmp_path / "a.zip", {"torresada_99_5_lab.ipynb": notebook(course)}))
    assert course.submitted(LAB, "ada").is_file()
    roster(course, "ada,77,Ada Torres,,,")
    with pytest.raises(HilabError, match="write 99 into the person's lms_id"):
        collect(course.folder, pack(tmp_path / "b.zip", {"torresada_99_6_lab.ipynb": notebook(course)}))


def test_an_older_archive_replaces_nothing_and_the_same_one_changes_nothing(course, tmp_path):
    name = "Ada Torres_1_assignsubmission_file/lab.ipynb"
    new = pack(tmp_path / "new.zip", {name: (notebook(course), (2026, 3, 12, 9, 0, 0))})
    old = pack(tmp_path / "old.zip", {name: (notebook(course, WRONG), (2026, 3, 11, 9, 0, 0))})
    collect(course.folder, new)
    collect(course.folder, old)
    assert "upper" in text_of(course, "ada")
    assert history(course, LAB, "ada", "solve_9_2").attempts == 2, "first wrong, then right"
    assert "1 of them stood there already" in collect(course.folder, new)
    assert "1 of them stood there already" in collect(course.folder, old)
    assert len(kept(course, LAB, "ada")) == 2


def test_a_worksheet_says_whose_moodles_numbers_are(course, tmp_path):
    roster(course, "ada,A1,Ada Lind,ada@uni.example,,", "ben,B1,Ada Lind,ben@uni.example,,")
    archive = pack(
        tmp_path / "a.zip",
        {
            "Ada Lind_11_assignsubmission_file/lab.ipynb": notebook(course),
            "Ada Lind_12_assignsubmission_file/lab.ipynb": notebook(course, WRONG),
        },
    )
    with pytest.raises(HilabError, match="may be ada or ben: collect with --worksheet"):
        collect(course.folder, archive)
    sheet = tmp_path / "Grades.csv"
    sheet.write_text(
        "\ufeffIdentifier,Full name,ID number,Email address,Status,Grade\n"
        '"Participant 11","Ada Lind",A1,,,\n"Participant 12","Ada Lind",,Ben@uni.example,,\n',
        encoding="utf-8",
    )
    collect(course.folder, archive, worksheet=sheet)
    assert "upper" in text_of(course, "ada") and "upper" not in text_of(course, "ben")
    (tmp_path / "no.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(HilabError, match="no column Identifier"):
        collect(course.folder, archive, worksheet=tmp_path / "no.csv")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("Mallory Stranger_9_assignsubmission_file/lab.ipynb", "right", "nobody on the roster"),
        ("Eve Lind_9_assignsubmission_file/lab.pdf", b"%PDF", "neither a notebook nor hilab's zip"),
        ("Eve Lind_9_assignsubmission_file/lab.ipynb", b"{}", "questions of no lab"),
        (
            "Eve Lind_9_assignsubmission_file/lab.ipynb",
            b'{"x": "solve_9_1"',
            "the notebook in it: not a notebook",
        ),
        ("Eve Lind_9_assignsubmission_file/a.zip", b"PK nonsense", "is not a zip that can be read"),
        ("lab of mine.ipynb", "right", "is not named as Moodle or Canvas"),
        ("../Eve Lind_9_assignsubmission_file/lab.ipynb", "right", "link or a name that leads elsewhere"),
        ("/Eve Lind_9_assignsubmission_file/lab.ipynb", "right", "link or a name that leads elsewhere"),
        ("C:\\Eve Lind_9_assignsubmission_file\\lab.ipynb", "right", "link or a name that leads elsewhere"),
        ("Eve Lind_9_assignsubmission_file/..\\..\\lab.ipynb", "right", "link or a name"),
    ],
)
def test_what_is_wrong_is_named_and_the_others_are_collected(course, tmp_path, name, data, words):
    data = notebook(course) if data == "right" else data
    good = {"Ada Torres_1_assignsubmission_file/lab.ipynb": notebook(course)}
    with pytest.raises(HilabError, match=words) as error:
        collect(course.folder, pack(tmp_path / "a.zip", {name: data, **good}))
    assert "Collected 1 of 2 hand-ins, of 1 people." in str(error.value)
    assert course.submitted(LAB, "ada").is_file() and not course.submitted(LAB, "eve").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", course.folder.name]


def test_another_labs_notebook_is_refused(course, tmp_path):
    other = course.folder / "release" / "other_lab" / "other_lab.ipynb"
    other.parent.mkdir()
    released = answered(course, {})
    for cell in released["cells"]:
        known = cell["metadata"].get("nbgrader", {})
        known["grade_id"] = known.get("grade_id", "").replace("solve_9", "solve_8")
    other.write_text(json.dumps(released), encoding="utf-8")
    archive = pack(
        tmp_path / "a.zip",
        {
            "Ada Torres_1_assignsubmission_file/toy_lab.ipynb": json.dumps(released).encode(),
            "Eve Lind_2_assignsubmission_file/other (3).ipynb": notebook(course),
        },
    )
    with pytest.raises(HilabError, match="is the notebook of other_lab, not of toy_lab"):
        collect(course.folder, archive, LAB)
    assert course.submitted(LAB, "eve").is_file() and not course.submitted(LAB, "ada").exists()


def test_links_in_an_archive_are_refused(course, tmp_path):
    link = zipfile.ZipInfo("Eve Lind_9_assignsubmission_file/lab.ipynb")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(HilabError, match="holds a link"):
        collect(course.folder, pack(tmp_path / "a.zip", {link: b"/etc/passwd"}))


def test_bombs_cost_no_memory(course, tmp_path):
    """A notebook of zeros that unpacks to more than is allowed, outside and inside a hand-in's zip."""
    big = b"0" * (LARGEST_FILE + 1000)
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{LAB}.ipynb", big)
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(300):
            archive.writestr(f"{number}.ipynb", b"{}")
    files = {
        "Ada Torres_1_assignsubmission_file/lab.ipynb": big,
        "Eve Lind_2_assignsubmission_file/a.zip": inner.getvalue(),
        "Ben OBrien Núñez_3_assignsubmission_file/a.zip": many.getvalue(),
    }
    with pytest.raises(HilabError) as error:
        collect(course.folder, pack(tmp_path / "a.zip", files))
    assert str(error.value).count("is larger than 50 MB") == 2
    assert "holds too much" in str(error.value) and "Collected 0 of 3" in str(error.value)


def test_a_kit_of_somebody_else_is_noted_and_the_account_counts(course, tmp_path):
    files = {"Ada Torres_1_assignsubmission_file/x.zip": handin_zip(course, "ben")}
    assert "look at this one: the kit was issued to ben" in collect(
        course.folder, pack(tmp_path / "a.zip", files)
    )
    assert course.submitted(LAB, "ada").is_file() and not course.submitted(LAB, "ben").exists()


def test_odd_characters_in_an_answer_stop_nobody(course, tmp_path):
    odd = json.dumps(answered(course, {"solve_9_2": "x = '\ud800'"})).encode()
    files = {
        "Ada Torres_1_assignsubmission_file/lab.ipynb": odd,
        "Eve Lind_2_assignsubmission_file/lab.ipynb": notebook(course, {"solve_9_2": RIGHT["solve_9_2"]}),
    }
    assert "Collected 2 of 2" in collect(course.folder, pack(tmp_path / "a.zip", files))


def test_an_empty_archive(course, tmp_path):
    with pytest.raises(HilabError, match="no file named as Moodle or Canvas"):
        collect(course.folder, pack(tmp_path / "a.zip", {"readme.txt": b"x"}))


def test_what_was_collected_is_graded(course, tmp_path):
    files = {"evelind_83_5_lab-1.ipynb": notebook(course, {"solve_9_2": RIGHT["solve_9_2"]})}
    collect(course.folder, pack(tmp_path / "a.zip", files))
    assert grade(course.folder, LAB).marks["eve"].got == 1.0
