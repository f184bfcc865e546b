import pytest
from typer.testing import CliRunner

from grading.audit import acts
from grading.cli import app
from grading.grade import grade
from grading.gradebook import score
from tests.classroom import LAB, RIGHT, submit


@pytest.fixture
def hilab(course):
    submit(course, "ada", {"solve_9_2": RIGHT["solve_9_2"]})
    grade(course.folder, LAB)

    def run(*words, text=None):
        return CliRunner().invoke(app, [*words, "--course", str(course.folder)], input=text)

    return run


def test_nothing_is_written_where_nobody_can_be_asked(course, hilab):
    for words in (("void", "9.1", "--reason", "x"), ("course", "forget", "ada", "--reason", "x")):
        done = hilab(*words)
        assert "nobody can be asked here; say --yes" in str(done.exception), done.output
    assert acts(course) == () and course.submitted(LAB, "ada").is_file()


def test_shown_then_written(course, hilab):
    done = hilab("void", "9.1", "--reason", "the text was wrong", "--yes")
    assert done.output.index("ada  9.1  0 to 4 (+4)") < done.output.index("act 1 of the audit trail")
    assert score(course, LAB, "ada")[0] == 5.0
    assert "void toy_lab 9.1. Reason: the text was wrong" in hilab("course", "audit").output
    assert "nobody's points change" in hilab("regrade", "9.1", "--reason", "x").output


def test_every_command_answers(course, hilab):
    assert "ada, 9.2 Shout" in hilab("explain", "ada", "9.2").output
    assert "1 of 5 people handed in" in hilab("report", LAB).output
    assert hilab("viva", "ada", LAB).output.count("## ") == 3
    assert "Marks of 1 people" in hilab("export", LAB).output
    assert "Drew 1 of 1" in hilab("course", "second-marks", LAB).output
    done = hilab("course", "purge", "--before", "2999-01-01", "--reason", "over", "--yes")
    assert "Deleted" in done.output and not course.submitted(LAB, "ada").exists()
